use crate::Seq;

/// How many items a page holds: from 1 to [`PageSize::MOST`], [`PageSize::USUAL`] when nobody says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageSize(u8);

impl PageSize {
    /// How many a page holds if nobody says.
    pub const USUAL: Self = Self(50);
    /// The most that a page holds.
    pub const MOST: Self = Self(100);

    /// A size within the limits.
    pub fn new(size: i64) -> Option<Self> {
        u8::try_from(size).ok().filter(|size| (1..=Self::MOST.0).contains(size)).map(Self)
    }

    /// The size as a number.
    pub fn get(self) -> usize {
        usize::from(self.0)
    }

    /// How many rows to ask for, for [`Page::cut`] to see whether more follow.
    pub fn and_one_more(self) -> i64 {
        i64::from(self.0) + 1
    }
}

impl Default for PageSize {
    fn default() -> Self {
        Self::USUAL
    }
}

/// One page of a list, and whether another follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// Whether more follow the last item.
    pub has_more: bool,
}

impl<T> Page<T> {
    /// A page cut from rows of which one more than `size` was asked for.
    pub fn cut(mut rows: Vec<T>, size: PageSize) -> Self {
        let has_more = rows.len() > size.get();
        rows.truncate(size.get());
        Self { items: rows, has_more }
    }

    /// The same page of other items.
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(convert).collect(), has_more: self.has_more }
    }
}

/// A page about a place in a list, and whether more follow on either side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageAround<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// Whether more precede the first item.
    pub has_older: bool,
    /// Whether more follow the last item.
    pub has_newer: bool,
}

impl<T> PageAround<T> {
    /// A page cut from the items before a place, from there backwards, and those from it on. Of each, one more than
    /// `size` was asked for. Half of the page are those before it, or more where there are few from it on.
    pub fn cut(mut older: Vec<T>, mut newer: Vec<T>, size: PageSize) -> Self {
        let size = size.get();
        let before = (size / 2).max(size.saturating_sub(newer.len())).min(older.len());
        let from = size - before;
        let (has_older, has_newer) = (older.len() > before, newer.len() > from);
        older.truncate(before);
        newer.truncate(from);
        Self { items: older.into_iter().rev().chain(newer).collect(), has_older, has_newer }
    }
}

/// Which messages of a room's history a page shows; both bounds are exclusive.
///
/// With `after` it shows the oldest that follow, otherwise the newest that precede `before`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Window {
    /// Only messages with a lower `seq`.
    pub before: Option<Seq>,
    /// Only messages with a higher `seq`.
    pub after: Option<Seq>,
    /// At most so many.
    pub size: PageSize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_holds_1_to_100_items() {
        assert_eq!(PageSize::new(0), None);
        assert_eq!(PageSize::new(101), None);
        assert_eq!(PageSize::new(-1), None);
        assert_eq!(PageSize::new(100).map(PageSize::get), Some(100));
        assert_eq!(PageSize::default().get(), 50);
        assert_eq!(PageSize::default().and_one_more(), 51);
    }

    #[test]
    fn one_row_too_many_means_that_more_follow() {
        let size = PageSize::new(2).expect("valid");
        assert_eq!(Page::cut(vec![1, 2, 3], size), Page { items: vec![1, 2], has_more: true });
        assert_eq!(Page::cut(vec![1, 2], size), Page { items: vec![1, 2], has_more: false });
    }

    #[test]
    fn a_page_about_a_place_is_half_before_it_and_filled_up_from_either_side() {
        for (older, from, size, items, has_older, has_newer) in [
            (0..5, 5..10, 4, 3..7, true, true),
            (0..5, 5..10, 5, 3..8, true, true),
            (0..5, 5..10, 1, 5..6, true, true),
            (4..5, 5..10, 4, 4..8, false, true),
            (0..5, 5..6, 4, 2..6, true, false),
            (3..5, 5..7, 4, 3..7, false, false),
            (0..5, 5..5, 4, 1..5, true, false),
            (5..5, 5..10, 4, 5..9, false, true),
            (5..5, 5..5, 4, 5..5, false, false),
        ] {
            let page = PageAround::cut(
                older.rev().collect(),
                from.clone().collect(),
                PageSize::new(size).expect("valid"),
            );
            let expected = PageAround { items: items.collect::<Vec<i32>>(), has_older, has_newer };
            assert_eq!(page, expected, "{size} about {}", from.start);
        }
    }
}
