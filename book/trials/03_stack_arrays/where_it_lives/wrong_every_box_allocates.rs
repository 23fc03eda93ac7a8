//! Gives an allocation to the box of a closure that captured nothing.

#![forbid(unsafe_code)]

const ID: Room = [32, 0, 0];
const REPLY_TO: Room = [33, 0, 0];
const BOXED_REPLY_TO: Room = [8, 1, 32];
const ID_IN_HEX: Room = [24, 1, 64];
const CHALLENGE: Room = [16, 2, 40 + 32];
const NONCE: Room = [8 + 32, 0, 0];
const LONG_NONCE: Room = [8 + 32, 1, 64];
const VIEWS: Room = [8 + 16, 0, 0];
const FILTER: Room = [32 + 8, 0, 0];
const BOXED_FILTERS: Room = [2 * 16, 2, 40];
