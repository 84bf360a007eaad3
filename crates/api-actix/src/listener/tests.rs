//! Strangers on real connections. Nothing here is measured: a connection that has to go is waited for.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use actix_web::{rt, web};
use domain::ports::MockStore;
use tokio::sync::oneshot;

use super::Patience;
use crate::http_tests::api;
use crate::serve::serve_shared;
use crate::{Allowances, Api, RateLimits};

const SHORT: Duration = Duration::from_millis(200);
const LONG: Duration = Duration::from_mins(10);

const PATIENT: Patience = Patience { head: LONG, keep_alive: LONG, taken: LONG };

const PROBE: &[u8] = b"GET /readyz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
const REQUEST: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n";
const HALF_A_HEAD: &[u8] = b"GET /healthz HTTP/1.1\r\nX: ";
const BEFORE_A_BODY: &[u8] = b"POST /api/login HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n\
    Content-Length: 8\r\nExpect: 100-continue\r\n\r\n";

/// A server that is told to stop when this is dropped.
struct Listening {
    address: SocketAddr,
    metrics: SocketAddr,
    _stop: oneshot::Sender<()>,
}

fn serve(patience: Patience, change: impl FnOnce(&mut Api)) -> Listening {
    let mut store = MockStore::new();
    store.expect_ping().returning(|| Ok(()));
    let mut api = api(store);
    change(&mut api);
    let [listener, metrics] = [(); 2].map(|()| TcpListener::bind(("127.0.0.1", 0)).expect("a free port"));
    let [address, metrics_address] =
        [&listener, &metrics].map(|listener| listener.local_addr().expect("it is bound"));
    let (stop, stopped) = oneshot::channel::<()>();
    rt::spawn(async move {
        let stopped = async { drop(stopped.await) };
        serve_shared(web::Data::new(api), listener, Some(metrics), patience, stopped)
            .await
            .expect("it serves");
    });
    Listening { address, metrics: metrics_address, _stop: stop }
}

/// Has room for so many.
fn with_room_for(most: usize) -> Listening {
    serve(PATIENT, |api| api.settings.most_connections = most)
}

/// Lets a network have so many.
fn with_room_for_each(most: usize, proxies: &str) -> Listening {
    serve(PATIENT, |api| {
        let allowances = Allowances { network_connections: most, ..Allowances::default() };
        api.settings.rate_limits = RateLimits::On(allowances);
        api.settings.trusted_proxies = proxies.parse().expect("networks");
    })
}

/// A connection on which these bytes have been sent.
fn send(address: SocketAddr, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_mins(1))).expect("a deadline");
    stream.set_write_timeout(Some(Duration::from_mins(1))).expect("a deadline");
    stream.write_all(bytes).expect("it is taken");
    stream
}

/// A connection on which a request has been answered, and then these bytes were sent.
fn send_after_an_answer(address: SocketAddr, bytes: &[u8]) -> TcpStream {
    let mut stream = send(address, REQUEST);
    hear_an_answer(&mut stream);
    stream.write_all(bytes).expect("it is taken");
    stream
}

fn hear_an_answer(stream: &mut TcpStream) {
    let mut heard = Vec::new();
    while !heard.ends_with(b"{\"status\":\"ok\"}") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("an answer");
        heard.extend(byte);
    }
    assert!(heard.starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&heard));
}

/// A connection that is at work, for the server waits for a body.
fn put_to_work(address: SocketAddr) -> TcpStream {
    let mut stream = send(address, BEFORE_A_BODY);
    let mut heard = [0; 25];
    stream.read_exact(&mut heard).expect("it is asked to go on");
    assert_eq!(&heard, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream
}

/// What the server says until it closes the connection; that it was reset is an end as well.
fn hear_until_closed(mut stream: TcpStream) -> String {
    let mut heard = Vec::new();
    let end = stream.read_to_end(&mut heard);
    let heard = String::from_utf8_lossy(&heard).into_owned();
    if let Err(error) = end {
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "after {heard:?}");
    }
    heard
}

