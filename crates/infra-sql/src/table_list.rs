/// Calls a macro, whose path stands in brackets, with every table and its rows: the one list from which all that
/// goes through the tables is made. No row refers to one of a later table. Between the two parts stand the free
/// joins, which accounts and rooms owe each other.
#[doc(hidden)]
#[macro_export]
macro_rules! every_table {
    ([$($callback:tt)*] $($argument:tt)*) => {
        $($callback)*! {
            [$($argument)*]
            accounts $crate::accounts::AccountRow,
            rooms $crate::rooms::RoomRow;
            sessions $crate::accounts::SessionRow,
            refresh_tokens $crate::accounts::RefreshTokenRow,
            recovery_codes $crate::accounts::RecoveryCodeRow,
            participants $crate::rooms::ParticipantRow,
            seats $crate::rooms::SeatRow,
            bans $crate::rooms::BanRow,
            invitations $crate::rooms::InvitationRow,
            events $crate::events::EventRow,
            erased_messages $crate::events::ErasedMessageRow,
            recounted_mentions $crate::events::RecountedMentionRow,
            coin_accounts $crate::coins::CoinAccountRow,
            transfers $crate::coins::TransferRow,
            transfer_entries $crate::coins::EntryRow,
            grants $crate::coins::GrantRow,
            friend_requests $crate::friends::FriendRequestRow,
            friendships $crate::friends::FriendshipRow,
            blocks $crate::friends::BlockRow,
            password_links $crate::admin::PasswordLinkRow,
            admin_record $crate::admin::AdminRecordRow
        }
    };
}
