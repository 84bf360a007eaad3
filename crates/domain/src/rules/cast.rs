//! The cast of the tests: Ana owns the room, Bo and Cy are members, Di is outside. Ana and Cy are
//! prime members, Bo and Di are free ones.

use uuid::Uuid;

use crate::facts::{AccountFacts, Holdings, InvitingFacts, PairFacts, Person, RoomFacts};
use crate::{
    Account, Coins, Deed, DeviceId, Epoch, FriendRequest, FriendRequestId, FriendRequestStatus, Invitation,
    InvitationId, JoinedAs, Message, MessageBody, MessageId, OpaqueToken, Operator, PasswordHash, Prime,
    RecordId, RefreshToken, Renewal, Room, RoomId, Salt, Seat, SeatNumber, SecondFactor, Seq, Session,
    SessionId, Successors, Timestamp, UserId,
};

pub(crate) const ANA: &str = "ana";
pub(crate) const BO: &str = "bo-";
pub(crate) const CY: &str = "cy-";
pub(crate) const DI: &str = "di-";

pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_000_000);

/// The instant so many milliseconds after now, or before.
pub(crate) fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(NOW.as_millis() + millis)
}

pub(crate) fn user(id: &str) -> UserId {
    id.parse().expect("a user id")
}

pub(crate) fn coins(amount: i64) -> Coins {
    Coins::new(amount).expect("not negative")
}

pub(crate) fn hash(text: &str) -> PasswordHash {
    PasswordHash::new(text.to_owned())
}

pub(crate) fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

pub(crate) const ROOM: RoomId = RoomId(Uuid::from_u128(1));

/// Ana's room, in which four events have happened: three joins and a message.
pub(crate) fn room() -> Room {
    let name = "Hexagon".parse().expect("a room name");
    let new = Room::new(ROOM, Epoch(uuid(2)), name, user(ANA), hash("the room's"), at(-1_000));
    Room { head_seq: Seq(4), ..new }
}

/// Somebody of the cast, without coins, as Ana's room sees them.
pub(crate) fn person(id: &str) -> Person {
    let (prime, history) = match id {
        ANA => (Prime::Always, Some(JoinedAs::Creator)),
        BO => (Prime::No, Some(JoinedAs::Free)),
        CY => (Prime::Always, Some(JoinedAs::Prime)),
        _ => (Prime::No, None),
    };
    Person {
        user_id: user(id),
        prime,
        avail_coins: Coins::ZERO,
        free_join_used: history == Some(JoinedAs::Free),
        history,
        banned: false,
        holdings: Holdings::default(),
    }
}

pub(crate) fn seat(number: usize, id: &str) -> Seat {
    Seat {
        number: SeatNumber::ALL[number - 1],
        user_id: user(id),
        joined_at: at(-500),
        fee: Coins::ZERO,
        read_seq: Seq(2),
    }
}

/// Ana's room when somebody wants something of it.
pub(crate) fn wanted_by(actor: &str) -> RoomFacts {
    RoomFacts {
        room: room(),
        seats: vec![seat(1, ANA), seat(2, BO), seat(3, CY)],
        actor: person(actor),
        target: None,
        invitation: None,
        message: None,
        inviting: InvitingFacts::default(),
    }
}

/// Ana's room when somebody wants something of it that is about another.
pub(crate) fn wanted_about(actor: &str, target: &str) -> RoomFacts {
    RoomFacts { target: Some(person(target)), ..wanted_by(actor) }
}

/// All six seats are taken.
pub(crate) fn fill(facts: &mut RoomFacts) {
    for number in facts.seats.len() + 1..=SeatNumber::ALL.len() {
        facts.seats.push(seat(number, &format!("guest-{number}")));
    }
}

/// Somebody has given up their seat, or lost it.
pub(crate) fn vacate(facts: &mut RoomFacts, id: &str) {
    facts.seats.retain(|seat| seat.user_id.as_str() != id);
}

/// The room has been closed.
pub(crate) fn shut(facts: &mut RoomFacts) {
    facts.room.closed_at = Some(at(-1));
    facts.seats.clear();
}

