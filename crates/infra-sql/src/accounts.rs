//! Accounts, their sessions and refresh tokens.

use diesel::dsl;
use diesel::prelude::*;
use domain::facts::{Holdings, Person};
use domain::{
    Account, AccountName, Coins, Friendship, PasswordHash, Phone, Prime, Profile, RefreshToken, Renewal,
    Salt, SealedSecret, SecondFactor, Session, SessionId, TimeStep, Timestamp, TokenHash,
};
use serde::{Deserialize, Serialize};
use serde_with::As;
use serde_with::hex::Hex;

use crate::coins::CoinAccountRow;
use crate::rooms::{BanRow, ParticipantRow};
use crate::schema::{
    accounts, bans, coin_accounts, participants, recovery_codes, refresh_tokens, rooms, seats, sessions,
};
use crate::stored::{Corrupt, StoredId, parsed, present};

/// An account's row; the personal columns are empty once it is erased.
#[derive(Clone, Queryable, Insertable, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = accounts, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct AccountRow {
    pub user_id: String,
    pub name: Option<String>,
    pub phone: Option<String>,
    pub password_hash: Option<String>,
    pub prime: bool,
    pub prime_until: Option<i64>,
    pub admin: bool,
    #[serde(skip)]
    pub free_join_room_id: Option<StoredId>,
    pub member_since: i64,
    pub erased_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspended_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "As::<Option<Hex>>")]
    pub totp_secret: Option<Vec<u8>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totp_last_step: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "As::<Option<Hex>>")]
    pub totp_offered: Option<Vec<u8>>,
}

impl AccountRow {
    /// The row of a new account. Its balance and its free join are not decided here.
    pub fn of(account: &Account) -> Self {
        let (prime, prime_until) = prime_columns(account.prime);
        Self {
            user_id: account.user_id.to_string(),
            name: Some(account.name.to_string()),
            phone: Some(account.phone.as_str().to_owned()),
            password_hash: Some(account.password_hash.expose().to_owned()),
            prime,
            prime_until,
            admin: account.admin,
            free_join_room_id: None,
            member_since: account.member_since.as_millis(),
            erased_at: None,
            suspended_at: account.suspended_at.map(Timestamp::as_millis),
            totp_secret: account.second_factor.secret.as_ref().map(|secret| secret.0.clone()),
            totp_last_step: account.second_factor.last_step.map(|step| step.0),
            totp_offered: account.second_factor.offered.as_ref().map(|secret| secret.0.clone()),
        }
    }

    /// Prime or free.
    pub fn prime(&self) -> Prime {
        match (self.prime, self.prime_until) {
            (false, _) => Prime::No,
            (true, Some(end)) => Prime::Until(Timestamp::from_millis(end)),
            (true, None) => Prime::Always,
        }
    }

    /// The account with its balance.
    pub fn account(self, coins: &CoinAccountRow) -> Result<Account, Corrupt> {
        Ok(Account {
            user_id: parsed(&self.user_id, "accounts.user_id")?,
            prime: self.prime(),
            name: AccountName::stored(present(self.name, "accounts.name")?),
            phone: Phone::stored(present(self.phone, "accounts.phone")?),
            password_hash: PasswordHash::new(present(self.password_hash, "accounts.password_hash")?),
            avail_coins: coins.coins()?,
            free_join_used: self.free_join_room_id.is_some(),
            admin: self.admin,
            suspended_at: self.suspended_at.map(Timestamp::from_millis),
            member_since: Timestamp::from_millis(self.member_since),
            second_factor: SecondFactor {
                secret: self.totp_secret.map(SealedSecret),
                last_step: self.totp_last_step.map(TimeStep),
                offered: self.totp_offered.map(SealedSecret),
            },
        })
    }

    /// The account as another may see it.
    pub fn profile(self, friendship: Friendship) -> Result<Profile, Corrupt> {
        Ok(Profile {
            user_id: parsed(&self.user_id, "accounts.user_id")?,
            prime: self.prime(),
            name: AccountName::stored(present(self.name, "accounts.name")?),
            member_since: Timestamp::from_millis(self.member_since),
            friendship,
        })
    }
}

/// Whether an account is prime, and until when, as its two columns say it.
pub fn prime_columns(prime: Prime) -> (bool, Option<i64>) {
    (prime != Prime::No, prime.until().map(Timestamp::as_millis))
}

/// An account as one room sees it.
pub type PersonRow = (AccountRow, CoinAccountRow, Option<ParticipantRow>, Option<BanRow>);

