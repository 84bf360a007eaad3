use serde::{Deserialize, Serialize};

use crate::accounts::FreeJoinRow;

/// The version of the format. A change to any row's columns makes it another one.
pub(super) const VERSION: u32 = 7;

/// The oldest version that is still read: what it did not have yet is absent in its rows.
pub(super) const OLDEST_VERSION: u32 = 1;

/// A row that has a kind of line of its own.
pub(super) trait Row: Sized {
    fn into_line(self) -> Line;

    /// The row, or the line back if it is of another kind.
    #[expect(
        clippy::result_large_err,
        reason = "the line is looked at again at once, and carried no further"
    )]
    fn of_line(line: Line) -> Result<Self, Line>;
}

macro_rules! lines {
    ([] $($table:ident $row:ty),*; $($later:ident $later_row:ty),*) => {
        lines! { $($table $row,)* free_joins FreeJoinRow, $($later $later_row,)* }
    };
    ($($table:ident $row:ty,)*) => {
        /// A line, as an object whose one member says of which kind it is.
        #[derive(Serialize, Deserialize)]
        #[serde(rename_all = "snake_case", deny_unknown_fields)]
        #[expect(non_camel_case_types, reason = "a kind is called as its table is")]
        pub(super) enum Line {
            /// The first.
            HexroomExport { version: u32 },
            $($table($row),)*
            /// The last: how many rows there were, and the SHA-256 of all lines before this one.
            End { rows: u64, sha256: String },
        }

        $(impl Row for $row {
            fn into_line(self) -> Line {
                Line::$table(self)
            }

            fn of_line(line: Line) -> Result<Self, Line> {
                match line {
                    Line::$table(row) => Ok(row),
                    other => Err(other),
                }
            }
        })*
    };
}
crate::every_table!([lines]);
