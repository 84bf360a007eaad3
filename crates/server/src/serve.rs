use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_web::rt::{self, System};
use api_actix::{Api, Hub, RateLimits, Settings};
use domain::use_cases::Hexroom;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpSocket;
use tokio::time::{MissedTickBehavior, interval};

use crate::config::Config;
use crate::failure::Failure;
use crate::say::say;
use crate::storage::Storage;
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

/// Spans that requests and commits take, in seconds; Prometheus counts what took no longer.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// Measurements are folded together so often, or they would pile up until the next scrape.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// How often sessions that came to their end by themselves are looked for.
const SESSIONS_REMOVED_EVERY: Duration = Duration::from_hours(1);

/// Serves until told to stop.
pub(crate) fn run(config: &Config) -> Result<(), Failure> {
    logging::start(config);
    System::new().block_on(serve(config))
}

async fn serve(config: &Config) -> Result<(), Failure> {
    let stop = signals::first_of_two().map_err(|error| Failure::because("signals cannot be heard", error))?;
    allow_many_connections();
    let listener = listen("LISTEN", config.listen)?;
    let metrics_listener =
        config.metrics_listen.map(|address| listen("METRICS_LISTEN", address)).transpose()?;
    let storage = Storage::create(config)?;
    let _lock = storage.lock()?;
    let api = assemble(config, &storage).await?;
    if config.jwt_secret_previous.is_some() {
        reseal_second_factors(&api.hexroom).await;
    }
    rt::spawn(remove_outlived_sessions(api.hexroom.clone()));
    let store = api.store.clone();
    announce(config, &storage, &listener)?;
    let served = api_actix::serve(api, listener, metrics_listener, stop).await;
    store.close().await;
    served.map_err(|error| Failure::because("the server failed", error))?;
    tracing::info!("stopped");
    Ok(())
}

async fn assemble(config: &Config, storage: &Storage) -> Result<Api, Failure> {
    let stores = storage.open().await?;
    let hub = Hub::new(stores.rooms.clone(), compose::clock());
    let hexroom = compose::hexroom(config, storage, &stores, hub.clone())?;
    let settings = Settings {
        allowed_origins: config.allowed_origins.clone(),
        rate_limits: config.rate_limits,
        trusted_proxies: config.trusted_proxies.clone(),
        metrics_on_api: config.metrics_listen.is_none(),
    };
    Ok(Api { hexroom, store: stores.store, hub, settings, metrics: measure()? })
}

/// Encrypts anew what the signing secret before has encrypted, so that it can be forgotten.
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

/// Each connection takes a file descriptor, and many systems give a process no more than 1,024 unless
/// it asks for all that it may have.
fn allow_many_connections() {
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::warn!(%error, "the number of open files stays limited as it was");
    }
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

/// Says where the server is, to whoever started it and to the log.
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
    say(&format!("Hexroom is ready at http://{address}"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

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
