//! How an endpoint is declared, and what is done for each of its calls without its handler's doing.

use actix_web::guard;
use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::web::{self, to};
use actix_web::{HttpResponse, Resource, Route};
use domain::DenialKind;

use crate::call_limit::CallLimit::{Account, CheapRead, Network, OpenSockets};
use crate::call_limit::{self, CallLimit};
use crate::problem::Problem;
use crate::refusal_code::Code;
use crate::{security_log, uncancelled};

/// A path and the calls that it takes.
pub(crate) struct Endpoint {
    pub(crate) path: &'static str,
    pub(crate) calls: Vec<Call>,
}

/// Denials in groups, so that groups may be shared.
type Refusals = &'static [&'static [DenialKind]];

/// A method at a path.
pub(crate) struct Call {
    pub(crate) method: Method,
    limit: CallLimit,
    refusals: Refusals,
    route: Route,
}

impl Call {
    /// What it may refuse: its rules' denials, and what follows from its limit.
    pub(crate) fn refusals(&self) -> impl Iterator<Item = Code> {
        let limited: &[Code] = match self.limit {
            CheapRead => &[],
            OpenSockets => &[Code::RateLimited, Code::OriginNotAllowed, Code::MalformedRequest],
            Network(_) | Account(_) => &[Code::RateLimited],
        };
        self.refusals.iter().copied().flatten().copied().map(Code::Denied).chain(limited.iter().copied())
    }
}

/// An endpoint that takes no calls yet.
pub(crate) fn at(path: &'static str) -> Endpoint {
    Endpoint { path, calls: Vec::new() }
}

impl Endpoint {
    /// Answers `HEAD` too: the same without the body.
    pub(crate) fn get(self, handler: Route, limit: CallLimit, refusals: Refusals) -> Self {
        self.call(Method::GET, handler.guard(guard::Any(guard::Get()).or(guard::Head())), limit, refusals)
    }

    /// The WebSocket, which answers no `HEAD`.
    pub(crate) fn socket(self, handler: Route, limit: CallLimit, refusals: Refusals) -> Self {
        self.call(Method::GET, handler.guard(guard::Get()), limit, refusals)
    }

    pub(crate) fn post(self, handler: Route, limit: CallLimit, refusals: Refusals) -> Self {
        self.call(Method::POST, handler.guard(guard::Post()), limit, refusals)
    }

    pub(crate) fn put(self, handler: Route, limit: CallLimit, refusals: Refusals) -> Self {
        self.call(Method::PUT, handler.guard(guard::Put()), limit, refusals)
    }

    pub(crate) fn patch(self, handler: Route, limit: CallLimit, refusals: Refusals) -> Self {
        self.call(Method::PATCH, handler.guard(guard::Patch()), limit, refusals)
    }

    pub(crate) fn delete(self, handler: Route, limit: CallLimit, refusals: Refusals) -> Self {
        self.call(Method::DELETE, handler.guard(guard::Delete()), limit, refusals)
    }

    /// A call that may change something is done and logged to its end once begun, whether its client waits or not.
    /// Which calls those are, HTTP says: all but those with a safe method.
    fn call(mut self, method: Method, route: Route, limit: CallLimit, refusals: Refusals) -> Self {
        let route = match limit {
            CheapRead | OpenSockets => route,
            Network(_) | Account(_) => {
                route.wrap(from_fn(move |request, next| call_limit::enforce(limit, request, next)))
            }
        };
        let route = route.wrap(from_fn(security_log::record));
        let route = if method.is_safe() { route } else { route.wrap(from_fn(uncancelled::run_handler)) };
        self.calls.push(Call { method, limit, refusals, route });
        self
    }

    /// The endpoint as actix knows it, where any other method is refused with those that work.
    pub(crate) fn into_resource(self) -> Resource {
        let allow: Vec<_> = self.calls.iter().map(|call| call.method.to_string()).collect();
        let allow = allow.join(", ");
        let refuse = move || {
            let refused = Problem::method_not_allowed(&allow);
            async move { Err::<HttpResponse, _>(refused) }
        };
        let resource = web::resource(self.path).default_service(to(refuse));
        self.calls.into_iter().fold(resource, |resource, call| resource.route(call.route))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use actix_web::App;
    use actix_web::test::{TestRequest, call_service, init_service};
    use futures_util::FutureExt;
    use tokio::sync::oneshot;

    use super::*;

    type Declare = fn(Endpoint, Route, CallLimit, Refusals) -> Endpoint;

    const CHANGING: [(Method, Declare); 4] = [
        (Method::POST, Endpoint::post),
        (Method::PUT, Endpoint::put),
        (Method::PATCH, Endpoint::patch),
        (Method::DELETE, Endpoint::delete),
    ];

    fn request(method: &Method) -> actix_http::Request {
        TestRequest::with_uri("/here").method(method.clone()).to_request()
    }

    #[actix_web::test]
    async fn a_client_that_goes_away_interrupts_no_call_that_may_change_something() {
        for (method, declare) in CHANGING {
            let (go_on, gate) = oneshot::channel::<()>();
            let (done, finished) = oneshot::channel::<()>();
            let ends = Rc::new(Cell::new(Some((gate, done))));
            let handler = to(move || {
                let ends = ends.take().expect("it is called once");
                async move {
                    ends.0.await.expect("the gate opens");
                    ends.1.send(()).expect("the test waits");
                    "done"
                }
            });
            let endpoint = declare(at("/here"), handler, CheapRead, &[]);
            let service = init_service(App::new().service(endpoint.into_resource())).await;
            let answer = call_service(&service, request(&method)).now_or_never();
            assert!(answer.is_none(), "{method} was answered before the gate was opened");
            go_on.send(()).expect("the handler goes on");
            finished.await.expect("the handler was run to its end");
        }
    }

    #[actix_web::test]
    async fn a_handler_that_panics_is_an_internal_failure() {
        async fn defect() -> HttpResponse {
            panic!("a defect")
        }
        for (method, declare) in CHANGING {
            let endpoint = declare(at("/here"), to(defect), CheapRead, &[]);
            let service = init_service(App::new().service(endpoint.into_resource())).await;
            let response = call_service(&service, request(&method)).await;
            assert_eq!(response.response().extensions().get::<Code>(), Some(&Code::Internal), "{method}");
        }
    }
}
