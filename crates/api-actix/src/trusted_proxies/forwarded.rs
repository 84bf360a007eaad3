//! What proxies write about whom they hand requests on for: `X-Forwarded-For`, and `Forwarded` as
//! RFC 7239 has it. Each adds to the end of what it was given.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use actix_web::http::header::{self, HeaderMap, HeaderName};

/// Who handed a request to the next, or nothing where that is not told or cannot be read.
pub(super) type Hop = Option<IpAddr>;

/// The hops in `X-Forwarded-For`, the farthest first; nothing without that header.
pub(super) fn x_forwarded_for(headers: &HeaderMap) -> Option<Vec<Hop>> {
    hops(headers, &header::X_FORWARDED_FOR, |line| {
        line.split(',').map(str::trim).filter(|node| !node.is_empty()).map(address).collect()
    })
}

/// The hops in `Forwarded`, the farthest first; nothing without that header. A line that does not keep
/// to the grammar names nobody, for a quote that a client has left open reaches into what follows it.
pub(super) fn forwarded(headers: &HeaderMap) -> Option<Vec<Hop>> {
    hops(headers, &header::FORWARDED, |line| elements(line).unwrap_or_else(|| vec![None]))
}

fn hops(headers: &HeaderMap, name: &HeaderName, read: impl Fn(&str) -> Vec<Hop>) -> Option<Vec<Hop>> {
    headers.contains_key(name).then(|| {
        let lines = headers.get_all(name);
        lines.flat_map(|line| line.to_str().map_or_else(|_| vec![None], &read)).collect()
    })
}

/// The hop of each element, such as `for=192.0.2.60;proto=http, for="[2001:db8::1]:4711"`.
fn elements(line: &str) -> Option<Vec<Hop>> {
    let mut hops = Vec::new();
    let mut rest = line.trim();
    while !rest.is_empty() {
        let mut hop = None;
        let mut is_empty = true;
        loop {
            rest = rest.trim_start();
            if !rest.is_empty() && !rest.starts_with([';', ',']) {
                let (name, value, behind) = pair(rest)?;
                is_empty = false;
                rest = behind;
                if name.eq_ignore_ascii_case("for") && hop.replace(address(&value)).is_some() {
                    return None;
                }
            }
            match rest.strip_prefix(';') {
                Some(behind) => rest = behind,
                None => break,
            }
        }
        if !is_empty {
            hops.push(hop.flatten());
        }
        rest = if rest.is_empty() { rest } else { rest.strip_prefix(',')?.trim_start() };
    }
    Some(hops)
}

/// A name, its value without quotes, and what stands behind the pair. Unquoted values may have colons
/// and brackets, for some proxies write addresses so.
fn pair(text: &str) -> Option<(&str, String, &str)> {
    let (name, rest) = text.split_once('=')?;
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
        return None;
    }
    let (value, behind) = if let Some(quoted) = rest.strip_prefix('"') {
        unquoted(quoted)?
    } else {
        let (value, behind) = rest.split_at(rest.find([';', ',', '"', ' ', '\t']).unwrap_or(rest.len()));
        (value.to_owned(), behind)
    };
    let behind = behind.trim_start();
    (behind.is_empty() || behind.starts_with([';', ','])).then_some((name, value, behind))
}

/// The text up to the quote that ends it, and what stands behind that.
fn unquoted(quoted: &str) -> Option<(String, &str)> {
    let mut text = String::new();
    let mut characters = quoted.char_indices();
    loop {
        match characters.next()? {
            (at, '"') => return Some((text, &quoted[at + 1..])),
            (_, '\\') => text.push(characters.next()?.1),
            (_, character) => text.push(character),
        }
    }
}

/// The address in a node: `192.0.2.1`, `2001:db8::1` or `[2001:db8::1]`, with or without a port. There
/// is none in `unknown` and in names that a proxy has made up, such as `_hidden`.
fn address(node: &str) -> Hop {
    if let Ok(address) = node.parse::<IpAddr>() {
        return Some(address.to_canonical());
    }
    let host = match node.rsplit_once(':') {
        Some((host, port)) if is_port(port) => host,
        _ => node,
    };
    let bracketed = || host.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok();
    match host.parse::<Ipv4Addr>() {
        Ok(v4) => Some(IpAddr::V4(v4)),
        Err(_) => bracketed().map(|v6| IpAddr::V6(v6).to_canonical()),
    }
}

/// A number, or a name that a proxy has made up.
fn is_port(port: &str) -> bool {
    match port.strip_prefix('_') {
        Some(name) => name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte)),
        None => (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit()),
    }
}
