use super::Hexroom;
use crate::change::AccountChange;
use crate::facts::AccountFacts;
use crate::ports::{AccountScope, Committed};
use crate::rules::{Verdict, sessions as rules};
use crate::{
    AccessClaims, Account, Announcement, Denial, DeviceId, OpaqueToken, PresentedPassword, RefreshToken,
    Refusal, Session, SessionId, Timestamp, UserId,
};

/// Who is calling, as their access token and their session say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The account, as it is now.
    pub account: Account,
    /// The session.
    pub session: Session,
    /// When the access token expires.
    pub token_expires_at: Timestamp,
}

/// What a session is carried on with. Shown to its owner once.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// Signed; proves who is calling.
    pub access_token: OpaqueToken,
    /// When that ends.
    pub access_token_expires_at: Timestamp,
    /// Opaque; buys the next pair.
    pub refresh_token: OpaqueToken,
    /// When that ends.
    pub refresh_token_expires_at: Timestamp,
}

/// A session that has just begun.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Whose.
    pub account: Account,
    /// The session.
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

impl Hexroom {
    /// Opens a session, in the place of an earlier one on the same device. Takes the same time
    /// for an unknown account as for a wrong password.
    pub async fn sign_in(
        &self,
        user_id: UserId,
        password: PresentedPassword,
        device_id: DeviceId,
    ) -> Result<SignedIn, Refusal> {
        let account = self.accounts.find(user_id.clone()).await?;
        let hash = account.map(|account| account.password_hash);
        let verification = self.passwords.verify(password.clone(), hash.clone()).await?;
        let compared_with = hash.filter(|_| verification.fits).ok_or(Denial::InvalidCredentials)?;
        let rehashed =
            if verification.is_outdated { Some(self.passwords.hash(password).await?) } else { None };

        let new = self.new_session(user_id.clone(), device_id)?;
        let (session, token) = (new.session.clone(), new.refresh_token.clone());
        let committed = self
            .change_account(AccountScope::new(user_id), move |facts| {
                rules::sign_in(facts, &compared_with, rehashed.as_ref(), &session, &token)
            })
            .await
            .map_err(|refusal| erased_is(Denial::InvalidCredentials, refusal))?;
        Ok(SignedIn { account: committed.facts.account, session: new.session, tokens: new.tokens })
    }

    /// Buys a new pair of tokens with a refresh token. One that was rotated out ends its session.
    pub async fn refresh(&self, presented: OpaqueToken) -> Result<Tokens, Refusal> {
        let hash = presented.hash();
        let user_id = self.accounts.find_refresh_token(hash).await?.ok_or(Denial::TokenInvalid)?;
        let now = self.clock.now();
        let next = self.randomness.token();
        let next_hash = next.hash();
        let scope = AccountScope { refresh_token: Some(hash), ..AccountScope::new(user_id.clone()) };
        let committed = self
            .change_account(scope, move |facts| rules::refresh(facts, next_hash, now))
            .await
            .map_err(|refusal| erased_is(Denial::SessionRevoked, refusal))?;
        let rotated = committed.changes.iter().find_map(|change| match change {
            AccountChange::RotateRefreshToken { next, .. } => Some(next.session_id),
            _ => None,
        });
        let session_id = rotated.ok_or(Denial::SessionRevoked)?;
        self.tokens(user_id, session_id, next, now)
    }

    /// Who a token speaks for, if its session has not ended.
    pub async fn authenticate(&self, token: &OpaqueToken) -> Result<Caller, Refusal> {
        let now = self.clock.now();
        let claims = self.access_tokens.read(token, now)?;
        let found = self.accounts.find_session(claims.session_id).await?;
        let (account, session) =
            found.filter(|(account, _)| account.user_id == claims.user_id).ok_or(Denial::SessionRevoked)?;
        if now.since(session.last_seen_at) >= rules::TOUCH_INTERVAL {
            let scope = AccountScope::new(account.user_id.clone());
            self.accounts
                .change(scope, Box::new(move |facts| rules::touch(facts, claims.session_id, now)))
                .await
                .map_err(|refusal| erased_is(Denial::SessionRevoked, refusal))?;
        }
        Ok(Caller { account, session, token_expires_at: claims.expires_at })
    }

