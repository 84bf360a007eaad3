use actix_web::test::TestRequest;

use super::*;

const PROXY: &str = "10.0.0.1";
const CLIENT: &str = "192.0.2.7";

fn proxies() -> TrustedProxies {
    "10.0.0.0/8, 2001:db8:ffff::/48, ::1".parse().expect("networks")
}

/// Who the client is when this peer sends these headers.
fn client(peer: &str, headers: &[(&str, &[u8])]) -> String {
    let peer: IpAddr = peer.parse().expect("an address");
    let mut request = TestRequest::get().peer_addr((peer, 4711).into());
    for (name, value) in headers {
        request = request.append_header((*name, *value));
    }
    proxies().client_of(&request.to_http_request()).to_string()
}

fn by_x_forwarded_for(value: &str) -> String {
    client(PROXY, &[("X-Forwarded-For", value.as_bytes())])
}

fn by_forwarded(value: &str) -> String {
    client(PROXY, &[("Forwarded", value.as_bytes())])
}

#[test]
fn only_trusted_proxies_are_believed() {
    for name in ["X-Forwarded-For", "Forwarded"] {
        let spoofed: &[u8] = if name == "Forwarded" { b"for=192.0.2.7" } else { b"192.0.2.7" };
        assert_eq!(client("198.51.100.1", &[(name, spoofed)]), "198.51.100.1");
        for proxy in [PROXY, "::ffff:10.9.9.9", "2001:db8:ffff:1::2", "::1"] {
            assert_eq!(client(proxy, &[(name, spoofed)]), CLIENT, "{name} by {proxy}");
        }
    }
    let request = TestRequest::get().peer_addr((IpAddr::from([10, 0, 0, 1]), 1).into());
    let request = request.insert_header(("X-Forwarded-For", CLIENT)).to_http_request();
    assert_eq!(TrustedProxies::default().client_of(&request).to_string(), PROXY);
}

#[test]
fn a_proxy_that_says_nothing_is_its_own_client() {
    assert_eq!(client(PROXY, &[]), PROXY);
    assert_eq!(client("::ffff:10.0.0.1", &[]), PROXY);
    assert_eq!(by_x_forwarded_for(""), PROXY);
    assert_eq!(by_x_forwarded_for(" , ,"), PROXY);
    assert_eq!(by_forwarded(""), PROXY);
    assert_eq!(by_forwarded("by=10.0.0.1;proto=https"), PROXY);
}

#[test]
fn the_rightmost_address_that_is_no_proxys_counts() {
    for (value, expected) in [
        ("192.0.2.7", CLIENT),
        ("203.0.113.9, 192.0.2.7", CLIENT),
        ("203.0.113.9,192.0.2.7,10.1.1.1,2001:db8:ffff::5", CLIENT),
        ("203.0.113.9, 192.0.2.7, ::ffff:10.1.1.1", CLIENT),
        ("10.2.2.2, 10.1.1.1", "10.2.2.2"),
        ("192.0.2.7,,", CLIENT),
        ("junk, \"; for=1.1.1.1, 192.0.2.7", CLIENT),
    ] {
        assert_eq!(by_x_forwarded_for(value), expected, "{value}");
    }
    let many = vec!["203.0.113.9"; 1_000].join(", ");
    assert_eq!(by_x_forwarded_for(&format!("{many}, 192.0.2.7")), CLIENT);
}

#[test]
fn several_lines_are_one_list() {
    for name in ["X-Forwarded-For", "Forwarded"] {
        let line = |address: &str| match name {
            "Forwarded" => format!("for={address}").into_bytes(),
            _ => address.as_bytes().to_vec(),
        };
        let (spoofed, real, proxy) = (line("203.0.113.9"), line(CLIENT), line("10.1.1.1"));
        let lines: [(&str, &[u8]); 3] = [(name, &spoofed), (name, &real), (name, &proxy)];
        assert_eq!(client(PROXY, &lines), CLIENT, "{name}");
        let beside_garbage: [(&str, &[u8]); 2] = [(name, b"\"\xff\x80"), (name, &real)];
        assert_eq!(client(PROXY, &beside_garbage), CLIENT, "{name}");
    }
}

#[test]
fn addresses_come_with_ports_and_brackets() {
    for (node, expected) in [
        ("192.0.2.7:4711", CLIENT),
        ("::ffff:192.0.2.7", CLIENT),
        ("2001:db8::7", "2001:db8::7"),
        ("[2001:db8::7]", "2001:db8::7"),
        ("[2001:DB8:0::7]:443", "2001:db8::7"),
    ] {
        assert_eq!(by_x_forwarded_for(node), expected, "{node}");
        assert_eq!(by_forwarded(&format!("for=\"{node}\"")), expected, "{node}");
        assert_eq!(by_forwarded(&format!("For={node};proto=https")), expected, "{node}");
    }
    assert_eq!(by_forwarded("for=\"192.0.2.7:_hidden\""), CLIENT);
    assert_eq!(by_forwarded("for=\"[2001:db8::7]:_a.b-c\""), "2001:db8::7");
}

