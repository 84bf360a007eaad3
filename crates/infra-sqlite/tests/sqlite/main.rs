//! The store on SQLite, through its public surface.
//!
//! Tests that watch every statement of their process are binaries of their own.

mod archive;
mod audit;
mod file;
mod group_commit;
mod last_line_of_defence;
mod the_file;
