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
