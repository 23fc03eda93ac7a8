//! What events on the network have in common, as data: words, shapes of tags, whole contents, and the strings that the
//! first dictionary is made of. Records refer to all of it by its place, so nothing here is ever edited or moved.

pub(crate) mod seed;
pub(crate) mod words;
