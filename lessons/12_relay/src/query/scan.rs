//! Walks an index from the newest place to the oldest: many ranges of it at once, as if they were one.

use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

use redb::{ReadOnlyTable, StorageError, Value};

use crate::store::tables::{Bytes, Tables, Tid};

/// How many ranges of a scan stay open. An open one pins the pages that it stands in; the others are found again each
/// time that they have the newest place, so that a thousand authors cost a thousand small entries and not as many
/// pages.
const OPEN: usize = 32;

/// How many ranges a scan may have. What has more is answered by another index.
const MOST: usize = 16_384;

/// The time that is asked for, inclusive at both ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) low: Tid,
    pub(super) high: Tid,
}

/// Which table a scan walks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Index {
    Time,
    Id,
    Kind,
    Author,
    /// The values asked for under the letter at this position of the filter.
    Tag(usize),
}

/// What the keys of a range begin with. Of the six bytes an index uses as many as its keys have before the place.
type Prefix = [u8; 6];

type Walk = Box<dyn Iterator<Item = Result<Tid, StorageError>> + Send>;

struct Range {
    prefix: Prefix,
    open: Option<Walk>,
}

/// Ranges of one index, merged: the newest place first, each place once.
pub(super) struct Scan {
    index: Index,
    span: Span,
    ranges: Vec<Range>,
    /// The newest place of each range that has one left.
    heads: BinaryHeap<(Tid, u32)>,
    open: usize,
    /// How many looks into the index there may be until the heads are known, and how many there were in all.
    budget: u64,
    looks: u64,
}

impl Scan {
    /// A scan without ranges, which may cost so many looks into the index until it is ready.
    pub(super) fn new(index: Index, span: Span, budget: usize) -> Self {
        Self {
            index,
            span,
            ranges: Vec::new(),
            heads: BinaryHeap::new(),
            open: 0,
            budget: budget.min(MOST) as u64,
            looks: 0,
        }
    }

    /// The newest place that is left.
    pub(super) fn newest(&self) -> Option<Tid> {
        self.heads.peek().map(|&(tid, _)| tid)
    }

    /// How many entries of the index were looked at.
    pub(super) fn looks(&self) -> u64 {
        self.looks
    }

    /// Whether the budget was enough so far. Where it isn't, nothing is added any more.
    pub(super) fn is_within_budget(&self) -> bool {
        self.looks <= self.budget
    }

    fn spend(&mut self) -> bool {
        self.looks += 1;
        self.is_within_budget()
    }

    /// Adds the range of keys that begin so, up to a place.
    pub(super) fn add(&mut self, tables: &Tables, prefix: &[u8]) -> Result<(), StorageError> {
        if self.spend() {
            let prefix = padded(prefix);
            let mut walk = open(tables, self.index, &prefix, self.span)?;
            if let Some(tid) = walk.next() {
                self.push(prefix, tid?, Some(walk));
            }
        }
        Ok(())
    }

    /// Adds a range for each kind that is both wanted and there, under an author or, without one, in the index by
    /// kind. It takes about one look for each of them: kinds that aren't there are skipped, and so are those that
    /// aren't wanted.
    pub(super) fn add_kinds(
        &mut self,
        tables: &Tables,
        author: &[u8],
        wanted: Option<&[u16]>,
    ) -> Result<(), StorageError> {
        let Span { low, high } = self.span;
        let mut next = greatest(wanted, u16::MAX);
        while let Some(kind) = next
            && self.spend()
        {
            let found = match self.index {
                Index::Author => last(&tables.by_author, author, kind, high)?,
                _ => last(&tables.by_kind, author, kind, high)?,
            };
            let Some((there, tid)) = found else { break };
            next = match tid > high {
                // A smaller kind, whose newest is too new: what does it have in time?
                true => greatest(wanted, there),
                false => (there.checked_sub(1)).and_then(|up_to| greatest(wanted, up_to)),
            };
            let is_wanted = greatest(wanted, there) == Some(there);
            if is_wanted && (low..=high).contains(&tid) {
                self.push(padded(&[author, &there.to_be_bytes()].concat()), tid, None);
            }
        }
        Ok(())
    }

