//! The web client's files are embedded by a macro, which cargo does not ask again when a file is added.

fn main() {
    println!("cargo::rerun-if-changed=../../web");
}
