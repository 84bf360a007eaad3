//! One table of several servers beside each other: medians over the runs, followed by the smallest and largest, and what
//! of a core each process took for it.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::client_ids::ClientIds;
use crate::measured::Measured;
use crate::modes::connects::Connects;
use crate::record::{Outcome, Record};
use crate::spread::{median, spread};
use crate::usage::{Usage, Usages};

/// A row of the table: its place, and what it is called.
type Row = (u32, String);

/// The values of each run in each column.
#[derive(Debug, Default)]
struct Comparison<'a> {
    columns: Vec<&'a str>,
    figures: BTreeMap<Row, BTreeMap<&'a str, Figure>>,
}

#[derive(Debug, Default)]
struct Figure {
    values: Vec<f64>,
    decimals: usize,
    usages: Vec<Usages>,
    /// Of all runs together, where a median would hide what must not be.
    is_sum: bool,
}

/// The table of these records.
pub(crate) fn table(records: &[Record]) -> String {
    let mut comparison = Comparison::default();
    for record in records {
        if !comparison.columns.contains(&&*record.label) {
            comparison.columns.push(&record.label);
        }
        comparison.add(record);
    }
    comparison.markdown()
}

impl<'a> Comparison<'a> {
    fn add(&mut self, Record { label, outcome }: &'a Record) {
        match outcome {
            Outcome::Rate(rates) => {
                for measured in rates {
                    let (rate, ack) = (measured.offered, &measured.latencies.ack);
                    self.put(label, (0, format!("{rate:>6.0}/s: ack p50, ms")), ack.p50, 1, None);
                    let row = (0, format!("{rate:>6.0}/s: ack p99, ms"));
                    self.put(label, row, ack.p99, 1, Some(measured.usage));
                }
                self.count_wrong(label, rates);
            }
            Outcome::Ramp(ramp) => {
                let row = match ramp.client_ids {
                    ClientIds::Time => (1, "highest rate/s, p99 < 100 ms".to_owned()),
                    ClientIds::Random => (2, "the same with random client ids".to_owned()),
                };
                self.put(label, row, ramp.highest, 0, ramp.sustained().map(|step| step.usage));
                self.count_wrong(label, &ramp.steps);
            }
            Outcome::Connects(connects) => {
                let Connects { rooms_each, length, per_second, latency, usage } = connects;
                if *rooms_each == 1 {
                    let row = (3, format!("connects/s, in rooms of {length} messages"));
                    self.put(label, row, *per_second, 0, Some(*usage));
                } else {
                    let row = (7, format!("welcome in {rooms_each} rooms: p99, ms"));
                    self.put(label, row, latency.p99, 1, Some(*usage));
                }
            }
            Outcome::Joins(joins) => {
                let row = (8, format!("join where {:.0}/s are posted: p99, ms", joins.offered));
                self.put(label, row, joins.join.p99, 1, Some(joins.usage));
            }
            Outcome::History(readings) => {
                for reading in readings {
                    let row = (4, format!("pages of 50/s, {} of {} messages", reading.place, reading.length));
                    self.put(label, row, reading.pages_per_second, 0, Some(reading.usage));
                }
            }
            Outcome::Idle(idle) => {
                let row = (5, format!("KiB of each of {} idle sockets", idle.sockets));
                self.put(label, row, idle.kib_each, 2, Some(idle.usage));
            }
            Outcome::Storm(_) | Outcome::SlowReader(_) => {}
        }
    }

    fn put(
        &mut self,
        label: &'a str,
        row: Row,
        value: f64,
        decimals: usize,
        usage: Option<Usages>,
    ) -> &mut Figure {
        let figure = self.figures.entry(row).or_default().entry(label).or_default();
        figure.values.push(value);
        figure.decimals = decimals;
        figure.usages.extend(usage);
        figure
    }

    /// At all rates, those that were not sustained too.
    fn count_wrong(&mut self, label: &'a str, measured: &[Measured]) {
        for Measured { wrong, .. } in measured {
            let (lost, misplaced) = (wrong.broken() - wrong.misplaced, wrong.misplaced);
            for (what, count) in [("lost, repeated or unanswered", lost), ("out of order", misplaced)] {
                #[expect(clippy::cast_precision_loss, reason = "counts fit a double")]
                let count = count as f64;
                let row = (6, format!("messages {what}, of all runs at all rates"));
                self.put(label, row, count, 0, None).is_sum = true;
            }
        }
    }

