//! Queues in queues, each served in its turn.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// Something that waits in a line, or lines of it.
pub(crate) trait Line<T> {
    /// How many wait.
    fn len(&self) -> usize;

    /// The next, in all fairness.
    fn pop(&mut self) -> Option<T>;

    /// The last to come in the longest line.
    fn pop_last_of_longest(&mut self) -> Option<T>;

    /// Lets go of those who wait no longer.
    fn retain(&mut self, waits: &impl Fn(&T) -> bool);
}

impl<T> Line<T> for VecDeque<T> {
    fn len(&self) -> usize {
        Self::len(self)
    }

    fn pop(&mut self) -> Option<T> {
        self.pop_front()
    }

    fn pop_last_of_longest(&mut self) -> Option<T> {
        self.pop_back()
    }

    fn retain(&mut self, waits: &impl Fn(&T) -> bool) {
        Self::retain(self, waits);
    }
}

/// One line for each key, of which each gives one in its turn.
#[derive(Debug)]
pub(crate) struct Shares<K, L> {
    turns: VecDeque<K>,
    lines: HashMap<K, L>,
}

impl<K, L> Default for Shares<K, L> {
    fn default() -> Self {
        Self { turns: VecDeque::new(), lines: HashMap::new() }
    }
}

impl<K: Clone + Eq + Hash, L: Default> Shares<K, L> {
    /// The line of this key, to be joined.
    pub(crate) fn line(&mut self, key: &K) -> &mut L {
        if !self.lines.contains_key(key) {
            self.turns.push_back(key.clone());
        }
        self.lines.entry(key.clone()).or_default()
    }

    /// The line of this key, if anybody waits there.
    pub(crate) fn get(&self, key: &K) -> Option<&L> {
        self.lines.get(key)
    }

    /// How many are served before somebody of this key, before whom `ahead` of the same key are.
    pub(crate) fn ahead<T>(&self, key: &K, ahead: usize) -> usize
    where
        L: Line<T>,
    {
        let others = self.lines.iter().filter(|(other, _)| *other != key);
        ahead + others.map(|(_, line)| line.len().min(ahead + 1)).sum::<usize>()
    }
}

impl<T, K: Clone + Eq + Hash, L: Line<T>> Line<T> for Shares<K, L> {
    fn len(&self) -> usize {
        self.lines.values().map(Line::len).sum()
    }

    fn pop(&mut self) -> Option<T> {
        let key = self.turns.pop_front()?;
        let line = self.lines.get_mut(&key)?;
        let next = line.pop();
        if line.len() > 0 {
            self.turns.push_back(key);
        } else {
            self.lines.remove(&key);
        }
        next
    }

    fn pop_last_of_longest(&mut self) -> Option<T> {
        let (key, _) = self.lines.iter().max_by_key(|(_, line)| line.len())?;
        let key = key.clone();
        let line = self.lines.get_mut(&key)?;
        let last = line.pop_last_of_longest();
        if line.len() == 0 {
            self.lines.remove(&key);
            self.turns.retain(|turn| *turn != key);
        }
        last
    }

    fn retain(&mut self, waits: &impl Fn(&T) -> bool) {
        self.lines.values_mut().for_each(|line| line.retain(waits));
        self.lines.retain(|_, line| line.len() > 0);
        let lines = &self.lines;
        self.turns.retain(|key| lines.contains_key(key));
    }
}
