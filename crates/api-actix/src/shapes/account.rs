use domain::rules::admission::join_terms;
use domain::use_cases::{SignedIn, Tokens};
use domain::{Account, DeviceId, LedgerLine, NewAuthenticator, OpaqueToken, Session, SessionId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::PriceShape;
use crate::fields::{self, Id, Instant, Text, Token};

/// An account as only its owner sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Account)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(crate) struct AccountShape {
    user_id: fields::UserId,
    name: fields::AccountName,
    #[schema(value_type = fields::Phone)]
    phone: String,
    /// The device that this session is on.
    device_id: fields::DeviceId,
    /// The balance in coins.
    #[schema(example = 500)]
    avail_coins: i64,
    /// Whether it is a prime member now.
    prime: bool,
    /// When prime ends, where it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    prime_until: Option<Instant>,
    /// Whether the one free join has been used.
    free_join_used: bool,
    /// What it costs to join a room that it has never joined.
    next_join: PriceShape,
    /// Whether it is an admin's.
    admin: bool,
    /// Whether signing in takes a code besides the password.
    second_factor: bool,
    member_since: Instant,
}

impl AccountShape {
    /// The account as it is at `now`, seen from a device of its own.
    pub(crate) fn new(account: &Account, device_id: &DeviceId, now: Timestamp) -> Self {
        Self {
            user_id: Text(account.user_id.clone()),
            name: Text(account.name.clone()),
            phone: account.phone.as_str().to_owned(),
            device_id: Text(device_id.clone()),
            avail_coins: account.avail_coins.get(),
            prime: account.prime.is_active(now),
            prime_until: account.prime.until().map(Instant),
            free_join_used: account.free_join_used,
            next_join: join_terms(None, account.prime, account.free_join_used, now).into(),
            admin: account.admin,
            second_factor: account.second_factor.is_on(),
            member_since: Instant(account.member_since),
        }
    }
}

/// What a session is carried on with.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Tokens)]
pub(crate) struct TokensShape {
    /// Goes into `Authorization: Bearer …`.
    access_token: Token,
    access_token_expires_at: Instant,
    /// Buys the next pair, once.
    refresh_token: Token,
    refresh_token_expires_at: Instant,
}

impl From<&Tokens> for TokensShape {
    fn from(tokens: &Tokens) -> Self {
        Self {
            access_token: Token(tokens.access_token.clone()),
            access_token_expires_at: Instant(tokens.access_token_expires_at),
            refresh_token: Token(tokens.refresh_token.clone()),
            refresh_token_expires_at: Instant(tokens.refresh_token_expires_at),
        }
    }
}

/// A session that has just begun.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SignedIn)]
pub(crate) struct SignedInShape {
    account: AccountShape,
    #[serde(flatten)]
    tokens: TokensShape,
}

impl SignedInShape {
    /// The session with its account as it is at `now`.
    pub(crate) fn new(signed_in: &SignedIn, now: Timestamp) -> Self {
        Self {
            account: AccountShape::new(&signed_in.account, &signed_in.session.device_id, now),
            tokens: TokensShape::from(&signed_in.tokens),
        }
    }
}

/// One sign-in of the account on one device.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Session)]
pub(crate) struct SessionShape {
    device_id: fields::DeviceId,
    created_at: Instant,
    last_seen_at: Instant,
    /// Whether it is the one that asks.
    current: bool,
}

impl SessionShape {
    /// The session, as `asking` sees it.
    pub(crate) fn new(session: &Session, asking: SessionId) -> Self {
        Self {
            device_id: Text(session.device_id.clone()),
            created_at: Instant(session.created_at),
            last_seen_at: Instant(session.last_seen_at),
            current: session.id == asking,
        }
    }
}

/// What an authenticator is set up with. Shown once.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Authenticator)]
pub(crate) struct AuthenticatorShape {
    /// The secret in Base32, to be typed in.
    #[schema(value_type = String, example = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")]
    secret: Token,
    /// The same, to be shown as a QR code.
    #[schema(value_type = String, example = "otpauth://totp/Hexroom:ana?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Hexroom")]
    otpauth_url: Token,
}

impl From<&NewAuthenticator> for AuthenticatorShape {
    fn from(new: &NewAuthenticator) -> Self {
        Self { secret: Token(new.secret.clone()), otpauth_url: Token(new.otpauth_url.clone()) }
    }
}

/// Codes that take the place of an authenticator's, each once. Shown once.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RecoveryCodes)]
pub(crate) struct RecoveryCodesShape {
    #[schema(value_type = Vec<String>, example = json!(["k3mv-p7qa-2zxw-n5dt"]))]
    recovery_codes: Vec<Token>,
}

impl From<Vec<OpaqueToken>> for RecoveryCodesShape {
    fn from(codes: Vec<OpaqueToken>) -> Self {
        Self { recovery_codes: codes.into_iter().map(Token).collect() }
    }
}

/// A movement of the account's coins.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Transfer)]
pub(crate) struct TransferShape {
    transfer_id: fields::TransferId,
    /// Coins gained, or lost if negative.
    #[schema(example = -150)]
    amount: i64,
    /// The balance after it.
    #[schema(example = 350)]
    balance: i64,
    /// `registration`, `grant` or `join_fee`.
    #[schema(example = "join_fee")]
    reason: &'static str,
    /// The room whose fee it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    room_id: Option<fields::RoomId>,
    at: Instant,
}

impl From<&LedgerLine> for TransferShape {
    fn from(line: &LedgerLine) -> Self {
        Self {
            transfer_id: line.id.into(),
            amount: line.amount,
            balance: line.balance,
            reason: line.reason.as_str(),
            room_id: line.room_id.map(Id::from),
            at: Instant(line.at),
        }
    }
}

/// What an admin's change to an account's membership came to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Membership)]
pub(crate) struct PrimeShape {
    user_id: fields::UserId,
    /// Whether the account is a prime member now.
    prime: bool,
    /// When prime ends, where it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    prime_until: Option<Instant>,
}

impl PrimeShape {
    /// The account's membership at `now`.
    pub(crate) fn new(account: &Account, now: Timestamp) -> Self {
        Self {
            user_id: Text(account.user_id.clone()),
            prime: account.prime.is_active(now),
            prime_until: account.prime.until().map(Instant),
        }
    }
}
