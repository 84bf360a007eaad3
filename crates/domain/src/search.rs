//! Finding messages by their words, in whatever script.
//!
//! [`Term`]s are what an index has of a message: enough to tell where a [`SearchQuery`] may be found. Whether it is, the
//! query tells by the message itself, so a store that looks at the message last never finds what it no longer says.

mod folding;
mod query;
mod request;
mod terms;
mod words;

pub use query::{SearchQuery, TextRange, Wanted};
pub use request::{Found, FoundPlace, SearchRequest};
pub use terms::Term;
