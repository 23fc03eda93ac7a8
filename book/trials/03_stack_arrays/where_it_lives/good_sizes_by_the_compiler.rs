//! Lets the compiler work out the sizes.

#![forbid(unsafe_code)]

use smallvec::SmallVec;

const ID: Room = [size_of::<[u8; 32]>() as u64, 0, 0];
const REPLY_TO: Room = [size_of::<Option<[u8; 32]>>() as u64, 0, 0];
const BOXED_REPLY_TO: Room = [size_of::<Option<Box<[u8; 32]>>>() as u64, 1, 32];
const ID_IN_HEX: Room = [24, 1, 64];
const CHALLENGE: Room = [16, 2, 40 + 32];
const NONCE: Room = [size_of::<SmallVec<[u8; 32]>>() as u64, 0, 0];
const LONG_NONCE: Room = [size_of::<SmallVec<[u8; 32]>>() as u64, 1, 64];
const VIEWS: Room = [8 + 16, 0, 0];
const FILTER: Room = [size_of::<([u8; 32], u64)>() as u64, 0, 0];
const BOXED_FILTERS: Room = [2 * 16, 1, 40];
