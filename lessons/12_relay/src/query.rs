//! Finds stored events: what REQ and COUNT ask for.
//!
//! Every index ends in the place of an event, and places sort by time. So each condition of a filter is a few ranges
//! of an index (`scan`) that are merged from the newest to the oldest, and the filter follows the index that is
//! likely to be the shortest (`plan`), until its limit. What an index finds is a hint: unless the index alone
//! decides, the event is read and compared with the filter.
//!
//! Within a second the order is that of the ids, which no index knows. A second in which a single event is found is
//! passed on as it is; of others all are looked at, and only as many are kept as the limits still allow.

mod plan;
mod scan;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use redb::ReadableTable;

use self::plan::Course;
use crate::event::{Event, EventId};
use crate::filter::Filter;
use crate::store::tables::Tid;
use crate::store::{Scratch, Snapshot, StoreError};

/// What a query may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueryLimits {
    /// How many events a filter gets at most, also where it asks for more.
    pub max_limit: usize,
    /// How many events a filter gets that doesn't say.
    pub default_limit: usize,
}

impl Default for QueryLimits {
    fn default() -> Self {
        Self {
            max_limit: 5_000,
            default_limit: 5_000,
        }
    }
}

/// What the caller knows of events without reading them, say from a cache. `()` knows nothing.
///
/// A place stands for one event for as long as that event is stored; what is known must be what the snapshot has.
pub trait Known {
    /// The id of the event at a place.
    fn id(&mut self, _place: Tid) -> Option<EventId> {
        None
    }

    /// The kind of the event at a place.
    fn kind(&mut self, _place: Tid) -> Option<u16> {
        None
    }

    /// Takes note of the kind of the event at a place, which had to be looked up.
    fn learn_kind(&mut self, _place: Tid, _kind: u16) {}

    /// Whether the event at a place matches a filter.
    fn matches(&mut self, _place: Tid, _filter: &Filter) -> Option<bool> {
        None
    }
}

impl Known for () {}

/// An event that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// Where it is.
    pub place: Tid,
    /// Whether it had to be read, so that the caller has it already.
    pub is_read: bool,
}

/// What a REQ asks for, on its way from the newest event to the oldest.
///
/// It owns the snapshot and its place in it, so it can be set aside, sent to another thread and continued there: the
/// one who reads is never further than the one who listens.
///
/// ```
/// use std::sync::Arc;
/// use relay::event::Event;
/// use relay::filter::Filter;
/// use relay::query::{Query, QueryLimits};
/// use relay::store::{Scratch, Store, StoreOptions};
///
/// let folder = tempfile::tempdir()?;
/// let store = Store::open(folder.path(), StoreOptions::default())?;
/// let mut batch = store.begin()?;
/// for created_at in 1..=3 {
///     let mut event = Event::default();
///     (event.created_at, event.kind) = (created_at, 1);
///     event.id = event.canonical_id();
///     batch.put(&event, 0)?;
/// }
/// batch.commit()?;
///
/// let newest_two = Filter { limit: Some(2), ..Filter::default() };
/// let mut query = Query::new(store.snapshot()?, Arc::new([newest_two]), 0, &QueryLimits::default())?;
/// let (mut event, mut scratch) = (Event::default(), Scratch::default());
/// let mut times = Vec::new();
/// while query.next(&mut event, &mut scratch)? {
///     times.push(event.created_at);
/// }
/// assert_eq!(times, [3, 2]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Query {
    snapshot: Snapshot,
    filters: Arc<[Filter]>,
    search: Search,
    /// For each filter, the best of the second that is being gathered, the worst of them on top.
    best: Vec<Best>,
    /// What was gathered, the first to be sent at the end.
    ready: Vec<Candidate>,
}

/// What a filter keeps of a second.
struct Best {
    /// How many events the filter may still get.
    limit: usize,
    kept: BinaryHeap<Candidate>,
}

/// An event that matches; the lesser is sent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    /// Differs only in the last second, which holds all that is beyond 32 bits.
    created_at: Reverse<u64>,
    /// Zero where the event is the only one of its second.
    id: EventId,
    place: Tid,
}

impl Query {
    /// Begins to look for what a REQ asks for. What has expired by `now`, in seconds since 1970, isn't found.
    ///
    /// # Errors
    ///
    /// Where the database can't be read.
    pub fn new(
        snapshot: Snapshot,
        filters: Arc<[Filter]>,
        now: u64,
        limits: &QueryLimits,
    ) -> Result<Self, StoreError> {
        let limit = |filter: &Filter| {
            let limit = filter.limit.unwrap_or(limits.default_limit);
            limit.min(limits.max_limit)
        };
        let search = Search::new(&snapshot, &filters, now, |filter| limit(filter) > 0)?;
        let best = |filter| Best {
            limit: limit(filter),
            kept: BinaryHeap::new(),
        };
        Ok(Self {
            best: filters.iter().map(best).collect(),
            ready: Vec::new(),
            snapshot,
            filters,
            search,
        })
    }

