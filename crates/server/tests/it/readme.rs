//! Runs the README's tour, so that it stays correct.
//!
//! The tour is all fenced blocks marked `console`, in their order, run by one bash in an otherwise
//! empty folder:
//!
//! - A line that begins with `$ ` is a command; lines that begin with `> ` directly after it continue it.
//! - All other lines are what the commands before them print, on stdout or stderr. `…` stands for any
//!   text within a line; a line of `…` alone stands for any number of lines. White space at the end of a
//!   line does not count.
//! - Anything that looks like a generated id, an instant or a token is the same as any other of its kind.
//! - `http://127.0.0.1:8080` and `target/release/hexroom` become the server and the binary under test.
//!   The server runs as it does with nothing configured, rate limits and bcrypt and the embedded store
//!   included, whichever store is under test elsewhere.
//!
//! It takes bash, curl, jq and Node.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Stdio;

use tokio::process::Command;
use tokio::time::timeout;

use crate::support::{DEADLINE, Server, Store};

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");

/// A command and its expected output.
#[derive(Debug, PartialEq)]
struct Step {
    command: String,
    prints: Vec<String>,
}

#[tokio::test]
async fn the_tour_works_as_printed() {
    let readme = fs::read_to_string(README).expect("there is a README");
    let steps = steps(&readme);
    assert!(steps.len() > 10, "the tour has only {} commands", steps.len());
    for tool in ["bash", "curl", "jq", "node"] {
        let found = Command::new(tool).arg("--version").output().await;
        assert!(found.is_ok_and(|output| output.status.success()), "the tour takes {tool}");
    }

    let as_usual = [("RATE_LIMITS", "default"), ("PASSWORD_SCHEME", "bcrypt")];
    let server = Server::start_on(Store::Embedded, &as_usual).await;
    let binaries = server.home().join("target/release");
    fs::create_dir_all(&binaries).expect("a folder can be made");
    symlink(env!("CARGO_BIN_EXE_hexroom"), binaries.join("hexroom")).expect("a link can be made");

    let script = script(&steps).replace("http://127.0.0.1:8080", &server.url());
    let running = Command::new("bash")
        .args(["-c", &script])
        .current_dir(server.home())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = timeout(DEADLINE * 4, running).await.expect("the tour ends").expect("bash runs");
    let printed = String::from_utf8(output.stdout).expect("the tour prints text");
    let printed = printed.replace(&server.url(), "http://127.0.0.1:8080");
    let mut differences = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        let actual = printed_by(&printed, number);
        if !fits(&step.prints, &actual) {
            let (expected, actual) = (step.prints.join("\n"), actual.join("\n"));
            differences.push(format!("$ {}\n--- expected\n{expected}\n--- actual\n{actual}", step.command));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
}

#[test]
fn every_link_to_a_file_leads_to_one() {
    let root = Path::new(README).parent().expect("a folder");
    let documents = ["docs", "docs/adr"].into_iter().flat_map(|folder| {
        fs::read_dir(root.join(folder)).expect(folder).map(|entry| entry.expect("an entry").path())
    });
    for document in
        documents.chain([README.into()]).filter(|path| path.extension().is_some_and(|end| end == "md"))
    {
        let text = fs::read_to_string(&document).expect("a text");
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = link.split('#').next().unwrap_or_default();
            let target = document.parent().expect("a folder").join(file);
            assert!(link.contains("://") || target.exists(), "{} links to {link}", document.display());
        }
    }
}

/// The commands of all `console` blocks, in order.
fn steps(readme: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut is_console = false;
    for line in readme.lines() {
        if let Some(language) = line.strip_prefix("```") {
            is_console = !is_console && language == "console";
        } else if is_console {
            match (line.strip_prefix("$ "), steps.last_mut()) {
                (Some(command), _) => steps.push(Step { command: command.to_owned(), prints: Vec::new() }),
                (None, Some(step)) => match line.strip_prefix('>') {
                    Some(more) if step.prints.is_empty() => {
                        step.command.push('\n');
                        step.command.push_str(more.strip_prefix(' ').unwrap_or(more));
                    }
                    _ => step.prints.push(line.to_owned()),
                },
                (None, None) => panic!("a block begins with output: {line}"),
            }
        }
    }
    steps
}

