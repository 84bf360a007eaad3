//! Moving a store as a whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use actix_web::rt::System;
use infra_crypto::SystemRandomness;

use crate::config::Config;
use crate::failure::Failure;
use crate::logging;
use crate::print::print_lines;
use crate::storage::Storage;

/// In place of a file: standard output, or standard input.
const STANDARD: &str = "-";

/// Writes the whole store to a new file.
pub(crate) fn export(config: &Config, path: &Path) -> Result<(), Failure> {
    logging::start(config);
    let storage = Storage::existing(config)?;
    let mut archive = storage.archive(None)?;
    if path == Path::new(STANDARD) {
        let rows = archive.export(&mut BufWriter::new(io::stdout().lock()));
        return rows
            .map(drop)
            .map_err(|error| Failure::because(format!("{storage} was not exported"), error));
    }
    let name = path.display();
    let file = make(path).map_err(|error| Failure::because(format!("{name} cannot be made"), error))?;
    let exported = archive.export(&mut BufWriter::new(&file));
    let rows = exported
        .map_err(|error| Failure::because(format!("{storage} was not exported"), error))
        .and_then(|rows| keep(&file, path).map(|()| rows))
        .inspect_err(|_| discard(path))?;
    print_lines(&format!(
        "{rows} rows of {storage} are in {name}. It holds every message and password hash: keep it safe."
    ));
    Ok(())
}

/// Fills an empty store with what was exported.
pub(crate) fn import(config: &Config, path: &Path) -> Result<(), Failure> {
    logging::start(config);
    let storage = Storage::create(config)?;
    let hold = System::new().block_on(storage.hold())?;
    // Opened before the store and closed after it: should it be the store's own file, closing it first would
    // drop the store's locks.
    let file = (path != Path::new(STANDARD)).then(|| File::open(path)).transpose();
    let file = file.map_err(|error| Failure::because(format!("{} cannot be read", path.display()), error))?;
    let mut archive = storage.archive(Some(&hold))?;
    let imported = match &file {
        Some(file) => archive.import(&mut BufReader::new(file)),
        None => archive.import(&mut io::stdin().lock()),
    };
    let rows = imported.map_err(|error| {
        Failure::because(format!("nothing was imported into {storage}, which is as it was"), error)
    })?;
    print_lines(&format!("{storage} has all {rows} rows of the export and keeps every promise."));
    Ok(())
}

/// Gives every room another epoch.
pub(crate) fn restore_mark(config: &Config) -> Result<(), Failure> {
    logging::start(config);
    let storage = Storage::existing(config)?;
    let hold = System::new().block_on(storage.hold())?;
    let rooms = storage
        .archive(Some(&hold))?
        .renew_epochs(&SystemRandomness)
        .map_err(|error| Failure::because(format!("{storage} was not marked, and is as it was"), error))?;
    print_lines(&format!("{rooms} rooms in {storage} begin a new epoch: clients reload them."));
    Ok(())
}

/// A file that was not there before, for its owner only.
fn make(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// Makes a file outlive a power cut.
fn keep(file: &File, path: &Path) -> Result<(), Failure> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    file.sync_all()
        .and_then(|()| File::open(folder)?.sync_all())
        .map_err(|error| Failure::because(format!("{} was not kept", path.display()), error))
}

/// Half an export is of no use, and its owner would have to delete it before the next try.
fn discard(path: &Path) {
    if let Err(error) = fs::remove_file(path) {
        tracing::warn!(error = &error as &dyn std::error::Error, path = %path.display(), "half an export is left");
    }
}
