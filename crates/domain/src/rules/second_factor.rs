//! What an account asks for besides its password, and what it takes for that.

use std::time::Duration;

use crate::change::AccountChange;
use crate::facts::AccountFacts;
use crate::rules::Verdict;
use crate::rules::accounts::admit_password;
use crate::rules::operators::recorded;
use crate::{
    AdminAction, Deed, Denial, OpaqueToken, PasswordHash, PresentedCode, SealedSecret, TimeStep, Timestamp,
    TokenHash,
};

/// How long an authenticator shows one code.
pub const STEP: Duration = Duration::from_secs(30);

/// How many steps an authenticator's clock may be behind or ahead.
const SKEW: i64 = 1;

/// How many recovery codes an account is given.
pub const RECOVERY_CODES: usize = 10;

/// The code that an authenticator with such a secret shows in a step; none if the secret cannot be read.
pub type Codes<'a> = dyn Fn(&SealedSecret, TimeStep) -> Option<OpaqueToken> + 'a;

/// Lets a sign-in pass whose password was right. What it presents is used up by it.
pub(super) fn admit(
    facts: &AccountFacts,
    presented: Option<&PresentedCode>,
    codes: &Codes<'_>,
    now: Timestamp,
) -> Verdict<AccountChange> {
    let second_factor = &facts.account.second_factor;
    let Some(secret) = &second_factor.secret else { return Ok(Vec::new()) };
    let presented = presented.ok_or(Denial::SecondFactorRequired)?;
    if let Some(step) = matching_step(secret, presented, codes, now) {
        let is_fresh = second_factor.last_step.is_none_or(|last| last < step);
        return if is_fresh {
            Ok(vec![AccountChange::UseTimeStep(step)])
        } else {
            Err(Denial::SecondFactorInvalid)
        };
    }
    let recovery_code = presented.recovery_hash();
    if facts.recovery_codes.contains(&recovery_code) {
        return Ok(vec![AccountChange::UseRecoveryCode(recovery_code)]);
    }
    Err(Denial::SecondFactorInvalid)
}

/// The newest step near `now` in which the authenticator shows what was presented.
fn matching_step(
    secret: &SealedSecret,
    presented: &PresentedCode,
    codes: &Codes<'_>,
    now: Timestamp,
) -> Option<TimeStep> {
    let digits = presented.digits()?.hash();
    let step = step_at(now);
    let mut steps = (step - SKEW..=step + SKEW).rev().map(TimeStep);
    // Hashes are compared, so that the time it takes tells nothing of the code.
    steps.find(|step| codes(secret, *step).is_some_and(|code| code.hash() == digits))
}

fn step_at(now: Timestamp) -> i64 {
    let millis = i64::try_from(STEP.as_millis()).unwrap_or(i64::MAX);
    now.as_millis().div_euclid(millis)
}

/// Offers an authenticator's secret, which takes force when it is confirmed; until then whatever was in
/// force stays so. `compared_with` is the hash that the password was found to fit.
pub fn offer(
    facts: &AccountFacts,
    compared_with: &PasswordHash,
    sealed: &SealedSecret,
) -> Verdict<AccountChange> {
    admit_password(facts, compared_with)?;
    Ok(vec![AccountChange::OfferSecondFactor(sealed.clone())])
}

/// Puts the offered secret into force once its authenticator has shown a code. Earlier recovery codes
/// give way to new ones.
pub fn confirm(
    facts: &AccountFacts,
    presented: &PresentedCode,
    codes: &Codes<'_>,
    recovery_codes: &[TokenHash],
    now: Timestamp,
) -> Verdict<AccountChange> {
    let offered = facts.account.second_factor.offered.as_ref().ok_or(Denial::NotFound)?;
    let last_step = matching_step(offered, presented, codes, now).ok_or(Denial::SecondFactorInvalid)?;
    let recovery_codes = recovery_codes.to_vec();
    Ok(vec![AccountChange::TurnOnSecondFactor { secret: offered.clone(), last_step, recovery_codes }])
}