#[test]
fn what_is_not_told_ends_at_the_last_proxy() {
    for node in [
        "unknown",
        "_hidden",
        "_SEVKISEK",
        "chat.example",
        "192.0.2.7.1",
        "192.0.2",
        "192.0.2.07",
        "0x7f.1",
        "192.0.2.7:",
        "192.0.2.7:http",
        "192.0.2.7:123456",
        "2001:db8::7%eth0",
        "[192.0.2.7]",
        "[2001:db8::7",
        "2001:db8::7]:80",
        "192.0.2.7 203.0.113.9",
        "for=192.0.2.7",
    ] {
        assert_eq!(by_x_forwarded_for(&format!("203.0.113.9, {node}")), PROXY, "{node}");
        let behind_another = format!("203.0.113.9, {node}, 10.1.1.1");
        assert_eq!(by_x_forwarded_for(&behind_another), "10.1.1.1", "{node}");
        assert_eq!(by_forwarded(&format!("for=203.0.113.9, for=\"{node}\"")), PROXY, "{node}");
    }
}

#[test]
fn forwarded_is_read_as_the_rfc_has_it() {
    for (value, expected) in [
        ("for=192.0.2.7;proto=http;by=203.0.113.43", CLIENT),
        ("by=\"_x;y,z\";FOR=192.0.2.7", CLIENT),
        ("for=203.0.113.9, for=192.0.2.7", CLIENT),
        ("for=203.0.113.9,for=192.0.2.7,for=10.1.1.1", CLIENT),
        ("for=\"192.0.\\2.7\"", CLIENT),
        ("for=203.0.113.9;by=\"a\\\", for=198.51.100.1\", for=192.0.2.7", CLIENT),
        (", ,for=192.0.2.7 ; proto=https ;, ,", CLIENT),
        ("for=203.0.113.9, proto=https", PROXY),
    ] {
        assert_eq!(by_forwarded(value), expected, "{value}");
    }
}

#[test]
fn a_line_that_breaks_the_grammar_names_nobody() {
    for value in [
        // What a client left open swallows what the proxy added.
        "for=203.0.113.9;by=\", for=192.0.2.7",
        "for=203.0.113.9;by=\", for=\"[2001:db8::7]\"",
        "for=203.0.113.9;by=\"\\, for=\"192.0.2.7\"",
        "for=203.0.113.9;for=192.0.2.7",
        "192.0.2.7",
        "for",
        "=192.0.2.7",
        "for=\"192.0.2.7\"x",
        "f r=192.0.2.7",
        "for=192.0.2.7 for=203.0.113.9",
        "for=192.0.2.7\"",
    ] {
        assert_eq!(by_forwarded(value), PROXY, "{value}");
    }
}

#[test]
fn a_header_that_only_the_client_wrote_beside_the_proxys_is_not_believed() {
    let both = |x_forwarded_for: &str, forwarded: &str| {
        client(PROXY, &[("X-Forwarded-For", x_forwarded_for.as_bytes()), ("Forwarded", forwarded.as_bytes())])
    };
    assert_eq!(both(CLIENT, "for=192.0.2.7"), CLIENT);
    assert_eq!(both(CLIENT, "for=203.0.113.9"), PROXY);
    assert_eq!(both("203.0.113.9", "for=192.0.2.7"), PROXY);
    assert_eq!(both(CLIENT, "nonsense"), PROXY);
}

#[test]
fn networks_are_named_with_or_without_their_size() {
    let good: TrustedProxies = " 127.0.0.1,,10.0.0.0/8 , fd00::/8,::1,".parse().expect("networks");
    for (address, is_theirs) in [
        ("127.0.0.1", true),
        ("127.0.0.2", false),
        ("10.255.0.1", true),
        ("11.0.0.1", false),
        ("fd12::1", true),
        ("::1", true),
        ("::2", false),
    ] {
        assert_eq!(good.contain(address.parse().expect("an address")), is_theirs, "{address}");
    }
}

#[test]
fn what_is_no_network_and_what_is_everybodys_is_named() {
    for wrong in ["localhost", "10.0.0.0/33", "10.0.0/8", "0.0.0.0/0", "::/0", "10.0.0.0/-1", "*", "[::1]"] {
        assert_eq!(wrong.parse::<TrustedProxies>(), Err(wrong.to_owned()));
    }
    assert_eq!("10.0.0.0/8, proxy ,::/0".parse::<TrustedProxies>(), Err("proxy, ::/0".to_owned()));
}
