use std::error::Error;

use async_trait::async_trait;
use domain::ports::{PasswordHasher, Requester, Verification};
use domain::{PasswordHash, PresentedPassword, Refusal};
use secrecy::ExposeSecret;

use crate::argon2id;
use crate::queue::Queue;

const BCRYPT_COST: u32 = 12;
const BCRYPT_MOST_BYTES: usize = 71;

/// How new passwords are hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordScheme {
    /// bcrypt at cost 12; what bcrypt cannot take in whole is hashed with Argon2id.
    Bcrypt,
    /// Argon2id over 19 MiB in two passes.
    Argon2id,
}

impl PasswordScheme {
    /// The scheme's name in the configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bcrypt => "bcrypt",
            Self::Argon2id => "argon2id",
        }
    }

    /// How a new hash of this very password is made. bcrypt takes 71 bytes, and repeats them with
    /// a zero byte between, so that a zero byte inside would make different passwords equal.
    fn for_password(self, password: &str) -> Self {
        let too_much_for_bcrypt = password.len() > BCRYPT_MOST_BYTES || password.contains('\0');
        if too_much_for_bcrypt { Self::Argon2id } else { self }
    }

    /// What every new hash of the scheme begins with: its name and its cost.
    fn prefix(self) -> String {
        match self {
            Self::Bcrypt => format!("$2b${BCRYPT_COST:02}$"),
            Self::Argon2id => argon2id::prefix(),
        }
    }

    /// A well-formed hash of no known password, as slow to compare with as any other.
    fn dummy(self) -> String {
        let salt_and_hash = match self {
            Self::Bcrypt => ".".repeat(22 + 31),
            Self::Argon2id => format!("{}${}", "A".repeat(22), "A".repeat(43)),
        };
        self.prefix() + &salt_and_hash
    }

    fn hash(self, password: &str) -> Result<String, Broken> {
        match self {
            Self::Bcrypt => Ok(bcrypt::non_truncating_hash(password, BCRYPT_COST)?),
            Self::Argon2id => Ok(argon2id::hash(password)?),
        }
    }

    fn of(hash: &str) -> Result<Self, Broken> {
        if hash.starts_with("$argon2id$") {
            Ok(Self::Argon2id)
        } else if hash.starts_with("$2") {
            Ok(Self::Bcrypt)
        } else {
            Err("a stored password hash is in no scheme that is known here".into())
        }
    }

    /// Compares with a hash of this scheme, in the time that its cost takes.
    fn fits(self, password: &str, hash: &str) -> Result<bool, Broken> {
        match self {
            Self::Bcrypt => Ok(bcrypt::non_truncating_verify(password, hash)?),
            Self::Argon2id => Ok(argon2id::fits(password, hash)?),
        }
    }
}

type Broken = Box<dyn Error + Send + Sync>;

/// Hashes passwords with bcrypt or Argon2id, on blocking threads and at most one for each core of
/// the machine, however many of these there are, each in its fair turn. It verifies hashes of either scheme.
pub struct Passwords {
    scheme: PasswordScheme,
    queue: Queue,
}

impl Passwords {
    /// Hashes new passwords with `scheme`.
    pub fn new(scheme: PasswordScheme) -> Self {
        Self { scheme, queue: Queue::of_the_process() }
    }
}

#[async_trait]
impl PasswordHasher for Passwords {
    async fn hash(&self, password: PresentedPassword, by: Requester) -> Result<PasswordHash, Refusal> {
        let password = password.normalized();
        let scheme = self.scheme.for_password(password.expose_secret());
        let hashed = self.queue.run(&by, move || scheme.hash(password.expose_secret())).await?;
        hashed.map(PasswordHash::new).map_err(Refusal::Internal)
    }

