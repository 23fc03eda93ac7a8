//! The generated events are what they are said to be: the same everywhere, valid, and like real ones.

use std::collections::HashSet;
use std::io::Write;

use relay::event::signature::verify;
use relay::generate::figures::Figures;
use relay::generate::{Authors, Generator, Options, signed};
use sha2::{Digest, Sha256};

fn json_of(events: impl Iterator<Item = relay::event::Event>) -> Vec<u8> {
    let mut json = Vec::new();
    for event in events {
        event.write_json(&mut json);
        json.push(b'\n');
    }
    json
}

#[test]
fn the_first_thousand_are_the_same_everywhere() {
    let digest = Sha256::digest(json_of(Generator::new(1).take(1000)));
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(
        hex,
        "642dbc9be8889fc4b9ded7abbfded42a00edbe7255fbeb67b70740637cada49a"
    );
}

#[test]
fn more_events_begin_with_the_fewer() {
    let few: Vec<_> = Generator::new(5).take(50).collect();
    let more: Vec<_> = Generator::new(5).take(1500).collect();
    assert_eq!(few[..], more[..50]);
    assert_ne!(few, Generator::new(6).take(50).collect::<Vec<_>>());
}

#[test]
fn signatures_hold_whichever_way_they_are_made() {
    let together = signed(3, 200);
    let options = Options {
        signed: true,
        ..Options::default()
    };
    let one_by_one: Vec<_> = Generator::with(3, options).take(200).collect();
    assert_eq!(together, one_by_one);
    assert!(together.iter().all(|event| verify(event).is_ok()));
    assert_eq!(signed(3, 0), []);
    // Without a signature, all else is the same.
    for (event, unsigned) in together.iter().zip(Generator::new(3)) {
        assert_eq!(event.id, unsigned.id);
        assert_ne!(event.sig, unsigned.sig);
    }
}

#[test]
fn so_many_authors_as_were_asked_for() {
    let options = Options {
        authors: Authors::Fixed(40),
        ..Options::default()
    };
    let authors: HashSet<_> = Generator::with(1, options)
        .take(4000)
        .map(|event| event.pubkey)
        .collect();
    assert_eq!(authors.len(), 40);
}

/// Each of the first eight figures within a tenth of the real one.
fn assert_like_real(seed: u64, count: usize) {
    let mut figures = Figures::default();
    let mut json = Vec::new();
    for event in Generator::new(seed).take(count) {
        json.clear();
        event.write_json(&mut json);
        figures.count(&event, json.len());
    }
    let list = figures.list();
    for figure in &list[..8] {
        let real = figure.real.expect("known");
        assert!(
            (figure.ours / real - 1.0).abs() <= 0.1,
            "seed {seed}, {count} events: {figure}"
        );
    }
    let named = |name: &str| {
        list.iter()
            .find(|figure| figure.name.starts_with(name))
            .map(|figure| figure.ours)
    };
    // Of all events, so few are refused because a newer version is there.
    assert!(named("superseded").expect("listed") <= count as f64 / 1000.0);
    assert!(named("newer versions").expect("listed") >= count as f64 / 200.0);
}

#[test]
fn five_thousand_are_like_real_ones() {
    for seed in 1..=2 {
        assert_like_real(seed, 5000);
    }
}

#[test]
#[cfg_attr(debug_assertions, ignore = "takes a minute without optimisation")]
fn two_hundred_thousand_are_like_real_ones() {
    assert_like_real(1, 200_000);
}

/// Neither repetitive nor random: bytes an event after zstd's level 19.
fn assert_compresses_like_real(count: usize) {
    let mut packed = zstd::Encoder::new(Vec::new(), 19).expect("level 19 exists");
    packed
        .write_all(&json_of(Generator::new(1).take(count)))
        .expect("memory takes it");
    let each = packed.finish().expect("memory takes it").len() / count;
    assert!((300..=370).contains(&each), "{each} bytes an event");
}

#[test]
#[cfg_attr(debug_assertions, ignore = "takes minutes without optimisation")]
fn twenty_thousand_compress_like_real_ones() {
    assert_compresses_like_real(20_000);
}

#[test]
fn a_few_compress_like_real_ones() {
    assert_compresses_like_real(1000);
}