/// Whether the server is there, asked on a connection of its own.
fn assert_answers(address: SocketAddr) {
    let heard = hear_until_closed(send(address, PROBE));
    assert!(heard.starts_with("HTTP/1.1 200 "), "{heard}");
}

/// Runs what blocks beside the server.
async fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    web::block(work).await.expect("no panic")
}

#[actix_web::test]
async fn half_a_head_is_not_waited_for_whether_it_is_the_first_or_the_second() {
    let server = serve(Patience { head: SHORT, ..PATIENT }, |_| {});
    let (address, metrics) = (server.address, server.metrics);
    beside(move || {
        let silent = send(address, b"");
        let mut held: Vec<_> = (0..100).map(|_| send(address, HALF_A_HEAD)).collect();
        held.extend((0..100).map(|_| send_after_an_answer(address, HALF_A_HEAD)));
        held.push(send(metrics, HALF_A_HEAD));
        assert_answers(address);
        for stream in held {
            let heard = hear_until_closed(stream);
            assert!(heard.contains("\"code\":\"malformed_request\""), "{heard}");
            assert_answers(address);
        }
        assert_eq!(hear_until_closed(silent), "");
    })
    .await;
}

#[actix_web::test]
async fn a_head_that_dribbles_is_not_waited_for() {
    let server = serve(Patience { head: SHORT, ..PATIENT }, |_| {});
    let address = server.address;
    beside(move || {
        let mut stream = send_after_an_answer(address, HALF_A_HEAD);
        // Ends when nobody is there any more to take a byte.
        while stream.write_all(b"x").is_ok() {
            std::thread::sleep(Duration::from_millis(1));
        }
    })
    .await;
}

#[actix_web::test]
async fn a_body_that_nobody_reads_is_not_waited_for_without_end() {
    let server = serve(Patience { head: SHORT, ..PATIENT }, |_| {});
    let address = server.address;
    beside(move || {
        let head = b"GET /healthz HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n";
        let mut stream = send(address, head);
        hear_an_answer(&mut stream);
        while stream.write_all(b"1\r\nx\r\n").is_ok() {
            std::thread::sleep(Duration::from_millis(1));
        }
    })
    .await;
}

#[actix_web::test]
async fn a_connection_between_two_requests_is_kept_for_a_while_only() {
    let server = serve(Patience { keep_alive: SHORT, ..PATIENT }, |_| {});
    let address = server.address;
    beside(move || {
        let mut stream = send_after_an_answer(address, REQUEST);
        hear_an_answer(&mut stream);
        assert_eq!(hear_until_closed(stream), "");
    })
    .await;
}

#[actix_web::test]
async fn a_peer_that_takes_no_answers_is_not_waited_for() {
    let server = serve(Patience { taken: SHORT, ..PATIENT }, |_| {});
    let address = server.address;
    beside(move || {
        let mut stream = send(address, b"");
        while stream.write_all(b"GET /api/openapi.json HTTP/1.1\r\nHost: h\r\n\r\n").is_ok() {}
    })
    .await;
}

#[actix_web::test]
async fn who_has_waited_longest_makes_room() {
    let server = with_room_for(3);
    let address = server.address;
    beside(move || {
        let longest = send_after_an_answer(address, b"");
        let mut kept = [send_after_an_answer(address, HALF_A_HEAD), send_after_an_answer(address, b"")];
        let mut newcomer = send_after_an_answer(address, b"");
        assert_eq!(hear_until_closed(longest), "");
        newcomer.write_all(REQUEST).expect("it is taken");
        hear_an_answer(&mut newcomer);
        kept[1].write_all(REQUEST).expect("it is taken");
        hear_an_answer(&mut kept[1]);
    })
    .await;
}

