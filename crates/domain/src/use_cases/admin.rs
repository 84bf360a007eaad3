use super::Hexroom;
use crate::change::AccountChange;
use crate::ports::AccountScope;
use crate::rules::accounts as rules;
use crate::{Account, Coins, IdempotencyKey, Notice, Prime, Refusal, TransferId, UserId};

/// What admins do. Whoever lets a caller in here has asked
/// [`admit_admin`](crate::rules::accounts::admit_admin) first; the command line needs no leave.
impl Hexroom {
    /// Grants or withdraws prime.
    pub async fn set_prime(&self, user_id: UserId, prime: Prime) -> Result<Account, Refusal> {
        let scope = AccountScope::new(user_id.clone());
        let committed = self.change_account(scope, move |facts| rules::set_prime(facts, prime)).await?;
        if !committed.changes.is_empty() {
            self.notify(&user_id, Notice::PrimeChanged { prime }).await;
        }
        Ok(Account { prime, ..committed.facts.account })
    }

    /// Makes an account an admin, or no longer one.
    pub async fn set_admin(&self, user_id: UserId, admin: bool) -> Result<Account, Refusal> {
        let scope = AccountScope::new(user_id);
        let committed = self.change_account(scope, move |_| Ok(vec![AccountChange::SetAdmin(admin)])).await?;
        Ok(Account { admin, ..committed.facts.account })
    }

    /// Grants coins, once for each key, and answers the account as it is after it.
    pub async fn grant_coins(
        &self,
        user_id: UserId,
        amount: Coins,
        key: IdempotencyKey,
    ) -> Result<Account, Refusal> {
        let transfer_id = TransferId(self.randomness.id());
        let now = self.clock.now();
        let scope = AccountScope { grant: Some(key.clone()), ..AccountScope::new(user_id.clone()) };
        let committed = self
            .change_account(scope, move |facts| rules::grant_coins(facts, amount, &key, transfer_id, now))
            .await?;
        let mut account = committed.facts.account;
        if !committed.changes.is_empty() {
            account.avail_coins = account.avail_coins.plus(amount);
            self.notify(&user_id, Notice::CoinsChanged { avail_coins: account.avail_coins }).await;
        }
        Ok(account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::AccountFacts;
    use crate::rules::cast::*;
    use crate::use_cases::stage::*;

    fn key() -> IdempotencyKey {
        "key".parse().expect("a key")
    }

    #[tokio::test]
    async fn prime_is_told_to_its_member_after_the_commit() {
        let mut stage = Stage::default();
        stage.changes_account(account(BO));
        let prime = Prime::Until(at(1));
        stage.then_notifies(BO, Notice::PrimeChanged { prime });
        let account = stage.hexroom().set_prime(user(BO), prime).await.expect("there is Bo");
        assert_eq!(account.prime, prime);
    }

    #[tokio::test]
    async fn prime_granted_again_is_silent() {
        let mut stage = Stage::default();
        stage.changes_account(account(BO));
        stage.hexroom().set_prime(user(BO), Prime::No).await.expect("there is Bo");
    }

    #[tokio::test]
    async fn an_admin_is_made_and_unmade() {
        for admin in [true, false] {
            let mut stage = Stage::default();
            stage.changes_account(account(BO));
            let account = stage.hexroom().set_admin(user(BO), admin).await.expect("there is Bo");
            assert_eq!(account.admin, admin);
        }
    }

    #[tokio::test]
    async fn a_grant_is_told_with_the_balance_after_the_commit() {
        let mut stage = Stage::default();
        let mut facts = account(BO);
        facts.account.avail_coins = coins(20);
        stage.changes_account(facts);
        stage.then_notifies(BO, Notice::CoinsChanged { avail_coins: coins(25) });
        let account = stage.hexroom().grant_coins(user(BO), coins(5), key()).await.expect("a new key");
        assert_eq!(account.avail_coins, coins(25));
    }

    #[tokio::test]
    async fn a_repeated_grant_is_silent_and_moves_nothing() {
        let mut stage = Stage::default();
        let mut facts = AccountFacts { earlier_grant: Some(coins(5)), ..account(BO) };
        facts.account.avail_coins = coins(25);
        stage.changes_account(facts);
        let account = stage.hexroom().grant_coins(user(BO), coins(5), key()).await.expect("the same grant");
        assert_eq!(account.avail_coins, coins(25));
    }

    #[tokio::test]
    async fn a_grant_denied_is_silent() {
        let mut stage = Stage::default();
        stage.changes_account(AccountFacts { earlier_grant: Some(coins(5)), ..account(BO) });
        let refused = stage.hexroom().grant_coins(user(BO), coins(6), key()).await;
        assert!(matches!(denied(refused), crate::Denial::Invalid { field: "Idempotency-Key", .. }));
    }
}
