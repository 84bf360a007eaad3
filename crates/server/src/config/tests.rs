use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::time::Duration;

use secrecy::ExposeSecret;

use super::*;

const SECRET: &str = "a signing secret of 32 bytes....";

const A_SERVER: [(&str, &str); 4] =
    [("DB_HOST", "db.example"), ("DB_USER", "hexroom"), ("DB_NAME", "chat"), ("JWT_SECRET", SECRET)];

fn data_dir(config: &Config) -> &Path {
    match &config.store {
        StoreSettings::Embedded { data_dir, .. } => data_dir,
        StoreSettings::Mysql(server) => panic!("{server:?}"),
    }
}

fn server(config: &Config) -> &infra_mysql::Settings {
    match &config.store {
        StoreSettings::Mysql(server) => server,
        StoreSettings::Embedded { data_dir, .. } => panic!("{}", data_dir.display()),
    }
}

fn sources(environment: &[(&str, &str)], dot_env: &str) -> Sources {
    let environment = environment.iter().map(|(name, value)| (name.into(), value.into())).collect();
    Sources::new(environment, dot_env)
}

fn read(environment: &[(&str, &str)], dot_env: &str) -> Result<Config, Misconfigured> {
    Config::read(sources(environment, dot_env))
}

fn faults(environment: &[(&str, &str)], dot_env: &str) -> String {
    read(environment, dot_env).expect_err("something is wrong").to_string()
}

/// The source that the table gives for a name.
fn origin(config: &Config, name: &str) -> String {
    let table = config.table();
    let row = table.lines().find(|line| line.split(' ').next() == Some(name));
    row.expect("it has a row").rsplit("  ").next().expect("it has columns").to_owned()
}

#[test]
fn with_nothing_said_the_defaults_hold() {
    let config = read(&[], "").expect("the defaults are good");
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.metrics_listen, None);
    assert_eq!(data_dir(&config), Path::new("./data"));
    assert!(config.jwt_secret.is_none());
    assert!(config.jwt_secret_previous.is_none());
    assert!(config.allowed_origins.is_empty());
    assert_eq!(config.password_scheme, PasswordScheme::Bcrypt);
    assert_eq!(config.signup_coins_max.get(), 1_000);
    assert_eq!(config.rate_limits, RateLimits::default());
    assert_eq!(config.trusted_proxies, TrustedProxies::default());
    assert_eq!(config.log, "info");
    for row in &config.rows {
        assert_eq!(origin(&config, row.name), "default");
    }
}

#[test]
fn what_is_said_is_read() {
    let config = read(
        &[
            ("LISTEN", "[::]:0"),
            ("METRICS_LISTEN", "127.0.0.1:9090"),
            ("DATA_DIR", "/srv/hexroom"),
            ("JWT_SECRET", SECRET),
            ("JWT_SECRET_PREVIOUS", "the secret before, of 32 bytes..."),
            ("ALLOWED_ORIGINS", "https://chat.example, http://localhost:5173"),
            ("PASSWORD_SCHEME", "argon2id"),
            ("SIGNUP_COINS_MAX", "0"),
            ("RATE_LIMITS", "off"),
            ("TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8"),
            ("LOG", "warn,server=debug"),
        ],
        "",
    )
    .expect("all of it is good");
    assert_eq!(config.listen.to_string(), "[::]:0");
    assert_eq!(config.metrics_listen.expect("it was said").to_string(), "127.0.0.1:9090");
    assert_eq!(data_dir(&config), Path::new("/srv/hexroom"));
    assert!(!config.table().contains("the secret before"), "{}", config.table());
    assert_eq!(config.jwt_secret.expect("it was said").expose_secret(), SECRET);
    let previous = config.jwt_secret_previous.expect("it was said");
    assert_eq!(previous.expose_secret(), "the secret before, of 32 bytes...");
    assert_eq!(config.allowed_origins, ["https://chat.example", "http://localhost:5173"]);
    assert_eq!(config.password_scheme, PasswordScheme::Argon2id);
    assert_eq!(config.signup_coins_max, Coins::ZERO);
    assert_eq!(config.rate_limits, RateLimits::Off);
    assert_eq!(Ok(config.trusted_proxies), "127.0.0.1,10.0.0.0/8".parse());
    assert_eq!(config.log, "warn,server=debug");
}

#[test]
fn the_environment_wins_over_dot_env_and_that_over_the_default() {
    let dot_env = "LISTEN=127.0.0.1:1111\nDATA_DIR='/from/dot env' # with a blank\n";
    let config = read(&[("LISTEN", "127.0.0.1:2222")], dot_env).expect("all of it is good");
    assert_eq!(config.listen.port(), 2222);
    assert_eq!(data_dir(&config), Path::new("/from/dot env"));
    assert_eq!(origin(&config, "LISTEN"), "environment");
    assert_eq!(origin(&config, "DATA_DIR"), ".env");
    assert_eq!(origin(&config, "LOG"), "default");
}

