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

/// Every limit's setting. A normal client meets none of the defaults.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowances {
    /// Registrations from one network.
    pub registrations: Allowance,
    /// Logins from one network.
    pub logins: Allowance,
    /// Refresh tokens presented from one network.
    pub refreshes: Allowance,
    /// Passwords presented for one account, at login or later.
    pub passwords: Allowance,
    /// Passwords presented by one account for one room.
    pub joins: Allowance,
    /// Passwords given to rooms by one account.
    pub rooms: Allowance,
    /// Messages written, edited or deleted by one account.
    pub messages: Allowance,
    /// Frames on one connection.
    pub frames: Allowance,
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
            // Several people may share an address, so these two are wide; each also costs a
            // password hashing, so they are not endless.
            registrations: Allowance::new(60, Duration::from_secs(20)),
            logins: Allowance::new(100, Duration::from_secs(2)),
            // A client refreshes every quarter of an hour; several hundred may share an address.
            refreshes: Allowance::new(300, Duration::from_millis(200)),
            // Some 3,000 guesses a day against the password of one account.
            passwords: Allowance::new(20, Duration::from_secs(30)),
            // Some 3,000 guesses a day by one account against the password of one room; a client
            // that repeats a join whose answer was lost stays far below.
            joins: Allowance::new(30, Duration::from_secs(30)),
            // Each costs a password hashing, and one account shall not keep all others waiting.
            rooms: Allowance::new(20, Duration::from_secs(10)),
            messages: Allowance::new(120, Duration::from_millis(100)),
            frames: Allowance::new(300, Duration::from_millis(20)),
            connections: 20,
            // A whole campus may share an address.
            network_connections: 4_096,
            strangers: 256,
        }
    }
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
            "registrations" => &mut self.registrations,
            "logins" => &mut self.logins,
            "passwords" => &mut self.passwords,
            "refreshes" => &mut self.refreshes,
            "joins" => &mut self.joins,
            "rooms" => &mut self.rooms,
            "messages" => &mut self.messages,
            "frames" => &mut self.frames,
            _ => return None,
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
