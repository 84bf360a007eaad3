//! Tables in Markdown: medians over the runs, followed by the smallest and largest.

#![expect(clippy::cast_precision_loss, reason = "counts fit a double")]

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::client_ids::ClientIds;
use crate::measured::Measured;
use crate::modes::connects::Connects;
use crate::modes::history::Reading;
use crate::modes::idle::Idle;
use crate::modes::joins::Joins;
use crate::modes::ramp::Ramp;
use crate::modes::slow_reader::SlowReader;
use crate::modes::storm::Storm;
use crate::record::{Outcome, Record};
use crate::spread::spread;
use crate::usage::Usages;

/// The tables of these records, one for each kind of measurement among them.
pub(crate) fn tables(records: &[Record]) -> String {
    let mut tables = Tables::default();
    for Record { label, outcome } in records {
        match outcome {
            Outcome::Rate(rates) => tables.add_rates("2 Rates", label, rates),
            Outcome::Ramp(ramp) => tables.add_ramp(label, ramp),
            Outcome::Idle(idle) => tables.add_idle(label, idle),
            Outcome::Storm(storm) => tables.add_storm(label, storm),
            Outcome::SlowReader(slow) => tables.add_slow_reader(label, slow),
            Outcome::History(readings) => tables.add_readings(label, readings),
            Outcome::Connects(connects) => tables.add_connects(label, connects),
            Outcome::Joins(joins) => tables.add_joins(label, joins),
        }
    }
    let mut text = String::new();
    for (title, table) in &tables.0 {
        let title = title.split_once(' ').map_or(*title, |(_, title)| title);
        writeln!(text, "**{title}**\n\n{table}").expect("a string takes all");
    }
    text
}

