use std::sync::Arc;

use actix_web::rt::System;
use domain::ports::Randomness;
use domain::use_cases::Hexroom;
use domain::{Account, AccountQuery, Denial, IdempotencyKey, Operator, PageSize, Prime, Reason, Timestamp};
use infra_crypto::SystemRandomness;

use crate::cli::{RoomCommand, UserCommand};
use crate::config::Config;
use crate::failure::Failure;
use crate::log_only::LogOnlyEvents;
use crate::print::print_lines;
use crate::storage::Storage;
use crate::{compose, logging};

/// Looks after accounts.
pub(crate) fn user(config: &Config, command: UserCommand) -> Result<(), Failure> {
    on_store(config, async |hexroom| carry_out(hexroom, command).await)
}

/// Looks after rooms.
pub(crate) fn room(config: &Config, command: RoomCommand) -> Result<(), Failure> {
    let RoomCommand::Close { room, why } = command;
    on_store(config, async |hexroom| {
        hexroom.close_room_as_operator(command_line(why.reason), room).await?;
        Ok(format!("The room {room} is closed."))
    })
}

/// Works on the store, whether a server runs on it or not: one that does finds in the admin record what
/// was done, and tells those who are connected.
fn on_store(
    config: &Config,
    work: impl AsyncFnOnce(&Hexroom) -> Result<String, Failure>,
) -> Result<(), Failure> {
    logging::start(config);
    let storage = Storage::existing(config)?;
    let told = System::new().block_on(async {
        let stores = storage.open(None).await?;
        let hexroom = compose::hexroom(config, &storage, &stores, Arc::new(LogOnlyEvents))?;
        work(&hexroom).await
    })?;
    print_lines(&told);
    Ok(())
}

fn command_line(reason: Option<Reason>) -> Operator {
    Operator { admin_id: None, reason }
}

/// Does it, and answers what to print.
async fn carry_out(hexroom: &Hexroom, command: UserCommand) -> Result<String, Failure> {
    let now = hexroom.clock.now();
    match command {
        UserCommand::Find { query } => find(hexroom, query).await,
        UserCommand::Show { user } => {
            let account = hexroom.accounts.find(user).await?.ok_or(Denial::UserNotFound)?;
            Ok(description(&account, now))
        }
        UserCommand::Prime { user, term, why } => {
            let prime = term.prime();
            if prime.until().is_some_and(|end| end <= now) {
                return Err(Failure::new("--until lies in the past; to end it now, use --withdraw"));
            }
            let account = hexroom.set_prime(command_line(why.reason), user, prime).await?;
            Ok(format!("{} is {}.", account.user_id, membership(account.prime, now)))
        }
        UserCommand::Coins { user, amount, key, why } => {
            let key = key.map_or_else(fresh_key, Ok)?;
            hexroom.grant_coins(command_line(why.reason), user.clone(), amount, key.clone()).await?;
            Ok(format!("{user} was given {amount} coins under the key {key}."))
        }
        UserCommand::Admin { user, withdraw, why } => {
            hexroom.set_admin(command_line(why.reason), user.clone(), !withdraw).await?;
            let role = if withdraw { "not an admin" } else { "an admin" };
            Ok(format!("{user} is {role}."))
        }
        UserCommand::Suspend { user, reason } => {
            hexroom.suspend(command_line(Some(reason)), user.clone()).await?;
            Ok(format!("{user} is suspended."))
        }
        UserCommand::Readmit { user, why } => {
            hexroom.readmit(command_line(why.reason), user.clone()).await?;
            Ok(format!("{user} is no longer suspended."))
        }
        UserCommand::SignOut { user, why } => {
            hexroom.end_sessions(command_line(why.reason), user.clone()).await?;
            Ok(format!("{user} is signed out everywhere."))
        }
        UserCommand::PasswordLink { user, why } => {
            let made = hexroom.make_password_link(command_line(why.reason), user.clone()).await?;
            let (token, end) = (made.token.expose(), instant(made.expires_at));
            Ok(format!(
                "With this path after the server's address {user} can set a new password, once, until {end}:\n/#/password/{token}"
            ))
        }
        UserCommand::SecondFactor { user, off: _, why } => {
            let was_there = hexroom.lift_second_factor_of(command_line(why.reason), user.clone()).await?;
            let told = if was_there { "is off now" } else { "was already off" };
            Ok(format!("The second factor of {user} {told}."))
        }
    }
}

/// One line for each account found.
async fn find(hexroom: &Hexroom, query: Option<AccountQuery>) -> Result<String, Failure> {
    let (now, mut lines, mut after) = (hexroom.clock.now(), Vec::new(), None);
    loop {
        let page = hexroom.accounts.list(query.clone(), after, PageSize::default()).await?;
        lines.extend(page.items.iter().map(|account| line(account, now)));
        match page.items.last() {
            Some(last) if page.has_more => after = Some(last.user_id.clone()),
            _ if lines.is_empty() => return Ok("No account was found.".to_owned()),
            _ => return Ok(lines.join("\n")),
        }
    }
}

fn line(account: &Account, now: Timestamp) -> String {
    let prime = if account.prime.is_active(now) { "prime" } else { "free" };
    let admin = if account.admin { "admin" } else { "" };
    let suspended = if account.suspended_at.is_some() { "suspended" } else { "" };
    format!("{:<32}  {prime:<6}  {admin:<9}  {suspended:<9}  {}", account.user_id.as_str(), account.name)
}

/// A key for a grant that is given once, whatever else is given.
fn fresh_key() -> Result<IdempotencyKey, Failure> {
    let key = format!("command-line-{}", SystemRandomness.id()).parse();
    key.map_err(|invalid| Failure::because("no key could be made", Box::<domain::Invalid>::new(invalid)))
}

/// An account in a few lines; its phone number and its coins stay its own.
fn description(account: &Account, now: Timestamp) -> String {
    let yes_or_no = |fact| if fact { "yes" } else { "no" }.to_owned();
    [
        ("userId", account.user_id.to_string()),
        ("name", account.name.as_str().to_owned()),
        ("membership", membership(account.prime, now)),
        ("admin", yes_or_no(account.admin)),
        (
            "suspended",
            account.suspended_at.map_or_else(|| "no".to_owned(), |at| format!("since {}", instant(at))),
        ),
        ("secondFactor", yes_or_no(account.second_factor.is_on())),
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
            suspended_at: None,
            member_since: NOON,
            second_factor: domain::SecondFactor::default(),
        }
    }

    #[test]
    fn an_account_is_described_without_what_is_its_own_alone() {
        let description = description(&account(), NOON);
        assert!(description.contains("suspended     no"), "{description}");
        assert!(description.contains("memberSince   2027-01-15T08:00:00.000Z"), "{description}");
        assert!(!description.contains("5550123") && !description.contains("hash"), "{description}");
        assert!(!description.contains("350"), "{description}");
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
