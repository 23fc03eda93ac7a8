//! What events of each kind look like.
//!
//! The numbers here were chosen so that the whole has the quantiles that were measured; a test holds them to that.

use std::fmt::Write;

use super::people::Person;
use super::{Generator, text};
use crate::event::{Class, Event, EventId};

/// How many of a thousand events are of each kind.
pub(crate) const SHARES: [(u16, usize); 19] = [
    (1, 455),
    (0, 165),
    (7, 139),
    (4, 55),
    (6, 45),
    (3, 20),
    (9735, 18),
    (10_002, 18),
    (5, 12),
    (16, 10),
    (1985, 10),
    (30_078, 10),
    (30_000, 8),
    (30_023, 8),
    (31_234, 8),
    (1311, 8),
    (1059, 3),
    (1984, 4),
    (10_000, 4),
];

/// Content of notes, in bytes.
const NOTE: &[(u64, u64)] = &[
    (200, 25),
    (550, 98),
    (780, 260),
    (920, 450),
    (989, 1500),
    (1000, 4000),
];
/// The text about oneself in a profile.
const ABOUT: &[(u64, u64)] = &[(150, 20), (600, 180), (950, 420), (1000, 900)];
/// Encrypted bytes.
const SECRET: &[(u64, u64)] = &[(500, 250), (800, 400), (970, 800), (1000, 2500)];
/// People in a contact list.
const FOLLOWS: &[(u64, u64)] = &[
    (20, 5),
    (450, 52),
    (591, 79),
    (690, 150),
    (800, 380),
    (970, 860),
    (1000, 1029),
];
/// People in other lists.
const LISTED: &[(u64, u64)] = &[(500, 8), (900, 40), (1000, 62)];
/// Articles and drafts.
const ARTICLE: &[(u64, u64)] = &[
    (500, 700),
    (800, 1500),
    (880, 6000),
    (970, 12_000),
    (1000, 39_000),
];

/// One event of kind 30078 of so many has the most tags.
const ODDITY: u32 = 41;

const RELAYS: [&str; 4] = ["wss://", "wss://relay.", "wss://", "wss://nos."];
const CLIENTS: [&str; 8] = [
    "heron", "moss", "gull", "lantern", "pebble", "nook", "quill", "tern",
];

impl Generator {
    /// Writes tags and content of an event whose kind and author are set.
    pub(crate) fn fill(&mut self, event: &mut Event, author: u32) {
        self.content.clear();
        match event.kind {
            0 => self.profile(event),
            1 => self.note(event),
            3 => self.contacts(event, author),
            4 | 1059 => self.secret(event),
            5 => self.deletion(event, author),
            6 | 16 => self.repost(event),
            7 => self.reaction(event),
            1311 => self.chat(event),
            1984 => self.report(event),
            1985 => self.labels(event),
            9735 => self.zap(event),
            10_002 => self.relays(event),
            10_000 | 30_000 => self.list(event, author),
            30_078 if self.is_odd() => self.oddity(event, author),
            _ => self.article(event, author),
        }
        if event.kind != 3 {
            self.extras(event);
        }
        if self.random.chance(15) {
            // Decades ahead, so that whoever loads the events has them all.
            let later = event.created_at + 315_360_000 + self.random.below(946_080_000);
            event.push_tag(["expiration", &later.to_string()]);
        }
        event.push_content(&self.content);
    }

    fn note(&mut self, event: &mut Event) {
        let length = self.random.spread(NOTE) as usize;
        text::sentences(&mut self.random, &mut self.content, length);
        if self.random.chance(450) {
            let marks: &[&str] = match self.random.below(3) {
                0 => &["reply"],
                1 => &["root"],
                _ => &["root", "reply"],
            };
            for mark in marks {
                let (id, person) = self.target();
                self.tag_event(event, id, Some(mark));
                self.tag_person(event, person);
            }
        }
        for _ in 0..self.random.spread(&[(650, 0), (900, 2), (1000, 8)]) {
            let word = text::word(&mut self.random);
            event.push_tag(["t", word]);
        }
        if self.random.chance(40) {
            let person = self.people.mention();
            self.tag_person(event, person);
            self.content.push(' ');
            text::npub(&self.people.key(person), &mut self.content);
        }
        if self.random.chance(140) {
            for _ in 0..1 + self.random.below(6) {
                let person = self.people.mention();
                self.tag_person(event, person);
            }
        }
    }

    /// What clients add to events of any kind.
    fn extras(&mut self, event: &mut Event) {
        let random = &mut self.random;
        let mut text = String::new();
        match random.below(100) {
            0..16 => event.push_tag(["client", random.pick(&CLIENTS)]),
            16..24 => event.push_tag(["alt", "an event that this client can't show"]),
            24..32 => {
                text::url(random, &mut text, "");
                event.push_tag(["proxy", &text, "activitypub"]);
            }
            32..35 => {
                text::url(random, &mut text, ".jpg");
                event.push_tag(["r", &text]);
            }
            35..39 => event.push_tag(["nonce", &random.below(1 << 24).to_string(), "16"]),
            39..43 => {
                for _ in 0..1 + random.below(6) {
                    text.clear();
                    text::url(random, &mut text, ".png");
                    event.push_tag(["emoji", text::word(random), &text]);
                }
            }
            _ => {}
        }
    }

