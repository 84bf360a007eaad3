//! What may become of an account (docs/protocol.md, Coins and Prime).

use crate::change::AccountChange;
use crate::facts::AccountFacts;
use crate::rules::Verdict;
use crate::rules::operators::{admit, recorded};
use crate::{
    AccountPassword, AccountRevision, AdminAction, CoinAccount, Coins, Deed, Denial, Field, IdempotencyKey,
    Invalid, NewPassword, PasswordHash, Prime, SessionId, Timestamp, Transfer, TransferId, TransferReason,
    UserId,
};

/// Which coins a new account starts with: what was asked for, up to `most`.
pub fn signup_coins(asked_for: Option<Coins>, most: Coins) -> Result<Coins, Invalid> {
    let coins = asked_for.unwrap_or_default();
    if coins <= most {
        return Ok(coins);
    }
    let message = format!("A new account may start with at most {most} coins.");
    Err(Invalid::new("too_many", message))
}

/// The password that `user_id` is to be given, which came in `field`.
pub fn new_password(
    password: AccountPassword,
    user_id: &UserId,
    field: Field,
) -> Result<NewPassword, Denial> {
    password.of(user_id).map_err(|invalid| Denial::Invalid { field, invalid })
}

/// Changes the account's name and phone number.
pub fn revise(wanted: &AccountRevision) -> Vec<AccountChange> {
    if *wanted == AccountRevision::default() {
        Vec::new()
    } else {
        vec![AccountChange::Revise(wanted.clone())]
    }
}

/// Grants or withdraws prime. Rooms owned and seats held stay as they are.
pub fn set_prime(facts: &AccountFacts, prime: Prime, deed: &Deed) -> Verdict<AccountChange> {
    if facts.account.prime == prime {
        return Ok(Vec::new());
    }
    let action = if prime == Prime::No { AdminAction::WithdrawPrime } else { AdminAction::GrantPrime };
    Ok(recorded(vec![AccountChange::SetPrime(prime)], facts, action, deed))
}

/// Grants coins, once for each key. The same key for another amount is refused.
pub fn grant_coins(
    facts: &AccountFacts,
    amount: Coins,
    key: &IdempotencyKey,
    transfer_id: TransferId,
    deed: &Deed,
) -> Verdict<AccountChange> {
    match facts.earlier_grant {
        Some(earlier) if earlier == amount => Ok(Vec::new()),
        Some(_) => {
            let invalid = Invalid::new("used", "This key was used for a grant of another amount.");
            Err(Denial::Invalid { field: Field::IdempotencyKey, invalid })
        }
        None => {
            let transfer = Transfer {
                id: transfer_id,
                from: CoinAccount::Mint,
                to: CoinAccount::Member(facts.account.user_id.clone()),
                amount,
                reason: TransferReason::Grant,
                room_id: None,
                at: deed.at,
            };
            let grant = AccountChange::Grant { transfer, key: key.clone() };
            Ok(recorded(vec![grant], facts, AdminAction::GrantCoins, deed))
        }
    }
}

/// Sets another password and ends all sessions but the one it is set from. `compared_with` is the
/// hash that the current password was found to fit.
pub fn change_password(
    facts: &AccountFacts,
    compared_with: &PasswordHash,
    new: &PasswordHash,
    current: SessionId,
) -> Verdict<AccountChange> {
    admit_password(facts, compared_with)?;
    let mut changes = vec![AccountChange::SetPassword(new.clone()), AccountChange::DropPasswordLinks];
    changes.extend(
        facts
            .sessions
            .iter()
            .filter(|session| session.id != current)
            .map(|session| AccountChange::EndSession(session.id)),
    );
    Ok(changes)
}

/// Ends the account. An owner of rooms hands them over or closes them first. While the account
/// still holds seats nothing changes, for it leaves its rooms first.
pub fn erase(facts: &AccountFacts, compared_with: &PasswordHash, now: Timestamp) -> Verdict<AccountChange> {
    admit_password(facts, compared_with)?;
    if facts.owned_rooms > 0 {
        return Err(Denial::OwnerMustHandOver);
    }
    if facts.seats_held > 0 {
        return Ok(Vec::new());
    }
    let mut changes: Vec<_> =
        facts.sessions.iter().map(|session| AccountChange::EndSession(session.id)).collect();
    changes.push(AccountChange::Erase { at: now });
    Ok(changes)
}

