//! Listens, serves and stops.

use std::future::Future;
use std::io;
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_http::HttpService;
use actix_service::{ServiceFactoryExt, map_config};
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, Server, ServerHandle, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, rt, web};
use futures_util::future::{self, Either};

use crate::limits::Limits;
use crate::middleware::{access_log, cors, headers, request_id};
use crate::{Api, command_line, routes, security_log, socket};

/// Longer than the 60 s that proxies keep their own side open, so that they close first.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long a request's head may take.
const HEAD_WITHIN: Duration = Duration::from_secs(10);
/// How long a client may take to notice that it is done, or that its body is not wanted.
const GONE_WITHIN: Duration = Duration::from_secs(1);
/// How long running requests may take when the server stops.
const FINISH_WITHIN_SECONDS: u64 = 10;

/// Whether the server is about to stop; `/readyz` says so, that nobody sends more work.
#[derive(Default)]
pub(crate) struct Stopping(AtomicBool);

impl Stopping {
    /// Whether it is.
    pub(crate) fn has_begun(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Serves the API until `stop` resolves, then says goodbye to every socket and stops gracefully.
///
/// With a listener of its own, `/metrics` is answered there; whether the API answers it too, the
/// settings say.
pub async fn serve(
    api: Api,
    listener: TcpListener,
    metrics_listener: Option<TcpListener>,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    serve_shared(web::Data::new(api), listener, metrics_listener, stop).await
}

pub(crate) async fn serve_shared(
    api: web::Data<Api>,
    listener: TcpListener,
    metrics_listener: Option<TcpListener>,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let stopping = web::Data::new(Stopping::default());
    let mut servers = vec![api_server(&api, &stopping, listener)?];
    if let Some(listener) = metrics_listener {
        servers.push(metrics_server(&api, listener)?);
    }
    rt::spawn(api.hub.clone().keep_time());
    rt::spawn(command_line::follow(api.hexroom.clone(), api.hub.clone()));
    let handles: Vec<ServerHandle> = servers.iter().map(Server::handle).collect();

    let serving = future::try_join_all(servers);
    let stop = std::pin::pin!(stop);
    let serving = match future::select(serving, stop).await {
        Either::Left((ended, _)) => return ended.map(drop),
        Either::Right(((), serving)) => serving,
    };
    let goodbye = async {
        stopping.begin();
        api.hub.shutdown().await;
        future::join_all(handles.iter().map(|handle| handle.stop(true))).await;
    };
    let (ended, ()) = future::join(serving, goodbye).await;
    ended.map(drop)
}

fn api_server(
    api: &web::Data<Api>,
    stopping: &web::Data<Stopping>,
    listener: TcpListener,
) -> io::Result<Server> {
    let (api, stopping) = (api.clone(), stopping.clone());
    let limits = web::Data::new(Limits::new(&api.settings.rate_limits));
    let server = Server::build().disable_signals().shutdown_timeout(FINISH_WITHIN_SECONDS);
    let draining = server.graceful_shutdown_signal();
    // `HttpServer` does the same, but has no place for an upgrade.
    let server = server.listen("api", listener, move || {
        let app = || {
            let app = app(api.clone(), limits.clone(), stopping.clone());
            map_config(app, |()| AppConfig::default())
        };
        let draining = draining.clone();
        HttpService::build()
            .graceful_shutdown_signal(move || {
                let draining = draining.clone();
                async move { draining.notified().await }
            })
            .tcp_nodelay(true)
            .keep_alive(KEEP_ALIVE)
            .client_request_timeout(HEAD_WITHIN)
            .client_disconnect_timeout(GONE_WITHIN)
            .upgrade(socket::upgrade(app()))
            .finish(app().map_err(|error| error.error_response()))
            .tcp()
    })?;
    Ok(server.run())
}

/// The API with all that surrounds it; what comes last here meets a request first.
pub(crate) fn app(
    api: web::Data<Api>,
    limits: web::Data<Limits>,
    stopping: web::Data<Stopping>,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    let metrics_on_api = api.settings.metrics_on_api;
    App::new()
        .app_data(api)
        .app_data(limits)
        .app_data(stopping)
        .configure(|app| routes::configure(app, metrics_on_api))
        .wrap(from_fn(security_log::record))
        .wrap(from_fn(cors::share))
        .wrap(from_fn(headers::protect))
        .wrap(from_fn(access_log::record))
        .wrap(from_fn(request_id::identify))
}

fn metrics_server(api: &web::Data<Api>, listener: TcpListener) -> io::Result<Server> {
    let api = api.clone();
    let app = move || {
        App::new()
            .app_data(api.clone())
            .configure(routes::configure_metrics)
            .wrap(from_fn(headers::protect))
            .wrap(from_fn(request_id::identify))
    };
    let server = HttpServer::new(app).workers(1).disable_signals().client_request_timeout(HEAD_WITHIN);
    Ok(server.listen(listener)?.run())
}