    fn reaction(&mut self, event: &mut Event) {
        let (id, person) = self.target();
        self.tag_event(event, id, None);
        self.tag_person(event, person);
        if self.random.chance(200) {
            event.push_tag(["k", "1"]);
        }
        let reaction = self
            .random
            .pick(&["+", "+", "+", "+", "🤙", "❤️", "🔥", "-"]);
        self.content.push_str(reaction);
    }

    fn repost(&mut self, event: &mut Event) {
        let (id, person) = self.target();
        self.tag_event(event, id, Some("mention"));
        self.tag_person(event, person);
        if event.kind == 16 {
            event.push_tag(["k", "30023"]);
        }
        if self.random.chance(350) {
            self.embedded(id, person, event.created_at);
        }
    }

    /// The text of an event that is inside of another.
    fn embedded(&mut self, id: EventId, person: Person, before: u64) {
        let pubkey = self.people.key(person);
        let out = &mut self.content;
        // Writing to a string can't fail.
        let _ = write!(out, r#"{{"id":"{id}","pubkey":"{pubkey}","created_at":"#);
        let _ = write!(
            out,
            r#"{},"kind":1,"tags":[],"content":""#,
            before.saturating_sub(self.random.below(9999))
        );
        let note: String = {
            let mut note = String::new();
            let length = self.random.spread(NOTE) as usize;
            text::sentences(&mut self.random, &mut note, length);
            note.replace('\n', "\\n")
        };
        self.content += &note;
        self.content += r#"","sig":""#;
        text::hex(&mut self.random, &mut self.content, 64);
        self.content += r#""}"#;
    }

    fn profile(&mut self, event: &mut Event) {
        let random = &mut self.random;
        let out = &mut self.content;
        let name = text::word(random);
        let _ = write!(out, r#"{{"name":"{name}","about":""#);
        let about = random.spread(ABOUT) as usize;
        let mut prose = String::new();
        text::sentences(random, &mut prose, about);
        *out += &prose.replace('\n', "\\n");
        *out += r#"","picture":""#;
        text::url(random, out, ".jpg");
        if random.chance(500) {
            *out += r#"","banner":""#;
            text::url(random, out, ".jpg");
        }
        if random.chance(600) {
            let _ = write!(out, r#"","nip05":"{name}@{}"#, text::host(random));
        }
        if random.chance(500) {
            let _ = write!(out, r#"","lud16":"{name}@{}"#, text::host(random));
        }
        if random.chance(600) {
            let word = text::word(random);
            let _ = write!(out, r#"","display_name":"{name} {word}"#);
        }
        *out += r#""}"#;
        if random.chance(60) {
            for _ in 0..1 + random.below(8) {
                event.push_tag(["t", text::word(random)]);
            }
        }
    }

    fn contacts(&mut self, event: &mut Event, author: u32) {
        let mut follows = self.follows.remove(&author).unwrap_or_default();
        let more = match follows.len() {
            0 => self.lists.next(FOLLOWS),
            _ => 1 + self.random.below(3),
        };
        follows.extend((0..more).map(|_| self.people.mention()));
        follows.truncate(1442);
        let hinted = follows.len() < 500 && self.random.chance(150);
        for &person in &follows {
            let key = self.people.key(person).to_string();
            match hinted {
                true => event.push_tag(["p", &key, self.relay(person as usize).as_str()]),
                false => event.push_tag(["p", &key]),
            }
        }
        self.follows.insert(author, follows);
        if self.random.chance(300) {
            self.content.push('{');
            for relay in 0..1 + self.random.below(12) {
                let host = text::host(&mut self.random);
                let comma = if relay == 0 { "" } else { "," };
                let _ = write!(
                    self.content,
                    r#"{comma}"wss://{host}":{{"read":true,"write":true}}"#
                );
            }
            self.content.push('}');
        }
    }

    fn secret(&mut self, event: &mut Event) {
        let person = self.people.mention();
        self.tag_person(event, person);
        let length = self.random.spread(SECRET) as usize / 16 * 16 + 16;
        text::base64(&mut self.random, &mut self.content, length);
        if event.kind == 4 {
            self.content += "?iv=";
            text::base64(&mut self.random, &mut self.content, 16);
        }
    }

    fn deletion(&mut self, event: &mut Event, author: u32) {
        let own = self
            .made
            .iter()
            .rev()
            .take(1000)
            .find(|made| made.1 == author);
        let id = own.map_or_else(|| EventId::new(self.random.bytes()), |&(id, _)| id);
        self.tag_event(event, id, None);
        event.push_tag(["k", "1"]);
    }

    fn chat(&mut self, event: &mut Event) {
        let person = self.people.mention();
        let host = format!("30311:{}:live", self.people.key(person));
        event.push_tag(["a", &host, "", "root"]);
        let length = self.random.spread(NOTE) as usize / 4;
        text::sentences(&mut self.random, &mut self.content, length);
    }

    fn report(&mut self, event: &mut Event) {
        let (id, person) = self.target();
        let reason = self
            .random
            .pick(&["spam", "spam", "nudity", "impersonation", "illegal"]);
        event.push_tag(["e", &id.to_string(), reason]);
        event.push_tag(["p", &self.people.key(person).to_string(), reason]);
    }

    fn labels(&mut self, event: &mut Event) {
        event.push_tag(["L", "review.topic"]);
        event.push_tag(["l", text::word(&mut self.random), "review.topic"]);
        for _ in 0..12 + self.random.below(12) {
            let (id, person) = self.target();
            self.tag_event(event, id, None);
            self.tag_person(event, person);
        }
        for _ in 0..self.random.below(8) {
            event.push_tag(["t", text::word(&mut self.random)]);
        }
    }

    fn zap(&mut self, event: &mut Event) {
        let (id, person) = self.target();
        let sender = self.people.mention();
        self.tag_person(event, person);
        self.tag_event(event, id, None);
        let mut invoice = String::from("lnbc");
        let _ = write!(
            invoice,
            "{}u1p",
            self.random.pick(&["210", "10", "100", "1", "500"])
        );
        text::bech32(&mut self.random, &mut invoice, 250);
        event.push_tag(["bolt11", &invoice]);
        self.embedded(id, sender, event.created_at);
        event.push_tag(["description", &self.content]);
        self.content.clear();
        if self.random.chance(500) {
            let mut preimage = String::new();
            text::hex(&mut self.random, &mut preimage, 32);
            event.push_tag(["preimage", &preimage]);
        }
    }

    fn relays(&mut self, event: &mut Event) {
        for _ in 0..2 + self.random.below(5) {
            let relay = format!("wss://{}", text::host(&mut self.random));
            match self.random.below(4) {
                0 => event.push_tag(["r", &relay, "read"]),
                1 => event.push_tag(["r", &relay, "write"]),
                _ => event.push_tag(["r", &relay]),
            }
        }
    }

    fn list(&mut self, event: &mut Event, author: u32) {
        if event.class() == Class::Addressable {
            self.tag_name(event, author);
        }
        for _ in 0..self.random.spread(LISTED) {
            let person = self.people.mention();
            self.tag_person(event, person);
        }
    }

    fn article(&mut self, event: &mut Event, author: u32) {
        self.tag_name(event, author);
        let length = match event.kind {
            30_078 => self.random.spread(NOTE),
            _ => self.articles.next(ARTICLE),
        };
        text::sentences(&mut self.random, &mut self.content, length as usize);
        if event.kind == 30_023 {
            let word = text::word(&mut self.random);
            event.push_tag(["title", word]);
            event.push_tag(["published_at", &event.created_at.to_string()]);
            event.push_tag(["t", word]);
        }
    }

    fn is_odd(&mut self) -> bool {
        self.tables += 1;
        self.tables % ODDITY == ODDITY / 2
    }

    /// The longest list of tags that was seen: a table that somebody keeps in an event.
    fn oddity(&mut self, event: &mut Event, author: u32) {
        self.tag_name(event, author);
        for row in 1..1443 {
            event.push_tag([format!("2024{row:08}").as_str(), "1"]);
        }
    }

    /// The `d` tag: the author's one name in most cases, so that there are versions.
    fn tag_name(&mut self, event: &mut Event, author: u32) {
        let word = &super::words::all()[author as usize % 4095];
        let number = match self.random.chance(600) {
            true => 0,
            false => self.random.below(1 << 20),
        };
        event.push_tag(["d", &format!("{word}-{number}")]);
    }

    /// An event to refer to and who wrote it: one of ours, or one that only others have.
    fn target(&mut self) -> (EventId, Person) {
        if !self.made.is_empty() && self.random.chance(140) {
            let (id, author) = super::people::earlier(&mut self.random, &self.made);
            let person = self.people.person(author);
            self.people.mentioned(person);
            return (id, person);
        }
        let target = match self.elsewhere.is_empty() || self.random.chance(490) {
            true => (EventId::new(self.random.bytes()), self.people.mention()),
            false => {
                let target = super::people::earlier(&mut self.random, &self.elsewhere);
                self.people.mentioned(target.1);
                target
            }
        };
        self.elsewhere.push(target);
        target
    }

    fn relay(&self, number: usize) -> String {
        let hosts = super::words::hosts();
        format!("{}{}", RELAYS[number % 4], hosts[number % 31])
    }

    fn tag_event(&mut self, event: &mut Event, id: EventId, mark: Option<&str>) {
        let id = id.to_string();
        match mark {
            Some(mark) => {
                let relay = match self.random.below(2) {
                    0 => String::new(),
                    _ => format!("wss://{}", text::host(&mut self.random)),
                };
                event.push_tag(["e", &id, &relay, mark]);
            }
            None => event.push_tag(["e", &id]),
        }
    }

    fn tag_person(&mut self, event: &mut Event, person: Person) {
        event.push_tag(["p", &self.people.key(person).to_string()]);
    }
}
