use actix_web::web;

use super::{Answer, ok, user_id};
use crate::Api;
use crate::auth::Caller;
use crate::fields::UserId;
use crate::shapes::ProfileShape;

/// Show somebody's profile
#[utoipa::path(
    get, path = "/api/profile/{userId}", operation_id = "showProfile", tag = "people",
    params(("userId" = UserId, Path, description = "The account.")),
    responses((status = 200, description = "What anybody signed in may see of it.", body = ProfileShape))
)]
pub(crate) async fn show(api: web::Data<Api>, caller: Caller, path: web::Path<String>) -> Answer {
    let profile = api.hexroom.profile(user_id(&path)?, caller.user_id()).await?;
    Ok(ok(&ProfileShape::new(&profile, api.hexroom.clock.now())))
}
