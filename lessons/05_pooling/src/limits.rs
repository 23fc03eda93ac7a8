//! How much may wait.

/// What a shelf keeps at most. A pool forgets nothing by itself, so somebody has to say where it ends.
///
/// ```
/// use pooling::Limits;
///
/// // At most 64 buffers and 1 MB; none that shrank below 4 KB or grew beyond 64 KB.
/// const BUFFERS: Limits = Limits::of(64).each(4_096, 65_536).bytes(1 << 20);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    values: usize,
    bytes: usize,
    least: usize,
    most: usize,
}

impl Limits {
    /// At most so many values, of any size. A shelf makes its list in this length when it is made.
    pub const fn of(values: usize) -> Self {
        Self {
            values,
            bytes: usize::MAX,
            least: 0,
            most: usize::MAX,
        }
    }

    /// At most so many bytes among all values that wait, as [`room`](crate::Recycle::room) counts them.
    pub const fn bytes(self, bytes: usize) -> Self {
        Self { bytes, ..self }
    }

    /// No value with less room than `least`, or more than `most`.
    pub const fn each(self, least: usize, most: usize) -> Self {
        Self {
            least,
            most,
            ..self
        }
    }
}

impl Limits {
    /// The length of a shelf's list.
    pub(crate) fn values(&self) -> usize {
        self.values
    }

    /// What the shelf would hold with a value of so much room, if it may have one that size and isn't too full.
    pub(crate) fn bytes_with(&self, held: usize, room: usize) -> Option<usize> {
        let bytes = held.checked_add(room)?;
        let fits = self.values > 0 && (self.least..=self.most).contains(&room);
        (fits && bytes <= self.bytes).then_some(bytes)
    }
}

/// What waits on a shelf.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Idle {
    /// How many values.
    pub values: usize,
    /// The room of all of them, in bytes.
    pub bytes: usize,
}
