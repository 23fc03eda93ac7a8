//! Has no index: each look-up goes through all values.

#![forbid(unsafe_code)]

#[derive(Default)]
pub struct ValueTable(Vec<[u8; 32]>);

impl ValueTable {
    pub fn intern(&mut self, value: &[u8; 32]) -> u32 {
        self.find(value).unwrap_or_else(|| {
            self.0.push(*value);
            self.0.len() as u32 - 1
        })
    }
    pub fn find(&self, value: &[u8; 32]) -> Option<u32> {
        self.0
            .iter()
            .position(|known| known == value)
            .map(|at| at as u32)
    }
    pub fn get(&self, number: u32) -> Option<&[u8; 32]> {
        self.0.get(number as usize)
    }
    pub fn count(&self) -> usize {
        self.0.len()
    }
    pub fn clear(&mut self) {
        self.0.clear();
    }
}
