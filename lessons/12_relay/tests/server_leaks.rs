//! What clients and whole servers leave behind: nothing.

// These are figures of the relay's own parts, which the references keep to; a learner's have budgets of their own.
#![cfg(any(not(feature = "parts"), feature = "references"))]

mod client;

use std::time::Duration;

use client::{Author, Client, now, runtime, serve};
use leak_avoidance::LeakGuard;
use measuring::alone;
use relay::server::Server;
use serde_json::json;

measuring::install!();

/// Subscribes, publishes, and is gone: without a word, or with half a message on its way.
fn visit(server: &Server, number: u8) {
    let mut client = Client::connect(server.local_addr());
    client.request("all", &json!({"kinds": [1, 20_001]}));
    client.request(
        "mine",
        &json!({"authors": [Author::new(number).key().to_string()]}),
    );
    let event = Author::new(number).sign(now(), 20_001, &[], "here and gone");
    client.send(&json!(["EVENT", client::json_of(&event)]));
    for _ in 0..3 {
        client.read();
    }
    if number.is_multiple_of(2) {
        let half = [0x81, 0xfe, 0x10, 0x00, 0, 0, 0, 0, b'['];
        std::io::Write::write_all(client.socket.get_mut(), &half).unwrap();
    }
}

#[test]
fn a_client_that_vanished_leaves_nothing() {
    alone("a_client_that_vanished_leaves_nothing", || {
        let (runtime, folder) = (runtime(), tempfile::tempdir().unwrap());
        let server = runtime.block_on(serve(folder.path(), |_| ()));
        // A pool or a table may have grown by a little; 300 bytes of each visit would be too much.
        let guard = LeakGuard::of("visits")
            .allowing(16 << 10)
            .patience(Duration::from_secs(5));
        guard.assert_nothing_left_on(&runtime, async || {
            (1..=64).for_each(|number| visit(&server, number));
        });
        assert_eq!(server.relay().live.subscriptions(), 0);
        runtime.block_on(server.shutdown());
    });
}

#[test]
fn a_server_that_was_shut_down_leaves_no_task() {
    alone("a_server_that_was_shut_down_leaves_no_task", || {
        let (runtime, folder) = (runtime(), tempfile::tempdir().unwrap());
        // Its folder is used again: what stays are tables that the engine and the allocator of its threads keep.
        let guard = LeakGuard::of("a server")
            .allowing(256 << 10)
            .patience(Duration::from_secs(5));
        guard.assert_nothing_left_on(&runtime, async || {
            let server = serve(folder.path(), |_| ()).await;
            let mut clients: Vec<_> = (0..4)
                .map(|_| Client::connect(server.local_addr()))
                .collect();
            clients[0].request("all", &json!({}));
            assert!(clients[1].publish(&Author::new(9).note("kept")).0);
            let ended = server.shutdown().await;
            assert_eq!((ended.finished, ended.panicked, ended.aborted), (4, 0, 0));
        });
    });
}
