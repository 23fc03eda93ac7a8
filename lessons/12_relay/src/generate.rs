//! Events that resemble real ones, the same on every machine: for tests, benches, learners and `relay generate`.
//!
//! Kinds, sizes, tags, references and authors follow what was measured on real relays; the words are our own. The
//! events come in the order of their arrival, nearly that of their times. A store accepts all of them but the few that
//! are late versions of something replaceable.
//!
//! ```
//! use relay::generate::Generator;
//!
//! let few: Vec<_> = Generator::new(7).take(3).collect();
//! let more: Vec<_> = Generator::new(7).take(9).collect();
//! assert_eq!(few[..], more[..3]);
//! ```

pub mod figures;
mod kinds;
mod people;
mod random;
mod text;
mod words;

use std::collections::{HashMap, HashSet};
use std::thread;

pub use people::Authors;

use self::people::{People, Person, earlier};
use self::random::{Even, Random};
use crate::event::{Class, Event, EventId, Signature};

/// Of a thousand events, so many arrive late.
const LATE: u64 = 50;
/// Of a thousand replaceable events, so many are by somebody who has one of that kind already. Contact lists are
/// few and large: fewer repeats keep samples alike.
const fn new_versions(kind: u16) -> u64 {
    if kind == 3 { 25 } else { 80 }
}

/// What can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// How many write.
    pub authors: Authors,
    /// When the first event arrives, in seconds since 1970.
    pub start: u64,
    /// Seconds between two events, on average.
    pub gap: u32,
    /// Whether signatures are valid. Where not, they are random bytes, and all else is the same.
    pub signed: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            authors: Authors::Growing(450),
            start: 1_735_689_600,
            gap: 1,
            signed: false,
        }
    }
}

/// An endless stream of events. It remembers what it made, some 250 bytes an event, to refer to it.
pub struct Generator {
    options: Options,
    random: Random,
    people: People,
    now: u64,
    /// What was made so far, and by which author.
    made: Vec<(EventId, u32)>,
    /// What was referred to and isn't there, and who is said to have written it.
    elsewhere: Vec<(EventId, Person)>,
    /// The kinds of the next events, mixed: a thousand events have each kind's exact share.
    deck: Vec<u16>,
    /// Which authors have which replaceable kinds.
    versions: HashSet<(u32, u16)>,
    /// The authors of all events of a replaceable or addressable kind, in their order.
    holders: HashMap<u16, Vec<u32>>,
    /// The contact lists of authors.
    follows: HashMap<u32, Vec<Person>>,
    /// The lengths of contact lists.
    lists: Even,
    /// The lengths of articles.
    articles: Even,
    /// How many events of kind 30078 there were.
    tables: u32,
    content: String,
}

impl Generator {
    /// Unsigned events; the seed decides which.
    pub fn new(seed: u64) -> Self {
        Self::with(seed, Options::default())
    }

    /// Events as the options say.
    pub fn with(seed: u64, options: Options) -> Self {
        Self {
            options,
            random: Random::new(seed),
            people: People::new(seed, options.authors),
            now: options.start,
            made: Vec::new(),
            elsewhere: Vec::new(),
            deck: Vec::new(),
            versions: HashSet::new(),
            holders: HashMap::new(),
            follows: HashMap::new(),
            lists: Even::default(),
            articles: Even::default(),
            tables: 0,
            content: String::new(),
        }
    }

    /// The next event without its signature.
    fn draft(&mut self) -> Event {
        let mut event = Event::default();
        event.kind = self.kind();
        let author = self.author(event.kind);
        event.pubkey = self.people.key(self.people.person(author));
        self.now += self.random.below(2 * u64::from(self.options.gap) + 1);
        event.created_at = self.now;
        if self.random.chance(LATE) {
            let late = 1 + self.random.zipf(1 << 17) as u64;
            event.created_at = event.created_at.saturating_sub(late);
        }
        self.fill(&mut event, author);
        event.id = event.canonical_id();
        self.made.push((event.id, author));
        event
    }

    fn kind(&mut self) -> u16 {
        if self.deck.is_empty() {
            for (kind, share) in kinds::SHARES {
                self.deck.extend(std::iter::repeat_n(kind, share));
            }
        }
        let place = self.random.below(self.deck.len() as u64);
        self.deck.swap_remove(place as usize)
    }

    /// Who writes an event of a kind. What is replaceable is mostly somebody's first.
    fn author(&mut self, kind: u16) -> u32 {
        let class = Class::of(kind);
        let mut author = self.people.author();
        if matches!(class, Class::Replaceable | Class::Addressable) {
            let holders = self.holders.entry(kind).or_default();
            if !holders.is_empty() && self.random.chance(new_versions(kind)) {
                author = earlier(&mut self.random, holders);
            } else if class == Class::Replaceable && self.versions.contains(&(author, kind)) {
                author = self.people.newcomer();
            }
            holders.push(author);
            self.versions.insert((author, kind));
        }
        self.people.wrote(author);
        author
    }
}

impl Iterator for Generator {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        let mut event = self.draft();
        let place = self.made.len() - 1;
        event.sig = match self.options.signed {
            true => sign(&self.people, self.made[place]),
            false => Signature::new(entropy(&event.id).bytes()),
        };
        Some(event)
    }
}

/// The first events of the default options, with valid signatures, made on all processors.
pub fn signed(seed: u64, count: usize) -> Vec<Event> {
    let mut generator = Generator::new(seed);
    let mut events: Vec<_> = (0..count).map(|_| generator.draft()).collect();
    let share = count.div_ceil(thread::available_parallelism().map_or(1, usize::from));
    let (people, made) = (&generator.people, &generator.made);
    thread::scope(|scope| {
        let shares = events.chunks_mut(share.max(1));
        for (events, made) in shares.zip(made.chunks(share.max(1))) {
            scope.spawn(move || {
                for (event, &made) in events.iter_mut().zip(made) {
                    event.sig = sign(people, made);
                }
            });
        }
    });
    events
}

fn sign(people: &People, (id, author): (EventId, u32)) -> Signature {
    let aux = entropy(&id).bytes();
    let sig = secp256k1::schnorr::sign_with_aux_rand(id.as_bytes(), people.pair(author), &aux);
    Signature::new(sig.to_byte_array())
}

/// Randomness that depends on an event alone, so that the order of signing doesn't matter.
fn entropy(id: &EventId) -> Random {
    let [a, b, c, d, e, f, g, h, ..] = *id.as_bytes();
    Random::new(u64::from_le_bytes([a, b, c, d, e, f, g, h]))
}
