//! The client ids of the messages, by which a run recognises its own.
//!
//! They are UUIDs that begin with the time, as Hexroom's clients make them: the order of the ids is
//! part of what storing messages costs.

use uuid::{Builder, Uuid};

/// How many bits below the variant's two hold the run; the 32 below hold the message's number.
const RUN_BITS: u32 = 30;

/// The id of a message of a run, made so many milliseconds after 1970.
pub(crate) fn client_id(milliseconds: u64, run: u32, number: u32) -> Uuid {
    let mut random = [0; 10];
    random[2..].copy_from_slice(&(u64::from(run) << u32::BITS | u64::from(number)).to_be_bytes());
    Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid()
}

/// The run and the number of the message with this id.
pub(crate) fn run_and_number(client_id: &str) -> Option<(u32, u32)> {
    let (_, low) = Uuid::try_parse(client_id).ok()?.as_u64_pair();
    let run = u32::try_from(low >> u32::BITS).ok()? & ((1 << RUN_BITS) - 1);
    Some((run, u32::try_from(low & u64::from(u32::MAX)).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_says_its_run_and_number() {
        for (run, number) in [(0, 0), (3, 1), ((1 << RUN_BITS) - 1, u32::MAX)] {
            assert_eq!(
                run_and_number(&client_id(1_800_000_000_000, run, number).to_string()),
                Some((run, number))
            );
        }
    }

    #[test]
    fn an_id_is_a_uuid_that_begins_with_the_time() {
        let id = client_id(0x0123_4567_89AB, 1, 2);
        assert!(id.to_string().starts_with("01234567-89ab-"), "{id}");
        assert_eq!(id.get_version_num(), 7);
        assert_eq!(id.get_variant(), uuid::Variant::RFC4122);
    }

    #[test]
    fn text_that_is_not_a_uuid_has_no_run() {
        assert_eq!(run_and_number("1-2"), None);
    }
}
