use domain::ports::InvitationKey;
use domain::{Denial, InvitationStatus, Prime};

use crate::{Snapshot, World, every_page};

pub async fn an_invitation_is_found_as_it_was_made(world: World) {
    let cast = world.cast().await;
    let eve = world.prime_member("eve").await;
    let expires_at = domain::Timestamp::from_millis(1_999_999_999_999);
    let invited = cast.ana.invites_until(&eve, cast.room, expires_at).await.expect("Ana owns the room");
    let list = every_page(100, |after, size| world.stores().rooms.invitations(cast.room, after, size)).await;
    assert_eq!(list.len(), 1);
    assert_eq!((list[0].id, list[0].room_id, &list[0].invitee_id), (invited.id, cast.room, &eve.id));
    assert_eq!((list[0].expires_at, list[0].used_at, list[0].revoked_at), (expires_at, None, None));
    assert_eq!(list[0].token_hash, invited.token.hash());
    let found = world.stores().rooms.find_invited(invited.token.hash()).await.expect("readable");
    assert_eq!(found, Some(cast.room));
    assert_eq!(cast.ana.reads_facts(cast.room).await.room.head_seq.0, 3, "it is no event in the room");
}

pub async fn an_invitation_replaces_the_password_once(world: World) {
    let cast = world.cast().await;
    let eve = world.prime_member("eve").await;
    let invited = cast.ana.invites(&eve, cast.room).await.expect("Ana owns the room");
    let receipt = eve.joins_with(&invited.token).await.expect("Eve is invited");
    assert_eq!((receipt.room_id, receipt.fee.get(), receipt.already_member), (cast.room, 0, false));
    let again = eve.joins_with(&invited.token).await.expect("the answer was lost");
    assert!(again.already_member);
    assert_eq!(cast.ana.sees_invitations(cast.room).await, [(invited.id, InvitationStatus::Used)]);
    eve.leaves(cast.room).await.expect("Eve sits there");
    assert_eq!(eve.joins_with(&invited.token).await, Err(Denial::InvitationUsed));
    world.audits_clean().await;
}

pub async fn a_token_opens_nothing_for_another(world: World) {
    let cast = world.cast().await;
    let (eve, mallory) = (world.prime_member("eve").await, world.prime_member("mallory").await);
    let invited = cast.ana.invites(&eve, cast.room).await.expect("Ana owns the room");
    let before = Snapshot::of(&world, &[&eve, &mallory, &cast.ana], &[cast.room]).await;
    assert_eq!(mallory.joins_with(&invited.token).await, Err(Denial::InvitationInvalid));
    assert_eq!(mallory.joins_with(&world.secret()).await, Err(Denial::InvitationInvalid));
    assert_eq!(Snapshot::of(&world, &[&eve, &mallory, &cast.ana], &[cast.room]).await, before);
}

pub async fn a_revoked_invitation_opens_nothing(world: World) {
    let cast = world.cast().await;
    let eve = world.prime_member("eve").await;
    let invited = cast.ana.invites(&eve, cast.room).await.expect("Ana owns the room");
    cast.ana.revokes(invited.id, cast.room).await.expect("Ana owns the room");
    assert_eq!(eve.joins_with(&invited.token).await, Err(Denial::InvitationRevoked));
    assert_eq!(cast.ana.sees_invitations(cast.room).await, [(invited.id, InvitationStatus::Revoked)]);
    let again = cast.ana.revokes(invited.id, cast.room).await.expect("it stays as it is");
    assert_eq!(again.changes, []);
}

pub async fn an_expired_invitation_opens_nothing(world: World) {
    let cast = world.cast().await;
    let eve = world.prime_member("eve").await;
    let invited = cast.ana.invites_until(&eve, cast.room, world.now()).await.expect("Ana owns the room");
    assert_eq!(eve.joins_with(&invited.token).await, Err(Denial::InvitationExpired));
}

pub async fn an_invitation_of_another_room_is_no_fact(world: World) {
    let cast = world.cast().await;
    let eve = world.prime_member("eve").await;
    let other = cast.ana.opens("other").await;
    let invited = cast.ana.invites(&eve, other).await.expect("Ana owns the room");
    assert_eq!(cast.ana.revokes(invited.id, cast.room).await.map(|_| ()), Err(Denial::InvitationNotFound));
    for key in [InvitationKey::Id(invited.id), InvitationKey::Token(invited.token.hash())] {
        let scope = domain::ports::RoomScope {
            invitation: Some(key),
            ..domain::ports::RoomScope::new(cast.room, eve.id.clone())
        };
        let facts = eve.changes_room(scope, |_| Ok(Vec::new())).await.expect("there is the room").facts;
        assert_eq!(facts.invitation, None);
    }
    eve.joins_with(&invited.token).await.expect("it opens the other room");
}

pub async fn only_prime_members_are_invited(world: World) {
    let cast = world.cast().await;
    assert_eq!(cast.ana.invites(&cast.di, cast.room).await.map(|_| ()), Err(Denial::InviteeNotPrime));
    cast.di.becomes(Prime::Until(world.now())).await;
    assert_eq!(cast.ana.invites(&cast.di, cast.room).await.map(|_| ()), Err(Denial::InviteeNotPrime));
    assert_eq!(cast.ana.sees_invitations(cast.room).await, []);
}
