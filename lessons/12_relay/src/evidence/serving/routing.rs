//! Which code an event goes through: looked up in a registry of boxes or written in a `match`, called through boxes or
//! compiled into one function.

use std::collections::HashMap;
use std::future::Future;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::ops::Range;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use measuring::case::Input;

use crate::event::{Class, Event};
use crate::generate::Generator;

pub(super) const KINDS: &[Input<Kinds>] = &[("1000", Kinds::sample)];
pub(super) const EVENTS: &[Input<Layered>] = &[("1000", Layered::sample)];

/// How many events had each class, and how many asked for a deletion.
#[derive(Default, PartialEq)]
pub(super) struct Counted {
    kept: u64,
    newest: u64,
    deletions: u64,
    passed_on: u64,
}

trait Handler {
    fn handle(&self, counted: &mut Counted);
}

struct Keep;
struct KeepNewest;
struct Delete;
struct PassOn;

impl Handler for Keep {
    fn handle(&self, counted: &mut Counted) {
        counted.kept += 1;
    }
}

impl Handler for KeepNewest {
    fn handle(&self, counted: &mut Counted) {
        counted.newest += 1;
    }
}

impl Handler for Delete {
    fn handle(&self, counted: &mut Counted) {
        counted.deletions += 1;
    }
}

impl Handler for PassOn {
    fn handle(&self, counted: &mut Counted) {
        counted.passed_on += 1;
    }
}

type BoxedHandler = Box<dyn Handler>;

/// Kinds as they come, and a registry for them: by kind, and by range where a kind has no handler of its own.
pub(super) struct Kinds {
    kinds: Vec<u16>,
    by_kind: HashMap<u16, BoxedHandler, BuildHasherDefault<DefaultHasher>>,
    by_range: Vec<(Range<u16>, BoxedHandler)>,
}

impl Kinds {
    fn sample() -> Self {
        let mut kinds: Vec<u16> = Generator::new(5).take(1_000).map(|it| it.kind).collect();
        // The generator makes what is stored.
        kinds.iter_mut().step_by(20).for_each(|kind| *kind = 20_001);
        let by_kind: [(u16, BoxedHandler); 3] = [
            (0, Box::new(KeepNewest)),
            (3, Box::new(KeepNewest)),
            (5, Box::new(Delete)),
        ];
        Self {
            kinds,
            by_kind: by_kind.into_iter().collect(),
            by_range: vec![
                (10_000..20_000, Box::new(KeepNewest)),
                (20_000..30_000, Box::new(PassOn)),
                (30_000..40_000, Box::new(KeepNewest)),
                (0..u16::MAX, Box::new(Keep)),
            ],
        }
    }
}

// ANCHOR: registry
/// Asked of a map, then of ranges, and called through a table of functions.
pub(super) fn registry(kinds: &Kinds) -> Counted {
    let mut counted = Counted::default();
    for kind in &kinds.kinds {
        let by_range = || {
            kinds
                .by_range
                .iter()
                .find(|(range, _)| range.contains(kind))
        };
        let handler = match kinds.by_kind.get(kind) {
            Some(handler) => Some(handler),
            None => by_range().map(|(_, handler)| handler),
        };
        if let Some(handler) = handler {
            handler.handle(&mut counted);
        }
    }
    counted
}
// ANCHOR_END: registry

// ANCHOR: matched
/// Compared with constants. The compiler complains about a class that is left out.
pub(super) fn matched(kinds: &Kinds) -> Counted {
    let mut counted = Counted::default();
    for kind in &kinds.kinds {
        match (Class::of(*kind), kind) {
            (Class::Regular, 5) => Delete.handle(&mut counted),
            (Class::Regular, _) => Keep.handle(&mut counted),
            (Class::Replaceable | Class::Addressable, _) => KeepNewest.handle(&mut counted),
            (Class::Ephemeral, _) => PassOn.handle(&mut counted),
        }
    }
    counted
}
// ANCHOR_END: matched

/// A future of unknown type, as `async fn` in a trait object needs it.
type Later<'a> = Pin<Box<dyn Future<Output = bool> + 'a>>;

trait Layer {
    fn accepts<'a>(&'a self, event: &'a Event) -> Later<'a>;
}

struct Checked;
struct Allowed;
struct Routed;
struct Processed;

impl Checked {
    async fn accepts(&self, event: &Event) -> bool {
        event.created_at > 0
    }
}

impl Allowed {
    async fn accepts(&self, event: &Event) -> bool {
        !event.is_protected()
    }
}

impl Routed {
    async fn accepts(&self, event: &Event) -> bool {
        event.class() != Class::Ephemeral
    }
}

impl Processed {
    async fn accepts(&self, event: &Event) -> bool {
        event.kind != 5
    }
}

macro_rules! layer {
    ($($layer:ident)*) => {
        $(impl Layer for $layer {
            fn accepts<'a>(&'a self, event: &'a Event) -> Later<'a> {
                Box::pin($layer::accepts(self, event))
            }
        })*
    };
}

layer! { Checked Allowed Routed Processed }

/// Events, and four services that one may pass through.
pub(super) struct Layered {
    events: Vec<Event>,
    layers: [Box<dyn Layer>; 4],
}

impl Layered {
    fn sample() -> Self {
        Self {
            events: Generator::new(5).take(1_000).collect(),
            layers: [
                Box::new(Checked),
                Box::new(Allowed),
                Box::new(Routed),
                Box::new(Processed),
            ],
        }
    }
}

/// Waits for a future that never waits for anything.
fn now<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

// ANCHOR: boxed
/// Each layer is a trait object, whose future is an allocation of its own.
pub(super) fn boxed(layered: &Layered) -> usize {
    let through = async |event: &Event| {
        for layer in &layered.layers {
            if !layer.accepts(event).await {
                return false;
            }
        }
        true
    };
    let events = layered.events.iter();
    let passed = events.filter(|event| now(through(event)) == Some(true));
    passed.count()
}
// ANCHOR_END: boxed

// ANCHOR: generic
/// The same layers, known to the compiler: their futures lie in each other.
pub(super) fn generic(layered: &Layered) -> usize {
    let through = async |event: &Event| {
        Checked.accepts(event).await
            && Allowed.accepts(event).await
            && Routed.accepts(event).await
            && Processed.accepts(event).await
    };
    let events = layered.events.iter();
    let passed = events.filter(|event| now(through(event)) == Some(true));
    passed.count()
}
// ANCHOR_END: generic
