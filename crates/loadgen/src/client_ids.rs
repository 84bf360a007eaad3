//! The client ids of the messages, by which a run recognises its own.
//!
//! The order of the ids is part of what storing messages costs.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use uuid::{Builder, Uuid};

/// How many bits below the variant's two hold the run; the 32 below hold the message's number.
const RUN_BITS: u32 = 30;

/// How client ids begin.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientIds {
    /// UUIDs of version 7, which begin with the time, as Hexroom's clients make them
    #[default]
    Time,
    /// UUIDs of version 4, which are random
    Random,
}

impl ClientIds {
    /// The id of a message of a run, made so many milliseconds after 1970; always the same one.
    pub(crate) fn id(self, milliseconds: u64, run: u32, number: u32) -> Uuid {
        let low = (u64::from(run) << u32::BITS | u64::from(number)).to_be_bytes();
        match self {
            Self::Time => {
                let mut random = [0; 10];
                random[2..].copy_from_slice(&low);
                Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid()
            }
            Self::Random => {
                let mut seeds = fastrand::Rng::with_seed(milliseconds);
                let seed = seeds.u64(..) ^ u64::from_be_bytes(low);
                let high = fastrand::Rng::with_seed(seed).u64(..).to_be_bytes();
                let mut random = [0; 16];
                random[..8].copy_from_slice(&high);
                random[8..].copy_from_slice(&low);
                Builder::from_random_bytes(random).into_uuid()
            }
        }
    }
}

/// The run and the number of the message with this id.
pub(crate) fn run_and_number(client_id: &[u8]) -> Option<(u32, u32)> {
    let (_, low) = Uuid::try_parse_ascii(client_id).ok()?.as_u64_pair();
    let run = u32::try_from(low >> u32::BITS).ok()? & ((1 << RUN_BITS) - 1);
    Some((run, u32::try_from(low & u64::from(u32::MAX)).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: [ClientIds; 2] = [ClientIds::Time, ClientIds::Random];

    #[test]
    fn an_id_says_its_run_and_number() {
        for (run, number) in [(0, 0), (3, 1), ((1 << RUN_BITS) - 1, u32::MAX)] {
            for kind in BOTH {
                let id = kind.id(1_800_000_000_000, run, number);
                assert_eq!(run_and_number(id.to_string().as_bytes()), Some((run, number)), "{id}");
                assert_eq!(id, kind.id(1_800_000_000_000, run, number));
            }
        }
    }

    #[test]
    fn an_id_is_a_uuid_of_its_kind() {
        for (kind, version) in BOTH.into_iter().zip([7, 4]) {
            let id = kind.id(0x0123_4567_89AB, 1, 2);
            assert_eq!((id.get_version_num(), id.get_variant()), (version, uuid::Variant::RFC4122));
        }
        let id = ClientIds::Time.id(0x0123_4567_89AB, 1, 2);
        assert!(id.to_string().starts_with("01234567-89ab-"), "{id}");
    }

    #[test]
    fn random_ids_have_no_order() {
        let ids: Vec<_> =
            (0..1_000).map(|number| ClientIds::Random.id(u64::from(number), 1, number)).collect();
        let ascents = ids.windows(2).filter(|pair| pair[0] < pair[1]).count();
        assert!((400..600).contains(&ascents), "{ascents} of 999");
    }

    #[test]
    fn text_that_is_not_a_uuid_has_no_run() {
        assert_eq!(run_and_number(b"1-2"), None);
    }
}
