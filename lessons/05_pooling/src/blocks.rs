//! Blocks of one size.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// What the allocator of blocks is asked for can't be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockError {
    /// Every block is in use. Give one back, or turn the work away.
    AllInUse {
        /// How many blocks there are.
        blocks: usize,
    },
    /// The bytes don't fit into what is left of the block. Split them, or take another block.
    TooLong {
        /// How many bytes are left.
        left: usize,
        /// How many were to be written.
        bytes: usize,
    },
    /// The block belongs to another `Blocks`. Use it with the one that handed it out.
    Foreign,
}

impl fmt::Display for BlockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AllInUse { blocks } => write!(
                f,
                "all {blocks} blocks are in use: give one back, or turn the work away"
            ),
            Self::TooLong { left, bytes } => write!(
                f,
                "{bytes} bytes don't fit into the {left} that are left in the block"
            ),
            Self::Foreign => write!(f, "the block belongs to another allocator"),
        }
    }
}

impl std::error::Error for BlockError {}

/// A fixed number of blocks of `N` bytes, all of them made at once and used again and again.
///
/// A [`Block`] is a key, and can't be copied. Whoever gives it back no longer has it, so nothing can be read after it
/// was freed or freed twice; a block of another size is another type.
///
/// ```
/// use pooling::{BlockError, Blocks};
///
/// let mut blocks = Blocks::<256>::new(2);
/// let mut frame = blocks.take()?;
/// blocks.write(&mut frame, b"hello")?;
/// assert_eq!(blocks.read(&frame)?, b"hello");
/// blocks.give_back(frame)?;
///
/// let next = blocks.take()?;
/// assert_eq!(blocks.read(&next)?, b"", "what was there before can't be read");
/// # Ok::<(), BlockError>(())
/// ```
///
/// ```compile_fail,E0382
/// # let mut blocks = pooling::Blocks::<256>::new(2);
/// let frame = blocks.take()?;
/// blocks.give_back(frame)?;
/// blocks.read(&frame)?; // error: borrow of moved value
/// # Ok::<(), pooling::BlockError>(())
/// ```
///
/// ```compile_fail,E0308
/// # let mut blocks = pooling::Blocks::<256>::new(2);
/// # let mut larger = pooling::Blocks::<512>::new(2);
/// larger.give_back(blocks.take()?)?; // error: expected `512`, found `256`
/// # Ok::<(), pooling::BlockError>(())
/// ```
#[derive(Debug)]
pub struct Blocks<const N: usize> {
    bytes: Box<[[u8; N]]>,
    /// The blocks that are free; the one that came last is the next to go.
    free: Vec<u32>,
    id: u32,
}

/// The key to a block of [`Blocks`]. One that is dropped is out of use until its `Blocks` is dropped.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a block that isn't given back is out of use"]
pub struct Block<const N: usize> {
    owner: u32,
    index: u32,
    length: u32,
}

impl<const N: usize> Blocks<N> {
    /// So many blocks, all free.
    ///
    /// # Panics
    ///
    /// Where they don't fit into memory, or there are 4,294,967,295 or more, or `N` is as large.
    pub fn new(blocks: usize) -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        assert!(
            N < u32::MAX as usize && blocks < u32::MAX as usize,
            "blocks and their lengths are numbered by a u32"
        );
        Self {
            bytes: vec![[0; N]; blocks].into_boxed_slice(),
            free: (0..blocks as u32).rev().collect(),
            id: MADE.fetch_add(1, Relaxed),
        }
    }

    /// An empty block.
    ///
    /// # Errors
    ///
    /// [`AllInUse`](BlockError::AllInUse) where none is free.
    pub fn take(&mut self) -> Result<Block<N>, BlockError> {
        let blocks = self.bytes.len();
        let index = self.free.pop().ok_or(BlockError::AllInUse { blocks })?;
        Ok(Block {
            owner: self.id,
            index,
            length: 0,
        })
    }

    /// Appends bytes to a block.
    ///
    /// # Errors
    ///
    /// [`TooLong`](BlockError::TooLong) where they don't fit, [`Foreign`](BlockError::Foreign) where the block came
    /// from elsewhere. Nothing is written then.
    pub fn write(&mut self, block: &mut Block<N>, bytes: &[u8]) -> Result<(), BlockError> {
        let index = self.own(block)?;
        let (start, end) = (block.length as usize, block.length as usize + bytes.len());
        let too_long = BlockError::TooLong {
            left: N - start,
            bytes: bytes.len(),
        };
        let place = self.bytes[index].get_mut(start..end).ok_or(too_long)?;
        place.copy_from_slice(bytes);
        block.length = end as u32;
        Ok(())
    }

    /// What was written into a block.
    ///
    /// # Errors
    ///
    /// [`Foreign`](BlockError::Foreign) where the block came from elsewhere.
    pub fn read(&self, block: &Block<N>) -> Result<&[u8], BlockError> {
        let index = self.own(block)?;
        Ok(&self.bytes[index][..block.length as usize])
    }

    /// Ends a block's use. Its bytes are not wiped, but nobody can read behind what was written since.
    ///
    /// # Errors
    ///
    /// [`Foreign`](BlockError::Foreign) where the block came from elsewhere; it is lost then.
    pub fn give_back(&mut self, block: Block<N>) -> Result<(), BlockError> {
        self.own(&block)?;
        self.free.push(block.index);
        Ok(())
    }

    /// How many blocks are free.
    pub fn free(&self) -> usize {
        self.free.len()
    }

    fn own(&self, block: &Block<N>) -> Result<usize, BlockError> {
        if block.owner == self.id {
            Ok(block.index as usize)
        } else {
            Err(BlockError::Foreign)
        }
    }
}
