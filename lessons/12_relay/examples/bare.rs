//! The server without a command line: `bare PORT FOLDER`.

use std::sync::Arc;

use http_body_util::Full;
use hyper::Response;
use relay::server::{Server, Settings};
use relay::store::{Store, StoreOptions};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    let mut args = std::env::args().skip(1);
    let port: u16 = args.next().ok_or("port?")?.parse()?;
    let folder = args.next().ok_or("folder?")?;
    let workers = args.next().map_or(Ok(1), |text| text.parse())?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let store = Store::open(folder.as_ref(), StoreOptions::default())?;
        let mut settings = Settings::default();
        settings.listen.set_port(port);
        let route = Arc::new(|_: &hyper::Request<_>, relay: &relay::server::Relay| {
            Response::new(Full::from(format!("{:#?}\n", relay.stats)))
        });
        let server = Server::start(settings, store, route).await?;
        println!("{}", server.local_addr());
        tokio::signal::ctrl_c().await?;
        println!("{:?}", server.shutdown().await);
        Ok(())
    })
}
