//! Cases: the work of a lesson, defined once for every instrument.
//!
//! A lesson has *staircases*. The *steps* of a staircase do the same work in different ways: they share a signature
//! and give equal results. A step with one of the staircase's inputs is a *case*, and cases are what the heap,
//! instruction and time benchmarks run.
//!
//! ```
//! use measuring::case::{Climb, Staircase};
//!
//! fn push(count: &usize) -> Vec<usize> {
//!     let mut numbers = Vec::new();
//!     for number in 0..*count {
//!         numbers.push(number);
//!     }
//!     numbers
//! }
//! fn collect(count: &usize) -> Vec<usize> {
//!     (0..*count).collect()
//! }
//!
//! let growth = Staircase::over("growth", "Fill a vector", &[("1000", || 1_000)])
//!     .step("push", push)
//!     .step("collect", collect);
//! growth.assert_steps_agree();
//! assert_eq!(growth.cases().len(), 2);
//! ```

use std::hint::black_box;
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use crate::cost::Heap;
use crate::heap::{heap, heap_of_process};

/// All that the instruments need to know of a lesson.
pub struct Lesson {
    /// The lesson's package, and the stem of its bench targets and results.
    pub name: &'static str,
    /// Its staircases, in the order in which they are taught.
    pub staircases: Vec<Box<dyn Climb>>,
    /// Its facts, which the book quotes by name.
    pub facts: Vec<Fact>,
}

impl Lesson {
    /// Every case of every staircase.
    pub fn cases(&self) -> Vec<Case> {
        self.staircases
            .iter()
            .flat_map(|staircase| staircase.cases())
            .collect()
    }

    /// What the case with that [`id`](Case::id) costs on the heap.
    ///
    /// # Panics
    ///
    /// Where no case has the id, and where the meter isn't installed.
    #[track_caller]
    pub fn heap(&self, id: &str) -> Heap {
        let found = self.case(id);
        found
            .unwrap_or_else(|| panic!("no case is called {id:?}"))
            .heap()
    }

    /// What the fact of that name says.
    ///
    /// # Panics
    ///
    /// Where no fact has the name.
    #[track_caller]
    pub fn fact(&self, name: &str) -> String {
        let found = self.facts.iter().find(|fact| fact.name == name);
        (found
            .unwrap_or_else(|| panic!("no fact is called {name:?}"))
            .value)()
    }

    /// The case with that [`id`](Case::id).
    pub fn case(&self, id: &str) -> Option<Case> {
        self.cases().into_iter().find(|case| case.id() == id)
    }
}

/// A figure that is no case: a size, a capacity, a sequence. Worked out when asked for, the same every time.
#[derive(Clone, Copy, Debug)]
pub struct Fact {
    /// How the book quotes it.
    pub name: &'static str,
    /// Works it out.
    pub value: fn() -> String,
}

/// A [`Fact`], for long lists of them.
pub const fn fact(name: &'static str, value: fn() -> String) -> Fact {
    Fact { name, value }
}

/// An input's label (one word) and what builds it, outside of what is measured.
pub type Input<I> = (&'static str, fn() -> I);

/// Several ways to do the same work, over one or more inputs. The first step is the naive one.
pub struct Staircase<I: 'static, O> {
    name: &'static str,
    title: &'static str,
    inputs: &'static [Input<I>],
    steps: Vec<Step<I, O>>,
    built_otherwise_when_optimised: bool,
    threaded: bool,
}

struct Step<I, O> {
    name: &'static str,
    run: fn(&I) -> O,
}

// Not derived: a derive would ask it of `I` and `O`.
impl<I, O> Clone for Step<I, O> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<I, O> Copy for Step<I, O> {}

impl<I: 'static, O: PartialEq + 'static> Staircase<I, O> {
    /// A staircase without steps.
    pub fn over(name: &'static str, title: &'static str, inputs: &'static [Input<I>]) -> Self {
        Self {
            name,
            title,
            inputs,
            steps: Vec::new(),
            built_otherwise_when_optimised: false,
            threaded: false,
        }
    }

    /// Adds a step above the last one.
    pub fn step(mut self, name: &'static str, run: fn(&I) -> O) -> Self {
        self.steps.push(Step { name, run });
        self
    }

    /// Says that the optimiser takes allocations out of these steps, so that their heap figures hold in release
    /// builds only.
    pub fn built_otherwise_when_optimised(mut self) -> Self {
        self.built_otherwise_when_optimised = true;
        self
    }

