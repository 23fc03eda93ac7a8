//! What a relay keeps, by the NIPs: newest versions, deletions, requests to vanish, expiry.
//!
//! Places under one key are in order of time in every table, so "by this author *and* under this tag" is two sorted
//! lists that leap past each other.

use std::iter;
use std::ops::Bound::{Excluded, Included};

use super::changes;
use super::tables::{self, Serial, Tid};
use super::write::Requests;
use super::{Batch, Put, StoreError};
use crate::event::{Class, Event, EventId, PublicKey};

const DELETION: u16 = 5;
const GIFT_WRAP: u16 = 1059;
const VANISH: u16 = 62;

/// A list of places in order of time.
#[derive(Clone, Copy)]
enum List {
    Kind(u16),
    AuthorKind(Serial, u16),
    Tag([u8; 4]),
}

/// Events and where they are.
type Versions = Vec<(Tid, Event)>;

/// Goes through the events that are in a list, and in another one if there is one.
struct Walk {
    list: List,
    other: Option<List>,
    from: Option<Tid>,
    /// The event that was read last.
    event: Event,
}

impl Walk {
    fn since(time: u64, list: List, other: Option<List>) -> Self {
        Self {
            list,
            other,
            from: Some(Tid::new(time, 0)),
            event: Event::default(),
        }
    }

    /// Where the next one is.
    fn step(&mut self, batch: &Batch) -> Result<Option<Tid>, StoreError> {
        let other = |from| match self.other {
            Some(other) => batch.next_in(other, from),
            None => Ok(Some(from)),
        };
        while let Some(from) = self.from
            && let Some(here) = batch.next_in(self.list, from)?
            && let Some(there) = other(here)?
        {
            if here == there {
                self.from = here.next();
                return Ok(Some(here));
            }
            self.from = Some(there);
        }
        Ok(None)
    }

    /// The same, and reads it.
    fn next(&mut self, batch: &mut Batch) -> Result<Option<Tid>, StoreError> {
        let tid = self.step(batch)?;
        if let Some(tid) = tid {
            batch.read(tid, &mut self.event)?;
        }
        Ok(tid)
    }
}

impl Batch {
    /// Which requests there are.
    pub(super) fn requests(&self) -> Result<Requests, StoreError> {
        let any = |kind| self.next_in(List::Kind(kind), Tid::FIRST);
        Ok(Requests {
            deletions: any(DELETION)?.is_some(),
            vanishings: any(VANISH)?.is_some(),
        })
    }

    /// Why an event isn't stored, whatever versions of it there are.
    pub(super) fn refusal(&mut self, event: &Event, now: u64) -> Result<Option<Put>, StoreError> {
        if event.class() == Class::Ephemeral {
            return Ok(Some(Put::Refused("error: ephemeral events are not stored")));
        }
        if event.expiration().is_some_and(|expiry| expiry <= now) {
            return Ok(Some(Put::Expired));
        }
        if self.find(&event.id, &mut Event::default())?.is_some() {
            return Ok(Some(Put::Duplicate));
        }
        if self.vanished(event)? {
            return Ok(Some(Put::Vanished));
        }
        Ok(self.deleted(event)?.then_some(Put::Deleted))
    }

    /// The stored versions that an event replaces; or why it doesn't.
    pub(super) fn versions(&mut self, event: &Event) -> Result<Result<Versions, Put>, StoreError> {
        let versions = self.all_versions(&event.pubkey, event.kind, event.identifier())?;
        let is_newer =
            |(_, other): &(Tid, Event)| (other.created_at, event.id) > (event.created_at, other.id);
        Ok(match versions.iter().any(is_newer) {
            true => Err(Put::Superseded),
            false => Ok(versions),
        })
    }

    /// Does what an event asks for that is stored now.
    pub(super) fn carry_out(&mut self, event: &Event, at: Tid) -> Result<(), StoreError> {
        self.requests.deletions |= event.kind == DELETION;
        self.requests.vanishings |= event.kind == VANISH;
        match event.kind {
            DELETION => self.delete(event),
            VANISH if self.names_us(event) => self.vanish(event, at),
            _ => Ok(()),
        }
    }

