//! What a run writes to a file, and reports and plots read.

use serde::{Deserialize, Serialize};

use crate::measured::Measured;
use crate::modes::connects::Connects;
use crate::modes::history::Reading;
use crate::modes::idle::Idle;
use crate::modes::joins::Joins;
use crate::modes::ramp::Ramp;
use crate::modes::slow_reader::SlowReader;
use crate::modes::storm::Storm;

/// The outcome of a run as it is written to a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) label: String,
    #[serde(flatten)]
    pub(crate) outcome: Outcome,
}

/// What was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "mode", content = "outcome", rename_all = "kebab-case")]
pub(crate) enum Outcome {
    Rate(Vec<Measured>),
    Ramp(Ramp),
    Idle(Idle),
    Storm(Storm),
    SlowReader(Box<SlowReader>),
    History(Vec<Reading>),
    Connects(Connects),
    Joins(Joins),
}

/// A file's content.
pub(crate) fn json(records: &[Record]) -> String {
    serde_json::to_string_pretty(records).expect("a record has text keys")
}
