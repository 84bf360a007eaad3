use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::{Answer, Socket, text};

/// The password of every room that [`Actor::create_room`] makes.
pub(crate) const ROOM_PASSWORD: &str = "open sesame 7413";

/// Everything that the server sent to somebody, over either transport.
pub(crate) type Heard = Arc<Mutex<Vec<String>>>;

/// Somebody who uses the server, with their secrets. Clones are the same person.
#[derive(Clone)]
pub(crate) struct Actor {
    http: reqwest::Client,
    address: Arc<Mutex<String>>,
    tokens: Arc<Mutex<Tokens>>,
    heard: Heard,
    pub(crate) user_id: String,
    pub(crate) device_id: String,
    pub(crate) phone: String,
    pub(crate) password: String,
}

#[derive(Default)]
struct Tokens {
    access: Option<String>,
    refresh: String,
    ever_held: Vec<String>,
}

impl Actor {
    /// `number` tells the phone numbers apart.
    pub(super) fn new(
        http: reqwest::Client,
        address: Arc<Mutex<String>>,
        user_id: &str,
        number: usize,
    ) -> Self {
        Self {
            http,
            address,
            tokens: Arc::default(),
            heard: Heard::default(),
            user_id: user_id.to_owned(),
            device_id: format!("first device of {user_id}"),
            phone: format!("+49151{:07}", 7_000_000 + number),
            password: format!("the secret of {user_id}"),
        }
    }

    /// The body of this person's registration.
    pub(crate) fn registration(&self) -> Value {
        json!({
            "userId": self.user_id,
            "deviceId": self.device_id,
            "name": self.display_name(),
            "phone": self.phone,
            "password": self.password,
        })
    }

    /// Their name on screen.
    pub(crate) fn display_name(&self) -> String {
        format!("Name of {}", self.user_id)
    }

    /// Signs in on another device; both sessions stay.
    pub(crate) async fn on_device(&self, device_id: &str) -> Self {
        let other = Self {
            tokens: Arc::default(),
            heard: Arc::clone(&self.heard),
            device_id: device_id.to_owned(),
            ..self.clone()
        };
        let answer = other.login().await.json(200);
        other.take_tokens(&answer);
        other
    }

    /// The same person, calling from another network: an address in `127.0.0.0/8`, all of which Linux has.
    pub(crate) fn calling_from(&self, address: [u8; 4]) -> Self {
        let http = reqwest::Client::builder().no_proxy().local_address(IpAddr::from(address));
        Self { http: http.build().expect("a client"), ..self.clone() }
    }

    /// Signs in on this device again. The new tokens are not used yet.
    pub(crate) async fn login(&self) -> Answer {
        self.login_on(&self.device_id).await
    }

    /// Signs in on some device. The new tokens are not used.
    pub(crate) async fn login_on(&self, device_id: &str) -> Answer {
        let body = json!({"userId": self.user_id, "password": self.password, "deviceId": device_id});
        self.post("/api/login", body).await
    }

    /// Uses the tokens of this answer from now on.
    pub(crate) fn take_tokens(&self, answer: &Value) {
        let mut tokens = self.tokens.lock().expect("nobody panicked here");
        let (access, refresh) = (text(&answer["accessToken"]), text(&answer["refreshToken"]));
        tokens.ever_held.extend([access.clone(), refresh.clone()]);
        tokens.access = Some(access);
        tokens.refresh = refresh;
    }

    /// The newest access token.
    pub(crate) fn access_token(&self) -> String {
        self.tokens.lock().expect("nobody panicked here").access.clone().expect("they are signed in")
    }

    /// The refresh token that belongs to it.
    pub(crate) fn refresh_token(&self) -> String {
        self.tokens.lock().expect("nobody panicked here").refresh.clone()
    }

    /// Every token that they were ever given.
    pub(crate) fn tokens_ever_held(&self) -> Vec<String> {
        self.tokens.lock().expect("nobody panicked here").ever_held.clone()
    }

