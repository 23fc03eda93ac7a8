//! From a socket to a session: HTTP until the client asks for a WebSocket.
//!
//! All of HTTP is in one box, which is gone when the session begins.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::{Arc, OnceLock};

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper::{Request, Response, StatusCode, header};
use hyper_util::rt::{TokioIo, TokioTimer};
use leak_avoidance::CancellationToken;
use tokio::net::TcpStream;
use tungstenite::handshake::server::create_response_with_body;

use super::auth::Auth;
use super::connection::{Connection, lock};
use super::line::Line;
use super::session::Session;
use super::{Relay, address};

/// Answers an HTTP request that doesn't ask for a WebSocket.
pub type Route = dyn Fn(&Request<Incoming>, &Relay) -> Response<Full<Bytes>> + Send + Sync;

/// Serves one client from its first byte to its last.
pub(super) async fn open(
    stream: TcpStream,
    relay: Arc<Relay>,
    route: Arc<Route>,
    stop: CancellationToken,
    full: bool,
) {
    let counted = relay.clone();
    counted.stats.connections.add(1);
    let _uncount = Finally(move || counted.stats.connections.sub(1));
    // Answers are small and waited for.
    let _ = stream.set_nodelay(true);
    let http = Box::pin(http(stream, relay.clone(), route, full));
    // In HTTP there is nothing to finish at a shutdown.
    let upgraded = tokio::select! {
        upgraded = http => upgraded,
        () = stop.cancelled_owned() => None,
    };
    if let Some((stream, first, host)) = upgraded {
        Box::pin(serve(stream, first, &host, relay)).await;
    }
}

async fn serve(stream: TcpStream, first: Bytes, host: &str, relay: Arc<Relay>) {
    let auth = match Auth::new(host) {
        Ok(auth) => auth,
        Err(error) => {
            return tracing::error!(%error, "the system gives no random bytes for a challenge");
        }
    };
    let connection = Connection::new(
        Line::new(stream),
        relay.outbox_budget(),
        auth,
        relay.round(),
    );
    lock(&relay.connections).insert(address(&connection.outbox), connection.clone());
    let (known, client) = (relay.clone(), connection.clone());
    let _forget = Finally(move || {
        lock(&known.connections).remove(&address(&client.outbox));
        known.live.forget(&client.outbox);
        known.desks.leave(&client);
    });
    Session::new(relay, connection).run(first).await;
}

/// What is done at the end, also where a session is aborted.
struct Finally<F: FnMut()>(F);

impl<F: FnMut()> Drop for Finally<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// HTTP until the client has upgraded: the socket, what was read beyond the request, and the host that it named.
async fn http(
    stream: TcpStream,
    relay: Arc<Relay>,
    route: Arc<Route>,
    full: bool,
) -> Option<(TcpStream, Bytes, Box<str>)> {
    let handshake = relay.settings.limits.handshake;
    let door = Door {
        relay,
        route,
        full,
        host: OnceLock::new(),
    };
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(handshake)
        .max_buf_size(16 << 10)
        .serve_connection(TokioIo::new(stream), door)
        .without_shutdown()
        .await
        .ok()?;
    let host = served.service.host.into_inner()?;
    Some((served.io.into_inner(), served.read_buf, host))
}

struct Door {
    relay: Arc<Relay>,
    route: Arc<Route>,
    full: bool,
    /// Set when the client has asked for a WebSocket.
    host: OnceLock<Box<str>>,
}

impl Service<Request<Incoming>> for Door {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        ready(Ok(self.answer(&request)))
    }
}

impl Door {
    fn answer(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        if !request.headers().contains_key(header::UPGRADE) {
            return (self.route)(request, &self.relay);
        }
        if self.full {
            self.relay.stats.turned_away.add(1);
            return refusal(
                StatusCode::SERVICE_UNAVAILABLE,
                "This relay has as many connections as it allows.\n",
            );
        }
        match create_response_with_body(request, Full::default) {
            Ok(response) => {
                let host = request.headers().get(header::HOST);
                let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
                let _ = self.host.set(host.into());
                response
            }
            Err(error) => refusal(StatusCode::BAD_REQUEST, format!("No WebSocket: {error}.\n")),
        }
    }
}

fn refusal(status: StatusCode, text: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(text.into()));
    *response.status_mut() = status;
    response
}