#[test]
fn an_empty_value_asks_for_the_default() {
    let config = read(&[("LISTEN", ""), ("DB_HOST", "")], "LISTEN=127.0.0.1:1111").expect("all is good");
    assert_eq!(config.listen.port(), 8080);
    assert_eq!(origin(&config, "LISTEN"), "default");
}

#[test]
fn each_wrong_value_names_itself_what_was_expected_and_what_was_found() {
    for (name, value, expected) in [
        ("LISTEN", "8080", "an IP address and a port"),
        ("LISTEN", "localhost:8080", "an IP address and a port"),
        ("LISTEN", "127.0.0.1:65536", "an IP address and a port"),
        ("METRICS_LISTEN", "yes", "an IP address and a port"),
        ("ALLOWED_ORIGINS", "*", "without a path"),
        ("PASSWORD_SCHEME", "md5", "bcrypt or argon2id"),
        ("PASSWORD_SCHEME", "Bcrypt", "bcrypt or argon2id"),
        ("SIGNUP_COINS_MAX", "-1", "from 0 (none) to 1000000000"),
        ("SIGNUP_COINS_MAX", "1000000001", "from 0 (none) to 1000000000"),
        ("SIGNUP_COINS_MAX", "many", "from 0 (none) to 1000000000"),
        ("RATE_LIMITS", "none", "default, or what differs"),
        ("TRUSTED_PROXIES", "0.0.0.0/0", "the networks of your proxies"),
        ("LOG", "loud", "a level"),
        ("DB_PORT", "0", "from 1 to 65535"),
        ("DB_PORT", "mysql", "from 1 to 65535"),
        ("DB_TLS", "yes", "required"),
        ("DB_POOL", "0", "from 1 to 1000"),
        ("DB_POOL", "1001", "from 1 to 1000"),
        ("DB_TIMEOUT", "10", "such as 2500ms"),
        ("DB_TIMEOUT", "99ms", "such as 2500ms"),
        ("DB_TIMEOUT", "61s", "such as 2500ms"),
    ] {
        let on_a_server: &[_] = if name.starts_with("DB_") { &A_SERVER } else { &[] };
        let told = faults(&[on_a_server, &[(name, value)]].concat(), "");
        assert!(told.starts_with("1 setting is wrong"), "{told}");
        assert!(told.contains(&format!("  {name}: expected ")), "{told}");
        assert!(told.contains(expected), "{told}");
        assert!(told.contains(&format!("found {value:?} in environment")), "{told}");

        let told = faults(on_a_server, &format!("{name}='{value}'"));
        assert!(told.contains(&format!("found {value:?} in .env")), "{told}");
    }
}

#[test]
fn all_wrong_values_are_named_at_once() {
    let told = faults(&[("LISTEN", "nowhere"), ("DB_HOST", "db")], "LOG=loud\nJWT_SECRET=short\nnonsense\n");
    assert!(told.starts_with("6 settings are wrong"), "{told}");
    for name in ["LISTEN", "DB_USER", "DB_NAME", "LOG", "JWT_SECRET", ".env line 3"] {
        assert!(told.contains(&format!("\n  {name}: expected")), "{name} is missing in: {told}");
    }
}

#[test]
fn a_wrong_secret_is_named_but_not_shown() {
    for (name, value) in [
        ("JWT_SECRET", "hunter2"),
        ("JWT_SECRET_PREVIOUS", "hunter2"),
        ("REDIS_URL", "redis://:hunter2@cache"),
    ] {
        let told = faults(&[(name, value)], "");
        assert!(told.contains(&format!("{name}: expected")), "{told}");
        assert!(!told.contains("hunter2"), "{told}");
        let debugged = format!("{:?}", read(&[(name, value)], ""));
        assert!(!debugged.contains("hunter2"), "{debugged}");
    }
}

#[test]
fn a_good_secret_is_shown_neither_in_the_table_nor_in_debug_output() {
    let config =
        read(&[&A_SERVER[..], &[("DB_PASSWORD", "hunter2")]].concat(), "").expect("all of it is good");
    for secret in [SECRET, "hunter2"] {
        assert!(!config.table().contains(secret), "{}", config.table());
        assert!(!format!("{config:?}").contains(secret), "{config:?}");
    }
    assert_eq!(config.table().matches("********").count(), 2, "{}", config.table());
}

#[test]
fn a_host_chooses_a_database_and_what_is_not_said_of_it_is_as_usual() {
    let config = read(&A_SERVER, "").expect("all of it is good");
    let server = server(&config);
    assert_eq!((server.host.as_str(), server.port), ("db.example", 3306));
    assert_eq!((server.user.as_str(), server.database.as_str()), ("hexroom", "chat"));
    assert!(server.password.is_none() && server.tls_ca.is_none());
    assert_eq!((server.tls, server.connections), (Tls::Preferred, 16));
    assert_eq!(server.patience, Duration::from_millis(2_500));
    let here = read(&[&A_SERVER[..], &[("DB_HOST", "127.0.0.1")]].concat(), "").expect("all of it is good");
    assert_eq!(self::server(&here).tls, Tls::Off);
}

