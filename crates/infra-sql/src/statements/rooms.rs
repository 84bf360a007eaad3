use super::prelude::*;
use super::statements;

statements! {
    ($)
    /// Rooms, seats, participants, bans and invitations.
    trait RoomStatements, implemented by implement_room_statements;

    /// A room.
    fn room(connection, id: StoredId) -> Option<RoomWithHead> {
        rooms::table.find(id).select((rooms::all_columns, queries::head())).first(connection).optional()
    }

    fn insert_room(connection, room: &RoomRow) -> usize {
        insert_into(rooms::table).values(room).execute(connection)
    }

    /// Sets some columns of a room.
    fn update_room(connection, id: StoredId, update: &RoomUpdate<'_>) -> usize {
        diesel::update(rooms::table.find(id)).set(update).execute(connection)
    }

    /// The rooms above `after`, in the order of their ids.
    fn rooms_after(connection, after: StoredId, limit: i64) -> Vec<RoomRow> {
        rooms::table.filter(rooms::room_id.gt(after)).order(rooms::room_id.asc()).limit(limit).load(connection)
    }

    /// Those who have ever sat in the rooms from one to another.
    fn participants_between(connection, lowest: StoredId, highest: StoredId) -> Vec<ParticipantRow> {
        participants::table.filter(participants::room_id.between(lowest, highest)).load(connection)
    }

    /// The taken seats of the rooms from one to another.
    fn seats_between(connection, lowest: StoredId, highest: StoredId) -> Vec<SeatRow> {
        seats::table.filter(seats::room_id.between(lowest, highest)).load(connection)
    }

    /// How somebody stands to a room; none if there is no such room.
    fn standing(connection, room_id: StoredId, user_id: &str) -> Option<StandingRow> {
        let seat = seats::table.filter(seats::user_id.eq(user_id)).filter(seats::room_id.eq(room_id));
        rooms::table
            .find(room_id)
            .select((
                rooms::closed_at,
                exists(participants::table.find((room_id, user_id))),
                exists(seat),
            ))
            .first(connection)
            .optional()
    }

    /// Somebody who has sat in a room, as a sender of messages.
    fn sender(connection, room_id: StoredId, user_id: &str) -> Option<SenderRow> {
        queries::senders()
            .filter(participants::room_id.eq(room_id))
            .filter(participants::user_id.eq(user_id))
            .first(connection)
            .optional()
    }

    /// How somebody last came into a room, if they ever sat there.
    fn participant(connection, room_id: StoredId, user_id: &str) -> Option<ParticipantRow> {
        participants::table.find((room_id, user_id)).first(connection).optional()
    }

    /// A room's taken seats in the order of their numbers.
    fn seats_of(connection, room_id: StoredId) -> Vec<SeatRow> {
        seats::table.filter(seats::room_id.eq(room_id)).order(seats::number.asc()).load(connection)
    }

    /// A room's members in the order of their seats.
    fn members_of(connection, room_id: StoredId) -> Vec<(SeatRow, AccountRow)> {
        seats::table
            .inner_join(accounts::table.on(accounts::user_id.eq(seats::user_id)))
            .filter(seats::room_id.eq(room_id))
            .order(seats::number.asc())
            .load(connection)
    }

    /// The seats that somebody holds, with the rooms, and when the newest event of each happened.
    fn seats_held(connection, user_id: &str) -> Vec<(SeatRow, ShownRoom, Option<i64>)> {
        seats::table
            .inner_join(rooms::table.on(rooms::room_id.eq(seats::room_id)))
            .filter(seats::user_id.eq(user_id))
            .select((
                seats::all_columns,
                (
                    rooms::room_id,
                    rooms::name,
                    rooms::owner_id,
                    rooms::locked,
                    rooms::created_at,
                    rooms::closed_at,
                    rooms::epoch,
                    rooms::topic,
                    queries::head(),
                ),
                queries::head_at(),
            ))
            .load(connection)
    }

    /// The rooms in which somebody sits, the newest first.
    fn rooms_sat_in(connection, user_id: &str) -> Vec<StoredId> {
        seats::table
            .filter(seats::user_id.eq(user_id))
            .order(seats::room_id.desc())
            .select(seats::room_id)
            .load(connection)
    }

    /// How far somebody has read in those of some rooms in which they sit, not too many at once.
    fn reading(connection, user_id: &str, room_ids: &[StoredId]) -> Vec<ReadingRow> {
        Reading::of(user_id, room_ids).load(connection)
    }

    /// How many of others' messages that somebody has not read are deleted, in not too many rooms at once; no id for a
    /// room where there are none.
    fn erased(connection, user_id: &str, rooms: &[UnreadRange]) -> Vec<(Option<StoredId>, i64)> {
        CountedUnread::erased(user_id, rooms).load(connection)
    }

    /// How many more messages that somebody has not read mention them than when they were posted, in not too many rooms at
    /// once; no id for a room where there are none.
    fn recounted(connection, user_id: &str, rooms: &[UnreadRange]) -> Vec<(Option<StoredId>, i64)> {
        CountedUnread::recounted(user_id, rooms).load(connection)
    }

    /// How many seats are taken in each of some rooms.
    fn seats_taken(connection, room_ids: &[StoredId]) -> Vec<(StoredId, i64)> {
        seats::table
            .filter(seats::room_id.eq_any(room_ids))
            .group_by(seats::room_id)
            .select((seats::room_id, count_star()))
            .load(connection)
    }

    fn insert_seat(connection, seat: &SeatRow) -> usize {
        insert_into(seats::table).values(seat).execute(connection)
    }

    /// Notes how far somebody has read.
    fn set_read_seq(connection, room_id: StoredId, user_id: &str, seq: i64) -> usize {
        let seat = seats::table.filter(seats::user_id.eq(user_id)).filter(seats::room_id.eq(room_id));
        diesel::update(seat).set(seats::read_seq.eq(seq)).execute(connection)
    }

    /// Removes somebody's seat.
    fn delete_seat(connection, room_id: StoredId, user_id: &str) -> usize {
        delete(seats::table.filter(seats::user_id.eq(user_id)).filter(seats::room_id.eq(room_id)))
            .execute(connection)
    }

    /// Removes all seats of a room.
    fn delete_seats_of(connection, room_id: StoredId) -> usize {
        delete(seats::table.filter(seats::room_id.eq(room_id))).execute(connection)
    }

    fn insert_ban(connection, ban: &BanRow) -> usize {
        insert_into(bans::table).values(ban).execute(connection)
    }

    fn delete_ban(connection, room_id: StoredId, user_id: &str) -> usize {
        delete(bans::table.find((room_id, user_id))).execute(connection)
    }

    /// A room's bans of accounts that are not erased, with ids above `after`, in their order.
    fn bans_after(connection, room_id: StoredId, after: &str, limit: i64) -> Vec<(BanRow, AccountRow)> {
        bans::table
            .inner_join(accounts::table.on(accounts::user_id.eq(bans::user_id)))
            .filter(bans::room_id.eq(room_id))
            .filter(bans::user_id.gt(after))
            .filter(accounts::erased_at.is_null())
            .order(bans::user_id.asc())
            .limit(limit)
            .load(connection)
    }

    /// An invitation by its token's hash.
    fn invitation_by_token(connection, hash: &[u8]) -> Option<InvitationRow> {
        invitations::table.filter(invitations::token_hash.eq(hash)).first(connection).optional()
    }

    /// A room's invitations below `before`, newest first.
    fn invitations_before(connection, room_id: StoredId, before: StoredId, limit: i64) -> Vec<InvitationRow> {
        invitations::table
            .filter(invitations::room_id.eq(room_id))
            .filter(invitations::invitation_id.lt(before))
            .order(invitations::invitation_id.desc())
            .limit(limit)
            .load(connection)
    }

    /// The invitees of a room's invitations that are open at that instant.
    fn open_invitees(connection, room_id: StoredId, at: i64) -> Vec<String> {
        queries::open_invitations(at)
            .filter(invitations::room_id.eq(room_id))
            .select(invitations::invitee_id)
            .load(connection)
    }

    fn insert_invitation(connection, invitation: &InvitationRow) -> usize {
        insert_into(invitations::table).values(invitation).execute(connection)
    }

    /// Notes when an invitation was used, if it was not.
    fn use_invitation(connection, id: StoredId, at: i64) -> usize {
        diesel::update(invitations::table.find(id).filter(invitations::used_at.is_null()))
            .set(invitations::used_at.eq(at))
            .execute(connection)
    }

    /// Notes when an invitation was taken back.
    fn revoke_invitation(connection, id: StoredId, at: i64) -> usize {
        diesel::update(invitations::table.find(id)).set(invitations::revoked_at.eq(at)).execute(connection)
    }

    /// Takes back a room's invitations that are open at that instant.
    fn revoke_invitations_of_room(connection, room_id: StoredId, at: i64) -> usize {
        diesel::update(queries::open_invitations(at).filter(invitations::room_id.eq(room_id)))
            .set(invitations::revoked_at.eq(at))
            .execute(connection)
    }

    /// Takes back somebody's invitations that are open at that instant.
    fn revoke_invitations_of_invitee(connection, user_id: &str, at: i64) -> usize {
        diesel::update(queries::open_invitations(at).filter(invitations::invitee_id.eq(user_id)))
            .set(invitations::revoked_at.eq(at))
            .execute(connection)
    }
}
