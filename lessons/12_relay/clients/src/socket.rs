//! A WebSocket, one message at a time.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::{Author, Event, Relay, draft};

/// Longer than any answer takes, on any machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection to a relay.
#[derive(Debug)]
pub struct Client {
    socket: WebSocketStream<TcpStream>,
    url: String,
    /// What is to be signed to authenticate.
    pub challenge: String,
}

/// How a request ended, and what came before that.
#[derive(Debug, PartialEq)]
pub enum Stored {
    /// These events, then EOSE.
    Events(Vec<Value>),
    /// CLOSED, with this reason.
    Closed(String),
}

impl Stored {
    /// The ids of the events, in order.
    ///
    /// # Panics
    ///
    /// If the request was closed.
    pub fn ids(&self) -> Vec<&str> {
        match self {
            Self::Events(events) => events
                .iter()
                .map(|event| event["id"].as_str().expect("an event has an id"))
                .collect(),
            Self::Closed(reason) => panic!("closed: {reason}"),
        }
    }
}

impl Client {
    /// Connects, and takes the challenge.
    ///
    /// # Panics
    ///
    /// If the relay doesn't begin with a challenge.
    pub async fn connect(relay: &Relay) -> Self {
        let mut client = Self::connect_silently(relay).await;
        let first = client.read().await;
        assert_eq!(first[0], "AUTH", "{first}");
        client.challenge = first[1].as_str().expect("a challenge is text").to_owned();
        client
    }

    /// Connects to a relay that says nothing at first.
    ///
    /// # Panics
    ///
    /// If the relay isn't there.
    pub async fn connect_silently(relay: &Relay) -> Self {
        let stream = TcpStream::connect(relay.address())
            .await
            .expect("it listens");
        let (socket, _) = client_async(relay.url(), stream)
            .await
            .expect("it speaks WebSocket");
        Self {
            socket,
            url: relay.url(),
            challenge: String::new(),
        }
    }

    /// Sends text, whatever it is.
    ///
    /// # Panics
    ///
    /// If the connection is gone.
    pub async fn send_text(&mut self, text: impl Into<String>) {
        let message = Message::text(text.into());
        self.socket.send(message).await.expect("it listens");
    }

    /// Sends a message.
    pub async fn send(&mut self, message: Value) {
        self.send_text(message.to_string()).await;
    }

    /// The next message.
    ///
    /// # Panics
    ///
    /// If none comes, or one that isn't JSON.
    pub async fn read(&mut self) -> Value {
        let text = self.read_text().await;
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// The next message as it came.
    ///
    /// # Panics
    ///
    /// If none comes.
    pub async fn read_text(&mut self) -> String {
        loop {
            let next = timeout(PATIENCE, self.socket.next()).await;
            match next.expect("an answer comes in time") {
                Some(Ok(Message::Text(text))) => return text.to_string(),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => panic!("the connection ended: {other:?}"),
            }
        }
    }

    /// Whether nothing more comes than the answer to a question that is asked now.
    pub async fn is_quiet(&mut self) -> bool {
        self.send(json!(["COUNT", "quiet?", {"ids": ["0".repeat(64)]}]))
            .await;
        self.read().await[1] == "quiet?"
    }

    /// Publishes: whether the event was accepted, and the reason.
    pub async fn publish(&mut self, event: &Event) -> (bool, String) {
        self.send(json!(["EVENT", event.0])).await;
        self.answer(event.id()).await
    }

    /// Publishes what has to be accepted.
    ///
    /// # Panics
    ///
    /// If it isn't.
    pub async fn store(&mut self, event: &Event) {
        let (accepted, reason) = self.publish(event).await;
        assert!(accepted, "{reason}: {}", event.0);
    }

    /// What OK says about an id.
    ///
    /// # Panics
    ///
    /// If something else comes.
    pub async fn answer(&mut self, id: &str) -> (bool, String) {
        let answer = self.read().await;
        assert_eq!(
            (answer[0].as_str(), answer[1].as_str()),
            (Some("OK"), Some(id)),
            "{answer}"
        );
        let accepted = answer[2].as_bool().expect("OK says yes or no");
        let reason = answer[3].as_str().expect("OK has a reason").to_owned();
        (accepted, reason)
    }

    /// Subscribes, and reads until what is stored has been sent.
    ///
    /// # Panics
    ///
    /// If something else comes.
    pub async fn request(&mut self, sub: &str, filters: &[Value]) -> Stored {
        let mut request = vec![json!("REQ"), json!(sub)];
        request.extend_from_slice(filters);
        self.send(Value::Array(request)).await;
        let mut events = Vec::new();
        loop {
            let message = self.read().await;
            assert_eq!(message[1], sub, "{message}");
            match message[0].as_str() {
                Some("EVENT") => events.push(message[2].clone()),
                Some("EOSE") => return Stored::Events(events),
                Some("CLOSED") => return Stored::Closed(reason(&message)),
                _ => panic!("{message}"),
            }
        }
    }

    /// What is stored, without staying subscribed.
    pub async fn fetch(&mut self, filter: Value) -> Stored {
        let stored = self.request("fetch", &[filter]).await;
        self.send(json!(["CLOSE", "fetch"])).await;
        stored
    }

    /// What COUNT says, or why it doesn't.
    ///
    /// # Errors
    ///
    /// The reason of CLOSED.
    ///
    /// # Panics
    ///
    /// If something else comes.
    pub async fn count(&mut self, filter: Value) -> Result<u64, String> {
        self.send(json!(["COUNT", "count", filter])).await;
        let message = self.read().await;
        assert_eq!(message[1], "count", "{message}");
        match message[0].as_str() {
            Some("COUNT") => Ok(message[2]["count"].as_u64().expect("a count is a number")),
            _ => Err(reason(&message)),
        }
    }

    /// Answers the challenge.
    ///
    /// # Panics
    ///
    /// If the relay doesn't accept it.
    pub async fn authenticate(&mut self, author: &Author) {
        let answer = draft(22_242, "")
            .tag(&["relay", &self.url])
            .tag(&["challenge", &self.challenge]);
        let answer = author.sign(&answer);
        self.send(json!(["AUTH", answer.0])).await;
        let (accepted, reason) = self.answer(answer.id()).await;
        assert!(accepted, "{reason}");
    }
}

fn reason(closed: &Value) -> String {
    closed[2].as_str().unwrap_or_default().to_owned()
}
