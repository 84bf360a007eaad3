use super::line::Row;
use crate::accounts::FreeJoinRow;
use crate::tables::{Table, Tables};

/// What is done with one table after the other.
pub(super) trait Work {
    type Error;

    fn table<R: Row>(&mut self, connection: &mut impl Table<R>) -> Result<(), Self::Error>;
}

macro_rules! in_order {
    ([$connection:ident $work:ident] $($table:ident $row:ty),*; $($later:ident $later_row:ty),*) => {
        $($work.table::<$row>($connection)?;)*
        $work.table::<FreeJoinRow>($connection)?;
        $($work.table::<$later_row>($connection)?;)*
    };
}

/// Every table, each after those that it refers to.
pub(super) fn in_order<W: Work>(connection: &mut impl Tables, work: &mut W) -> Result<(), W::Error> {
    crate::every_table!([in_order] connection work);
    Ok(())
}
