use std::time::Instant;

use actix_web::web;
use deserr::Deserr;
use domain::use_cases::{Hexroom, JoinBy};
use domain::{Denial, Invalid};
use utoipa::ToSchema;

use super::{Answer, ok, room_id};
use crate::Api;
use crate::auth::Caller;
use crate::body::{self, JsonBody};
use crate::client_address::ClientAddress;
use crate::failure_log::log_failure;
use crate::field_errors::FieldErrors;
use crate::fields::{PresentedPassword, RoomId, Token};
use crate::limiter::Limiter;
use crate::shapes::{PriceShape, ReceiptShape};

/// Either `roomId` and `password`, or `invitationToken` alone.
#[derive(Deserr)]
#[deserr(error = FieldErrors, rename_all = camelCase, deny_unknown_fields)]
pub(crate) struct Join {
    #[deserr(default)]
    room_id: Option<RoomId>,
    #[deserr(default)]
    password: Option<PresentedPassword>,
    #[deserr(default)]
    invitation_token: Option<Token>,
}

/// Either `roomId` and `password`, or `invitationToken` alone.
#[derive(ToSchema)]
#[schema(as = Join)]
#[serde(untagged)]
#[expect(dead_code, reason = "it only describes `Join`")]
pub(crate) enum JoinShape {
    #[schema(rename_all = "camelCase")]
    ByPassword { room_id: RoomId, password: PresentedPassword },
    #[schema(rename_all = "camelCase")]
    ByInvitation { invitation_token: Token },
}

/// The way in that was named.
enum Credential {
    Password(RoomId, PresentedPassword),
    Invitation(Token),
}

impl Join {
    fn credential(self) -> Result<Credential, FieldErrors> {
        match self {
            Self { room_id: None, password: None, invitation_token: Some(token) } => {
                Ok(Credential::Invitation(token))
            }
            Self { invitation_token: Some(_), .. } => {
                let message = "An invitation's token stands alone, without room id and password.";
                Err(FieldErrors::of("invitationToken", Invalid::new("not_alone", message)))
            }
            Self { room_id, password, invitation_token: None } => {
                let needed = |field| move || FieldErrors::missing(field);
                body::both(room_id.ok_or_else(needed("roomId")), password.ok_or_else(needed("password")))
                    .map(|(room_id, password)| Credential::Password(room_id, password))
            }
        }
    }
}

/// Join a room
///
/// With its id and password, or with an invitation's token. A prime member joins free. A free
/// member's first room is free; each further one costs 150 coins. Asking again gives the same
/// receipt and charges nothing.
#[utoipa::path(
    post, path = "/api/joinroom", operation_id = "joinRoom", tag = "joining", request_body = JoinShape,
    responses((status = 200, description = "The seat is the caller's.", body = ReceiptShape))
)]
pub(crate) async fn join(
    api: web::Data<Api>,
    limits: web::Data<Limiter>,
    caller: Caller,
    client: ClientAddress,
    body: JsonBody,
) -> Answer {
    let (user_id, from) = (caller.user_id(), client.network());
    let receipt = match body.read::<Join>().await?.credential()? {
        Credential::Password(room_id, password) => {
            let room_id = room_id.known_or(Denial::RoomNotFound)?;
            let attempt = limits.guesses.room(room_id, &user_id, from, Instant::now())?;
            let join_by = JoinBy::Password { room_id, password: password.0 };
            let outcome = api.hexroom.join_room(user_id, join_by, from).await;
            if limits.guesses.settle(attempt, &outcome, Instant::now()) {
                tell_of_guesses(&api.hexroom, &limits, room_id).await;
            }
            outcome?
        }
        Credential::Invitation(token) => {
            let join_by = JoinBy::Invitation(token.0);
            api.hexroom.join_room(user_id, join_by, from).await?
        }
    };
    Ok(ok(&ReceiptShape::from(&receipt)))
}

/// Show what joining a room costs you
///
/// Whether you may join is only decided when you join. Where you sit already it costs nothing.
#[utoipa::path(
    get, path = "/api/chatrooms/{roomId}/price", operation_id = "showPrice", tag = "joining",
    params(("roomId" = RoomId, Path, description = "The room.")),
    responses((status = 200, description = "The price for the caller, now.", body = PriceShape))
)]
pub(crate) async fn price(api: web::Data<Api>, caller: Caller, path: web::Path<String>) -> Answer {
    let terms = api.hexroom.join_terms(&caller.account, room_id(&path)?).await?;
    Ok(ok(&PriceShape::from(terms)))
}

/// Tells the room's owner, if it is time to, that others guess at its password.
async fn tell_of_guesses(hexroom: &Hexroom, limits: &Limiter, room_id: domain::RoomId) {
    let Some(guesses) = limits.guesses.wrong_room_password(room_id, hexroom.clock.now()) else { return };
    if let Err(refusal) = hexroom.tell_of_guesses(room_id, guesses).await {
        log_failure(&refusal);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn refused(body: Value) -> Vec<(String, &'static str)> {
        let Value::Object(object) = body else { panic!("an object") };
        match body::accept::<Join>(object).and_then(Join::credential) {
            Ok(_) => Vec::new(),
            Err(errors) => errors.into_vec().into_iter().map(|error| (error.field, error.code)).collect(),
        }
    }

    #[test]
    fn either_way_in_is_accepted() {
        assert_eq!(refused(json!({"roomId": "r", "password": "open sesame"})), []);
        assert_eq!(refused(json!({"invitationToken": "t"})), []);
        assert_eq!(refused(json!({"invitationToken": "t", "roomId": null})), []);
    }

    #[test]
    fn both_ways_at_once_or_half_a_way_are_refused() {
        assert_eq!(
            refused(json!({})),
            [("roomId".to_owned(), "missing"), ("password".to_owned(), "missing")]
        );
        assert_eq!(refused(json!({"roomId": "r"})), [("password".to_owned(), "missing")]);
        assert_eq!(
            refused(json!({"roomId": "r", "password": "p", "invitationToken": "t"})),
            [("invitationToken".to_owned(), "not_alone")]
        );
    }
}
