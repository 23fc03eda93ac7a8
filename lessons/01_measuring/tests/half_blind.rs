//! This binary's allocator shows the meter small allocations only, and that is found out.

use std::alloc::{GlobalAlloc, Layout, System};

use measuring::{Budget, Meter};

/// Hides what is large, or what grows.
struct HalfBlind(Meter);

// SAFETY: calls are passed on unchanged, to the meter or to the system, whose memory the meter hands out too.
unsafe impl GlobalAlloc for HalfBlind {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract.
        unsafe {
            match layout.size() {
                ..=64 => self.0.alloc(layout),
                _ => System.alloc(layout),
            }
        }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract.
        unsafe {
            match layout.size() {
                ..=64 => self.0.dealloc(at, layout),
                _ => System.dealloc(at, layout),
            }
        }
    }
}

#[global_allocator]
static ALLOCATOR: HalfBlind = HalfBlind(Meter::new());

#[test]
#[should_panic(expected = "the meter is not installed")]
fn an_allocator_that_shows_a_few_sizes_is_no_meter() {
    Budget::of("nothing").allocations(0).assert_holds(|| ());
}
