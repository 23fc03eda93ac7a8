//! Questions: five shapes, one after another; each connection asks the next when the last is answered.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;
use std::time::Instant;

use serde::Serialize;
use serde_json::json;

use super::client::{Address, Answer, Client, LoadError};
use super::corpus::{Corpus, SHAPES};
use super::{Load, Run, joined};

const OWED: &str = "an EOSE";

/// What came of the questions of one shape.
#[derive(Debug, Serialize)]
pub struct Shape {
    /// Its name.
    pub shape: &'static str,
    /// How many were asked.
    pub queries: usize,
    /// How many events came.
    pub events: usize,
    /// From the first question to the last answer.
    pub seconds: f64,
    /// Questions a second.
    pub per_second: f64,
}

/// Asks them all, and puts what came into the run.
///
/// # Errors
///
/// Where the relay refuses to answer, breaks off or says nothing.
pub fn run(relay: &Address, corpus: &Corpus, load: &Load, run: &mut Run) -> Result<(), LoadError> {
    let mut clients = Vec::new();
    for _ in 0..load.connections {
        clients.push(Client::connect(relay)?);
    }
    let mut done = Ok(());
    for shape in SHAPES {
        let questions: Vec<_> = (0..load.queries)
            .map(|number| json!(["REQ", "q", corpus.filter(shape, number)]).to_string())
            .collect();
        match ask(&mut clients, shape, &questions) {
            Ok(shape) => run.queries.push(shape),
            Err(error) => {
                done = Err(error);
                break;
            }
        }
    }
    for client in clients {
        run.remarks.add(&client.remarks);
    }
    done
}

fn ask(
    clients: &mut [Client],
    shape: &'static str,
    questions: &[String],
) -> Result<Shape, LoadError> {
    let next = AtomicUsize::new(0);
    let started = Instant::now();
    let events = thread::scope(|scope| {
        let askers: Vec<_> = clients
            .iter_mut()
            .map(|client| {
                let next = &next;
                scope.spawn(move || {
                    let mut events = 0;
                    while let Some(question) = questions.get(next.fetch_add(1, Relaxed)) {
                        events += answer(client, question)?;
                    }
                    Ok(events)
                })
            })
            .collect();
        let mut events = Ok(0_usize);
        for asker in askers {
            let more = joined(asker);
            events = events.and_then(|sum| Ok(sum + more?));
        }
        events
    })?;
    let seconds = started.elapsed().as_secs_f64();
    Ok(Shape {
        shape,
        queries: questions.len(),
        events,
        seconds,
        per_second: questions.len() as f64 / seconds,
    })
}

/// The number of events that one question brings.
fn answer(client: &mut Client, question: &str) -> Result<usize, LoadError> {
    client.write(question.to_owned(), OWED)?;
    client.flush(OWED)?;
    let mut events = 0;
    loop {
        match client.read(OWED)? {
            Answer::Event => events += 1,
            Answer::Eose => break,
            Answer::Closed(reason) => return Err(LoadError::Refused(reason)),
            Answer::Ok { .. } => {}
        }
    }
    // Goes out with the next question.
    client.write(json!(["CLOSE", "q"]).to_string(), OWED)?;
    Ok(events)
}
