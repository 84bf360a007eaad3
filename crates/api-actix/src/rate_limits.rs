//! What the limits are set to.

use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

/// How often anything may be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "a process has one, and it is read far more than moved")]
pub enum RateLimits {
    /// So often.
    On(Allowances),
    /// As often as anybody likes: for tests and load measurements only.
    Off,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self::On(Allowances::default())
    }
}

/// `default`, `off`, or what is to differ from the default, such as
/// `messages=240/50ms,connections=50`.
impl FromStr for RateLimits {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "default" => Ok(Self::default()),
            "off" => Ok(Self::Off),
            changes => Allowances::default().changed(changes).map(Self::On),
        }
    }
}

/// How many at once, and how long until one more is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// How many at once.
    pub at_once: NonZeroU32,
    /// How long until one more is allowed; never zero.
    pub one_more_per: Duration,
}

impl Allowance {
    const fn new(at_once: u32, one_more_per: Duration) -> Self {
        match NonZeroU32::new(at_once) {
            Some(at_once) => Self { at_once, one_more_per },
            None => panic!("an allowance of nothing is none"),
        }
    }
}

/// Such as `20/30s` or `300/20ms`.
impl FromStr for Allowance {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (at_once, span) = text.split_once('/').ok_or(())?;
        let (number, unit) = match span.strip_suffix("ms") {
            Some(number) => (number, Duration::from_millis(1)),
            None => (span.strip_suffix('s').ok_or(())?, Duration::from_secs(1)),
        };
        let number: NonZeroU32 = number.parse().map_err(|_| ())?;
        Ok(Self { at_once: at_once.parse().map_err(|_| ())?, one_more_per: unit * number.get() })
    }
}

