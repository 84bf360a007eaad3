use std::collections::BTreeMap;

use actix_web::http::Method;
use domain::{Coins, Denial, DenialKind, Field, Invalid, Quota};
use serde_json::{Value, json};
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn, PathItem};
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, ResponseBuilder};
use utoipa::{Modify, PartialSchema, ToSchema};

use crate::problem::{Problem, ProblemShape};
use crate::refusal_code::Code;
use crate::routes;

/// What every call may refuse: what [`routes`] lists, and what follows from the call's form.
pub(super) struct Refusals;

impl Modify for Refusals {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        let examples = &mut description.components.get_or_insert_default().examples;
        for code in Code::all() {
            let example = ExampleBuilder::new().summary(code.title()).value(Some(example(code))).build();
            examples.insert(code.as_str().to_owned(), RefOr::T(example));
        }
        for endpoint in routes::endpoints(true) {
            let Some(item) = description.paths.paths.get_mut(endpoint.path) else { continue };
            for call in &endpoint.calls {
                if let Some(operation) = operation_mut(item, &call.method) {
                    add_refusals(operation, call.refusals().chain(implied(operation)).collect());
                }
            }
        }
    }
}

fn operation_mut<'a>(item: &'a mut PathItem, method: &Method) -> Option<&'a mut Operation> {
    let operation = match *method {
        Method::GET => &mut item.get,
        Method::POST => &mut item.post,
        Method::PUT => &mut item.put,
        Method::PATCH => &mut item.patch,
        Method::DELETE => &mut item.delete,
        _ => return None,
    };
    operation.as_mut()
}

/// The refusals that follow from a call's form.
fn implied(operation: &Operation) -> Vec<Code> {
    let mut codes = vec![Code::Unavailable, Code::Internal];
    if operation.security.is_none() {
        codes.push(Code::TokenMissing);
        codes.extend(
            [
                DenialKind::TokenInvalid,
                DenialKind::TokenExpired,
                DenialKind::SessionRevoked,
                DenialKind::AccountSuspended,
            ]
            .map(Code::Denied),
        );
    }
    if operation.request_body.is_some() {
        codes.extend([
            Code::MalformedRequest,
            Code::PayloadTooLarge,
            Code::UnsupportedMediaType,
            Code::VALIDATION_FAILED,
        ]);
    }
    let is_checked = |parameter: &RefOr<Parameter>| match parameter {
        RefOr::T(parameter) => !matches!(parameter.parameter_in, ParameterIn::Path),
        RefOr::Ref(_) => false,
    };
    if operation.parameters.iter().flatten().any(is_checked) {
        codes.push(Code::VALIDATION_FAILED);
    }
    codes
}

/// One answer for each status, with an example for each code.
fn add_refusals(operation: &mut Operation, codes: Vec<Code>) {
    let mut by_status: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    for code in codes {
        let same_status = by_status.entry(code.status().as_u16()).or_default();
        if !same_status.contains(&code) {
            same_status.push(code);
        }
    }
    for (status, codes) in by_status {
        let lines: Vec<_> =
            codes.iter().map(|code| format!("- `{}`: {}", code.as_str(), code.explanation())).collect();
        let examples = codes.iter().map(|code| {
            let name = code.as_str();
            (name.to_owned(), RefOr::Ref(Ref::new(format!("#/components/examples/{name}"))))
        });
        let content = ContentBuilder::new()
            .schema(Some(Ref::from_schema_name(ProblemShape::name())))
            .examples_from_iter(examples)
            .build();
        let response = ResponseBuilder::new()
            .description(lines.join("\n"))
            .content("application/problem+json", content)
            .build();
        operation.responses.responses.insert(status.to_string(), RefOr::T(response));
    }
}

/// A problem as a client may meet it.
fn example(code: Code) -> Value {
    let coins = |amount| Coins::new(amount).unwrap_or_default();
    let problem = match code {
        Code::Denied(DenialKind::InsufficientCoins) => {
            Denial::InsufficientCoins { required: coins(150), available: coins(40), shortfall: coins(110) }
                .into()
        }
        Code::Denied(DenialKind::RoomFull) => Denial::RoomFull.into(),
        Code::Denied(DenialKind::QuotaExceeded) => {
            Denial::QuotaExceeded { quota: Quota::RoomsOwned, limit: 100 }.into()
        }
        Code::VALIDATION_FAILED => {
            let invalid = Invalid::new(
                "not_a_user_id",
                "A user id has 3 to 32 letters, digits, dots, underscores or hyphens and starts with a \
                 letter or digit.",
            );
            Denial::Invalid { field: Field::UserId, invalid }.into()
        }
        _ => Problem::new(code),
    };
    let mut example = problem.to_json();
    example["requestId"] = json!("5f0c1d1e-8f2b-4d0a-9a3e-6f1f0f7b2a11");
    example
}

impl PartialSchema for Code {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(Self::all().iter().map(|code| code.as_str())))
            .description(Some("What a refusal is branched on; codes never change."))
            .into()
    }
}

impl ToSchema for Code {}
