//! What the allocator gives back. Alone in its process: other tests would allocate and free meanwhile.

#![cfg(all(target_os = "linux", target_env = "gnu"))]

use std::fs;

use measuring::give_back;

fn resident_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("the system says");
    let line = status.lines().find(|line| line.starts_with("RssAnon:"));
    let figure = line.and_then(|line| line.split_whitespace().nth(1));
    figure.and_then(|kib| kib.parse().ok()).expect("a figure")
}

#[test]
fn freed_memory_goes_back() {
    // Small allocations, so that the allocator keeps them; one in 64 stays, so that it can't shrink by itself.
    let mut allocations: Vec<_> = (0..40_000).map(|_| Some(Box::new([1u8; 1024]))).collect();
    let full = resident_kib();
    for (index, block) in allocations.iter_mut().enumerate() {
        if index % 64 != 0 {
            *block = None;
        }
    }
    assert!(give_back());
    let after = resident_kib();
    assert!(after + 20_000 < full, "{full} KiB, then {after} KiB");
}
