//! A batch of numbers for a function that takes values of any type: boxed one by one, converted at once, lent, and
//! not converted at all.

use std::any::Any;

use super::scattered;

/// Amounts to add up.
pub struct Amounts {
    all: Vec<i32>,
}

impl Amounts {
    /// A thousand of them.
    pub fn of_1000() -> Self {
        Self {
            all: scattered(8).take(1_000).map(|it| it as i32 >> 8).collect(),
        }
    }
}

// ANCHOR: boxed_each
/// Makes a box for each number, at the moment it is needed.
pub fn boxed_each(amounts: &Amounts) -> i64 {
    let mut total = 0;
    for amount in &amounts.all {
        total += any_amount(Box::new(*amount));
    }
    total
}

#[inline(never)]
fn any_amount(value: Box<dyn Any>) -> i64 {
    value.downcast_ref::<i32>().map_or(0, |it| i64::from(*it))
}
// ANCHOR_END: boxed_each

// ANCHOR: boxed_batch
/// Converts the batch once. There is still a box in it for every number.
pub fn boxed_batch(amounts: &Amounts) -> i64 {
    let values: Vec<Box<dyn Any>> = amounts
        .all
        .iter()
        .map(|amount| Box::new(*amount) as Box<dyn Any>)
        .collect();
    any_total(&values)
}

#[inline(never)]
fn any_total(values: &[Box<dyn Any>]) -> i64 {
    let amount = |value: &Box<dyn Any>| value.downcast_ref::<i32>().map_or(0, |it| i64::from(*it));
    values.iter().map(amount).sum()
}
// ANCHOR_END: boxed_batch

// ANCHOR: lent_batch
/// Says what is done with a value, and lends the numbers as that.
pub fn lent_batch(amounts: &Amounts) -> i64 {
    let values: Vec<&dyn Amount> = amounts.all.iter().map(|it| it as &dyn Amount).collect();
    lent_total(&values)
}

/// What has a worth in cents.
pub trait Amount {
    /// The worth.
    fn cents(&self) -> i64;
}

impl Amount for i32 {
    fn cents(&self) -> i64 {
        i64::from(*self)
    }
}

#[inline(never)]
fn lent_total(values: &[&dyn Amount]) -> i64 {
    values.iter().map(|value| value.cents()).sum()
}
// ANCHOR_END: lent_batch

// ANCHOR: enum_batch
/// Names the types that there are; a value lies in the batch itself.
pub fn enum_batch(amounts: &Amounts) -> i64 {
    let values: Vec<Value> = amounts.all.iter().map(|it| Value::Cents(*it)).collect();
    enum_total(&values)
}

/// An amount, in one of the ways that it comes.
#[derive(Clone, Copy)]
pub enum Value {
    /// In cents.
    Cents(i32),
    /// In whole euros.
    Euros(i32),
}

#[inline(never)]
fn enum_total(values: &[Value]) -> i64 {
    let cents = |value: &Value| match *value {
        Value::Cents(cents) => i64::from(cents),
        Value::Euros(euros) => i64::from(euros) * 100,
    };
    values.iter().map(cents).sum()
}
// ANCHOR_END: enum_batch

// ANCHOR: generic
/// Converts nothing: the compiler makes a version of the function for numbers.
pub fn generic(amounts: &Amounts) -> i64 {
    generic_total(&amounts.all)
}

#[inline(never)]
fn generic_total<T: Amount>(values: &[T]) -> i64 {
    values.iter().map(T::cents).sum()
}
// ANCHOR_END: generic
