//! Chooses the index that a filter is answered from, and another one where that turns out to be the wrong one.

use crate::filter::{Filter, TagFilter};
use crate::store::tables::Tid;
use crate::store::{Snapshot, StoreError};

use super::scan::{Index, Scan, Span};

/// A filter on its way from the newest event to the oldest.
pub(super) struct Course {
    index: Index,
    scan: Scan,
    /// Whether all that the scan finds matches.
    pub(super) exact: bool,
    /// Whether the scan finds events of all kinds.
    pub(super) leaves_kinds_open: bool,
    span: Span,
    /// How many candidates didn't match, and how many there may be until another index is considered.
    rejected: usize,
    patience: usize,
    looks: u64,
}

/// Where a scan has so many ranges that opening it is the larger part of the work, other indexes are tried first.
const MANY: usize = 64;

/// So many ranges are opened without asking whether they have anything.
const FEW: usize = 16;

impl Course {
    /// One that finds nothing.
    pub(super) fn none() -> Self {
        let span = Span {
            low: Tid::FIRST,
            high: Tid::FIRST,
        };
        Self {
            index: Index::Time,
            scan: Scan::new(Index::Time, span, 0),
            exact: true,
            leaves_kinds_open: false,
            span,
            rejected: 0,
            patience: 32,
            looks: 0,
        }
    }

    /// Opens the index that is likely to have the fewest entries for the filter.
    pub(super) fn new(snapshot: &Snapshot, filter: &Filter) -> Result<Self, StoreError> {
        let mut course = Self::none();
        if filter.until.is_some_and(|until| filter.since > Some(until)) {
            return Ok(course);
        }
        course.span = Span {
            low: Tid::new(filter.since.unwrap_or(0), 0),
            high: Tid::new(filter.until.unwrap_or(u64::MAX), u16::MAX),
        };
        let ask = Ask { snapshot, filter };
        let mut likely = ask.indexes();
        likely.sort_by_key(|&index| ask.guess(index));
        let ranges = ask.ranges(likely[0]);
        if ranges > MANY && course.turn(ask, &likely[1..], ranges / 2)? {
            return Ok(course);
        }
        for index in likely {
            if course.turn_to(ask, index)? {
                break;
            }
        }
        Ok(course)
    }

    /// The newest candidate.
    pub(super) fn newest(&self) -> Option<Tid> {
        self.scan.newest()
    }

    /// Goes on to the next one.
    pub(super) fn take(&mut self, snapshot: &Snapshot) -> Result<Option<Tid>, StoreError> {
        Ok(self.scan.take(snapshot.tables())?)
    }

    /// How many entries of indexes were looked at.
    pub(super) fn looks(&self) -> u64 {
        self.looks + self.scan.looks()
    }

    /// Ends it: no more candidates.
    pub(super) fn close(&mut self) {
        self.looks = self.looks();
        self.scan = Scan::new(Index::Time, self.span, 0);
    }

    /// Notes that a candidate didn't match. After some of them, and then each time that they have become four times as
    /// many, it asks whether another index has fewer entries left than were rejected so far; if one has, it goes on
    /// there. So a bad choice costs a few times what the best one would have cost, and a good one nearly nothing.
    pub(super) fn reject(
        &mut self,
        snapshot: &Snapshot,
        filter: &Filter,
        tid: Tid,
    ) -> Result<(), StoreError> {
        self.rejected += 1;
        if self.rejected < self.patience {
            return Ok(());
        }
        self.patience = self.patience.saturating_mul(4);
        let Some(high) = tid.before() else {
            return Ok(());
        };
        self.span.high = high;
        let ask = Ask { snapshot, filter };
        let mut others = ask.indexes();
        others.retain(|&index| index != self.index);
        self.turn(ask, &others, self.rejected).map(drop)
    }

    /// Turns to the index that has the fewest entries left, if one has fewer than so many.
    fn turn(
        &mut self,
        ask: Ask<'_>,
        others: &[Index],
        mut fewer_than: usize,
    ) -> Result<bool, StoreError> {
        let mut best = None;
        for &index in others {
            if let Some(entries) = self.count(ask, index, fewer_than)? {
                fewer_than = entries;
                best = Some(index);
            }
        }
        best.map_or(Ok(false), |index| self.turn_to(ask, index))
    }

    /// Goes on in an index, unless it would have too many ranges.
    fn turn_to(&mut self, ask: Ask<'_>, index: Index) -> Result<bool, StoreError> {
        let Some(scan) = self.open(ask, index, usize::MAX)? else {
            return Ok(false);
        };
        self.looks = self.looks();
        self.scan = scan;
        self.index = index;
        self.exact = ask.is_exact(index);
        self.leaves_kinds_open = matches!(index, Index::Tag(_) | Index::Time);
        Ok(true)
    }

