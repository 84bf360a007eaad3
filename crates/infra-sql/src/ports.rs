//! The domain's ports, implemented once for every [`Backend`].

mod accounts;
mod friends;
mod rooms;
mod search;

use std::sync::Arc;

use domain::ports::{Store, Stores};

use crate::Backend;

/// What a backend shares among its ports.
struct Ports<B>(Arc<B>);

/// All ports on a backend.
pub fn stores<B: Backend + Store>(backend: B) -> Stores {
    let backend = Arc::new(backend);
    let ports = Arc::new(Ports(backend.clone()));
    Stores {
        accounts: ports.clone(),
        rooms: ports.clone(),
        search: ports.clone(),
        friends: ports,
        store: backend,
    }
}
