//! Reads query parameters by the same rules as bodies.

use std::str::FromStr;

use actix_web::{HttpRequest, web};
use deserr::{Deserr, IntoValue, ValuePointerRef};
use domain::ports::Direction;
use domain::{AccountQuery, Denial, Invalid, PageSize, SearchQuery, SearchRequest, Seq, Window};
use serde_json::{Map, Value};
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

use crate::body;
use crate::field_errors::FieldErrors;
use crate::fields::{Instant, RoomId, Text, UserId};
use crate::paging::{AccountPosition, Cursor, FoundPosition};
use crate::problem::Problem;

/// The request's query as the call wants it.
pub(crate) fn read<T: Deserr<FieldErrors>>(request: &HttpRequest) -> Result<T, FieldErrors> {
    parse(request.query_string())
}

fn parse<T: Deserr<FieldErrors>>(query: &str) -> Result<T, FieldErrors> {
    let parameters = web::Query::<Vec<(String, String)>>::from_query(query)
        .map(web::Query::into_inner)
        .unwrap_or_default();
    let mut object = Map::new();
    let mut repeated = Ok(());
    for (name, value) in parameters {
        if object.contains_key(&name) {
            let invalid = Invalid::new("repeated", "This parameter is given more than once.");
            repeated = body::both(repeated, Err(FieldErrors::of(&name, invalid))).map(|((), ())| ());
        }
        object.insert(name, Value::String(value));
    }
    body::both(repeated, body::accept(object)).map(|((), query)| query)
}

/// Which page of a list.
#[derive(Debug, Deserr)]
#[deserr(error = FieldErrors, rename_all = camelCase, deny_unknown_fields)]
pub(crate) struct ListQuery<C> {
    #[deserr(default)]
    limit: Option<Limit>,
    #[deserr(default)]
    cursor: Option<C>,
}

impl<K> ListQuery<Cursor<K>> {
    /// The key after which the page begins, and its size.
    pub(crate) fn after(self) -> (Option<K>, PageSize) {
        (self.cursor.map(|cursor| cursor.0), self.limit.map(|limit| limit.0).unwrap_or_default())
    }
}

// Written out, for what can be derived wants each key to describe itself.
impl<C> IntoParams for ListQuery<C> {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let parameter = |name: &str, description: &str, schema: ObjectBuilder| {
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Query)
                .description(Some(description))
                .schema(Some(schema))
                .build()
        };
        let limit = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1.0)).maximum(Some(100.0));
        let cursor = ObjectBuilder::new().schema_type(Type::String);
        vec![
            parameter("limit", "At most so many items; 50 when absent.", limit),
            parameter("cursor", "The `nextCursor` of an earlier page.", cursor),
        ]
    }
}

/// Which page of a list of friend requests.
#[derive(Debug, Deserr, IntoParams)]
#[deserr(error = FieldErrors, rename_all = camelCase, deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(crate) struct FriendRequestsQuery {
    /// `in` for those sent to the caller, as when absent; `out` for those the caller sent.
    #[param(value_type = Option<String>, pattern = "^(in|out)$")]
    #[deserr(default)]
    direction: Option<Way>,
    /// At most so many items; 50 when absent.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100)]
    #[deserr(default)]
    limit: Option<Limit>,
    /// The `nextCursor` of an earlier page.
    #[param(value_type = Option<String>)]
    #[deserr(default)]
    cursor: Option<Cursor<domain::FriendRequestId>>,
}

impl FriendRequestsQuery {
    /// Which way the requests go.
    pub(crate) fn direction(&self) -> Direction {
        self.direction.as_ref().map_or(Direction::In, |way| way.0)
    }

    /// The key after which the page begins, and its size.
    pub(crate) fn after(self) -> (Option<domain::FriendRequestId>, PageSize) {
        (self.cursor.map(|cursor| cursor.0), self.limit.map(|limit| limit.0).unwrap_or_default())
    }
}

/// Which page of the accounts.
#[derive(Debug, Deserr, IntoParams)]
#[deserr(error = FieldErrors, rename_all = camelCase, deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(crate) struct AccountsQuery {
    /// Only accounts in whose user id or name this occurs, in any case; all when absent.
    #[param(value_type = Option<String>, min_length = 1, max_length = 80)]
    #[deserr(default)]
    q: Option<Text<AccountQuery>>,
    /// At most so many items; 50 when absent.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100)]
    #[deserr(default)]
    limit: Option<Limit>,
    /// The `nextCursor` of an earlier page.
    #[param(value_type = Option<String>)]
    #[deserr(default)]
    cursor: Option<Cursor<AccountPosition>>,
}

