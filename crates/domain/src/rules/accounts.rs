//! What may become of an account (SPEC section 2, rules 6 and 7).

use crate::change::AccountChange;
use crate::facts::AccountFacts;
use crate::rules::Verdict;
use crate::{
    Account, CoinAccount, Coins, Denial, IdempotencyKey, Invalid, PasswordHash, Prime, SessionId, Timestamp,
    Transfer, TransferId, TransferReason,
};

/// Which coins a new account starts with: what was asked for, up to `most`.
pub fn signup_coins(asked_for: Option<Coins>, most: Coins) -> Result<Coins, Denial> {
    let coins = asked_for.unwrap_or_default();
    if coins <= most {
        return Ok(coins);
    }
    let message = format!("A new account may start with at most {most} coins.");
    Err(Denial::Invalid { field: "availCoins", invalid: Invalid::new("too_many", message) })
}

/// Lets admins pass.
pub fn admit_admin(actor: &Account) -> Result<(), Denial> {
    if actor.admin { Ok(()) } else { Err(Denial::AdminOnly) }
}

/// Grants or withdraws prime. Rooms owned and seats held stay as they are.
pub fn set_prime(facts: &AccountFacts, prime: Prime) -> Verdict<AccountChange> {
    if facts.account.prime == prime { Ok(Vec::new()) } else { Ok(vec![AccountChange::SetPrime(prime)]) }
}

/// Grants coins, once for each key. The same key for another amount is refused.
pub fn grant_coins(
    facts: &AccountFacts,
    amount: Coins,
    key: &IdempotencyKey,
    transfer_id: TransferId,
    now: Timestamp,
) -> Verdict<AccountChange> {
    let invalid =
        |field, code, message: &'static str| Denial::Invalid { field, invalid: Invalid::new(code, message) };
    if amount == Coins::ZERO {
        return Err(invalid("amount", "out_of_range", "A grant is of at least one coin."));
    }
    match facts.earlier_grant {
        Some(earlier) if earlier == amount => Ok(Vec::new()),
        Some(_) => {
            Err(invalid("Idempotency-Key", "used", "This key was used for a grant of another amount."))
        }
        None => Ok(vec![AccountChange::Grant {
            transfer: Transfer {
                id: transfer_id,
                from: CoinAccount::Mint,
                to: CoinAccount::Member(facts.account.user_id.clone()),
                amount,
                reason: TransferReason::Grant,
                room_id: None,
                at: now,
            },
            key: key.clone(),
        }]),
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
    let mut changes = vec![AccountChange::SetPassword(new.clone())];
    changes.extend(
        facts
            .sessions
            .iter()
            .filter(|session| session.id != current)
            .map(|session| AccountChange::EndSession(session.id)),
    );
    Ok(changes)
}

/// Ends the account. Whoever owns rooms hands them over or closes them first.
pub fn erase(facts: &AccountFacts, compared_with: &PasswordHash, now: Timestamp) -> Verdict<AccountChange> {
    admit_password(facts, compared_with)?;
    if facts.owned_rooms > 0 {
        return Err(Denial::OwnerMustHandOver);
    }
    let mut changes: Vec<_> =
        facts.sessions.iter().map(|session| AccountChange::EndSession(session.id)).collect();
    changes.push(AccountChange::Erase { at: now });
    Ok(changes)
}

/// A password that fits a hash which has since been replaced is the old password.
pub(super) fn admit_password(facts: &AccountFacts, compared_with: &PasswordHash) -> Result<(), Denial> {
    if facts.account.password_hash == *compared_with { Ok(()) } else { Err(Denial::InvalidCredentials) }
}
