use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use domain::ports::SecondFactors;
use domain::rules::second_factor::STEP;
use domain::{NewAuthenticator, OpaqueToken, Refusal, SealedSecret, TimeStep, UserId};
use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;
use totp_rs::{Builder, Secret, Totp};

use crate::signing_secrets::{SigningSecrets, key};

/// The name under which authenticators list their accounts.
const ISSUER: &str = "Hexroom";

/// RFC 4226 recommends 160 bits, the length of SHA-1's digest.
const SECRET_BYTES: usize = 20;

/// As random as it takes for a fast hash: nobody tries 2^80 codes.
const RECOVERY_CODE_BYTES: usize = 10;

/// Makes time-based codes of RFC 6238: SHA-1, six digits, 30 seconds, as all authenticators know them.
///
/// Secrets are stored under AES-256-GCM with a key derived from the signing secret, each bound to its
/// account, so that nobody who can only write to the store gives one account the secret of another.
pub struct TotpSecondFactors {
    current: RandomizedNonceKey,
    previous: Option<RandomizedNonceKey>,
}

impl TotpSecondFactors {
    /// Encrypts under a key of the secret in force.
    pub fn new(secrets: &SigningSecrets) -> Self {
        let previous = secrets.previous.as_ref().map(sealing_key);
        Self { current: sealing_key(&secrets.current), previous }
    }

    fn seal(&self, user_id: &UserId, secret: &[u8]) -> Result<SealedSecret, Refusal> {
        let mut text = secret.to_vec();
        let nonce = self
            .current
            .seal_in_place_append_tag(Aad::from(user_id.as_str()), &mut text)
            .map_err(|error| Refusal::Internal(error.into()))?;
        Ok(SealedSecret([nonce.as_ref().as_slice(), &text].concat()))
    }

    fn open(&self, user_id: &UserId, sealed: &SealedSecret) -> Option<Zeroizing<Vec<u8>>> {
        let keys = [Some(&self.current), self.previous.as_ref()];
        let opened = keys.into_iter().flatten().find_map(|key| open_with(key, user_id, sealed));
        if opened.is_none() {
            tracing::warn!(
                %user_id,
                "a second factor cannot be read: it was encrypted under another JWT_SECRET; recovery codes still work"
            );
        }
        opened
    }
}

impl SecondFactors for TotpSecondFactors {
    fn new_authenticator(&self, user_id: &UserId) -> Result<NewAuthenticator, Refusal> {
        let secret = random::<SECRET_BYTES>();
        let totp = totp(user_id, &*secret).map_err(|error| Refusal::Internal(error.into()))?;
        Ok(NewAuthenticator {
            secret: OpaqueToken::new(totp.secret().to_base32()),
            otpauth_url: OpaqueToken::new(totp.to_url().map_err(|error| Refusal::Internal(error.into()))?),
            sealed: self.seal(user_id, &*secret)?,
        })
    }

    fn code(&self, user_id: &UserId, secret: &SealedSecret, step: TimeStep) -> Option<OpaqueToken> {
        let totp = totp(user_id, &self.open(user_id, secret)?).ok()?;
        let seconds = u64::try_from(step.0).ok()?.checked_mul(STEP.as_secs())?;
        Some(OpaqueToken::new(totp.generate(seconds).to_string()))
    }

    fn renew(&self, user_id: &UserId, secret: &SealedSecret) -> Option<SealedSecret> {
        if open_with(&self.current, user_id, secret).is_some() {
            return None;
        }
        self.seal(user_id, &self.open(user_id, secret)?).ok()
    }

    fn recovery_code(&self) -> OpaqueToken {
        let code = Secret::from(*random::<RECOVERY_CODE_BYTES>()).to_base32().to_lowercase();
        let groups: Vec<_> = (0..code.len()).step_by(4).map(|start| &code[start..start + 4]).collect();
        OpaqueToken::new(groups.join("-"))
    }
}

fn sealing_key(secret: &SecretString) -> RandomizedNonceKey {
    RandomizedNonceKey::new(&AES_256_GCM, &*key(secret, "second factors")).expect("it has 256 bits")
}

fn totp(user_id: &UserId, secret: &[u8]) -> Result<Totp, totp_rs::TotpError> {
    Builder::new()
        .with_secret(Secret::new(secret.into()))
        .with_step_duration(STEP.as_secs())
        .with_account_name(user_id.as_str())
        .with_issuer(Some(ISSUER))
        .build()
}

