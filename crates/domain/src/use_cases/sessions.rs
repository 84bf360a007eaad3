use std::sync::Arc;

use super::Hexroom;
use crate::change::AccountChange;
use crate::facts::AccountFacts;
use crate::ports::{AccountScope, Committed, Purpose, Requester, Verification};
use crate::rules::{Verdict, operators, sessions as rules};
use crate::{
    AccessClaims, Account, Announcement, Denial, DeviceId, Network, OpaqueToken, PageSize, PasswordHash,
    PresentedCode, PresentedPassword, RefreshToken, Refusal, SealedSecret, Session, SessionId, TimeStep,
    Timestamp, UserId,
};

/// Who is calling, as their access token and their session say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The account, as it is now.
    pub account: Account,
    pub session: Session,
    /// When the access token expires.
    pub token_expires_at: Timestamp,
}

impl Caller {
    /// The caller as one who has the password of their own account hashed.
    pub(super) fn own_account(&self, from: Network) -> Requester {
        Requester { network: from, account: self.account.user_id.clone(), purpose: Purpose::OwnAccount }
    }
}

/// What a session is carried on with. Shown to its owner once.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// Signed; proves who is calling.
    pub access_token: OpaqueToken,
    pub access_token_expires_at: Timestamp,
    /// Opaque; buys the next pair.
    pub refresh_token: OpaqueToken,
    pub refresh_token_expires_at: Timestamp,
}

/// What came of a refresh token.
#[derive(Debug, Clone)]
pub enum Refreshed {
    Renewed(Tokens),
    /// The token had been used before, by its thief or its owner: its session has ended.
    Reused {
        user_id: UserId,
    },
}

/// A session that has just begun.
#[derive(Debug, Clone)]
pub struct SignedIn {
    pub account: Account,
    pub session: Session,
    /// What it is carried on with.
    pub tokens: Tokens,
}

/// A session to be opened, with the secrets that its owner will be shown.
pub(super) struct NewSession {
    pub(super) session: Session,
    pub(super) refresh_token: RefreshToken,
    pub(super) tokens: Tokens,
}

/// How often a change is tried whose password's hash is replaced meanwhile.
pub(super) const ATTEMPTS: usize = 3;

/// How many accounts are asked for at once whose sessions have come to their end.
const ACCOUNTS_AT_ONCE: usize = 100;

/// A password that fits.
#[derive(Clone)]
pub(super) struct Verified {
    /// The hash that it fits.
    pub(super) hash: PasswordHash,
    /// The hash to take that one's place, if it is outdated.
    renewed: Option<PasswordHash>,
}

impl Hexroom {
    /// Opens a session, in the place of an earlier one on the same device. Takes the same time
    /// for an unknown account as for a wrong password. `code` is that of a second factor, where one is on.
    pub async fn sign_in(
        &self,
        by: Requester,
        password: PresentedPassword,
        device_id: DeviceId,
        code: Option<PresentedCode>,
    ) -> Result<SignedIn, Refusal> {
        let verified = self.verify(&by, &password).await?;
        let new = self.new_session(by.account.clone(), device_id)?;
        let (session, token) = (new.session.clone(), new.refresh_token.clone());
        let (second_factors, owner) = (Arc::clone(&self.second_factors), by.account.clone());
        let committed = self
            .change_account_with_password(&by, &password, verified, move |facts, verified| {
                let (hash, renewed) = (&verified.hash, verified.renewed.as_ref());
                let codes = |secret: &SealedSecret, step: TimeStep| second_factors.code(&owner, secret, step);
                rules::sign_in(facts, hash, renewed, code.as_ref(), &codes, &session, &token)
            })
            .await
            .map_err(|refusal| erased_is(Denial::InvalidCredentials, refusal))?;
        Ok(SignedIn { account: committed.facts.account, session: new.session, tokens: new.tokens })
    }

    /// How somebody who wants to sign in is to be taken: as no stranger where the account has a session
    /// already, for nobody else is told a device's id; otherwise by whether their network has guessed.
    pub async fn sign_in_purpose(
        &self,
        user_id: &UserId,
        device_id: &DeviceId,
        network_has_guessed: bool,
    ) -> Result<Purpose, Refusal> {
        Ok(match (self.has_session_on(user_id, device_id).await?, network_has_guessed) {
            (true, _) => Purpose::KnownDevice,
            (false, true) => Purpose::SignInAfterMistakes,
            (false, false) => Purpose::SignIn,
        })
    }

