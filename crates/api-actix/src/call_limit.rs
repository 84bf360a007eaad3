//! Which allowance binds a call, and the one place where it is enforced.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, ResponseError, web};

use crate::auth::Caller;
use crate::client_address::ClientAddress;
use crate::counted_calls::CountedCalls;
use crate::limiter::Limiter;
use crate::problem::Problem;

/// How often a call may be made, and by whom that is counted. Each call is declared with one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CallLimit {
    /// As often as anybody likes: a read that costs little, of nothing that is worth searching through.
    CheapRead,
    /// By how many are open at once, which the call itself counts.
    OpenSockets,
    /// By the network that calls.
    Network(CountedCalls),
    /// By the account that calls.
    Account(CountedCalls),
}

/// Passes a call on if its limit allows. A call that is counted by account learns here who calls.
pub(crate) async fn enforce<B: MessageBody>(
    limit: CallLimit,
    mut request: ServiceRequest,
    next: Next<B>,
) -> actix_web::Result<ServiceResponse<EitherBody<B>>> {
    match admit(limit, &mut request).await {
        Ok(()) => Ok(next.call(request).await?.map_into_left_body()),
        Err(problem) => Ok(request.into_response(problem.error_response()).map_into_right_body()),
    }
}

async fn admit(limit: CallLimit, request: &mut ServiceRequest) -> Result<(), Problem> {
    let limits = request.app_data::<web::Data<Limiter>>().cloned();
    match (limit, limits) {
        (CallLimit::Network(calls), Some(limits)) => {
            limits.call_from(calls, ClientAddress::of(request.request()).network())?;
        }
        (CallLimit::Account(calls), Some(limits)) => {
            let caller = request.extract::<Caller>().await?;
            limits.call_by(calls, &caller.account.user_id)?;
            request.extensions_mut().insert(caller);
        }
        (CallLimit::CheapRead | CallLimit::OpenSockets, _) | (_, None) => {}
    }
    Ok(())
}
