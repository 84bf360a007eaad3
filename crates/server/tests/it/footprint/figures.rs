use std::collections::{BTreeMap, BTreeSet};
use std::{env, fs};

/// Where the accepted figures are, by the kind of store.
const ACCEPTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/footprint/accepted.json");

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
            (counted != accepted).then(|| format!("{name}: {counted} in place of {accepted}"))
        }
        (Some(accepted), None) => Some(format!("{name}: {accepted} was accepted, and is not counted")),
        (None, counted) => counted.map(|counted| format!("{name}: {counted}, of which nothing was accepted")),
    };
    names.into_iter().filter_map(change).collect()
}

#[test]
fn a_figure_that_is_not_as_accepted_is_named() {
    let by_name = |figures: &[(&str, u64)]| {
        figures.iter().map(|&(name, figure)| (name.to_owned(), figure)).collect::<ByName>()
    };
    let accepted = by_name(&[("dearer", 1), ("gone", 3), ("same", 100)]);
    let counted = by_name(&[("dearer", 2), ("new", 2), ("same", 100)]);
    let expected = [
        "dearer: 2 in place of 1",
        "gone: 3 was accepted, and is not counted",
        "new: 2, of which nothing was accepted",
    ];
    assert_eq!(changes(&accepted, &counted), expected);
    assert!(changes(&accepted, &accepted).is_empty());
}
