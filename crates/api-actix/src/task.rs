//! Work that a vanished client cannot interrupt.

use std::future::Future;

use actix_web::ResponseError;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::rt::spawn;
use domain::Refusal;
use tracing::Instrument;

use crate::problem::Problem;
use crate::request_id;

/// Runs a use case as a task of its own and awaits its outcome.
///
/// A connection's future is dropped when its client resets it. The task goes on, so that nobody's
/// vanishing falls between a commit and its publishing.
pub(crate) async fn run<T: 'static>(
    use_case: impl Future<Output = Result<T, Refusal>> + 'static,
) -> Result<T, Refusal> {
    match spawn(use_case.in_current_span()).await {
        Ok(outcome) => outcome,
        Err(panicked) => Err(Refusal::Internal(Box::new(panicked))),
    }
}

/// Does the same for a handler as a whole, with what it reads of the request and all that it does.
pub(crate) async fn run_handler<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> actix_web::Result<ServiceResponse<EitherBody<B>>> {
    let http_request = request.request().clone();
    let handler = request_id::carry(next.call(request)).in_current_span();
    match spawn(handler).await {
        Ok(response) => Ok(response?.map_into_left_body()),
        Err(panicked) => {
            let response = Problem::from(Refusal::Internal(Box::new(panicked))).error_response();
            Ok(ServiceResponse::new(http_request, response).map_into_right_body())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::pin::pin;
    use std::task::Poll;

    use futures_util::FutureExt;
    use tokio::sync::oneshot;

    use super::*;

    #[actix_web::test]
    async fn a_vanished_caller_does_not_interrupt_the_work() {
        let (go_on, gate) = oneshot::channel::<()>();
        let (done, finished) = oneshot::channel::<()>();
        let work = async move {
            gate.await.expect("the gate opens");
            done.send(()).expect("somebody waits");
            Ok(())
        };
        {
            let mut call = pin!(run(work));
            poll_fn(|context| {
                assert!(call.poll_unpin(context).is_pending());
                Poll::Ready(())
            })
            .await;
        }
        go_on.send(()).expect("the work still waits");
        finished.await.expect("the work was finished");
    }

    #[actix_web::test]
    async fn work_that_panics_is_an_internal_failure() {
        let outcome = run::<()>(async { panic!("a defect") }).await;
        assert!(matches!(outcome, Err(Refusal::Internal(_))));
    }
}
