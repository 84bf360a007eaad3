use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::{fs, process};

use domain::ports::Randomness;
use infra_crypto::SystemRandomness;
use secrecy::{ExposeSecret, SecretString};

use crate::failure::Failure;

const SHORTEST_SECRET: usize = 32;

/// The folder with everything that the server keeps.
#[derive(Debug)]
pub(crate) struct DataDir(PathBuf);

impl DataDir {
    /// The folder, created if it is missing, for its owner only.
    pub(crate) fn create(path: &Path) -> Result<Self, Failure> {
        DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(|error| {
            Failure::because(format!("DATA_DIR {} cannot be created", path.display()), error)
        })?;
        Ok(Self(path.to_owned()))
    }

    /// The folder of a server that has run before.
    pub(crate) fn existing(path: &Path) -> Result<Self, Failure> {
        let data_dir = Self(path.to_owned());
        let database = data_dir.database();
        match fs::metadata(&database) {
            Ok(_) => Ok(data_dir),
            Err(error) if error.kind() == ErrorKind::NotFound => Err(Failure::new(format!(
                "there is no database at {}; check DATA_DIR, or run `hexroom migrate` to make one",
                database.display()
            ))),
            Err(error) => Err(Failure::because(format!("{} cannot be read", database.display()), error)),
        }
    }

    /// The embedded database's file.
    pub(crate) fn database(&self) -> PathBuf {
        self.0.join("hexroom.db")
    }

    /// Keeps a second server away until the lock is dropped: the two would not tell each other's
    /// sockets what happens.
    pub(crate) fn lock(&self) -> Result<File, Failure> {
        let path = self.0.join("serve.lock");
        let cannot =
            |error: io::Error| Failure::because(format!("{} cannot be locked", path.display()), error);
        let file = OpenOptions::new().create(true).append(true).mode(0o600).open(&path).map_err(cannot)?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(Failure::new(format!(
                "another server is running on DATA_DIR {}; stop it, or choose another DATA_DIR",
                self.0.display()
            ))),
            Err(TryLockError::Error(error)) => Err(cannot(error)),
        }
    }

    /// The secret that access tokens are signed with, made when it is first asked for.
    pub(crate) fn signing_secret(&self) -> Result<SecretString, Failure> {
        let path = self.0.join("jwt_secret");
        let cannot = |error: io::Error| {
            let what = format!("the signing secret {} can be neither read nor made", path.display());
            Failure::because(what, error)
        };
        match fs::read_to_string(&path) {
            Ok(text) => readable_secret(&path, text),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                self.make_secret(&path).map_err(cannot)?;
                readable_secret(&path, fs::read_to_string(&path).map_err(cannot)?)
            }
            Err(error) => Err(cannot(error)),
        }
    }

    /// Puts a whole secret at `path` or none: it is written elsewhere and linked there. The
    /// second of two callers leaves the first one's alone.
    fn make_secret(&self, path: &Path) -> io::Result<()> {
        let draft = self.0.join(format!("jwt_secret.{}.{}", process::id(), SystemRandomness.id()));
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        writeln!(file, "{}", SystemRandomness.token().expose())?;
        file.sync_all()?;
        let linked = match fs::hard_link(&draft, path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            linked => linked,
        };
        fs::remove_file(&draft)?;
        linked?;
        File::open(&self.0)?.sync_all()
    }
}

fn readable_secret(path: &Path, text: String) -> Result<SecretString, Failure> {
    let text = SecretString::from(text);
    let secret = SecretString::from(text.expose_secret().trim());
    if secret.expose_secret().len() < SHORTEST_SECRET {
        return Err(Failure::new(format!(
            "the signing secret {} is damaged: it has fewer than {SHORTEST_SECRET} bytes. Restore it, or delete it \
             to have another made; everybody then signs in again",
            path.display()
        )));
    }
    let mode = fs::metadata(path).map_or(0o600, |metadata| metadata.permissions().mode());
    if mode & 0o077 != 0 {
        tracing::warn!(path = %path.display(), "others can read the signing secret; make its mode 0600");
    }
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::thread;

    use super::*;

    fn fresh() -> (tempfile::TempDir, DataDir) {
        let parent = tempfile::tempdir().expect("there is room");
        let data_dir = DataDir::create(&parent.path().join("deep/data")).expect("it can be made");
        (parent, data_dir)
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("it is there").permissions().mode() & 0o777
    }

    #[test]
    fn folder_and_secret_are_their_owner_s_alone() {
        let (_parent, data_dir) = fresh();
        data_dir.signing_secret().expect("it can be made");
        assert_eq!(mode(&data_dir.0), 0o700);
        assert_eq!(mode(&data_dir.0.join("jwt_secret")), 0o600);
    }

    #[test]
    fn the_secret_is_made_once_even_by_many_at_once() {
        let (_parent, data_dir) = fresh();
        let secrets: HashSet<String> = thread::scope(|scope| {
            let ask = || data_dir.signing_secret().expect("it can be made").expose_secret().to_owned();
            let threads: Vec<_> = (0..16).map(|_| scope.spawn(ask)).collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
        });
        assert_eq!(secrets.len(), 1);
        assert!(secrets.iter().all(|secret| secret.len() == 43));
        let left: Vec<_> = fs::read_dir(&data_dir.0).expect("it is there").collect();
        assert_eq!(left.len(), 1, "{left:?}");
    }

    #[test]
    fn a_damaged_secret_is_named_and_left_alone() {
        let (_parent, data_dir) = fresh();
        let path = data_dir.0.join("jwt_secret");
        fs::write(&path, "stump\n").expect("there is room");
        let failure = data_dir.signing_secret().expect_err("it is damaged").to_string();
        assert!(failure.contains("jwt_secret is damaged"), "{failure}");
        assert!(!failure.contains("stump"), "{failure}");
        assert_eq!(fs::read_to_string(&path).expect("it is there"), "stump\n");
    }

    #[test]
    fn only_one_server_at_a_time_has_the_folder() {
        let (_parent, data_dir) = fresh();
        let held = data_dir.lock().expect("it is free");
        let failure = data_dir.lock().expect_err("it is held").to_string();
        assert!(failure.contains("another server is running on DATA_DIR"), "{failure}");
        drop(held);
        data_dir.lock().expect("it is free again");
    }

    #[test]
    fn a_folder_without_a_database_is_not_taken_for_an_empty_one() {
        let (_parent, data_dir) = fresh();
        let failure = DataDir::existing(&data_dir.0).expect_err("nothing is in it").to_string();
        assert!(failure.contains("there is no database at"), "{failure}");
        fs::write(data_dir.database(), "").expect("there is room");
        assert!(DataDir::existing(&data_dir.0).is_ok());
    }

    #[test]
    fn a_folder_that_cannot_be_made_names_itself() {
        let parent = tempfile::tempdir().expect("there is room");
        let file = parent.path().join("file");
        fs::write(&file, "").expect("there is room");
        let failure = DataDir::create(&file.join("data")).expect_err("a file is no folder").to_string();
        assert!(failure.contains("DATA_DIR") && failure.contains("file/data"), "{failure}");
    }
}
