use super::reader::Row;

/// Rows with their columns aligned.
pub(super) fn of(rows: &[Row]) -> String {
    let width = rows.iter().map(|row| row.shown.chars().count()).max().unwrap_or(0).max("VALUE".len());
    let line = |name: &str, shown: &str, origin: &str| format!("{name:<19}  {shown:<width$}  {origin}\n");
    let mut lines = vec![line("NAME", "VALUE", "SOURCE")];
    lines.extend(rows.iter().map(|row| line(row.name, &row.shown, &row.origin.to_string())));
    lines.concat()
}
