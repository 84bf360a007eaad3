use std::any::Any;

use domain::ports::Stores;

/// A fresh, empty store, with whatever has to outlive it.
pub struct Harness {
    pub(crate) stores: Stores,
    pub(crate) guard: Box<dyn Any + Send + Sync>,
}

impl From<Stores> for Harness {
    fn from(stores: Stores) -> Self {
        Self { stores, guard: Box::new(()) }
    }
}

/// A store with a guard, such as the directory it lives in, that is dropped after it.
impl<G: Any + Send + Sync> From<(Stores, G)> for Harness {
    fn from((stores, guard): (Stores, G)) -> Self {
        Self { stores, guard: Box::new(guard) }
    }
}
