use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::Path;
use std::{env, fs};

use super::fault::{Fault, Found};
use super::origin::Origin;

/// Every value that was given, by its source, and what could not be read.
#[derive(Default)]
pub(super) struct Sources {
    environment: BTreeMap<OsString, OsString>,
    dot_env: BTreeMap<String, String>,
    faults: Vec<Fault>,
}

impl Sources {
    /// The process's environment and the file `.env` in `folder`. The environment stays as it is.
    pub(super) fn of_process(folder: &Path) -> Self {
        let environment = env::vars_os().collect();
        match fs::read_to_string(folder.join(".env")) {
            Ok(text) => Self::new(environment, &text),
            Err(error) if error.kind() == ErrorKind::NotFound => Self::new(environment, ""),
            Err(error) => {
                let mut sources = Self::new(environment, "");
                sources.fault(".env", "a readable text file, or none", error.to_string());
                sources
            }
        }
    }

    pub(super) fn new(environment: BTreeMap<OsString, OsString>, dot_env: &str) -> Self {
        let mut sources = Self { environment, ..Self::default() };
        let text = dot_env.trim_start_matches('\u{feff}');
        for entry in dotenvy::from_read_iter(text.as_bytes()) {
            match entry {
                Ok((name, value)) => {
                    sources.dot_env.insert(name, value);
                }
                // The line itself may hold a secret, so only its number is told.
                Err(dotenvy::Error::LineParse(line, _)) => {
                    let before = text.find(&line).map_or("", |start| &text[..start]);
                    let name = format!(".env line {}", before.lines().count() + 1);
                    sources.fault(
                        &name,
                        "NAME=value, quoted where it has blanks",
                        "it cannot be read".to_owned(),
                    );
                }
                Err(error) => sources.fault(".env", "lines of NAME=value", error.to_string()),
            }
        }
        sources
    }

    fn fault(&mut self, name: &str, expected: &str, why: String) {
        let (name, expected) = (name.to_owned(), expected.to_owned());
        self.faults.push(Fault { name, expected, found: Found::Nothing(why) });
    }

    /// What was said of a name, the environment before `.env`. An empty value says: the default.
    pub(super) fn get(&self, name: &str) -> Option<(OsString, Origin)> {
        let from_environment =
            self.environment.get(&OsString::from(name)).map(|value| (value.clone(), Origin::Environment));
        let from_dot_env = || self.dot_env.get(name).map(|value| (value.into(), Origin::DotEnv));
        from_environment.or_else(from_dot_env).filter(|(value, _)| !value.is_empty())
    }

    pub(super) fn take_faults(&mut self) -> Vec<Fault> {
        std::mem::take(&mut self.faults)
    }
}