/// The person that such a row shows.
pub fn person((account, coins, participant, ban): PersonRow) -> Result<Person, Corrupt> {
    Ok(Person {
        user_id: parsed(&account.user_id, "accounts.user_id")?,
        prime: account.prime(),
        avail_coins: coins.coins()?,
        free_join_used: account.free_join_room_id.is_some(),
        history: participant.map(|row| row.joined_as()).transpose()?,
        banned: ban.is_some(),
        holdings: Holdings::default(),
    })
}

/// A session's row.
#[derive(Debug, Clone, Queryable, Insertable, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = sessions, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct SessionRow {
    pub session_id: StoredId,
    pub user_id: String,
    pub device_id: String,
    pub created_at: i64,
    pub last_seen_at: i64,
    pub generation: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renewed_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "As::<Option<Hex>>")]
    pub renewal_salt: Option<Vec<u8>>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "As::<Option<Hex>>")]
    pub successor_hash: Option<Vec<u8>>,
}

impl From<&Session> for SessionRow {
    fn from(session: &Session) -> Self {
        Self {
            session_id: session.id.into(),
            user_id: session.user_id.to_string(),
            device_id: session.device_id.to_string(),
            created_at: session.created_at.as_millis(),
            last_seen_at: session.last_seen_at.as_millis(),
            generation: session.generation,
            renewed_at: session.renewal.map(|renewal| renewal.at.as_millis()),
            renewal_salt: session.renewal.map(|renewal| renewal.salt.0.to_vec()),
            successor_hash: session.renewal.map(|renewal| renewal.successor.0.to_vec()),
        }
    }
}

impl TryFrom<SessionRow> for Session {
    type Error = Corrupt;

    fn try_from(row: SessionRow) -> Result<Self, Corrupt> {
        let renewal = match (row.renewed_at, row.renewal_salt, row.successor_hash) {
            (Some(at), Some(salt), Some(successor)) => Some(Renewal {
                at: Timestamp::from_millis(at),
                salt: Salt(present(salt.try_into().ok(), "sessions.renewal_salt")?),
                successor: token_hash(successor, "sessions.successor_hash")?,
            }),
            _ => None,
        };
        Ok(Self {
            id: SessionId(row.session_id.0),
            user_id: parsed(&row.user_id, "sessions.user_id")?,
            device_id: parsed(&row.device_id, "sessions.device_id")?,
            created_at: Timestamp::from_millis(row.created_at),
            last_seen_at: Timestamp::from_millis(row.last_seen_at),
            generation: row.generation,
            renewal,
        })
    }
}

/// A recovery code's row.
#[derive(Clone, Queryable, Insertable, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = recovery_codes)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct RecoveryCodeRow {
    pub user_id: String,
    #[serde(with = "As::<Hex>")]
    pub code_hash: Vec<u8>,
}

/// A refresh token's row.
#[derive(Clone, Queryable, Insertable, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = refresh_tokens)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct RefreshTokenRow {
    #[serde(with = "As::<Hex>")]
    pub token_hash: Vec<u8>,
    pub session_id: StoredId,
    pub generation: i64,
    pub expires_at: i64,
}

impl From<&RefreshToken> for RefreshTokenRow {
    fn from(token: &RefreshToken) -> Self {
        Self {
            token_hash: token.hash.0.to_vec(),
            session_id: token.session_id.into(),
            generation: token.generation,
            expires_at: token.expires_at.as_millis(),
        }
    }
}

impl TryFrom<RefreshTokenRow> for RefreshToken {
    type Error = Corrupt;

    fn try_from(row: RefreshTokenRow) -> Result<Self, Corrupt> {
        Ok(Self {
            hash: token_hash(row.token_hash, "refresh_tokens.token_hash")?,
            session_id: SessionId(row.session_id.0),
            generation: row.generation,
            expires_at: Timestamp::from_millis(row.expires_at),
        })
    }
}

pub(crate) fn token_hash(bytes: Vec<u8>, column: &'static str) -> Result<TokenHash, Corrupt> {
    Ok(TokenHash(present(bytes.try_into().ok(), column)?))
}

/// Coins from a column that is never negative.
pub(crate) fn coins(amount: i64, column: &'static str) -> Result<Coins, Corrupt> {
    present(Coins::new(amount), column)
}

/// An account that is not erased, with its balance: `(AccountRow, CoinAccountRow)`.
#[dsl::auto_type(no_type_alias)]
pub fn living<'a>(user_id: &'a str) -> _ {
    accounts::table
        .inner_join(coin_accounts::table.on(coin_accounts::coin_account_id.eq(accounts::user_id)))
        .filter(accounts::user_id.eq(user_id))
        .filter(accounts::erased_at.is_null())
}