/// Declares the settings once: as members, with their defaults, and by their names.
macro_rules! allowances {
    ($($(#[doc = $doc:literal])+ $name:ident: $at_once:literal / $one_more_per:expr;)+) => {
        /// Every limit's setting. A normal client meets none of the defaults.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct Allowances {
            $($(#[doc = $doc])+ pub $name: Allowance,)+
            /// Connections that one account has open at once.
            pub connections: usize,
            /// Connections that one network has open at once, whatever is spoken on them.
            pub network_connections: usize,
            /// Sockets from one network that have not said hello yet.
            pub strangers: usize,
        }

        impl Default for Allowances {
            fn default() -> Self {
                Self {
                    $($name: Allowance::new($at_once, $one_more_per),)+
                    connections: 20,
                    // A whole campus may share an address.
                    network_connections: 4_096,
                    strangers: 256,
                }
            }
        }

        impl Allowances {
            /// Each name with its allowance.
            #[cfg(test)]
            fn list(&self) -> Vec<(&'static str, Allowance)> {
                vec![$((stringify!($name), self.$name),)+]
            }

            /// The allowance of this name.
            fn named(&mut self, name: &str) -> Option<&mut Allowance> {
                match name {
                    $(stringify!($name) => Some(&mut self.$name),)+
                    _ => None,
                }
            }
        }
    };
}

const fn ms(number: u64) -> Duration {
    Duration::from_millis(number)
}

const fn s(number: u64) -> Duration {
    Duration::from_secs(number)
}

allowances! {
    // Many people may share a network, so what is counted by network is wide: a client that uses it up keeps
    // their neighbours waiting. Guesses are bounded below.
    /// Registrations from one network.
    registrations: 60 / s(20);
    /// Sign-ins from one network, right or wrong.
    logins: 600 / ms(20);
    /// Refresh tokens presented from one network. A client refreshes every quarter of an hour.
    refreshes: 600 / ms(50);

    // Only wrong passwords are counted from here on. Some 3,000 guesses a day at one account.
    /// Wrong passwords for one account from one network, or from one device where it has a session.
    passwords: 20 / s(30);
    /// Wrong passwords for any accounts from one network.
    passwords_by_network: 100 / s(10);
    /// Wrong passwords for one account from everywhere. Past it each network has what comes next.
    passwords_overall: 300 / s(5);
    /// Wrong passwords for one account from one network while that is so.
    passwords_under_attack: 3 / s(600);
    /// Wrong passwords for the own account in one session.
    confirmations: 20 / s(30);
    // All passwords of four digits take a network two weeks.
    /// Wrong passwords for one room from one network.
    room_passwords: 20 / s(120);
    /// Wrong passwords for one room by one account.
    room_passwords_by_account: 20 / s(60);
    /// Wrong passwords for any rooms from one network.
    room_passwords_by_network: 100 / s(30);
    /// Wrong passwords for one room from everywhere. Past it each network has what comes next.
    room_passwords_overall: 200 / s(30);
    /// Wrong passwords for one room from one network while that is so.
    room_passwords_under_attack: 3 / s(3_600);

    /// Rooms created, and new passwords given to rooms, by one account. Each costs a password hashing.
    rooms: 20 / s(10);
    /// Joins asked for by one account.
    joins: 120 / s(2);
    /// Messages written, edited or deleted by one account, and its reactions put to messages or taken back.
    messages: 120 / ms(100);
    /// Invitations made or revoked by one account.
    invitations: 60 / s(10);
    /// Friend requests made, answered or cancelled, and friendships and blocks changed, by one account.
    friends: 60 / s(5);
    /// Anything else that one account changes about itself, its sessions or its rooms.
    changes: 240 / ms(250);
    /// Read markers moved by one account.
    read_marks: 600 / ms(20);
    /// Times that one account is reported to be typing.
    typing: 240 / ms(100);
    /// Profiles looked up by one account. A client asks once for each stranger that it shows.
    profiles: 600 / ms(100);
    /// Pages of history read by one account, and rooms replayed to it. A client that was away for
    /// long asks once for each of its rooms.
    history: 1_200 / ms(20);
    /// Pages of messages looked for by one account. A client asks again with each letter that is typed.
    searches: 120 / ms(250);
    /// What one admin does.
    admin: 300 / ms(100);
    /// Frames on one connection.
    frames: 300 / ms(20);
}

impl Allowances {
    /// These, but for the changes. What cannot be read comes back as it was found.
    fn changed(mut self, changes: &str) -> Result<Self, String> {
        let mut wrong = Vec::new();
        for change in changes.split(',').map(str::trim) {
            if self.change(change).is_none() {
                wrong.push(change);
            }
        }
        if wrong.is_empty() { Ok(self) } else { Err(wrong.join(", ")) }
    }

    fn change(&mut self, change: &str) -> Option<()> {
        let (name, value) = change.split_once('=')?;
        let allowance = match name {
            "connections" => return set_count(&mut self.connections, value),
            "network_connections" => return set_count(&mut self.network_connections, value),
            "strangers" => return set_count(&mut self.strangers, value),
            _ => self.named(name)?,
        };
        *allowance = value.parse().ok()?;
        Some(())
    }
}

fn set_count(count: &mut usize, value: &str) -> Option<()> {
    *count = value.parse().ok().filter(|count| *count > 0)?;
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_named_stays_at_its_default() {
        let Ok(RateLimits::On(changed)) = "messages=240/50ms, passwords=5/60s,connections=50".parse() else {
            panic!("all of it is good");
        };
        let expected = Allowances {
            messages: Allowance::new(240, Duration::from_millis(50)),
            passwords: Allowance::new(5, Duration::from_mins(1)),
            connections: 50,
            ..Allowances::default()
        };
        assert_eq!(changed, expected);
    }

    #[test]
    fn the_operators_guide_has_every_name_with_its_default() {
        let guide = include_str!("../../../docs/operations.md");
        let Allowances { connections, strangers, .. } = Allowances::default();
        let counts = [("connections", connections.to_string()), ("strangers", strangers.to_string())];
        let allowances = Allowances::default().list().into_iter().map(|(name, allowance)| {
            let span = allowance.one_more_per.as_millis();
            let span = if span % 1_000 == 0 { format!("{}s", span / 1_000) } else { format!("{span}ms") };
            (name, format!("{}/{span}", allowance.at_once))
        });
        for (name, default) in allowances.chain(counts) {
            let row = format!("| `{name}` | `{default}` |");
            assert!(guide.contains(&row), "{row}");
        }
    }

    #[test]
    fn two_words_stand_for_all_of_them() {
        assert_eq!("default".parse(), Ok(RateLimits::default()));
        assert_eq!("off".parse(), Ok(RateLimits::Off));
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for wrong in [
            "",
            "none",
            "messages",
            "messages=",
            "messages=5",
            "messages=0/1s",
            "messages=5/0s",
            "messages=5/1m",
            "messages=-5/1s",
            "frames=5/s",
            "connections=0",
            "network_connections=0",
            "strangers=0",
            "connections=5/1s",
            "people=5/1s",
        ] {
            assert_eq!(wrong.parse::<RateLimits>(), Err(wrong.to_owned()));
        }
        assert_eq!("joins=1/1s,a=b,c".parse::<RateLimits>(), Err("a=b, c".to_owned()));
    }
}
