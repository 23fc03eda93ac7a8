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
/// A condition of any type, in an allocation of its own.
type Condition = Box<dyn Fn(&Note) -> bool>;

#[inline(never)]
fn count_boxed(notes: &[Note], conditions: &[Condition]) -> usize {
    let holds = |note: &&Note| conditions.iter().all(|condition| condition(note));
    notes.iter().filter(holds).count()
}

/// Conditions on the heap: an allocation for what each closure has captured, and one for the list.
pub fn boxed(search: &Search) -> usize {
    let matches = |&(author, since): &(u32, u32)| {
        let conditions: Vec<Condition> = vec![
            Box::new(move |note| note.author == author),
            Box::new(move |note| note.created >= since),
        ];
        count_boxed(&search.notes, &conditions)
    };
    search.queries.iter().map(matches).sum()
}
// ANCHOR_END: boxed

// ANCHOR: borrowed
/// Counts by conditions of any types, wherever they lie.
#[inline(never)]
fn count_dyn(notes: &[Note], conditions: &[&dyn Fn(&Note) -> bool]) -> usize {
    let holds = |note: &&Note| conditions.iter().all(|condition| condition(note));
    notes.iter().filter(holds).count()
}

/// The same closures on the stack, lent as trait objects.
pub fn borrowed(search: &Search) -> usize {
    let matches = |&(author, since): &(u32, u32)| {
        let by_author = |note: &Note| note.author == author;
        let by_time = |note: &Note| note.created >= since;
        count_dyn(&search.notes, &[&by_author, &by_time])
    };
    search.queries.iter().map(matches).sum()
}
// ANCHOR_END: borrowed

// ANCHOR: generic
/// A closure that is given back without a box: its type has no name, but the compiler knows it.
fn by(author: u32, since: u32) -> impl Fn(&Note) -> bool {
    move |note| note.author == author && note.created >= since
}

/// Counts by any condition, compiled anew for each type of one.
#[inline(never)]
fn count(notes: &[Note], condition: impl Fn(&Note) -> bool) -> usize {
    notes.iter().filter(|note| condition(note)).count()
}

/// Conditions that are known when the program is compiled.
pub fn generic(search: &Search) -> usize {
    let matches = |&(author, since): &(u32, u32)| count(&search.notes, by(author, since));
    search.queries.iter().map(matches).sum()
}
// ANCHOR_END: generic
