use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use domain::{AccountQuery, Coins, IdempotencyKey, Prime, Reason, RoomId, Timestamp, UserId};

use crate::config;

/// What the command line says.
#[derive(Debug, Parser)]
#[command(
    name = "hexroom",
    version,
    about = "Chat rooms with six seats: the server, and the commands to look after it",
    long_about = "Chat rooms with six seats: the server, and the commands to look after it.\n\n\
        Without a command it serves. With nothing configured it keeps everything in an embedded \
        database under ./data and listens on 127.0.0.1:8080.",
    after_help = "`hexroom --help` also lists the settings; `hexroom config` prints those in force.",
    after_long_help = after_long_help()
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

fn after_long_help() -> String {
    format!(
        "Settings, from the environment or a file .env in the working folder:\n{}\n\
        Exit codes: 0 done, 1 it failed or was refused, 2 wrong usage or settings.",
        config::help()
    )
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the API and the WebSocket (the default)
    ///
    /// Prints one line with the address when ready. Ctrl-C or SIGTERM drains: every connection is
    /// told goodbye and every write finished; a second signal aborts.
    Serve,
    /// Bring the database up to date and exit; `serve` does so too
    Migrate,
    /// Print the settings in force and where each comes from, secrets masked
    Config,
    /// Check every invariant in the live store; exit 1 naming each violation
    Audit,
    /// Write the whole store to a file, as a backup or to move it; also while the server runs
    ///
    /// The file holds every message and password hash, and is made for its owner only.
    Export {
        /// A file that does not exist yet, or - for standard output
        file: PathBuf,
    },
    /// Fill an empty store from a file that `export` wrote
    ///
    /// All of it is taken and passes the audit, or none of it is.
    Import {
        /// The file, or - for standard input
        file: PathBuf,
    },
    /// Make all clients reload their rooms; run this after restoring a backup
    ///
    /// Every room gets a new epoch, so that no client resumes into a different history. No server may
    /// run meanwhile.
    RestoreMark,
    /// Look after accounts, also while the server runs
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Look after rooms, also while the server runs
    Room {
        #[command(subcommand)]
        command: RoomCommand,
    },
    /// Maintain the search index; the server may be running
    Search {
        #[command(subcommand)]
        command: SearchCommand,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// List accounts by a part of their user id or name
    Find {
        /// What to look for, in any case; lists all accounts if left out
        query: Option<AccountQuery>,
    },
    /// Show an account
    Show {
        /// The account's user id
        user: UserId,
    },
    /// Grant prime membership, or withdraw it
    ///
    /// Rooms owned and seats held stay as they are when it ends.
    Prime {
        /// The account's user id
        user: UserId,
        #[command(flatten)]
        term: Term,
        #[command(flatten)]
        why: Why,
    },
    /// Grant coins
    Coins {
        /// The account's user id
        user: UserId,
        /// How many, 1 to 1000000000
        #[arg(value_parser = coins, allow_negative_numbers = true)]
        amount: Coins,
        /// A key for this grant: the same key again grants nothing more
        #[arg(long)]
        key: Option<IdempotencyKey>,
        #[command(flatten)]
        why: Why,
    },
    /// Turn an account's second factor off, for somebody who has lost the authenticator
    SecondFactor {
        /// The account's user id
        user: UserId,
        /// Turn it off; only its owner can turn it on
        #[arg(long, required = true)]
        off: bool,
        #[command(flatten)]
        why: Why,
    },
    /// Make an account an admin's, or take that back
    Admin {
        /// The account's user id
        user: UserId,
        /// Withdraw it instead
        #[arg(long)]
        withdraw: bool,
        #[command(flatten)]
        why: Why,
    },
    /// Suspend an account: it cannot sign in or act, and those signed in to it are disconnected
    ///
    /// It keeps its seats and coins.
    Suspend {
        /// The account's user id
        user: UserId,
        /// Why, for the record that admins read
        #[arg(long)]
        reason: Reason,
    },
    /// Let a suspended account act again
    Readmit {
        /// The account's user id
        user: UserId,
        #[command(flatten)]
        why: Why,
    },
    /// End all sessions of an account; it may sign in again
    SignOut {
        /// The account's user id
        user: UserId,
        #[command(flatten)]
        why: Why,
    },
    /// Print a link to set a new password, which works once and for a day
    PasswordLink {
        /// The account's user id
        user: UserId,
        #[command(flatten)]
        why: Why,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum RoomCommand {
    /// Close any room for good
    Close {
        /// The room's id
        room: RoomId,
        #[command(flatten)]
        why: Why,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum SearchCommand {
    /// Rebuild the search index: the running server does it, or the next one to start
    ///
    /// Until a room is done, a search finds fewer of its messages.
    Rebuild,
}

#[derive(Debug, Args)]
pub(crate) struct Why {
    /// Why, for the record that admins read
    #[arg(long)]
    pub(crate) reason: Option<Reason>,
}

#[derive(Debug, Args)]
pub(crate) struct Term {
    /// When it ends, such as 2030-12-31T23:59:59Z; without it, it lasts until withdrawn
    #[arg(long, value_name = "RFC3339", value_parser = instant, conflicts_with = "withdraw")]
    until: Option<Timestamp>,
    /// Withdraw it instead
    #[arg(long)]
    withdraw: bool,
}

impl Term {
    pub(crate) fn prime(&self) -> Prime {
        match self.until {
            Some(end) => Prime::Until(end),
            None if self.withdraw => Prime::No,
            None => Prime::Always,
        }
    }
}

fn coins(text: &str) -> Result<Coins, String> {
    let expected = || "expected a whole number from 1 to 1000000000".to_owned();
    text.parse().ok().and_then(|amount| Coins::granted(amount).ok()).ok_or_else(expected)
}

fn instant(text: &str) -> Result<Timestamp, String> {
    text.parse::<jiff::Timestamp>()
        .map(|instant| Timestamp::from_millis(instant.as_millisecond()))
        .map_err(|_| "expected an instant with its offset, such as 2030-12-31T23:59:59Z".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;
    use clap::error::ErrorKind;

    use super::*;

    fn parse(line: &str) -> Result<Option<Command>, clap::Error> {
        Cli::try_parse_from(line.split(' ')).map(|cli| cli.command)
    }

    fn user_command(line: &str) -> UserCommand {
        match parse(line) {
            Ok(Some(Command::User { command })) => command,
            other => panic!("{line}: {other:?}"),
        }
    }

    fn prime(line: &str) -> Prime {
        match user_command(line) {
            UserCommand::Prime { user, term, .. } => {
                assert_eq!(user.as_str(), "ana");
                term.prime()
            }
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn without_a_command_it_serves() {
        assert!(matches!(parse("hexroom"), Ok(None)));
        assert!(matches!(parse("hexroom serve"), Ok(Some(Command::Serve))));
        assert!(matches!(parse("hexroom migrate"), Ok(Some(Command::Migrate))));
        assert!(matches!(parse("hexroom config"), Ok(Some(Command::Config))));
        assert!(matches!(parse("hexroom audit"), Ok(Some(Command::Audit))));
        let rebuild = parse("hexroom search rebuild");
        assert!(matches!(rebuild, Ok(Some(Command::Search { command: SearchCommand::Rebuild }))));
    }

    #[test]
    fn prime_lasts_for_ever_or_until_an_instant_or_is_withdrawn() {
        assert_eq!(prime("hexroom user prime Ana"), Prime::Always);
        assert_eq!(prime("hexroom user prime ana --withdraw"), Prime::No);
        let until = Prime::Until(Timestamp::from_millis(1_893_456_000_000));
        assert_eq!(prime("hexroom user prime ana --until 2030-01-01T00:00:00Z"), until);
        assert_eq!(prime("hexroom user prime ana --until 2030-01-01T01:00:00+01:00"), until);
    }

    #[test]
    fn coins_are_given_under_a_key_or_without_one() {
        match user_command("hexroom user coins ana 500 --key gift-1") {
            UserCommand::Coins { amount, key, .. } => {
                assert_eq!(amount.get(), 500);
                assert_eq!(key.expect("it was given").as_str(), "gift-1");
            }
            other => panic!("{other:?}"),
        }
        let UserCommand::Coins { key: None, .. } = user_command("hexroom user coins ana 1") else {
            panic!("no key was given");
        };
    }

    #[test]
    fn wrong_usage_is_explained() {
        for (line, explanation) in [
            ("hexroom user prime a", "3 to 32 letters"),
            ("hexroom user prime ana --until tomorrow", "such as 2030-12-31T23:59:59Z"),
            ("hexroom user prime ana --until 2030-01-01T00:00:00", "with its offset"),
            ("hexroom user prime ana --until 2030-01-01T00:00:00Z --withdraw", "cannot be used with"),
            ("hexroom user coins ana 0", "from 1 to 1000000000"),
            ("hexroom user coins ana -5", "from 1 to 1000000000"),
            ("hexroom user coins ana 1000000001", "from 1 to 1000000000"),
            ("hexroom user coins ana many", "from 1 to 1000000000"),
            ("hexroom user coins ana", "<AMOUNT>"),
            ("hexroom user suspend ana", "--reason <REASON>"),
            ("hexroom room close garden", "not an id that the server gives out"),
            ("hexroom dance", "unrecognized subcommand"),
        ] {
            let error = parse(line).expect_err(line);
            assert!(error.to_string().contains(explanation), "{line}: {error}");
            assert_eq!(error.exit_code(), 2, "{line}");
        }
    }

    #[test]
    fn the_help_names_every_command_and_every_setting() {
        let help = parse("hexroom --help").expect_err("help is no command");
        assert_eq!(help.kind(), ErrorKind::DisplayHelp);
        let help = help.to_string();
        for word in [
            "serve",
            "migrate",
            "config",
            "audit",
            "export",
            "import",
            "restore-mark",
            "user",
            "room",
            "search",
            "LISTEN",
            "JWT_SECRET",
            "METRICS_LISTEN",
        ] {
            assert!(help.contains(word), "{word} is missing in:\n{help}");
        }
    }
}
