//! The strings of one event as one zstd block.
//!
//! A frame of zstd begins with six bytes that are the same for every event here, and a block with three that follow
//! from its length. None of the nine are stored: [`Decompressor`] puts them back.

use std::sync::Arc;

use zstd::zstd_safe::{CCtx, CParameter, DCtx};

use super::dictionary::{Dictionaries, Dictionary};
use super::record::{Corrupt, Draft, Place};

/// The magic number of zstd, no checksum, no dictionary id, no content size, a window of 16 MiB.
const FRAME: [u8; 6] = [0x28, 0xb5, 0x2f, 0xfd, 0x00, (24 - 10) << 3];

/// The header of a block: three bytes of which the lowest bit says that it is the last, two more of which kind it
/// is, and the others how long.
const BLOCK: usize = 3;

/// The kind of a block that is compressed and the last.
const LAST_COMPRESSED: u32 = 2 << 1 | 1;

/// What one block holds at most.
const BLOCK_TEXT: usize = 128 << 10;

/// What an event's strings take at most where they are compressed: a record of a few bytes costs its reader no more.
pub const TEXT_AT_MOST: usize = 1 << 20;

/// Texts below this are not worth a try.
const TOO_SHORT: usize = 8;

/// What buffers keep between events.
const KEPT: usize = 64 << 10;

/// How the strings of an event lie in its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Form {
    /// There are none.
    Nothing = 0,
    /// As they are.
    Raw = 1,
    /// The inside of one block.
    Block = 2,
    /// The length of the text, then blocks with their headers.
    Blocks = 3,
}

impl Form {
    /// The form that the lowest two bits stand for.
    pub(super) fn of(bits: u8) -> Self {
        [Self::Nothing, Self::Raw, Self::Block, Self::Blocks][usize::from(bits & 3)]
    }
}

/// Compresses the strings of events under one dictionary.
///
/// It keeps zstd's context and three buffers, so that an event takes no block of heap.
pub struct Compressor {
    /// Before the dictionary, which it refers to, so that it is dropped first.
    context: CCtx<'static>,
    dictionary: Dictionary,
    frame: Vec<u8>,
    /// The strings of the event in hand.
    pub(super) text: Vec<u8>,
    /// Everything else of it.
    pub(super) fields: Vec<u8>,
    /// The shapes of its tags.
    pub(super) shapes: Vec<u8>,
    /// Where the values are in the fields.
    pub(super) places: Vec<Place>,
    /// The draft of its record, and where the fields are in it.
    pub(super) draft: Vec<u8>,
    pub(super) fields_at: (u32, u32),
}

impl Compressor {
    /// Compresses under a dictionary, at the level that it was made ready for.
    pub fn new(dictionary: Dictionary) -> Self {
        let mut context = CCtx::create();
        for parameter in [
            CParameter::ContentSizeFlag(false),
            CParameter::DictIdFlag(false),
        ] {
            let set = context.set_parameter(parameter);
            debug_assert!(set.is_ok(), "zstd knows the parameter");
        }
        let referred = context.ref_cdict(&dictionary.prepared);
        debug_assert!(referred.is_ok(), "no frame is under way");
        Self {
            context,
            dictionary,
            frame: Vec::new(),
            text: Vec::new(),
            fields: Vec::new(),
            shapes: Vec::new(),
            places: Vec::new(),
            draft: Vec::new(),
            fields_at: (0, 0),
        }
    }

