use std::fmt::Debug;

use domain::ports::Direction;
use domain::{RoomId, Seq, Window};

use crate::world::longest_page;
use crate::{Actor, World, every_page};

/// Everything that the ports show of some people and rooms. Two are equal if nothing that could be
/// observed has changed in between.
#[derive(Debug, PartialEq, Eq)]
pub struct Snapshot(Vec<String>);

impl Snapshot {
    /// What can be seen now.
    pub async fn of(world: &World, people: &[&Actor], rooms: &[RoomId]) -> Self {
        let mut snapshot = Self(Vec::new());
        for person in people {
            snapshot.see_person(world, person).await;
            for other in people {
                let profile = world.stores().accounts.profile(other.id.clone(), person.id.clone()).await;
                snapshot.note(&profile.expect("the profile can be read"));
            }
        }
        for room in rooms {
            snapshot.see_room(world, *room, people).await;
        }
        snapshot.note(&world.stores().store.audit().await.expect("the audit runs"));
        snapshot
    }

    async fn see_person(&mut self, world: &World, person: &Actor) {
        let (accounts, friends) = (&world.stores().accounts, &world.stores().friends);
        let id = || person.id.clone();
        let account = accounts.find(id()).await.expect("the account can be read");
        self.note(&account);
        // Neither shows in debug output, but both could change.
        self.note(
            &account.map(|account| {
                (account.phone.as_str().to_owned(), account.password_hash.expose().to_owned())
            }),
        );
        self.note(&every_page(100, |after, size| accounts.sessions(id(), after, size)).await);
        self.note(&every_page(100, |after, size| accounts.ledger(id(), after, size)).await);
        self.note(&every_page(100, |after, size| world.stores().rooms.of_member(id(), after, size)).await);
        self.note(&every_page(100, |after, size| friends.of(id(), after, size)).await);
        for direction in [Direction::In, Direction::Out] {
            self.note(&every_page(100, |after, size| friends.requests(id(), direction, after, size)).await);
        }
    }

    async fn see_room(&mut self, world: &World, id: RoomId, people: &[&Actor]) {
        let rooms = &world.stores().rooms;
        let room = rooms.find(id).await.expect("the room can be read");
        self.note(&room.as_ref().map(|room| room.password_hash.expose().to_owned()));
        if room.is_none() {
            return;
        }
        self.note(&rooms.log(id, None, Seq::ZERO, 10_000).await.expect("the log can be read"));
        self.note(&every_page(100, |after, size| rooms.invitations(id, after, size)).await);
        for person in people {
            let viewer = || person.id.clone();
            self.note(&rooms.standing(id, viewer()).await.expect("the standing can be read"));
            self.note(&person.views(id).await);
            let window = Window { size: longest_page(), ..Window::default() };
            self.note(&rooms.history(id, viewer(), window).await.map_err(|refusal| refusal.to_string()));
        }
    }

    fn note(&mut self, seen: &impl Debug) {
        self.0.push(format!("{seen:?}"));
    }
}
