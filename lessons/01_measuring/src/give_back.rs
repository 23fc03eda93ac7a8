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
