//! The description of the API, made from the code that answers.

mod refusals;

use std::sync::LazyLock;

use utoipa::openapi::path::{HttpMethod, Operation, OperationBuilder, PathItem};
use utoipa::openapi::schema::{AdditionalProperties, Schema};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{RefOr, Response};
use utoipa::{Modify, OpenApi};

use self::refusals::Refusals;
use crate::handlers::{
    accounts, admin, friends, invitations, joining, members, messages, operations, operators, profiles,
    rooms, search, second_factor, sessions,
};
use crate::problem::ProblemShape;
use crate::refusal_code::Code;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Hexroom",
        description = "Chat rooms with six seats.\n\nEvery refusal is `application/problem+json` (RFC 9457); \
            branch on its `code`, which never changes. `GET /problems/{code}` explains each.\n\n\
            Lists answer `{items, nextCursor?}`; `?cursor=` continues them.",
        license(name = "MIT OR Apache-2.0"),
    ),
    paths(
        accounts::register, accounts::show, accounts::revise, accounts::erase, accounts::change_password,
        accounts::transfers,
        second_factor::offer, second_factor::confirm, second_factor::lift,
        sessions::login, sessions::refresh, sessions::logout, sessions::list, sessions::end,
        rooms::create, rooms::list, rooms::show, rooms::revise, rooms::close, rooms::leave, rooms::mark_read,
        members::remove, members::list_bans, members::ban, members::lift_ban,
        invitations::invite, invitations::list, invitations::revoke,
        joining::join,
        joining::price,
        messages::post, messages::history, messages::show, messages::edit, messages::delete,
        messages::add_reaction, messages::remove_reaction,
        search::search,
        profiles::show,
        friends::request, friends::list_requests, friends::accept, friends::decline, friends::cancel,
        friends::list, friends::unfriend, friends::list_blocked, friends::block, friends::unblock,
        admin::grant_prime, admin::withdraw_prime, admin::grant_coins,
        operators::list_accounts, operators::suspend, operators::readmit, operators::end_sessions,
        operators::make_password_link, operators::close_room, operators::record, operators::use_password_link,
        operations::alive, operations::ready, operations::metrics, operations::openapi, operations::explain,
    ),
    components(schemas(ProblemShape, Code)),
    tags(
        (name = "accounts", description = "Your account."),
        (name = "sessions", description = "Signing in and out, one session for each device."),
        (name = "rooms", description = "Rooms, and who sits in them."),
        (name = "invitations", description = "Tokens with which one prime member may join once."),
        (name = "joining", description = "Taking a seat."),
        (name = "messages", description = "What members write."),
        (name = "people", description = "Profiles, friends and blocks."),
        (name = "admin", description = "For admins."),
        (name = "operations", description = "For operators."),
    ),
    security(("bearer" = [])),
    modifiers(&Bearer, &Socket, &Bodies, &Refusals),
)]
struct Description;

static JSON: LazyLock<String> = LazyLock::new(|| Description::openapi().to_pretty_json().unwrap_or_default());

/// The API's description as `OpenAPI` 3.1 in JSON.
pub fn openapi_json() -> String {
    JSON.clone()
}

/// The same, made once for all requests.
pub(crate) fn served_json() -> &'static str {
    &JSON
}

/// How callers prove who they are.
struct Bearer;

impl Modify for Bearer {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .description(Some("The access token of `/api/login` or `/api/register`."))
            .build();
        let components = description.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}

/// The WebSocket, of which `OpenAPI` can only say where it is.
struct Socket;

impl Modify for Socket {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        let switched = Response::new("It speaks `hexroom.v1` from now on.");
        let operation = OperationBuilder::new()
            .operation_id(Some("connect"))
            .tag("messages")
            .summary(Some("Open the WebSocket"))
            .description(Some(
                "Subprotocol `hexroom.v1`. The first frame is `hello` with the access token; a token is never \
                 in the URL. A browser's `Origin` must be allowed.",
            ))
            .security(utoipa::openapi::security::SecurityRequirement::default())
            .response("101", switched)
            .build();
        description.paths.add_path_operation("/api/ws", vec![HttpMethod::Get], operation);
    }
}

/// What a body may hold: the fields that are described, and no others.
struct Bodies;

impl Modify for Bodies {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        let paths = &description.paths.paths;
        let bodies: Vec<String> = paths.values().flat_map(operations).filter_map(body_schema).collect();
        let schemas = &mut description.components.get_or_insert_default().schemas;
        for name in bodies {
            if let Some(RefOr::T(schema)) = schemas.get_mut(&name) {
                forbid_other_fields(schema);
            }
        }
    }
}

fn operations(item: &PathItem) -> impl Iterator<Item = &Operation> {
    [&item.get, &item.post, &item.put, &item.patch, &item.delete].into_iter().flatten()
}

