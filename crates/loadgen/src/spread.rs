/// The median, and the smallest and largest where they differ from it.
pub(crate) fn spread(values: &[f64], decimals: usize) -> String {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let show = |value: f64| format!("{value:.decimals$}");
    let (least, most) = (show(sorted[0]), show(sorted[sorted.len() - 1]));
    let median = show(middle(&sorted));
    if least == most { median } else { format!("{median} ({least}–{most})") }
}

/// The middle one, or the mean of the two in the middle.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    middle(&sorted)
}

fn middle(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { f64::midpoint(sorted[middle - 1], sorted[middle]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_comes_with_the_spread() {
        assert_eq!(spread(&[3.0, 1.0, 2.0], 1), "2.0 (1.0–3.0)");
        assert_eq!(spread(&[4.0, 1.0, 2.0, 3.0], 1), "2.5 (1.0–4.0)");
        assert_eq!(spread(&[7.0], 0), "7");
        assert_eq!(spread(&[7.1, 7.2], 0), "7");
    }
}