    /// Says that these steps start threads. Their heap is counted over the whole process and is an upper bound, not
    /// exact, because it differs a little with how the threads are scheduled; their instructions aren't counted.
    ///
    /// Count such cases in a process where nothing else runs: in a test, inside [`alone`](crate::alone()).
    pub fn threaded(mut self) -> Self {
        self.threaded = true;
        self
    }

    /// Ends the building.
    pub fn boxed(self) -> Box<dyn Climb> {
        Box::new(self)
    }
}

/// A [`Staircase`] of any types.
pub trait Climb {
    /// Its name: one word, as in a path.
    fn name(&self) -> &'static str;
    /// What work it does, in a few words.
    fn title(&self) -> &'static str;
    /// Each step with each input, input by input.
    fn cases(&self) -> Vec<Case>;
    /// Checks that on every input all steps give what the first one gives.
    ///
    /// # Panics
    ///
    /// Where one doesn't, with its name.
    fn assert_steps_agree(&self);
}

impl<I: 'static, O: PartialEq + 'static> Climb for Staircase<I, O> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn title(&self) -> &'static str {
        self.title
    }

    fn cases(&self) -> Vec<Case> {
        let mut cases = Vec::new();
        for &(label, input) in self.inputs {
            for &Step { name, run } in &self.steps {
                cases.push(Case {
                    staircase: self.name,
                    step: name,
                    input: label,
                    only_when_optimised: self.built_otherwise_when_optimised,
                    threaded: self.threaded,
                    prepare: Rc::new(move || {
                        Box::new(Prepared {
                            input: input(),
                            run,
                            result: None,
                        }) as Box<dyn Run>
                    }),
                });
            }
        }
        cases
    }

    fn assert_steps_agree(&self) {
        let Some((first, others)) = self.steps.split_first() else {
            return;
        };
        for (label, input) in self.inputs {
            let input = input();
            let expected = (first.run)(&input);
            for step in others {
                assert!(
                    (step.run)(&input) == expected,
                    "{}: on {label}, step {:?} gives something else than {:?}",
                    self.name,
                    step.name,
                    first.name
                );
            }
        }
    }
}

/// How often a threaded case is counted for one figure.
const THREADED_RUNS: usize = 5;

/// A step with its input.
#[derive(Clone)]
pub struct Case {
    /// The staircase's name.
    pub staircase: &'static str,
    /// The step's name.
    pub step: &'static str,
    /// The input's label.
    pub input: &'static str,
    /// Whether its heap figures hold in release builds only.
    pub only_when_optimised: bool,
    /// Whether it starts threads, so that its heap figures are upper bounds of the whole process, and its
    /// instructions aren't counted.
    pub threaded: bool,
    prepare: Rc<dyn Fn() -> Box<dyn Run>>,
}

impl Case {
    /// `staircase/step/input`.
    pub fn id(&self) -> String {
        format!("{}/{}/{}", self.staircase, self.step, self.input)
    }

    /// Builds the input, and holds it ready for [`Run::run`].
    pub fn prepare(&self) -> Box<dyn Run> {
        (self.prepare)()
    }

    /// Gives the threads of a threaded case a moment to free what they still hold when its result is there, such as
    /// their end of a channel. Call it before you read what is live.
    pub fn settle(&self) {
        if self.threaded {
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// What one run costs on the heap, the result still live at the end.
    ///
    /// Of a [threaded](Staircase::threaded) case, each figure is the highest of several runs, after one that isn't
    /// counted: what a library sets up once per process is left out.
    ///
    /// # Panics
    ///
    /// Where the meter isn't installed.
    pub fn heap(&self) -> Heap {
        let mut work = self.prepare();
        if !self.threaded {
            let ((), cost) = heap(|| work.run());
            return cost;
        }
        work.run();
        work.finish();
        self.settle();
        let runs = (0..THREADED_RUNS).map(|_| {
            let ((), cost) = heap_of_process(|| {
                work.run();
                self.settle();
            });
            work.finish();
            cost
        });
        runs.reduce(Heap::highest).unwrap_or_default()
    }
}

/// Work with its input at hand.
pub trait Run {
    /// Does the work and keeps the result. The heap is counted over this.
    fn run(&mut self);

    /// Drops the result. Instructions and time are taken over [`run`](Run::run) and this: freeing is part of the
    /// price.
    fn finish(&mut self);
}

struct Prepared<I, O> {
    input: I,
    run: fn(&I) -> O,
    result: Option<O>,
}

impl<I, O> Run for Prepared<I, O> {
    fn run(&mut self) {
        self.result = Some(black_box((self.run)(black_box(&self.input))));
    }

    fn finish(&mut self) {
        self.result = None;
    }
}
