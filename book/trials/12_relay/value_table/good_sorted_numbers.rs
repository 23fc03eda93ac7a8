//! Has a list of numbers sorted by value for its index.

#![forbid(unsafe_code)]

#[derive(Default)]
pub struct ValueTable {
    values: Vec<[u8; 32]>,
    sorted: Vec<u32>,
}

impl ValueTable {
    fn search(&self, value: &[u8; 32]) -> Result<usize, usize> {
        self.sorted
            .binary_search_by(|number| self.values[*number as usize].cmp(value))
    }
    pub fn intern(&mut self, value: &[u8; 32]) -> u32 {
        match self.search(value) {
            Ok(at) => self.sorted[at],
            Err(at) => {
                self.values.push(*value);
                self.sorted.insert(at, self.values.len() as u32 - 1);
                self.sorted[at]
            }
        }
    }
    pub fn find(&self, value: &[u8; 32]) -> Option<u32> {
        Some(self.sorted[self.search(value).ok()?])
    }
    pub fn get(&self, number: u32) -> Option<&[u8; 32]> {
        self.values.get(number as usize)
    }
    pub fn count(&self) -> usize {
        self.values.len()
    }
    pub fn clear(&mut self) {
        self.values.clear();
        self.sorted.clear();
    }
}