    async fn verify(
        &self,
        password: PresentedPassword,
        hash: Option<PasswordHash>,
        by: Requester,
    ) -> Result<Verification, Refusal> {
        let scheme = self.scheme;
        let work = move || {
            let hash = hash.as_ref().map(PasswordHash::expose);
            compare_forms(scheme, &password, hash, PasswordScheme::fits)
        };
        self.queue.run(&by, work).await?.map_err(Refusal::Internal)
    }
}

/// Compares a password with a stored hash: in NFKC, of which new hashes are made, and only where that is
/// another text as it came too, for hashes that were made before.
fn compare_forms(
    scheme: PasswordScheme,
    password: &PresentedPassword,
    hash: Option<&str>,
    mut fits: impl FnMut(PasswordScheme, &str, &str) -> Result<bool, Broken>,
) -> Result<Verification, Broken> {
    let verification = compare(scheme, password.normalized().expose_secret(), hash, &mut fits)?;
    match password.as_it_came() {
        Some(as_it_came) if !verification.fits => {
            let verification = compare(scheme, as_it_came.expose_secret(), hash, fits)?;
            Ok(Verification { is_outdated: verification.fits, ..verification })
        }
        _ => Ok(verification),
    }
}

/// Compares `password` with a stored hash, where new hashes are of `scheme`. Whatever does not fit has
/// cost a whole comparison in the scheme that a new hash of it would have: without a hash, and also with
/// one in another scheme, so that no answer comes sooner than an unknown user's.
fn compare(
    scheme: PasswordScheme,
    password: &str,
    hash: Option<&str>,
    mut fits: impl FnMut(PasswordScheme, &str, &str) -> Result<bool, Broken>,
) -> Result<Verification, Broken> {
    let scheme = scheme.for_password(password);
    let mut compared_in = None;
    if let Some(hash) = hash {
        let scheme_of_hash = PasswordScheme::of(hash)?;
        let may_fit = scheme_of_hash.for_password(password) == scheme_of_hash;
        if may_fit && fits(scheme_of_hash, password, hash)? {
            return Ok(Verification { fits: true, is_outdated: !hash.starts_with(&scheme.prefix()) });
        }
        compared_in = may_fit.then_some(scheme_of_hash);
    }
    if compared_in != Some(scheme) {
        fits(scheme, password, &scheme.dummy())?;
    }
    Ok(Verification { fits: false, is_outdated: false })
}

#[cfg(test)]
mod tests {
    use argon2::PasswordHasher as _;
    use domain::Network;
    use domain::ports::Purpose;

    use super::PasswordScheme::{Argon2id, Bcrypt};
    use super::*;

    const FITS: Verification = Verification { fits: true, is_outdated: false };
    const OUTDATED: Verification = Verification { fits: true, is_outdated: true };
    const WRONG: Verification = Verification { fits: false, is_outdated: false };

    fn somebody() -> Requester {
        let account = "ana".parse().expect("a user id");
        Requester { network: Network::of([192, 0, 2, 7].into()), account, purpose: Purpose::SignIn }
    }

    fn password(text: &str) -> PresentedPassword {
        text.parse().expect("not too long")
    }

    async fn hash(scheme: PasswordScheme, text: &str) -> PasswordHash {
        Passwords::new(scheme).hash(password(text), somebody()).await.expect("there is a turn")
    }

    async fn verify(scheme: PasswordScheme, text: &str, hash: &PasswordHash) -> Verification {
        Passwords::new(scheme)
            .verify(password(text), Some(hash.clone()), somebody())
            .await
            .expect("it is well-formed")
    }

    #[tokio::test]
    async fn either_scheme_takes_the_right_password_and_no_other() {
        for (scheme, prefix) in [(Bcrypt, "$2b$12$"), (Argon2id, "$argon2id$v=19$m=19456,t=2,p=1$")] {
            let stored = hash(scheme, "correct horse").await;
            assert!(stored.expose().starts_with(prefix), "{scheme:?}");
            assert_eq!(verify(scheme, "correct horse", &stored).await, FITS);
            for wrong in ["correct horsf", "Correct horse", "correct horse ", ""] {
                assert_eq!(verify(scheme, wrong, &stored).await, WRONG, "{scheme:?} {wrong:?}");
            }
            assert!(stored != hash(scheme, "correct horse").await, "{scheme:?} salts");
        }
    }

