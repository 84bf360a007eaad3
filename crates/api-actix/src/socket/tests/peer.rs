//! A client and a server for the socket's tests: the bytes are real, the network and the store are
//! not.

use std::collections::HashMap;
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::test::TestRequest;
use actix_web::{FromRequest, HttpResponse, rt, web};
use bytes::{Bytes, BytesMut};
use domain::ports::{
    Events, MockAccessTokens, MockAccounts, MockClock, MockFriends, MockPasswordHasher, MockRandomness,
    MockRefreshTokens, MockRooms, MockSearch, MockSecondFactors, MockStore,
};
use domain::use_cases::Hexroom;
use domain::{
    AccessClaims, Account, Announcement, Coins, Denial, Event, Page, PasswordHash, Prime, Reading, Seq,
    Session, SessionId, Timestamp, UserId,
};
use futures_util::FutureExt;
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, ReadHalf, WriteHalf, duplex, split};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::time::timeout;
use uuid::Uuid;

use super::cast::{ANA, BO, Log, epoch, posted, room_id, user};
use crate::client_address::ClientAddress;
use crate::limiter::Limiter;
use crate::listener::Patience;
use crate::lock::lock;
use crate::problem::Problem;
use crate::serve::serve_shared;
use crate::socket::connection::handshake::connect;
use crate::socket::connection::lifecycle::{self, Admission};
use crate::socket::delivery::hub::Hub;
use crate::socket::protocol::wire::Frame;
use crate::{Api, RateLimits, Settings, TrustedProxies};

/// No test waits longer for what it expects. On a paused clock it is longer than any timer.
const DEADLINE: Duration = Duration::from_mins(1);

/// How much a peer that does not read is ahead of itself.
const IN_FLIGHT_BYTES: usize = 4 * 1024;

/// How long a token of this server holds.
pub(crate) const TOKEN_LIFETIME: Duration = Duration::from_mins(15);

/// A server on ports that are told what to say. `ana`, `bo1` and `ana-elsewhere` are good tokens.
pub(crate) struct Server {
    pub(crate) api: web::Data<Api>,
    limits: web::Data<Limiter>,
    pub(crate) log: Log,
    now: Arc<AtomicI64>,
    /// How often a session is still found.
    session_finds: Arc<AtomicI64>,
    are_rooms_hidden: Arc<AtomicBool>,
    seats: Seats,
}

/// Who sits in the room, and up to which event its list shows it.
type Seats = Arc<Mutex<HashMap<UserId, i64>>>;

impl Server {
    /// A server with a room in which nobody sits. `tell` says what else its store does.
    pub(crate) fn start(tell: impl FnOnce(&mut MockRooms)) -> Self {
        let (log, seats) = (Log::default(), Seats::default());
        let mut rooms = MockRooms::new();
        tell(&mut rooms);
        let (kept, seated) = (log.clone(), seats.clone());
        rooms.expect_log().returning(move |_, viewer, since, limit| match viewer {
            Some(viewer) if !lock(&seated).contains_key(&viewer) => Err(Denial::NotAMember.into()),
            _ => Ok(kept.page(since, limit)),
        });
        let (kept, seated) = (log.clone(), seats.clone());
        rooms.expect_events().returning(move |_, viewer, since, limit| {
            let is_seated = lock(&seated).contains_key(&viewer);
            if is_seated { Ok(kept.page(since, limit).events) } else { Err(Denial::NotAMember.into()) }
        });
        let are_rooms_hidden = Arc::new(AtomicBool::new(false));
        let (seated, are_hidden) = (seats.clone(), are_rooms_hidden.clone());
        rooms.expect_ids_of_member().returning(move |user_id| {
            let is_listed = lock(&seated).contains_key(&user_id) && !are_hidden.load(Ordering::Relaxed);
            Ok(is_listed.then(room_id).into_iter().collect())
        });
        let seated = seats.clone();
        rooms.expect_reading().returning(move |user_id, _| {
            let head = lock(&seated).get(&user_id).copied();
            let reading = head.map(|head| Reading {
                room_id: room_id(),
                epoch: epoch(),
                head_seq: Seq(head),
                read_seq: Seq(1),
                unread: 0,
                unread_mentions: 0,
            });
            Ok(reading.into_iter().collect())
        });

        let now = Arc::new(AtomicI64::new(0));
        let mut clock = MockClock::new();
        let time = now.clone();
        clock.expect_now().returning(move || Timestamp::from_millis(time.load(Ordering::Relaxed)));
        let mut randomness = MockRandomness::new();
        randomness.expect_id().returning(Uuid::new_v4);
        let session_finds = Arc::new(AtomicI64::new(i64::MAX));
        let (rooms, clock) = (Arc::new(rooms), Arc::new(clock));
        let hub = Hub::new(rooms.clone(), clock.clone());
        rt::spawn(hub.clone().keep_time());
        let api = Api {
            hexroom: Hexroom {
                accounts: Arc::new(accounts(session_finds.clone(), hub.clone())),
                rooms,
                search: Arc::new(MockSearch::new()),
                friends: Arc::new(MockFriends::new()),
                events: hub.clone(),
                passwords: Arc::new(MockPasswordHasher::new()),
                access_tokens: Arc::new(access_tokens()),
                refresh_tokens: Arc::new(MockRefreshTokens::new()),
                second_factors: Arc::new(MockSecondFactors::new()),
                randomness: Arc::new(randomness),
                clock,
                last_seen: Arc::default(),
                signup_coins_max: Coins::ZERO,
            },
            store: Arc::new(MockStore::new()),
            hub,
            settings: Settings {
                allowed_origins: Vec::new(),
                rate_limits: RateLimits::default(),
                trusted_proxies: TrustedProxies::default(),
                most_connections: 1_000,
                metrics_on_api: false,
            },
            metrics: PrometheusBuilder::new().build_recorder().handle(),
        };
        let limits = web::Data::new(Limiter::new(&RateLimits::default()));
        Self { api: web::Data::new(api), limits, log, now, session_finds, are_rooms_hidden, seats }
    }