    /// NIP-09.
    fn delete(&mut self, request: &Event) -> Result<(), StoreError> {
        let mut target = Event::default();
        for (letter, value) in request.letters() {
            if letter == b'e'
                && let Ok(id) = EventId::from_hex(value.as_bytes())
                && let Some(tid) = self.find(&id, &mut target)?
                && may_delete(&request.pubkey, &target)
            {
                self.remove(tid)?;
            } else if letter == b'a'
                && let Some((kind, identifier)) = address_of(value, &request.pubkey)
            {
                for (tid, version) in self.all_versions(&request.pubkey, kind, identifier)? {
                    if version.created_at <= request.created_at {
                        self.take_out(tid, &version)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether somebody who may had an event deleted, before it came here perhaps. The request itself is the proof: it
    /// stays, and is entered under what it names.
    fn deleted(&mut self, event: &Event) -> Result<bool, StoreError> {
        if !self.requests.deletions || !can_be_deleted(event.kind) {
            return Ok(false);
        }
        if self.asked_to_delete(&event.pubkey, event)? {
            return Ok(true);
        }
        for recipient in recipients(event) {
            if self.asked_to_delete(&recipient, event)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether this person asked that an event be deleted.
    fn asked_to_delete(&mut self, who: &PublicKey, event: &Event) -> Result<bool, StoreError> {
        let Some(author) = self.serial(who.as_bytes())? else {
            return Ok(false);
        };
        let requests = List::AuthorKind(author, DELETION);
        if self.next_in(requests, Tid::FIRST)?.is_none() {
            return Ok(false);
        }
        let mut hex = [0; EventId::HEX_LENGTH];
        if self.is_named(requests, 0, b'e', event.id.write_hex(&mut hex))? {
            return Ok(true);
        }
        if !event.class().has_versions() {
            return Ok(false);
        }
        let identifier = identifier(event.kind, event.identifier());
        let address = format!("{}:{}:{identifier}", event.kind, event.pubkey);
        self.is_named(requests, event.created_at, b'a', &address)
    }

    /// Whether one of some requests, from a time on, has this tag.
    fn is_named(
        &mut self,
        requests: List,
        since: u64,
        letter: u8,
        value: &str,
    ) -> Result<bool, StoreError> {
        let tag = List::Tag(self.base.tag_key(letter, value));
        let mut walk = Walk::since(since, requests, Some(tag));
        while walk.next(self)?.is_some() {
            let mut names = walk.event.letters();
            if names.any(|named| named == (letter, value)) && walk.event.created_at >= since {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// NIP-62: everything by who asks, and gift wraps for them, up to the time of the request.
    fn vanish(&mut self, request: &Event, at: Tid) -> Result<(), StoreError> {
        let Some(author) = self.serial(request.pubkey.as_bytes())? else {
            return Ok(());
        };
        let mut event = Event::default();
        let mut from = Included(tables::key(tables::author_kind(author, 0), Tid::FIRST));
        let last = Included(tables::key(
            tables::author_kind(author, u16::MAX),
            Tid::LAST,
        ));
        let table = |batch: &Self, from| {
            let (tables, changes) = (batch.base.tables(), batch.changes());
            changes::first(&tables.by_author, &changes.by_author, (from, last))
        };
        while let Some(key) = table(self, from)? {
            from = Excluded(key);
            let tid = Tid::of(&key);
            self.read(tid, &mut event)?;
            if tid != at && event.created_at <= request.created_at {
                self.remove(tid)?;
            }
        }
        let mut hex = [0; PublicKey::HEX_LENGTH];
        let name = request.pubkey.write_hex(&mut hex);
        let named = List::Tag(self.base.tag_key(b'p', name));
        let mut wraps = Walk::since(0, List::Kind(GIFT_WRAP), Some(named));
        while let Some(tid) = wraps.next(self)? {
            let for_them = wraps.event.letters().any(|tag| tag == (b'p', name));
            if for_them && wraps.event.created_at <= request.created_at {
                self.remove(tid)?;
            }
        }
        Ok(())
    }

    /// Whether an event is older than the wish to vanish of its author, or of who it is a gift wrap for.
    fn vanished(&mut self, event: &Event) -> Result<bool, StoreError> {
        if !self.requests.vanishings {
            return Ok(false);
        }
        for key in iter::once(event.pubkey).chain(recipients(event)) {
            let Some(author) = self.serial(key.as_bytes())? else {
                continue;
            };
            let mut requests =
                Walk::since(event.created_at, List::AuthorKind(author, VANISH), None);
            while requests.next(self)?.is_some() {
                let request = &requests.event;
                if request.created_at >= event.created_at && self.names_us(request) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Whether a request to vanish is for this relay.
    fn names_us(&self, request: &Event) -> bool {
        let plain = |url: &str| url.trim_end_matches('/').to_ascii_lowercase();
        let mut relays = request.tags().filter(|tag| tag.name() == "relay");
        relays.any(|tag| {
            let ours = &self.base.shared().options.relay_urls;
            let named = tag.value().unwrap_or("");
            named == "ALL_RELAYS" || ours.iter().any(|url| plain(url) == plain(named))
        })
    }

    /// All stored versions of what is replaced as a whole; none for other kinds.
    fn all_versions(
        &mut self,
        author: &PublicKey,
        kind: u16,
        identifier: &str,
    ) -> Result<Versions, StoreError> {
        let mut versions = Vec::new();
        let class = Class::of(kind);
        if !class.has_versions() {
            return Ok(versions);
        }
        let Some(author) = self.serial(author.as_bytes())? else {
            return Ok(versions);
        };
        let by_author = List::AuthorKind(author, kind);
        let addressable = class == Class::Addressable;
        let under = addressable.then(|| List::Tag(self.base.tag_key(b'd', identifier)));
        let mut walk = Walk::since(0, by_author, under);
        while let Some(tid) = walk.next(self)? {
            if !addressable || walk.event.identifier() == identifier {
                versions.push((tid, std::mem::take(&mut walk.event)));
            }
        }
        Ok(versions)
    }

    /// The first place in a list, from one on.
    fn next_in(&self, list: List, from: Tid) -> Result<Option<Tid>, StoreError> {
        let (tables, changes) = (self.base.tables(), self.changes());
        Ok(match list {
            List::Kind(kind) => {
                let range = changes::from(kind.to_be_bytes(), from);
                changes::first(&tables.by_kind, &changes.by_kind, range)?.map(|key| Tid::of(&key))
            }
            List::AuthorKind(author, kind) => {
                let range = changes::from(tables::author_kind(author, kind), from);
                changes::first(&tables.by_author, &changes.by_author, range)?
                    .map(|key| Tid::of(&key))
            }
            List::Tag(tag) => {
                let range = changes::from(tag, from);
                changes::first(&tables.by_tag, &changes.by_tag, range)?.map(|key| Tid::of(&key))
            }
        })
    }
}

/// Whom a gift wrap is for. Its author is nobody that anybody knows, so they may have it deleted (NIP-59).
fn recipients(event: &Event) -> impl Iterator<Item = PublicKey> {
    let named = event
        .letters()
        .filter(|&(letter, _)| letter == b'p' && event.kind == GIFT_WRAP);
    named.filter_map(|(_, value)| PublicKey::from_hex(value.as_bytes()).ok())
}

/// Whether an event is deleted when this person asks for it.
fn may_delete(who: &PublicKey, event: &Event) -> bool {
    can_be_deleted(event.kind)
        && (event.pubkey == *who || recipients(event).any(|recipient| recipient == *who))
}

/// Deleting a deletion, or a request to vanish, has no effect.
fn can_be_deleted(kind: u16) -> bool {
    !matches!(kind, DELETION | VANISH)
}

/// Kind and identifier of an address `kind:author:identifier`, if it is one of this author's.
fn address_of<'a>(address: &'a str, author: &PublicKey) -> Option<(u16, &'a str)> {
    let mut parts = address.splitn(3, ':');
    let [kind, _, named] = [parts.next()?, parts.next()?, parts.next()?];
    let kind: u16 = kind.parse().ok()?;
    // An event that comes later is looked for under its address, so an address counts in its plain form alone.
    let plain = format!("{kind}:{author}:{}", identifier(kind, named));
    (address == plain).then_some((kind, named))
}

/// What an address names: only addressable events have an identifier.
fn identifier(kind: u16, named: &str) -> &str {
    match Class::of(kind) {
        Class::Addressable => named,
        _ => "",
    }
}
