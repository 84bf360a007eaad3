use domain::{Prime, RoomId};

use crate::{Actor, World};

/// Who is in the world.
impl World {
    /// Ana, a prime member without coins: she owns rooms.
    pub async fn ana(&self) -> Actor {
        self.prime_member("ana").await
    }

    /// Bo, a free member without coins.
    pub async fn bo(&self) -> Actor {
        self.free_member("bo-", 0).await
    }

    /// Cy, a free member without coins.
    pub async fn cy(&self) -> Actor {
        self.free_member("cy-", 0).await
    }

    /// Di, a free member without coins, who is outside.
    pub async fn di(&self) -> Actor {
        self.free_member("di-", 0).await
    }

    /// A free member who starts with so many coins.
    pub async fn free_member(&self, user_id: &str, coins: i64) -> Actor {
        let registration = self.registration(user_id, coins);
        let id = registration.account.user_id.clone();
        self.stores().accounts.register(registration).await.expect("the id is free");
        Actor::new(self, id)
    }

    /// A prime member without coins.
    pub async fn prime_member(&self, user_id: &str) -> Actor {
        let actor = self.free_member(user_id, 0).await;
        actor.becomes(Prime::Always).await;
        actor
    }

    /// So many free members without coins, called after `stem`.
    pub async fn crowd(&self, stem: &str, size: usize) -> Vec<Actor> {
        let mut crowd = Vec::with_capacity(size);
        for number in 0..size {
            crowd.push(self.free_member(&format!("{stem}-{number}"), 0).await);
        }
        crowd
    }

    /// A room of Ana's in which Bo and Cy sit, and Di outside.
    pub async fn cast(&self) -> Cast {
        let (ana, bo, cy, di) = (self.ana().await, self.bo().await, self.cy().await, self.di().await);
        let room = ana.opens("Hexagon").await;
        bo.joins(room).await.expect("there is a seat for Bo");
        cy.joins(room).await.expect("there is a seat for Cy");
        Cast { room, ana, bo, cy, di }
    }
}

/// Ana owns the room, Bo and Cy are members, Di is outside.
#[derive(Clone)]
pub struct Cast {
    pub room: RoomId,
    pub ana: Actor,
    pub bo: Actor,
    pub cy: Actor,
    pub di: Actor,
}

impl Cast {
    pub fn everyone(&self) -> [&Actor; 4] {
        [&self.ana, &self.bo, &self.cy, &self.di]
    }
}
