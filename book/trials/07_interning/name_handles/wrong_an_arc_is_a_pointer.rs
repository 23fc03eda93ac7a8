//! Expects an `Arc<str>` to be a pointer alone, as `Arc<String>` is: the length is in the handle.

#![forbid(unsafe_code)]
#![allow(dead_code, reason = "the tests read the predictions")]

/// `size_of` each handle.
const SIZE_OF_STRING: u64 = 24;
const SIZE_OF_BOX_STR: u64 = 16;
const SIZE_OF_ARC_STR: u64 = 8;
const SIZE_OF_NUMBER: u64 = 4;

/// The allocations of a hundred messages.
const ALLOCATIONS_OF_STRINGS: u64 = 101;
const ALLOCATIONS_OF_SHARED: u64 = 2;
const ALLOCATIONS_OF_NUMBERED: u64 = 3;

/// The live bytes of a hundred messages: the handles, and what they lead to.
const BYTES_OF_STRINGS: u64 = 3100;
const BYTES_OF_BOXED: u64 = 2300;
const BYTES_OF_SHARED: u64 = 824;
const BYTES_OF_NUMBERED: u64 = 423;

/// The first number of messages for which `shared` has fewer live bytes than `strings`.
const SHARED_PAYS_FROM: u64 = 2;

/// The live bytes that are left when the messages are deleted: the vector of handles is dropped, and nothing else.
const LEFT_OF_SHARED: u64 = 0;
const LEFT_OF_NUMBERED: u64 = 23;