/// A password that fits a hash which has since been replaced is the old password. The right one is of
/// no use to a suspended account.
pub(super) fn admit_password(facts: &AccountFacts, compared_with: &PasswordHash) -> Result<(), Denial> {
    if facts.account.password_hash == *compared_with {
        admit(&facts.account)
    } else {
        Err(Denial::InvalidCredentials)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::cast::*;

    fn key() -> IdempotencyKey {
        "key".parse().expect("a key")
    }

    fn grants(facts: &AccountFacts, amount: i64) -> Verdict<AccountChange> {
        grant_coins(facts, coins(amount), &key(), TransferId(uuid(9)), &deed(Some(ANA)))
    }

    fn invalid_field(denial: &Denial) -> Field {
        match denial {
            Denial::Invalid { field, .. } => *field,
            other => panic!("not a matter of the input: {other:?}"),
        }
    }

    #[test]
    fn coins_at_registration_are_honoured_up_to_the_limit() {
        let most = coins(1_000);
        assert_eq!(signup_coins(None, most), Ok(Coins::ZERO));
        for amount in [0, 1, 1_000] {
            assert_eq!(signup_coins(Some(coins(amount)), most), Ok(coins(amount)));
        }
        let refused = signup_coins(Some(coins(1_001)), most).expect_err("it is too much");
        assert_eq!(refused.code, "too_many");
    }

    #[test]
    fn a_limit_of_0_forbids_coins_at_registration() {
        assert_eq!(signup_coins(Some(Coins::ZERO), Coins::ZERO), Ok(Coins::ZERO));
        assert!(signup_coins(Some(coins(1)), Coins::ZERO).is_err());
    }

    #[test]
    fn prime_is_granted_prolonged_and_withdrawn() {
        let mut facts = account(BO);
        let deed = deed(None);
        for prime in [Prime::Always, Prime::Until(at(1)), Prime::Until(at(2)), Prime::No] {
            let action =
                if prime == Prime::No { AdminAction::WithdrawPrime } else { AdminAction::GrantPrime };
            let record = AccountChange::Record(deed.to_account(action, &user(BO)));
            assert_eq!(set_prime(&facts, prime, &deed), Ok(vec![AccountChange::SetPrime(prime), record]));
            facts.account.prime = prime;
            assert_eq!(set_prime(&facts, prime, &deed), Ok(Vec::new()), "it is so already");
        }
    }

    #[test]
    fn a_grant_moves_coins_from_the_mint() {
        let transfer = Transfer {
            id: TransferId(uuid(9)),
            from: CoinAccount::Mint,
            to: CoinAccount::Member(user(BO)),
            amount: coins(5),
            reason: TransferReason::Grant,
            room_id: None,
            at: NOW,
        };
        let record = deed(Some(ANA)).to_account(AdminAction::GrantCoins, &user(BO));
        let grant = AccountChange::Grant { transfer, key: key() };
        assert_eq!(grants(&account(BO), 5), Ok(vec![grant, AccountChange::Record(record)]));
    }

    #[test]
    fn a_grant_is_made_once_for_each_key() {
        let facts = AccountFacts { earlier_grant: Some(coins(5)), ..account(BO) };
        assert_eq!(grants(&facts, 5), Ok(Vec::new()));
        for other in [4, 6] {
            let refused = grants(&facts, other).expect_err("the key was used");
            assert_eq!(invalid_field(&refused), Field::IdempotencyKey);
        }
    }

    #[test]
    fn another_password_ends_the_other_sessions() {
        let facts = account(BO);
        let (phone, tablet) = (facts.sessions[0].id, facts.sessions[1].id);
        assert_eq!(
            change_password(&facts, &hash("the account's"), &hash("new"), tablet),
            Ok(vec![
                AccountChange::SetPassword(hash("new")),
                AccountChange::DropPasswordLinks,
                AccountChange::EndSession(phone),
            ])
        );
    }

    #[test]
    fn a_password_that_was_right_before_it_was_changed_is_wrong() {
        let facts = account(BO);
        let (old, current) = (hash("an older one"), facts.sessions[0].id);
        let refused = Err(Denial::InvalidCredentials);
        assert_eq!(change_password(&facts, &old, &hash("new"), current), refused);
        assert_eq!(erase(&facts, &old, NOW), refused);
    }

    #[test]
    fn a_suspended_account_with_the_right_password_does_nothing() {
        let mut facts = account(BO);
        facts.account.suspended_at = Some(at(-1));
        let (current, right) = (facts.sessions[0].id, hash("the account's"));
        let suspended = Err(Denial::AccountSuspended);
        assert_eq!(change_password(&facts, &right, &hash("new"), current), suspended);
        assert_eq!(erase(&facts, &right, NOW), suspended);
        assert_eq!(erase(&facts, &hash("another"), NOW), Err(Denial::InvalidCredentials));
    }

    #[test]
    fn an_account_ends_with_its_sessions() {
        let facts = account(BO);
        assert_eq!(
            erase(&facts, &hash("the account's"), NOW),
            Ok(vec![
                AccountChange::EndSession(facts.sessions[0].id),
                AccountChange::EndSession(facts.sessions[1].id),
                AccountChange::Erase { at: NOW },
            ])
        );
    }

    #[test]
    fn an_owner_of_rooms_does_not_end_their_account() {
        let facts = AccountFacts { owned_rooms: 1, seats_held: 1, ..account(BO) };
        assert_eq!(erase(&facts, &hash("the account's"), NOW), Err(Denial::OwnerMustHandOver));
    }

    #[test]
    fn an_account_does_not_end_while_it_holds_a_seat() {
        let facts = AccountFacts { seats_held: 1, ..account(BO) };
        assert_eq!(erase(&facts, &hash("the account's"), NOW), Ok(Vec::new()));
    }
}
