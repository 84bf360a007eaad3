//! Posting messages with one statement, which commits itself.
//!
//! While somebody else has a room locked, its foreign key makes the insertion wait. If the place of an event is taken by
//! then, nothing is inserted, and the rule is asked again.

mod in_list;
mod statements;

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use domain::Denial;
use domain::rules::messages::{NewMessage, Posting};
use infra_sql::Failure;
use infra_sql::events::EventRow;
use infra_sql::posting::{Batch, Known, Repetitions};

use crate::connection::Connection;
use crate::lease::Holder;
use statements::InsertMessages;

/// Posts messages one after the other, each as the rule decides. A message that is denied leaves no trace and does not
/// touch its neighbours. Only `holder` inserts anything, if there is one.
///
/// An attempt that meets others' rows is made again; the caller's deadline ends that.
pub(crate) fn post_all(
    connection: &mut Connection,
    holder: Option<Holder>,
    known: &mut Known,
    messages: &[&NewMessage],
) -> Result<Vec<Result<Posting, Denial>>, Failure> {
    let mut repetitions = Repetitions::OfSuspects;
    loop {
        let batch = Batch::decide(connection, known, messages, repetitions)?;
        match insert(connection, holder, batch.rows()) {
            Ok(()) => return Ok(batch.inserted(known)),
            Err(error) => match Taken::of(&error) {
                Some(Taken::Place) => batch.forget_rooms(known),
                Some(Taken::ClientId) => repetitions = Repetitions::OfAll,
                Some(Taken::Id) if repetitions == Repetitions::OfSuspects => {
                    repetitions = Repetitions::OfAll;
                }
                Some(Taken::Id) | None => return Err(error.into()),
            },
        }
    }
}

fn insert(connection: &mut Connection, holder: Option<Holder>, rows: &[EventRow]) -> QueryResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    InsertMessages { rows, holder }.execute(&mut **connection).map(drop)
}

/// What somebody else has inserted before us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    /// An event at the same place in a log.
    Place,
    /// A message under the same client id.
    ClientId,
    /// A message with the same id: this very one, by a statement of ours whose outcome we did not learn.
    Id,
}

impl Taken {
    /// The error ends with the name of the key, before which MySQL puts its table's.
    fn of(error: &DieselError) -> Option<Self> {
        let DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, information) = error else {
            return None;
        };
        let text = information.message();
        if text.ends_with("PRIMARY'") {
            Some(Self::Place)
        } else if text.ends_with("events_by_client_message'") {
            Some(Self::ClientId)
        } else if text.ends_with("events_by_message'") {
            Some(Self::Id)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use test_databases::DatabaseServer;

    use super::*;
    use crate::fixture::Fixture;

    async fn a_message_that_we_posted_without_hearing_of_it_is_found(server: DatabaseServer) {
        let fixture = Fixture::on(server).await;
        let new = fixture.cast.bo.writes(fixture.cast.room, "m-1", "hello");
        let id = new.id;
        let posting = fixture.connected(move |connection, _| {
            // Nothing is known after a failure.
            let mut post = || post_all(connection, None, &mut Known::default(), &[&new]);
            [post(), post()].map(|posted| posted.expect("it is posted").remove(0))
        });
        let outcomes = posting.await;
        let [Ok(Posting::New(first)), Ok(Posting::Repeated(again))] = outcomes else {
            panic!("{outcomes:?}");
        };
        assert_eq!([first.id, again.message.id], [id, id]);
        assert_eq!(first.seq, again.message.seq);
        fixture.world.audits_clean().await;
    }

    async fn a_reply_that_was_decided_before_a_deletion_is_not_inserted_after_it(server: DatabaseServer) {
        let fixture = Fixture::on(server).await;
        let original = fixture.cast.ana.says(fixture.cast.room, "a question").await;
        let reply = fixture.cast.bo.writes_back(&original, "r", "an answer");
        let deciding = fixture.connected(move |connection, _| {
            let known = &mut Known::default();
            Batch::decide(connection, known, &[&reply], Repetitions::OfSuspects).expect("it is decided")
        });
        let batch = deciding.await;
        assert_eq!(batch.rows().len(), 1, "the message was there");
        fixture.cast.ana.deletes(&original).await.expect("Ana wrote it");
        let inserting = fixture.connected(move |connection, _| insert(connection, None, batch.rows()));
        let error = inserting.await.expect_err("its place is the deletion's");
        assert_eq!(Taken::of(&error), Some(Taken::Place));
        fixture.world.audits_clean().await;
    }

    test_databases::on_both_servers! {
        a_message_that_we_posted_without_hearing_of_it_is_found,
        a_reply_that_was_decided_before_a_deletion_is_not_inserted_after_it
    }
}
