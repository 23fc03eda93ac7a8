//! This binary has no meter, and says so rather than that nothing was spent.

use measuring::{Budget, count_process, heap, heap_of_process};

#[test]
#[should_panic(expected = "the meter is not installed")]
fn a_region_refuses() {
    heap(|| vec![0u8; 100]);
}

#[test]
#[should_panic(expected = "the meter is not installed")]
fn a_process_region_refuses() {
    heap_of_process(|| vec![0u8; 100]);
}

#[test]
#[should_panic(expected = "measuring::install!()")]
fn a_budget_of_nothing_cannot_pass() {
    Budget::of("nothing").allocations(0).assert_holds(|| ());
}

#[test]
#[should_panic(expected = "the meter is not installed")]
fn statistics_refuse() {
    count_process();
}
