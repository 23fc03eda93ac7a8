//! What events of each kind look like.
//!
//! The numbers here were chosen so that the whole has the quantiles that were measured; a test holds them to that.

use std::fmt::Write;

use super::people::Person;
use super::{Generator, text};
use crate::event::{Class, Event, EventId};

/// How many of a thousand events are of each kind.
pub(crate) const SHARES: [(u16, usize); 19] = [
    (1, 450),
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
    (1059, 8),
    (1984, 4),
    (10_000, 4),
];

/// Content of notes, in bytes.
const NOTE: [(u64, u64); 6] = [
    (150, 30),
    (500, 110),
    (750, 220),
    (920, 420),
    (990, 1700),
    (1000, 4000),
];
/// The text about oneself in a profile.
const ABOUT: [(u64, u64); 4] = [(200, 1), (700, 160), (970, 400), (1000, 900)];
/// Encrypted bytes.
const SECRET: [(u64, u64); 4] = [(500, 250), (800, 400), (970, 800), (1000, 4000)];
/// People in a contact list.
const FOLLOWS: [(u64, u64); 5] = [(200, 10), (500, 70), (800, 220), (970, 600), (1000, 1029)];
/// People in other lists.
const LISTED: [(u64, u64); 3] = [(500, 8), (900, 50), (1000, 150)];
/// Articles and drafts.
const ARTICLE: [(u64, u64); 3] = [(500, 1500), (900, 6000), (1000, 14_000)];

/// One event of so many has the most tags.
const ODDITY: usize = 4096;

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
            30_078 if self.made.len() % ODDITY == ODDITY / 4 => self.oddity(event, author),
            _ => self.article(event, author),
        }
        if self.random.chance(15) {
            // Decades ahead, so that whoever loads the events has them all.
            let later = event.created_at + 315_360_000 + self.random.below(946_080_000);
            event.push_tag(["expiration", &later.to_string()]);
        }
        event.push_content(&self.content);
    }

    fn note(&mut self, event: &mut Event) {
        let length = self.random.spread(&NOTE) as usize;
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
        match self.random.below(100) {
            0..8 => event.push_tag(["client", self.random.pick(&CLIENTS)]),
            8..14 => {
                let mut url = String::new();
                text::url(&mut self.random, &mut url, "");
                event.push_tag(["proxy", &url, "activitypub"]);
            }
            14..17 => {
                let mut url = String::new();
                text::url(&mut self.random, &mut url, ".jpg");
                event.push_tag(["r", &url]);
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
            before - self.random.below(9999)
        );
        let note: String = {
            let mut note = String::new();
            let length = self.random.spread(&NOTE) as usize;
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
        let about = random.spread(&ABOUT) as usize;
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
            // Even spacing instead of chance: a few long lists weigh so much that samples would differ widely.
            0 => {
                self.lists += 618_034;
                super::random::quantile(&FOLLOWS, self.lists % 1_000_000)
            }
            _ => 1 + self.random.below(3),
        };
        follows.extend((0..more).map(|_| self.people.mention()));
        follows.truncate(1442);
        let hinted = self.random.chance(150);
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
        let length = self.random.spread(&SECRET) as usize / 16 * 16 + 16;
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
        let length = self.random.spread(&NOTE) as usize / 4;
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
        for _ in 0..10 + self.random.below(12) {
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
        for _ in 0..self.random.spread(&LISTED) {
            let person = self.people.mention();
            self.tag_person(event, person);
        }
    }

    fn article(&mut self, event: &mut Event, author: u32) {
        self.tag_name(event, author);
        let length = match event.kind {
            30_078 => self.random.spread(&NOTE),
            _ => self.random.spread(&ARTICLE),
        };
        text::sentences(&mut self.random, &mut self.content, length as usize);
        if event.kind == 30_023 {
            let word = text::word(&mut self.random);
            event.push_tag(["title", word]);
            event.push_tag(["published_at", &event.created_at.to_string()]);
            event.push_tag(["t", word]);
        }
    }

    /// The longest list of tags that was seen: a table that somebody keeps in an event.
    fn oddity(&mut self, event: &mut Event, author: u32) {
        self.tag_name(event, author);
        for row in 1..1443 {
            event.push_tag([format!("2024{row:08}").as_str(), "1"]);
        }
    }

    /// The `d` tag: a new name, or one that the author has used before.
    fn tag_name(&mut self, event: &mut Event, author: u32) {
        let again = self.random.chance(200);
        let name = match again {
            true => 0,
            false => self.random.below(1 << 20),
        };
        let word = &super::words::all()[author as usize % 4095];
        event.push_tag(["d", &format!("{word}-{name}")]);
    }

    /// An event to refer to and who wrote it: one of ours, or one that only others have.
    fn target(&mut self) -> (EventId, Person) {
        if !self.made.is_empty() && self.random.chance(140) {
            let (id, author) = super::people::earlier(&mut self.random, &self.made);
            let person = self.people.person(author);
            self.people.mentioned(person);
            return (id, person);
        }
        let target = match self.elsewhere.is_empty() || self.random.chance(450) {
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
