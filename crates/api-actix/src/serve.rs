//! Listens, serves and stops.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::TcpListener;
use std::num::NonZero;
use std::thread;
use std::time::Duration;

use actix_http::body::BoxBody;
use actix_http::h1::{ExpectHandler, UpgradeHandler};
use actix_http::{HttpServiceBuilder, KeepAlive, Request, Response};
use actix_service::{Service, ServiceFactoryExt, map_config};
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, Server, ServerHandle, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::{App, rt, web};
use futures_util::future::{self, Either};

use crate::handlers::operations::ApiDescription;
use crate::limiter::Limiter;
use crate::listener::{self, Connections, Guarded, Patience, admit, most_of_a_worker};
use crate::middleware::{access_log, cors, headers, identify};
use crate::stopping::Stopping;
use crate::{Api, command_line_record, openapi, routes, socket};

/// How long a client may take to notice that it is done, or that its body is not wanted.
const GONE_WITHIN: Duration = Duration::from_secs(1);
/// How many may look at the metrics at once.
const MOST_SCRAPERS: usize = 16;
/// How long running requests may take when the server stops.
const FINISH_WITHIN_SECONDS: u64 = 10;

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
    serve_shared(web::Data::new(api), listener, metrics_listener, Patience::default(), stop).await
}

pub(crate) async fn serve_shared(
    api: web::Data<Api>,
    listener: TcpListener,
    metrics_listener: Option<TcpListener>,
    patience: Patience,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let stopping = web::Data::new(Stopping::default());
    let mut servers = vec![api_server(&api, &stopping, patience, listener)?];
    if let Some(listener) = metrics_listener {
        servers.push(metrics_server(&api, patience, listener)?);
    }
    rt::spawn(api.hub.clone().keep_time());
    rt::spawn(command_line_record::follow(api.hexroom.clone(), api.hub.clone()));
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
    patience: Patience,
    listener: TcpListener,
) -> io::Result<Server> {
    let settings = &api.settings;
    let limits = web::Data::new(Limiter::new(&settings.rate_limits));
    let connections = Connections::new("api", settings.most_connections, limits.connections_per_network());
    let workers = thread::available_parallelism().map_or(2, NonZero::get);
    let server = Server::build()
        .disable_signals()
        .shutdown_timeout(FINISH_WITHIN_SECONDS)
        .workers(workers)
        .max_concurrent_connections(most_of_a_worker(settings.most_connections, workers));
    let draining = server.graceful_shutdown_signal();
    let (api, stopping) = (api.clone(), stopping.clone());
    // `HttpServer` does the same, but has no place for an upgrade.
    let server = server.listen("api", listener, move || {
        let app = || {
            let app = app(api.clone(), limits.clone(), stopping.clone());
            map_config(app, |()| AppConfig::default())
        };
        let draining = draining.clone();
        let http = http()
            .graceful_shutdown_signal(move || {
                let draining = draining.clone();
                async move { draining.notified().await }
            })
            .upgrade(socket::upgrade(app()))
            .finish(app().map_err(|error| error.error_response()));
        admit(connections.clone(), api.settings.trusted_proxies.clone(), patience).and_then(http)
    })?;
    Ok(server.run())
}

/// HTTP on guarded connections. The guard has patience in place of `actix-http`, whose timer for heads is
/// for the first one only.
fn http<S>() -> HttpServiceBuilder<Guarded, S, ExpectHandler, UpgradeHandler>
where
    S: ServiceFactory<Request, Config = ()>,
    S::Error: Into<Response<BoxBody>> + 'static,
    S::InitError: fmt::Debug,
    <S::Service as Service<Request>>::Future: 'static,
{
    HttpServiceBuilder::default()
        .keep_alive(KeepAlive::Os)
        .client_request_timeout(Duration::ZERO)
        .client_disconnect_timeout(GONE_WITHIN)
        .on_connect_ext(|connection: &Guarded, data| {
            data.insert(connection.exchange());
        })
}

/// The API with all that surrounds it; what comes last here meets a request first.
pub(crate) fn app(
    api: web::Data<Api>,
    limits: web::Data<Limiter>,
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
        .app_data(web::Data::new(ApiDescription(openapi::served_json())))
        .configure(|app| routes::configure(app, metrics_on_api))
        .wrap(from_fn(cors::share))
        .wrap(from_fn(listener::attend))
        .wrap(from_fn(headers::protect))
        .wrap(from_fn(access_log::record))
        .wrap(from_fn(identify::identify))
}

fn metrics_server(api: &web::Data<Api>, patience: Patience, listener: TcpListener) -> io::Result<Server> {
    let api = api.clone();
    let connections = Connections::new("metrics", MOST_SCRAPERS, MOST_SCRAPERS);
    let server = Server::build()
        .disable_signals()
        .shutdown_timeout(FINISH_WITHIN_SECONDS)
        .workers(1)
        .max_concurrent_connections(most_of_a_worker(MOST_SCRAPERS, 1));
    let draining = server.graceful_shutdown_signal();
    let server = server.listen("metrics", listener, move || {
        let app = App::new()
            .app_data(api.clone())
            .configure(routes::configure_metrics)
            .wrap(from_fn(listener::attend))
            .wrap(from_fn(headers::protect))
            .wrap(from_fn(identify::identify));
        let app = map_config(app, |()| AppConfig::default());
        let draining = draining.clone();
        let http = http()
            .graceful_shutdown_signal(move || {
                let draining = draining.clone();
                async move { draining.notified().await }
            })
            .finish(app.map_err(|error| error.error_response()));
        admit(connections.clone(), api.settings.trusted_proxies.clone(), patience).and_then(http)
    })?;
    Ok(server.run())
}
