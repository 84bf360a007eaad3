//! The migrations are embedded when the crate is compiled, so that a new one must compile it anew.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations/mysql");
}