    /// Listens on a free port, and answers where and what makes it stop.
    pub(crate) fn listen(self) -> (SocketAddr, oneshot::Sender<()>) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let (stop, stopped) = oneshot::channel();
        rt::spawn(async move {
            let stopped = async { stopped.await.expect("the test says when") };
            serve_shared(self.api, listener, None, Patience::default(), stopped).await.expect("it serves");
        });
        (address, stop)
    }

    /// What `connect` is given besides the request.
    pub(crate) fn data(&self) -> (web::Data<Api>, web::Data<Limiter>) {
        (self.api.clone(), self.limits.clone())
    }

    /// Gives somebody a seat in the room as it stands.
    pub(crate) fn seat(&self, who: &str) {
        lock(&self.seats).insert(user(who), self.log.head());
    }

    /// Takes somebody's seat.
    pub(crate) fn unseat(&self, who: &str) {
        lock(&self.seats).remove(&user(who));
    }

    /// Has everybody's list of rooms be as from before they joined.
    pub(crate) fn hide_rooms(&self) {
        self.are_rooms_hidden.store(true, Ordering::Relaxed);
    }

    /// Commits an event without telling anybody.
    pub(crate) fn commit(&self, event: &Event) {
        self.log.commit(event);
        for head in lock(&self.seats).values_mut() {
            *head = event.seq.0;
        }
    }

    /// Commits an event and announces it.
    pub(crate) async fn happen(&self, event: Event) {
        self.commit(&event);
        self.api.hub.publish(Announcement::Event(event)).await;
    }

    /// Lets the clock of the domain go on.
    pub(crate) fn pass(&self, time: Duration) {
        self.now.fetch_add(i64::try_from(time.as_millis()).expect("short"), Ordering::Relaxed);
    }

    /// Ends every session after it has been found so often, and announces it right then.
    pub(crate) fn end_sessions_after(&self, finds: i64) {
        self.session_finds.store(finds, Ordering::Relaxed);
    }

    /// How often sessions are still found.
    pub(crate) fn session_finds_left(&self) -> i64 {
        self.session_finds.load(Ordering::Relaxed)
    }

    /// A client that has only just connected.
    pub(crate) async fn connect(&self) -> Peer {
        let (peer, _) = self.connect_offering(None).await;
        peer
    }

    /// A client that offers subprotocols, and the server's answer to the handshake.
    pub(crate) async fn connect_offering(&self, protocols: Option<&str>) -> (Peer, HttpResponse<()>) {
        self.try_connect(protocols).await.expect("a socket")
    }

    /// The same, unless the server refuses.
    pub(crate) async fn try_connect(
        &self,
        protocols: Option<&str>,
    ) -> Result<(Peer, HttpResponse<()>), Problem> {
        let mut request = TestRequest::get()
            .insert_header(("upgrade", "websocket"))
            .insert_header(("connection", "upgrade"))
            .insert_header(("sec-websocket-version", "13"))
            .insert_header(("sec-websocket-key", "x3JJHMbDL1EzLkh9GBhXDw=="));
        if let Some(protocols) = protocols {
            request = request.insert_header(("sec-websocket-protocol", protocols));
        }
        let (request, mut payload) = request.to_http_parts();
        let payload = web::Payload::from_request(&request, &mut payload).await.expect("a payload");
        let client = ClientAddress::of(&request);
        let mut response = connect(request, payload, self.api.clone(), self.limits.clone(), client).await?;
        let admission = response.extensions_mut().remove::<Admission>().expect("what to serve it with");
        let (ours, theirs) = duplex(IN_FLIGHT_BYTES);
        rt::spawn(lifecycle::serve(admission, (), theirs, BytesMut::new()));
        let (hears, writes) = split(ours);
        let (says, said) = unbounded_channel();
        rt::spawn(write_all(said, writes));
        Ok((Peer { says, hears }, response.drop_body()))
    }

    /// A client of an account, welcomed, with the welcome.
    pub(crate) async fn welcome(&self, token: &str, resume: Value) -> (Peer, Value) {
        let mut peer = self.connect().await;
        peer.say(&json!({"type": "hello", "token": token, "resume": resume}));
        let welcome = peer.hear().await;
        assert_eq!(welcome["type"], "welcome", "{welcome}");
        (peer, welcome)
    }

    /// A client of an account that resumes nothing and is open.
    pub(crate) async fn enter(&self, token: &str) -> Peer {
        let (mut peer, _) = self.welcome(token, json!([])).await;
        // An answer shows that the connection has opened.
        peer.say(&json!({"type": "typing", "roomId": "nowhere"}));
        peer.hear_until("error").await;
        peer
    }
}

