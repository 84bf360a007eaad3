use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::rt::{self, System};
use api_actix::{Api, Hub, RateLimits, Settings, TrustedProxies};
use domain::use_cases::Hexroom;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpSocket;
use tokio::time::{MissedTickBehavior, interval};

use crate::config::{Config, Metrics, StoreSettings};
use crate::failure::Failure;
use crate::indexer::{IndexedEvents, Indexer};
use crate::print::print_lines;
use crate::storage::{Hold, Storage};
use crate::{compose, logging, signals};

/// So many connections may wait to be accepted, for the moment after a restart when all come back.
const BACKLOG: u32 = 4096;

/// A peer that takes nothing for so long is dropped. The HTTP layer would wait for it without end, also
/// when a WebSocket has long been closed as too slow.
#[cfg(target_os = "linux")]
const TAKEN_WITHIN: Duration = Duration::from_secs(30);

/// How much the system holds of what a peer has not taken yet, in bytes; Linux doubles it for its own
/// books. Left to itself it would swallow megabytes for a peer that has stopped reading, and the server
/// would notice a minute later.
const SEND_BUFFER: u32 = 64 * 1024;

/// So many files are kept back for other things than connections, beside those to a database.
const KEPT_BACK: usize = 256;

/// How many files a process may usually have open.
const USUAL_FILES: u64 = 1024;

/// Spans that requests and commits take, in seconds; Prometheus counts what took no longer.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// Measurements are folded together so often, or they would pile up until the next scrape.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// How often it is written down which sessions were at work. They are shown to the minute.
const SESSIONS_NOTED_EVERY: Duration = Duration::from_secs(1);

/// How often sessions that came to their end by themselves are looked for.
const SESSIONS_REMOVED_EVERY: Duration = Duration::from_hours(1);

/// Serves until told to stop.
pub(crate) fn run(config: &Config) -> Result<(), Failure> {
    logging::start(config);
    System::new().block_on(serve(config))
}

async fn serve(config: &Config) -> Result<(), Failure> {
    let stop = signals::first_of_two().map_err(|error| Failure::because("signals cannot be heard", error))?;
    let most_connections = most_connections(&config.store, files_at_most());
    let listener = listen("LISTEN", config.listen)?;
    let metrics_listener = match config.metrics {
        Metrics::At(address) => Some(listen("METRICS_LISTEN", address)?),
        Metrics::AtApi | Metrics::Nowhere => None,
    };
    let storage = Storage::create(config)?;
    let hold = storage.hold().await?;
    let (api, indexer) = assemble(config, &storage, &hold, most_connections).await?;
    if config.jwt_secret_previous.is_some() {
        reseal_second_factors(&api.hexroom).await;
    }
    rt::spawn(remove_outlived_sessions(api.hexroom.clone()));
    let hexroom = api.hexroom.clone();
    rt::spawn(note_sessions(hexroom.clone()));
    let running = indexer.clone();
    let indexing = rt::spawn(async move { running.run().await });
    let store = api.store.clone();
    announce(config, &storage, &listener)?;
    let lost = hold.lost();
    let stop = async {
        tokio::select! {
            () = stop => {}
            () = lost => {}
        }
    };
    let served = api_actix::serve(api, listener, metrics_listener, stop).await;
    if let Err(error) = hexroom.write_last_seen().await {
        tracing::debug!(%error, "it is not written down which sessions were at work last");
    }
    indexer.stop();
    drop(indexing.await);
    indexer.finish().await;
    store.close().await;
    served.map_err(|error| Failure::because("the server failed", error))?;
    if hold.is_lost() {
        return Err(Failure::new(format!(
            "another server has taken over {storage}, and this one has stopped"
        )));
    }
    tracing::info!("stopped");
    Ok(())
}

async fn assemble(
    config: &Config,
    storage: &Storage,
    hold: &Hold,
    most_connections: usize,
) -> Result<(Api, Arc<Indexer>), Failure> {
    let stores = storage.open(Some(hold)).await?;
    let hub = Hub::new(stores.rooms.clone(), compose::clock());
    let indexer = Arc::new(Indexer::new(stores.search.clone()));
    let events = IndexedEvents { indexer: indexer.clone(), events: hub.clone() };
    let hexroom = compose::hexroom(config, storage, &stores, Arc::new(events))?;
    let settings = Settings {
        allowed_origins: config.allowed_origins.clone(),
        rate_limits: config.rate_limits,
        trusted_proxies: config.trusted_proxies.clone(),
        most_connections,
        metrics_on_api: config.metrics == Metrics::AtApi,
    };
    Ok((Api { hexroom, store: stores.store, hub, settings, metrics: measure()? }, indexer))
}

/// Encrypts again, under the current signing secret, what the previous one encrypted, so that the previous one can go.
async fn reseal_second_factors(hexroom: &Hexroom) {
    match hexroom.reseal_second_factors().await {
        Ok(accounts) => tracing::info!(
            accounts,
            "second factors are under the new JWT_SECRET; JWT_SECRET_PREVIOUS can be taken away in 15 minutes"
        ),
        Err(error) => {
            tracing::warn!(%error, "second factors are still under JWT_SECRET_PREVIOUS; leave it and start again");
        }
    }
}

/// Removes the sessions that have come to their end by themselves, now and then.
async fn remove_outlived_sessions(hexroom: Hexroom) {
    let mut due = interval(SESSIONS_REMOVED_EVERY);
    due.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        due.tick().await;
        match hexroom.end_outlived_sessions().await {
            Ok(0) => {}
            Ok(sessions) => tracing::info!(sessions, "removed sessions that were unused or too old"),
            Err(error) => tracing::warn!(%error, "sessions that are unused or too old are still there"),
        }
    }
}

