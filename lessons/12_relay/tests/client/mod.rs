//! A client for tests: blocking, one message at a time, with a key to sign with; and a server to talk to.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http_body_util::Full;
use hyper::Response;
use relay::event::{Event, EventId, PublicKey, Signature};
use relay::server::{Server, Settings};
use relay::store::{Store, StoreOptions};
use secp256k1::{Keypair, SecretKey};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::{Data, OpCode};
use tungstenite::{Message, WebSocket};

/// Who signs.
pub struct Author(Keypair);

impl Author {
    pub fn new(number: u8) -> Self {
        Self(Keypair::from_secret_key(
            &SecretKey::from_secret_bytes([number; 32]).unwrap(),
        ))
    }

    pub fn key(&self) -> PublicKey {
        PublicKey::new(self.0.x_only_public_key().0.to_byte_array())
    }

    pub fn sign(&self, created_at: u64, kind: u16, tags: &[&[&str]], content: &str) -> Event {
        let mut event = Event::default();
        (event.created_at, event.kind) = (created_at, kind);
        for tag in tags {
            event.push_tag(tag.iter().copied());
        }
        event.push_content(content);
        event.pubkey = self.key();
        event.id = event.canonical_id();
        let sig = secp256k1::schnorr::sign_with_aux_rand(event.id.as_bytes(), &self.0, &[0; 32]);
        event.sig = Signature::new(sig.to_byte_array());
        event
    }

    pub fn note(&self, content: &str) -> Event {
        self.sign(now(), 1, &[], content)
    }
}

pub fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

pub fn json_of(event: &Event) -> Value {
    let mut json = Vec::new();
    event.write_json(&mut json);
    serde_json::from_slice(&json).unwrap()
}

/// The bytes of an EVENT message on the wire, masked with zeros.
pub fn frame(event: &Event) -> Vec<u8> {
    let text = json!(["EVENT", json_of(event)]).to_string();
    let header = FrameHeader {
        opcode: OpCode::Data(Data::Text),
        mask: Some([0; 4]),
        ..FrameHeader::default()
    };
    let mut bytes = Vec::new();
    header.format(text.len() as u64, &mut bytes).unwrap();
    bytes.extend_from_slice(text.as_bytes());
    bytes
}

/// A runtime for a server: with one thread, so that its memory is known.
pub fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
}

/// A server with its data in a folder, on a port of its own unless `change` says otherwise.
pub async fn serve(folder: &Path, change: impl FnOnce(&mut Settings)) -> Server {
    let store = Store::open(folder, StoreOptions::default()).unwrap();
    let mut settings = Settings::default();
    settings.listen.set_port(0);
    change(&mut settings);
    let route = Arc::new(|_: &hyper::Request<_>, _: &_| Response::new(Full::from("a page")));
    Server::start(settings, store, route).await.unwrap()
}

/// A connection.
pub struct Client {
    pub socket: WebSocket<TcpStream>,
    /// What the relay said first.
    pub challenge: Option<String>,
}

impl Client {
    pub fn connect(to: SocketAddr) -> Self {
        let mut client = Self::silent(to);
        let first = client.read();
        assert_eq!(first[0], "AUTH");
        client.challenge = first[1].as_str().map(str::to_owned);
        client
    }

    /// One that doesn't wait for a challenge.
    pub fn silent(to: SocketAddr) -> Self {
        Self::try_silent(to).expect("it listens")
    }

    /// One of a relay that may be gone.
    pub fn try_silent(to: SocketAddr) -> Option<Self> {
        let stream = TcpStream::connect(to).ok()?;
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        stream.set_nodelay(true).unwrap();
        let (socket, _) = tungstenite::client(format!("ws://{to}/"), stream).ok()?;
        Some(Self {
            socket,
            challenge: None,
        })
    }

    pub fn send(&mut self, message: &Value) {
        self.socket
            .send(Message::text(message.to_string()))
            .unwrap();
    }

    /// The next text message.
    pub fn read(&mut self) -> Value {
        loop {
            match self.socket.read().unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("unexpected {other:?}"),
            }
        }
    }

    /// The code and reason with which the relay closes.
    pub fn read_close(&mut self) -> (u16, String) {
        loop {
            match self.socket.read().expect("a close frame comes first") {
                Message::Close(Some(frame)) => {
                    return (frame.code.into(), frame.reason.to_string());
                }
                Message::Close(None) => panic!("a close without a reason"),
                _ => {}
            }
        }
    }

    /// Publishes and returns what OK says.
    pub fn publish(&mut self, event: &Event) -> (bool, String) {
        self.send(&json!(["EVENT", json_of(event)]));
        self.answer(&event.id)
    }

    pub fn answer(&mut self, id: &EventId) -> (bool, String) {
        let answer = self.read();
        assert_eq!(
            (answer[0].as_str(), answer[1].as_str()),
            (Some("OK"), Some(&*id.to_string())),
            "{answer}"
        );
        (
            answer[2].as_bool().unwrap(),
            answer[3].as_str().unwrap().to_owned(),
        )
    }

    /// What is stored, until EOSE. The subscription stays open.
    pub fn request(&mut self, sub: &str, filter: &Value) -> Vec<Value> {
        self.send(&json!(["REQ", sub, filter]));
        let mut events = Vec::new();
        loop {
            let message = self.read();
            match message[0].as_str() {
                Some("EVENT") => events.push(message[2].clone()),
                Some("EOSE") => return events,
                _ => panic!("unexpected {message}"),
            }
        }
    }
}
