//! A chat server makes these eight values for every session that opens. Predict what each costs,
//! and run the tests: the meter answers "more" or "less". A `String` or a `Vec` is itself a
//! pointer, a capacity and a length, 24 bytes on a 64-bit machine. Those are on the heap only if
//! the value is kept in something that is: `vec![0u8; 7]` costs `[1, 7, 7]`, and
//! `vec![vec![0u8; 7]]` `[2, 31, 31]`.
//!
//! | measure     | what it counts                                                           |
//! |-------------|--------------------------------------------------------------------------|
//! | allocations | allocations, and reallocations: a vector that has to grow costs one more |
//! | bytes       | their sizes added up; a reallocation counts with its full new size       |
//! | live        | the bytes in use at the end, while the value is still held               |
//!
//! Once all are right, `cargo run --bin predict_costs` says why. The budget that it shows is the
//! sum of your predictions; there is no other.

#![forbid(unsafe_code)]

// TODO: predict `[allocations, bytes, live]` of all eight. One of them is right already.
const NAME: Cost = [0, 0, 0];
const INBOX: Cost = [0, 0, 0];
const ROOMS: Cost = [0, 0, 0];
const READ_BUFFER: Cost = [0, 0, 0];
const ROLES: Cost = [0, 0, 0];
const HOURLY_COUNTS: Cost = [0, 0, 0];
const FREE_NUMBERS: Cost = [0, 0, 0];
const LABEL: Cost = [0, 0, 0];

// ---- Change nothing below this line. ----

measuring::install!();

/// What a value costs: `[allocations, bytes, live]`.
type Cost = [u64; 3];

/// The code to predict. Macros are named in full, so that no macro above the line can take their place.
mod session {
    pub fn name() -> String {
        String::from("guest")
    }

    pub fn inbox() -> Vec<String> {
        Vec::new()
    }

    pub fn rooms() -> Vec<u32> {
        let mut rooms = Vec::new();
        for room in [3, 5, 8, 13, 21] {
            rooms.push(room);
        }
        rooms
    }

    pub fn read_buffer() -> Vec<u8> {
        std::vec![0u8; 100]
    }

    pub fn roles(server: &Server) -> Vec<String> {
        server.guest_roles.clone()
    }

    pub fn hourly_counts() -> Box<[u32; 24]> {
        Box::new([0; 24])
    }

    pub fn free_numbers() -> Vec<u64> {
        (1..21).collect()
    }

    pub fn label(id: u32) -> String {
        std::format!("session {id}")
    }

    pub struct Server {
        /// "read", "write" and "invite", with spare capacity for five more.
        pub guest_roles: Vec<String>,
    }

    impl Server {
        pub fn new() -> Self {
            let mut guest_roles = Vec::with_capacity(8);
            guest_roles.extend(["read", "write", "invite"].map(String::from));
            Self { guest_roles }
        }
    }

    pub fn open(server: &Server, id: u32) -> impl Sized {
        let strings = (name(), inbox(), roles(server), label(id));
        let numbers = (rooms(), read_buffer(), hourly_counts(), free_numbers());
        (strings, numbers)
    }
}

/// A value: what was predicted, what the meter sees, and why.
struct Value {
    name: &'static str,
    predicted: Cost,
    measured: Cost,
    why: &'static str,
}

/// All eight. The reasons give the numbers away: predict first.
fn values() -> [Value; 8] {
    use std::hint::black_box;

    fn value<T>(
        name: &'static str,
        predicted: Cost,
        make: impl FnOnce() -> T,
        why: &'static str,
    ) -> Value {
        let (_, cost) = measuring::heap(make);
        let measured = [cost.allocations, cost.bytes, cost.live.unsigned_abs()];
        Value {
            name,
            predicted,
            measured,
            why,
        }
    }
    let server = session::Server::new();
    [
        value(
            "the name",
            NAME,
            session::name,
            "`from` copies a literal into an allocation of its length.",
        ),
        value(
            "the inbox",
            INBOX,
            session::inbox,
            "An empty vector allocates nothing.",
        ),
        value(
            "the rooms",
            ROOMS,
            session::rooms,
            "Capacity for 4 numbers at the first push, for 8 at the fifth: 16 and 32 bytes.",
        ),
        value(
            "the read buffer",
            READ_BUFFER,
            session::read_buffer,
            "`vec!` knows the length.",
        ),
        value(
            "the roles",
            ROLES,
            || session::roles(black_box(&server)),
            "A clone copies 3 Strings of 24 bytes and the text of each, not spare capacity.",
        ),
        value(
            "the hourly counts",
            HOURLY_COUNTS,
            session::hourly_counts,
            "A box has just the size of its value, 24 times 4 bytes.",
        ),
        value(
            "the free numbers",
            FREE_NUMBERS,
            session::free_numbers,
            "A range knows its length, so `collect` allocates once, 20 times 8 bytes.",
        ),
        value(
            "the label",
            LABEL,
            || session::label(black_box(17)),
            "`format!` reserves twice the 8 bytes of literal text; 10 bytes fit in 16.",
        ),
    ]
}

fn main() {
    let values = values();
    let sum = |measure: usize| values.iter().map(|it| it.predicted[measure]).sum::<u64>();
    let predicted = measuring::Budget::of("predict_costs")
        .allocations(sum(0))
        .bytes(sum(1))
        .live(sum(2) as i64);
    let server = session::Server::new();
    measuring::show(predicted, || session::open(&server, 17));

    let all_right = values.iter().all(|it| it.predicted == it.measured);
    if all_right && std::env::args().len() == 1 {
        println!("\nWhy, with allocations, bytes and live bytes:\n");
        for Value {
            name,
            measured: [allocations, bytes, live],
            why,
            ..
        } in values
        {
            println!("{name:<17} {allocations:>2} {bytes:>4} {live:>4}  {why}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::values;
    use measuring::assert_predicted;

    /// Holds the predictions of one value against the meter.
    #[track_caller]
    fn check(name: &str) {
        let values = values();
        let value = values.iter().find(|it| it.name == name);
        let value = value.expect("there is a value of that name");
        let measures = ["allocations", "bytes", "live bytes"];
        for (at, measure) in measures.into_iter().enumerate() {
            let what = format!("{measure} of {name}");
            assert_predicted(&what, value.predicted[at], value.measured[at]);
        }
    }

    #[measuring::test]
    fn the_name() {
        check("the name");
    }

    #[measuring::test]
    fn the_inbox() {
        check("the inbox");
    }

    #[measuring::test]
    fn the_rooms() {
        check("the rooms");
    }

    #[measuring::test]
    fn the_read_buffer() {
        check("the read buffer");
    }

    #[measuring::test]
    fn the_roles() {
        check("the roles");
    }

    #[measuring::test]
    fn the_hourly_counts() {
        check("the hourly counts");
    }

    #[measuring::test]
    fn the_free_numbers() {
        check("the free numbers");
    }

    #[measuring::test]
    fn the_label() {
        check("the label");
    }
}
