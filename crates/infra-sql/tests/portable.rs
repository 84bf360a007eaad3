//! Every query can be put to MySQL and its rows read from it. SQLite shows the same by running them.

use std::collections::BTreeSet;

use diesel::debug_query;
use diesel::deserialize::FromSqlRow;
use diesel::mysql::Mysql;
use diesel::query_builder::{Query, QueryFragment};
use domain::rules::messages::posted;
use domain::{Message, MessageId, RoomId, Seq, Timestamp};
use infra_sql::accounts::{self, AccountRow, PersonRow, RefreshTokenRow, SessionRow};
use infra_sql::coins::{self, CoinAccountRow, EntryRow, TransferRow};
use infra_sql::events::{self, EarlierPostRow, EventRow, MessageRow};
use infra_sql::friends::{self, BlockRow, FriendRequestRow, FriendshipRow};
use infra_sql::posting::{InsertMessages, MoveHeads, pieces};
use infra_sql::rooms::{self, BanRow, HeadRow, InvitationRow, RoomRow, SeatRow, StandingRow};
use infra_sql::{PairLookup, StoredId};

const ID: StoredId = StoredId::HIGHEST;

/// The statement that MySQL would be sent, for a query whose rows can be read as `R`.
#[expect(clippy::extra_unused_type_parameters, reason = "that `R` can be read is what it asserts")]
fn statement<R, Q>(query: Q) -> String
where
    Q: Query + QueryFragment<Mysql>,
    R: FromSqlRow<Q::SqlType, Mysql>,
{
    debug_query::<Mysql, _>(&query).to_string()
}

#[test]
fn every_query_can_be_put_to_mysql() {
    let statements = [
        statement::<(AccountRow, CoinAccountRow), _>(accounts::living("ana")),
        statement::<PersonRow, _>(accounts::in_room("ana", ID)),
        statement::<(SessionRow, AccountRow, CoinAccountRow), _>(accounts::session_with_account(ID)),
        statement::<SessionRow, _>(accounts::sessions_after("ana", "", 51)),
        statement::<(RefreshTokenRow, SessionRow), _>(accounts::refresh_token(&[0; 32])),
        statement::<RefreshTokenRow, _>(accounts::expired_tokens(ID, 0)),
        statement::<RoomRow, _>(accounts::owned_rooms("ana")),
        statement::<SeatRow, _>(accounts::seats_held("ana")),
        statement::<CoinAccountRow, _>(coins::coin_account("ana")),
        statement::<i64, _>(coins::granted("ana", "key")),
        statement::<(EntryRow, TransferRow), _>(coins::ledger_before("ana", 9, 51)),
        statement::<EventRow, _>(events::event(ID, 1)),
        statement::<MessageRow, _>(events::message(ID)),
        statement::<(String, Option<String>, EarlierPostRow), _>(events::earlier_posts(
            &[("ana", "id")],
            PairLookup::List,
        )),
        statement::<EventRow, _>(events::since(ID, 1, 501)),
        statement::<MessageRow, _>(events::messages_at(ID, &[1, 2])),
        statement::<MessageRow, _>(events::oldest_messages(ID, 1, 9, 51)),
        statement::<MessageRow, _>(events::newest_messages(ID, 9, 51)),
        statement::<FriendRequestRow, _>(friends::request(ID)),
        statement::<FriendRequestRow, _>(friends::pending_from_to("ana", "bob")),
        statement::<FriendRequestRow, _>(friends::pending_to("ana", ID, 51)),
        statement::<FriendRequestRow, _>(friends::pending_from("ana", ID, 51)),
        statement::<FriendshipRow, _>(friends::friendship("ana", "bob")),
        statement::<BlockRow, _>(friends::block("ana", "bob")),
        statement::<(FriendshipRow, AccountRow), _>(friends::friends_below("ana", "", 51)),
        statement::<(FriendshipRow, AccountRow), _>(friends::friends_above("ana", "", 51)),
        statement::<StoredId, _>(friends::shared_rooms("ana", "bob")),
        statement::<RoomRow, _>(rooms::room(ID)),
        statement::<HeadRow, _>(rooms::heads(&[ID])),
        statement::<StandingRow, _>(rooms::standing(ID, "ana")),
        statement::<(StoredId, String, bool), _>(rooms::participants_at(&[(ID, "ana")], PairLookup::List)),
        statement::<SeatRow, _>(rooms::seats_of(ID)),
        statement::<SeatRow, _>(rooms::seat_of(ID, "ana")),
        statement::<(SeatRow, AccountRow), _>(rooms::members_of(ID)),
        statement::<(SeatRow, RoomRow), _>(rooms::seats_before("ana", ID, 51)),
        statement::<(StoredId, i64), _>(rooms::seats_taken(&[ID])),
        statement::<(StoredId, i64), _>(rooms::unread("ana", ID, ID)),
        statement::<BanRow, _>(rooms::ban(ID, "ana")),
        statement::<InvitationRow, _>(rooms::invitation(ID)),
        statement::<InvitationRow, _>(rooms::invitation_by_token(&[0; 32])),
        statement::<InvitationRow, _>(rooms::invitations_before(ID, ID, 51)),
        statement::<InvitationRow, _>(rooms::open_of_room(ID, 0)),
        statement::<InvitationRow, _>(rooms::open_of_invitee("ana", 0)),
    ];
    for statement in statements {
        assert!(statement.starts_with("SELECT "), "{statement}");
        assert!(!statement.contains("RETURNING"), "{statement}");
    }
}

