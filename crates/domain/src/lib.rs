//! Hexroom's rules, and the ports through which they reach the world.
//!
//! Nothing here performs I/O, reads a clock or draws a random number: facts come in as values and
//! changes or a [`Denial`] come out. The nouns are valid once built, the [`rules`] are ordinary
//! functions, the [`use_cases`] decide inside a store's transaction and publish after its commit,
//! and [`ports`] names everything they ask of the world.

#![allow(
    missing_docs,
    reason = "the names of fields say most; what is asked of the world is documented whole"
)]

mod account;
mod admin;
mod coins;
mod denial;
mod event;
mod friendship;
mod id;
mod invalid;
mod invitation;
mod message;
mod network;
mod page;
mod password;
mod quota;
mod room;
mod seat;
mod second_factor;
mod session;
mod stored;
mod text;
mod time;
mod unicode;

pub mod change;
pub mod facts;
pub mod ports;
pub mod rules;
pub mod use_cases;

pub use account::{Account, AccountRevision, Prime, Profile};
pub use admin::{
    AccountQuery, Admin, AdminAction, AdminRecord, Deed, Operator, PASSWORD_LINK_LIFETIME, PasswordLink,
    Reason,
};
pub use coins::{CoinAccount, Coins, JOIN_FEE, LedgerLine, Transfer, TransferReason};
pub use denial::{Denial, DenialKind, Field, Refusal};
pub use event::{Announcement, Event, EventKind, Notice};
pub use friendship::{FriendRequest, FriendRequestStatus, Friendship};
pub use id::{
    ClientMessageId, DeviceId, Epoch, FriendRequestId, IdempotencyKey, InvitationId, MessageId, NewUserId,
    RecordId, RoomId, Seq, SessionId, TransferId, UserId,
};
pub use invalid::Invalid;
pub use invitation::{Invitation, InvitationLifetime, InvitationStatus};
pub use message::{BodyDigest, Message, MessageBody};
pub use network::Network;
pub use page::{Page, PageSize, Window};
pub use password::{AccountPassword, NewPassword, PasswordHash, PresentedPassword, RoomPassword};
pub use quota::Quota;
pub use room::{
    JoinedAs, Member, Reading, Receipt, Room, RoomRevision, RoomSummary, RoomView, Standing, Withheld,
};
pub use seat::{SEATS, Seat, SeatNumber};
pub use second_factor::{
    NewAuthenticator, PresentedCode, SealedSecret, SecondFactor, TimeStep, recovery_hash,
};
pub use session::{AccessClaims, OpaqueToken, RefreshToken, Renewal, Salt, Session, Successors, TokenHash};
pub use stored::Stored;
pub use text::{AccountName, Phone, RoomName};
pub use time::Timestamp;