    /// Reads the next event: the newest first, of one second those with the lowest ids first, each once. `false` when
    /// there are no more.
    ///
    /// # Errors
    ///
    /// Where the database, or a record in it, can't be read.
    pub fn next(&mut self, event: &mut Event, scratch: &mut Scratch) -> Result<bool, StoreError> {
        while let Some(found) = self.next_match(&mut (), event, scratch)? {
            if found.is_read || self.snapshot.read(found.place, event, scratch)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Finds the next event and leaves it to the caller to read it, who may have it already. What `known` tells
    /// isn't read here either.
    ///
    /// # Errors
    ///
    /// Where the database, or a record in it, can't be read.
    pub fn next_match(
        &mut self,
        known: &mut impl Known,
        event: &mut Event,
        scratch: &mut Scratch,
    ) -> Result<Option<Match>, StoreError> {
        let mut read = None;
        while self.ready.is_empty() {
            let Some(newest) = self.search.newest() else {
                return Ok(None);
            };
            read = self.gather(newest, known, event, scratch)?;
        }
        Ok(self.ready.pop().map(|Candidate { place, .. }| Match {
            place,
            is_read: read == Some(place),
        }))
    }

    /// What the query reads from.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// How many entries of indexes were looked at so far.
    pub fn looks(&self) -> u64 {
        self.search.courses.iter().map(Course::looks).sum()
    }

    /// Gathers the matches of the second that a place is in, and returns which of them was read last.
    fn gather(
        &mut self,
        newest: Tid,
        known: &mut impl Known,
        event: &mut Event,
        scratch: &mut Scratch,
    ) -> Result<Option<Tid>, StoreError> {
        let desk = &mut Desk {
            snapshot: &self.snapshot,
            filters: &self.filters,
            known,
            event,
            scratch,
        };
        let search = &mut self.search;
        let mut next = Some(newest);
        while let Some(place) = next {
            search.take(desk.snapshot, place)?;
            let same_second = |next: &Tid| second(*next) == second(newest);
            next = search.newest().filter(same_second);
            let is_alone = place == newest && next.is_none();
            let wanted = if is_alone { Wanted::Match } else { Wanted::Id };
            if let Some(candidate) = search.judge(place, wanted, desk)? {
                for &course in &search.matched {
                    self.best[course].keep(candidate);
                }
            }
        }
        for (best, course) in self.best.iter_mut().zip(&mut search.courses) {
            best.limit -= best.kept.len();
            self.ready.extend(best.kept.drain());
            if best.limit == 0 {
                course.close();
            }
        }
        self.ready.sort_unstable_by(|a, b| b.cmp(a));
        self.ready.dedup();
        Ok(search.read)
    }
}

impl Best {
    fn keep(&mut self, candidate: Candidate) {
        if self.kept.len() < self.limit {
            self.kept.push(candidate);
        } else if let Some(mut worst) = self.kept.peek_mut()
            && candidate < *worst
        {
            *worst = candidate;
        }
    }
}

/// How many stored events match one filter or another, whatever their limits. What has expired by `now` doesn't count.
/// Events are read only where an index can't decide.
///
/// # Errors
///
/// Where the database, or a record in it, can't be read.
pub fn count(
    snapshot: &Snapshot,
    filters: &[Filter],
    now: u64,
    event: &mut Event,
    scratch: &mut Scratch,
) -> Result<u64, StoreError> {
    let mut search = Search::new(snapshot, filters, now, |_| true)?;
    let desk = &mut Desk {
        snapshot,
        filters,
        known: &mut (),
        event,
        scratch,
    };
    let mut count = 0;
    while let Some(place) = search.newest() {
        search.take(snapshot, place)?;
        count += u64::from(search.judge(place, Wanted::Match, desk)?.is_some());
    }
    Ok(count)
}

/// What is to be found out about a candidate.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// Whether it matches.
    Match,
    /// Whether it does, and its id.
    Id,
}

/// What judging a candidate takes: what is searched, what is asked, what is known, and room to read.
struct Desk<'a, K> {
    snapshot: &'a Snapshot,
    filters: &'a [Filter],
    known: &'a mut K,
    event: &'a mut Event,
    scratch: &'a mut Scratch,
}