    fn markdown(&self) -> String {
        let mut text = String::from("| |");
        self.columns.iter().for_each(|column| write!(text, " {column} |").expect("a string takes all"));
        text.push_str("\n| --- |");
        text.push_str(&" ---: |".repeat(self.columns.len()));
        text.push('\n');
        for ((_, name), figures) in &self.figures {
            let cells = |show: fn(&Figure) -> String| {
                let cell = |column: &&str| figures.get(column).map_or_else(|| "–".to_owned(), show);
                self.columns.iter().map(cell).collect::<Vec<_>>().join(" | ")
            };
            writeln!(text, "| {} | {} |", name.trim_start(), cells(Figure::spread))
                .expect("a string takes all");
            if figures.values().any(|figure| !figure.usages.is_empty()) {
                writeln!(text, "| CPU %: server + database + generator | {} |", cells(Figure::shares))
                    .expect("a string takes all");
            }
        }
        text
    }
}

impl Figure {
    fn spread(&self) -> String {
        if self.is_sum {
            return format!("{:.0}", self.values.iter().sum::<f64>());
        }
        spread(&self.values, self.decimals)
    }

    /// What server, database and generator took, the medians.
    fn shares(&self) -> String {
        if self.usages.is_empty() {
            return "–".to_owned();
        }
        let share = |of: fn(&Usages) -> Option<Usage>| {
            let shares: Vec<_> = self.usages.iter().filter_map(of).map(|usage| usage.cpu_percent).collect();
            if shares.is_empty() { "–".to_owned() } else { format!("{:.0}", median(&shares)) }
        };
        let (server, database) = (share(|usages| Some(usages.server)), share(|usages| usages.database));
        format!("{server} + {database} + {}", share(|usages| Some(usages.generator)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::modes::idle::Idle;
    use crate::modes::ramp::Ramp;
    use crate::tally::Wrong;

    fn usage(cpu_percent: f64) -> Usage {
        Usage { cpu_percent, peak_rss_mib: 0.0 }
    }

    fn idle(label: &str, kib_each: f64, database: Option<f64>) -> Record {
        let usage =
            Usages { server: usage(10.0 * kib_each), generator: usage(3.0), database: database.map(usage) };
        let (before_mib, after_mib) = (0.0, 0.0);
        let outcome = Outcome::Idle(Idle { sockets: 100, before_mib, after_mib, kib_each, closed: 0, usage });
        Record { label: label.to_owned(), outcome }
    }

    fn ramp(label: &str, steps: Vec<Measured>) -> Record {
        let outcome = Outcome::Ramp(Ramp { highest: 0.0, client_ids: ClientIds::Time, steps });
        Record { label: label.to_owned(), outcome }
    }

    #[test]
    fn servers_stand_beside_each_other_in_the_order_in_which_they_were_given() {
        let records = [
            ramp("plain", Vec::new()),
            idle("plain", 8.0, Some(1.0)),
            idle("SQLite", 3.0, None),
            idle("SQLite", 2.0, None),
        ];
        let expected = "| | plain | SQLite |\n| --- | ---: | ---: |\n\
            | highest rate/s, p99 < 100 ms | 0 | – |\n\
            | KiB of each of 100 idle sockets | 8.00 | 2.50 (2.00–3.00) |\n\
            | CPU %: server + database + generator | 80 + 1 + 3 | 25 + – + 3 |\n";
        assert_eq!(table(&records), expected);
    }

    #[test]
    fn what_went_wrong_is_added_up_over_all_rates_and_runs() {
        let wrong =
            |lost, misplaced| Measured::with(Wrong { lost, misplaced, closed: 9, ..Wrong::default() });
        let records = [ramp("plain", vec![wrong(1, 40), wrong(0, 2)]), ramp("plain", vec![wrong(2, 0)])];
        let table = table(&records);
        for (what, count) in [("lost, repeated or unanswered", 3), ("out of order", 42)] {
            let row = format!("| messages {what}, of all runs at all rates | {count} |\n");
            assert!(table.contains(&row), "{table}");
        }
    }
}
