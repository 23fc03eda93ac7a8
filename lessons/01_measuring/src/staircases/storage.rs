//! Attributes of two types under one roof: in boxes of any type, in an enum, and in a map for each type.

use std::any::Any;
use std::collections::HashMap;

use super::FixedHash;

type Map<V> = HashMap<u32, V, FixedHash>;

/// What comes in: numbers and texts, under numbered keys.
pub struct Attributes {
    numbers: Vec<(u32, i64)>,
    texts: Vec<(u32, String)>,
}

impl Attributes {
    /// A hundred of each.
    pub fn of_200() -> Self {
        Self {
            numbers: (0..100).map(|key| (key, i64::from(key) * 3)).collect(),
            texts: (100..200)
                .map(|key| (key, format!("value {key}")))
                .collect(),
        }
    }

    fn keys(&self) -> impl Iterator<Item = u32> {
        let numbers = self.numbers.iter().map(|(key, _)| *key);
        numbers.chain(self.texts.iter().map(|(key, _)| *key))
    }
}

// ANCHOR: boxed_any
/// A box for every value, asked for its type whenever it is read.
pub fn boxed_any(attributes: &Attributes) -> usize {
    let mut stored: Map<Box<dyn Any>> = Map::default();
    for (key, number) in &attributes.numbers {
        stored.insert(*key, Box::new(*number));
    }
    for (key, text) in &attributes.texts {
        stored.insert(*key, Box::new(text.clone()));
    }
    let weigh = |value: &dyn Any| match value.downcast_ref::<i64>() {
        Some(number) => *number as usize,
        None => value.downcast_ref::<String>().map_or(0, String::len),
    };
    let values = attributes.keys().filter_map(|key| stored.get(&key));
    values.map(|value| weigh(&**value)).sum()
}
// ANCHOR_END: boxed_any

// ANCHOR: enum_value
/// One of the types that there are.
pub enum Value {
    /// A number, in place.
    Number(i64),
    /// A text, which no longer grows.
    Text(Box<str>),
}

/// One map of values whose types are known.
pub fn enum_value(attributes: &Attributes) -> usize {
    let mut stored: Map<Value> = Map::default();
    for (key, number) in &attributes.numbers {
        stored.insert(*key, Value::Number(*number));
    }
    for (key, text) in &attributes.texts {
        stored.insert(*key, Value::Text(text.as_str().into()));
    }
    let weigh = |value: &Value| match value {
        Value::Number(number) => *number as usize,
        Value::Text(text) => text.len(),
    };
    let values = attributes.keys().filter_map(|key| stored.get(&key));
    values.map(weigh).sum()
}
// ANCHOR_END: enum_value

// ANCHOR: map_per_type
/// A map for the numbers and one for the texts.
pub fn map_per_type(attributes: &Attributes) -> usize {
    let mut numbers: Map<i64> = Map::default();
    let mut texts: Map<Box<str>> = Map::default();
    for (key, number) in &attributes.numbers {
        numbers.insert(*key, *number);
    }
    for (key, text) in &attributes.texts {
        texts.insert(*key, text.as_str().into());
    }
    let weigh = |key: u32| match numbers.get(&key) {
        Some(number) => *number as usize,
        None => texts.get(&key).map_or(0, |text| text.len()),
    };
    attributes.keys().map(weigh).sum()
}
// ANCHOR_END: map_per_type
