//! Counts the vector that a clone makes, and forgets the Strings in it.

#![forbid(unsafe_code)]

// A literal is copied to an allocation of just its length.
const NAME: Cost = [1, 5, 5];

// An empty vector asks for nothing.
const INBOX: Cost = [0, 0, 0];

// Capacity for four at the first push, for eight at the fifth: 16 bytes, then 32.
const ROOMS: Cost = [2, 48, 32];

// `vec!` knows the length.
const READ_BUFFER: Cost = [1, 100, 100];

// Three Strings of 24 bytes, and an allocation for the letters of each: a clone takes what is filled, not what was reserved.
const ROLES: Cost = [1, 72, 72];

// The value moves into an allocation of its own size.
const HOURLY_COUNTS: Cost = [1, 96, 96];

// A range says how long it is, so `collect` asks once.
const FREE_NUMBERS: Cost = [1, 160, 160];

// `format!` reserves twice the length of its literal text, and ten letters fit in the 16 bytes.
const LABEL: Cost = [1, 16, 16];