/// Tables by their titles, each of which begins with its place.
#[derive(Debug, Default)]
struct Tables(BTreeMap<&'static str, Table>);

impl Tables {
    fn table(&mut self, title: &'static str) -> &mut Table {
        self.0.entry(title).or_default()
    }

    fn add_ramp(&mut self, label: &str, ramp: &Ramp) {
        let label = &match ramp.client_ids {
            ClientIds::Time => label.to_owned(),
            ClientIds::Random => format!("{label}, random client ids"),
        };
        let broken = ramp.steps.iter().filter(|step| !step.wrong.kept_promises()).count();
        self.table("1 Highest rate sustained").row(label).add("messages/s", ramp.highest, 0).add(
            "rates with a broken promise, including the last",
            broken as f64,
            0,
        );
        self.add_rates("3 Rates on the way up", label, &ramp.steps);
    }

    fn add_rates(&mut self, title: &'static str, label: &str, rates: &[Measured]) {
        for Measured { offered, achieved, latencies, lateness, wrong, refused, usage, .. } in rates {
            self.table(title)
                .row(&format!("{label}, {offered:>6.0}/s"))
                .add("done/s", *achieved, 0)
                .add("ack p50 ms", latencies.ack.p50, 1)
                .add("ack p99 ms", latencies.ack.p99, 1)
                .add("to all p50 ms", latencies.delivery.p50, 1)
                .add("to all p99 ms", latencies.delivery.p99, 1)
                .add("written late p99 ms", lateness.p99, 1)
                .add("promises broken", wrong.broken() as f64, 0)
                .add("refused", refused.values().sum::<u64>() as f64, 0)
                .add_cpu(usage)
                .add("generator CPU µs/message", usage.generator.cpu_us_each(*achieved), 0)
                .add("server MiB", usage.server.peak_rss_mib, 0);
        }
    }

    fn add_idle(&mut self, label: &str, idle: &Idle) {
        self.table("4 Idle sockets")
            .row(&format!("{label}, {} sockets", idle.sockets))
            .add("KiB each", idle.kib_each, 2)
            .add("MiB before", idle.before_mib, 1)
            .add("MiB after", idle.after_mib, 1)
            .add("server CPU %", idle.usage.server.cpu_percent, 1)
            .add("closed", idle.closed as f64, 0);
    }

    fn add_storm(&mut self, label: &str, storm: &Storm) {
        self.table("5 Reconnect storm")
            .row(&format!("{label}, {} sockets", storm.sockets))
            .add("back whole", storm.whole as f64, 0)
            .add("p50 ms", storm.back.p50, 0)
            .add("p99 ms", storm.back.p99, 0)
            .add("last ms", storm.back.max, 0)
            .add("refused", storm.refused.values().sum::<u64>() as f64, 0)
            .add("5xx", storm.server_errors as f64, 0);
    }

    fn add_slow_reader(&mut self, label: &str, slow: &SlowReader) {
        self.table("6 Slow readers")
            .row(&format!("{label}, {} slow", slow.slow))
            .add("others' p99 before, ms", slow.before.delivery.p99, 1)
            .add("during, ms", slow.during.delivery.p99, 1)
            .add("held KiB each", slow.held_kib_each, 0)
            .add("closed after s", slow.closed_after, 1)
            .add("resumed whole", f64::from(u8::from(slow.resumed)), 0)
            .add("promises broken", slow.wrong.broken() as f64, 0);
    }

    fn add_readings(&mut self, label: &str, readings: &[Reading]) {
        for Reading { length, place, pages_per_second, latency, usage } in readings {
            self.table("7 History, pages of 50")
                .row(&format!("{label}, {place} of {length:>8} messages"))
                .add("pages/s", *pages_per_second, 0)
                .add("p50 ms", latency.p50, 2)
                .add("p99 ms", latency.p99, 2)
                .add_cpu(usage);
        }
    }

    fn add_connects(&mut self, label: &str, connects: &Connects) {
        let Connects { rooms_each, length, .. } = connects;
        self.table("8 Connecting")
            .row(&format!("{label}, rooms of {length} messages, {rooms_each} an account"))
            .add("connects/s", connects.per_second, 0)
            .add("p50 ms", connects.latency.p50, 1)
            .add("p99 ms", connects.latency.p99, 1)
            .add_cpu(&connects.usage);
    }

    fn add_joins(&mut self, label: &str, joins: &Joins) {
        self.table("9 Joining and leaving a busy room")
            .row(&format!("{label}, {:.0} messages/s", joins.offered))
            .add("join p50 ms", joins.join.p50, 1)
            .add("join p99 ms", joins.join.p99, 1)
            .add("leave p99 ms", joins.leave.p99, 1)
            .add("messages to all p99 ms", joins.latencies.delivery.p99, 1)
            .add("promises broken", joins.wrong.broken() as f64, 0)
            .add_cpu(&joins.usage);
    }
}

/// Rows in the order of their names, each with columns of values, one for each run.
#[derive(Debug, Default)]
struct Table {
    rows: BTreeMap<String, Row>,
}

#[derive(Debug, Default)]
struct Row {
    columns: Vec<Column>,
}

#[derive(Debug)]
struct Column {
    name: &'static str,
    decimals: usize,
    values: Vec<f64>,
}

impl Table {
    fn row(&mut self, name: &str) -> &mut Row {
        self.rows.entry(name.to_owned()).or_default()
    }
}

impl Row {
    fn add(&mut self, name: &'static str, value: f64, decimals: usize) -> &mut Self {
        match self.columns.iter_mut().find(|column| column.name == name) {
            Some(column) => column.values.push(value),
            None => self.columns.push(Column { name, decimals, values: vec![value] }),
        }
        self
    }

    fn add_cpu(&mut self, usage: &Usages) -> &mut Self {
        self.add("server CPU %", usage.server.cpu_percent, 0)
            .add("database CPU %", usage.database.map_or(0.0, |usage| usage.cpu_percent), 0)
            .add("generator CPU %", usage.generator.cpu_percent, 0)
    }
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Some(first) = self.rows.values().next() else { return Ok(()) };
        write!(f, "| |")?;
        first.columns.iter().try_for_each(|column| write!(f, " {} |", column.name))?;
        write!(f, " runs |\n| --- |")?;
        first.columns.iter().try_for_each(|_| write!(f, " ---: |"))?;
        writeln!(f, " ---: |")?;
        for (name, row) in &self.rows {
            write!(f, "| {name} |")?;
            row.columns
                .iter()
                .try_for_each(|column| write!(f, " {} |", spread(&column.values, column.decimals)))?;
            writeln!(f, " {} |", row.columns.first().map_or(0, |column| column.values.len()))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_the_same_kind_share_a_row() {
        let mut table = Table::default();
        for (name, value) in [("b", 2.0), ("a", 5.0), ("a", 6.0), ("a", 10.0)] {
            table.row(name).add("ms", value, 0).add("count", 1.0, 0);
        }
        let expected = "| | ms | count | runs |\n| --- | ---: | ---: | ---: |\n\
            | a | 6 (5–10) | 1 | 3 |\n| b | 2 | 1 | 1 |\n";
        assert_eq!(table.to_string(), expected);
    }
}
