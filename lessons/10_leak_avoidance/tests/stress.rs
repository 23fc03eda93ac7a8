//! Many connections at once, on two threads, that end in every way there is.

use std::panic;
use std::time::Duration;

use leak_avoidance::{AbortOnDropHandle, CancellationToken, Census, LeakGuard, Tracked, wind_down};
use measuring::alone;
use tokio::runtime::Builder;
use tokio::sync::mpsc;
use tokio::task::{JoinSet, yield_now};

measuring::install!();

const ROUNDS: usize = 40;
const CONNECTIONS: usize = 250;
const BUG: &str = "on purpose";

/// A connection that ends in one of five ways, by its number; or before its first turn, on a busy machine.
async fn connect(number: usize, closing: CancellationToken, session: Tracked<Vec<u8>>) {
    let (sender, mut lines) = mpsc::channel::<usize>(2);
    let reader = AbortOnDropHandle::new(tokio::spawn(async move {
        let mut sum = session.len();
        while let Some(line) = lines.recv().await {
            sum += line;
        }
        sum
    }));
    for line in 0..number % 7 {
        let _ = sender.send(line).await;
    }
    match number % 5 {
        0 => drop((sender, reader)), // The reader is aborted.
        1 => {
            drop(sender); // The channel closes.
            let _ = reader.await;
        }
        2 => closing.cancelled().await,    // The server closes.
        3 => panic::panic_any(BUG),        // A bug.
        _ => std::future::pending().await, // Doesn't listen, and is aborted.
    }
}

/// Two thousand messages about them would only hide another one.
fn keep_quiet_about_bugs_on_purpose() {
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if panic.payload().downcast_ref() != Some(&BUG) {
            report(panic);
        }
    }));
}

#[test]
fn ten_thousand_connections_leave_nothing() {
    alone("ten_thousand_connections_leave_nothing", || {
        keep_quiet_about_bugs_on_purpose();
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_time()
            .build()
            .unwrap();
        let sessions = Census::of("sessions");
        let guard = LeakGuard::of("a round of connections")
            .values(&sessions)
            .patience(Duration::from_secs(30))
            // The runtime's queues may grow; a session that was left is seen by the census.
            .allowing(64 * 1_024);
        for _ in 0..ROUNDS / 2 {
            // The guard runs this twice.
            let left = guard.left_on(&runtime, async || {
                let token = CancellationToken::new();
                let mut connections = JoinSet::new();
                for number in 0..CONNECTIONS {
                    let session = sessions.track(vec![number as u8; 200]);
                    connections.spawn(connect(number, token.child_token(), session));
                    if number % 10 == 0 {
                        yield_now().await;
                    }
                }
                let ended = wind_down(&token, &mut connections, Duration::from_millis(20)).await;
                let all = ended.finished + ended.panicked + ended.aborted;
                assert_eq!(all, CONNECTIONS);
                assert!(ended.aborted >= CONNECTIONS / 5);
            });
            assert!(left.is_nothing(), "{left}");
        }
        assert_eq!(sessions.total(), (ROUNDS * CONNECTIONS) as u64);
    });
}
