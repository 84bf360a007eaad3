use std::sync::Arc;

use actix_web::rt::System;
use domain::ports::Randomness;
use domain::use_cases::Hexroom;
use domain::{Account, Denial, IdempotencyKey, Prime, Timestamp};
use infra_crypto::SystemRandomness;

use crate::cli::UserCommand;
use crate::config::Config;
use crate::failure::Failure;
use crate::log_only::LogOnlyEvents;
use crate::say::say;
use crate::storage::Storage;
use crate::{compose, logging};

/// Looks after one account.
pub(crate) fn run(config: &Config, command: UserCommand) -> Result<(), Failure> {
    logging::start(config);
    let storage = Storage::existing(config)?;
    let told = System::new().block_on(async {
        let stores = storage.open(None).await?;
        let hexroom = compose::hexroom(config, &storage, &stores, Arc::new(LogOnlyEvents))?;
        carry_out(&hexroom, command).await
    })?;
    say(&told);
    Ok(())
}

/// Does it, and answers what to tell whoever asked.
async fn carry_out(hexroom: &Hexroom, command: UserCommand) -> Result<String, Failure> {
    let now = hexroom.clock.now();
    match command {
        UserCommand::Show { user } => {
            let account = hexroom.accounts.find(user).await?.ok_or(Denial::UserNotFound)?;
            Ok(description(&account, now))
        }
        UserCommand::Prime { user, term } => {
            let prime = term.prime();
            if prime.until().is_some_and(|end| end <= now) {
                return Err(Failure::new("--until lies in the past; to end it now, use --withdraw"));
            }
            let account = hexroom.set_prime(user, prime).await?;
            Ok(format!("{} is {}.", account.user_id, membership(account.prime, now)))
        }
        UserCommand::Coins { user, amount, key } => {
            let key = key.map_or_else(fresh_key, Ok)?;
            let account = hexroom.grant_coins(user, amount, key.clone()).await?;
            let (user_id, balance) = (account.user_id, account.avail_coins);
            Ok(format!("{user_id} was given {amount} coins under the key {key}, and has {balance} now."))
        }
        UserCommand::Admin { user, withdraw } => {
            let account = hexroom.set_admin(user, !withdraw).await?;
            let role = if account.admin { "an admin" } else { "no admin" };
            Ok(format!("{} is {role}.", account.user_id))
        }
    }
}

/// A key for a grant that is given once, whatever else is given.
fn fresh_key() -> Result<IdempotencyKey, Failure> {
    let key = format!("command-line-{}", SystemRandomness.id()).parse();
    key.map_err(|invalid| Failure::because("no key could be made", Box::<domain::Invalid>::new(invalid)))
}

/// An account in a few lines; its phone number stays its own.
fn description(account: &Account, now: Timestamp) -> String {
    let yes_or_no = |fact| if fact { "yes" } else { "no" }.to_owned();
    [
        ("userId", account.user_id.to_string()),
        ("name", account.name.as_str().to_owned()),
        ("membership", membership(account.prime, now)),
        ("availCoins", account.avail_coins.to_string()),
        ("freeJoinUsed", yes_or_no(account.free_join_used)),
        ("admin", yes_or_no(account.admin)),
        ("memberSince", instant(account.member_since)),
    ]
    .map(|(name, value)| format!("{name:<12}  {value}"))
    .join("\n")
}

fn membership(prime: Prime, now: Timestamp) -> String {
    match prime {
        Prime::No => "a free member".to_owned(),
        Prime::Always => "a prime member until withdrawn".to_owned(),
        Prime::Until(end) if prime.is_active(now) => format!("a prime member until {}", instant(end)),
        Prime::Until(end) => format!("a free member, prime until {}", instant(end)),
    }
}

/// As the API shows it: RFC 3339 in UTC with milliseconds.
fn instant(at: Timestamp) -> String {
    let millis = at.as_millis();
    jiff::Timestamp::from_millisecond(millis)
        .map_or_else(|_| millis.to_string(), |instant| format!("{instant:.3}"))
}

#[cfg(test)]
mod tests {
    use domain::{Coins, PasswordHash};

    use super::*;

    const NOON: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn account() -> Account {
        Account {
            user_id: "ana".parse().expect("valid"),
            name: "Ana".parse().expect("valid"),
            phone: "+14155550123".parse().expect("valid"),
            password_hash: PasswordHash::new("$2b$12$hash".to_owned()),
            avail_coins: Coins::new(350).expect("not negative"),
            prime: Prime::No,
            free_join_used: true,
            admin: false,
            member_since: NOON,
        }
    }

    #[test]
    fn an_account_is_described_without_its_phone_and_password() {
        let description = description(&account(), NOON);
        assert!(description.contains("availCoins    350"), "{description}");
        assert!(description.contains("memberSince   2027-01-15T08:00:00.000Z"), "{description}");
        assert!(!description.contains("5550123") && !description.contains("hash"), "{description}");
    }

    #[test]
    fn a_lapsed_prime_member_is_a_free_member() {
        let later = Timestamp::from_millis(NOON.as_millis() + 1);
        assert_eq!(membership(Prime::Until(later), NOON), "a prime member until 2027-01-15T08:00:00.001Z");
        assert_eq!(
            membership(Prime::Until(NOON), NOON),
            "a free member, prime until 2027-01-15T08:00:00.000Z"
        );
    }

    #[test]
    fn each_grant_without_a_key_is_a_grant_of_its_own() {
        let keys = [fresh_key().expect("valid"), fresh_key().expect("valid")];
        assert_ne!(keys[0], keys[1]);
    }
}