#[test]
fn the_embedded_store_is_waited_for_as_long_as_a_database() {
    for (said, patience) in [(&[][..], 2_500), (&[("DB_TIMEOUT", "10s")], 10_000)] {
        match read(said, "").expect("all of it is good").store {
            StoreSettings::Embedded { patience: read, .. } => {
                assert_eq!(read, Duration::from_millis(patience));
            }
            StoreSettings::Mysql(server) => panic!("{}", server.host),
        }
    }
}

#[test]
fn all_that_is_said_of_a_database_is_read() {
    let said = [
        ("DB_PORT", "3307"),
        ("DB_PASSWORD", "hunter2"),
        ("DB_TLS", "required"),
        ("DB_TLS_CA", "/etc/db-ca.pem"),
        ("DB_POOL", "40"),
        ("DB_TIMEOUT", "10s"),
    ];
    let config = read(&[&A_SERVER[..], &said].concat(), "").expect("all of it is good");
    let server = server(&config);
    assert_eq!((server.port, server.tls, server.connections), (3307, Tls::Required, 40));
    assert_eq!(server.patience, Duration::from_secs(10));
    assert_eq!(server.tls_ca.as_deref(), Some(Path::new("/etc/db-ca.pem")));
    assert_eq!(server.password.as_ref().expect("it was said").expose_secret(), "hunter2");
}

#[test]
fn what_a_database_needs_besides_its_host_names_itself() {
    let told = faults(&[("DB_HOST", "db.example")], "");
    assert!(told.starts_with("3 settings are wrong"), "{told}");
    for name in ["DB_USER", "DB_NAME", "JWT_SECRET"] {
        assert!(told.contains(&format!("\n  {name}: expected")), "{name} is missing in: {told}");
    }
}

#[test]
fn settings_of_a_database_without_its_host_are_no_slip_to_overlook() {
    for name in ["DB_PORT", "DB_USER", "DB_PASSWORD", "DB_NAME", "DB_TLS_CA", "DB_POOL"] {
        let told = faults(&[(name, "7")], "");
        assert!(told.contains("DB_HOST: expected the name or IP address"), "{told}");
        assert!(told.contains(&format!("it is not set, and {name} is")), "{told}");
    }
}

#[test]
fn a_secret_is_measured_in_bytes() {
    assert!(read(&[("JWT_SECRET", &"x".repeat(31))], "").is_err());
    assert!(read(&[("JWT_SECRET", &"x".repeat(32))], "").is_ok());
    assert!(read(&[("JWT_SECRET", &"ä".repeat(16))], "").is_ok());
}

#[test]
fn a_line_of_dot_env_that_cannot_be_read_is_numbered_but_not_shown() {
    let told = faults(&[], "# comment\nLOG=info\nJWT_SECRET hunter2 hunter2\n");
    assert!(told.contains(".env line 3: expected NAME=value"), "{told}");
    assert!(!told.contains("hunter2"), "{told}");
}

#[test]
fn a_dot_env_from_another_system_is_read() {
    let config = read(&[], "\u{feff}LOG=warn\r\nexport LISTEN=127.0.0.1:1111\r\n").expect("it is good");
    assert_eq!((config.log.as_str(), config.listen.port()), ("warn", 1111));
}

#[test]
fn a_value_that_is_no_text_names_itself() {
    let environment = [("LISTEN".into(), OsString::from_vec(vec![b'x', 0xff]))].into();
    let told = Config::read(Sources::new(environment, "")).expect_err("it is no text").to_string();
    assert!(told.contains("LISTEN: expected an IP address"), "{told}");
}

#[test]
fn metrics_have_another_address_than_the_api() {
    let told = faults(&[("LISTEN", "127.0.0.1:1111"), ("METRICS_LISTEN", "127.0.0.1:1111")], "");
    assert!(told.contains("METRICS_LISTEN: expected another address than LISTEN"), "{told}");
    assert!(read(&[("LISTEN", "127.0.0.1:0"), ("METRICS_LISTEN", "127.0.0.1:0")], "").is_ok());
}

#[test]
fn a_folder_without_dot_env_is_no_fault_and_an_unreadable_one_is() {
    let folder = tempfile::tempdir().expect("there is room");
    assert!(Sources::of_process(folder.path()).take_faults().is_empty());
    std::fs::create_dir(folder.path().join(".env")).expect("there is room");
    let faults = Sources::of_process(folder.path()).take_faults();
    assert!(faults[0].to_string().starts_with(".env: expected a readable text file"), "{faults:?}");
}
