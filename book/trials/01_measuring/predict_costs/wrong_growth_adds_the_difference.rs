//! Counts a reallocation with the bytes that it adds, not with its full new size.

use measuring::Budget;

measuring::install!();

/// What a value costs: `[allocations, bytes, live]`.
type Cost = [u64; 3];

// A literal is copied to an allocation of just its length.
const NAME: Cost = [1, 5, 5];
fn name() -> String {
    String::from("guest")
}

// An empty vector asks for nothing.
const INBOX: Cost = [0, 0, 0];
fn inbox() -> Vec<String> {
    Vec::new()
}

// Room for four at the first push, for eight at the fifth: 16 bytes, then 32.
const ROOMS: Cost = [2, 32, 32];
fn rooms() -> Vec<u32> {
    let mut rooms = Vec::new();
    for room in [3, 5, 8, 13, 21] {
        rooms.push(room);
    }
    rooms
}

// `vec!` knows the length.
const READ_BUFFER: Cost = [1, 100, 100];
fn read_buffer() -> Vec<u8> {
    vec![0u8; 100]
}

// Three Strings of 24 bytes, and an allocation for the letters of each: a clone takes what is filled, not what was reserved.
const ROLES: Cost = [4, 72 + 4 + 5 + 6, 72 + 4 + 5 + 6];
fn roles(server: &Server) -> Vec<String> {
    server.guest_roles.clone()
}

// The value moves into an allocation of its own size.
const HOURLY_COUNTS: Cost = [1, 96, 96];
fn hourly_counts() -> Box<[u32; 24]> {
    Box::new([0; 24])
}

// A range says how long it is, so `collect` asks once.
const FREE_NUMBERS: Cost = [1, 160, 160];
fn free_numbers() -> Vec<u64> {
    (1..21).collect()
}

// `format!` reserves twice the length of its literal text, and ten letters fit in the 16 bytes.
const LABEL: Cost = [1, 16, 16];
fn label(id: u32) -> String {
    format!("session {id}")
}

struct Server {
    /// "read", "write" and "invite", with room for five roles more.
    guest_roles: Vec<String>,
}

impl Server {
    fn new() -> Self {
        let mut guest_roles = Vec::with_capacity(8);
        guest_roles.extend(["read", "write", "invite"].map(String::from));
        Self { guest_roles }
    }
}

fn open_session(server: &Server, id: u32) -> impl Sized {
    let strings = (name(), inbox(), roles(server), label(id));
    let numbers = (rooms(), read_buffer(), hourly_counts(), free_numbers());
    (strings, numbers)
}

fn predicted() -> Budget {
    let strings = [NAME, INBOX, ROLES, LABEL];
    let numbers = [ROOMS, READ_BUFFER, HOURLY_COUNTS, FREE_NUMBERS];
    let sum = |measure: usize| strings.iter().chain(&numbers).map(|it| it[measure]).sum();
    let (allocations, bytes, live): (u64, u64, u64) = (sum(0), sum(1), sum(2));
    let budget = Budget::of("predict_costs").allocations(allocations);
    budget.bytes(bytes).live(live as i64)
}

fn main() {
    let server = Server::new();
    measuring::show(predicted(), || open_session(&server, 17));
}
