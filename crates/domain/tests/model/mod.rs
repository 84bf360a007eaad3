//! A store in memory, as plain as can be: it applies changes and asks nothing.

use std::collections::BTreeSet;

use domain::change::{AccountChange, RoomChange};
use domain::facts::{AccountFacts, Holdings, InvitingFacts, Person, RoomFacts};
use domain::rules::{Verdict, accounts, admission};
use domain::{
    Account, CoinAccount, Coins, Deed, Denial, Epoch, Event, IdempotencyKey, Invitation, InvitationId,
    InvitationStatus, JoinedAs, OpaqueToken, Operator, PasswordHash, Prime, RecordId, Room, RoomId, Seat,
    Seq, Timestamp, Transfer, TransferId, UserId,
};
use uuid::Uuid;

/// How many accounts there are.
pub(crate) const PEOPLE: usize = 10;

/// The same, for a test in which all but the first are guests.
pub(crate) const GUESTS: usize = PEOPLE;

/// No more rooms than that are created.
pub(crate) const ROOMS: usize = 4;

/// A room with all that hangs on it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RoomState {
    pub(crate) room: Room,
    pub(crate) seats: Vec<Seat>,
    pub(crate) histories: Vec<(UserId, JoinedAs)>,
    pub(crate) banned: BTreeSet<UserId>,
    pub(crate) log: Vec<Event>,
}

/// All there is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Model {
    millis: i64,
    accounts: Vec<Account>,
    rooms: Vec<RoomState>,
    invitations: Vec<Invitation>,
    transfers: Vec<Transfer>,
    grants: Vec<(UserId, IdempotencyKey, Coins)>,
    free_joins: Vec<UserId>,
}

/// The id of an account.
pub(crate) fn person(place: usize) -> UserId {
    format!("person-{place}").parse().expect("a user id")
}

fn id(place: usize) -> Uuid {
    Uuid::from_u128(place as u128 + 1)
}

