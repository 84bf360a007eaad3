//! Work that a vanished client cannot interrupt.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_web::ResponseError;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::rt::spawn;
use domain::Refusal;
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
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

/// Runs a handler to its end, with what it reads of the request and all that it does.
///
/// It stays with its connection as long as there is one, whose reader tells it of a body that breaks off.
pub(crate) async fn run_handler<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> actix_web::Result<ServiceResponse<EitherBody<B>>> {
    let http_request = request.request().clone();
    let handler = request_id::carry(next.call(request)).in_current_span();
    let work = AssertUnwindSafe(handler).catch_unwind().boxed_local();
    if let Ok(response) = ToTheEnd(Some(work)).await {
        return Ok(response?.map_into_left_body());
    }
    let response = Problem::from(Refusal::Internal("a handler panicked".into())).error_response();
    Ok(ServiceResponse::new(http_request, response).map_into_right_body())
}

/// Work that goes on as a task of its own when what awaits it is dropped.
struct ToTheEnd<T: 'static>(Option<LocalBoxFuture<'static, T>>);

impl<T: 'static> Future for ToTheEnd<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let work = self.0.as_mut().expect("it is not polled after its end");
        let outcome = ready!(work.poll_unpin(context));
        self.0 = None;
        Poll::Ready(outcome)
    }
}

impl<T: 'static> Drop for ToTheEnd<T> {
    fn drop(&mut self) {
        if let Some(work) = self.0.take() {
            spawn(work);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::pin::pin;
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