/// Writes down which sessions were at work, again and again.
async fn note_sessions(hexroom: Hexroom) {
    let mut due = interval(SESSIONS_NOTED_EVERY);
    due.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        due.tick().await;
        if let Err(error) = hexroom.write_last_seen().await {
            tracing::debug!(%error, "it cannot be written down now which sessions were at work");
        }
    }
}

/// Collects what is measured, and keeps doing so in the background.
fn measure() -> Result<PrometheusHandle, Failure> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
        .and_then(PrometheusBuilder::install_recorder)
        .map_err(|error| Failure::because("nothing can be measured", error))?;
    let upkept = handle.clone();
    rt::spawn(async move {
        let mut due = interval(UPKEEP_EVERY);
        due.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            due.tick().await;
            upkept.run_upkeep();
        }
    });
    Ok(handle)
}

/// How many files may be open at once. Many systems give a process no more than 1,024 unless it asks for all
/// that it may have.
fn files_at_most() -> usize {
    let most = rlimit::increase_nofile_limit(u64::MAX).unwrap_or_else(|error| {
        tracing::warn!(%error, "the number of open files stays limited as it was");
        rlimit::getrlimit(rlimit::Resource::NOFILE).map_or(USUAL_FILES, |(soft, _)| soft)
    });
    usize::try_from(most).unwrap_or(usize::MAX)
}

/// Each connection takes a file descriptor. Some are kept back, that the store, the log and those who ask how
/// the server is find one however many are connected.
fn most_connections(store: &StoreSettings, files: usize) -> usize {
    let of_store = match store {
        StoreSettings::Embedded { .. } => 0,
        StoreSettings::Mysql(server) => server.connections,
    };
    files.saturating_sub(KEPT_BACK + of_store).max(files / 4)
}

fn listen(setting: &str, address: SocketAddr) -> Result<TcpListener, Failure> {
    let bind = || -> io::Result<TcpListener> {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        // Without it the address of a server that has just ended could not be taken for minutes.
        socket.set_reuseaddr(true)?;
        // Accepted connections inherit these. Where the system has no such option, they go without.
        socket.set_send_buffer_size(SEND_BUFFER)?;
        #[cfg(target_os = "linux")]
        socket2::SockRef::from(&socket).set_tcp_user_timeout(Some(TAKEN_WITHIN))?;
        socket.bind(address)?;
        socket.listen(BACKLOG)?.into_std()
    };
    bind().map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => Failure::new(format!(
            "{setting} {address} is in use by another program; stop that one, or choose another {setting}"
        )),
        _ => Failure::because(format!("{setting} {address} cannot be listened on"), error),
    })
}

/// Prints and logs where the server is.
fn announce(config: &Config, storage: &Storage, listener: &TcpListener) -> Result<(), Failure> {
    let address =
        listener.local_addr().map_err(|error| Failure::because("the server has no address", error))?;
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        %address,
        store = %storage,
        password_scheme = config.password_scheme.as_str(),
        "ready"
    );
    if config.rate_limits == RateLimits::Off {
        tracing::warn!(
            "RATE_LIMITS=off: nothing keeps anybody from guessing passwords; never serve people so"
        );
    }
    if config.is_open_to_others() && config.trusted_proxies == TrustedProxies::default() {
        tracing::warn!(
            "LISTEN is open to others, and this is plain HTTP: without a proxy that does TLS, named in \
             TRUSTED_PROXIES, passwords can be read on their way"
        );
    }
    print_lines(&format!("Hexroom is ready at http://{address}"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn not_all_files_are_for_connections() {
        let embedded = StoreSettings::Embedded { data_dir: "data".into(), patience: Duration::from_secs(1) };
        assert_eq!(most_connections(&embedded, 1_024), 768);
        assert_eq!(most_connections(&embedded, 100), 25);
        let mut server = infra_mysql::Settings::new("db.example", "hexroom", "chat");
        server.connections = 40;
        assert_eq!(most_connections(&StoreSettings::Mysql(server), 65_536), 65_536 - 256 - 40);
    }

    #[actix_web::test]
    async fn an_address_in_use_names_the_setting_that_chose_it() {
        let first = listen("LISTEN", "127.0.0.1:0".parse().expect("valid")).expect("there is a free port");
        let address = first.local_addr().expect("it is bound");
        let failure = listen("METRICS_LISTEN", address).expect_err("it is taken").to_string();
        assert!(failure.starts_with(&format!("METRICS_LISTEN {address} is in use")), "{failure}");
    }

    #[cfg(target_os = "linux")]
    #[actix_web::test]
    async fn an_accepted_connection_waits_neither_for_ever_nor_with_much_to_be_read() {
        let listener = listen("LISTEN", "127.0.0.1:0".parse().expect("valid")).expect("there is a free port");
        listener.set_nonblocking(false).expect("a flag");
        let _peer =
            std::net::TcpStream::connect(listener.local_addr().expect("it is bound")).expect("it listens");
        let (accepted, _) = listener.accept().expect("a peer");
        let accepted = socket2::SockRef::from(&accepted);
        assert_eq!(accepted.tcp_user_timeout().expect("an option"), Some(TAKEN_WITHIN));
        assert_eq!(accepted.send_buffer_size().expect("an option"), 2 * SEND_BUFFER as usize);
    }

    #[actix_web::test]
    async fn an_address_of_another_machine_names_the_setting_that_chose_it() {
        let elsewhere = "192.0.2.1:0".parse().expect("valid");
        let failure = listen("LISTEN", elsewhere).expect_err("it is not ours").to_string();
        assert_eq!(failure, "LISTEN 192.0.2.1:0 cannot be listened on");
    }
}