    async fn has_session_on(&self, user_id: &UserId, device_id: &DeviceId) -> Result<bool, Refusal> {
        let mut after = None;
        loop {
            let page = self.accounts.sessions(user_id.clone(), after, PageSize::default()).await?;
            if page.items.iter().any(|session| session.device_id == *device_id) {
                return Ok(true);
            }
            after = page.items.last().filter(|_| page.has_more).map(|session| session.device_id.clone());
            if after.is_none() {
                return Ok(false);
            }
        }
    }

    /// Changes an account as `rule` decides, the password having been verified. That takes long, so the
    /// hash may be another by now: renewed by a sign-in, or another password's. Then that one decides.
    pub(super) async fn change_account_with_password(
        &self,
        by: &Requester,
        password: &PresentedPassword,
        mut verified: Verified,
        rule: impl Fn(&AccountFacts, &Verified) -> Verdict<AccountChange> + Clone + Send + Sync + 'static,
    ) -> Result<Committed<AccountFacts, AccountChange>, Refusal> {
        for _ in 0..ATTEMPTS {
            let rule = rule.clone();
            let changed = self
                .change_account(AccountScope::new(by.account.clone()), move |facts| rule(facts, &verified))
                .await;
            match changed {
                Err(Refusal::Denied(Denial::InvalidCredentials)) => {
                    verified = self.verify(by, password).await?;
                }
                other => return other,
            }
        }
        Err(Denial::InvalidCredentials.into())
    }

    /// Compares a password with the hash of the requester's account. An unknown account takes as long as
    /// a wrong password.
    pub(super) async fn verify(
        &self,
        by: &Requester,
        password: &PresentedPassword,
    ) -> Result<Verified, Refusal> {
        let account = self.accounts.find(by.account.clone()).await?;
        let hash = account.map(|account| account.password_hash);
        let verification = self.passwords.verify(password.clone(), hash.clone(), by.clone()).await?;
        let hash = hash.filter(|_| verification.fits).ok_or(Denial::InvalidCredentials)?;
        let renewed = self.renewed(password, verification, by).await?;
        Ok(Verified { hash, renewed })
    }

    /// The hash to take an outdated one's place.
    pub(super) async fn renewed(
        &self,
        password: &PresentedPassword,
        verification: Verification,
        by: &Requester,
    ) -> Result<Option<PasswordHash>, Refusal> {
        if !verification.is_outdated {
            return Ok(None);
        }
        Ok(Some(self.passwords.hash(password.clone(), by.clone()).await?))
    }

    /// Buys the next pair of tokens with a refresh token. Presented again, the token gives the same
    /// refresh token or ends its session, as [`refresh`](rules::refresh) decides.
    pub async fn refresh(&self, presented: OpaqueToken) -> Result<Refreshed, Refusal> {
        let hash = presented.hash();
        let user_id = self.accounts.find_refresh_token(hash).await?.ok_or(Denial::TokenInvalid)?;
        let now = self.clock.now();
        let salt = self.randomness.salt();
        let scope = AccountScope { refresh_token: Some(hash), ..AccountScope::new(user_id.clone()) };
        let (tokens, token) = (Arc::clone(&self.refresh_tokens), presented.clone());
        let committed = self
            .change_account(scope, move |facts| {
                rules::refresh(facts, salt, &|salt| tokens.successors(&token, salt), now)
            })
            .await
            .map_err(|refusal| erased_is(Denial::SessionRevoked, refusal))?;
        let Some((session, renewal)) = rules::renewed(&committed.facts, &committed.changes) else {
            return Ok(Refreshed::Reused { user_id });
        };
        let successors = self.refresh_tokens.successors(&presented, &renewal.salt);
        let next = successors.with_hash(renewal.successor).ok_or(Denial::TokenInvalid)?;
        Ok(Refreshed::Renewed(self.tokens(session, next, session.renewable_until(renewal.at))?))
    }

