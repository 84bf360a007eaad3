use actix_web::http::header::ContentType;
use actix_web::{HttpResponse, web};
use domain::Refusal;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Answer, ok};
use crate::failure_log;
use crate::problem::Problem;
use crate::refusal_code::Code;
use crate::stopping::Stopping;
use crate::{Api, problem_pages};

/// The API's description in JSON, made from what is registered.
pub(crate) struct ApiDescription(pub(crate) &'static str);

/// How the server is.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    #[schema(example = "ok")]
    status: &'static str,
}

/// Whether the process is alive
#[utoipa::path(
    get, path = "/healthz", operation_id = "alive", tag = "operations", security(()),
    responses((status = 200, description = "It is.", body = Health))
)]
pub(crate) async fn alive() -> HttpResponse {
    ok(&Health { status: "ok" })
}

/// Whether the server can do its work
///
/// The store takes reads and writes, and the server is not about to stop.
#[utoipa::path(
    get, path = "/readyz", operation_id = "ready", tag = "operations", security(()),
    responses((status = 200, description = "It can.", body = Health))
)]
pub(crate) async fn ready(api: web::Data<Api>, stopping: web::Data<Stopping>) -> Answer {
    if stopping.has_begun() {
        return Err(Problem::because(Code::Unavailable, "The server is about to stop."));
    }
    api.store.ping().await.map_err(|refusal| {
        failure_log::log_failure(&refusal);
        match refusal {
            Refusal::Denied(denial) => denial.into(),
            Refusal::Unavailable(_) | Refusal::Internal(_) => {
                Problem::because(Code::Unavailable, "The store takes no reads or no writes at present.")
            }
        }
    })?;
    Ok(ok(&Health { status: "ok" }))
}

/// What has been measured, for Prometheus
#[utoipa::path(
    get, path = "/metrics", operation_id = "metrics", tag = "operations", security(()),
    responses((status = 200, description = "Prometheus' text format.", body = String,
        content_type = "text/plain; version=0.0.4"))
)]
pub(crate) async fn metrics(api: web::Data<Api>) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(api.metrics.render())
}

/// This description
#[utoipa::path(
    get, path = "/api/openapi.json", operation_id = "openapi", tag = "operations", security(()),
    responses((status = 200, description = "OpenAPI 3.1.", body = serde_json::Value))
)]
pub(crate) async fn openapi(description: web::Data<ApiDescription>) -> HttpResponse {
    HttpResponse::Ok().content_type(ContentType::json()).body(description.0)
}

/// What a refusal's code means
#[utoipa::path(
    get, path = "/problems/{code}", operation_id = "explainProblem", tag = "operations", security(()),
    params(("code" = Code, Path, description = "The refusal's code.")),
    responses((status = 200, description = "A page that explains it.", body = String,
        content_type = "text/html"))
)]
pub(crate) async fn explain(path: web::Path<String>) -> Answer {
    let code = Code::all().into_iter().find(|code| code.as_str() == path.as_str());
    let code = code.ok_or_else(Problem::no_such_address)?;
    Ok(HttpResponse::Ok().content_type(ContentType::html()).body(problem_pages::page(code)))
}
