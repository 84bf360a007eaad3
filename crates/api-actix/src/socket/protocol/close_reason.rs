//! Why the server ends a connection, and how it says so.

use uuid::Uuid;

/// Why the server ends a connection. Codes from 4000 mean "come back, with jitter", codes from 4500
/// "do not": the same attempt would end the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum CloseReason {
    /// The store cannot say now who is calling or what they missed.
    Unavailable,
    /// The server is stopping.
    ShuttingDown,
    /// The peer does not read as fast as it is written to.
    TooSlow,
    /// The peer did not answer a ping.
    NoPong,
    /// The access token has expired.
    TokenExpired,
    /// The access token is not good, or not for this session.
    BadToken,
    /// The peer does not keep to the protocol.
    Protocol,
    /// The peer speaks another version of the protocol.
    Version,
    /// The session has ended.
    SessionRevoked,
    /// The account is suspended.
    Suspended,
    /// The account has as many connections as it may have.
    TooManyConnections,
}

impl CloseReason {
    /// The close code, which never changes.
    pub(crate) const fn code(self) -> u16 {
        match self {
            Self::Unavailable => 4000,
            Self::ShuttingDown => 4001,
            Self::TooSlow => 4002,
            Self::NoPong => 4003,
            Self::TokenExpired => 4004,
            Self::BadToken => 4500,
            Self::Protocol => 4501,
            Self::Version => 4502,
            Self::SessionRevoked | Self::Suspended => 4503,
            Self::TooManyConnections => 4504,
        }
    }

    /// A sentence for people; short enough for a close frame.
    pub(crate) const fn sentence(self) -> &'static str {
        match self {
            Self::Unavailable => "The server cannot take this now.",
            Self::ShuttingDown => "The server is shutting down.",
            Self::TooSlow => "This connection was read too slowly.",
            Self::NoPong => "A ping was not answered in time.",
            Self::TokenExpired => "The access token has expired. Refresh it and come back.",
            Self::BadToken => "The access token is not valid here. Sign in again.",
            Self::Protocol => "The frames did not keep to the protocol hexroom.v1.",
            Self::Version => "This server speaks hexroom.v1 only.",
            Self::Suspended => "The account is suspended. Only an admin can readmit it.",
            Self::SessionRevoked => "The session has ended. Sign in again.",
            Self::TooManyConnections => "The account has too many connections open. Close one first.",
        }
    }

    /// How long the peer waits before it comes back, or nothing where it should not. Each peer draws
    /// its own, so that those who are sent away together do not come back together.
    pub(crate) fn retry_after_ms(self) -> Option<u64> {
        let (least, spread) = match self {
            Self::ShuttingDown => (500, 4_500),
            Self::Unavailable => (1_000, 2_000),
            Self::TooSlow | Self::NoPong => (200, 1_000),
            Self::TokenExpired => (0, 500),
            Self::BadToken
            | Self::Protocol
            | Self::Version
            | Self::SessionRevoked
            | Self::Suspended
            | Self::TooManyConnections => return None,
        };
        Some(least + Uuid::new_v4().as_u64_pair().1 % spread)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [CloseReason; 11] = [
        CloseReason::Unavailable,
        CloseReason::ShuttingDown,
        CloseReason::TooSlow,
        CloseReason::NoPong,
        CloseReason::TokenExpired,
        CloseReason::BadToken,
        CloseReason::Protocol,
        CloseReason::Version,
        CloseReason::SessionRevoked,
        CloseReason::Suspended,
        CloseReason::TooManyConnections,
    ];

    #[test]
    fn only_peers_that_may_come_back_are_told_when() {
        for reason in ALL {
            assert_eq!(reason.retry_after_ms().is_some(), reason.code() < 4500, "{reason:?}");
        }
    }

    #[test]
    fn peers_sent_away_together_come_back_apart() {
        let waits: std::collections::HashSet<_> =
            (0..50).map(|_| CloseReason::ShuttingDown.retry_after_ms()).collect();
        assert!(waits.len() > 10, "{waits:?}");
    }

    #[test]
    fn every_sentence_fits_into_a_close_frame() {
        for reason in ALL {
            assert!(reason.sentence().len() <= 123, "{reason:?}");
        }
    }
}
