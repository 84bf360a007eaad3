use super::prelude::*;
use super::statements;

statements! {
    ($)
    /// Rooms, seats, participants, bans and invitations.
    trait RoomStatements, implemented by implement_room_statements;

    /// A room.
    fn room(connection, id: StoredId) -> Option<RoomRow> {
        rooms::room(id).first(connection).optional()
    }

    /// Adds a room.
    fn insert_room(connection, room: &RoomRow) -> usize {
        insert_into(schema::rooms::table).values(room).execute(connection)
    }

    /// Sets a room's name.
    fn set_room_name(connection, id: StoredId, name: &str) -> usize {
        update(rooms::room(id)).set(schema::rooms::name.eq(name)).execute(connection)
    }

    /// Sets the hash of a room's password.
    fn set_room_password(connection, id: StoredId, hash: &str) -> usize {
        update(rooms::room(id)).set(schema::rooms::password_hash.eq(hash)).execute(connection)
    }

    /// Sets whether a room is locked.
    fn set_locked(connection, id: StoredId, locked: bool) -> usize {
        update(rooms::room(id)).set(schema::rooms::locked.eq(locked)).execute(connection)
    }

    /// Sets a room's owner.
    fn set_owner(connection, id: StoredId, owner_id: &str) -> usize {
        update(rooms::room(id)).set(schema::rooms::owner_id.eq(owner_id)).execute(connection)
    }

    /// Notes when a room was closed.
    fn set_closed(connection, id: StoredId, at: i64) -> usize {
        update(rooms::room(id)).set(schema::rooms::closed_at.eq(at)).execute(connection)
    }

    /// A room's head and how somebody stands to the room.
    fn standing(connection, room_id: StoredId, user_id: &str) -> Option<StandingRow> {
        rooms::standing(room_id, user_id).first(connection).optional()
    }

    /// A room's taken seats in the order of their numbers.
    fn seats_of(connection, room_id: StoredId) -> Vec<SeatRow> {
        rooms::seats_of(room_id).load(connection)
    }

    /// A room's members in the order of their seats.
    fn members_of(connection, room_id: StoredId) -> Vec<(SeatRow, AccountRow)> {
        rooms::members_of(room_id).load(connection)
    }

    /// The seats that somebody holds in rooms below `before`, the newest room first, with the rooms.
    fn seats_before(connection, user_id: &str, before: StoredId, limit: i64) -> Vec<(SeatRow, RoomRow)> {
        rooms::seats_before(user_id, before, limit).load(connection)
    }

    /// How many seats are taken in each of some rooms.
    fn seats_taken(connection, room_ids: &[StoredId]) -> Vec<(StoredId, i64)> {
        rooms::seats_taken(room_ids).load(connection)
    }

    /// How many messages somebody has not read, for each room from `lowest` to `highest` with any.
    fn unread(connection, user_id: &str, lowest: StoredId, highest: StoredId) -> Vec<(StoredId, i64)> {
        rooms::unread(user_id, lowest, highest).load(connection)
    }

    /// Adds a taken seat.
    fn insert_seat(connection, seat: &SeatRow) -> usize {
        insert_into(schema::seats::table).values(seat).execute(connection)
    }

    /// Notes how far somebody has read.
    fn set_read_seq(connection, room_id: StoredId, user_id: &str, seq: i64) -> usize {
        update(rooms::seat_of(room_id, user_id)).set(schema::seats::read_seq.eq(seq)).execute(connection)
    }

    /// Removes somebody's seat.
    fn delete_seat(connection, room_id: StoredId, user_id: &str) -> usize {
        delete(rooms::seat_of(room_id, user_id)).execute(connection)
    }

    /// Removes all seats of a room.
    fn delete_seats_of(connection, room_id: StoredId) -> usize {
        delete(schema::seats::table.filter(schema::seats::room_id.eq(room_id))).execute(connection)
    }

    /// Adds a ban.
    fn insert_ban(connection, ban: &BanRow) -> usize {
        insert_into(schema::bans::table).values(ban).execute(connection)
    }

    /// Removes a ban.
    fn delete_ban(connection, room_id: StoredId, user_id: &str) -> usize {
        delete(rooms::ban(room_id, user_id)).execute(connection)
    }

    /// An invitation by its token's hash.
    fn invitation_by_token(connection, hash: &[u8]) -> Option<InvitationRow> {
        rooms::invitation_by_token(hash).first(connection).optional()
    }

    /// A room's invitations below `before`, newest first.
    fn invitations_before(connection, room_id: StoredId, before: StoredId, limit: i64) -> Vec<InvitationRow> {
        rooms::invitations_before(room_id, before, limit).load(connection)
    }

    /// For whom a room's invitations are that are open at that instant.
    fn open_invitees(connection, room_id: StoredId, at: i64) -> Vec<String> {
        rooms::open_of_room(room_id, at).select(schema::invitations::invitee_id).load(connection)
    }

    /// Adds an invitation.
    fn insert_invitation(connection, invitation: &InvitationRow) -> usize {
        insert_into(schema::invitations::table).values(invitation).execute(connection)
    }

    /// Notes when an invitation was used, if it was not.
    fn use_invitation(connection, id: StoredId, at: i64) -> usize {
        update(rooms::invitation(id).filter(schema::invitations::used_at.is_null()))
            .set(schema::invitations::used_at.eq(at))
            .execute(connection)
    }

    /// Notes when an invitation was taken back.
    fn revoke_invitation(connection, id: StoredId, at: i64) -> usize {
        update(rooms::invitation(id)).set(schema::invitations::revoked_at.eq(at)).execute(connection)
    }

    /// Takes back a room's invitations that are open at that instant.
    fn revoke_invitations_of_room(connection, room_id: StoredId, at: i64) -> usize {
        update(rooms::open_of_room(room_id, at))
            .set(schema::invitations::revoked_at.eq(at))
            .execute(connection)
    }

    /// Takes back somebody's invitations that are open at that instant.
    fn revoke_invitations_of_invitee(connection, user_id: &str, at: i64) -> usize {
        update(rooms::open_of_invitee(user_id, at))
            .set(schema::invitations::revoked_at.eq(at))
            .execute(connection)
    }
}
