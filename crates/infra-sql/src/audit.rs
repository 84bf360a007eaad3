//! The invariants of docs/architecture.md: queries that find what breaks them, and a replay of the rooms' logs.
//!
//! They trust no constraint: what a key or a CHECK forbids is looked for all the same. An adapter
//! runs everything in one consistent view.

#[cfg(any(test, feature = "broken-promises"))]
pub mod broken;

mod books;
mod check;
pub(crate) mod fields;
mod findings;
mod log;
mod orphans;
mod people;
pub(crate) mod replay;
pub(crate) mod search;
mod seats;

pub use check::{Check, Finding};

/// Every check.
pub fn checks() -> Vec<Check> {
    let mut checks = [seats::CHECKS, books::CHECKS, log::CHECKS, people::CHECKS].concat();
    checks.extend(orphans::checks());
    checks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_has_a_case_that_breaks_it() {
        let broken: Vec<_> = broken::CASES.iter().map(|(invariant, ..)| *invariant).collect();
        for check in checks() {
            assert!(broken.contains(&check.invariant()), "{} is broken by no case", check.invariant());
        }
        for invariant in [fields::INVARIANT].into_iter().chain(replay::INVARIANTS).chain(search::INVARIANTS) {
            assert!(broken.contains(&invariant), "{invariant} is broken by no case");
        }
    }

    #[test]
    fn every_place_in_a_sentence_is_filled() {
        for check in checks() {
            for position in 0..4 {
                let is_named = check.says.contains(&format!("{{{position}}}"));
                assert_eq!(is_named, position < check.shows.len(), "{}", check.says);
            }
        }
    }
}
