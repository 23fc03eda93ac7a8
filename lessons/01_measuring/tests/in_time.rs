//! Tests that end, and tests that count the whole process.

use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::thread;

use measuring::doubles::{Choppy, Failing};
use measuring::{Budget, awaiting, in_time};

measuring::install!();

fn message(body: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(body)).expect_err("it panics");
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|it| (*it).to_owned()))
        .expect("panics have a text")
}

#[measuring::test]
fn a_body_runs_under_its_tests_name() {
    assert_eq!(
        thread::current().name(),
        Some("a_body_runs_under_its_tests_name")
    );
}

#[measuring::test]
#[should_panic(expected = "as it was said")]
fn a_panic_is_passed_on() {
    panic!("as it was said");
}

#[test]
fn what_hangs_fails_and_says_where() {
    // The variable is for this whole program; the other tests in it take milliseconds.
    // SAFETY: no other thread of this test reads the environment with anything but the standard library.
    unsafe { std::env::set_var("HEAPWISE_TEST_SECONDS", "2") };
    let said = message(|| {
        in_time(|| {
            awaiting("a message that nobody sends");
            let (_sender, receiver) = mpsc::channel::<()>();
            let _ = receiver.recv();
        });
    });
    let expected = "what_hangs_fails_and_says_where hangs: no end after 2 s. It waits for a message that nobody sends.";
    assert_eq!(said, expected);
}

#[measuring::test]
fn a_whole_process_is_counted_alone() {
    let budget = Budget::of("threads").allocations(20).peak(20_000);
    let sum = budget.assert_holds_in_process(|| {
        let half = thread::spawn(|| vec![1u8; 10_000].len());
        half.join().expect("it doesn't panic")
    });
    assert_eq!(sum, 10_000);
}

#[measuring::test]
#[should_panic(expected = "failed when it ran alone")]
fn what_a_thread_spends_is_spent() {
    let budget = Budget::of("threads").peak(9_999);
    budget.assert_holds_in_process(|| {
        let half = thread::spawn(|| vec![1u8; 10_000].len());
        half.join().expect("it doesn't panic")
    });
}

#[test]
fn doubles_are_unkind() {
    let mut slow = Choppy::new(Vec::new(), 3);
    assert_eq!(slow.write(b"12345").expect("the first call"), 3);
    assert_eq!(slow.write(b"45").expect("the second"), 2);
    let third = slow.write(b"6").expect_err("every third is interrupted");
    assert_eq!(third.kind(), io::ErrorKind::Interrupted);
    assert_eq!((slow.calls(), slow.into_inner()), (3, b"12345".to_vec()));

    let mut broken = Failing::after(2, &b"12345"[..]);
    let mut text = Vec::new();
    let error = broken.read_to_end(&mut text).expect_err("it fails midway");
    assert_eq!(
        (error.kind(), &text[..]),
        (io::ErrorKind::BrokenPipe, &b"12"[..])
    );
    let said = message(|| while broken.read(&mut [0]).is_err() {});
    assert!(said.contains("a broken pipe stays broken"), "{said}");
}
