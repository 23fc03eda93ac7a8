//! Values in place of the store's: one number stands for all of them.

use std::cell::Cell;
use std::convert::Infallible;

use relay::store::record::{Corrupt, Lookup, Values};
use relay::store::tables::Serial;

/// Serial 7 for every value, and back to the one that was asked for last.
#[derive(Default)]
pub struct One(pub Cell<[u8; 32]>);

impl Values for One {
    type Error = Infallible;

    fn serial(&mut self, value: &[u8; 32]) -> Result<Serial, Infallible> {
        self.0.set(*value);
        Ok(7)
    }
}

impl Lookup for One {
    type Error = Corrupt;

    fn value(&self, _: Serial) -> Result<[u8; 32], Corrupt> {
        Ok(self.0.get())
    }
}
