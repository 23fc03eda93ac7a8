//! Gathering a request's body, which arrives in chunks.

/// A body as it came from the network.
#[derive(Debug)]
pub struct Body {
    /// Its chunks, in order.
    pub chunks: Vec<Vec<u8>>,
}

impl Body {
    /// A body of so many chunks of a kilobyte.
    pub fn sample(chunks: u8) -> Self {
        let chunk = |number| vec![number; 1_024];
        Self {
            chunks: (0..chunks).map(chunk).collect(),
        }
    }
}

// ANCHOR: extend
/// Takes each chunk as it comes. Room doubles when it runs out.
pub fn extend(body: &Body) -> Vec<u8> {
    let mut bytes = Vec::new();
    for chunk in &body.chunks {
        bytes.extend_from_slice(chunk);
    }
    bytes
}
// ANCHOR_END: extend

// ANCHOR: reserve_exact
/// Makes room for each chunk, and for nothing more: the next chunk moves it all again.
pub fn reserve_exact(body: &Body) -> Vec<u8> {
    let mut bytes = Vec::new();
    for chunk in &body.chunks {
        bytes.reserve_exact(chunk.len());
        bytes.extend_from_slice(chunk);
    }
    bytes
}
// ANCHOR_END: reserve_exact

// ANCHOR: total
/// Adds up the lengths first.
pub fn total(body: &Body) -> Vec<u8> {
    let length = body.chunks.iter().map(Vec::len).sum();
    let mut bytes = Vec::with_capacity(length);
    for chunk in &body.chunks {
        bytes.extend_from_slice(chunk);
    }
    bytes
}
// ANCHOR_END: total

// ANCHOR: concat
/// Lets the library add them up.
pub fn concat(body: &Body) -> Vec<u8> {
    body.chunks.concat()
}
// ANCHOR_END: concat