impl Model {
    /// Members without coins, the first two of them prime, and no rooms.
    pub(crate) fn new() -> Self {
        let account = |place| Account {
            user_id: person(place),
            name: "Somebody".parse().expect("a name"),
            phone: "+4915112345678".parse().expect("a phone number"),
            password_hash: PasswordHash::new("hash".to_owned()),
            avail_coins: Coins::ZERO,
            prime: if place < 2 { Prime::Always } else { Prime::No },
            free_join_used: false,
            admin: false,
            suspended_at: None,
            member_since: Timestamp::from_millis(0),
            second_factor: domain::SecondFactor::default(),
        };
        Self {
            millis: 0,
            accounts: (0..PEOPLE).map(account).collect(),
            rooms: Vec::new(),
            invitations: Vec::new(),
            transfers: Vec::new(),
            grants: Vec::new(),
            free_joins: Vec::new(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.millis)
    }

    pub(crate) fn wait(&mut self, millis: i64) {
        self.millis += millis;
    }

    pub(crate) fn rooms(&self) -> &[RoomState] {
        &self.rooms
    }

    pub(crate) fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    pub(crate) fn balance(&self, place: usize) -> i64 {
        self.accounts[place].avail_coins.get()
    }

    pub(crate) fn transfer_id(&self) -> TransferId {
        TransferId(id(self.transfers.len()))
    }

    pub(crate) fn password_of(&self, room: usize) -> PasswordHash {
        self.rooms[room].room.password_hash.clone()
    }

    /// Does something to a room, if there is one.
    pub(crate) fn has(
        &mut self,
        room: usize,
        act: impl FnOnce(&mut Self) -> Result<(), Denial>,
    ) -> Result<(), Denial> {
        if room < self.rooms.len() { act(self) } else { Err(Denial::RoomNotFound) }
    }

    /// How often somebody's free join was used up.
    pub(crate) fn free_joins(&self, place: usize) -> usize {
        self.free_joins.iter().filter(|user_id| **user_id == person(place)).count()
    }

    /// The terms on which somebody last came into each room.
    pub(crate) fn histories(&self, place: usize) -> impl Iterator<Item = JoinedAs> {
        let user_id = person(place);
        let histories = self.rooms.iter().flat_map(|room| &room.histories);
        histories.filter(move |(who, _)| *who == user_id).map(|(_, terms)| *terms)
    }

    pub(crate) fn sum_of_transfers(&self, place: usize) -> i64 {
        self.sum_of(&CoinAccount::Member(person(place)))
    }

    fn sum_of(&self, account: &CoinAccount) -> i64 {
        let signed = self.transfers.iter().map(|transfer| {
            let amount = transfer.amount.get();
            i64::from(transfer.to == *account) * amount - i64::from(transfer.from == *account) * amount
        });
        signed.sum()
    }

    /// The members' balances as they stand, with what the system's own accounts gave and took.
    pub(crate) fn sum_of_all_coin_accounts(&self) -> i64 {
        let members: i64 = self.accounts.iter().map(|account| account.avail_coins.get()).sum();
        members + self.sum_of(&CoinAccount::Mint) + self.sum_of(&CoinAccount::House)
    }

    pub(crate) fn room_facts(
        &self,
        room: usize,
        actor: usize,
        target: Option<usize>,
        invitation: Option<usize>,
    ) -> RoomFacts {
        let state = &self.rooms[room];
        let mut seats = state.seats.clone();
        seats.sort_by_key(|seat| seat.number);
        RoomFacts {
            room: state.room.clone(),
            seats,
            actor: self.seen_from(state, actor),
            target: target.map(|target| self.seen_from(state, target)),
            invitation: invitation
                .and_then(|place| self.invitations.get(place))
                .filter(|invitation| invitation.room_id == state.room.id)
                .cloned(),
            message: None,
            inviting: self.inviting(state),
        }
    }

    fn inviting(&self, room: &RoomState) -> InvitingFacts {
        let open_to = self.invitations.iter().filter(|invitation| {
            invitation.room_id == room.room.id && invitation.status(self.now()) == InvitationStatus::Open
        });
        InvitingFacts {
            open_to: open_to.map(|invitation| invitation.invitee_id.clone()).collect(),
            blocked_by_target: false,
        }
    }

    fn holdings(&self, user_id: &UserId) -> Holdings {
        let open = || self.rooms.iter().filter(|room| room.room.closed_at.is_none());
        Holdings {
            rooms_owned: open().filter(|room| room.room.owner_id == *user_id).count(),
            rooms_sat_in: open()
                .filter(|room| room.seats.iter().any(|seat| seat.user_id == *user_id))
                .count(),
        }
    }

    fn seen_from(&self, room: &RoomState, place: usize) -> Person {
        let account = &self.accounts[place];
        Person {
            user_id: account.user_id.clone(),
            prime: account.prime,
            avail_coins: account.avail_coins,
            free_join_used: account.free_join_used,
            history: room.histories.iter().find(|(who, _)| *who == account.user_id).map(|(_, terms)| *terms),
            banned: room.banned.contains(&account.user_id),
            holdings: self.holdings(&account.user_id),
        }
    }

    /// Changes a room as a rule decides.
    pub(crate) fn change(
        &mut self,
        room: usize,
        actor: usize,
        target: Option<usize>,
        rule: impl Fn(&RoomFacts) -> Verdict<RoomChange>,
    ) -> Result<(), Denial> {
        let changes = rule(&self.room_facts(room, actor, target, None))?;
        self.apply_to_room(room, &changes);
        Ok(())
    }

    /// The same, by the room's owner.
    pub(crate) fn as_owner(
        &mut self,
        room: usize,
        target: Option<usize>,
        invitation: Option<usize>,
        rule: impl Fn(&RoomFacts) -> Verdict<RoomChange>,
    ) -> Result<(), Denial> {
        let owner = self.place_of(&self.rooms[room].room.owner_id);
        let changes = rule(&self.room_facts(room, owner, target, invitation))?;
        self.apply_to_room(room, &changes);
        Ok(())
    }

    pub(crate) fn creates(&mut self, creator: usize) -> Result<(), Denial> {
        if self.rooms.len() == ROOMS {
            return Ok(());
        }
        let account = &self.accounts[creator];
        let person = Person {
            user_id: account.user_id.clone(),
            prime: account.prime,
            avail_coins: account.avail_coins,
            free_join_used: account.free_join_used,
            history: None,
            banned: false,
            holdings: self.holdings(&account.user_id),
        };
        let room = Room::new(
            RoomId(id(self.rooms.len())),
            Epoch(id(0)),
            "Hexagon".parse().expect("a room name"),
            account.user_id.clone(),
            PasswordHash::new("the first".to_owned()),
            self.now(),
        );
        let changes = admission::create_room(&person, &room, self.now())?;
        self.apply_to_room(self.rooms.len(), &changes);
        Ok(())
    }

    pub(crate) fn new_invitation(&self, room: usize, invitee: usize) -> Invitation {
        let number = self.invitations.len();
        Invitation {
            id: InvitationId(id(number)),
            room_id: self.rooms[room].room.id,
            invitee_id: person(invitee),
            token_hash: OpaqueToken::new(number.to_string()).hash(),
            created_at: self.now(),
            expires_at: Timestamp::from_millis(self.millis + 500),
            used_at: None,
            revoked_at: None,
        }
    }

    pub(crate) fn room_invited_to(&self, invitation: usize) -> Option<usize> {
        let room_id = self.invitations.get(invitation)?.room_id;
        self.rooms.iter().position(|room| room.room.id == room_id)
    }

    /// Something that an operator does now.
    pub(crate) fn deed(&self) -> Deed {
        Deed { id: RecordId(id(0)), at: self.now(), by: Operator { admin_id: None, reason: None } }
    }

    pub(crate) fn grants(&mut self, to: usize, amount: i64, key: usize) -> Result<(), Denial> {
        let key: IdempotencyKey = key.to_string().parse().expect("a key");
        let (transfer_id, deed) = (self.transfer_id(), self.deed());
        let amount = Coins::new(amount).expect("not negative");
        self.change_account(to, Some(&key), |facts| {
            accounts::grant_coins(facts, amount, &key, transfer_id, &deed)
        })
    }

    pub(crate) fn change_account(
        &mut self,
        place: usize,
        key: Option<&IdempotencyKey>,
        rule: impl Fn(&AccountFacts) -> Verdict<AccountChange>,
    ) -> Result<(), Denial> {
        let earlier = self.grants.iter().find(|(to, used, _)| *to == person(place) && Some(used) == key);
        let facts = AccountFacts {
            account: self.accounts[place].clone(),
            sessions: Vec::new(),
            owned_rooms: 0,
            seats_held: 0,
            refresh_token: None,
            password_link: None,
            admins: Vec::new(),
            recovery_codes: Vec::new(),
            earlier_grant: earlier.map(|(_, _, amount)| *amount),
        };
        for change in rule(&facts)? {
            match change {
                AccountChange::Record(_) => {}
                AccountChange::SetPrime(prime) => self.accounts[place].prime = prime,
                AccountChange::Grant { transfer, key } => {
                    self.grants.push((person(place), key, transfer.amount));
                    self.apply_transfer(&transfer);
                }
                other => panic!("no step brings about {other:?}"),
            }
        }
        Ok(())
    }

    fn place_of(&self, user_id: &UserId) -> usize {
        self.accounts.iter().position(|account| account.user_id == *user_id).expect("there is the account")
    }

    fn apply_transfer(&mut self, transfer: &Transfer) {
        if let CoinAccount::Member(payer) = &transfer.from {
            let payer = self.place_of(payer);
            let left = self.accounts[payer].avail_coins.checked_sub(transfer.amount);
            self.accounts[payer].avail_coins = left.expect("nobody pays what they do not have");
        }
        if let CoinAccount::Member(payee) = &transfer.to {
            let payee = self.place_of(payee);
            self.accounts[payee].avail_coins = self.accounts[payee].avail_coins.plus(transfer.amount);
        }
        self.transfers.push(transfer.clone());
    }

    /// Applies what a rule decided, in its order.
    pub(crate) fn apply_to_room(&mut self, place: usize, changes: &[RoomChange]) {
        for change in changes {
            match change {
                RoomChange::Open(room) => self.rooms.push(RoomState {
                    room: room.clone(),
                    seats: Vec::new(),
                    histories: Vec::new(),
                    banned: BTreeSet::new(),
                    log: Vec::new(),
                }),
                RoomChange::UseFreeJoin { user_id } => {
                    let who = self.place_of(user_id);
                    self.accounts[who].free_join_used = true;
                    self.free_joins.push(user_id.clone());
                }
                RoomChange::Transfer(transfer) => self.apply_transfer(transfer),
                RoomChange::Invite(invitation) => self.invitations.push(invitation.clone()),
                RoomChange::UseInvitation { id, at } => self.invitation(*id).used_at = Some(*at),
                RoomChange::RevokeInvitation { id, at } => self.invitation(*id).revoked_at = Some(*at),
                RoomChange::Close { at } => {
                    let room_id = self.rooms[place].room.id;
                    for invitation in self.invitations.iter_mut().filter(|it| it.room_id == room_id) {
                        if invitation.used_at.is_none() && invitation.revoked_at.is_none() {
                            invitation.revoked_at = Some(*at);
                        }
                    }
                    self.rooms[place].apply(change);
                }
                _ => self.rooms[place].apply(change),
            }
        }
    }

    fn invitation(&mut self, id: InvitationId) -> &mut Invitation {
        self.invitations.iter_mut().find(|it| it.id == id).expect("there is the invitation")
    }
}

impl RoomState {
    fn apply(&mut self, change: &RoomChange) {
        match change {
            RoomChange::TakeSeat { user_id, number, joined_as, fee, read_seq, at } => {
                self.seats.push(Seat {
                    number: *number,
                    user_id: user_id.clone(),
                    joined_at: *at,
                    fee: *fee,
                    read_seq: *read_seq,
                });
                self.histories.retain(|(who, _)| who != user_id);
                self.histories.push((user_id.clone(), *joined_as));
            }
            RoomChange::VacateSeat { user_id } => self.seats.retain(|seat| seat.user_id != *user_id),
            RoomChange::Ban { user_id, .. } => {
                self.banned.insert(user_id.clone());
            }
            RoomChange::LiftBan { user_id } => {
                self.banned.remove(user_id);
            }
            // Of what can be revised, this is what the steps revise.
            RoomChange::Revise(revision) => {
                let room = &mut self.room;
                room.password_hash = revision.password.clone().unwrap_or(room.password_hash.clone());
                room.locked = revision.locked.unwrap_or(room.locked);
                room.owner_id = revision.owner_id.clone().unwrap_or(room.owner_id.clone());
            }
            RoomChange::Close { at } => {
                self.room.closed_at = Some(*at);
                self.seats.clear();
            }
            RoomChange::Append(event) => {
                assert!(event.seq > Seq::ZERO);
                self.room.head_seq = event.seq;
                self.log.push(event.clone());
            }
            other => panic!("no step brings about {other:?}"),
        }
    }
}
