//! Expects each clone of an `Arc` to be an allocation.

#![forbid(unsafe_code)]
#![allow(dead_code, reason = "only the tests and `main` read the predictions")]

const SIZE_OF_STRING: u64 = 24;
const SIZE_OF_BOX_STR: u64 = 16;
const SIZE_OF_ARC_STR: u64 = 16;
const SIZE_OF_NUMBER: u64 = 4;

const ALLOCATIONS_OF_STRINGS: u64 = 101;
const ALLOCATIONS_OF_SHARED: u64 = 101;
const ALLOCATIONS_OF_NUMBERED: u64 = 3;

const BYTES_OF_STRINGS: u64 = 3100;
const BYTES_OF_BOXED: u64 = 2300;
const BYTES_OF_SHARED: u64 = 1624;
const BYTES_OF_NUMBERED: u64 = 423;

const SHARED_PAYS_FROM: u64 = 2;

const LEFT_OF_SHARED: u64 = 0;
const LEFT_OF_NUMBERED: u64 = 23;