impl<K: Known> Desk<'_, K> {
    /// Whether a candidate is of a kind that the filter wants: a contact list of hundreds of tags costs far more to read.
    fn is_of_kind(&mut self, filter: &Filter, place: Tid) -> Result<bool, StoreError> {
        let Some(kinds) = &filter.kinds else {
            return Ok(true);
        };
        let kind = match self.known.kind(place) {
            Some(kind) => kind,
            None => match self.snapshot.kind(place)? {
                Some(kind) => {
                    self.known.learn_kind(place, kind);
                    kind
                }
                None => return Ok(false),
            },
        };
        Ok(kinds.binary_search(&kind).is_ok())
    }
}

/// All filters of a message on their way, side by side.
struct Search {
    courses: Vec<Course>,
    now: u64,
    /// Whether the snapshot has events that have expired.
    some_expired: bool,
    /// The courses that proposed the candidate, then those that it matches.
    matched: Vec<usize>,
    /// The candidate that the caller's event holds.
    read: Option<Tid>,
}

impl Search {
    fn new(
        snapshot: &Snapshot,
        filters: &[Filter],
        now: u64,
        is_wanted: impl Fn(&Filter) -> bool,
    ) -> Result<Self, StoreError> {
        let mut courses = Vec::with_capacity(filters.len());
        for filter in filters {
            courses.push(match is_wanted(filter) {
                true => Course::new(snapshot, filter)?,
                false => Course::none(),
            });
        }
        Ok(Self {
            courses,
            now,
            some_expired: some_expired(snapshot, now)?,
            matched: Vec::new(),
            read: None,
        })
    }

    fn newest(&self) -> Option<Tid> {
        self.courses.iter().filter_map(Course::newest).max()
    }

    /// Takes a place from all courses that propose it.
    fn take(&mut self, snapshot: &Snapshot, place: Tid) -> Result<(), StoreError> {
        self.matched.clear();
        for (at, course) in self.courses.iter_mut().enumerate() {
            if course.newest() == Some(place) {
                course.take(snapshot)?;
                self.matched.push(at);
            }
        }
        Ok(())
    }

    /// Leaves of the courses that propose a place those that it matches; nothing where there are none.
    fn judge(
        &mut self,
        place: Tid,
        wanted: Wanted,
        desk: &mut Desk<'_, impl Known>,
    ) -> Result<Option<Candidate>, StoreError> {
        self.read = None;
        let is_last_second = second(place) == second(Tid::LAST);
        let must_read = self.some_expired || is_last_second;
        if must_read && !self.read(place, desk)? {
            return Ok(None);
        }
        let mut matched = 0;
        for proposed in 0..self.matched.len() {
            let at = self.matched[proposed];
            let filter = &desk.filters[at];
            let is_known = match self.courses[at].exact && !is_last_second {
                true => Some(true),
                false if must_read => None,
                false => desk.known.matches(place, filter),
            };
            let matches = match is_known {
                Some(matches) => matches,
                None if self.courses[at].leaves_kinds_open
                    && !desk.is_of_kind(filter, place)? =>
                {
                    false
                }
                None if self.read(place, desk)? => filter.matches(desk.event),
                None => return Ok(None),
            };
            if matches {
                self.matched[matched] = at;
                matched += 1;
            } else {
                self.courses[at].reject(desk.snapshot, filter, place)?;
            }
        }
        self.matched.truncate(matched);
        if matched == 0 {
            return Ok(None);
        }
        let id = match wanted {
            Wanted::Match => EventId::ZERO,
            Wanted::Id if self.read.is_some() => desk.event.id,
            Wanted::Id => match desk.known.id(place) {
                Some(id) => id,
                None if self.read(place, desk)? => desk.event.id,
                None => return Ok(None),
            },
        };
        let created_at = Reverse(u64::from(is_last_second) * desk.event.created_at);
        Ok(Some(Candidate {
            created_at,
            id,
            place,
        }))
    }

    /// Reads a candidate, once. `false` where it isn't there or has expired.
    fn read(&mut self, place: Tid, desk: &mut Desk<'_, impl Known>) -> Result<bool, StoreError> {
        if self.read.is_none()
            && desk.snapshot.read(place, desk.event, desk.scratch)?
            && desk.event.expiration().is_none_or(|at| at > self.now)
        {
            self.read = Some(place);
        }
        Ok(self.read.is_some())
    }
}

/// Whether something has expired and isn't swept yet.
fn some_expired(snapshot: &Snapshot, now: u64) -> Result<bool, StoreError> {
    let Some((first, _)) = snapshot.tables().by_expiry.first()? else {
        return Ok(false);
    };
    let [a, b, c, d, ..] = first.value();
    Ok(u64::from(u32::from_be_bytes([a, b, c, d])) <= now)
}

/// The second that a place is in.
fn second(place: Tid) -> [u8; 4] {
    let [a, b, c, d, _, _] = place.0;
    [a, b, c, d]
}
