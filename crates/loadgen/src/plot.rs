//! Latency against rate, as an SVG.

use std::collections::BTreeMap;
use std::error::Error;

use plotters::prelude::*;

use crate::Failure;
use crate::record::{Outcome, Record};

const SIZE: (u32, u32) = (960, 540);

/// Milliseconds on the vertical axis.
const SCALE: std::ops::Range<f64> = 0.5..2_000.0;

/// Colours that differ in brightness too.
const COLOURS: [RGBColor; 4] =
    [RGBColor(0, 92, 169), RGBColor(214, 96, 0), RGBColor(0, 122, 84), RGBColor(120, 60, 140)];

/// The median of each rate that ramps of one label have tried: the rate, and p50 and p99 in
/// milliseconds.
type Curve = Vec<(f64, f64, f64)>;

/// The p50 and p99 of every run at one rate, in milliseconds.
type Samples = (Vec<f64>, Vec<f64>);

/// Draws the ramps among these records, a curve for each label.
pub(crate) fn svg(records: &[Record]) -> Result<String, Failure> {
    let curves = curves(records);
    if curves.is_empty() {
        return Err(Failure::new("there is no ramp among these"));
    }
    let mut svg = String::new();
    draw(&mut svg, &curves).map_err(|error| Failure::new(format!("the plot cannot be drawn: {error}")))?;
    Ok(svg)
}

fn curves(records: &[Record]) -> BTreeMap<&str, Curve> {
    let mut points: BTreeMap<&str, BTreeMap<u64, Samples>> = BTreeMap::new();
    for record in records {
        let Outcome::Ramp(ramp) = &record.outcome else { continue };
        for step in &ramp.steps {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "rates are positive and small"
            )]
            let (p50, p99) = points.entry(&record.label).or_default().entry(step.offered as u64).or_default();
            p50.push(step.latencies.delivery.p50);
            p99.push(step.latencies.delivery.p99);
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "rates are small")]
    let point = |(rate, (p50, p99)): (u64, Samples)| (rate as f64, middle(p50), middle(p99));
    points.into_iter().map(|(label, points)| (label, points.into_iter().map(point).collect())).collect()
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn draw(svg: &mut String, curves: &BTreeMap<&str, Curve>) -> Result<(), Box<dyn Error>> {
    let fastest = curves.values().flatten().map(|(rate, ..)| *rate).fold(0.0, f64::max);
    let area = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .caption("From due until shown to all six members", ("sans-serif", 20))
        .margin(16)
        .x_label_area_size(44)
        .y_label_area_size(64)
        .build_cartesian_2d(0.0..fastest * 1.05, SCALE.log_scale())?;
    chart
        .configure_mesh()
        .x_desc("messages a second")
        .y_desc("milliseconds")
        .x_label_formatter(&|rate| format!("{rate:.0}"))
        .y_label_formatter(&|ms| format!("{ms}"))
        .light_line_style(TRANSPARENT)
        .draw()?;
    for ((label, curve), colour) in curves.iter().zip(COLOURS.iter().cycle()) {
        let p50 = curve.iter().map(|(rate, p50, _)| (*rate, *p50));
        let p99 = curve.iter().map(|(rate, _, p99)| (*rate, *p99));
        for (name, points, style) in [
            ("p99", p99.collect::<Vec<_>>(), colour.stroke_width(3)),
            ("p50", p50.collect::<Vec<_>>(), colour.stroke_width(1)),
        ] {
            chart
                .draw_series(LineSeries::new(points, style))?
                .label(format!("{label}, {name}"))
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 20, y)], style));
        }
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE)
        .border_style(BLACK.mix(0.3))
        .draw()?;
    area.present()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client_ids::ClientIds;
    use crate::modes::ramp::Ramp;
    use crate::usage::Usages;
    use crate::{Latencies, Latency, Measured, Usage, Wrong};

    fn step(offered: f64, p99: f64) -> Measured {
        let latency = Latency { p50: p99 / 4.0, p99, ..Latency::default() };
        let usage = Usage { cpu_percent: 0.0, peak_rss_mib: 0.0 };
        Measured {
            offered,
            achieved: offered,
            acknowledged: 0,
            latencies: Latencies { ack: latency, delivery: latency },
            lateness: Latency::default(),
            wrong: Wrong::default(),
            refused: BTreeMap::new(),
            usage: Usages { server: usage, generator: usage, database: None },
        }
    }

    fn ramp(label: &str, p99: f64) -> Record {
        let steps = vec![step(1_000.0, p99), step(2_000.0, p99 * 2.0)];
        Record {
            label: label.to_owned(),
            outcome: Outcome::Ramp(Ramp { highest: 2_000.0, client_ids: ClientIds::Time, steps }),
        }
    }

    #[test]
    fn a_curve_is_the_median_of_its_ramps() {
        let records = [ramp("SQLite", 9.0), ramp("MySQL", 40.0), ramp("SQLite", 5.0), ramp("SQLite", 7.0)];
        let curves = curves(&records);
        assert_eq!(curves["SQLite"], [(1_000.0, 1.75, 7.0), (2_000.0, 3.5, 14.0)]);
        assert_eq!(curves["MySQL"].len(), 2);
    }

    #[test]
    fn the_plot_names_what_it_shows() {
        let svg = svg(&[ramp("SQLite", 9.0), ramp("MySQL", 40.0)]).expect("drawn");
        assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
        for text in ["SQLite, p99", "MySQL, p50", "messages a second", "milliseconds"] {
            assert!(svg.contains(text), "{text}");
        }
        assert!(super::svg(&[]).is_err());
    }
}