    fn push(&mut self, prefix: Prefix, newest: Tid, walk: Option<Walk>) {
        let open = walk.filter(|_| self.open < OPEN);
        self.open += usize::from(open.is_some());
        self.heads.push((newest, self.ranges.len() as u32));
        self.ranges.push(Range { prefix, open });
    }

    /// Takes the newest place, from each range that has it.
    pub(super) fn take(&mut self, tables: &Tables) -> Result<Option<Tid>, StorageError> {
        let Some(tid) = self.newest() else {
            return Ok(None);
        };
        while let Some(mut head) = self.heads.peek_mut()
            && head.0 == tid
        {
            self.looks += 1;
            let range = &mut self.ranges[head.1 as usize];
            match range.older(tables, self.index, self.span.low, tid, &mut self.open)? {
                Some(older) => head.0 = older,
                None => drop(PeekMut::pop(head)),
            }
        }
        Ok(Some(tid))
    }
}

impl Range {
    /// The place that follows in this range.
    fn older(
        &mut self,
        tables: &Tables,
        index: Index,
        low: Tid,
        than: Tid,
        opened: &mut usize,
    ) -> Result<Option<Tid>, StorageError> {
        let (mut walk, was_open) = match self.open.take() {
            Some(walk) => (walk, true),
            None => match than.before() {
                Some(high) if high >= low => {
                    let span = Span { low, high };
                    (open(tables, index, &self.prefix, span)?, false)
                }
                _ => return Ok(None),
            },
        };
        let older = walk.next().transpose()?;
        *opened -= usize::from(was_open);
        if older.is_some() && *opened < OPEN {
            *opened += 1;
            self.open = Some(walk);
        }
        Ok(older)
    }
}

/// The greatest kind up to another that is wanted.
fn greatest(wanted: Option<&[u16]>, up_to: u16) -> Option<u16> {
    match wanted {
        None => Some(up_to),
        Some(kinds) => kinds[..kinds.partition_point(|&kind| kind <= up_to)]
            .last()
            .copied(),
    }
}

fn padded(prefix: &[u8]) -> Prefix {
    let mut padded = [0; 6];
    padded[..prefix.len()].copy_from_slice(prefix);
    padded
}

fn open(tables: &Tables, index: Index, prefix: &Prefix, span: Span) -> Result<Walk, StorageError> {
    match index {
        Index::Time => walk(&tables.events, prefix, span),
        Index::Id => walk(&tables.by_id, prefix, span),
        Index::Kind => walk(&tables.by_kind, prefix, span),
        Index::Author => walk(&tables.by_author, prefix, span),
        Index::Tag(_) => walk(&tables.by_tag, prefix, span),
    }
}

fn walk<const N: usize, V: Value + Send + 'static>(
    table: &ReadOnlyTable<Bytes<N>, V>,
    prefix: &[u8],
    Span { low, high }: Span,
) -> Result<Walk, StorageError> {
    let prefix = &prefix[..N - 6];
    let range = table.range(key::<N>(prefix, low)..=key::<N>(prefix, high))?;
    let places = range.rev().map(|entry| Ok(Tid::of(&entry?.0.value())));
    Ok(Box::new(places))
}

/// The last entry of an author, or of all, up to a kind and place.
fn last<const N: usize>(
    table: &ReadOnlyTable<Bytes<N>, ()>,
    author: &[u8],
    kind: u16,
    high: Tid,
) -> Result<Option<(u16, Tid)>, StorageError> {
    let first = key::<N>(&padded(author)[..N - 6], Tid::FIRST);
    let mut last = key::<N>(&padded(author)[..N - 6], high);
    last[N - 8..N - 6].copy_from_slice(&kind.to_be_bytes());
    let entry = table.range(first..=last)?.next_back().transpose()?;
    Ok(entry.map(|(key, _)| {
        let key = key.value();
        let kind = u16::from_be_bytes([key[N - 8], key[N - 7]]);
        (kind, Tid::of(&key))
    }))
}

pub(super) fn key<const N: usize>(prefix: &[u8], tid: Tid) -> [u8; N] {
    let mut key = [0; N];
    key[..N - 6].copy_from_slice(prefix);
    key[N - 6..].copy_from_slice(&tid.0);
    key
}