/// Writes what a peer says, until it says nothing more.
async fn write_all(mut said: UnboundedReceiver<Vec<u8>>, mut writes: WriteHalf<DuplexStream>) {
    while let Some(bytes) = said.recv().await {
        // The server may have ended the connection.
        let _ = writes.write_all(&bytes).await;
    }
    let _ = writes.shutdown().await;
}

/// The client's end of a connection.
pub(crate) struct Peer {
    says: UnboundedSender<Vec<u8>>,
    hears: ReadHalf<DuplexStream>,
}

impl Peer {
    /// Writes a text frame.
    pub(crate) fn say(&self, frame: &Value) {
        self.say_text(&frame.to_string());
    }

    /// Writes a text frame, whatever it says.
    pub(crate) fn say_text(&self, text: &str) {
        self.write(0x81, text.as_bytes());
    }

    /// Writes a frame.
    pub(crate) fn write(&self, first: u8, payload: &[u8]) {
        let length = u16::try_from(payload.len()).expect("short");
        let mut frame = vec![first];
        if length < 126 {
            frame.push(0x80 | u8::try_from(length).expect("short"));
        } else {
            frame.push(0xFE);
            frame.extend(length.to_be_bytes());
        }
        // A mask of zeros leaves the payload as it is.
        frame.extend([0; 4]);
        frame.extend(payload);
        self.write_raw(frame);
    }

    /// Writes bytes. Nobody may hear them any more.
    pub(crate) fn write_raw(&self, bytes: Vec<u8>) {
        let _ = self.says.send(bytes);
    }

    /// The next frame.
    pub(crate) async fn hear_frame(&mut self) -> Frame {
        timeout(DEADLINE, self.read_frame()).await.expect("in time").expect("a frame before the end")
    }

