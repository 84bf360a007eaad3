//! Accounts, their sessions and refresh tokens.
#![expect(clippy::ref_option_ref, reason = "a derive refers to each column of an update")]

use diesel::prelude::*;
use domain::{
    Account, AccountName, DeviceId, Friendship, PasswordHash, Phone, Prime, Profile, RefreshToken, Renewal,
    Salt, SealedSecret, SecondFactor, Session, SessionId, Stored, TimeStep, Timestamp, UserId,
};
use serde::{Deserialize, Serialize};
use serde_with::As;
use serde_with::hex::Hex;

use crate::coins::CoinAccountRow;
use crate::fields::{Fields, Found, HASH_BYTES};
use crate::schema::{accounts, recovery_codes, refresh_tokens, sessions};
use crate::stored::{Corrupt, StoredId, present, token_hash};

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

impl Fields for AccountRow {
    fn look(&self, found: &mut Found) {
        let id = &self.user_id;
        found.text::<UserId>(id, "accounts.user_id", id);
        found.texts::<AccountName>(self.name.as_deref(), "accounts.name", id);
        found.texts::<Phone>(self.phone.as_deref(), "accounts.phone", id);
        found.that(self.password_hash.as_deref() != Some(""), "accounts.password_hash", id);
    }
}

/// What is set of an account's columns; `None` leaves a column as it is.
#[derive(Default, AsChangeset)]
#[diesel(table_name = accounts)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct AccountUpdate<'a> {
    pub name: Option<Option<&'a str>>,
    pub phone: Option<Option<&'a str>>,
    pub password_hash: Option<Option<&'a str>>,
    pub prime: Option<bool>,
    pub prime_until: Option<Option<i64>>,
    pub admin: Option<bool>,
    pub erased_at: Option<i64>,
    pub suspended_at: Option<Option<i64>>,
    pub totp_secret: Option<Option<&'a [u8]>>,
    pub totp_last_step: Option<Option<i64>>,
    pub totp_offered: Option<Option<&'a [u8]>>,
}

impl AccountUpdate<'_> {
    /// What takes everything personal from the row.
    pub fn erasing(at: Timestamp) -> Self {
        let mut columns = Self {
            name: Some(None),
            phone: Some(None),
            password_hash: Some(None),
            prime: Some(false),
            prime_until: Some(None),
            admin: Some(false),
            erased_at: Some(at.as_millis()),
            ..Self::default()
        };
        columns.set_second_factor(None);
        columns
    }
}

impl<'a> AccountUpdate<'a> {
    /// Turns the second factor on, with the newest time step of which a code was accepted, or off. None is
    /// offered any more.
    pub fn set_second_factor(&mut self, on: Option<(&'a SealedSecret, TimeStep)>) {
        self.totp_secret = Some(on.map(|(secret, _)| secret.0.as_slice()));
        self.totp_last_step = Some(on.map(|(_, step)| step.0));
        self.totp_offered = Some(None);
    }
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
            prime: self.prime(),
            user_id: UserId::stored(self.user_id),
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
            prime: self.prime(),
            user_id: UserId::stored(self.user_id),
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

impl Fields for SessionRow {
    fn look(&self, found: &mut Found) {
        let owner = &self.user_id;
        found.text::<UserId>(owner, "sessions.user_id", owner);
        found.text::<DeviceId>(&self.device_id, "sessions.device_id", owner);
        found.that(self.generation >= 0, "sessions.generation", owner);
    }
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
            user_id: UserId::stored(row.user_id),
            device_id: DeviceId::stored(row.device_id),
            created_at: Timestamp::from_millis(row.created_at),
            last_seen_at: Timestamp::from_millis(row.last_seen_at),
            generation: row.generation,
            renewal,
        })
    }
}

/// Which room used up somebody's one free join. It stands in the account's row, but comes by itself:
/// accounts and rooms refer to each other.
#[derive(Clone, Queryable, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct FreeJoinRow {
    pub user_id: String,
    pub room_id: StoredId,
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

impl Fields for RecoveryCodeRow {
    fn look(&self, found: &mut Found) {
        found.that(self.code_hash.len() == HASH_BYTES, "recovery_codes.code_hash", &self.user_id);
    }
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

impl Fields for RefreshTokenRow {
    fn look(&self, found: &mut Found) {
        let session = self.session_id.0;
        found.that(self.token_hash.len() == HASH_BYTES, "refresh_tokens.token_hash", session);
        found.that(self.generation >= 0, "refresh_tokens.generation", session);
    }
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
