//! The table of faults (`docs/faults.md`), and the classes of what servers answer.

use std::path::Path;

use serde_json::Value;

use crate::bench::{Bench, CHAIN, CONTRACT, KEY, NOW};
use crate::server::{Server, answer};

/// Each test of the table is there, and asks for the words of its row.
#[test]
fn the_table_of_faults_is_true() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = std::fs::read_to_string(root.join("docs/faults.md")).unwrap();
    let rows: Vec<Vec<&str>> = table.lines().filter(|line| line.starts_with("| ")).map(cells).skip(1).collect();
    assert!(rows.len() > 25, "{}", rows.len());
    for row in rows {
        let [fault, says, class, test] = row.as_slice() else { panic!("{row:?}") };
        let [file, name] = quoted(test)[..] else { panic!("{fault}: {test}") };
        let words = quoted(says)[0];
        let text = std::fs::read_to_string(root.join(file)).unwrap();
        let body = text.split(&format!("fn {name}(")).nth(1).unwrap_or_else(|| panic!("{fault}: no {name} in {file}"));
        let body = body.split("\n}\n").next().unwrap();
        assert!(body.contains(words), "{fault}: {name} does not ask for {words:?}");
        for one in class.split([',', ' ']).filter(|one| !one.is_empty() && *one != "or") {
            assert!(["retryable", "permanent", "operator"].contains(&one), "{fault}: {class}");
        }
    }
}

/// Whatever a token or an answer, the collector and the readers of lists can be said to lack has a row. Read are the sources themselves: a variant
/// or a message that is new is missing here until it has its row.
#[test]
fn the_table_of_faults_is_complete() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |file: &str| {
        let text = std::fs::read_to_string(root.join(file)).unwrap();
        text.split("#[cfg(test)]").next().unwrap().to_owned()
    };
    let table = read("docs/faults.md");
    let said: Vec<&str> = table
        .lines()
        .filter(|line| line.starts_with("| "))
        .map(|line| quoted(cells(line)[1]))
        .filter_map(|words| words.first().copied())
        .collect();
    let fault = read("src/pki/timestamp/fault.rs");
    let variants = fault.split("pub(crate) enum TimestampFault {").nth(1).unwrap().split("\n}\n").next().unwrap();
    let mut messages: Vec<String> = variants.split("#[error(").skip(1).map(literal).collect();
    assert!(messages.len() >= 24, "{messages:#?}");
    let lacks = read("src/ltv/shortage.rs");
    let lacks = lacks.split("fn lack_en").nth(1).unwrap().split("\n    }\n").next().unwrap();
    let lacks: Vec<String> = lacks.split("format!(").skip(1).map(literal).filter(|one| !one.starts_with(';')).collect();
    assert_eq!(lacks.len(), 5, "{lacks:#?}");
    messages.extend(lacks);
    for name in ["accredited", "adobe", "anchors", "etsi", "unchecked", "xml", "xml_canonical", "xml_signature"] {
        let text = read(&format!("src/trustlist/{name}.rs"));
        let made = text.split("Error::new(").skip(1).filter_map(|one| one.split_once(',')).map(|(_, rest)| rest);
        messages.extend(made.filter(|rest| rest.find('"').is_some_and(|at| at < 16)).map(literal));
    }
    assert!(messages.len() >= 40, "{}", messages.len());
    // A bound that no published file comes near.
    let exempt = ["the tree of attached files has too many nodes"];
    for message in messages.iter().filter(|message| !exempt.contains(&message.as_str())) {
        let is_there = said.iter().any(|words| in_common(message, words) >= 12.min(words.len()));
        assert!(is_there, "docs/faults.md has no row for {message:?}");
    }
}

/// The string literal that comes next.
fn literal(source: &str) -> String {
    let start = source.find('"').unwrap() + 1;
    let end = source[start..].match_indices('"').find(|(at, _)| !source[start..start + at].ends_with('\\')).unwrap().0;
    source[start..start + end].replace("\\\"", "\"")
}

/// How long the longest text is that stands in both.
fn in_common(one: &str, other: &str) -> usize {
    let starts = other.char_indices().map(|(at, _)| at).collect::<Vec<_>>();
    let longest = |start: &usize| {
        let ends = other[*start..].char_indices().map(|(at, one)| at + one.len_utf8());
        ends.take_while(|end| one.contains(&other[*start..start + end])).last().unwrap_or(0)
    };
    starts.iter().map(longest).max().unwrap_or(0)
}

fn cells(line: &str) -> Vec<&str> {
    line.trim_matches('|').split(" | ").map(str::trim).collect()
}

/// What stands between backticks.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

#[test]
fn servers_that_fail_have_a_class() {
    let bench = Bench::new();
    for (status, kind, body, class, cause, japanese) in [
        ("401 Unauthorized", "text/plain", "who?", "operator", "401 Unauthorized", "要求を拒否しました"),
        ("404 Not Found", "text/plain", "none", "permanent", "404 Not Found", "要求を拒否しました"),
        ("429 Too Many Requests", "text/plain", "", "retryable", "429 Too Many", "混み合っています"),
        ("503 Service Unavailable", "text/html", "<p>Down</p>", "retryable", "503 Service", "障害があります"),
        ("200 OK", "text/html", "<p>Log in</p>", "operator", "page instead of an answer", "ページを返しました"),
        (
            "200 OK",
            "application/timestamp-reply",
            "0garbage",
            "retryable",
            "answer is not usable",
            "取得できませんでした",
        ),
        ("200 OK", "application/timestamp-reply", "", "retryable", "answer is not usable", "取得できませんでした"),
    ] {
        let server = Server::new(move |_| answer(status, kind, body.as_bytes()));
        let words = format!("sign --key {KEY} --chain {CHAIN} --tsa {} --at {NOW} {CONTRACT} out.pdf", server.url());
        bench.fails_in_both(words.split(' '), &[cause], japanese);
        let run = bench.pades(words.split(' ').chain(["--json"]));
        let json: Value = serde_json::from_str(&run.out).unwrap();
        assert_eq!(
            (run.code, &json["error"]["kind"], &json["error"]["class"]),
            (4, &"timestamp".into(), &class.into())
        );
        assert!(json["error"]["message"].as_str().unwrap().contains(cause) && json["out"].is_null(), "{json}");
    }
}

/// Reports and plans have the class, too.
#[test]
fn every_error_in_json_has_its_class() {
    let bench = Bench::new();
    for words in [
        "verify --json missing.pdf".to_owned(),
        format!("sign --dry-run --key {KEY} --chain {CHAIN} missing.pdf"),
        format!("sign --json --key {KEY} --chain {CHAIN} missing.pdf out.pdf"),
        format!("sign --prepare state --chain {CHAIN} missing.pdf"),
        format!("sign --json --out-dir . --key {KEY} --chain {CHAIN} missing.pdf"),
    ] {
        let run = bench.pades(words.split(' '));
        let json: Value = serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{words}: {}", run.out));
        assert_eq!((run.code, &json["error"]["class"]), (4, &"retryable".into()), "{words}: {json}");
        assert_eq!((&json["error"]["kind"], &json["file"]), (&"io".into(), &"missing.pdf".into()), "{words}");
    }
}
