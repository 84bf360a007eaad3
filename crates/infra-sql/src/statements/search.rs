use super::prelude::*;
use super::statements;

statements! {
    ($)
    /// The search index.
    trait SearchStatements, implemented by implement_search_statements;

    /// The rooms in which somebody sits and of which something is indexed.
    fn indexed_rooms(connection, user_id: &str) -> Vec<IndexedRoomRow> {
        seats::table
            .inner_join(rooms::table.on(rooms::room_id.eq(seats::room_id)))
            .inner_join(search_progress::table.on(search_progress::room_id.eq(seats::room_id)))
            .filter(seats::user_id.eq(user_id))
            .select((rooms::room_id, rooms::name, search_progress::indexed_seq))
            .load(connection)
    }

    /// A room, if something of it is indexed.
    fn indexed_room(connection, room_id: StoredId) -> Option<IndexedRoomRow> {
        rooms::table
            .inner_join(search_progress::table.on(search_progress::room_id.eq(rooms::room_id)))
            .filter(rooms::room_id.eq(room_id))
            .select((rooms::room_id, rooms::name, search_progress::indexed_seq))
            .first(connection)
            .optional()
    }

    /// Where a term occurs on some shelves, not too many at once.
    fn postings(connection, shelves: &[TermKey], term: &[u8]) -> Vec<PostingRow> {
        Postings::of(shelves, term, Self::LISTS).load(connection)
    }

    /// Where the terms from one to below another occur on some shelves, not too many at once.
    fn postings_between(connection, shelves: &[TermKey], term: &[u8], below: &[u8]) -> Vec<PostingRow> {
        Postings::between(shelves, term, below, Self::LISTS).load(connection)
    }

    /// The messages at some places, not too many at once.
    fn messages_at_places(connection, places: &[(StoredId, i64)]) -> Vec<(StoredId, MessageRow)> {
        MessagesAt::of(places, Self::LISTS).load(connection)
    }

    /// When the events at some places happened, not too many at once.
    fn instants_at(connection, places: &[(StoredId, i64)]) -> Vec<(StoredId, i64, i64)> {
        InstantsAt::of(places, Self::LISTS).load(connection)
    }

    /// How far some rooms are indexed.
    fn progress_of(connection, room_ids: &[StoredId]) -> Vec<BehindRow> {
        rooms::table
            .left_join(search_progress::table.on(search_progress::room_id.eq(rooms::room_id)))
            .filter(rooms::room_id.eq_any(room_ids))
            .select((
                rooms::room_id,
                rooms::closed_at,
                search_progress::indexed_seq.nullable(),
                queries::head(),
            ))
            .load(connection)
    }

    /// How far the rooms above one are indexed, in the order of their ids.
    fn progress_after(connection, after: StoredId, limit: i64) -> Vec<BehindRow> {
        rooms::table
            .left_join(search_progress::table.on(search_progress::room_id.eq(rooms::room_id)))
            .filter(rooms::room_id.gt(after))
            .order(rooms::room_id.asc())
            .select((
                rooms::room_id,
                rooms::closed_at,
                search_progress::indexed_seq.nullable(),
                queries::head(),
            ))
            .limit(limit)
            .load(connection)
    }

    /// Parts of some rooms' logs, not too many at once.
    fn log_parts(connection, parts: &[(StoredId, i64, i64)]) -> Vec<IndexedEventRow> {
        LogParts::of(parts).load(connection)
    }

    /// The terms of a block.
    fn terms_of_block(connection, room_id: StoredId, shelf: i64, block: i64) -> Vec<TermRow> {
        search_terms::table
            .filter(search_terms::room_id.eq(room_id))
            .filter(search_terms::shelf.eq(shelf))
            .filter(search_terms::block.eq(block))
            .load(connection)
    }

    /// The terms of a shelf.
    fn terms_of_shelf(connection, room_id: StoredId, shelf: i64) -> Vec<TermRow> {
        search_terms::table
            .filter(search_terms::room_id.eq(room_id))
            .filter(search_terms::shelf.eq(shelf))
            .load(connection)
    }

    /// The first shelf of a room from some shelf on.
    fn first_shelf(connection, room_id: StoredId, from: i64) -> Option<i64> {
        search_terms::table
            .filter(search_terms::room_id.eq(room_id))
            .filter(search_terms::shelf.ge(from))
            .order((search_terms::room_id.asc(), search_terms::shelf.asc()))
            .select(search_terms::shelf)
            .first(connection)
            .optional()
    }

    /// The shelf and the term of the row of a room that comes after so many.
    fn term_after(connection, room_id: StoredId, rows: i64) -> Option<(i64, Vec<u8>)> {
        search_terms::table
            .filter(search_terms::room_id.eq(room_id))
            .order((
                search_terms::room_id.asc(),
                search_terms::shelf.asc(),
                search_terms::term.asc(),
                search_terms::block.asc(),
            ))
            .select((search_terms::shelf, search_terms::term))
            .limit(1)
            .offset(rows)
            .load(connection)
            .map(|mut rows| rows.pop())
    }

    /// Sets where a term occurs in a block.
    fn set_term(connection, room_id: StoredId, shelf: i64, term: &[u8], block: i64, seqs: i64) -> usize {
        diesel::update(search_terms::table.find((room_id, shelf, term, block)))
            .set(search_terms::seqs.eq(seqs))
            .execute(connection)
    }

    /// Removes a term that occurs nowhere in a block any more.
    fn delete_term(connection, room_id: StoredId, shelf: i64, term: &[u8], block: i64) -> usize {
        delete(search_terms::table.find((room_id, shelf, term, block))).execute(connection)
    }

    /// Removes the terms of a room's shelves below one.
    fn delete_shelves(connection, room_id: StoredId, below: i64) -> usize {
        delete(
            search_terms::table.filter(search_terms::room_id.eq(room_id)).filter(search_terms::shelf.lt(below)),
        )
        .execute(connection)
    }

    /// Removes the terms of a shelf below one.
    fn delete_terms(connection, room_id: StoredId, shelf: i64, below: &[u8]) -> usize {
        delete(
            search_terms::table
                .filter(search_terms::room_id.eq(room_id))
                .filter(search_terms::shelf.eq(shelf))
                .filter(search_terms::term.lt(below)),
        )
        .execute(connection)
    }

    /// Has all terms removed before anything is indexed again.
    fn empty_search_index(connection) -> usize {
        diesel::update(search_progress::table)
            .set(search_progress::indexed_seq.eq(TO_BE_EMPTIED))
            .execute(connection)
    }
}
