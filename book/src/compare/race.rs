//! Times programs in turns, batch by batch, so that whatever else the machine does hits all of them alike.

use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use crate::process;

/// Batches that are thrown away: caches and clock speeds settle.
const WARM_UP: usize = 3;
/// Batches that count.
const ROUNDS: usize = 41;
/// Nobody waits longer for a batch.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program that times one batch for every line that it is sent.
struct Runner {
    child: Child,
    questions: ChildStdin,
    answers: Receiver<String>,
}

/// Nanoseconds per call in every round, a list per program. Round by round, the lists belong together.
///
/// # Errors
///
/// Where a program can't be started, gives up, or takes too long.
pub fn race(
    programs: &[&Path],
    mut progress: impl FnMut(usize, usize),
) -> io::Result<Vec<Vec<f64>>> {
    let mut runners = Vec::new();
    for program in programs {
        let mut runner = Runner::start(program)?;
        // Its calibration is over before the next one starts.
        runner.batch_ns()?;
        runners.push(runner);
    }
    let mut times = vec![Vec::new(); runners.len()];
    for round in 0..WARM_UP + ROUNDS {
        progress(round + 1, WARM_UP + ROUNDS);
        for turn in 0..runners.len() {
            // Nobody is always the first.
            let index = (turn + round) % runners.len();
            let nanoseconds = runners[index].batch_ns()?;
            if round >= WARM_UP {
                times[index].push(nanoseconds);
            }
        }
    }
    Ok(times)
}

impl Runner {
    fn start(program: &Path) -> io::Result<Self> {
        let mut child = Command::new(program)
            .arg("--batches")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let questions = child.stdin.take().expect("it is piped");
        let output = child.stdout.take().expect("it is piped");
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
            child,
            questions,
            answers,
        })
    }

    fn batch_ns(&mut self) -> io::Result<f64> {
        self.questions.write_all(b"\n")?;
        self.questions.flush()?;
        loop {
            let line = self
                .answers
                .recv_timeout(PATIENCE)
                .map_err(io::Error::other)?;
            // The exercise may print something as well.
            if let Ok(nanoseconds) = line.trim().parse() {
                return Ok(nanoseconds);
            }
        }
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        // It ends by itself when nobody asks any more; but it may be in the middle of a long batch.
        let _ = process::end(&mut self.child);
    }
}