#[actix_web::test]
async fn where_all_are_at_work_probes_are_answered_and_nothing_else() {
    let server = with_room_for(2);
    let address = server.address;
    beside(move || {
        let at_work = [put_to_work(address), put_to_work(address)];
        assert_answers(address);
        let refused = hear_until_closed(send(address, b"GET /api/me HTTP/1.1\r\nHost: h\r\n\r\n"));
        assert!(refused.starts_with("HTTP/1.1 503 "), "{refused}");
        assert!(refused.contains("\"code\":\"unavailable\""), "{refused}");
        for mut stream in at_work {
            stream.write_all(b"{\"a\": 1}").expect("it is taken");
            stream.shutdown(Shutdown::Write).expect("it is open");
            let heard = hear_until_closed(stream);
            assert!(heard.contains("\"code\":\"validation_failed\""), "{heard}");
        }
        let heard =
            hear_until_closed(send(address, b"GET /api/me HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
        assert!(heard.starts_with("HTTP/1.1 401 "), "{heard}");
    })
    .await;
}

#[actix_web::test]
async fn a_network_with_all_that_it_may_have_makes_room_itself() {
    let server = with_room_for_each(2, "");
    let address = server.address;
    beside(move || {
        let first = send_after_an_answer(address, b"");
        let [_second, _third] = [(); 2].map(|()| send_after_an_answer(address, b""));
        assert_eq!(hear_until_closed(first), "");
    })
    .await;
}

#[actix_web::test]
async fn proxies_have_as_many_connections_as_they_need() {
    let server = with_room_for_each(2, "127.0.0.1");
    let address = server.address;
    beside(move || {
        let mut held: Vec<_> = (0..10).map(|_| send_after_an_answer(address, b"")).collect();
        for stream in &mut held {
            stream.write_all(REQUEST).expect("it is taken");
            hear_an_answer(stream);
        }
    })
    .await;
}

#[actix_web::test]
async fn what_is_no_request_is_told_so_as_a_problem() {
    let server = serve(PATIENT, |_| {});
    let address = server.address;
    beside(move || {
        let long = format!("GET /healthz HTTP/1.1\r\nHost: h\r\nX: {}\r\n\r\n", "x".repeat(256 * 1024));
        for request in [
            "\x16\x03\x01\x02\r\n\r\n",
            "nonsense\r\n\r\n",
            "GET  HTTP/1.1\r\n\r\n",
            "GET /healthz HTTP/9.9\r\nHost: h\r\n\r\n",
            "GET /healthz HTTP/1.1\r\nHost h\r\n\r\n",
            "POST /api/login HTTP/1.1\r\nHost: h\r\nContent-Length: many\r\n\r\n",
            "POST /api/login HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
            "POST /api/login HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "POST /api/login HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n",
            &long,
        ] {
            let mut stream = send(address, b"");
            // The server need not read on once it knows.
            let _ = stream.write_all(request.as_bytes());
            let heard = hear_until_closed(stream);
            let request = &request[..request.len().min(100)];
            assert!(heard.starts_with("HTTP/1.1 400 "), "{request}: {heard}");
            for part in ["content-type: application/problem+json\r\n", "\"code\":\"malformed_request\"", "\"requestId\":\""] {
                assert!(heard.contains(part), "{request}: {heard}");
            }
        }
        let heard = hear_until_closed(send_after_an_answer(address, b"nonsense\r\n\r\n"));
        assert!(heard.contains("\"code\":\"malformed_request\""), "{heard}");
    })
    .await;
}

#[actix_web::test]
async fn a_scraper_between_two_requests_does_not_hold_up_the_end() {
    let Listening { metrics, _stop: stop, .. } = serve(PATIENT, |_| {});
    beside(move || {
        let mut stream = send(metrics, b"GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n");
        let mut heard = [0; 12];
        stream.read_exact(&mut heard).expect("an answer");
        assert_eq!(&heard, b"HTTP/1.1 200");
        drop(stop);
        stream.set_read_timeout(Some(Duration::from_secs(5))).expect("less than the server would wait");
        stream.read_to_end(&mut Vec::new()).expect("the end comes before the deadline");
    })
    .await;
}