/// Lifts the second factor with the password.
pub fn lift(facts: &AccountFacts, compared_with: &PasswordHash) -> Verdict<AccountChange> {
    admit_password(facts, compared_with)?;
    Ok(without(facts))
}

/// Lifts the second factor of somebody who has lost it, as the operator decides.
pub fn lift_for(facts: &AccountFacts, deed: &Deed) -> Verdict<AccountChange> {
    let lifted = without(facts);
    if lifted.is_empty() {
        return Ok(lifted);
    }
    Ok(recorded(lifted, facts, AdminAction::LiftSecondFactor, deed))
}

fn without(facts: &AccountFacts) -> Vec<AccountChange> {
    let second_factor = &facts.account.second_factor;
    let is_there = second_factor.is_on() || second_factor.offered.is_some();
    is_there.then_some(AccountChange::TurnOffSecondFactor).into_iter().collect()
}

/// Encrypts anew what was encrypted under the key before. `renew` gives the secret under the key in
/// force, unless it is so already or cannot be read.
pub fn reseal(
    facts: &AccountFacts,
    renew: &dyn Fn(&SealedSecret) -> Option<SealedSecret>,
) -> Verdict<AccountChange> {
    let second_factor = &facts.account.second_factor;
    let secret = second_factor.secret.as_ref().and_then(renew);
    let offered = second_factor.offered.as_ref().and_then(renew);
    if secret.is_none() && offered.is_none() {
        return Ok(Vec::new());
    }
    Ok(vec![AccountChange::ResealSecondFactor {
        secret: secret.or_else(|| second_factor.secret.clone()),
        offered: offered.or_else(|| second_factor.offered.clone()),
    }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::cast::*;
    use crate::{SecondFactor, recovery_hash};

    /// A step is 30 seconds, and this is the one of `NOW`.
    const THIS: i64 = 33;

    /// A secret shows its only byte and the step.
    fn codes(secret: &SealedSecret, step: TimeStep) -> Option<OpaqueToken> {
        secret.0.first().map(|byte| OpaqueToken::new(format!("{byte:03}{:03}", step.0)))
    }

    fn sealed(byte: u8) -> SealedSecret {
        SealedSecret(vec![byte])
    }

    /// Bo's second factor is on, and has two recovery codes left.
    fn protected(last_step: Option<i64>) -> AccountFacts {
        let mut facts = account(BO);
        facts.account.second_factor =
            SecondFactor { secret: Some(sealed(7)), last_step: last_step.map(TimeStep), offered: None };
        facts.recovery_codes = vec![recovery_hash("first"), recovery_hash("second")];
        facts
    }

    fn presents(facts: &AccountFacts, code: &str) -> Verdict<AccountChange> {
        let code: PresentedCode = code.parse().expect("a code");
        admit(facts, Some(&code), &codes, NOW)
    }

    #[test]
    fn an_account_without_a_second_factor_takes_no_code() {
        assert_eq!(admit(&account(BO), None, &codes, NOW), Ok(Vec::new()));
        assert_eq!(presents(&account(BO), "000000"), Ok(Vec::new()));
        let mut offered = account(BO);
        offered.account.second_factor.offered = Some(sealed(7));
        assert_eq!(admit(&offered, None, &codes, NOW), Ok(Vec::new()), "it is not confirmed");
    }

    #[test]
    fn an_account_with_one_takes_a_code() {
        assert_eq!(admit(&protected(None), None, &codes, NOW), Err(Denial::SecondFactorRequired));
        for wrong in ["007032a", "008033", "000000", "third"] {
            assert_eq!(presents(&protected(None), wrong), Err(Denial::SecondFactorInvalid), "{wrong}");
        }
    }

    #[test]
    fn a_clock_may_be_one_step_off() {
        for step in [THIS - 1, THIS, THIS + 1] {
            let used = AccountChange::UseTimeStep(TimeStep(step));
            assert_eq!(presents(&protected(None), &format!("007{step:03}")), Ok(vec![used]));
        }
        for step in [THIS - 2, THIS + 2] {
            let refused = presents(&protected(None), &format!("007{step:03}"));
            assert_eq!(refused, Err(Denial::SecondFactorInvalid));
        }
    }

    #[test]
    fn a_code_is_good_once_and_so_are_those_before_it() {
        assert!(presents(&protected(Some(THIS - 1)), "007033").is_ok());
        for last in [THIS, THIS + 1] {
            assert_eq!(presents(&protected(Some(last)), "007033"), Err(Denial::SecondFactorInvalid));
        }
    }

    #[test]
    fn a_recovery_code_takes_the_place_of_a_code_and_is_used_up() {
        let used = AccountChange::UseRecoveryCode(recovery_hash("second"));
        assert_eq!(presents(&protected(Some(THIS)), "SEC-OND"), Ok(vec![used]));
    }

    #[test]
    fn a_secret_that_cannot_be_read_leaves_the_recovery_codes() {
        let mut facts = protected(None);
        facts.account.second_factor.secret = Some(SealedSecret(Vec::new()));
        assert_eq!(presents(&facts, "007033"), Err(Denial::SecondFactorInvalid));
        assert!(presents(&facts, "first").is_ok());
    }

    #[test]
    fn a_secret_is_offered_for_the_password() {
        let facts = protected(None);
        let offered = AccountChange::OfferSecondFactor(sealed(8));
        assert_eq!(offer(&facts, &hash("the account's"), &sealed(8)), Ok(vec![offered]));
        assert_eq!(offer(&facts, &hash("another"), &sealed(8)), Err(Denial::InvalidCredentials));
    }

    #[test]
    fn an_offered_secret_is_confirmed_by_one_of_its_codes() {
        let mut facts = protected(Some(THIS));
        facts.account.second_factor.offered = Some(sealed(8));
        let recovery_codes = [recovery_hash("new")];
        let confirms = |facts: &AccountFacts, code: &str| {
            confirm(facts, &code.parse().expect("a code"), &codes, &recovery_codes, NOW)
        };
        let on = AccountChange::TurnOnSecondFactor {
            secret: sealed(8),
            last_step: TimeStep(THIS),
            recovery_codes: recovery_codes.to_vec(),
        };
        assert_eq!(confirms(&facts, "008033"), Ok(vec![on]));
        for wrong in ["007033", "first", "008000"] {
            assert_eq!(confirms(&facts, wrong), Err(Denial::SecondFactorInvalid), "{wrong}");
        }
        assert_eq!(confirms(&protected(None), "007033"), Err(Denial::NotFound), "nothing was offered");
    }

    #[test]
    fn a_second_factor_is_lifted_with_the_password_or_by_the_operator() {
        let off = Ok(vec![AccountChange::TurnOffSecondFactor]);
        assert_eq!(lift(&protected(None), &hash("the account's")), off);
        assert_eq!(lift(&protected(None), &hash("another")), Err(Denial::InvalidCredentials));
        let mut offered = account(BO);
        offered.account.second_factor.offered = Some(sealed(8));
        assert_eq!(lift(&offered, &hash("the account's")), off, "what was offered is taken back");

        let record = deed(None).to_account(AdminAction::LiftSecondFactor, &user(BO));
        let changes = vec![AccountChange::TurnOffSecondFactor, AccountChange::Record(record)];
        assert_eq!(lift_for(&protected(None), &deed(None)), Ok(changes));
        assert_eq!(lift_for(&account(BO), &deed(None)), Ok(Vec::new()), "there is none");
    }

    #[test]
    fn secrets_under_the_key_before_are_encrypted_anew() {
        let mut facts = protected(None);
        facts.account.second_factor.offered = Some(sealed(8));
        let renewed = |renew: &dyn Fn(&SealedSecret) -> Option<SealedSecret>| reseal(&facts, renew);
        assert_eq!(renewed(&|_| None), Ok(Vec::new()));
        let only_seven = |secret: &SealedSecret| (secret.0 == [7]).then(|| sealed(70));
        assert_eq!(
            renewed(&only_seven),
            Ok(vec![AccountChange::ResealSecondFactor {
                secret: Some(sealed(70)),
                offered: Some(sealed(8))
            }])
        );
    }
}
