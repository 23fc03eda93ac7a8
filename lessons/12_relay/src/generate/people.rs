//! Who writes and who is written about.

use secp256k1::{Keypair, SecretKey};

use super::random::Random;
use crate::event::PublicKey;

/// How many authors there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authors {
    /// So many, who write by Zipf's law.
    Fixed(u32),
    /// So many of a thousand events are the first of a new author, however many there were before; the others are by
    /// those who wrote before, and who wrote much writes more.
    Growing(u16),
}

/// A person, by number.
pub(crate) type Person = u32;

/// Of a thousand mentions of somebody, so many are of nobody seen before.
const NEW_FACES: u64 = 325;

/// Everybody, in the order of their first appearance.
pub(crate) struct People {
    random: Random,
    authors: Authors,
    keys: Vec<PublicKey>,
    /// The keys of those who write.
    pairs: Vec<(Person, Keypair)>,
    /// Each event's author, as a place in `pairs`.
    written: Vec<u32>,
    /// Everybody who was mentioned or wrote, once for each time.
    seen: Vec<Person>,
}

impl People {
    pub(crate) fn new(seed: u64, authors: Authors) -> Self {
        Self {
            random: Random::new(seed ^ 0x7065_6f70_6c65),
            authors,
            keys: Vec::new(),
            pairs: Vec::new(),
            written: Vec::new(),
            seen: Vec::new(),
        }
    }

    pub(crate) fn key(&self, person: Person) -> PublicKey {
        self.keys[person as usize]
    }

    /// The keys of an author.
    pub(crate) fn pair(&self, author: u32) -> &Keypair {
        &self.pairs[author as usize].1
    }

    pub(crate) fn person(&self, author: u32) -> Person {
        self.pairs[author as usize].0
    }

    /// Who might write next.
    pub(crate) fn author(&mut self) -> u32 {
        match self.authors {
            Authors::Fixed(limit) => {
                let rank = self.random.zipf(limit.max(1) as usize);
                while self.pairs.len() <= rank {
                    self.new_author();
                }
                rank as u32
            }
            Authors::Growing(new) if self.written.is_empty() || self.random.chance(new.into()) => {
                self.new_author()
            }
            // Of all that was written: who has written much goes on.
            Authors::Growing(_) if self.random.chance(500) => self.random.pick(&self.written),
            Authors::Growing(_) => earlier(&mut self.random, &self.written),
        }
    }

    /// Somebody who wrote nothing yet; anybody where the number of authors is fixed.
    pub(crate) fn newcomer(&mut self) -> u32 {
        if let Authors::Fixed(_) = self.authors {
            return self.author();
        }
        self.new_author()
    }

    /// Somebody to mention.
    pub(crate) fn mention(&mut self) -> Person {
        let person = if self.seen.is_empty() || self.random.chance(NEW_FACES) {
            let key = PublicKey::new(self.random.bytes());
            self.keys.push(key);
            self.keys.len() as Person - 1
        } else {
            let mut person = earlier(&mut self.random, &self.seen);
            for _ in 0..4 {
                if !is_passer_by(person) {
                    break;
                }
                person = earlier(&mut self.random, &self.seen);
            }
            person
        };
        self.mentioned(person);
        person
    }

    /// Somebody was mentioned who was chosen otherwise.
    pub(crate) fn mentioned(&mut self, person: Person) {
        self.seen.push(person);
    }

    /// An author was chosen.
    pub(crate) fn wrote(&mut self, author: u32) {
        self.written.push(author);
        self.mentioned(self.person(author));
    }

    fn new_author(&mut self) -> u32 {
        let secret = loop {
            // All but one of 2^127 are valid.
            if let Ok(secret) = SecretKey::from_secret_bytes(self.random.bytes()) {
                break secret;
            }
        };
        let pair = Keypair::from_secret_key(&secret);
        let key = PublicKey::new(pair.x_only_public_key().0.to_byte_array());
        self.keys.push(key);
        self.pairs.push((self.keys.len() as Person - 1, pair));
        self.pairs.len() as u32 - 1
    }
}

/// Two of seven people are hardly ever mentioned again.
fn is_passer_by(person: Person) -> bool {
    person % 7 < 2
}

/// How far back memory reaches: people talk of what is new, and compressors see only that far, too.
const REACH: usize = 1 << 15;

/// One of those that came before, rather a recent one. Who is copied often is copied again: that makes Zipf's law.
pub(crate) fn earlier<T: Copy>(random: &mut Random, of: &[T]) -> T {
    of[of.len() - 1 - random.zipf(of.len().min(REACH))]
}
