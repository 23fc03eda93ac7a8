//! Conditions that are put together while the program runs: boxed, borrowed, or known to the compiler.

/// A note, as far as conditions ask.
#[derive(Clone, Copy, Debug)]
pub struct Note {
    author: u32,
    created: u32,
}

/// Queries, and the notes that each is asked of.
#[derive(Debug)]
pub struct Search {
    queries: Vec<(u32, u32)>,
    notes: Vec<Note>,
}

impl Search {
    /// A thousand queries by author and time, over sixteen notes.
    pub fn sample() -> Self {
        let note = |number: u32| Note {
            author: number % 4,
            created: number * 10,
        };
        Self {
            queries: (0..1_000).map(|query| (query % 4, query % 160)).collect(),
            notes: (0..16).map(note).collect(),
        }
    }
}

// ANCHOR: boxed
/// Conditions on the heap: a block for what each closure has captured, and one for the list.
pub fn boxed(search: &Search) -> usize {
    let matches = |&(author, since): &(u32, u32)| {
        let conditions: Vec<Box<dyn Fn(&Note) -> bool>> = vec![
            Box::new(move |note| note.author == author),
            Box::new(move |note| note.created >= since),
        ];
        let holds = |note: &&Note| conditions.iter().all(|condition| condition(note));
        search.notes.iter().filter(holds).count()
    };
    search.queries.iter().map(matches).sum()
}
// ANCHOR_END: boxed

// ANCHOR: borrowed
/// The same closures on the stack, lent as trait objects.
pub fn borrowed(search: &Search) -> usize {
    let matches = |&(author, since): &(u32, u32)| {
        let by_author = |note: &Note| note.author == author;
        let by_time = |note: &Note| note.created >= since;
        let conditions: [&dyn Fn(&Note) -> bool; 2] = [&by_author, &by_time];
        let holds = |note: &&Note| conditions.iter().all(|condition| condition(note));
        search.notes.iter().filter(holds).count()
    };
    search.queries.iter().map(matches).sum()
}
// ANCHOR_END: borrowed

// ANCHOR: enums
/// One of the conditions that there are.
#[derive(Clone, Copy, Debug)]
pub enum Condition {
    /// By this author.
    Author(u32),
    /// Not before this time.
    Since(u32),
}

impl Condition {
    fn holds(self, note: &Note) -> bool {
        match self {
            Condition::Author(author) => note.author == author,
            Condition::Since(since) => note.created >= since,
        }
    }
}

/// Conditions as plain values.
pub fn enums(search: &Search) -> usize {
    let matches = |&(author, since): &(u32, u32)| {
        let conditions = [Condition::Author(author), Condition::Since(since)];
        let holds = |note: &&Note| conditions.iter().all(|condition| condition.holds(note));
        search.notes.iter().filter(holds).count()
    };
    search.queries.iter().map(matches).sum()
}
// ANCHOR_END: enums

// ANCHOR: generic
/// A closure that is given back without a box: its type has no name, but the compiler knows it.
fn by(author: u32, since: u32) -> impl Fn(&Note) -> bool {
    move |note| note.author == author && note.created >= since
}

/// Counts by any condition, compiled for each kind.
fn count(notes: &[Note], condition: impl Fn(&Note) -> bool) -> usize {
    notes.iter().filter(|note| condition(note)).count()
}

/// Conditions that are known when the program is compiled.
pub fn generic(search: &Search) -> usize {
    let matches = |&(author, since): &(u32, u32)| count(&search.notes, by(author, since));
    search.queries.iter().map(matches).sum()
}
// ANCHOR_END: generic
