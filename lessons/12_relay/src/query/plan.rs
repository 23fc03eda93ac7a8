//! Chooses the index that a filter is answered from, and another one where that turns out to be the wrong one.

use crate::filter::{Filter, TagFilter};
use crate::store::tables::Tid;
use crate::store::{Snapshot, StoreError};

use super::scan::{Index, Scan, Span, before};

/// An index that can answer a filter: it holds all that match, and others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    Ids,
    Authors,
    /// The values asked for under the letter at this position.
    Tag(usize),
    Kinds,
    Time,
}

/// A filter on its way from the newest event to the oldest.
pub(super) struct Course {
    access: Access,
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
            access: Access::Time,
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
        let span = Span {
            low: Tid::new(filter.since.unwrap_or(0), 0),
            high: Tid::new(filter.until.unwrap_or(u64::MAX), u16::MAX),
        };
        let mut course = Self {
            span,
            ..Self::none()
        };
        if filter.until.is_some_and(|until| filter.since > Some(until)) {
            return Ok(course);
        }
        let mut likely = accesses(filter);
        likely.sort_by_key(|&access| guess(filter, access));
        if ranges(filter, likely[0]) > MANY
            && course.turn(
                snapshot,
                filter,
                &likely[1..],
                ranges(filter, likely[0]) / 2,
            )?
        {
            return Ok(course);
        }
        for access in likely {
            if let Some(scan) = course.open(snapshot, filter, access, usize::MAX)? {
                course.take_over(filter, access, scan);
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
        let Some(high) = before(tid) else {
            return Ok(());
        };
        self.span.high = high;
        let mut others = accesses(filter);
        others.retain(|&access| access != self.access);
        self.turn(snapshot, filter, &others, self.rejected)?;
        Ok(())
    }

    /// Turns to the index that has the fewest entries left, if one has fewer than so many.
    fn turn(
        &mut self,
        snapshot: &Snapshot,
        filter: &Filter,
        others: &[Access],
        mut fewer_than: usize,
    ) -> Result<bool, StoreError> {
        let mut best = None;
        for &access in others {
            if let Some(entries) = self.count(snapshot, filter, access, fewer_than)? {
                fewer_than = entries;
                best = Some(access);
            }
        }
        let Some(access) = best else {
            return Ok(false);
        };
        let Some(scan) = self.open(snapshot, filter, access, usize::MAX)? else {
            return Ok(false);
        };
        self.take_over(filter, access, scan);
        Ok(true)
    }

    fn take_over(&mut self, filter: &Filter, access: Access, scan: Scan) {
        self.looks = self.looks();
        self.scan = scan;
        self.access = access;
        self.exact = is_exact(filter, access);
        self.leaves_kinds_open = matches!(access, Access::Tag(_) | Access::Time);
    }

    /// How many entries an index has left, if fewer than so many.
    fn count(
        &mut self,
        snapshot: &Snapshot,
        filter: &Filter,
        access: Access,
        fewer_than: usize,
    ) -> Result<Option<usize>, StoreError> {
        let Some(mut scan) = self.open(snapshot, filter, access, fewer_than)? else {
            return Ok(None);
        };
        let mut entries = 0;
        while entries < fewer_than && scan.take(snapshot.tables())?.is_some() {
            entries += 1;
        }
        self.looks += scan.looks();
        Ok((entries < fewer_than).then_some(entries))
    }

    /// A scan of an index, or nothing if its ranges can't be found in so many looks.
    fn open(
        &mut self,
        snapshot: &Snapshot,
        filter: &Filter,
        access: Access,
        looks: usize,
    ) -> Result<Option<Scan>, StoreError> {
        let mut scan = Scan::new(index(access), self.span, looks);
        fill(&mut scan, snapshot, filter, access, self.span.high)?;
        if scan.is_within_budget() {
            return Ok(Some(scan));
        }
        self.looks += scan.looks();
        Ok(None)
    }
}

/// Adds the ranges of an index that hold what the filter asks for.
fn fill(
    scan: &mut Scan,
    snapshot: &Snapshot,
    filter: &Filter,
    access: Access,
    high: Tid,
) -> Result<(), StoreError> {
    let tables = snapshot.tables();
    match access {
        Access::Time => scan.add(tables, &[], high)?,
        Access::Ids => {
            for id in filter.ids.iter().flatten() {
                scan.add(tables, &snapshot.id_key(id), high)?;
            }
        }
        Access::Tag(at) => {
            let TagFilter { letter, values } = &filter.tags[at];
            for value in values.iter() {
                scan.add(tables, &snapshot.tag_key(*letter, value), high)?;
            }
        }
        Access::Kinds => add_kinds(scan, snapshot, &[], filter, high)?,
        Access::Authors => {
            for author in filter.authors.iter().flatten() {
                if let Some(serial) = snapshot.author_serial(author)?
                    && scan.is_within_budget()
                {
                    add_kinds(scan, snapshot, &serial.to_be_bytes(), filter, high)?;
                }
            }
        }
    }
    Ok(())
}

/// Adds a range for each kind. A few that are wanted are opened at once; of many, most aren't there.
fn add_kinds(
    scan: &mut Scan,
    snapshot: &Snapshot,
    author: &[u8],
    filter: &Filter,
    high: Tid,
) -> Result<(), StoreError> {
    match filter.kinds.as_deref() {
        Some(kinds) if ranges(filter, Access::Authors) <= FEW => {
            for kind in kinds {
                let prefix = [author, &kind.to_be_bytes()].concat();
                scan.add(snapshot.tables(), &prefix, high)?;
            }
        }
        kinds => scan.add_kinds(snapshot.tables(), author, kinds, high)?,
    }
    Ok(())
}

/// All indexes that can answer a filter.
fn accesses(filter: &Filter) -> Vec<Access> {
    if filter.ids.is_some() {
        return vec![Access::Ids];
    }
    let mut all: Vec<_> = (0..filter.tags.len()).map(Access::Tag).collect();
    all.extend(filter.authors.is_some().then_some(Access::Authors));
    all.extend(filter.kinds.is_some().then_some(Access::Kinds));
    all.push(Access::Time);
    all
}

/// How many ranges of an index the filter asks for.
fn ranges(filter: &Filter, access: Access) -> usize {
    let kinds = filter.kinds.as_ref().map_or(4, Vec::len);
    match access {
        Access::Ids => filter.ids.as_ref().map_or(0, Vec::len),
        Access::Authors => kinds * filter.authors.as_ref().map_or(1, Vec::len),
        Access::Tag(at) => filter.tags[at].values.len(),
        Access::Kinds => kinds,
        Access::Time => 1,
    }
}

/// How many entries they might have. Only the order matters, and only at the start.
fn guess(filter: &Filter, access: Access) -> usize {
    let each = match access {
        Access::Ids => 1,
        Access::Authors => 50,
        Access::Tag(_) => 60,
        Access::Kinds => 100_000,
        Access::Time => 1_000_000,
    };
    ranges(filter, access).saturating_mul(each)
}

/// Whether everything that the index holds for the filter matches. Hashes of ids and tags can collide.
fn is_exact(filter: &Filter, access: Access) -> bool {
    let authors = filter.authors.is_none() || access == Access::Authors;
    let kinds = filter.kinds.is_none() || matches!(access, Access::Authors | Access::Kinds);
    filter.ids.is_none() && filter.tags.is_empty() && authors && kinds
}

fn index(access: Access) -> Index {
    match access {
        Access::Ids => Index::Id,
        Access::Authors => Index::Author,
        Access::Tag(_) => Index::Tag,
        Access::Kinds => Index::Kind,
        Access::Time => Index::Time,
    }
}
