//! Where the relay's heap goes while it is under load, in the format of dhat's viewer.
//!
//! `cargo run --release -p relay --example profile -- [--events 5000]` serves on a free port of this machine, with a new
//! database, starts itself once more as the load, and writes `target/relay.dhat.json`. Open it in dhat's viewer:
//! `dh_view.html` of valgrind, or <https://nnethercote.github.io/dh_view/dh_view.html>. With `--features yours` it is
//! the relay made of your parts. What the arguments may be, `--help` says: they are the load's.

#![forbid(unsafe_code)]

#[path = "load/main.rs"]
#[allow(dead_code)]
mod load;

use std::env;
use std::error::Error;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, ExitCode, ExitStatus};
use std::sync::Arc;

use clap::Parser;
use http_body_util::Full;
use hyper::Response;
use relay::server::{Server, Settings};
use relay::store::{Store, StoreOptions};

// The load is a process of its own, in which nobody profiles: what it allocates isn't the relay's.
#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

/// The first argument of the process that is the load.
const LOAD: &str = "--as-load";

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<OsString> = env::args_os().collect();
    if arguments.get(1).is_some_and(|it| it == LOAD) {
        let load = load::Load::parse_from(arguments.into_iter().filter(|it| it != LOAD));
        return Ok(load::run(&load));
    }
    // Wrong arguments end it before it begins.
    let _ = load::Load::parse_from(&arguments);
    let file = file();
    let profiler = dhat::Profiler::builder()
        .file_name(&file)
        .trim_backtraces(Some(16))
        .build();
    let status = serve(|url| {
        let mut load = Command::new(env::current_exe()?);
        load.arg(LOAD).args(&arguments[1..]);
        load.args(["--url", url]).status()
    })?;
    drop(profiler);
    println!("the profile is in {}", file.display());
    Ok(match status.success() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

/// In the target folder, which holds this program in `release/examples`.
fn file() -> PathBuf {
    let program = env::current_exe().unwrap_or_default();
    let target = program
        .ancestors()
        .nth(3)
        .map_or("target".into(), PathBuf::from);
    target.join("relay.dhat.json")
}

/// Serves as the relay does where it is told nothing, while the load runs.
fn serve(
    load: impl FnOnce(&str) -> std::io::Result<ExitStatus>,
) -> Result<ExitStatus, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let store = Store::open(folder.path(), StoreOptions::default())?;
    let mut settings = Settings::default();
    settings.listen.set_port(0);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let route = Arc::new(|_: &hyper::Request<_>, _: &_| Response::new(Full::default()));
    let server = runtime.block_on(Server::start(settings, store, route))?;
    let status = load(&format!("ws://{}", server.local_addr()));
    let _ = runtime.block_on(server.shutdown());
    Ok(status?)
}