    #[tokio::test]
    async fn a_hash_in_the_other_scheme_fits_but_is_outdated() {
        let by_bcrypt = hash(Bcrypt, "correct horse").await;
        let by_argon2id = hash(Argon2id, "correct horse").await;
        assert_eq!(verify(Argon2id, "correct horse", &by_bcrypt).await, OUTDATED);
        assert_eq!(verify(Bcrypt, "correct horse", &by_argon2id).await, OUTDATED);
        assert_eq!(verify(Argon2id, "wrong horse", &by_bcrypt).await, WRONG);
        assert_eq!(verify(Bcrypt, "wrong horse", &by_argon2id).await, WRONG);
    }

    #[tokio::test]
    async fn a_hash_at_another_cost_fits_but_is_outdated() {
        let cheap = bcrypt::non_truncating_hash("correct horse", 4).expect("valid");
        assert_eq!(verify(Bcrypt, "correct horse", &PasswordHash::new(cheap)).await, OUTDATED);

        let params = argon2::Params::new(8 * 1024, 1, 1, None).expect("valid");
        let cheap = argon2::Argon2::from(params).hash_password(b"correct horse").expect("valid").to_string();
        assert_eq!(verify(Argon2id, "correct horse", &PasswordHash::new(cheap)).await, OUTDATED);
    }

    #[tokio::test]
    async fn a_password_of_71_bytes_is_still_bcrypts_and_counts_to_its_last_byte() {
        let longest = "x".repeat(71);
        let stored = hash(Bcrypt, &longest).await;
        assert!(stored.expose().starts_with("$2b$12$"));
        assert_eq!(verify(Bcrypt, &longest, &stored).await, FITS);
        assert_eq!(verify(Bcrypt, &format!("{}y", &longest[1..]), &stored).await, WRONG);
        assert_eq!(verify(Bcrypt, &format!("{longest}x"), &stored).await, WRONG);
    }

    #[tokio::test]
    async fn a_longer_password_is_hashed_whole_with_argon2id() {
        let long = "x".repeat(72);
        let stored = hash(Bcrypt, &long).await;
        assert!(stored.expose().starts_with("$argon2id$"));
        assert_eq!(verify(Bcrypt, &long, &stored).await, FITS, "and that is up to date");
        assert_eq!(verify(Bcrypt, &format!("{long}y"), &stored).await, WRONG);
        assert_eq!(verify(Bcrypt, &long[1..], &stored).await, WRONG);

        let bytes_count = "ä".repeat(36);
        assert!(hash(Bcrypt, &bytes_count).await.expose().starts_with("$argon2id$"));
    }

    #[tokio::test]
    async fn a_zero_byte_makes_another_password() {
        let plain = hash(Bcrypt, "abcdefgh").await;
        let repeated = "abcdefgh\0abcdefgh";
        assert_eq!(verify(Bcrypt, repeated, &plain).await, WRONG);
        assert_eq!(verify(Bcrypt, repeated, &hash(Bcrypt, repeated).await).await, FITS);
    }

    #[tokio::test]
    async fn nothing_fits_no_hash() {
        for scheme in [Bcrypt, Argon2id] {
            for text in ["correct horse", &"x".repeat(100), ""] {
                let verified = Passwords::new(scheme).verify(password(text), None, somebody()).await;
                assert_eq!(verified.expect("there is a turn"), WRONG);
            }
        }
    }