    /// The draft of the event that was drafted or encoded last.
    pub fn drafted(&self) -> Draft<'_> {
        Draft {
            record: &self.draft,
            fields: self.fields_at,
            places: &self.places,
        }
    }

    /// The number of its dictionary.
    pub(super) fn dictionary(&self) -> u8 {
        self.dictionary.number
    }

    /// The strings of the event that was encoded last, as they went into zstd: what to train a dictionary on.
    pub fn gathered(&self) -> &[u8] {
        &self.text
    }

    /// The bytes of heap that it holds, its dictionary's not counted.
    pub fn room(&self) -> usize {
        let buffers = [
            &self.frame,
            &self.text,
            &self.fields,
            &self.shapes,
            &self.draft,
        ];
        let places = self.places.capacity() * size_of::<Place>();
        self.context.sizeof() + places + buffers.map(Vec::capacity).iter().sum::<usize>()
    }

    /// Forgets the last event, and gives back what an unusual one left.
    pub(super) fn begin(&mut self) {
        for buffer in [
            &mut self.frame,
            &mut self.text,
            &mut self.fields,
            &mut self.shapes,
            &mut self.draft,
        ] {
            buffer.clear();
            if buffer.capacity() > 2 * KEPT {
                buffer.shrink_to(KEPT);
            }
        }
        self.places.clear();
        if self.places.capacity() > 2 * KEPT / size_of::<Place>() {
            self.places.shrink_to(KEPT / size_of::<Place>());
        }
    }

    /// Compresses the text, and says in what form [`packed`](Self::packed) has it.
    pub(super) fn pack(&mut self) -> Form {
        match self.text.len() {
            0 => return Form::Nothing,
            1..TOO_SHORT => return Form::Raw,
            length if length > TEXT_AT_MOST => return Form::Raw,
            length => self.frame.reserve(zstd::zstd_safe::compress_bound(length)),
        }
        if self.context.compress2(&mut self.frame, &self.text).is_err() {
            return Form::Raw;
        }
        debug_assert_eq!(self.frame[..FRAME.len() - 1], FRAME[..FRAME.len() - 1]);
        let blocks = self.frame.len() - FRAME.len();
        let header = u32::from_le_bytes([self.frame[6], self.frame[7], self.frame[8], 0]);
        if header & 7 == LAST_COMPRESSED && blocks < self.text.len() + BLOCK {
            Form::Block
        } else if blocks + 4 < self.text.len() {
            Form::Blocks
        } else {
            Form::Raw
        }
    }

    /// The text in a form.
    pub(super) fn packed(&self, form: Form) -> &[u8] {
        match form {
            Form::Nothing => &[],
            Form::Raw => &self.text,
            Form::Block => &self.frame[FRAME.len() + BLOCK..],
            Form::Blocks => &self.frame[FRAME.len()..],
        }
    }
}

/// Decompresses the strings of records, whatever dictionary they were written under.
pub struct Decompressor {
    context: DCtx<'static>,
    pub(super) dictionaries: Arc<Dictionaries>,
    frame: Vec<u8>,
    text: Vec<u8>,
}

impl Decompressor {
    /// Finds the dictionaries that records name among these.
    pub fn new(dictionaries: Arc<Dictionaries>) -> Self {
        Self {
            context: DCtx::create(),
            dictionaries,
            frame: Vec::new(),
            text: Vec::new(),
        }
    }

    /// The bytes of heap that it holds, the dictionaries not counted.
    pub fn room(&self) -> usize {
        self.context.sizeof() + self.frame.capacity() + self.text.capacity()
    }

    /// Takes the text out of one block.
    pub(super) fn block(&mut self, number: u8, block: &[u8]) -> Result<&[u8], Corrupt> {
        if block.len() >= BLOCK_TEXT {
            return Err(Corrupt::Text);
        }
        let header = (block.len() as u32) << 3 | LAST_COMPRESSED;
        self.unpack(number, &header.to_le_bytes()[..BLOCK], block, BLOCK_TEXT)
    }

    /// Takes a text of a length out of blocks.
    pub(super) fn blocks(
        &mut self,
        number: u8,
        length: u64,
        blocks: &[u8],
    ) -> Result<&[u8], Corrupt> {
        let length = usize::try_from(length).map_err(|_| Corrupt::Text)?;
        // A block is four bytes at least: what they can't hold needn't be tried.
        if length > TEXT_AT_MOST || length / BLOCK_TEXT > blocks.len() / 4 {
            return Err(Corrupt::Text);
        }
        self.unpack(number, &[], blocks, length)
    }

    fn unpack(
        &mut self,
        number: u8,
        header: &[u8],
        blocks: &[u8],
        at_most: usize,
    ) -> Result<&[u8], Corrupt> {
        let dictionary = self
            .dictionaries
            .get(number)
            .ok_or(Corrupt::Dictionary(number))?;
        self.frame.clear();
        for part in [&FRAME, header, blocks] {
            self.frame.extend_from_slice(part);
        }
        self.text.clear();
        if self.text.capacity() > 2 * BLOCK_TEXT {
            self.text.shrink_to(BLOCK_TEXT);
        }
        self.text.reserve(at_most);
        self.context
            .decompress_using_ddict(&mut self.text, &self.frame, dictionary)
            .map_err(|_| Corrupt::Text)?;
        Ok(&self.text)
    }
}
