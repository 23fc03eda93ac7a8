//! Takes a short String to have capacity for 16 bytes.

#![forbid(unsafe_code)]

const NAME: Cost = [1, 16, 16];
const INBOX: Cost = [0, 0, 0];
const ROOMS: Cost = [2, 48, 32];
const READ_BUFFER: Cost = [1, 100, 100];
const ROLES: Cost = [4, 72 + 4 + 5 + 6, 72 + 4 + 5 + 6];
const HOURLY_COUNTS: Cost = [1, 96, 96];
const FREE_NUMBERS: Cost = [1, 160, 160];
const LABEL: Cost = [1, 16, 16];
