//! Thinks that a small vector becomes a plain one when it spills.

#![forbid(unsafe_code)]

// An array is its elements, and nothing else.
const ID: Room = [32, 0, 0];

// All values of 32 bytes are ids, so "none" needs a byte of its own.
const REPLY_TO: Room = [33, 0, 0];

// No box is at address zero, so "none" is that.
const BOXED_REPLY_TO: Room = [8, 1, 32];

// Pointer, capacity and length; the letters are elsewhere.
const ID_IN_HEX: Room = [24, 1, 64];

// A boxed slice has no capacity to remember, so what was left over is given back: by a reallocation.
const CHALLENGE: Room = [16, 2, 40 + 32];

// The 32 bytes of room, and a length.
const NONCE: Room = [40, 0, 0];

// One byte too many: the next power of two on the heap. The room in the value is still there, and unused.
const LONG_NONCE: Room = [24, 1, 64];

// The type of an array knows its length; a slice carries it along.
const VIEWS: Room = [8 + 16, 0, 0];

// A closure is a struct of what it captured.
const FILTER: Room = [32 + 8, 0, 0];

// A pointer to the value and one to its methods. The second filter has captured nothing: no allocation.
const BOXED_FILTERS: Room = [2 * 16, 1, 40];
