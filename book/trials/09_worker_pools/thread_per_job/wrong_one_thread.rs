//! A plain loop: in budget, and on one core.

#![forbid(unsafe_code)]

/// One for each core of the smallest machine that this runs on.
const WORKERS: usize = 4;

/// The checksum of each upload, in the order of the uploads.
fn checksums(uploads: &[Vec<u8>], checksum: impl Fn(&[u8]) -> u64 + Sync) -> Vec<u64> {
    uploads.iter().map(|upload| checksum(upload)).collect()
}
