use domain::{Denial, Seq};

use crate::{Snapshot, World};

/// Each of these calls is denied, so, and nothing that can be observed has changed after it.
macro_rules! are_denied_without_a_trace {
    ($world:expr, $people:expr, $rooms:expr; $($call:expr => $denial:expr,)*) => {{
        let before = Snapshot::of($world, $people, $rooms).await;
        $(
            assert_eq!($call.await.map(|_| ()), Err($denial), "{}", stringify!($call));
            let after = Snapshot::of($world, $people, $rooms).await;
            assert_eq!(after, before, "{} left a trace", stringify!($call));
        )*
    }};
}

pub async fn a_denied_join_leaves_no_trace(world: World) {
    let cast = world.cast().await;
    let (ana, bo, di, room) = (&cast.ana, &cast.bo, &cast.di, cast.room);
    let (locked, closed) = (ana.opens("locked").await, ana.opens("closed").await);
    ana.locks(locked, true).await.expect("Ana owns the room");
    ana.closes(closed).await.expect("Ana owns the room");
    let banned = world.free_member("banned", 500).await;
    ana.bans(&banned, room).await.expect("Ana owns the room");
    let eve = world.prime_member("eve").await;
    let revoked = ana.invites(&eve, room).await.expect("Ana owns the room");
    ana.revokes(revoked.id, room).await.expect("Ana owns the room");
    let open = ana.invites(&eve, room).await.expect("Ana owns the room");
    are_denied_without_a_trace! { &world, &[ana, bo, di, &banned, &eve], &[room, locked, closed];
        di.joins_with_a_wrong_password(room) => Denial::WrongRoomPassword,
        bo.joins_with_a_wrong_password(room) => Denial::WrongRoomPassword,
        banned.joins(room) => Denial::Banned,
        di.joins(locked) => Denial::RoomLocked,
        di.joins(closed) => Denial::RoomClosed,
        eve.joins_with(&revoked.token) => Denial::InvitationRevoked,
        di.joins_with(&open.token) => Denial::InvitationInvalid,
        di.tries_to_open("mine") => Denial::PrimeRequired,
    }
}

pub async fn a_denied_use_of_an_owners_powers_leaves_no_trace(world: World) {
    let cast = world.cast().await;
    let (ana, bo, cy, di, room) = (&cast.ana, &cast.bo, &cast.cy, &cast.di, cast.room);
    let eve = world.prime_member("eve").await;
    let invited = ana.invites(&eve, room).await.expect("Ana owns the room");
    are_denied_without_a_trace! { &world, &[ana, bo, cy, di, &eve], &[room];
        bo.renames(room, "mine") => Denial::OwnerOnly,
        bo.locks(room, true) => Denial::OwnerOnly,
        bo.removes(cy, room) => Denial::OwnerOnly,
        bo.bans(cy, room) => Denial::OwnerOnly,
        bo.lifts_the_ban_of(cy, room) => Denial::OwnerOnly,
        bo.invites(&eve, room) => Denial::OwnerOnly,
        bo.revokes(invited.id, room) => Denial::OwnerOnly,
        bo.closes(room) => Denial::OwnerOnly,
        bo.hands_over(room, bo) => Denial::OwnerOnly,
        di.closes(room) => Denial::RoomNotFound,
        ana.hands_over(room, bo) => Denial::PrimeRequired,
        ana.hands_over(room, &eve) => Denial::UserNotFound,
        ana.removes(di, room) => Denial::UserNotFound,
        ana.removes(ana, room) => Denial::OwnerMustHandOver,
        ana.bans(ana, room) => Denial::OwnerMustHandOver,
        ana.leaves(room) => Denial::OwnerMustHandOver,
        ana.invites(di, room) => Denial::InviteeNotPrime,
        di.leaves(room) => Denial::RoomNotFound,
    }
}

pub async fn a_denied_message_leaves_no_trace(world: World) {
    let cast = world.cast().await;
    let (ana, bo, cy, di, room) = (&cast.ana, &cast.bo, &cast.cy, &cast.di, cast.room);
    bo.posts(room, "id", "hello").await.expect("Bo sits there");
    let message = bo.says(room, "mine").await;
    let deleted = bo.says(room, "deleted").await;
    bo.deletes(&deleted).await.expect("Bo wrote it");
    cy.leaves(room).await.expect("Cy sits there");
    are_denied_without_a_trace! { &world, &cast.everyone(), &[room];
        bo.posts(room, "id", "goodbye") => Denial::ClientMessageIdConflict,
        cy.posts(room, "id", "hello") => Denial::NotAMember,
        di.posts(room, "id", "hello") => Denial::RoomNotFound,
        ana.edits(&message, "yours") => Denial::AuthorOnly,
        cy.edits(&message, "yours") => Denial::NotAMember,
        di.deletes(&message) => Denial::RoomNotFound,
        bo.edits(&deleted, "back again") => Denial::MessageNotFound,
        cy.reads_up_to(room, Seq(1)) => Denial::NotAMember,
    }
}

pub async fn a_denied_message_uses_up_no_seq(world: World) {
    let cast = world.cast().await;
    let said = cast.bo.says(cast.room, "hello").await;
    assert_eq!(cast.di.posts(cast.room, "id", "hello").await, Err(Denial::RoomNotFound));
    assert_eq!(cast.cy.says(cast.room, "and hello").await.seq, said.seq.next());
    world.audits_clean().await;
}
