use crate::rules::Verdict;

/// A rule with everything it needs but the facts.
pub type Decide<F, C> = Box<dyn Fn(&F) -> Verdict<C> + Send + Sync>;

/// What was decided and is now durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed<F, C> {
    /// The facts it was decided on, from before the changes.
    pub facts: F,
    /// The changes, in their order.
    pub changes: Vec<C>,
}
