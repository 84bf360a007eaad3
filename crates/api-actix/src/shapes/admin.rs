use domain::use_cases::PasswordLinkMade;
use domain::{Account, AdminRecord, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::fields::{self, Id, Instant, Text, Token};

/// An account as admins see it. Phone, coins and devices are its own.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AccountEntry)]
pub(crate) struct AccountEntryShape {
    user_id: fields::UserId,
    name: fields::AccountName,
    /// Whether it is a prime member now.
    prime: bool,
    /// When prime ends, where it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    prime_until: Option<Instant>,
    /// Whether it is an admin's.
    admin: bool,
    /// Whether it is suspended.
    suspended: bool,
    /// Since when, where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    suspended_at: Option<Instant>,
    member_since: Instant,
}

impl AccountEntryShape {
    /// The account as it is at `now`.
    pub(crate) fn new(account: &Account, now: Timestamp) -> Self {
        Self {
            user_id: Text(account.user_id.clone()),
            name: Text(account.name.clone()),
            prime: account.prime.is_active(now),
            prime_until: account.prime.until().map(Instant),
            admin: account.admin,
            suspended: account.suspended_at.is_some(),
            suspended_at: account.suspended_at.map(Instant),
            member_since: Instant(account.member_since),
        }
    }
}

/// Something that an admin did.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AdminRecord)]
pub(crate) struct AdminRecordShape {
    at: Instant,
    /// Who did it; null for the command line.
    admin_id: Option<fields::UserId>,
    /// `grant_prime`, `withdraw_prime`, `grant_coins`, `grant_admin`, `withdraw_admin`, `suspend`, `readmit`,
    /// `end_sessions`, `make_password_link`, `lift_second_factor` or `close_room`; more may come.
    #[schema(example = "suspend")]
    action: &'static str,
    /// To which account.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<fields::UserId>,
    /// To which room.
    #[serde(skip_serializing_if = "Option::is_none")]
    room_id: Option<fields::RoomId>,
    /// Why, where a reason was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<fields::Reason>,
}

impl From<&AdminRecord> for AdminRecordShape {
    fn from(record: &AdminRecord) -> Self {
        Self {
            at: Instant(record.at),
            admin_id: record.admin_id.clone().map(Text),
            action: record.action.as_str(),
            user_id: record.user_id.clone().map(Text),
            room_id: record.room_id.map(Id::from),
            reason: record.reason.clone().map(Text),
        }
    }
}

/// What an admin's grant of coins came to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CoinsGranted)]
pub(crate) struct CoinsGrantedShape {
    user_id: fields::UserId,
    /// How many were granted under this key.
    #[schema(example = 150)]
    amount: i64,
}

impl CoinsGrantedShape {
    /// So many to an account.
    pub(crate) fn new(user_id: &domain::UserId, amount: domain::Coins) -> Self {
        Self { user_id: Text(user_id.clone()), amount: amount.get() }
    }
}

/// With what the account's holder sets another password. Shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PasswordLink)]
pub(crate) struct PasswordLinkShape {
    /// Goes into `POST /api/password-link`.
    token: Token,
    /// When it ends unused.
    expires_at: Instant,
}

impl From<&PasswordLinkMade> for PasswordLinkShape {
    fn from(made: &PasswordLinkMade) -> Self {
        Self { token: Token(made.token.clone()), expires_at: Instant(made.expires_at) }
    }
}