/// The name of the schema that describes a call's body.
fn body_schema(operation: &Operation) -> Option<String> {
    let RefOr::T(body) = operation.request_body.as_ref()? else { return None };
    let RefOr::T(content) = body.content.get("application/json")? else { return None };
    match content.schema.as_ref()? {
        RefOr::Ref(reference) => reference.ref_location.rsplit('/').next().map(str::to_owned),
        RefOr::T(_) => None,
    }
}

fn forbid_other_fields(schema: &mut Schema) {
    match schema {
        Schema::Object(object) => {
            object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
        }
        Schema::OneOf(either) => {
            for item in &mut either.items {
                if let RefOr::T(schema) = item {
                    forbid_other_fields(schema);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use super::*;
    use crate::routes;

    fn description() -> Value {
        serde_json::from_str(&openapi_json()).expect("JSON")
    }

    #[test]
    fn every_call_is_described_and_nothing_else() {
        let registered: BTreeSet<_> = routes::endpoints(true)
            .iter()
            .flat_map(|endpoint| {
                endpoint.calls.iter().map(|call| (endpoint.path.to_owned(), call.method.to_string()))
            })
            .collect();
        let description = description();
        let paths = description["paths"].as_object().expect("paths");
        let described: BTreeSet<_> = paths
            .iter()
            .flat_map(|(path, item)| {
                let methods = item.as_object().expect("a path item").keys();
                methods.map(move |method| (path.clone(), method.to_uppercase()))
            })
            .collect();
        assert_eq!(described, registered);
    }

    #[test]
    fn no_two_calls_have_one_operation_id() {
        let description = description();
        let items = description["paths"].as_object().expect("paths").values();
        let operations = items.flat_map(|item| item.as_object().expect("a path item").values());
        let ids: Vec<_> = operations.map(|operation| operation["operationId"].to_string()).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{ids:?}");
    }

    #[test]
    fn it_is_openapi_3_1_with_bearer_tokens() {
        let description = description();
        assert!(description["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")));
        assert_eq!(description["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
        assert_eq!(description["security"], json!([{"bearer": []}]));
        assert_eq!(description["paths"]["/api/login"]["post"]["security"], json!([{}]));
    }

    #[test]
    fn a_body_has_the_described_fields_and_no_others() {
        let description = description();
        let mut bodies = 0;
        for item in description["paths"].as_object().expect("paths").values() {
            for operation in item.as_object().expect("a path item").values() {
                let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
                let Some(reference) = schema["$ref"].as_str() else { continue };
                let schema = description.pointer(reference.trim_start_matches('#')).expect("it is there");
                let alternatives =
                    schema["oneOf"].as_array().map_or(vec![schema], |all| all.iter().collect());
                for alternative in alternatives {
                    assert_eq!(alternative["additionalProperties"], false, "{reference}");
                }
                bodies += 1;
            }
        }
        assert!(bodies > 10, "{bodies}");
    }

    #[test]
    fn one_joins_by_password_or_by_invitation() {
        let join = &description()["components"]["schemas"]["Join"]["oneOf"];
        assert_eq!(join[0]["required"], json!(["roomId", "password"]));
        assert_eq!(join[1]["required"], json!(["invitationToken"]));
    }

    #[test]
    fn every_code_is_described() {
        let description = description();
        let codes: Vec<_> = Code::all().iter().map(|code| code.as_str()).collect();
        assert_eq!(description["components"]["schemas"]["Code"]["enum"], json!(codes));
    }

    #[test]
    fn every_refusal_of_a_call_is_described_with_an_example() {
        let description = description();
        let join = &description["paths"]["/api/joinroom"]["post"]["responses"];
        for status in
            ["200", "400", "401", "402", "403", "404", "409", "410", "413", "415", "422", "429", "500", "503"]
        {
            assert!(join[status].is_object(), "{status}");
        }
        let examples = &join["409"]["content"]["application/problem+json"]["examples"];
        assert_eq!(examples["room_full"]["$ref"], "#/components/examples/room_full");
        let examples = &description["components"]["examples"];
        assert_eq!(examples["room_full"]["value"]["seats"], 6);
        assert_eq!(examples["insufficient_coins"]["value"]["shortfall"], 110);
        assert_eq!(examples["validation_failed"]["value"]["errors"][0]["field"], "userId");
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let description = description();
        let mut dangling = Vec::new();
        visit(&description, &mut |reference| {
            let pointer = reference.trim_start_matches('#');
            if description.pointer(pointer).is_none() {
                dangling.push(reference.to_owned());
            }
        });
        assert_eq!(dangling, Vec::<String>::new());
    }

    fn visit(value: &Value, found: &mut impl FnMut(&str)) {
        match value {
            Value::Object(object) => {
                if let Some(Value::String(reference)) = object.get("$ref") {
                    found(reference);
                }
                object.values().for_each(|value| visit(value, found));
            }
            Value::Array(values) => values.iter().for_each(|value| visit(value, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}
