use std::fmt;

use super::origin::Origin;

/// A setting that cannot be used: its name, what was expected and, unless secret, what was found.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) name: String,
    pub(super) expected: String,
    pub(super) found: Found,
}

/// What stood where something else was expected.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    Value { text: String, origin: Origin },
    Secret { origin: Origin },
    Nothing(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected {}; ", self.name, self.expected)?;
        match &self.found {
            Found::Value { text, origin } => write!(f, "found {text:?} in {origin}"),
            Found::Secret { origin } => write!(f, "found another value, which is not shown, in {origin}"),
            Found::Nothing(why) => f.write_str(why),
        }
    }
}

/// Everything that is wrong with the settings, at once.
#[derive(Debug, thiserror::Error)]
pub(crate) struct Misconfigured(pub(super) Vec<Fault>);

impl fmt::Display for Misconfigured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = if self.0.len() == 1 { "setting is" } else { "settings are" };
        write!(f, "{} {settings} wrong, and nothing was started:", self.0.len())?;
        for fault in &self.0 {
            write!(f, "\n  {fault}")?;
        }
        Ok(())
    }
}