    /// Everything that the server ever sent them.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("nobody panicked here").clone()
    }

    /// A request to be made in this person's name.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let address = self.address.lock().expect("nobody panicked here").clone();
        let request = self.http.request(method, format!("{address}{path}"));
        let access = self.tokens.lock().expect("nobody panicked here").access.clone();
        match access {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Makes the request, unless the server does not answer, or not to the end.
    pub(crate) async fn try_send(&self, request: RequestBuilder) -> Result<Answer, reqwest::Error> {
        let answer = Answer::read(request.send().await?).await?;
        let heard = format!("{} {:?} {}", answer.status, answer.headers, answer.text);
        self.heard.lock().expect("nobody panicked here").push(heard);
        Ok(answer)
    }

    /// Makes the request.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Answer {
        self.try_send(request).await.expect("the server answers")
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::POST, path).json(&body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::PUT, path).json(&body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::PATCH, path).json(&body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// A call that takes no body: leaving, accepting and the like.
    pub(crate) async fn call(&self, method: Method, path: &str) -> Answer {
        self.send(self.request(method, path)).await
    }

    /// The account as its owner sees it.
    pub(crate) async fn me(&self) -> Value {
        self.get("/api/me").await.json(200)
    }

    /// Creates a room and returns its id.
    pub(crate) async fn create_room(&self, name: &str) -> String {
        let body = json!({"name": name, "password": ROOM_PASSWORD});
        text(&self.post("/api/chatrooms", body).await.json(201)["roomId"])
    }

    /// Closes a room of their own.
    pub(crate) async fn close(&self, room_id: &str) {
        self.delete(&format!("/api/chatrooms/{room_id}")).await.expect_status(204);
    }

    /// Asks for a seat, with the right password.
    pub(crate) async fn join(&self, room_id: &str) -> Answer {
        self.post("/api/joinroom", json!({"roomId": room_id, "password": ROOM_PASSWORD})).await
    }

    /// Asks for a seat, with an invitation's token.
    pub(crate) async fn join_invited(&self, token: &str) -> Answer {
        self.post("/api/joinroom", json!({"invitationToken": token})).await
    }

    /// Invites somebody and returns the invitation.
    pub(crate) async fn invite(&self, room_id: &str, invitee: &Self) -> Value {
        let path = format!("/api/chatrooms/{room_id}/invitations");
        self.post(&path, json!({"userId": invitee.user_id})).await.json(201)
    }

    /// Posts a message under a client id of its own, and returns the answer.
    pub(crate) async fn say(&self, room_id: &str, body: &str) -> Value {
        self.post_message(room_id, &unique("message"), body).await.json(201)
    }

    pub(crate) async fn post_message(&self, room_id: &str, client_message_id: &str, body: &str) -> Answer {
        let body = json!({"roomId": room_id, "clientMessageId": client_message_id, "body": body});
        self.post("/api/messages", body).await
    }

    /// The room as this person sees it.
    pub(crate) async fn room(&self, room_id: &str) -> Value {
        self.get(&format!("/api/chatrooms/{room_id}")).await.json(200)
    }

    /// The newest page of a room's messages.
    pub(crate) async fn messages(&self, room_id: &str) -> Vec<Value> {
        super::items(&self.get(&format!("/api/chatrooms/{room_id}/messages")).await.json(200))
    }

    /// Grants coins, if this person is an admin.
    pub(crate) async fn grant_coins(&self, user_id: &str, amount: i64, key: &str) -> Answer {
        let path = format!("/api/admin/users/{user_id}/coins");
        let request = self.request(Method::POST, &path).header("Idempotency-Key", key);
        self.send(request.json(&json!({"amount": amount}))).await
    }

    /// A socket that has been welcomed.
    pub(crate) async fn socket(&self) -> Socket {
        let mut socket = self.silent_socket().await;
        socket.hello(&self.access_token(), json!([])).await;
        socket
    }

    /// A socket that has been welcomed back.
    pub(crate) async fn resuming_socket(&self, resume: Value) -> (Socket, Value) {
        let mut socket = self.silent_socket().await;
        let welcome = socket.hello(&self.access_token(), resume).await;
        (socket, welcome)
    }

    /// A socket on which nothing has been sent.
    pub(crate) async fn silent_socket(&self) -> Socket {
        let address = self.address.lock().expect("nobody panicked here").clone();
        Socket::open(&address, Arc::clone(&self.heard)).await
    }
}

/// A word that is different each time.
pub(crate) fn unique(word: &str) -> String {
    static DRAWN: AtomicUsize = AtomicUsize::new(0);
    format!("{word}-{}", DRAWN.fetch_add(1, Ordering::Relaxed))
}