/// The hashes of the recovery codes that an account has left.
#[dsl::auto_type(no_type_alias)]
pub fn recovery_codes_of<'a>(user_id: &'a str) -> _ {
    recovery_codes::table.filter(recovery_codes::user_id.eq(user_id)).select(recovery_codes::code_hash)
}

/// Accounts above `after` with a second factor, on or offered: their user ids.
#[dsl::auto_type(no_type_alias)]
pub fn with_second_factor<'a>(after: &'a str, limit: i64) -> _ {
    accounts::table
        .filter(accounts::user_id.gt(after))
        .filter(accounts::totp_secret.is_not_null().or(accounts::totp_offered.is_not_null()))
        .order(accounts::user_id.asc())
        .select(accounts::user_id)
        .limit(limit)
}

/// An account whose one free join is not used.
#[dsl::auto_type(no_type_alias)]
pub fn with_free_join<'a>(user_id: &'a str) -> _ {
    accounts::table.filter(accounts::user_id.eq(user_id)).filter(accounts::free_join_room_id.is_null())
}

/// An account as a room sees it: [`PersonRow`].
#[dsl::auto_type(no_type_alias)]
pub fn in_room<'a>(user_id: &'a str, room_id: StoredId) -> _ {
    accounts::table
        .inner_join(coin_accounts::table.on(coin_accounts::coin_account_id.eq(accounts::user_id)))
        .left_join(
            participants::table
                .on(participants::user_id.eq(accounts::user_id).and(participants::room_id.eq(room_id))),
        )
        .left_join(bans::table.on(bans::user_id.eq(accounts::user_id).and(bans::room_id.eq(room_id))))
        .filter(accounts::user_id.eq(user_id))
        .filter(accounts::erased_at.is_null())
}

/// A session with its account: `(SessionRow, AccountRow, CoinAccountRow)`.
#[dsl::auto_type(no_type_alias)]
pub fn session_with_account(session_id: StoredId) -> _ {
    sessions::table
        .inner_join(accounts::table.on(accounts::user_id.eq(sessions::user_id)))
        .inner_join(coin_accounts::table.on(coin_accounts::coin_account_id.eq(sessions::user_id)))
        .filter(sessions::session_id.eq(session_id))
        .filter(accounts::erased_at.is_null())
}

/// The account's sessions on devices above `after`, in the order of the devices: [`SessionRow`].
#[dsl::auto_type(no_type_alias)]
pub fn sessions_after<'a>(user_id: &'a str, after: &'a str, limit: i64) -> _ {
    sessions::table
        .filter(sessions::user_id.eq(user_id))
        .filter(sessions::device_id.gt(after))
        .order(sessions::device_id.asc())
        .limit(limit)
}

/// Whose sessions were opened by `opened` or last seen by `seen`, each named once: their user ids.
#[dsl::auto_type(no_type_alias)]
pub fn with_old_sessions(opened: i64, seen: i64, limit: i64) -> _ {
    sessions::table
        .filter(sessions::created_at.le(opened).or(sessions::last_seen_at.le(seen)))
        .select(sessions::user_id)
        .distinct()
        .limit(limit)
}

/// A refresh token with its session: `(RefreshTokenRow, SessionRow)`.
#[dsl::auto_type(no_type_alias)]
pub fn refresh_token<'a>(hash: &'a [u8]) -> _ {
    refresh_tokens::table
        .inner_join(sessions::table.on(sessions::session_id.eq(refresh_tokens::session_id)))
        .filter(refresh_tokens::token_hash.eq(hash))
}

/// A session's refresh tokens that expired by `now`.
#[dsl::auto_type(no_type_alias)]
pub fn expired_tokens(session_id: StoredId, now: i64) -> _ {
    refresh_tokens::table
        .filter(refresh_tokens::session_id.eq(session_id))
        .filter(refresh_tokens::expires_at.le(now))
}

/// The open rooms that somebody owns.
#[dsl::auto_type(no_type_alias)]
pub fn owned_rooms<'a>(user_id: &'a str) -> _ {
    rooms::table.filter(rooms::owner_id.eq(user_id)).filter(rooms::closed_at.is_null())
}

/// The seats that somebody holds.
#[dsl::auto_type(no_type_alias)]
pub fn seats_held<'a>(user_id: &'a str) -> _ {
    seats::table.filter(seats::user_id.eq(user_id))
}
