//! What an operator may do to accounts and rooms (docs/protocol.md, Operators). Whatever changes anything
//! is recorded with it; what is so already is no deed.

use crate::change::{AccountChange, RoomChange};
use crate::facts::{AccountFacts, RoomFacts};
use crate::rules::Verdict;
use crate::{
    Account, AdminAction, Deed, Denial, Event, EventKind, Field, Invalid, PASSWORD_LINK_LIFETIME,
    PasswordHash, PasswordLink, Timestamp, TokenHash,
};

/// Lets admins pass.
pub fn admit_admin(actor: &Account) -> Result<(), Denial> {
    if actor.admin { Ok(()) } else { Err(Denial::AdminOnly) }
}

/// Lets accounts pass that are not suspended.
pub fn admit(account: &Account) -> Result<(), Denial> {
    if account.suspended_at.is_none() { Ok(()) } else { Err(Denial::AccountSuspended) }
}

/// Makes an account an admin's, or one like any other.
pub fn set_admin(facts: &AccountFacts, admin: bool, deed: &Deed) -> Verdict<AccountChange> {
    if facts.account.admin == admin {
        return Ok(Vec::new());
    }
    let action = if admin { AdminAction::GrantAdmin } else { AdminAction::WithdrawAdmin };
    Ok(recorded(vec![AccountChange::SetAdmin(admin)], facts, action, deed))
}

/// Suspends the account: it keeps its seats, coins and sessions, and can do nothing with them. Nobody
/// suspends themself or the last admin who can act, also when two suspend each other at once: the facts
/// hold all admins, locked.
pub fn suspend(facts: &AccountFacts, deed: &Deed) -> Verdict<AccountChange> {
    let user_id = &facts.account.user_id;
    let refused = |code, message| {
        let invalid = Invalid::new(code, message);
        Err(Denial::Invalid { field: Field::UserId, invalid })
    };
    if let Some(admin_id) = &deed.by.admin_id {
        let admin = facts.admins.iter().find(|admin| admin.user_id == *admin_id);
        if admin.ok_or(Denial::AdminOnly)?.suspended {
            return Err(Denial::AccountSuspended);
        }
        if admin_id == user_id {
            return refused("own_account", "Nobody suspends their own account. Ask another admin.");
        }
    }
    if facts.account.suspended_at.is_some() {
        return Ok(Vec::new());
    }
    let can_others_act = facts.admins.iter().any(|admin| admin.user_id != *user_id && !admin.suspended);
    if facts.account.admin && !can_others_act {
        return refused("last_admin", "This is the last admin. Make another account an admin first.");
    }
    let changes = vec![AccountChange::SetSuspended(Some(deed.at)), AccountChange::DropPasswordLinks];
    Ok(recorded(changes, facts, AdminAction::Suspend, deed))
}

/// Lets a suspended account act again.
pub fn readmit(facts: &AccountFacts, deed: &Deed) -> Verdict<AccountChange> {
    if facts.account.suspended_at.is_none() {
        return Ok(Vec::new());
    }
    Ok(recorded(vec![AccountChange::SetSuspended(None)], facts, AdminAction::Readmit, deed))
}

/// Ends all sessions of the account.
pub fn end_sessions(facts: &AccountFacts, deed: &Deed) -> Verdict<AccountChange> {
    let ended: Vec<_> = facts.sessions.iter().map(|session| AccountChange::EndSession(session.id)).collect();
    if ended.is_empty() { Ok(ended) } else { Ok(recorded(ended, facts, AdminAction::EndSessions, deed)) }
}

/// Makes a link with which the account's holder sets another password, in the place of any before it.
pub fn make_password_link(facts: &AccountFacts, hash: TokenHash, deed: &Deed) -> Verdict<AccountChange> {
    let user_id = facts.account.user_id.clone();
    let link = PasswordLink { hash, user_id, expires_at: deed.at.plus(PASSWORD_LINK_LIFETIME) };
    let changes = vec![AccountChange::DropPasswordLinks, AccountChange::MakePasswordLink(link)];
    Ok(recorded(changes, facts, AdminAction::MakePasswordLink, deed))
}

/// Sets another password with the link in the facts and ends all sessions. No link is good for a
/// suspended account.
pub fn use_password_link(facts: &AccountFacts, new: &PasswordHash, now: Timestamp) -> Verdict<AccountChange> {
    let link = facts.password_link.as_ref().ok_or(Denial::PasswordLinkInvalid)?;
    admit_password_link(link, &facts.account, now)?;
    let mut changes = vec![AccountChange::SetPassword(new.clone()), AccountChange::DropPasswordLinks];
    changes.extend(facts.sessions.iter().map(|session| AccountChange::EndSession(session.id)));
    Ok(changes)
}

