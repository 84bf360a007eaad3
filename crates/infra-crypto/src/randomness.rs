use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ports::Randomness;
use domain::{OpaqueToken, Salt};
use secrecy::zeroize::Zeroizing;
use uuid::Uuid;

/// Draws from the operating system.
///
/// # Panics
///
/// If the operating system has no randomness to give: there is nothing safe to go on with.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandomness;

impl Randomness for SystemRandomness {
    fn id(&self) -> Uuid {
        Uuid::now_v7()
    }

    fn token(&self) -> OpaqueToken {
        let mut secret = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *secret).expect("the operating system gives randomness");
        OpaqueToken::new(URL_SAFE_NO_PAD.encode(*secret))
    }

    fn salt(&self) -> Salt {
        let mut salt = Salt([0; 32]);
        getrandom::fill(&mut salt.0).expect("the operating system gives randomness");
        salt
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn later_ids_sort_after_earlier_ones() {
        let ids: Vec<_> = (0..10_000).map(|_| SystemRandomness.id()).collect();
        assert!(ids.is_sorted_by(|earlier, later| earlier < later));
        assert!(ids.iter().all(|id| id.get_version_num() == 7));
    }

    #[test]
    fn ids_drawn_on_many_threads_are_all_different() {
        let draw = || (0..2_000).map(|_| SystemRandomness.id()).collect::<Vec<_>>();
        let ids: HashSet<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(draw)).collect();
            threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
        });
        assert_eq!(ids.len(), 16_000);
    }

    #[test]
    fn a_token_is_256_bits_that_fit_in_a_url() {
        let token = SystemRandomness.token();
        assert_eq!(token.expose().len(), 43);
        assert_eq!(URL_SAFE_NO_PAD.decode(token.expose()).expect("valid").len(), 32);
        assert!(token.expose() != SystemRandomness.token().expose());
    }
}
