//! Answering requests, one after the other.

use std::hint::black_box;

use bumpalo::Bump;
use bumpalo::collections::{String as ArenaString, Vec as ArenaVec};

use crate::Scratch;

/// Forms as browsers send them: `name=Ada+Lovelace&city=K%C3%B6ln`.
#[derive(Debug)]
pub struct Inbox(pub Vec<String>);

impl Inbox {
    /// So many forms of four to twelve fields.
    pub fn sample(count: usize) -> Self {
        Self((0..count).map(form).collect())
    }
}

fn form(number: usize) -> String {
    let field = |field: usize| {
        let key = ["name", "city", "note", "tag"][(number + field) % 4];
        format!("{key}{field}=value+{number}%2C+field+{field}")
    };
    let fields: Vec<String> = (0..4 + number % 9).map(field).collect();
    fields.join("&")
}

/// The fields of a form, still encoded.
fn fields(form: &str) -> impl Iterator<Item = (&str, &str)> {
    form.split('&').filter_map(|field| field.split_once('='))
}

/// The characters that a field stands for. Only ASCII is written as `%41` here.
fn decoded(field: &str) -> impl Iterator<Item = char> {
    let mut rest = field;
    std::iter::from_fn(move || {
        let mut characters = rest.chars();
        let first = characters.next()?;
        rest = characters.as_str();
        let escaped = || u8::from_str_radix(rest.get(..2)?, 16).ok();
        match first {
            '+' => Some(' '),
            '%' => match escaped() {
                Some(byte) => {
                    rest = &rest[2..];
                    Some(char::from(byte))
                }
                None => Some('%'),
            },
            other => Some(other),
        }
    })
}

/// Stands for a socket: takes the answer, and says what went through.
fn send(answer: &str) -> u64 {
    black_box(answer).bytes().map(u64::from).sum()
}

// ANCHOR: malloc
/// Every field is a string, and so is the answer. Each has room from the start: decoded, a field only gets shorter.
pub fn malloc(inbox: &Inbox) -> u64 {
    let text = |field: &str| {
        let mut text = String::with_capacity(field.len());
        text.extend(decoded(field));
        text
    };
    let mut sent = 0;
    for form in &inbox.0 {
        let mut pairs = Vec::with_capacity(fields(form).count());
        for (key, value) in fields(form) {
            pairs.push((text(key), text(value)));
        }
        pairs.sort_unstable();
        let mut answer = String::with_capacity(2 * form.len());
        for (key, value) in &pairs {
            answer.extend([key, ": ", value, "\n"]);
        }
        sent += send(&answer);
    }
    sent
}
// ANCHOR_END: malloc

// ANCHOR: answer
/// The same in an arena: fields, list and answer. What is returned is a number.
fn answer(form: &str, arena: &Bump) -> u64 {
    let text = |field: &str| {
        let mut text = ArenaString::with_capacity_in(field.len(), arena);
        text.extend(decoded(field));
        text
    };
    let mut pairs = ArenaVec::with_capacity_in(fields(form).count(), arena);
    for (key, value) in fields(form) {
        pairs.push((text(key), text(value)));
    }
    pairs.sort_unstable();
    let mut answer = ArenaString::with_capacity_in(2 * form.len(), arena);
    for (key, value) in &pairs {
        answer.extend([key, ": ", value, "\n"]);
    }
    send(&answer)
}
// ANCHOR_END: answer

// ANCHOR: fresh
/// An arena for each request.
pub fn fresh(inbox: &Inbox) -> u64 {
    let mut sent = 0;
    for form in &inbox.0 {
        sent += answer(form, &Bump::new());
    }
    sent
}
// ANCHOR_END: fresh

// ANCHOR: never_reset
/// One arena, which nobody resets: every request stays until the last one is answered.
pub fn never_reset(inbox: &Inbox) -> u64 {
    let mut sent = 0;
    let arena = Bump::new();
    for form in &inbox.0 {
        sent += answer(form, &arena);
    }
    sent
}
// ANCHOR_END: never_reset

// ANCHOR: reset
/// One arena, reset after each request.
pub fn reset(inbox: &Inbox) -> u64 {
    let mut sent = 0;
    let mut arena = Bump::new();
    for form in &inbox.0 {
        sent += answer(form, &arena);
        arena.reset();
    }
    sent
}
// ANCHOR_END: reset

// ANCHOR: scratch
/// The same, with a bound on what is kept, and no reset to forget.
pub fn scratch(inbox: &Inbox) -> u64 {
    let mut sent = 0;
    let mut scratch = Scratch::keeping(64 * 1024);
    for form in &inbox.0 {
        sent += scratch.with(|arena| answer(form, arena));
    }
    sent
}
// ANCHOR_END: scratch
