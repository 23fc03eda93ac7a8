//! `relay serve`.

use std::io::{self, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{ArgMatches, Args};
use relay::config::{self, Settings, threads};
use relay::observe::Pages;
use relay::server::{self, Route, Server};
#[cfg(unix)]
use tokio::signal::unix::{SignalKind, signal};

use super::{Failure, Source, logs, open, options};

/// Serve clients.
#[derive(Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub source: Source,
    /// Print the settings that are in force as a commented settings file, and end
    #[arg(long)]
    print_config: bool,
    #[command(flatten)]
    settings: Settings,
}

impl Serve {
    pub(crate) fn run(self: Box<Self>, flags: &ArgMatches) -> Result<ExitCode, Failure> {
        if self.print_config {
            let file = config::commented(&config::command(), flags);
            io::stdout()
                .write_all(file.as_bytes())
                .map_err(|cause| Failure::output(&cause))?;
            return Ok(ExitCode::SUCCESS);
        }
        if self.settings.meter.count_heap {
            measuring::count_process();
        }
        logs(&self.settings.logs)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(threads(self.settings.workers.socket_threads))
            .thread_name("sockets")
            .enable_all()
            .build()
            .map_err(Failure::met)?;
        runtime.block_on(serve(self.settings))
    }
}

async fn serve(settings: Settings) -> Result<ExitCode, Failure> {
    // From here on a signal is a wish to end in good order, not the end.
    let asked = tokio::spawn(asked_to_end());
    let told = server::Settings::from(&settings);
    let mut options = options(&settings.storage);
    options.relay_urls.clone_from(&told.urls);
    let store = open(&settings.storage, options)?;
    let folder = &settings.storage.data;
    tracing::info!(folder = %folder.canonicalize().unwrap_or_else(|_| folder.clone()).display(), "data is kept here");

    let pages = Pages::new(&settings, &told);
    let route: Arc<Route> = Arc::new(move |request, relay| pages.answer(request, relay));
    let server = Server::start(told, store, route)
        .await
        .map_err(Failure::met)?;
    let address = reachable(server.local_addr());
    tracing::info!(clients = %format_args!("ws://{address}"), page = %format_args!("http://{address}"), "serving; Ctrl-C ends it");

    let signal = asked.await.unwrap_or("nobody listens for signals");
    tracing::info!(
        signal,
        "ending: events that are under way are answered first"
    );
    let ended = server.shutdown().await;
    tracing::info!(
        sessions = ended.finished,
        aborted = ended.aborted,
        panicked = ended.panicked,
        "ended"
    );
    Ok(match ended.panicked {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}

/// An address that a client on this machine can use.
fn reachable(listening: SocketAddr) -> SocketAddr {
    match listening.ip().is_unspecified() {
        true => SocketAddr::from((Ipv4Addr::LOCALHOST, listening.port())),
        false => listening,
    }
}

/// Waits until the program is asked to end, and says how.
async fn asked_to_end() -> &'static str {
    #[cfg(unix)]
    if let Ok(mut terminate) = signal(SignalKind::terminate()) {
        return tokio::select! {
            _ = tokio::signal::ctrl_c() => "interrupt",
            _ = terminate.recv() => "terminate",
        };
    }
    let _ = tokio::signal::ctrl_c().await;
    "interrupt"
}