/// Lets a link pass that is still good.
pub fn admit_password_link(link: &PasswordLink, account: &Account, now: Timestamp) -> Result<(), Denial> {
    let is_good = now < link.expires_at && account.suspended_at.is_none();
    if is_good { Ok(()) } else { Err(Denial::PasswordLinkInvalid) }
}

/// Ends the room for everyone in it. Its log names the owner, as for any closing; who closed it stands
/// in the record alone.
pub fn close_room(facts: &RoomFacts, deed: &Deed) -> Verdict<RoomChange> {
    let room = &facts.room;
    if room.closed_at.is_some() {
        return Err(Denial::RoomClosed);
    }
    let closed = Event { actor: room.owner_id.clone(), ..facts.next_event(EventKind::RoomClosed, deed.at) };
    Ok(vec![
        RoomChange::Append(closed),
        RoomChange::Close { at: deed.at },
        RoomChange::Record(deed.to_room(AdminAction::CloseRoom, room.id)),
    ])
}

/// The changes with the record of them.
pub(super) fn recorded(
    mut changes: Vec<AccountChange>,
    facts: &AccountFacts,
    action: AdminAction,
    deed: &Deed,
) -> Vec<AccountChange> {
    changes.push(AccountChange::Record(deed.to_account(action, &facts.account.user_id)));
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::cast::*;
    use crate::{Admin, UserId};

    fn record(action: AdminAction, user_id: &str, by: Option<&str>) -> AccountChange {
        AccountChange::Record(deed(by).to_account(action, &user(user_id)))
    }

    /// Bo, with these admins, of whom the ones with a `!` are suspended.
    fn bo_among(admins: &[&str]) -> AccountFacts {
        let admins = admins
            .iter()
            .map(|id| Admin { user_id: user(id.trim_start_matches('!')), suspended: id.starts_with('!') })
            .collect();
        AccountFacts { admins, ..account(BO) }
    }

    fn field_code(verdict: Verdict<AccountChange>) -> &'static str {
        match verdict {
            Err(Denial::Invalid { field: Field::UserId, invalid }) => invalid.code,
            other => panic!("not a matter of whom it is about: {other:?}"),
        }
    }

    fn suspended(mut facts: AccountFacts) -> AccountFacts {
        facts.account.suspended_at = Some(at(-1));
        facts
    }

    #[test]
    fn only_admins_pass() {
        let mut facts = account(ANA);
        assert_eq!(admit_admin(&facts.account), Err(Denial::AdminOnly));
        facts.account.admin = true;
        assert_eq!(admit_admin(&facts.account), Ok(()));
    }

    #[test]
    fn an_admin_is_made_and_unmade_and_each_is_recorded() {
        let mut facts = account(BO);
        for (admin, action) in [(true, AdminAction::GrantAdmin), (false, AdminAction::WithdrawAdmin)] {
            assert_eq!(
                set_admin(&facts, admin, &deed(None)),
                Ok(vec![AccountChange::SetAdmin(admin), record(action, BO, None)])
            );
            facts.account.admin = admin;
            assert_eq!(set_admin(&facts, admin, &deed(None)), Ok(Vec::new()), "it is so already");
        }
    }

    #[test]
    fn a_suspension_keeps_the_sessions_and_drops_the_password_links() {
        let changes = vec![
            AccountChange::SetSuspended(Some(NOW)),
            AccountChange::DropPasswordLinks,
            record(AdminAction::Suspend, BO, Some(ANA)),
        ];
        assert_eq!(suspend(&bo_among(&[ANA]), &deed(Some(ANA))), Ok(changes));
        assert_eq!(
            suspend(&suspended(bo_among(&[ANA])), &deed(Some(ANA))),
            Ok(Vec::new()),
            "it is so already"
        );
    }

    #[test]
    fn nobody_suspends_themself() {
        assert_eq!(field_code(suspend(&bo_among(&[ANA, BO]), &deed(Some(BO)))), "own_account");
    }

    #[test]
    fn nobody_suspends_the_last_admin_who_can_act() {
        let admin = |admins: &[&str]| {
            let mut facts = bo_among(admins);
            facts.account.admin = true;
            facts
        };
        assert_eq!(field_code(suspend(&admin(&[BO]), &deed(None))), "last_admin");
        assert_eq!(field_code(suspend(&admin(&["!ana", BO]), &deed(None))), "last_admin");
        assert!(suspend(&admin(&[ANA, BO]), &deed(None)).is_ok());
    }

    #[test]
    fn an_admin_who_was_suspended_or_unmade_meanwhile_suspends_nobody() {
        assert_eq!(suspend(&bo_among(&["!ana", CY]), &deed(Some(ANA))), Err(Denial::AccountSuspended));
        assert_eq!(suspend(&bo_among(&[CY]), &deed(Some(ANA))), Err(Denial::AdminOnly));
    }

    #[test]
    fn a_suspended_account_is_readmitted() {
        assert_eq!(
            readmit(&suspended(account(BO)), &deed(None)),
            Ok(vec![AccountChange::SetSuspended(None), record(AdminAction::Readmit, BO, None)])
        );
        assert_eq!(readmit(&account(BO), &deed(None)), Ok(Vec::new()));
        assert_eq!(admit(&suspended(account(BO)).account), Err(Denial::AccountSuspended));
        assert_eq!(admit(&account(BO).account), Ok(()));
    }

    #[test]
    fn all_sessions_are_ended() {
        let facts = account(BO);
        let ended: Vec<_> =
            facts.sessions.iter().map(|session| AccountChange::EndSession(session.id)).collect();
        let all = [ended, vec![record(AdminAction::EndSessions, BO, None)]].concat();
        assert_eq!(end_sessions(&facts, &deed(None)), Ok(all));
        let none = AccountFacts { sessions: Vec::new(), ..account(BO) };
        assert_eq!(end_sessions(&none, &deed(None)), Ok(Vec::new()));
    }

    fn link() -> PasswordLink {
        PasswordLink { hash: TokenHash([7; 32]), user_id: user(BO), expires_at: at(1) }
    }

    fn uses(facts: AccountFacts, link: Option<PasswordLink>) -> Verdict<AccountChange> {
        use_password_link(&AccountFacts { password_link: link, ..facts }, &hash("new"), NOW)
    }

    #[test]
    fn a_new_password_link_takes_the_place_of_the_one_before() {
        let link = PasswordLink { expires_at: NOW.plus(PASSWORD_LINK_LIFETIME), ..link() };
        assert_eq!(
            make_password_link(&account(BO), link.hash, &deed(Some(ANA))),
            Ok(vec![
                AccountChange::DropPasswordLinks,
                AccountChange::MakePasswordLink(link),
                record(AdminAction::MakePasswordLink, BO, Some(ANA)),
            ])
        );
    }

    #[test]
    fn a_password_link_sets_the_password_and_ends_every_session() {
        let facts = account(BO);
        assert_eq!(
            uses(facts.clone(), Some(link())),
            Ok(vec![
                AccountChange::SetPassword(hash("new")),
                AccountChange::DropPasswordLinks,
                AccountChange::EndSession(facts.sessions[0].id),
                AccountChange::EndSession(facts.sessions[1].id),
            ])
        );
    }

    #[test]
    fn a_password_link_is_good_once_for_a_day_and_not_for_the_suspended() {
        let invalid = Err(Denial::PasswordLinkInvalid);
        assert_eq!(uses(account(BO), None), invalid);
        assert_eq!(uses(account(BO), Some(PasswordLink { expires_at: NOW, ..link() })), invalid);
        assert_eq!(uses(suspended(account(BO)), Some(link())), invalid);
    }

    #[test]
    fn a_room_is_closed_in_its_owners_name() {
        let (facts, deed) = (wanted_by(ANA), deed(Some(DI)));
        let changes = close_room(&facts, &deed).expect("it is open");
        let RoomChange::Append(Event { actor, kind: EventKind::RoomClosed, .. }) = &changes[0] else {
            panic!("the log ends with the closing: {changes:?}");
        };
        assert_eq!(*actor, "ana".parse::<UserId>().expect("an id"));
        assert_eq!(changes[1], RoomChange::Close { at: NOW });
        assert_eq!(changes[2], RoomChange::Record(deed.to_room(AdminAction::CloseRoom, ROOM)));
    }

    #[test]
    fn a_closed_room_is_not_closed_again() {
        let mut facts = wanted_by(ANA);
        shut(&mut facts);
        assert_eq!(close_room(&facts, &deed(None)), Err(Denial::RoomClosed));
    }
}
