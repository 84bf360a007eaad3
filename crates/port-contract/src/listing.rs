use std::fmt::Debug;

use domain::{
    Account, AdminRecord, Ban, Found, FoundPlace, FriendRequest, FriendRequestId, Invitation, InvitationId,
    LedgerLine, Page, PageSize, Profile, RecordId, Refusal, RoomPlace, RoomSummary, Session, UserId,
};

/// Something that stands in a list, with the cursor after which the list goes on.
pub trait Listed {
    /// What the list goes on from.
    type Cursor: PartialEq + Debug;

    /// The cursor after this item.
    fn cursor(&self) -> Self::Cursor;
}

macro_rules! listed {
    ($($item:ty, $cursor:ty, $of:expr;)*) => {$(
        impl Listed for $item {
            type Cursor = $cursor;

            fn cursor(&self) -> $cursor {
                let cursor: fn(&$item) -> $cursor = $of;
                cursor(self)
            }
        }
    )*};
}

listed! {
    RoomSummary, RoomPlace, RoomSummary::place;
    Invitation, InvitationId, |invitation| invitation.id;
    Ban, UserId, |ban| ban.user_id.clone();
    Session, domain::DeviceId, |session| session.device_id.clone();
    LedgerLine, i64, |line| line.number;
    FriendRequest, FriendRequestId, |request| request.id;
    Profile, UserId, |profile| profile.user_id.clone();
    Account, UserId, |account| account.user_id.clone();
    AdminRecord, RecordId, |record| record.id;
    Found, FoundPlace, Found::place;
}

/// A list from its beginning to its end, in pages of `size`. Each page but the last is full, and
/// nothing stands in two.
pub async fn every_page<T: Listed, F>(size: i64, page: impl Fn(Option<T::Cursor>, PageSize) -> F) -> Vec<T>
where
    F: Future<Output = Result<Page<T>, Refusal>>,
{
    let size = PageSize::new(size).expect("a size within the limits");
    let mut items: Vec<T> = Vec::new();
    loop {
        let next = page(items.last().map(T::cursor), size).await.expect("the list can be read");
        let has_more = next.has_more;
        if has_more {
            assert_eq!(next.items.len(), size.get(), "a page that others follow is full");
        }
        for item in next.items {
            let cursor = item.cursor();
            assert!(items.iter().all(|seen| seen.cursor() != cursor), "{cursor:?} stands in the list twice");
            items.push(item);
        }
        if !has_more {
            return items;
        }
    }
}
