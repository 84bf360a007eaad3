use super::fault::{Fault, Found, Misconfigured};
use super::origin::Origin;
use super::settings::Setting;
use super::sources::Sources;

/// A setting as `hexroom config` shows it: never a secret's value.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) shown: String,
    pub(super) origin: Origin,
}

/// A value that cannot be used; the reader remembers why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Faulty;

/// Reads one setting after the other and remembers everything that is wrong.
pub(super) struct Reader {
    sources: Sources,
    rows: Vec<Row>,
    faults: Vec<Fault>,
}

impl Reader {
    pub(super) fn new(mut sources: Sources) -> Self {
        let faults = sources.take_faults();
        Self { sources, rows: Vec::new(), faults }
    }

    /// A setting that always has a value. `parse` answers which part of a text is wrong.
    pub(super) fn value<T>(
        &mut self,
        setting: &Setting,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, Faulty> {
        let read = self.optional(setting, &parse)?;
        read.map_or_else(|| parse(setting.default).map_err(|_| Faulty), Ok)
    }

    /// A setting that may be left out.
    pub(super) fn optional<T>(
        &mut self,
        setting: &Setting,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, Faulty> {
        let Some((value, origin)) = self.sources.get(setting.name) else {
            self.row(setting, setting.default, Origin::Default);
            return Ok(None);
        };
        let parsed = match value.to_str() {
            Some(text) => parse(text),
            None => Err(value.to_string_lossy().into_owned()),
        };
        match parsed {
            Ok(parsed) => {
                let in_clear = value.to_string_lossy();
                self.row(setting, if setting.is_secret { "********" } else { &in_clear }, origin);
                Ok(Some(parsed))
            }
            Err(wrong) => {
                self.fault(setting, setting.expected, wrong, origin);
                Err(Faulty)
            }
        }
    }

    /// A setting that must be left out.
    pub(super) fn refuse(&mut self, setting: &Setting) {
        let nothing_will_do = |text: &str| Err::<(), _>(text.to_owned());
        // Where there is none it is good, and else the fault is noted.
        let _ = self.optional(setting, nothing_will_do);
    }

    /// A value that is good by itself, but not beside the others.
    pub(super) fn reject(&mut self, setting: &Setting, expected: &str) {
        if let Some((value, origin)) = self.sources.get(setting.name) {
            self.fault(setting, expected, value.to_string_lossy().into_owned(), origin);
        }
    }

    /// Whether anything was said of a setting.
    pub(super) fn has(&self, setting: &Setting) -> bool {
        self.sources.get(setting.name).is_some()
    }

    /// A setting that must be there beside the others, and is not.
    pub(super) fn miss(&mut self, setting: &Setting, why: &str) {
        let (name, expected) = (setting.name.to_owned(), setting.expected.to_owned());
        self.faults.push(Fault { name, expected, found: Found::Nothing(why.to_owned()) });
    }

    pub(super) fn finish(self) -> Result<Vec<Row>, Misconfigured> {
        if self.faults.is_empty() { Ok(self.rows) } else { Err(Misconfigured(self.faults)) }
    }

    fn row(&mut self, setting: &Setting, shown: &str, origin: Origin) {
        self.rows.push(Row { name: setting.name, shown: shown.to_owned(), origin });
    }

    fn fault(&mut self, setting: &Setting, expected: &str, wrong: String, origin: Origin) {
        let found =
            if setting.is_secret { Found::Secret { origin } } else { Found::Value { text: wrong, origin } };
        let (name, expected) = (setting.name.to_owned(), expected.to_owned());
        self.faults.push(Fault { name, expected, found });
    }
}
