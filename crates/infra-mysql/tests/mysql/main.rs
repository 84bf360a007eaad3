//! The store on MySQL and on MariaDB, through its public surface.
//!
//! One binary, so that it is linked once, and tests that wait leave the time to others.

mod audit;
mod contract;
mod hostile_globals;
mod last_line_of_defence;
mod opening;
mod proxy;
mod readiness;
mod schema;
mod store;
mod transient_failures;
mod two_nodes;
