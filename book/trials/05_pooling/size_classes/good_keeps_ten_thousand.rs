//! Keeps any number of buffers per class.

#![forbid(unsafe_code)]

/// The sizes of buffers, in bytes.
const CLASSES: [usize; 3] = [1_024, 4_096, 16_384];

/// The buffers that wait, by class.
#[derive(Default)]
struct Pool {
    free: [Vec<Vec<u8>>; 3],
}

impl Pool {
    /// An empty buffer with room for at least so many bytes, be it more than the largest class has.
    fn take(&mut self, room: usize) -> Vec<u8> {
        let Some(class) = CLASSES.iter().position(|size| *size >= room) else {
            return Vec::with_capacity(room);
        };
        let waiting = self.free[class].pop();
        waiting.unwrap_or_else(|| Vec::with_capacity(CLASSES[class]))
    }

    /// Keeps a buffer for the largest requests that it has room for. One that grew is worth more than before.
    fn give_back(&mut self, mut buffer: Vec<u8>) {
        let room = buffer.capacity();
        if room >= 2 * CLASSES[2] {
            return;
        }
        if let Some(class) = CLASSES.iter().rposition(|size| *size <= room) {
            buffer.clear();
            self.free[class].push(buffer);
        }
    }
}

/// Puts as much of a datagram into a buffer as there is room for, as `recv` does.
fn receive(datagram: &[u8], buffer: &mut Vec<u8>) {
    let room = buffer.capacity() - buffer.len();
    buffer.extend_from_slice(&datagram[..datagram.len().min(room)]);
}
