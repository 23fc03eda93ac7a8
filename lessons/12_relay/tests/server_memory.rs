//! What a message costs in heap allocations, of the whole process, from its bytes on the socket to the answer.
//!
//! The client counts too, so it prepares everything before and reads into a buffer that it has.

// These are figures of the relay's own parts, which the references keep to; a learner's have budgets of their own.
#![cfg(any(not(feature = "parts"), feature = "references"))]

mod client;

use std::io::{Read, Write};

use client::{Author, Client, frame, now, runtime, serve};
use measuring::{alone, heap_of_process};
use relay::event::Event;

measuring::install!();

/// Events sent in one go, and how often that is done.
const TOGETHER: usize = 32;
const ROUNDS: usize = 20;

/// Sends a batch and waits for as many bytes of answers, all of which accept.
fn exchange(client: &mut Client, batch: &[u8], answers: &mut [u8]) {
    client.socket.get_mut().write_all(batch).unwrap();
    client.socket.get_mut().read_exact(answers).unwrap();
    let accepted = answers
        .windows(6)
        .filter(|bytes| bytes == b",true,")
        .count();
    assert_eq!(accepted, TOGETHER);
}

/// Allocations per event when batches made by `events` are sent whose answers have `answer` bytes each.
fn allocations_of(client: &mut Client, answer: usize, mut events: impl FnMut(u64) -> Event) -> f64 {
    let mut number = 0;
    let mut batch = || -> Vec<u8> {
        (0..TOGETHER)
            .flat_map(|_| {
                number += 1;
                frame(&events(number))
            })
            .collect()
    };
    let (warm, batches) = (batch(), (0..ROUNDS).map(|_| batch()).collect::<Vec<_>>());
    let mut answers = vec![0; TOGETHER * answer];
    exchange(client, &warm, &mut answers);
    let ((), heap) = heap_of_process(|| {
        for batch in &batches {
            exchange(client, batch, &mut answers);
        }
    });
    heap.allocations as f64 / (TOGETHER * ROUNDS) as f64
}

#[test]
fn the_way_of_an_event_takes_no_allocations_of_its_own() {
    alone(
        "the_way_of_an_event_takes_no_allocations_of_its_own",
        measure_the_way,
    );
}

fn measure_the_way() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = runtime();
    let server = runtime.block_on(serve(folder.path(), |_| ()));
    let mut client = Client::connect(server.local_addr());
    let author = Author::new(1);
    let tags: &[&[&str]] = &[&["t", "measured"], &["alt", "an event like many others"]];

    let known = author.note("known");
    assert!(client.publish(&known).0);
    // `["OK","id",true,"reason"]` behind a header of two bytes, or four from 126 on.
    let duplicate = 4 + 8 + 64 + 7 + "duplicate: already have this event".len() + 2;
    let per_duplicate = allocations_of(&mut client, duplicate - 2, |_| known.clone());
    let ephemeral = 2 + 8 + 64 + 7 + 2;
    let per_ephemeral = allocations_of(&mut client, ephemeral, |number| {
        author.sign(now(), 20_001, tags, &format!("event {number}"))
    });
    let per_stored = allocations_of(&mut client, ephemeral, |number| {
        author.sign(now(), 1, tags, &format!("event {number}"))
    });
    assert!(per_stored > 1.0, "the engine's allocations are counted too");
    // What remains are the WebSocket library's, when its buffer runs over in the middle of a message.
    assert!(
        per_duplicate <= 0.1,
        "{per_duplicate} allocations for a duplicate"
    );
    assert!(
        // On a busy machine the verifiers fall behind now and then, and a group of events more is made.
        per_ephemeral <= 0.5,
        "{per_ephemeral} allocations for an event that isn't stored"
    );
    runtime.block_on(server.shutdown());
}
