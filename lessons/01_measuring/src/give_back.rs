//! Gives freed memory back to the system.

/// Asks the allocator to give the system back what the program freed, and says whether it gave any.
///
/// What a program frees stays with its allocator, which expects it to be asked for again. After a burst that won't
/// come again, a training run or an import, that is memory which nobody uses and every other program lacks. No heap
/// figure changes, because the heap is what the program holds; the resident memory does. The call goes over every
/// page that is free, which takes milliseconds: it is for after a burst, not for every request.
///
/// Only glibc has such a call (`malloc_trim(3)`). Elsewhere nothing happens.
///
/// ```
/// drop(vec![1u8; 1 << 20]);
/// measuring::give_back();
/// ```
pub fn give_back() -> bool {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        use std::ffi::c_int;

        unsafe extern "C" {
            fn malloc_trim(pad: usize) -> c_int;
        }
        // SAFETY: glibc declares `int malloc_trim(size_t)`. It takes its own locks and touches free memory only.
        unsafe { malloc_trim(0) == 1 }
    }
    #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
    false
}

#[cfg(all(test, target_os = "linux", target_env = "gnu"))]
mod tests {
    use std::fs;

    use super::give_back;

    fn resident_kib() -> u64 {
        let status = fs::read_to_string("/proc/self/status").expect("the system says");
        let line = status.lines().find(|line| line.starts_with("RssAnon:"));
        let figure = line.and_then(|line| line.split_whitespace().nth(1));
        figure.and_then(|kib| kib.parse().ok()).expect("a figure")
    }

    #[test]
    fn freed_memory_goes_back() {
        // Small blocks, so that the allocator keeps them; every other one stays, so that it can't shrink by itself.
        let mut blocks: Vec<_> = (0..40_000).map(|_| Some(Box::new([1u8; 1024]))).collect();
        let full = resident_kib();
        for (index, block) in blocks.iter_mut().enumerate() {
            if index % 16 != 0 {
                *block = None;
            }
        }
        assert!(give_back());
        let after = resident_kib();
        assert!(after + 20_000 < full, "{full} KiB, then {after} KiB");
    }
}
