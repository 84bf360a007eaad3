//! From text to values. What cannot be used comes back as it was found.

use std::net::{Ipv6Addr, SocketAddr};
use std::time::Duration;

use api_actix::{RateLimits, TrustedProxies};
use domain::Coins;
use infra_crypto::PasswordScheme;
use infra_mysql::Tls;
use secrecy::SecretString;
use tracing_subscriber::EnvFilter;

use super::metrics::Metrics;

type Parsed<T> = Result<T, String>;

pub(super) fn address(text: &str) -> Parsed<SocketAddr> {
    text.parse().map_err(|_| text.to_owned())
}

pub(super) fn metrics_listen(text: &str) -> Parsed<Metrics> {
    if text == "LISTEN" { Ok(Metrics::AtApi) } else { address(text).map(Metrics::At) }
}

pub(super) fn signing_secret(text: &str) -> Parsed<SecretString> {
    if text.len() >= 32 { Ok(text.into()) } else { Err(text.to_owned()) }
}

/// Whatever it says; an empty text counts as none.
#[expect(clippy::unnecessary_wraps, reason = "parsed as those texts are that can be wrong")]
pub(super) fn any<T: From<String>>(text: &str) -> Parsed<T> {
    Ok(text.to_owned().into())
}

pub(super) fn port(text: &str) -> Parsed<u16> {
    text.parse().ok().filter(|port| *port > 0).ok_or_else(|| text.to_owned())
}

pub(super) fn tls(text: &str) -> Parsed<Tls> {
    match text {
        "required" => Ok(Tls::Required),
        "preferred" => Ok(Tls::Preferred),
        "off" => Ok(Tls::Off),
        other => Err(other.to_owned()),
    }
}

pub(super) fn connections(text: &str) -> Parsed<usize> {
    text.parse().ok().filter(|count| (1..=1000).contains(count)).ok_or_else(|| text.to_owned())
}

pub(super) fn patience(text: &str) -> Parsed<Duration> {
    let span = match text.strip_suffix("ms") {
        Some(number) => number.parse().ok().map(Duration::from_millis),
        None => text.strip_suffix('s').and_then(|number| number.parse().ok()).map(Duration::from_secs),
    };
    span.filter(|span| SHORTEST_PATIENCE <= *span && *span <= LONGEST_PATIENCE).ok_or_else(|| text.to_owned())
}

const SHORTEST_PATIENCE: Duration = Duration::from_millis(100);
const LONGEST_PATIENCE: Duration = Duration::from_mins(1);

pub(super) fn password_scheme(text: &str) -> Parsed<PasswordScheme> {
    [PasswordScheme::Bcrypt, PasswordScheme::Argon2id]
        .into_iter()
        .find(|scheme| scheme.as_str() == text)
        .ok_or_else(|| text.to_owned())
}

pub(super) fn coins(text: &str) -> Parsed<Coins> {
    text.parse().ok().and_then(|amount| Coins::asked_for(amount).ok()).ok_or_else(|| text.to_owned())
}

pub(super) fn rate_limits(text: &str) -> Parsed<RateLimits> {
    text.parse()
}

pub(super) fn trusted_proxies(text: &str) -> Parsed<TrustedProxies> {
    text.parse()
}

/// A misspelt level alone would be taken for the only target to log, and silence all others.
pub(super) fn log_filter(text: &str) -> Parsed<String> {
    const LEVELS: [&str; 6] = ["error", "warn", "info", "debug", "trace", "off"];
    let is_word = |part: &str| part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ':'));
    let is_target_alone =
        |part: &&str| is_word(part) && !LEVELS.contains(&part.to_ascii_lowercase().as_str());
    let parts: Vec<_> = text.split(',').map(str::trim).collect();
    let filter = parts.join(",");
    if parts.iter().any(is_target_alone) || EnvFilter::builder().parse(&filter).is_err() {
        return Err(text.to_owned());
    }
    Ok(filter)
}

pub(super) fn origins(text: &str) -> Parsed<Vec<String>> {
    let (mut good, mut wrong) = (Vec::new(), Vec::new());
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        match origin(part) {
            Some(origin) if good.contains(&origin) => {}
            Some(origin) => good.push(origin),
            None => wrong.push(part),
        }
    }
    if wrong.is_empty() { Ok(good) } else { Err(wrong.join(", ")) }
}

/// An origin as browsers write it: in lower case, and without the port that goes without saying.
fn origin(text: &str) -> Option<String> {
    let text = text.to_ascii_lowercase();
    let (scheme, authority) = text.split_once("://")?;
    let usual_port = match scheme {
        "http" => 80,
        "https" => 443,
        _ => return None,
    };
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    if !is_host(host) {
        return None;
    }
    let port = match port {
        Some(digits) if digits.bytes().all(|digit| digit.is_ascii_digit()) => {
            Some(digits.parse::<u16>().ok()?)
        }
        Some(_) => return None,
        None => None,
    };
    match port {
        Some(0) => None,
        Some(port) if port != usual_port => Some(format!("{scheme}://{host}:{port}")),
        _ => Some(format!("{scheme}://{host}")),
    }
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return address.parse::<Ipv6Addr>().is_ok();
    }
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-' || c == b'_')
    };
    host.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_kept_as_browsers_write_it() {
        for (text, kept) in [
            ("https://chat.example", "https://chat.example"),
            ("HTTPS://Chat.Example:443", "https://chat.example"),
            ("http://localhost:5173", "http://localhost:5173"),
            ("http://127.0.0.1:80", "http://127.0.0.1"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("http://[::1]", "http://[::1]"),
        ] {
            assert_eq!(origins(text), Ok(vec![kept.to_owned()]), "{text}");
        }
    }

    #[test]
    fn what_is_no_origin_is_named_part_by_part() {
        for text in [
            "*",
            "null",
            "chat.example",
            "https://",
            "https://chat.example/",
            "https://chat.example/path",
            "https://me@chat.example",
            "https://chat.example:",
            "https://chat.example:0",
            "https://chat.example:+1",
            "https://chat.example:65536",
            "https://*.example",
            "https://chat..example",
            "https://[::1",
            "https://[chat]",
            "ws://chat.example",
            "https://chat example",
        ] {
            assert_eq!(origins(text), Err(text.to_owned()));
        }
        let mixed = "https://a.example, b.example ,https://c.example,*";
        assert_eq!(origins(mixed), Err("b.example, *".to_owned()));
    }

    #[test]
    fn an_origin_named_twice_is_kept_once() {
        let twice = origins("https://a.example,, https://A.example:443 ,http://b.example,");
        assert_eq!(twice, Ok(vec!["https://a.example".to_owned(), "http://b.example".to_owned()]));
    }

    #[test]
    fn a_log_filter_is_levels_and_targets_with_levels() {
        for good in ["info", "WARN", "off", "info,actix_server=warn", "warn, server::serve=debug"] {
            assert!(log_filter(good).is_ok(), "{good}");
        }
        for bad in ["inof", "info,verbose", "info,actix=loud", "info,[", ","] {
            assert_eq!(log_filter(bad), Err(bad.to_owned()));
        }
    }
}