/// An open invitation to Ana's room.
pub(crate) fn invitation_for(id: &str) -> Invitation {
    Invitation {
        id: InvitationId(uuid(3)),
        room_id: ROOM,
        invitee_id: user(id),
        token_hash: OpaqueToken::new("token".to_owned()).hash(),
        created_at: at(-100),
        expires_at: at(1),
        used_at: None,
        revoked_at: None,
    }
}

pub(crate) fn body(text: &str) -> MessageBody {
    text.parse().expect("a message body")
}

/// The message in Ana's room, which somebody wrote.
pub(crate) fn message_by(id: &str) -> Message {
    Message {
        id: MessageId(uuid(4)),
        room_id: ROOM,
        seq: Seq(4),
        sender_id: user(id),
        client_message_id: "client id".parse().expect("a client message id"),
        body: Some(body("hello")),
        sent_at: at(-10),
        revision: 0,
        edited_at: None,
        reply_to: None,
        mentions: crate::Mentions::default(),
        reactions: crate::Reactions::default(),
    }
}

/// An account with a session on the phone and one on the tablet.
pub(crate) fn account(id: &str) -> AccountFacts {
    AccountFacts {
        account: Account {
            user_id: user(id),
            name: "Somebody".parse().expect("a name"),
            phone: "+4915112345678".parse().expect("a phone number"),
            password_hash: hash("the account's"),
            avail_coins: Coins::ZERO,
            prime: Prime::No,
            free_join_used: false,
            admin: false,
            suspended_at: None,
            member_since: at(-5_000),
            second_factor: SecondFactor::default(),
        },
        sessions: vec![session(id, 1, "phone"), session(id, 2, "tablet")],
        owned_rooms: 0,
        seats_held: 0,
        refresh_token: None,
        password_link: None,
        admins: Vec::new(),
        recovery_codes: Vec::new(),
        earlier_grant: None,
    }
}

/// Something that an admin, or the command line, is about to do.
pub(crate) fn deed(by: Option<&str>) -> Deed {
    let by = Operator { admin_id: by.map(user), reason: Some("a reason".parse().expect("a reason")) };
    Deed { id: RecordId(uuid(8)), at: NOW, by }
}

pub(crate) fn device(id: &str) -> DeviceId {
    id.parse().expect("a device id")
}

/// A session whose refresh token of generation 4 was used 50 seconds ago, and not the one of 5.
pub(crate) fn session(id: &str, number: u128, device_id: &str) -> Session {
    Session {
        id: SessionId(uuid(number)),
        user_id: user(id),
        device_id: device(device_id),
        created_at: at(-5_000),
        last_seen_at: NOW,
        generation: 4,
        renewal: Some(renewal(-50_000)),
    }
}

/// What the refresh token of generation 4 gave so many milliseconds after now, or before.
pub(crate) fn renewal(millis: i64) -> Renewal {
    let salt = Salt([4; 32]);
    Renewal { at: at(millis), salt, successor: successors(&salt).current.hash() }
}

/// What follows a refresh token of Bo's.
pub(crate) fn successors(salt: &Salt) -> Successors {
    let under = |key: &str| OpaqueToken::new(format!("salted with {} under the {key} key", salt.0[0]));
    Successors { current: under("new"), previous: Some(under("old")) }
}

/// A refresh token of the session on the phone.
pub(crate) fn refresh_token(generation: i64) -> RefreshToken {
    RefreshToken {
        hash: OpaqueToken::new(format!("refresh token {generation}")).hash(),
        session_id: SessionId(uuid(1)),
        generation,
        expires_at: at(1),
    }
}

/// Two who share a room and nothing else.
pub(crate) fn pair(actor: &str, other: &str) -> PairFacts {
    PairFacts {
        actor: user(actor),
        other: user(other),
        have_shared_a_room: true,
        friends: false,
        request: None,
        blocked_by_actor: false,
        blocked_by_other: false,
    }
}

/// A pending friend request.
pub(crate) fn friend_request(from: &str, to: &str) -> FriendRequest {
    FriendRequest {
        id: FriendRequestId(uuid(5)),
        from: user(from),
        to: user(to),
        status: FriendRequestStatus::Pending,
        created_at: at(-10),
    }
}
