use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use domain::ports::{Registration, Stores};
use domain::{
    Account, CoinAccount, Coins, Deed, DeviceId, InvitationId, OpaqueToken, Operator, PageSize, PasswordHash,
    Prime, RecordId, RefreshToken, Refusal, Session, SessionId, Timestamp, Transfer, TransferId,
    TransferReason, UserId,
};
use uuid::Uuid;

use crate::Harness;

/// A store and a clock that moves on by a millisecond whenever somebody looks at it.
#[derive(Clone)]
pub struct World(Arc<Inner>);

struct Inner {
    stores: Stores,
    millis: AtomicI64,
    _guard: Box<dyn std::any::Any + Send + Sync>,
}

/// An invitation with the token that opens the room.
#[derive(Debug, Clone)]
pub struct Invited {
    pub id: InvitationId,
    pub token: OpaqueToken,
}

impl World {
    /// A world with nobody in it.
    pub fn new(harness: Harness) -> Self {
        let Harness { stores, guard } = harness;
        Self(Arc::new(Inner { stores, millis: AtomicI64::new(1_790_000_000_123), _guard: guard }))
    }

    pub fn stores(&self) -> &Stores {
        &self.0.stores
    }

    /// The present instant, later than any before.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.millis.fetch_add(1, Ordering::SeqCst))
    }

    /// An id that sorts after all before.
    pub fn id(&self) -> Uuid {
        Uuid::now_v7()
    }

    /// A secret nobody else has.
    pub fn secret(&self) -> OpaqueToken {
        OpaqueToken::new(Uuid::now_v7().to_string())
    }

    /// Something that an admin, or the command line, is about to do.
    pub fn deed(&self, by: Option<&UserId>) -> Deed {
        let by = Operator {
            admin_id: by.cloned(),
            reason: Some("because of the test \u{1f98a}".parse().expect("a reason")),
        };
        Deed { id: RecordId(self.id()), at: self.now(), by }
    }

    /// A registration with a session on the device `first`.
    pub fn registration(&self, user_id: &str, coins: i64) -> Registration {
        let now = self.now();
        let user_id: UserId = user_id.parse().expect("a user id");
        let coins = Coins::new(coins).expect("not negative");
        let (session, refresh_token) = self.session(&user_id, "first", &self.secret());
        Registration {
            account: Account {
                user_id: user_id.clone(),
                name: format!("{user_id} 🦊 from Łódź").parse().expect("a name"),
                phone: "+4915112345678".parse().expect("a phone number"),
                password_hash: PasswordHash::new(format!("hash of {user_id}'s first password")),
                avail_coins: coins,
                prime: Prime::No,
                free_join_used: false,
                admin: false,
                suspended_at: None,
                member_since: now,
                second_factor: domain::SecondFactor::default(),
            },
            signup_coins: (coins > Coins::ZERO).then(|| Transfer {
                id: TransferId(self.id()),
                from: CoinAccount::Mint,
                to: CoinAccount::Member(user_id),
                amount: coins,
                reason: TransferReason::Registration,
                room_id: None,
                at: now,
            }),
            session,
            refresh_token,
        }
    }

    /// A session that begins now, with its first refresh token.
    pub fn session(&self, user_id: &UserId, device: &str, secret: &OpaqueToken) -> (Session, RefreshToken) {
        let now = self.now();
        let id = SessionId(self.id());
        let device_id: DeviceId = device.parse().expect("a device id");
        let session = Session {
            id,
            user_id: user_id.clone(),
            device_id,
            created_at: now,
            last_seen_at: now,
            generation: 0,
            renewal: None,
        };
        let expires_at = session.renewable_until(now);
        (session, RefreshToken { hash: secret.hash(), session_id: id, generation: 0, expires_at })
    }

    /// Indexes everything that is not, as a server does beside its work.
    pub async fn indexes_everything(&self) {
        let search = &self.stores().search;
        let mut after = None;
        loop {
            let unindexed = search.unindexed(after).await.expect("the rooms are looked through");
            let mut left = unindexed.room_ids;
            while !left.is_empty() {
                left = search.index(left).await.expect("the rooms are indexed");
            }
            after = unindexed.next;
            if after.is_none() {
                return;
            }
        }
    }

    /// The store finds none of its promises broken.
    pub async fn audits_clean(&self) {
        let violations = self.stores().store.audit().await.expect("the audit runs");
        assert_eq!(violations, [], "the store breaks its promises");
    }
}

/// A page as long as a page may be.
pub(crate) fn longest_page() -> PageSize {
    PageSize::new(100).expect("a size within the limits")
}

/// What a rule answered. That the store itself fails is never expected here.
pub(crate) fn ruled<T>(result: Result<T, Refusal>) -> Result<T, domain::Denial> {
    result.map_err(|refusal| match refusal {
        Refusal::Denied(denial) => denial,
        failure => panic!("the store failed: {failure:?}"),
    })
}