    /// Removes the sessions that have come to their end by themselves, and answers how many.
    pub async fn end_outlived_sessions(&self) -> Result<usize, Refusal> {
        let now = self.clock.now();
        let (opened, seen) = (now.minus(Session::LIFETIME), now.minus(RefreshToken::LIFETIME));
        let mut ended = 0;
        loop {
            let accounts = self.accounts.with_old_sessions(opened, seen, ACCOUNTS_AT_ONCE).await?;
            let is_last = accounts.len() < ACCOUNTS_AT_ONCE;
            for user_id in accounts {
                let rule = move |facts: &AccountFacts| rules::end_outlived(facts, now);
                match self.change_account(AccountScope::new(user_id), rule).await {
                    Ok(committed) => ended += committed.changes.len(),
                    Err(Refusal::Denied(Denial::UserNotFound)) => {}
                    Err(refusal) => return Err(refusal),
                }
            }
            if is_last {
                return Ok(ended);
            }
        }
    }

    /// Who a token speaks for, if its session has not ended.
    pub async fn authenticate(&self, token: &OpaqueToken) -> Result<Caller, Refusal> {
        let now = self.clock.now();
        let claims = self.access_tokens.read(token, now)?;
        let found = self.accounts.find_session(claims.session_id).await?;
        let (account, session) =
            found.filter(|(account, _)| account.user_id == claims.user_id).ok_or(Denial::SessionRevoked)?;
        operators::admit(&account)?;
        if session.ends_at() <= now {
            return Err(Denial::SessionRevoked.into());
        }
        if rules::is_to_be_touched(&session, now) {
            self.last_seen.note(session.id);
        }
        let token_expires_at = claims.expires_at.min(session.ends_at());
        Ok(Caller { account, session, token_expires_at })
    }

    /// Ends the session on one of the account's devices, on its open sockets too.
    pub async fn end_session(&self, user_id: UserId, device_id: DeviceId) -> Result<(), Refusal> {
        self.change_account(AccountScope::new(user_id), move |facts| rules::end_on_device(facts, &device_id))
            .await?;
        Ok(())
    }

    /// Changes an account as `rule` decides and announces the sessions that ended with it, or wait.
    pub(super) async fn change_account(
        &self,
        scope: AccountScope,
        rule: impl Fn(&AccountFacts) -> Verdict<AccountChange> + Send + Sync + 'static,
    ) -> Result<Committed<AccountFacts, AccountChange>, Refusal> {
        let committed = self.accounts.change(scope, Box::new(rule)).await?;
        let ended: Vec<_> = committed
            .changes
            .iter()
            .filter_map(|change| match change {
                AccountChange::EndSession(id) => Some(*id),
                _ => None,
            })
            .collect();
        if !ended.is_empty() {
            self.events.publish(Announcement::SessionsEnded(ended)).await;
        }
        if committed.changes.iter().any(|change| matches!(change, AccountChange::SetSuspended(Some(_)))) {
            let user_id = committed.facts.account.user_id.clone();
            self.events.publish(Announcement::Suspended(user_id)).await;
        }
        Ok(committed)
    }

    pub(super) fn new_session(&self, user_id: UserId, device_id: DeviceId) -> Result<NewSession, Refusal> {
        let now = self.clock.now();
        let id = SessionId(self.randomness.id());
        let secret = self.randomness.token();
        let session = Session {
            id,
            user_id,
            device_id,
            created_at: now,
            last_seen_at: now,
            generation: 0,
            renewal: None,
        };
        let expires_at = session.renewable_until(now);
        let refresh_token = RefreshToken { hash: secret.hash(), session_id: id, generation: 0, expires_at };
        let tokens = self.tokens(&session, secret, expires_at)?;
        Ok(NewSession { session, refresh_token, tokens })
    }

    fn tokens(
        &self,
        session: &Session,
        refresh_token: OpaqueToken,
        refresh_token_expires_at: Timestamp,
    ) -> Result<Tokens, Refusal> {
        let now = self.clock.now();
        let expires_at = now.plus(rules::ACCESS_TOKEN_LIFETIME);
        let claims = AccessClaims {
            user_id: session.user_id.clone(),
            session_id: session.id,
            issued_at: now,
            expires_at,
        };
        Ok(Tokens {
            access_token: self.access_tokens.sign(&claims)?,
            access_token_expires_at: expires_at,
            refresh_token,
            refresh_token_expires_at,
        })
    }
}

/// A caller whose account was erased meanwhile is told `denial`, not that there is no such account.
fn erased_is(denial: Denial, refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Denied(Denial::UserNotFound) => denial.into(),
        other => other,
    }
}

#[cfg(test)]
mod tests;
