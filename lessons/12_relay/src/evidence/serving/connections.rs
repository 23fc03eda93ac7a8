//! What a connection takes while it is idle, and what a WebSocket takes with other settings than the relay's.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use http_body_util::Full;
use hyper::Response;
use measuring::heap;
use tokio::sync::oneshot;
use tungstenite::protocol::{Role, WebSocketConfig, WebSocketContext};

use super::live;
use crate::cases::Folder;
use crate::server::{Server, Settings};
use crate::store::{Store, StoreOptions, Train};

/// Bytes of the protocol's state of one connection, with a read buffer of so many bytes or the library's default.
pub(super) fn websocket(read_buffer: Option<usize>) -> usize {
    let config = read_buffer.map(|bytes| WebSocketConfig::default().read_buffer_size(bytes));
    live(|| WebSocketContext::new(Role::Server, config)).1
}

/// Connections before those that are counted, so that tables have been made; and counted ones.
const BEFORE: usize = 64;
const COUNTED: usize = 192;

/// What one of many connections takes at most that say nothing, in bytes of heap: rounded up to a hundred, because a
/// session may be on its way to sleep. The clients are on a thread of their own, which isn't counted; the
/// server's sessions are all on this one.
pub(super) fn idle() -> usize {
    static EACH: OnceLock<usize> = OnceLock::new();
    *EACH.get_or_init(|| measure().expect("a server starts on the loopback"))
}

fn measure() -> io::Result<usize> {
    let folder = Folder::new();
    let options = StoreOptions {
        train: Train::Never,
        ..StoreOptions::default()
    };
    let store = Store::open(folder.path(), options).map_err(io::Error::other)?;
    let mut settings = Settings::default();
    settings.listen.set_port(0);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let route = Arc::new(|_: &hyper::Request<_>, _: &_| Response::new(Full::from("")));
    let server = runtime
        .block_on(Server::start(settings, store, route))
        .map_err(io::Error::other)?;
    let address = server.local_addr();
    let first = runtime.block_on(connect(address, BEFORE))?;
    let (more, cost) = heap(|| runtime.block_on(connect(address, COUNTED)));
    drop((first, more?));
    runtime.block_on(server.shutdown());
    let each = cost.live.max(0) as usize / COUNTED;
    Ok(each.next_multiple_of(100))
}

/// Opens so many connections from another thread, and waits until the server has come to rest.
async fn connect(address: SocketAddr, count: usize) -> io::Result<Vec<TcpStream>> {
    let (done, opened) = oneshot::channel();
    thread::spawn(move || done.send((0..count).map(|_| open(address)).collect()));
    let clients = opened.await.map_err(io::Error::other)?;
    // The last of them has its challenge, but its session may still be on its way to sleep.
    tokio::time::sleep(Duration::from_millis(20)).await;
    clients
}

/// A client that has been sent its challenge.
fn open(address: SocketAddr) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(address)?;
    let request = format!(
        "GET / HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(request.as_bytes())?;
    let mut read = Vec::new();
    let mut chunk = [0; 512];
    while !read.windows(6).any(|bytes| bytes == b"\"AUTH\"") {
        match stream.read(&mut chunk)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => read.extend_from_slice(&chunk[..count]),
        }
    }
    Ok(stream)
}
