//! Password hashing, access tokens and random secrets behind the domain's ports.

mod access_tokens;
mod argon2id;
mod fair_queue;
mod passwords;
mod queue;
mod randomness;
mod refresh_tokens;
mod second_factors;
mod signing_secrets;

pub use access_tokens::{JwtAccessTokens, UnusableSecret};
pub use passwords::{PasswordScheme, Passwords};
pub use randomness::SystemRandomness;
pub use refresh_tokens::DerivedRefreshTokens;
pub use second_factors::TotpSecondFactors;
pub use signing_secrets::SigningSecrets;
