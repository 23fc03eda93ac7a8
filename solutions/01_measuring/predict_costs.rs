//! A chat server makes these eight values for every session that opens. What each costs follows from two questions: how
//! much room was asked for at first, and whether that had to grow.
//!
//! A `String` or a `Vec` is itself a pointer, a capacity and a length: 24 bytes on a 64-bit machine. Those bytes are
//! on the heap only where the value is kept in something that is.
//!
//! There is no budget to keep. What `main` shows as the budget is the sum of the predictions for a whole session.

#![forbid(unsafe_code)]

// A literal is copied to an allocation of just its length.
const NAME: Cost = [1, 5, 5];

// An empty vector asks for nothing.
const INBOX: Cost = [0, 0, 0];

// Room for four at the first push, for eight at the fifth: 16 bytes, then 32.
const ROOMS: Cost = [2, 48, 32];

// `vec!` knows the length.
const READ_BUFFER: Cost = [1, 100, 100];

// Three Strings of 24 bytes, and an allocation for the letters of each: a clone takes what is filled, not what was reserved.
const ROLES: Cost = [4, 72 + 4 + 5 + 6, 72 + 4 + 5 + 6];

// The value moves into an allocation of its own size.
const HOURLY_COUNTS: Cost = [1, 96, 96];

// A range says how long it is, so `collect` asks once.
const FREE_NUMBERS: Cost = [1, 160, 160];

// `format!` reserves twice the length of its literal text, and ten letters fit in the 16 bytes.
const LABEL: Cost = [1, 16, 16];

// ---- Change nothing below this line. ----

use measuring::Budget;

measuring::install!();

/// What a value costs: `[allocations, bytes, live]`.
type Cost = [u64; 3];

fn name() -> String {
    String::from("guest")
}

fn inbox() -> Vec<String> {
    Vec::new()
}

fn rooms() -> Vec<u32> {
    let mut rooms = Vec::new();
    for room in [3, 5, 8, 13, 21] {
        rooms.push(room);
    }
    rooms
}

fn read_buffer() -> Vec<u8> {
    vec![0u8; 100]
}

fn roles(server: &Server) -> Vec<String> {
    server.guest_roles.clone()
}

fn hourly_counts() -> Box<[u32; 24]> {
    Box::new([0; 24])
}

fn free_numbers() -> Vec<u64> {
    (1..21).collect()
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::{Heap, assert_predicted, heap};
    use std::hint::black_box;

    #[track_caller]
    fn check(value: &str, [allocations, bytes, live]: Cost, cost: Heap) {
        assert_predicted(
            &format!("allocations of {value}"),
            allocations,
            cost.allocations,
        );
        assert_predicted(&format!("bytes of {value}"), bytes, cost.bytes);
        assert_predicted(
            &format!("live bytes of {value}"),
            live,
            cost.live.unsigned_abs(),
        );
    }

    #[test]
    fn the_name() {
        let (name, cost) = heap(name);
        check("the name", NAME, cost);
        assert_eq!(name, "guest");
    }

    #[test]
    fn the_inbox() {
        let (inbox, cost) = heap(inbox);
        check("the inbox", INBOX, cost);
        assert!(inbox.is_empty());
    }

    #[test]
    fn the_rooms() {
        let (rooms, cost) = heap(rooms);
        check("the rooms", ROOMS, cost);
        assert_eq!(rooms, [3, 5, 8, 13, 21]);
    }

    #[test]
    fn the_read_buffer() {
        let (buffer, cost) = heap(read_buffer);
        check("the read buffer", READ_BUFFER, cost);
        assert_eq!(buffer, [0; 100]);
    }

    #[test]
    fn the_roles() {
        let server = Server::new();
        let (roles, cost) = heap(|| roles(black_box(&server)));
        check("the roles", ROLES, cost);
        assert_eq!(roles, server.guest_roles);
        assert_eq!(roles, ["read", "write", "invite"]);
    }

    #[test]
    fn the_hourly_counts() {
        let (counts, cost) = heap(hourly_counts);
        check("the hourly counts", HOURLY_COUNTS, cost);
        assert_eq!(*counts, [0; 24]);
    }

    #[test]
    fn the_free_numbers() {
        let (numbers, cost) = heap(free_numbers);
        check("the free numbers", FREE_NUMBERS, cost);
        assert!(numbers.into_iter().eq(1..=20));
    }

    #[test]
    fn the_label() {
        let (label, cost) = heap(|| label(black_box(17)));
        check("the label", LABEL, cost);
        assert_eq!(label, "session 17");
    }
}