/// One script of all commands, with a mark before what each of them prints.
fn script(steps: &[Step]) -> String {
    let marked = steps.iter().enumerate();
    let mut lines: Vec<_> = marked
        .flat_map(|(number, step)| [format!("echo '{}'", mark(number)), step.command.clone()])
        .collect();
    lines.insert(0, "exec 2>&1".to_owned());
    lines.push(format!("echo '{}'", mark(steps.len())));
    lines.join("\n")
}

fn mark(number: usize) -> String {
    format!("=== step {number} ===")
}

fn printed_by(printed: &str, number: usize) -> Vec<String> {
    let after = printed.split(&mark(number)).nth(1).unwrap_or_default();
    let between = after.split(&mark(number + 1)).next().unwrap_or_default();
    between.trim_matches('\n').lines().map(str::to_owned).collect()
}

/// Whether these lines are the expected ones.
fn fits(expected: &[String], actual: &[String]) -> bool {
    match expected.split_first() {
        None => actual.is_empty(),
        Some((line, rest)) if line.trim() == "…" => {
            (0..=actual.len()).any(|skipped| fits(rest, &actual[skipped..]))
        }
        Some((line, rest)) => {
            actual.split_first().is_some_and(|(first, others)| line_fits(line, first) && fits(rest, others))
        }
    }
}

fn line_fits(expected: &str, actual: &str) -> bool {
    let (expected, actual) = (normal(expected.trim_end()), normal(actual.trim_end()));
    let mut parts = expected.split('…');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = actual.strip_prefix(first) else { return false };
    let mut parts: Vec<_> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// The line with all generated words replaced by the name of their kind.
fn normal(line: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    let mut normal = String::new();
    let mut rest = line;
    while let Some(start) = rest.find(is_part) {
        let length = rest[start..].find(|c| !is_part(c)).unwrap_or(rest.len() - start);
        normal.push_str(&rest[..start]);
        normal.push_str(kind(&rest[start..start + length]));
        rest = &rest[start + length..];
    }
    normal + rest
}

fn kind(word: &str) -> &str {
    let shape: String = word.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let dashes: Vec<_> = word.match_indices('-').map(|(at, _)| at).collect();
    let is_hex = word.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    if shape == "0000-00-00T00:00:00.000Z" {
        "<instant>"
    } else if word.len() == 36 && is_hex && dashes == [8, 13, 18, 23] {
        "<id>"
    } else if word.len() >= 43 && !word.contains(':') {
        "<token>"
    } else {
        word
    }
}

#[test]
fn a_tour_is_read_into_commands_and_their_output() {
    let readme = "text\n```sh\n$ no\n```\n```console\n$ one\n> more\nout\n> quoted\n$ two\n```\n";
    let step = |command: &str, prints: &[&str]| Step {
        command: command.to_owned(),
        prints: prints.iter().map(|line| (*line).to_owned()).collect(),
    };
    assert_eq!(steps(readme), [step("one\nmore", &["out", "> quoted"]), step("two", &[])]);
}

#[test]
fn generated_words_and_ellipses_fit_anything_of_their_kind_and_nothing_else() {
    assert!(line_fits("id 0198c0de-0000-7000-8000-000000000001 ", "id 0198ffff-1111-7222-8333-444444444444"));
    assert!(line_fits("\"2026-01-01T00:00:00.000Z\"", "\"2031-12-31T23:59:59.999Z\""));
    assert!(line_fits("{\"a\":…}", "{\"a\":[1,2]}"));
    assert!(!line_fits("{\"fee\":150}", "{\"fee\":151}"));
    assert!(!line_fits("{\"fee\":…,\"a\":1}", "{\"fee\":2,\"a\":2}"));
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    assert!(fits(&lines("a\n…\nd"), &lines("a\nb\nc\nd")));
    assert!(!fits(&lines("a\n…\nd"), &lines("a\nb\nc")));
    assert!(!fits(&lines("a"), &lines("a\nb")));
}
