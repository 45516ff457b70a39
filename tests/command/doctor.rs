//! `doctor` and `renew`: what is missing, by when, and doing it.

use serde_json::Value;

use crate::bench::{Bench, NOW, signed};

/// The day on which the archived file's timestamp ends is about ten years off: this is a month before.
const MONTH_BEFORE: &str = "2037-12-01T00:00:00Z";

fn bench() -> Bench {
    let bench = Bench::new();
    for name in ["signed.pdf", "archived.pdf", "anchor.pem"] {
        bench.write(name, signed().read(name));
    }
    bench
}

fn json(text: &str) -> Value {
    serde_json::from_str(text.lines().next().unwrap()).unwrap()
}

#[test]
fn the_doctor_says_what_is_missing_and_until_when() {
    let bench = bench();
    let doctor = |words: &str| bench.does(&format!("doctor --trust anchor.pem --at {NOW} {words}"));
    let seen = json(&doctor("--json signed.pdf").out);
    assert_eq!((&seen["level_after"], &seen["verdict"]), (&"B-LTA".into(), &"INDETERMINATE".into()));
    let wanted: Vec<(&str, &str)> = seen["missing"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["for"].as_str().unwrap(), one["what"].as_str().unwrap()))
        .collect();
    assert!(wanted.contains(&("B-LT", "revocation_value")) && wanted.contains(&("B-LTA", "document_timestamp")));
    assert!(!wanted.iter().any(|one| one.0 == "B-T"), "{wanted:?}");
    let url = seen["missing"][0]["url"].as_str().unwrap();
    assert!(url.starts_with("http://authority.invalid/") && seen["missing"][0]["certificate"].is_string(), "{seen}");
    // Asked, it verifies, until the timestamp's certificate ends.
    let asked = json(&doctor("--online --json signed.pdf").out);
    assert_eq!((&asked["verdict"], &asked["missing"]), (&"TOTAL-PASSED".into(), &seen["missing"]));
    assert!(asked["because"][0].as_str().unwrap().contains("Timestamp Unit"), "{asked}");
    let whole = json(&doctor("--json archived.pdf").out);
    assert_eq!((&whole["missing"], &whole["verdict"]), (&Value::Array(Vec::new()), &"TOTAL-PASSED".into()));
    assert_eq!(whole["verifies_until"], whole["renewal_due"]);
    for (language, words) in [("en", ["What is missing:", "For B-LTA:"]), ("ja", ["不足しているもの", "B-LTA:"])]
    {
        let run = doctor(&format!("--lang {language} signed.pdf archived.pdf"));
        assert!(
            words.iter().all(|word| run.out.contains(word)) && run.out.contains("== archived.pdf =="),
            "{}",
            run.out
        );
    }
    bench.write("page.pdf", "<html>");
    let run = bench.pades(["doctor", "--json", "--trust", "anchor.pem", "--at", NOW, "page.pdf", "archived.pdf"]);
    let broken = json(&run.out);
    assert_eq!((run.code, &broken["error"]["kind"]), (4, &"not_pdf".into()));
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<std::collections::BTreeSet<_>>();
    assert_eq!(keys(&broken), keys(&whole), "all keys are always there");
    bench.fails(["doctor"], &["FILE", "pades help doctor"]);
}

#[test]
fn what_is_due_is_renewed_and_nothing_else() {
    let bench = bench();
    std::fs::create_dir_all(bench.path("out")).unwrap();
    let due = json(&bench.does(&format!("doctor --json --trust anchor.pem --at {NOW} archived.pdf")).out);
    let due = due["renewal_due"].as_str().unwrap().to_owned();
    assert!(due.as_str() > MONTH_BEFORE && due.as_str() < "2038", "{due}");
    // From the file alone, ten years later and offline, it is the same day.
    let plan = json(
        &bench
            .does(&format!("renew --dry-run --json --trust anchor.pem --at {MONTH_BEFORE} archived.pdf signed.pdf"))
            .out,
    );
    assert_eq!((&plan["files"][0]["due"], &plan["files"][0]["state"]), (&due.as_str().into(), &"due".into()), "{plan}");
    assert_eq!(
        (&plan["files"][1]["file"], &plan["files"][1]["state"]),
        (&"signed.pdf".into(), &"unknown".into()),
        "{plan}"
    );
    assert_eq!(plan["groups"][0]["due"], due.as_str());
    let words =
        |at: &str| format!("renew --tsa local --online --trust anchor.pem --out-dir out --at {at} archived.pdf");
    let run = bench.does(&words(NOW));
    assert!(run.err.contains("0 of 0") && run.out.contains("later"), "{}{}", run.out, run.err);
    let run = bench.does(&words(MONTH_BEFORE));
    assert!(run.err.contains("1 of 1"), "{}{}", run.out, run.err);
    let longer = bench.read("out/archived.pdf");
    assert!(longer.starts_with(&bench.read("archived.pdf")) && longer.len() > bench.read("archived.pdf").len());
    let after = json(&bench.does(&format!("renew --dry-run --json --trust anchor.pem --at {MONTH_BEFORE} out")).out);
    assert_eq!(after["files"][0]["state"], "later", "{after}");
    assert!(after["files"][0]["due"].as_str().unwrap() > "2047", "{after}");
    let late = bench.pades(words("2039-01-01T00:00:00Z").split(' '));
    assert!(late.code == 4 && late.out.contains("overdue"), "{}{}", late.out, late.err);
    let run = bench.does(&format!("renew --dry-run --csv --lang ja --trust anchor.pem --at {NOW} archived.pdf"));
    assert!(
        run.out.starts_with("authority,ca,due,state,file,until,because,error\r\n") && run.out.contains(&due),
        "{}",
        run.out
    );
    let marked =
        bench.does(&format!("renew --dry-run --csv --bom --lang ja --trust anchor.pem --at {NOW} archived.pdf"));
    assert_eq!(marked.out, format!("\u{feff}{}", run.out), "for Excel");
    bench.fails(["renew", "--dry-run", "--bom", "archived.pdf"], &["--bom is given without --csv"]);
    bench.fails(["renew", "archived.pdf"], &["--dry-run"]);
    bench.fails(["renew", "--in-place", "archived.pdf"], &["--tsa"]);
    bench.fails(["renew", "--in-place", "--out-dir", "out", "--tsa", "local", "archived.pdf"], &["exclude"]);
}
