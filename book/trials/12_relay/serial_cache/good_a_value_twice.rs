//! Holds each value twice, in tables three eighths full.

#![forbid(unsafe_code)]

use std::collections::{HashMap, VecDeque};

pub struct SerialCache {
    values: HashMap<u32, ([u8; 32], bool)>,
    serials: HashMap<[u8; 32], u32>,
    queue: VecDeque<u32>,
}

impl SerialCache {
    pub fn with_budget(bytes: usize) -> Self {
        // Tables of 2^n places, of which 3/8 are used at most: 78 bytes each, and the queue.
        let places = ((bytes - 64) / 80).max(32).next_power_of_two();
        let places = if places * 80 + 64 > bytes {
            places / 2
        } else {
            places
        };
        Self {
            values: HashMap::with_capacity(places / 8 * 7),
            serials: HashMap::with_capacity(places / 8 * 7),
            queue: VecDeque::with_capacity(places * 3 / 8),
        }
    }
    pub fn value(&mut self, serial: u32) -> Option<[u8; 32]> {
        let (value, was_used) = self.values.get_mut(&serial)?;
        *was_used = true;
        Some(*value)
    }
    pub fn serial(&mut self, value: &[u8; 32]) -> Option<u32> {
        let serial = *self.serials.get(value)?;
        self.value(serial)?;
        Some(serial)
    }
    fn forget(&mut self, serial: u32) -> bool {
        let gone = self.values.remove(&serial);
        gone.is_some_and(|(value, _)| self.serials.remove(&value).is_some())
    }
    pub fn insert(&mut self, serial: u32, value: &[u8; 32]) {
        let is_queued = self.forget(serial);
        if let Some(before) = self.serials.get(value) {
            self.forget(*before);
        }
        while !is_queued && self.queue.len() == self.queue.capacity() {
            let Some(first) = self.queue.pop_front() else {
                return;
            };
            match self.values.get_mut(&first) {
                Some((_, was_used)) if *was_used => {
                    *was_used = false;
                    self.queue.push_back(first);
                }
                _ => _ = self.forget(first),
            }
        }
        if !is_queued {
            self.queue.push_back(serial);
        }
        self.values.insert(serial, (*value, false));
        self.serials.insert(*value, serial);
    }
    pub fn heap_bytes(&self) -> usize {
        64 + self.queue.capacity() * 8 / 3 * 80
    }
}
