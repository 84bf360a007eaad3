//! Who is online, and by which connections.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use domain::{RoomId, SessionId, UserId};
use metrics::gauge;

use super::subscriber::Subscriber;
use crate::lock::lock;

/// The account has as many connections as it may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooMany;

/// Every account that is online: with a connection, or with one that closed only just now.
#[derive(Debug, Default)]
pub(crate) struct Presence {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    online: HashMap<UserId, Online>,
    users: HashMap<SessionId, UserId>,
}

#[derive(Debug, Default)]
struct Online {
    connections: Vec<Arc<Subscriber>>,
    /// Whether others have been told that it is online.
    is_announced: bool,
    /// The rooms of the connections that have closed, where others may have been told.
    left: HashSet<RoomId>,
    /// How often the last connection has closed; by it the newest closing is told from earlier ones.
    closings: u64,
}

/// That an account's last connection closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Closing(u64);

impl Presence {
    /// Adds a connection, if the account has fewer than `limit`.
    pub(crate) fn add(&self, connection: Arc<Subscriber>, limit: usize) -> Result<(), TooMany> {
        let State { online, users } = &mut *lock(&self.state);
        let open = online.get(&connection.user_id).map_or(0, |account| account.connections.len());
        if open >= limit {
            return Err(TooMany);
        }
        users.insert(connection.session_id, connection.user_id.clone());
        online.entry(connection.user_id.clone()).or_default().connections.push(connection);
        gauge!("hexroom_socket_connections").increment(1);
        Ok(())
    }

    /// Whether others have yet to be told that an account is online. Only the first to ask has to tell
    /// them.
    pub(super) fn announce_once(&self, user_id: &UserId) -> bool {
        lock(&self.state)
            .online
            .get_mut(user_id)
            .is_some_and(|account| !std::mem::replace(&mut account.is_announced, true))
    }

    /// Whether others have been told that an account is online.
    pub(super) fn is_announced(&self, user_id: &UserId) -> bool {
        lock(&self.state).online.get(user_id).is_some_and(|account| account.is_announced)
    }

    /// Takes a connection away that was in these rooms, and answers if it was the account's last.
    pub(super) fn remove(
        &self,
        connection: &Subscriber,
        rooms: impl IntoIterator<Item = RoomId>,
    ) -> Option<Closing> {
        let State { online, users } = &mut *lock(&self.state);
        let account = online.get_mut(&connection.user_id)?;
        let before = account.connections.len();
        account.connections.retain(|other| other.id != connection.id);
        if account.connections.len() == before {
            return None;
        }
        gauge!("hexroom_socket_connections").decrement(1);
        account.left.extend(rooms);
        if !account.connections.iter().any(|other| other.session_id == connection.session_id) {
            users.remove(&connection.session_id);
        }
        if !account.connections.is_empty() {
            return None;
        }
        account.closings += 1;
        Some(Closing(account.closings))
    }

    /// Takes an account offline, if it has not come back since its last connection closed, and answers
    /// the rooms that its connections were in.
    pub(super) fn go_offline(&self, user_id: &UserId, closing: Closing) -> Option<HashSet<RoomId>> {
        let online = &mut lock(&self.state).online;
        let is_gone = online
            .get(user_id)
            .is_some_and(|account| account.connections.is_empty() && Closing(account.closings) == closing);
        if is_gone { online.remove(user_id).map(|account| account.left) } else { None }
    }

    /// Whether an account is online.
    pub(super) fn is_online(&self, user_id: &UserId) -> bool {
        lock(&self.state).online.contains_key(user_id)
    }

    /// An account's connections.
    pub(crate) fn connections(&self, user_id: &UserId) -> Vec<Arc<Subscriber>> {
        lock(&self.state).online.get(user_id).map(|account| account.connections.clone()).unwrap_or_default()
    }

    /// Every connection there is.
    pub(super) fn all(&self) -> Vec<Arc<Subscriber>> {
        lock(&self.state).online.values().flat_map(|account| account.connections.clone()).collect()
    }

    /// A session's connections.
    pub(super) fn of_session(&self, session_id: SessionId) -> Vec<Arc<Subscriber>> {
        let state = lock(&self.state);
        let Some(account) = state.users.get(&session_id).and_then(|user_id| state.online.get(user_id)) else {
            return Vec::new();
        };
        account.connections.iter().filter(|other| other.session_id == session_id).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::socket::tests::cast::{ANA, connection, user};

    #[test]
    fn only_the_first_connection_brings_an_account_online() {
        let presence = Presence::default();
        assert!(!presence.announce_once(&user(ANA)));
        for is_first in [true, false] {
            presence.add(connection(ANA).subscriber, 9).expect("room");
            assert_eq!(presence.announce_once(&user(ANA)), is_first);
        }
        assert!(presence.is_online(&user(ANA)));
    }

    #[test]
    fn one_connection_too_many_is_refused_and_changes_nothing() {
        let presence = Presence::default();
        assert_eq!(presence.add(connection(ANA).subscriber, 0), Err(TooMany));
        assert!(!presence.is_online(&user(ANA)));
        assert_eq!(presence.add(connection(ANA).subscriber, 1), Ok(()));
        assert_eq!(presence.add(connection(ANA).subscriber, 1), Err(TooMany));
        assert_eq!(presence.connections(&user(ANA)).len(), 1);
    }

    #[test]
    fn an_account_that_comes_back_in_time_was_never_away() {
        let presence = Presence::default();
        let first = connection(ANA);
        presence.add(first.clone(), 9).expect("room");
        assert!(presence.announce_once(&user(ANA)));
        let closing = presence.remove(&first, []).expect("the last one");
        assert!(presence.is_online(&user(ANA)), "it may come back");

        let second = connection(ANA);
        presence.add(second.clone(), 9).expect("room");
        assert!(!presence.announce_once(&user(ANA)));
        assert_eq!(presence.go_offline(&user(ANA), closing), None);

        let later = presence.remove(&second, []).expect("the last one");
        assert_eq!(presence.go_offline(&user(ANA), closing), None, "an earlier closing no longer counts");
        assert_eq!(presence.go_offline(&user(ANA), later), Some(HashSet::new()));
        assert!(!presence.is_online(&user(ANA)));
    }

    #[test]
    fn a_connection_is_taken_away_once() {
        let presence = Presence::default();
        let (one, other) = (connection(ANA), connection(ANA));
        presence.add(one.clone(), 9).expect("room");
        presence.add(other.clone(), 9).expect("room");
        assert_eq!(presence.remove(&one, []), None);
        assert_eq!(presence.remove(&one, []), None);
        assert!(presence.remove(&other, []).is_some());
    }

    #[test]
    fn a_session_is_found_by_its_id_while_it_has_connections() {
        let presence = Presence::default();
        let (one, other) = (connection(ANA), connection(ANA));
        presence.add(one.clone(), 9).expect("room");
        presence.add(other.clone(), 9).expect("room");
        let ids = |session_id| -> Vec<_> {
            presence.of_session(session_id).iter().map(|connection| connection.id).collect()
        };
        assert_eq!(ids(one.session_id), [one.id]);
        presence.remove(&one, []);
        assert!(ids(one.session_id).is_empty());
        assert_eq!(ids(other.session_id), [other.id]);
    }
}