/// The text of a statement, without the values that diesel shows after it.
fn text(statement: &impl QueryFragment<Mysql>) -> String {
    let shown = debug_query::<Mysql, _>(statement).to_string();
    shown.split(" -- binds:").next().unwrap_or_default().to_owned()
}

fn message() -> EventRow {
    EventRow::from(&posted(Message {
        id: MessageId(ID.0),
        room_id: RoomId(ID.0),
        seq: Seq(1),
        sender_id: "ana".parse().expect("a user id"),
        client_message_id: "client id".parse().expect("a client message id"),
        body: Some("hello".parse().expect("a body")),
        sent_at: Timestamp::from_millis(1),
        revision: 0,
        edited_at: None,
    }))
}

#[test]
fn the_statements_that_post_come_in_nine_forms_each() {
    let (ids, heads, messages) = (vec![ID; 256], vec![(ID, 1); 256], vec![message(); 256]);
    let (places, names) = (vec![(ID, "ana"); 256], vec![("ana", "id"); 256]);
    let mut forms = [const { BTreeSet::new() }; 7];
    for length in 1..=256 {
        forms[0].insert(text(&rooms::heads(&ids[..length])));
        forms[1].insert(text(&MoveHeads::to(&heads[..length])));
        let pieces: Vec<_> = pieces(&messages[..length]).collect();
        assert_eq!(pieces.iter().map(|piece| piece.len()).sum::<usize>(), length);
        forms[2].extend(pieces.into_iter().map(|piece| text(&InsertMessages(piece))));
        for (number, lookup) in [PairLookup::List, PairLookup::Conditions].into_iter().enumerate() {
            forms[3 + number].insert(text(&rooms::participants_at(&places[..length], lookup)));
            forms[5 + number].insert(text(&events::earlier_posts(&names[..length], lookup)));
        }
    }
    assert_eq!(forms.map(|forms| forms.len()), [9; 7]);
}

/// MySQL goes through a room's whole log for its newest event.
#[test]
fn heads_move_without_a_look_at_the_log() {
    assert!(!text(&MoveHeads::to(&[(ID, 1)])).contains("events"));
}

#[test]
fn a_list_of_none_is_a_query_that_finds_nothing() {
    assert!(text(&rooms::heads(&[])).contains("WHERE 1 = 0"));
}