impl AccountsQuery {
    /// What is looked for, the key after which the page begins, and its size.
    pub(crate) fn parts(self) -> (Option<AccountQuery>, Option<domain::UserId>, PageSize) {
        (
            self.q.map(|query| query.0),
            self.cursor.map(|cursor| cursor.0.0),
            self.limit.map(|limit| limit.0).unwrap_or_default(),
        )
    }
}

/// Which part of a room's history.
#[derive(Debug, Deserr, IntoParams)]
#[deserr(error = FieldErrors, rename_all = camelCase, deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(crate) struct HistoryQuery {
    /// Only messages with a lower `seq`: the newest of them.
    #[param(value_type = Option<u64>)]
    #[deserr(default)]
    before: Option<SeqBound>,
    /// Only messages with a higher `seq`: the oldest of them.
    #[param(value_type = Option<u64>)]
    #[deserr(default)]
    after: Option<SeqBound>,
    /// The messages about this `seq`, whatever stands there: half of them before it, the others from it on, and where
    /// one side has fewer, more of the other. Not with `before` or `after`.
    #[param(value_type = Option<u64>)]
    #[deserr(default)]
    around: Option<SeqBound>,
    /// At most so many messages; 50 when absent.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100)]
    #[deserr(default)]
    limit: Option<Limit>,
}

/// The part of a history that is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum HistoryPart {
    Within(Window),
    Around(Seq, PageSize),
}

impl HistoryQuery {
    /// The part of the history that is asked for.
    pub(crate) fn part(self) -> Result<HistoryPart, FieldErrors> {
        let [before, after, around] =
            [self.before, self.after, self.around].map(|bound| bound.map(|bound| bound.0));
        let size = self.limit.map(|limit| limit.0).unwrap_or_default();
        match around {
            None => Ok(HistoryPart::Within(Window { before, after, size })),
            Some(seq) if before.is_none() && after.is_none() => Ok(HistoryPart::Around(seq, size)),
            Some(_) => {
                let message = "This is not given together with `before` or `after`.";
                Err(FieldErrors::of("around", Invalid::new("not_together", message)))
            }
        }
    }
}

/// Which messages are looked for.
#[derive(Debug, Deserr, IntoParams)]
#[deserr(error = FieldErrors, rename_all = camelCase, deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(crate) struct SearchParameters {
    /// The words that all occur, of which the last may be the beginning of one: at most 16. Without a `senderId` there
    /// must be one.
    #[param(value_type = Option<String>, max_length = 200)]
    #[deserr(default)]
    q: Option<String>,
    /// Only messages in this room; otherwise in all rooms where the caller sits.
    #[param(value_type = Option<RoomId>)]
    #[deserr(default)]
    room_id: Option<RoomId>,
    /// Only messages that this account wrote.
    #[param(value_type = Option<UserId>)]
    #[deserr(default)]
    sender_id: Option<UserId>,
    /// Only messages that were written before this instant.
    #[param(value_type = Option<Instant>)]
    #[deserr(default)]
    before: Option<Instant>,
    /// At most so many items; 50 when absent.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100)]
    #[deserr(default)]
    limit: Option<Limit>,
    /// The `nextCursor` of an earlier page.
    #[param(value_type = Option<String>)]
    #[deserr(default)]
    cursor: Option<Cursor<FoundPosition>>,
}

impl SearchParameters {
    /// What is looked for.
    pub(crate) fn request(self) -> Result<SearchRequest, Problem> {
        let sender_id = self.sender_id.map(|sender_id| sender_id.0);
        let query = SearchQuery::new(self.q.as_deref().unwrap_or_default(), sender_id)
            .map_err(|invalid| FieldErrors::of("q", invalid))?;
        Ok(SearchRequest {
            query,
            room_id: self.room_id.map(|room_id| room_id.known_or(Denial::RoomNotFound)).transpose()?,
            before: self.before.map(|before| before.0),
            after: self.cursor.map(|cursor| cursor.0.0),
            size: self.limit.map(|limit| limit.0).unwrap_or_default(),
        })
    }
}

#[derive(Debug)]
struct Limit(PageSize);

impl FromStr for Limit {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let size = text.parse().ok().and_then(PageSize::new);
        size.map(Self).ok_or_else(|| Invalid::new("out_of_range", "A page has 1 to 100 items."))
    }
}

#[derive(Debug)]
struct SeqBound(Seq);