    /// How many entries an index has left, if fewer than so many.
    fn count(
        &mut self,
        ask: Ask<'_>,
        index: Index,
        fewer_than: usize,
    ) -> Result<Option<usize>, StoreError> {
        let Some(mut scan) = self.open(ask, index, fewer_than)? else {
            return Ok(None);
        };
        let mut entries = 0;
        while entries < fewer_than && scan.take(ask.snapshot.tables())?.is_some() {
            entries += 1;
        }
        self.looks += scan.looks();
        Ok((entries < fewer_than).then_some(entries))
    }

    /// A scan of an index, or nothing if its ranges can't be found in so many looks.
    fn open(
        &mut self,
        ask: Ask<'_>,
        index: Index,
        looks: usize,
    ) -> Result<Option<Scan>, StoreError> {
        let mut scan = Scan::new(index, self.span, looks);
        ask.fill(&mut scan, index)?;
        if scan.is_within_budget() {
            return Ok(Some(scan));
        }
        self.looks += scan.looks();
        Ok(None)
    }
}

/// What is asked, and of what.
#[derive(Clone, Copy)]
struct Ask<'a> {
    snapshot: &'a Snapshot,
    filter: &'a Filter,
}

impl Ask<'_> {
    /// Adds the ranges of an index that hold what the filter asks for.
    fn fill(self, scan: &mut Scan, index: Index) -> Result<(), StoreError> {
        let Self { snapshot, filter } = self;
        let tables = snapshot.tables();
        match index {
            Index::Time => scan.add(tables, &[])?,
            Index::Id => {
                for id in filter.ids.iter().flatten() {
                    scan.add(tables, &snapshot.id_key(id))?;
                }
            }
            Index::Tag(at) => {
                let TagFilter { letter, values } = &filter.tags[at];
                for value in values.iter() {
                    scan.add(tables, &snapshot.tag_key(*letter, value))?;
                }
            }
            Index::Kind => self.add_kinds(scan, &[])?,
            Index::Author => {
                for author in filter.authors.iter().flatten() {
                    if let Some(serial) = snapshot.serial(author.as_bytes())?
                        && scan.is_within_budget()
                    {
                        self.add_kinds(scan, &serial.to_be_bytes())?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Adds a range for each kind. A few that are wanted are opened at once; of many, most aren't there.
    fn add_kinds(self, scan: &mut Scan, author: &[u8]) -> Result<(), StoreError> {
        let tables = self.snapshot.tables();
        match self.filter.kinds.as_deref() {
            Some(kinds) if self.ranges(Index::Author) <= FEW => {
                for kind in kinds {
                    scan.add(tables, &[author, &kind.to_be_bytes()].concat())?;
                }
            }
            kinds => scan.add_kinds(tables, author, kinds)?,
        }
        Ok(())
    }

    /// All indexes that can answer the filter: each holds all that match, and others.
    fn indexes(self) -> Vec<Index> {
        let filter = self.filter;
        if filter.ids.is_some() {
            return vec![Index::Id];
        }
        let mut all: Vec<_> = (0..filter.tags.len()).map(Index::Tag).collect();
        all.extend(filter.authors.is_some().then_some(Index::Author));
        all.extend(filter.kinds.is_some().then_some(Index::Kind));
        all.push(Index::Time);
        all
    }

    /// How many ranges of an index the filter asks for.
    fn ranges(self, index: Index) -> usize {
        let filter = self.filter;
        let kinds = filter.kinds.as_ref().map_or(4, Vec::len);
        match index {
            Index::Id => filter.ids.as_ref().map_or(0, Vec::len),
            Index::Author => kinds * filter.authors.as_ref().map_or(1, Vec::len),
            Index::Tag(at) => filter.tags[at].values.len(),
            Index::Kind => kinds,
            Index::Time => 1,
        }
    }

    /// How many entries they might have. Only the order matters, and only at the start.
    fn guess(self, index: Index) -> usize {
        let each = match index {
            Index::Id => 1,
            Index::Author => 50,
            Index::Tag(_) => 60,
            Index::Kind => 100_000,
            Index::Time => 1_000_000,
        };
        self.ranges(index).saturating_mul(each)
    }

    /// Whether everything that the index holds for the filter matches. Hashes of ids and tags can collide.
    fn is_exact(self, index: Index) -> bool {
        let filter = self.filter;
        let authors = filter.authors.is_none() || index == Index::Author;
        let kinds = filter.kinds.is_none() || matches!(index, Index::Author | Index::Kind);
        filter.ids.is_none() && filter.tags.is_empty() && authors && kinds
    }
}