    /// Ends the session on one of the account's devices, on its open sockets too.
    pub async fn end_session(&self, user_id: UserId, device_id: DeviceId) -> Result<(), Refusal> {
        self.change_account(AccountScope::new(user_id), move |facts| rules::end_on_device(facts, &device_id))
            .await?;
        Ok(())
    }

    /// Changes an account as `rule` decides and announces the sessions that ended with it.
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
        Ok(committed)
    }

    pub(super) fn new_session(&self, user_id: UserId, device_id: DeviceId) -> Result<NewSession, Refusal> {
        let now = self.clock.now();
        let id = SessionId(self.randomness.id());
        let secret = self.randomness.token();
        let hash = secret.hash();
        let tokens = self.tokens(user_id.clone(), id, secret, now)?;
        let expires_at = tokens.refresh_token_expires_at;
        Ok(NewSession {
            session: Session { id, user_id, device_id, created_at: now, last_seen_at: now, generation: 0 },
            refresh_token: RefreshToken { hash, session_id: id, generation: 0, expires_at },
            tokens,
        })
    }

    fn tokens(
        &self,
        user_id: UserId,
        session_id: SessionId,
        refresh_token: OpaqueToken,
        now: Timestamp,
    ) -> Result<Tokens, Refusal> {
        let expires_at = now.plus(rules::ACCESS_TOKEN_LIFETIME);
        let claims = AccessClaims { user_id, session_id, issued_at: now, expires_at };
        Ok(Tokens {
            access_token: self.access_tokens.sign(&claims)?,
            access_token_expires_at: expires_at,
            refresh_token,
            refresh_token_expires_at: now.plus(rules::REFRESH_TOKEN_LIFETIME),
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
mod tests {
    use super::*;
    use crate::facts::RoomFacts;
    use crate::ports::MockAccounts;
    use crate::rules::cast::*;
    use crate::use_cases::stage::*;
    use crate::{PasswordHash, TokenHash};

    fn phone() -> SessionId {
        account(BO).sessions[0].id
    }

    fn claims() -> AccessClaims {
        AccessClaims { user_id: user(BO), session_id: phone(), issued_at: at(-10), expires_at: at(10) }
    }

    async fn signs_in_on(device_id: &str, stage: Stage) -> Result<SignedIn, Refusal> {
        stage.hexroom().sign_in(user(BO), password(), device(device_id)).await
    }

    /// Bo is known, and the password fits.
    fn welcome() -> Stage {
        let mut stage = Stage::default();
        stage.finds_account(Some(account(BO).account));
        stage.compares(true, false);
        stage.signs_tokens();
        stage
    }

    #[tokio::test]
    async fn a_sign_in_opens_a_session_with_its_tokens() {
        let mut stage = welcome();
        stage.changes_account(account(BO));
        let signed_in = signs_in_on("laptop", stage).await.expect("the password fits");
        assert_eq!(signed_in.session.device_id, device("laptop"));
        assert_eq!((signed_in.session.created_at, signed_in.session.generation), (NOW, 0));
        assert_eq!(signed_in.tokens.access_token.expose(), "signed");
        assert_eq!(signed_in.tokens.access_token_expires_at, NOW.plus(rules::ACCESS_TOKEN_LIFETIME));
        assert_eq!(signed_in.tokens.refresh_token.expose(), "secret");
        assert_eq!(signed_in.tokens.refresh_token_expires_at, NOW.plus(rules::REFRESH_TOKEN_LIFETIME));
    }

    #[tokio::test]
    async fn the_session_that_gives_way_is_announced_after_the_commit() {
        let mut stage = welcome();
        stage.changes_account(account(BO));
        stage.then_publishes(Announcement::SessionsEnded(vec![phone()]));
        signs_in_on("phone", stage).await.expect("the password fits");
    }

    #[tokio::test]
    async fn a_wrong_password_never_reaches_the_accounts_lock() {
        let mut stage = Stage::default();
        stage.finds_account(Some(account(BO).account));
        stage.compares(false, true);
        stage.accounts.expect_change().never();
        stage.passwords.expect_hash().never();
        assert_eq!(denied(signs_in_on("phone", stage).await), Denial::InvalidCredentials);
    }

    #[tokio::test]
    async fn an_unknown_account_takes_as_long_as_a_wrong_password() {
        let mut stage = Stage::default();
        stage.finds_account(None);
        stage
            .passwords
            .expect_verify()
            .withf(|_, hash: &Option<PasswordHash>| hash.is_none())
            .times(1)
            .returning(|_, _| Ok(crate::ports::Verification { fits: false, is_outdated: false }));
        assert_eq!(denied(signs_in_on("phone", stage).await), Denial::InvalidCredentials);
    }

    #[tokio::test]
    async fn an_outdated_hash_is_renewed_on_signing_in() {
        let mut stage = Stage::default();
        stage.finds_account(Some(account(BO).account));
        stage.compares(true, true);
        stage.hashes_to("better");
        stage.signs_tokens();
        stage.accounts.expect_change().times(1).returning(|_, decide| {
            let (facts, changes) = (account(BO), decide(&account(BO))?);
            assert!(changes.contains(&AccountChange::SetPassword(hash("better"))));
            Ok(Committed { facts, changes })
        });
        signs_in_on("laptop", stage).await.expect("the password fits");
    }

    #[tokio::test]
    async fn an_account_erased_while_it_signs_in_is_not_told_apart() {
        let mut stage = welcome();
        stage.accounts.expect_change().times(1).returning(|_, _| Err(Denial::UserNotFound.into()));
        assert_eq!(denied(signs_in_on("phone", stage).await), Denial::InvalidCredentials);
    }

    fn presented() -> OpaqueToken {
        OpaqueToken::new("refresh token 5".to_owned())
    }

    fn knows_whose_token(accounts: &mut MockAccounts) {
        let known: TokenHash = presented().hash();
        accounts
            .expect_find_refresh_token()
            .withf(move |hash| *hash == known)
            .returning(|_| Ok(Some(user(BO))));
    }

    #[tokio::test]
    async fn a_refresh_token_buys_the_next_pair() {
        let mut stage = Stage::default();
        knows_whose_token(&mut stage.accounts);
        stage.changes_account(AccountFacts { refresh_token: Some(refresh_token(5)), ..account(BO) });
        stage
            .access_tokens
            .expect_sign()
            .withf(|it| it.session_id == phone())
            .times(1)
            .returning(|_| Ok(OpaqueToken::new("signed".to_owned())));
        let tokens = stage.hexroom().refresh(presented()).await.expect("the token is good");
        assert_eq!(tokens.refresh_token.expose(), "secret");
    }

    #[tokio::test]
    async fn a_token_rotated_out_ends_its_session_which_is_announced() {
        let mut stage = Stage::default();
        knows_whose_token(&mut stage.accounts);
        stage.changes_account(AccountFacts { refresh_token: Some(refresh_token(3)), ..account(BO) });
        stage.then_publishes(Announcement::SessionsEnded(vec![phone()]));
        stage.access_tokens.expect_sign().never();
        assert_eq!(denied(stage.hexroom().refresh(presented()).await), Denial::SessionRevoked);
    }

    #[tokio::test]
    async fn an_unknown_refresh_token_locks_no_account() {
        let mut stage = Stage::default();
        stage.accounts.expect_find_refresh_token().returning(|_| Ok(None));
        stage.accounts.expect_change().never();
        assert_eq!(denied(stage.hexroom().refresh(presented()).await), Denial::TokenInvalid);
    }

    #[tokio::test]
    async fn the_refresh_token_of_an_erased_account_is_worth_nothing() {
        let mut stage = Stage::default();
        knows_whose_token(&mut stage.accounts);
        stage.accounts.expect_change().times(1).returning(|_, _| Err(Denial::UserNotFound.into()));
        assert_eq!(denied(stage.hexroom().refresh(presented()).await), Denial::SessionRevoked);
    }

    /// Bo's token is good; the session was last seen so many milliseconds ago.
    fn seen(millis_ago: i64) -> Stage {
        let mut stage = Stage::default();
        stage.access_tokens.expect_read().returning(|_, _| Ok(claims()));
        let mut session = account(BO).sessions.remove(0);
        session.last_seen_at = at(-millis_ago);
        stage
            .accounts
            .expect_find_session()
            .withf(|id| *id == phone())
            .returning(move |_| Ok(Some((account(BO).account, session.clone()))));
        stage
    }

    #[tokio::test]
    async fn a_caller_is_known_by_the_token() {
        let caller = seen(59_999).hexroom().authenticate(&presented()).await.expect("the token is good");
        assert_eq!((caller.account, caller.token_expires_at), (account(BO).account, at(10)));
    }

    #[tokio::test]
    async fn a_caller_not_seen_for_a_minute_is_noted() {
        let mut stage = seen(60_000);
        let mut facts = account(BO);
        facts.sessions[0].last_seen_at = at(-60_000);
        stage.changes_account(facts);
        stage.hexroom().authenticate(&presented()).await.expect("the token is good");
    }

    #[tokio::test]
    async fn a_caller_erased_meanwhile_has_no_session() {
        let mut stage = seen(60_000);
        stage.accounts.expect_change().times(1).returning(|_, _| Err(Denial::UserNotFound.into()));
        assert_eq!(denied(stage.hexroom().authenticate(&presented()).await), Denial::SessionRevoked);
    }

    #[tokio::test]
    async fn a_bad_token_is_not_looked_up() {
        for denial in [Denial::TokenInvalid, Denial::TokenExpired] {
            let mut stage = Stage::default();
            let told = denial.clone();
            stage.access_tokens.expect_read().returning(move |_, _| Err(told.clone()));
            stage.accounts.expect_find_session().never();
            assert_eq!(denied(stage.hexroom().authenticate(&presented()).await), denial);
        }
    }

    #[tokio::test]
    async fn an_ended_session_and_the_session_of_another_are_revoked() {
        let another = || (account(CY).account, account(CY).sessions.remove(0));
        for found in [None, Some(another())] {
            let mut stage = Stage::default();
            stage.access_tokens.expect_read().returning(|_, _| Ok(claims()));
            stage.accounts.expect_find_session().returning(move |_| Ok(found.clone()));
            assert_eq!(denied(stage.hexroom().authenticate(&presented()).await), Denial::SessionRevoked);
        }
    }

    #[tokio::test]
    async fn an_ended_session_is_announced_after_the_commit() {
        let mut stage = Stage::default();
        stage.changes_account(account(BO));
        stage.then_publishes(Announcement::SessionsEnded(vec![phone()]));
        stage.hexroom().end_session(user(BO), device("phone")).await.expect("there is the session");
    }

    #[tokio::test]
    async fn ending_no_session_is_silent() {
        let mut stage = Stage::default();
        stage.changes_account(account(BO));
        let refused = stage.hexroom().end_session(user(BO), device("laptop")).await;
        assert_eq!(denied(refused), Denial::NotFound);
    }

    #[tokio::test]
    async fn a_store_that_fails_is_no_denial() {
        let mut stage = Stage::default();
        stage
            .rooms
            .expect_change()
            .times(1)
            .returning(|_, _: crate::ports::Decide<RoomFacts, _>| Err(Refusal::Unavailable("full".into())));
        let refused = stage.hexroom().leave_room(ROOM, user(BO)).await;
        assert!(matches!(refused, Err(Refusal::Unavailable(_))), "and nothing is announced");
    }
}
