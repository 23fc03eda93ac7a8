//! Times programs in turns, batch by batch, so that whatever else the machine does hits all of them alike.
//!
//! A program's memory lies elsewhere each time it is started, and that alone makes it a few per cent faster or slower
//! for as long as it runs. More batches don't help against that, more starts do: each start counts as one sample.

use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{ChildStdin, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::process::{self, Program};

/// How often each program is started.
pub const STARTS: usize = 11;
/// Batches after each start that are thrown away: caches and clock speeds settle.
const WARM_UP: usize = 1;
/// Batches after each start that count, by their median.
const ROUNDS: usize = 4;
/// Nobody waits longer for a batch.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program that times one batch for every line that it is sent.
struct Runner {
    /// Ended with this: it may be in the middle of a long batch.
    _program: Program,
    questions: ChildStdin,
    answers: Receiver<String>,
}

/// Nanoseconds per call after every start, a list per program. Start by start, the lists belong together.
///
/// # Errors
///
/// Where a program can't be started, gives up, or takes too long.
pub fn race(
    programs: &[&Path],
    mut progress: impl FnMut(usize, usize),
) -> io::Result<Vec<Vec<f64>>> {
    let mut times = vec![Vec::new(); programs.len()];
    for start in 0..STARTS {
        progress(start + 1, STARTS);
        for (times, batches) in times.iter_mut().zip(rounds(programs, start)?) {
            times.push(median(batches));
        }
    }
    Ok(times)
}

/// Starts the programs and lets them take turns; returns the batches that count, a list per program.
fn rounds(programs: &[&Path], start: usize) -> io::Result<Vec<Vec<f64>>> {
    let mut runners = Vec::new();
    for program in programs {
        let mut runner = Runner::start(program)?;
        // Its calibration is over before the next one starts.
        runner.batch_ns()?;
        runners.push(runner);
    }
    let mut batches = vec![Vec::new(); runners.len()];
    for round in 0..WARM_UP + ROUNDS {
        for turn in 0..runners.len() {
            // Nobody is always the first.
            let index = (turn + round + start) % runners.len();
            let nanoseconds = runners[index].batch_ns()?;
            if round >= WARM_UP {
                batches[index].push(nanoseconds);
            }
        }
    }
    Ok(batches)
}

fn median(mut batches: Vec<f64>) -> f64 {
    batches.sort_unstable_by(f64::total_cmp);
    (batches[(ROUNDS - 1) / 2] + batches[ROUNDS / 2]) / 2.0
}

impl Runner {
    fn start(program: &Path) -> io::Result<Self> {
        let mut command = process::limited(program);
        command
            .arg("--batches")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let program = Program::start(command)?;
        let questions = program.stdin().expect("it is piped");
        let output = program.stdout().expect("it is piped");
        let (send, answers) = mpsc::channel();
        // The thread ends with the program, or when nobody listens any more.
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        Ok(Self {
            _program: program,
            questions,
            answers,
        })
    }

    fn batch_ns(&mut self) -> io::Result<f64> {
        self.questions.write_all(b"\n")?;
        self.questions.flush()?;
        loop {
            let line = self.answers.recv_timeout(PATIENCE).map_err(no_answer)?;
            // The exercise may print something as well.
            if let Ok(nanoseconds) = line.trim().parse() {
                return Ok(nanoseconds);
            }
        }
    }
}

fn no_answer(error: RecvTimeoutError) -> io::Error {
    io::Error::other(match error {
        RecvTimeoutError::Timeout => {
            format!("a batch took longer than {} seconds", PATIENCE.as_secs())
        }
        RecvTimeoutError::Disconnected => "a program broke off".to_owned(),
    })
}
