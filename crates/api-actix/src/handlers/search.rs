use actix_web::{HttpRequest, web};

use super::{Answer, ok};
use crate::Api;
use crate::auth::Caller;
use crate::paging::{FoundPosition, list};
use crate::query::{self, SearchParameters};
use crate::shapes::{FoundShape, ListShape};

/// Find messages
///
/// Those that have all the words of `q`, the newest first; the last word may be the beginning of one. Case, accents, width
/// and compatibility forms of letters do not matter. In scripts without blanks any two neighbouring characters or more are
/// found. What was posted or edited is found two seconds later at the latest.
#[utoipa::path(
    get, path = "/api/search", operation_id = "search", tag = "messages",
    params(SearchParameters),
    responses((status = 200, description = "A page of the messages found.", body = ListShape<FoundShape>))
)]
pub(crate) async fn search(api: web::Data<Api>, caller: Caller, request: HttpRequest) -> Answer {
    let request = query::read::<SearchParameters>(&request)?.request()?;
    let page = api.hexroom.search.search(caller.user_id(), request).await?;
    Ok(ok(&list(&page, |found| FoundPosition(found.place()), |found| FoundShape::from(found))))
}
