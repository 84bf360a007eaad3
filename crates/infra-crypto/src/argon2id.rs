use std::sync::{Mutex, PoisonError};

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::password_hash::{self, CustomizedPasswordHasher, PasswordVerifier, generate_salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// What Argon2id works in, between two passwords. There is one for each that was ever worked on at once.
///
/// Given back to the allocator after each, blocks of 19 MiB were split and allocated anew until they took
/// more than a gigabyte.
static WORKSPACES: Mutex<Vec<Vec<Block>>> = Mutex::new(Vec::new());

/// What every new hash begins with: the name of the scheme and its cost.
pub(crate) fn prefix() -> String {
    format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}$")
}

/// A new hash of a password.
pub(crate) fn hash(password: &str) -> password_hash::Result<String> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)?;
    let hash = Hasher.hash_password_with_params(password.as_bytes(), &generate_salt(), params)?;
    Ok(hash.to_string())
}

/// Whether a hash, at whatever cost, is of this password.
pub(crate) fn fits(password: &str, hash: &str) -> password_hash::Result<bool> {
    match Hasher.verify_password(password.as_bytes(), &PasswordHash::new(hash)?) {
        Ok(()) => Ok(true),
        Err(password_hash::Error::PasswordInvalid) => Ok(false),
        Err(broken) => Err(broken),
    }
}

/// [`Argon2`] in a workspace that is used again.
struct Hasher;

impl CustomizedPasswordHasher<PasswordHash> for Hasher {
    type Params = Params;

    fn hash_password_customized(
        &self,
        password: &[u8],
        salt: &[u8],
        algorithm: Option<&str>,
        version: Option<u32>,
        params: Params,
    ) -> password_hash::Result<PasswordHash> {
        let algorithm = algorithm.map(Algorithm::try_from).transpose()?.unwrap_or_default();
        let version = version.map(Version::try_from).transpose()?.unwrap_or_default();
        let mut output = [0; Output::MAX_LENGTH];
        let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
        let output = output.get_mut(..length).ok_or(password_hash::Error::OutputSize)?;

        let mut workspace = lock().pop().unwrap_or_default();
        let blocks = params.block_count().max(workspace.len());
        workspace.resize(blocks, Block::default());
        let argon2 = Argon2::new(algorithm, version, params.clone());
        let hashed = argon2.hash_password_into_with_memory(password, salt, output, &mut workspace);
        lock().push(workspace);
        hashed?;

        Ok(PasswordHash {
            algorithm: algorithm.ident(),
            version: Some(version.into()),
            params: ParamsString::try_from(&params)?,
            salt: Some(Salt::new(salt)?),
            hash: Some(Output::new(output)?),
        })
    }
}

/// Nobody panics while they hold the lock, and if they did, the workspaces would be good.
fn lock() -> std::sync::MutexGuard<'static, Vec<Vec<Block>>> {
    WORKSPACES.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use argon2::PasswordHasher;

    use super::*;

    #[test]
    fn a_hash_is_argon2s_own_whatever_was_in_the_workspace_before() {
        // Dirty with another password, then longer than it need be, and at another cost.
        for (kib, passes) in [(MEMORY_KIB, PASSES), (2 * MEMORY_KIB, 1), (MEMORY_KIB, PASSES), (8 * 1024, 3)]
        {
            let argon2 = Argon2::from(Params::new(kib, passes, LANES, None).expect("valid"));
            let theirs = argon2.hash_password(b"correct horse").expect("valid").to_string();
            assert!(fits("correct horse", &theirs).expect("well-formed"), "{kib} KiB, {passes} passes");
            assert!(!fits("wrong horse", &theirs).expect("well-formed"), "{kib} KiB, {passes} passes");
            let ours = hash("correct horse").expect("valid");
            assert!(ours.starts_with(&prefix()), "{ours}");
            Argon2::default().verify_password(b"correct horse", ours.as_str()).expect("it fits");
        }
    }
}
