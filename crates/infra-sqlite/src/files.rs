use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The database, its log of changes and the index of that, as they were when they were opened.
///
/// They are only ever asked for their metadata. Opening one and closing it again would drop all locks that
/// SQLite holds on it for this process, and then the next process that closes the database takes itself for
/// the last one and removes the log of changes, to which we go on writing.
#[derive(Debug)]
pub(crate) struct Files {
    opened: [Opened; 3],
    /// Once one was displaced, another process may have made a history of its own without it, and that stays
    /// so when it comes back.
    displaced: OnceLock<Displaced>,
}

#[derive(Debug)]
struct Opened {
    path: PathBuf,
    identity: Identity,
}

/// What tells a file from others, whatever they are called: its device and its number there.
type Identity = (u64, u64);

/// The log of changes as it was last written to: its size, and when, in seconds and nanoseconds.
pub(crate) type LastChange = (u64, i64, i64);

/// A file is not where it was opened, so that what is written to it may never be found again.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{path:?} was moved, replaced or removed while it was in use")]
pub(crate) struct Displaced {
    /// Where it was.
    pub(crate) path: PathBuf,
}

/// Why nothing can be said for certain to be kept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotInPlace {
    /// It is not there, for good.
    #[error(transparent)]
    Displaced(#[from] Displaced),
    /// Whether it is there cannot be seen at the moment.
    #[error("the files of the store cannot be looked at")]
    Unseen(#[source] io::Error),
}

impl Files {
    /// The files of the database at `path`, which SQLite has open.
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        let opened = |path: PathBuf| {
            let identity = identity(&fs::metadata(&path)?);
            Ok::<_, io::Error>(Opened { path, identity })
        };
        let path = std::path::absolute(path)?;
        let opened = [opened(beside(&path, "-wal"))?, opened(beside(&path, "-shm"))?, opened(path)?];
        Ok(Self { opened, displaced: OnceLock::new() })
    }

    /// Checks that all are where they were opened, and tells the last change.
    pub(crate) fn check(&self) -> Result<LastChange, NotInPlace> {
        if let Some(displaced) = self.displaced.get() {
            return Err(displaced.clone().into());
        }
        let [changes, index, database] = &self.opened;
        let seen = self.look_at(changes)?;
        self.look_at(index)?;
        self.look_at(database)?;
        Ok((seen.size(), seen.mtime(), seen.mtime_nsec()))
    }

    fn look_at(&self, file: &Opened) -> Result<fs::Metadata, NotInPlace> {
        match fs::metadata(&file.path) {
            Ok(seen) if identity(&seen) == file.identity => Ok(seen),
            Err(error) if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                Err(NotInPlace::Unseen(error))
            }
            _ => Err(self.displaced.get_or_init(|| Displaced { path: file.path.clone() }).clone().into()),
        }
    }

    /// Whether only the log of changes is gone, and nothing has come in its place: then nobody else has
    /// opened the database since.
    pub(crate) fn lack_only_the_changes(&self) -> bool {
        let [changes, index, database] = &self.opened;
        let is_there =
            |file: &Opened| fs::metadata(&file.path).is_ok_and(|seen| identity(&seen) == file.identity);
        let is_missing =
            |file: &Opened| fs::metadata(&file.path).is_err_and(|error| error.kind() == ErrorKind::NotFound);
        is_there(database) && is_missing(changes) && (is_there(index) || is_missing(index))
    }
}

/// The name of a file that SQLite keeps beside the database.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn identity(seen: &fs::Metadata) -> Identity {
    (seen.dev(), seen.ino())
}
