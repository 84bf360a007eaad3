//! Every query can be put to MySQL and its rows read from it. SQLite shows the same by running them.

use diesel::debug_query;
use diesel::deserialize::FromSqlRow;
use diesel::mysql::Mysql;
use diesel::query_builder::{Query, QueryFragment};
use infra_sql::StoredId;
use infra_sql::accounts::{self, AccountRow, PersonRow, RefreshTokenRow, SessionRow};
use infra_sql::admin::{self, AdminRecordRow, PasswordLinkRow};
use infra_sql::coins::{self, CoinAccountRow, EntryRow, TransferRow};
use infra_sql::events::{self, EarlierPostRow, EventRow, MessageRow};
use infra_sql::friends::{self, BlockRow, FriendRequestRow, FriendshipRow};
use infra_sql::rooms::{self, BanRow, InvitationRow, RoomRow, SeatRow, StandingRow};

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
        statement::<String, _>(admin::admin_ids()),
        statement::<(AccountRow, CoinAccountRow), _>(admin::accounts_after("", 51)),
        statement::<PasswordLinkRow, _>(admin::password_link(&[0; 32])),
        statement::<PasswordLinkRow, _>(admin::password_links_of("ana")),
        statement::<AdminRecordRow, _>(admin::record_before(ID, 51)),
        statement::<AdminRecordRow, _>(admin::command_line_after(ID, 51)),
        statement::<CoinAccountRow, _>(coins::coin_account("ana")),
        statement::<i64, _>(coins::granted("ana", "key")),
        statement::<(EntryRow, TransferRow), _>(coins::ledger_before("ana", 9, 51)),
        statement::<EventRow, _>(events::event(ID, 1)),
        statement::<MessageRow, _>(events::message(ID)),
        statement::<EarlierPostRow, _>(events::earlier_post("ana", "id")),
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
        statement::<StandingRow, _>(rooms::standing(ID, "ana")),
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
