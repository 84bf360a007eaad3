use async_trait::async_trait;

use crate::{
    AccessClaims, Denial, Network, NewAuthenticator, OpaqueToken, PasswordHash, PresentedPassword, Refusal,
    Salt, SealedSecret, Successors, TimeStep, Timestamp, UserId,
};

/// What comparing a password with a hash showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verification {
    /// Whether the password fits.
    pub fits: bool,
    /// Whether the hash was made in another way than a new one would be.
    pub is_outdated: bool,
}

/// Who has a password hashed, and why. Hashing is dear, so it is shared among those who ask for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requester {
    /// Where they call from.
    pub network: Network,
    /// The account that they use, or want to use.
    pub account: UserId,
    /// Why.
    pub purpose: Purpose,
}

impl Requester {
    /// Somebody who joins a room, or gives it a password.
    pub fn of_room(account: &UserId, network: Network) -> Self {
        Self { network, account: account.clone(), purpose: Purpose::Room }
    }
}

/// Why a password is hashed. No purpose waits for the work of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To sign in on some device.
    SignIn,
    /// The same, from a network where wrong passwords came from lately.
    SignInAfterMistakes,
    /// To sign in again on a device where the account has a session.
    KnownDevice,
    /// To prove, in a session, that the account is one's own, or to give it another password.
    OwnAccount,
    /// To make a new account.
    Registration,
    /// To join a room, or to give it a password.
    Room,
}

impl Purpose {
    /// All of them, in the order of their declaration.
    pub const ALL: [Self; 6] = [
        Self::SignIn,
        Self::SignInAfterMistakes,
        Self::KnownDevice,
        Self::OwnAccount,
        Self::Registration,
        Self::Room,
    ];
}

/// Hashes passwords. Slow on purpose, so adapters work off the caller's thread and under one limit for
/// the whole process, and share it fairly: between the purposes, then between the networks, then between
/// the accounts of each. A request that cannot have a turn soon is refused as unavailable.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// The hash of a new password.
    async fn hash(&self, password: PresentedPassword, by: Requester) -> Result<PasswordHash, Refusal>;

    /// Compares a password with a hash. Without one it takes the same time and nothing fits.
    async fn verify(
        &self,
        password: PresentedPassword,
        hash: Option<PasswordHash>,
        by: Requester,
    ) -> Result<Verification, Refusal>;
}

/// Signs and reads access tokens.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait AccessTokens: Send + Sync {
    /// A signed token that says so.
    fn sign(&self, claims: &AccessClaims) -> Result<OpaqueToken, Refusal>;

    /// What a token says, if it is ours and `now` lies within its time: `token_invalid`,
    /// `token_expired`.
    fn read(&self, token: &OpaqueToken, now: Timestamp) -> Result<AccessClaims, Denial>;
}

/// Derives each refresh token from the one before it, so that the server can give it again without
/// keeping it.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait RefreshTokens: Send + Sync {
    /// The successors of a token. Nobody derives one without the token, the salt and a key.
    fn successors(&self, presented: &OpaqueToken, salt: &Salt) -> Successors;
}

/// Makes the secrets of second factors, and the codes that authenticators show with them.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait SecondFactors: Send + Sync {
    /// A new secret for an account.
    fn new_authenticator(&self, user_id: &UserId) -> Result<NewAuthenticator, Refusal>;

    /// The six digits that the account's authenticator shows in a step; none if the secret cannot be read.
    fn code(&self, user_id: &UserId, secret: &SealedSecret, step: TimeStep) -> Option<OpaqueToken>;

    /// The secret under the key in force, unless it is so already or cannot be read.
    fn renew(&self, user_id: &UserId, secret: &SealedSecret) -> Option<SealedSecret>;

    /// A recovery code of at least 80 random bits.
    fn recovery_code(&self) -> OpaqueToken;
}