    async fn read_frame(&mut self) -> Option<Frame> {
        let mut frame = vec![0; 2];
        self.hears.read_exact(&mut frame).await.ok()?;
        let extended = match frame[1] {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        frame.resize(2 + extended, 0);
        self.hears.read_exact(&mut frame[2..]).await.ok()?;
        let length = match extended {
            0 => usize::from(frame[1]),
            _ => frame[2..].iter().fold(0, |length, byte| length << 8 | usize::from(*byte)),
        };
        let header = frame.len();
        frame.resize(header + length, 0);
        self.hears.read_exact(&mut frame[header..]).await.ok()?;
        Some(Frame::from_wire(Bytes::from(frame)))
    }

    /// The next text frame's JSON.
    pub(crate) async fn hear(&mut self) -> Value {
        self.hear_frame().await.value()
    }

    /// The next text frame of a type, past all others.
    pub(crate) async fn hear_until(&mut self, kind: &str) -> Value {
        loop {
            let frame = self.hear().await;
            if frame["type"] == kind {
                return frame;
            }
            assert_ne!(frame["type"], "bye", "{frame} instead of {kind}");
        }
    }

    /// Hears the bye, past errors, and that nothing follows it. Answers the code.
    pub(crate) async fn hear_bye(&mut self) -> u16 {
        self.hear_bye_past(&["error"]).await
    }

    /// Hears the bye past frames of these types.
    pub(crate) async fn hear_bye_past(&mut self, others: &[&str]) -> u16 {
        let bye = loop {
            let frame = self.hear().await;
            if !others.iter().any(|other| frame["type"] == *other) {
                break frame;
            }
        };
        assert_eq!(bye["type"], "bye", "{bye}");
        let close = self.hear_frame().await.close_code().expect("a close frame");
        assert_eq!(bye["code"], close, "the close frame carries the code of the bye");
        let end = timeout(DEADLINE, self.read_frame()).await.expect("an end before the deadline");
        assert!(end.is_none(), "nothing follows the close frame");
        close
    }
}

fn session_of(id: SessionId) -> (Account, Session) {
    let user_id = user(if id == SessionId(Uuid::from_u128(2)) { BO } else { ANA });
    let account = Account {
        user_id: user_id.clone(),
        name: "Somebody".parse().expect("valid"),
        phone: "+49 151 2345678".parse().expect("valid"),
        password_hash: PasswordHash::new("not a hash".to_owned()),
        avail_coins: Coins::ZERO,
        prime: Prime::No,
        free_join_used: false,
        admin: false,
        suspended_at: None,
        member_since: Timestamp::from_millis(0),
        second_factor: domain::SecondFactor::default(),
    };
    let at = Timestamp::from_millis(i64::MAX);
    let device_id = "phone".parse().expect("valid");
    let session =
        Session { id, user_id, device_id, created_at: at, last_seen_at: at, generation: 0, renewal: None };
    (account, session)
}

fn accounts(session_finds: Arc<AtomicI64>, hub: Arc<Hub>) -> MockAccounts {
    let mut accounts = MockAccounts::new();
    let nothing = || Page { items: Vec::new(), has_more: false };
    accounts.expect_command_line_record().returning(move |_, _| Ok(nothing()));
    accounts.expect_find_session().returning(move |id| {
        let finds_left = session_finds.fetch_sub(1, Ordering::Relaxed);
        if finds_left == 1 {
            hub.publish(Announcement::SessionsEnded(vec![id])).now_or_never().expect("it waits for nobody");
        }
        Ok((finds_left > 0).then(|| session_of(id)))
    });
    accounts
}

fn access_tokens() -> MockAccessTokens {
    let mut tokens = MockAccessTokens::new();
    tokens.expect_read().returning(|token, now| {
        let session = match token.expose() {
            ANA | "late" => 1,
            BO => 2,
            "ana-elsewhere" => 3,
            "expired" => return Err(Denial::TokenExpired),
            _ => return Err(Denial::TokenInvalid),
        };
        let session_id = SessionId(Uuid::from_u128(session));
        let user_id = session_of(session_id).0.user_id;
        // A late token has expired, but so lately that it passes.
        let expires_at = if token.expose() == "late" { now } else { now.plus(TOKEN_LIFETIME) };
        Ok(AccessClaims { user_id, session_id, issued_at: now, expires_at })
    });
    tokens
}

/// A server in whose room Ana and Bo sit and `head` events have happened.
pub(crate) fn server_with_room(head: i64) -> Server {
    let server = Server::start(|_| {});
    server.seat(ANA);
    server.seat(BO);
    for seq in 1..=head {
        server.commit(&posted(seq));
    }
    server
}

/// Hears these events of the room and nothing else.
pub(crate) async fn hear_seqs(peer: &mut Peer, seqs: std::ops::RangeInclusive<i64>) {
    for seq in seqs {
        let event = peer.hear().await;
        assert_eq!((&event["type"], &event["seq"]), (&json!("event"), &json!(seq)));
    }
}