fn open_with(
    key: &RandomizedNonceKey,
    user_id: &UserId,
    sealed: &SealedSecret,
) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, text) = sealed.0.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut text = Zeroizing::new(text.to_vec());
    let length = key.open_in_place(nonce, Aad::from(user_id.as_str()), &mut text).ok()?.len();
    text.truncate(length);
    Some(text)
}

fn random<const LENGTH: usize>() -> Zeroizing<[u8; LENGTH]> {
    let mut bytes = Zeroizing::new([0; LENGTH]);
    getrandom::fill(&mut *bytes).expect("the operating system gives randomness");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "an old signing secret of 32 bytes";
    const NEW: &str = "a new signing secret of 32 bytes.";

    fn under(current: &str, previous: Option<&str>) -> TotpSecondFactors {
        TotpSecondFactors::new(&SigningSecrets::new(current.into(), previous.map(Into::into)))
    }

    fn ana() -> UserId {
        "ana".parse().expect("valid")
    }

    fn code(factors: &TotpSecondFactors, user_id: &UserId, secret: &SealedSecret) -> Option<String> {
        factors.code(user_id, secret, TimeStep(37_037_036)).map(|code| code.expose().to_owned())
    }

    #[test]
    fn codes_are_those_of_the_rfc() {
        // RFC 6238, appendix B, for SHA-1: the last six of its eight digits.
        let factors = under(NEW, None);
        let secret = factors.seal(&ana(), b"12345678901234567890").expect("it is sealed");
        let vectors = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (20_000_000_000, "353130"),
        ];
        for (seconds, expected) in vectors {
            let code = factors.code(&ana(), &secret, TimeStep(seconds / 30)).expect("it can be read");
            assert_eq!(code.expose(), expected);
        }
    }

    #[test]
    fn a_new_authenticator_is_told_as_authenticators_read_it() {
        let factors = under(NEW, None);
        let new = factors.new_authenticator(&ana()).expect("it is made");
        let secret = new.secret.expose();
        assert_eq!(secret.len(), 32);
        let url = format!("otpauth://totp/Hexroom:ana?secret={secret}&issuer=Hexroom");
        assert_eq!(new.otpauth_url.expose(), url);
        let bytes = Secret::try_from_base32(secret).expect("Base32");
        assert_eq!(*factors.open(&ana(), &new.sealed).expect("it can be read"), bytes.as_bytes());
        let another = factors.new_authenticator(&ana()).expect("it is made");
        assert_ne!(another.secret.expose(), secret);
    }

    #[test]
    fn a_secret_is_sealed_for_its_account_and_key() {
        let sealed = under(NEW, None).new_authenticator(&ana()).expect("it is made").sealed;
        assert_eq!(sealed.0.len(), NONCE_LEN + SECRET_BYTES + 16);
        let bo: UserId = "bo-".parse().expect("valid");
        assert!(code(&under(NEW, None), &ana(), &sealed).is_some());
        assert_eq!(code(&under(NEW, None), &bo, &sealed), None);
        assert_eq!(code(&under(OLD, None), &ana(), &sealed), None);
        for broken in [vec![], vec![0; 11], vec![0; 48]] {
            assert_eq!(code(&under(NEW, None), &ana(), &SealedSecret(broken)), None);
        }
    }

    #[test]
    fn a_secret_under_the_key_before_is_read_and_renewed() {
        let sealed = under(OLD, None).new_authenticator(&ana()).expect("it is made").sealed;
        let both = under(NEW, Some(OLD));
        let shown = code(&under(OLD, None), &ana(), &sealed);
        assert_eq!(code(&both, &ana(), &sealed), shown);
        let renewed = both.renew(&ana(), &sealed).expect("it was under the key before");
        assert_eq!(code(&under(NEW, None), &ana(), &renewed), shown);
        assert_eq!(both.renew(&ana(), &renewed), None, "it is so already");
        assert_eq!(under(NEW, None).renew(&ana(), &sealed), None, "it cannot be read");
    }

    #[test]
    fn recovery_codes_are_80_bits_in_four_groups() {
        let factors = under(NEW, None);
        let code = factors.recovery_code();
        let groups: Vec<_> = code.expose().split('-').collect();
        assert_eq!(groups.iter().map(|group| group.len()).collect::<Vec<_>>(), [4, 4, 4, 4]);
        assert_ne!(factors.recovery_code().expose(), code.expose());
    }
}
