//! A client of Hexroom, for programs that chat.
//!
//! [`Server`] is where accounts register and sign in; each gives a [`Client`], which makes every call
//! of the HTTP API in the account's name and renews its tokens by itself. [`Client::connect`] opens a
//! [`Connection`]: it shows each room's events in order, without gaps or repetitions, and
//! posts each message once, however often the network fails in between.
//!
//! ```no_run
//! # async fn example() -> Result<(), client::Error> {
//! let server = client::Server::at("http://127.0.0.1:8080")?;
//! let ana = server.login("ana", "correct horse battery".into(), "laptop").await?.client;
//! let (connection, mut updates) = ana.connect(client::Options::default());
//!
//! let garden = &ana.rooms(None).await?.items[0].room_id;
//! let posted = connection.send(garden, "Hello, everyone.").await?;
//! println!("It is event {} of the room.", posted.seq);
//! while let Some(update) = updates.next().await {
//!     println!("{update:?}");
//! }
//! # Ok(())
//! # }
//! ```
//!
//! It knows the API from outside only and shares no code with the server.

mod calls;
mod connection;
mod error;
mod ids;
mod secrets;
mod server;
mod session;
mod shapes;
#[cfg(feature = "tls")]
mod tls;

pub use calls::{
    AccountUpdate, Authenticator, FriendRequests, JoinBy, Registration, SearchIn, SignedIn, Window,
};
pub use connection::{Connection, Options, ResumePoint, RoomStanding, Sending, Update, Updates};
pub use error::{Error, FieldError, Problem};
pub use ids::{Epoch, FriendRequestId, InvitationId, MessageId, RoomId, TransferId, UserId};
pub use jiff::Timestamp;
pub use secrecy::{ExposeSecret, SecretString};
pub use server::Server;
pub use session::Client;
pub use shapes::{
    Account, Ban, Event, EventKind, Found, FriendRequest, Friendship, History, HistoryAround, Invitation,
    InvitationStatus, IssuedInvitation, LastMessage, Member, Message, Notice, Page, Posted, Price, Prime,
    Profile, Reaction, Receipt, ReplyTo, Room, RoomChange, RoomDetail, RoomUpdate, Session, Tokens, Transfer,
};
