/// Something that can be configured.
#[derive(Debug)]
pub(super) struct Setting {
    /// Its name in the environment.
    pub(super) name: &'static str,
    /// The value in force when nobody says; for an optional setting, what is then the case.
    pub(super) default: &'static str,
    /// What a good value is, to be read after "expected".
    pub(super) expected: &'static str,
    /// Whether its value is never shown.
    pub(super) is_secret: bool,
}

const fn open(name: &'static str, default: &'static str, expected: &'static str) -> Setting {
    Setting { name, default, expected, is_secret: false }
}

const fn secret(name: &'static str, default: &'static str, expected: &'static str) -> Setting {
    Setting { name, default, expected, is_secret: true }
}

pub(super) const LISTEN: Setting = open(
    "LISTEN",
    "127.0.0.1:8080",
    "an IP address and a port to listen on, such as 0.0.0.0:8080 (port 0 picks a free one)",
);
pub(super) const METRICS_LISTEN: Setting = open(
    "METRICS_LISTEN",
    "none (/metrics is answered at LISTEN if that is a loopback address, and else nowhere)",
    "an IP address and a port of its own for /metrics, such as 127.0.0.1:9090, or LISTEN to answer it there to \
     everybody",
);
pub(super) const DATA_DIR: Setting =
    open("DATA_DIR", "./data", "a folder for the embedded database, made if it is missing");
pub(super) const JWT_SECRET: Setting = secret(
    "JWT_SECRET",
    "none (one is made and kept in DATA_DIR/jwt_secret; required with DB_HOST)",
    "a secret of at least 32 bytes to sign access tokens with",
);
pub(super) const JWT_SECRET_PREVIOUS: Setting = secret(
    "JWT_SECRET_PREVIOUS",
    "none",
    "the signing secret before this one, accepted while it is set, to rotate it without signing anybody out",
);
pub(super) const ALLOWED_ORIGINS: Setting = open(
    "ALLOWED_ORIGINS",
    "none (only pages of the server's own origin)",
    "browser origins with commas between, each as https://chat.example without a path",
);
pub(super) const PASSWORD_SCHEME: Setting =
    open("PASSWORD_SCHEME", "bcrypt", "bcrypt or argon2id, to hash new passwords with");
pub(super) const SIGNUP_COINS_MAX: Setting = open(
    "SIGNUP_COINS_MAX",
    "1000",
    "the most coins an account may register with, from 0 (none) to 1000000000",
);
pub(super) const RATE_LIMITS: Setting = open(
    "RATE_LIMITS",
    "default",
    "default, or what differs from it as messages=120/100ms,connections=20 (120 at once, one more each 100 ms; \
     docs/operations.md has all names), or off for tests and load measurements only",
);
pub(super) const TRUSTED_PROXIES: Setting = open(
    "TRUSTED_PROXIES",
    "none (the peer of the connection is the client)",
    "the networks of your proxies with commas between, such as 127.0.0.1,10.0.0.0/8, but not everybody's (/0)",
);
pub(super) const LOG: Setting = open(
    "LOG",
    "info",
    "a level (error, warn, info, debug, trace, off) or target=level pairs with commas between",
);

pub(super) const DB_HOST: Setting = open(
    "DB_HOST",
    "none (the embedded database in DATA_DIR)",
    "the name or IP address of a MySQL or MariaDB server",
);
pub(super) const DB_PORT: Setting = open("DB_PORT", "3306", "that server's port, from 1 to 65535");
pub(super) const DB_USER: Setting = open("DB_USER", "none", "the user to sign in to the database as");
pub(super) const DB_PASSWORD: Setting = secret("DB_PASSWORD", "none", "that user's password");
pub(super) const DB_NAME: Setting =
    open("DB_NAME", "none", "the name of the database, which must exist and be Hexroom's alone");
pub(super) const DB_TLS: Setting = open(
    "DB_TLS",
    "preferred, or off if DB_HOST is this machine",
    "required (encrypted, with a certificate that is good for DB_HOST), preferred (encrypted if the server can) or \
     off",
);
pub(super) const DB_TLS_CA: Setting = open(
    "DB_TLS_CA",
    "none (public authorities)",
    "a file in PEM with the authorities that vouch for the server's certificate",
);
pub(super) const DB_POOL: Setting =
    open("DB_POOL", "16", "how many connections to the database are shared at most, from 1 to 1000");

pub(super) const DB_TIMEOUT: Setting = open(
    "DB_TIMEOUT",
    "2500ms",
    "how long a call to the store may take before it is refused as unavailable, such as 2500ms or 10s (100ms to 60s)",
);

/// Settings without a meaning unless `DB_HOST` is set.
pub(super) const OF_A_SERVER: [&Setting; 7] =
    [&DB_PORT, &DB_USER, &DB_PASSWORD, &DB_NAME, &DB_TLS, &DB_TLS_CA, &DB_POOL];

/// Settings that must be set with `DB_HOST`. A secret made on one node would not be the next one's.
pub(super) const REQUIRED_WITH_A_SERVER: [&Setting; 3] = [&DB_USER, &DB_NAME, &JWT_SECRET];

const IN_USE: [&Setting; 20] = [
    &LISTEN,
    &METRICS_LISTEN,
    &DATA_DIR,
    &DB_HOST,
    &DB_PORT,
    &DB_USER,
    &DB_PASSWORD,
    &DB_NAME,
    &DB_TLS,
    &DB_TLS_CA,
    &DB_POOL,
    &DB_TIMEOUT,
    &JWT_SECRET,
    &JWT_SECRET_PREVIOUS,
    &ALLOWED_ORIGINS,
    &PASSWORD_SCHEME,
    &SIGNUP_COINS_MAX,
    &RATE_LIMITS,
    &TRUSTED_PROXIES,
    &LOG,
];

const NO_REDIS: &str = "nothing: this build cannot join several nodes over Redis yet";

/// Settings that would choose what this build does not have. Going on without it would be worse
/// than stopping.
pub(super) const NOT_IN_THIS_BUILD: &[Setting] = &[secret("REDIS_URL", "none", NO_REDIS)];

/// The settings as the command line's help lists them.
pub(crate) fn help() -> String {
    let lines = IN_USE.map(|Setting { name, default, expected, .. }| {
        format!("  {name:<19} {expected}\n  {:<19} [default: {default}]\n", "")
    });
    lines.concat()
}