impl FromStr for SeqBound {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let seq = text.parse().ok().filter(|seq: &i64| *seq >= 0);
        let invalid = || Invalid::new("not_a_seq", "A seq is a whole number and not negative.");
        seq.map(|seq| Self(Seq(seq))).ok_or_else(invalid)
    }
}

#[derive(Debug)]
struct Way(Direction);

impl FromStr for Way {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "in" => Ok(Self(Direction::In)),
            "out" => Ok(Self(Direction::Out)),
            _ => Err(Invalid::new("unknown_value", "A direction is `in` or `out`.")),
        }
    }
}

macro_rules! read_from_text {
    ($($parameter:ty),*) => {$(
        impl Deserr<FieldErrors> for $parameter {
            fn deserialize_from_value<V: IntoValue>(
                value: deserr::Value<V>,
                location: ValuePointerRef<'_>,
            ) -> Result<Self, FieldErrors> {
                let text = String::deserialize_from_value(value, location)?;
                text.parse().map_err(|invalid| FieldErrors::at(location, invalid))
            }
        }
    )*};
}

read_from_text!(Limit, SeqBound, Way);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paging::RoomPosition;

    type RoomsQuery = ListQuery<Cursor<RoomPosition>>;

    fn refused<T: Deserr<FieldErrors>>(query: &str) -> Vec<(String, &'static str)> {
        match parse::<T>(query) {
            Ok(_) => Vec::new(),
            Err(errors) => errors.into_vec().into_iter().map(|error| (error.field, error.code)).collect(),
        }
    }

    #[test]
    fn a_list_begins_at_its_start_with_fifty_items() {
        let (after, size) = parse::<RoomsQuery>("").expect("accepted").after();
        assert_eq!((after, size.get()), (None, 50));
    }

    #[test]
    fn a_limit_is_one_to_a_hundred() {
        for good in ["limit=1", "limit=100"] {
            assert_eq!(refused::<RoomsQuery>(good), []);
        }
        for bad in ["limit=0", "limit=101", "limit=-1", "limit=", "limit=ten", "limit=99999999999999999999"] {
            assert_eq!(refused::<RoomsQuery>(bad), [("limit".to_owned(), "out_of_range")], "{bad}");
        }
    }

    #[test]
    fn every_parameter_that_cannot_be_accepted_is_named() {
        let mut found = refused::<HistoryQuery>("before=x&after=-1&limit=0&page=2&limit=3");
        found.sort();
        let found: Vec<_> = found.iter().map(|(field, code)| (field.as_str(), *code)).collect();
        assert_eq!(
            found,
            [("after", "not_a_seq"), ("before", "not_a_seq"), ("limit", "repeated"), ("page", "unknown")]
        );
    }

    #[test]
    fn a_history_has_bounds_or_a_place_that_it_is_about() {
        let part = |query| parse::<HistoryQuery>(query).and_then(HistoryQuery::part);
        let size = PageSize::new(3).expect("valid");
        assert_eq!(part("around=0&limit=3"), Ok(HistoryPart::Around(Seq(0), size)));
        let window = Window { before: Some(Seq(4)), after: Some(Seq(2)), size };
        assert_eq!(part("before=4&after=2&limit=3"), Ok(HistoryPart::Within(window)));
        for both in ["around=3&before=4", "after=2&around=3", "before=4&after=2&around=3"] {
            let errors = part(both).expect_err(both).into_vec();
            let named: Vec<_> = errors.iter().map(|error| (error.field.as_str(), error.code)).collect();
            assert_eq!(named, [("around", "not_together")], "{both}");
        }
    }

    #[test]
    fn a_bad_cursor_is_named() {
        assert_eq!(refused::<RoomsQuery>("cursor=abc"), [("cursor".to_owned(), "not_a_cursor")]);
    }

    #[test]
    fn friend_requests_come_in_unless_asked_otherwise() {
        let direction = |query| parse::<FriendRequestsQuery>(query).expect("accepted").direction();
        assert_eq!(direction(""), Direction::In);
        assert_eq!(direction("direction=out"), Direction::Out);
        assert_eq!(
            refused::<FriendRequestsQuery>("direction=up"),
            [("direction".to_owned(), "unknown_value")]
        );
    }

    #[test]
    fn odd_bytes_in_a_query_are_harmless() {
        assert_eq!(refused::<RoomsQuery>("limit=%ff%00").len(), 1);
        assert_eq!(refused::<RoomsQuery>("&&=&%=%zz").len(), 2);
    }
}
