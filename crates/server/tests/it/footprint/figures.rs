use std::collections::{BTreeMap, BTreeSet};
use std::{env, fs};

/// Where the accepted figures are, by the kind of store.
const ACCEPTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/footprint/accepted.json");

/// By how many per cent a figure may differ from what was accepted.
const TOLERANCE: u64 = 5;

type ByName = BTreeMap<String, u64>;

/// Figures by their names.
#[derive(Debug, Default)]
pub(crate) struct Figures(ByName);

impl Figures {
    /// Notes a figure.
    pub(crate) fn note(&mut self, name: &str, figure: u64) {
        self.0.insert(name.to_owned(), figure);
    }

    /// Fails if any of them is not as accepted. If `HEXROOM_ACCEPT_FOOTPRINT` is set, they are accepted.
    pub(crate) fn compare(self, store: &str) {
        let text = fs::read_to_string(ACCEPTED).expect("the accepted figures");
        let mut accepted: BTreeMap<String, ByName> = serde_json::from_str(&text).expect("figures by store");
        if env::var_os("HEXROOM_ACCEPT_FOOTPRINT").is_some() {
            accepted.insert(store.to_owned(), self.0);
            let text = serde_json::to_string_pretty(&accepted).expect("figures are JSON") + "\n";
            fs::write(ACCEPTED, text).expect("the accepted figures can be written");
            return;
        }
        let changes = changes(accepted.get(store).unwrap_or(&ByName::new()), &self.0);
        assert!(
            changes.is_empty(),
            "on {store} this costs more or less than was accepted:\n{}\nIf it should, accept it: \
             scripts/footprint --accept",
            changes.join("\n"),
        );
    }
}

/// What is not as accepted.
fn changes(accepted: &ByName, counted: &ByName) -> Vec<String> {
    let names: BTreeSet<_> = accepted.keys().chain(counted.keys()).collect();
    let change = |name: &String| match (accepted.get(name), counted.get(name)) {
        (Some(accepted), Some(counted)) => {
            let is_change = counted.abs_diff(*accepted) * 100 > accepted * TOLERANCE;
            is_change.then(|| format!("{name}: {counted} in place of {accepted}"))
        }
        (Some(accepted), None) => Some(format!("{name}: {accepted} was accepted, and is not counted")),
        (None, counted) => counted.map(|counted| format!("{name}: {counted}, of which nothing was accepted")),
    };
    names.into_iter().filter_map(change).collect()
}

#[test]
fn a_change_of_more_than_five_per_cent_is_named() {
    let by_name = |figures: &[(&str, u64)]| {
        figures.iter().map(|&(name, figure)| (name.to_owned(), figure)).collect::<ByName>()
    };
    let accepted = by_name(&[("gone", 3), ("instructions", 1_000), ("same", 100), ("trips", 1)]);
    let counted = by_name(&[("instructions", 940), ("new", 2), ("same", 105), ("trips", 2)]);
    let expected = [
        "gone: 3 was accepted, and is not counted",
        "instructions: 940 in place of 1000",
        "new: 2, of which nothing was accepted",
        "trips: 2 in place of 1",
    ];
    assert_eq!(changes(&accepted, &counted), expected);
    assert!(changes(&accepted, &accepted).is_empty());
}