    /// In which schemes a password that is wrong is compared.
    fn work_for(scheme: PasswordScheme, text: &str, hash: Option<&str>) -> Vec<PasswordScheme> {
        let mut work = Vec::new();
        let verified = compare_forms(scheme, &password(text), hash, |scheme, _, _| {
            work.push(scheme);
            Ok(false)
        });
        assert_eq!(verified.expect("nothing is malformed"), WRONG);
        work
    }

    #[test]
    fn an_unknown_user_costs_what_a_wrong_password_costs() {
        let long = "x".repeat(72);
        for scheme in [Bcrypt, Argon2id] {
            for password in ["correct horse", &long] {
                let known = work_for(scheme, password, Some(&scheme.dummy()));
                assert_eq!(work_for(scheme, password, None), known, "{scheme:?} {password}");
                assert_eq!(known, [scheme.for_password(password)]);
            }
        }
        assert_eq!(work_for(Bcrypt, "correct horse", Some(&Argon2id.dummy())), [Argon2id, Bcrypt]);
        assert_eq!(work_for(Argon2id, "correct horse", Some(&Bcrypt.dummy())), [Bcrypt, Argon2id]);
    }

    #[test]
    fn only_a_password_that_reads_otherwise_in_nfkc_is_compared_twice() {
        for (text, comparisons) in
            [("correct horse", 1), ("caf\u{e9} au lait", 1), ("cafe\u{301} au lait", 2)]
        {
            for hash in [None, Some(Bcrypt.dummy())] {
                assert_eq!(work_for(Bcrypt, text, hash.as_deref()), vec![Bcrypt; comparisons], "{text}");
            }
        }
    }

    #[tokio::test]
    async fn a_password_is_the_same_however_it_was_typed() {
        let (composed, decomposed) = ("caf\u{e9} au lait", "cafe\u{301} au lait");
        for (given, presented) in [(composed, decomposed), (decomposed, composed), (decomposed, decomposed)] {
            let stored = hash(Argon2id, given).await;
            assert_eq!(verify(Argon2id, presented, &stored).await, FITS, "{given:?} {presented:?}");
        }
        assert_eq!(verify(Argon2id, "cafe au lait", &hash(Argon2id, composed).await).await, WRONG);
    }

    #[tokio::test]
    async fn a_hash_from_before_normalization_fits_as_it_came_and_is_outdated() {
        let decomposed = "cafe\u{301} au lait";
        for scheme in [Bcrypt, Argon2id] {
            let stored = PasswordHash::new(scheme.hash(decomposed).expect("valid"));
            assert_eq!(verify(scheme, decomposed, &stored).await, OUTDATED);
            assert_eq!(verify(scheme, "cafe\u{301} au laid", &stored).await, WRONG);
        }
    }

    #[test]
    fn the_dummy_costs_what_a_real_hash_costs() {
        for scheme in [Bcrypt, Argon2id] {
            let (dummy, real) = (scheme.dummy(), scheme.hash("correct horse").expect("valid"));
            assert_eq!(dummy.len(), real.len());
            assert!(real.starts_with(&scheme.prefix()) && dummy.starts_with(&scheme.prefix()));
            assert!(!scheme.fits("correct horse", &dummy).expect("the dummy is well-formed"));
        }
    }

    #[tokio::test]
    async fn a_hash_that_is_none_is_an_internal_failure_and_not_told() {
        for broken in
            ["", "plain text", "$2b$12$short", "$argon2id$v=19$nonsense", "$argon2i$v=19$m=8,t=1,p=1$"]
        {
            let stored = Some(PasswordHash::new(broken.to_owned()));
            let refusal = Passwords::new(Bcrypt).verify(password("correct horse"), stored, somebody()).await;
            let refusal = refusal.expect_err("nothing can be compared with it");
            assert!(matches!(refusal, Refusal::Internal(_)), "{broken:?}: {refusal:?}");
            assert!(broken.is_empty() || !format!("{refusal:?}").contains(broken), "{refusal:?}");
        }
    }
}
