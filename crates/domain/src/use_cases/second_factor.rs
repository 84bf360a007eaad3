use std::sync::Arc;

use super::{Caller, Hexroom};
use crate::facts::AccountFacts;
use crate::ports::AccountScope;
use crate::rules::second_factor as rules;
use crate::{
    Denial, Network, NewAuthenticator, OpaqueToken, PresentedCode, PresentedPassword, Refusal, SealedSecret,
    TimeStep, recovery_hash,
};

/// How many accounts are read at once whose secrets are to be encrypted anew.
const ACCOUNTS_AT_ONCE: usize = 100;

impl Hexroom {
    /// Offers an authenticator's secret to the caller, who confirms it with a code of it.
    pub async fn offer_second_factor(
        &self,
        caller: &Caller,
        password: PresentedPassword,
        from: Network,
    ) -> Result<NewAuthenticator, Refusal> {
        let (user_id, by) = (&caller.account.user_id, caller.own_account(from));
        let verified = self.verify(&by, &password).await?;
        let new = self.second_factors.new_authenticator(user_id)?;
        let sealed = new.sealed.clone();
        self.change_account_with_password(&by, &password, verified, move |facts, verified| {
            rules::offer(facts, &verified.hash, &sealed)
        })
        .await?;
        Ok(new)
    }

    /// Puts the offered secret into force, and answers the recovery codes, which nobody is shown again.
    pub async fn confirm_second_factor(
        &self,
        caller: &Caller,
        code: PresentedCode,
    ) -> Result<Vec<OpaqueToken>, Refusal> {
        let user_id = caller.account.user_id.clone();
        let recovery_codes: Vec<_> =
            (0..rules::RECOVERY_CODES).map(|_| self.second_factors.recovery_code()).collect();
        let hashes: Vec<_> = recovery_codes.iter().map(|code| recovery_hash(code.expose())).collect();
        let (second_factors, now) = (Arc::clone(&self.second_factors), self.clock.now());
        self.change_account(AccountScope::new(user_id.clone()), move |facts| {
            let codes = |secret: &SealedSecret, step: TimeStep| second_factors.code(&user_id, secret, step);
            rules::confirm(facts, &code, &codes, &hashes, now)
        })
        .await?;
        Ok(recovery_codes)
    }

    /// Lifts the caller's second factor.
    pub async fn lift_second_factor(
        &self,
        caller: &Caller,
        password: PresentedPassword,
        from: Network,
    ) -> Result<(), Refusal> {
        let by = caller.own_account(from);
        let verified = self.verify(&by, &password).await?;
        self.change_account_with_password(&by, &password, verified, |facts, verified| {
            rules::lift(facts, &verified.hash)
        })
        .await?;
        Ok(())
    }

    /// Encrypts anew every secret that is under the key before, and answers of how many accounts.
    pub async fn reseal_second_factors(&self) -> Result<usize, Refusal> {
        let (mut resealed, mut after) = (0, None);
        loop {
            let accounts = self.accounts.with_second_factor(after, ACCOUNTS_AT_ONCE).await?;
            let Some(last) = accounts.last().cloned() else { return Ok(resealed) };
            for user_id in accounts {
                let (second_factors, owner) = (Arc::clone(&self.second_factors), user_id.clone());
                let rule = move |facts: &AccountFacts| {
                    rules::reseal(facts, &|secret| second_factors.renew(&owner, secret))
                };
                match self.change_account(AccountScope::new(user_id), rule).await {
                    Ok(committed) => resealed += committed.changes.len(),
                    Err(Refusal::Denied(Denial::UserNotFound)) => {}
                    Err(refusal) => return Err(refusal),
                }
            }
            after = Some(last);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::AccountChange;
    use crate::ports::Committed;
    use crate::rules::cast::*;
    use crate::use_cases::fixture::*;

    fn code(text: &str) -> PresentedCode {
        text.parse().expect("a code")
    }

    /// Bo has been offered a secret.
    fn offered() -> AccountFacts {
        let mut facts = account(BO);
        facts.account.second_factor.offered = Some(SealedSecret(vec![7]));
        facts
    }

    #[tokio::test]
    async fn a_secret_is_offered_once_the_password_fits() {
        let mut fixture = Fixture::default();
        fixture.finds_account(Some(account(BO).account));
        fixture.compares(true, false);
        fixture.changes_account(account(BO));
        let new =
            fixture.hexroom().offer_second_factor(&caller(), password(), NETWORK).await.expect("it fits");
        assert_eq!(new.sealed, SealedSecret(vec![7]));

        let mut fixture = Fixture::default();
        fixture.finds_account(Some(account(BO).account));
        fixture.compares(false, false);
        fixture.accounts.expect_change().never();
        let refused = fixture.hexroom().offer_second_factor(&caller(), password(), NETWORK).await;
        assert_eq!(denied(refused.map(drop)), Denial::InvalidCredentials);
    }

    #[tokio::test]
    async fn a_confirmation_answers_the_recovery_codes_of_which_the_hashes_are_kept() {
        let mut fixture = Fixture::default();
        fixture.accounts.expect_change().times(1).returning(|_, decide| {
            let (facts, changes) = (offered(), decide(&offered())?);
            let AccountChange::TurnOnSecondFactor { recovery_codes, .. } = &changes[0] else { panic!() };
            assert_eq!(*recovery_codes, vec![recovery_hash("a recovery code"); rules::RECOVERY_CODES]);
            Ok(Committed { facts, changes })
        });
        let shown =
            fixture.hexroom().confirm_second_factor(&caller(), code("007033")).await.expect("it is right");
        assert_eq!(shown.len(), 10);
        assert_eq!(shown[0].expose(), "a recovery code");
    }

    #[tokio::test]
    async fn a_wrong_code_confirms_nothing() {
        let mut fixture = Fixture::default();
        fixture.changes_account(offered());
        let refused = fixture.hexroom().confirm_second_factor(&caller(), code("000000")).await;
        assert_eq!(denied(refused.map(drop)), Denial::SecondFactorInvalid);
    }

    #[tokio::test]
    async fn every_secret_under_the_key_before_is_encrypted_anew() {
        let mut fixture = Fixture::default();
        fixture
            .accounts
            .expect_with_second_factor()
            .times(2)
            .returning(|after, _| Ok(if after.is_none() { vec![user(ANA), user(BO)] } else { Vec::new() }));
        fixture.changes_account(account(ANA));
        fixture.changes_account(offered());
        assert_eq!(fixture.hexroom().reseal_second_factors().await.expect("the store works"), 1);
    }
}
