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

mod people;
mod random;

use std::thread;

pub use people::Authors;

use self::people::People;
use self::random::Random;
use crate::event::{Event, EventId, Signature};

/// What can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// How many write.
    pub authors: Authors,
    /// When the first event arrives, in seconds since 1970.
    pub start: u64,
    /// Seconds between two events, on average.
    pub gap: u32,
    /// Whether signatures are valid. Where not, they are random bytes, and an event takes a third of the time. All else is the
    /// same.
    pub signed: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            authors: Authors::Growing(486),
            start: 1_735_689_600,
            gap: 1,
            signed: false,
        }
    }
}

/// An endless stream of events.
pub struct Generator {
    options: Options,
    random: Random,
    people: People,
    now: u64,
    /// What was made so far, and by which author.
    made: Vec<(EventId, u32)>,
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
        }
    }

    /// The next event without its signature.
    fn draft(&mut self) -> Event {
        let mut event = Event::default();
        let author = self.people.author();
        event.pubkey = self.people.key(self.people.person(author));
        self.now += self.random.below(2 * u64::from(self.options.gap) + 1);
        event.created_at = self.now;
        event.kind = 1;
        event.push_content("crude");
        event.id = canonical_id(&event);
        self.made.push((event.id, author));
        event
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

/// NIP-01's form of an event, hashed.
fn canonical_id(event: &Event) -> EventId {
    use sha2::{Digest, Sha256};
    let tags: Vec<Vec<&str>> = event.tags().map(|tag| tag.items().collect()).collect();
    let pubkey = event.pubkey.to_string();
    let form = (
        0,
        pubkey,
        event.created_at,
        event.kind,
        tags,
        event.content(),
    );
    let form = serde_json::to_vec(&form).unwrap_or_default();
    EventId::new(Sha256::digest(form).into())
}
