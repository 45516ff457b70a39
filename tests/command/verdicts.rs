//! `verify`: exit codes and JSON, as scripts rely on them.

use std::collections::BTreeSet;

use pades_ltv::authority::Authority;
use pades_ltv::{Collector, Document, Fetch, FetchRequest, Signing, Time};
use serde_json::Value;

use crate::bench::{Bench, CONTRACT, NOW, signed};

const FILE_KEYS: [&str; 14] = [
    "transaction",
    "constraints",
    "modification_rule",
    "schema",
    "file",
    "error",
    "verdict",
    "validation_time",
    "policy",
    "model",
    "revisions",
    "signatures",
    "findings",
    "outlook",
];
const SIGNATURE_KEYS: [&str; 26] = [
    "content_timestamps",
    "signature_policy",
    "commitment_types",
    "signer_attributes",
    "chain",
    "revocation",
    "level_findings",
    "associated",
    "process",
    "field",
    "kind",
    "revision",
    "sub_filter",
    "indication",
    "sub_indication",
    "level",
    "intact",
    "covers",
    "modification",
    "signer",
    "trust_source",
    "claimed_time",
    "best_signature_time",
    "signature_timestamps",
    "findings",
    "long_term",
];

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn json(line: &str) -> Value {
    serde_json::from_str(line).unwrap()
}

/// A copy of a signed file with one byte of the first page changed.
fn broken(bench: &Bench) {
    let mut bytes = signed().read("archived.pdf");
    bytes[50_000] ^= 1;
    bench.write("broken.pdf", bytes);
}

#[test]
fn what_is_signed_and_augmented_verifies_at_b_lta() {
    let run = signed().does(&format!("verify --json --trust anchor.pem --at {NOW} archived.pdf"));
    let report = json(&run.out);
    assert_eq!(report["verdict"], "TOTAL-PASSED");
    assert_eq!(report["revisions"], 4);
    let [signature, stamp] = report["signatures"].as_array().unwrap().as_slice() else { panic!("{report}") };
    assert_eq!((&signature["level"], &signature["kind"]), (&json("\"B-LTA\""), &json("\"signature\"")));
    assert_eq!((&signature["trust_source"], &signature["intact"]), (&json("\"anchor.pem\""), &json("true")));
    assert_eq!(signature["claimed_time"], "2027-06-01T00:00:00Z");
    assert_eq!((&stamp["kind"], &stamp["covers"]), (&json("\"document_timestamp\""), &json("\"file\"")));
    let base = std::fs::read(CONTRACT).unwrap();
    assert!(signed().read("archived.pdf").starts_with(&base));
}

#[test]
fn the_exit_code_is_that_of_the_worst_file() {
    let bench = signed();
    broken(bench);
    for (files, code) in [
        ("archived.pdf", 0),
        ("broken.pdf", 1),
        ("signed.pdf", 2),
        (CONTRACT, 3),
        ("missing.pdf", 4),
        ("archived.pdf archived.pdf", 0),
        (&format!("archived.pdf {CONTRACT}"), 3),
        (&format!("{CONTRACT} signed.pdf archived.pdf"), 2),
        ("signed.pdf broken.pdf archived.pdf", 1),
        ("broken.pdf missing.pdf archived.pdf", 4),
    ] {
        let words = format!("verify --trust anchor.pem --at {NOW} {files}");
        let run = bench.pades(words.split(' '));
        assert_eq!(run.code, code, "{files}: {}{}", run.out, run.err);
    }
}

/// As attacks leave it: what some viewers show stands behind what was signed, and strict readers refuse the file.
#[test]
fn a_file_that_is_broken_behind_what_was_signed_is_judged_and_never_passes() {
    let bench = signed();
    let archived = bench.read("archived.pdf");
    bench.write("attacked.pdf", [&archived[..], b"1 0 obj(shown instead)endobj\nstartxref\n9\n%%EOF\n"].concat());
    let words = format!("verify --trust anchor.pem --at {NOW} attacked.pdf");
    let run = bench.pades(words.split(' ').chain(["--json"]));
    assert_eq!(run.code, 2, "{}", run.err);
    let report = json(&run.out);
    assert_eq!((&report["verdict"], &report["error"]), (&json("\"INDETERMINATE\""), &Value::Null));
    assert_eq!(report["findings"][0]["code"], "structure", "{report}");
    for signature in report["signatures"].as_array().unwrap() {
        assert_eq!((&signature["intact"], &signature["indication"]), (&json("true"), &json("\"INDETERMINATE\"")));
        let findings = signature["findings"].as_array().unwrap();
        assert!(findings.iter().any(|finding| finding["code"] == "stray_bytes"), "{signature}");
    }
    for (language, words_of_it) in [("en", "the file is broken behind byte"), ("ja", "壊れて")] {
        let run = bench.pades(words.split(' ').chain(["--lang", language]));
        assert_eq!(run.code, 2, "{}", run.err);
        assert!(run.out.contains(words_of_it) && !run.out.contains("repair"), "{}", run.out);
    }
}

/// As signature wrapping leaves it: nothing says where the signature is, and lenient viewers show it. Commands that write refuse the file.
#[test]
fn a_signature_that_had_to_be_searched_for_is_told_and_fails() {
    let bench = signed();
    let mut lost = bench.read("archived.pdf");
    for at in (0..lost.len() - 9).filter(|at| lost[*at..].starts_with(b"startxref")).collect::<Vec<_>>() {
        lost[at + 5..at + 9].copy_from_slice(b"lost");
    }
    bench.write("lost.pdf", &lost);
    let words = format!("verify --trust anchor.pem --at {NOW} lost.pdf");
    let run = bench.pades(words.split(' ').chain(["--json"]));
    assert_eq!(run.code, 1, "{}", run.err);
    let report = json(&run.out);
    assert_eq!((&report["verdict"], &report["revisions"]), (&json("\"TOTAL-FAILED\""), &json("0")));
    assert_eq!(report["signatures"].as_array().unwrap().len(), 2, "{report}");
    for signature in report["signatures"].as_array().unwrap() {
        assert_eq!((&signature["revision"], &signature["modification"]), (&Value::Null, &json("\"unknown\"")));
    }
    for (language, words_of_it) in [("en", "as lenient viewers do"), ("ja", "ファイル全体を検索して署名を見つけました")]
    {
        let run = bench.pades(words.split(' ').chain(["--lang", language]));
        assert_eq!(run.code, 1, "{}", run.err);
        assert!(run.out.contains(words_of_it) && !run.out.contains("repair"), "{}", run.out);
    }
    for words in ["augment --lta --in-place", "timestamp --in-place", "sign --in-place", "revisions", "doctor"] {
        bench.fails(words.split(' ').chain(["lost.pdf"]), &["cut off"]);
    }
    bench.fails(["sign", "--repair", "--in-place", "lost.pdf"], &["holds a signature"]);
}

#[test]
fn an_overwritten_cross_reference_is_called_so() {
    let bench = Bench::new();
    let mut bytes = std::fs::read(CONTRACT).unwrap();
    let row = bytes.windows(20).rposition(|row| row.ends_with(b" 00000 n \n")).unwrap();
    bytes[row..row + 20].copy_from_slice(b"<</Contents<00>>>   ");
    bench.write("overwritten.pdf", bytes);
    let words = format!("verify --at {NOW} overwritten.pdf");
    bench.fails_in_both(words.split(' '), &["was overwritten or damaged"], "上書きされているか");
}

#[test]
fn json_is_one_object_a_line_with_all_keys_whatever_the_file() {
    let bench = signed();
    bench.write("page.pdf", "<html>503</html>");
    let words = format!("verify --json --at {NOW} archived.pdf {CONTRACT} page.pdf missing.pdf");
    let run = bench.pades(words.split(' '));
    assert_eq!((run.code, run.err.as_str()), (4, ""));
    let reports: Vec<Value> = run.out.lines().map(json).collect();
    let expected: BTreeSet<&str> = FILE_KEYS.into_iter().collect();
    for (report, file) in reports.iter().zip(["archived.pdf", CONTRACT, "page.pdf", "missing.pdf"]) {
        assert_eq!(keys(report), expected, "{file}");
        assert_eq!((&report["schema"], &report["file"]), (&json("\"pades-ltv/report/1\""), &file.into()));
    }
    let verdicts: Vec<&Value> = reports.iter().map(|report| &report["verdict"]).collect();
    assert_eq!(verdicts, [&json("\"INDETERMINATE\""), &json("\"NO-SIGNATURE\""), &Value::Null, &Value::Null]);
    assert_eq!(reports[0]["error"], Value::Null);
    assert_eq!((&reports[2]["error"]["kind"], &reports[3]["error"]["kind"]), (&"not_pdf".into(), &"io".into()));
    for signature in reports[0]["signatures"].as_array().unwrap() {
        for key in SIGNATURE_KEYS {
            assert!(signature.get(key).is_some(), "{key} is missing in {signature}");
        }
        assert!(keys(&signature["signer"]).is_superset(&["subject", "issuer", "serial"].into_iter().collect()));
    }
}

#[test]
fn the_caller_says_by_what_it_is_judged() {
    let verify = |options: &str| {
        let words = format!("verify --json --trust anchor.pem --at {NOW} {options} archived.pdf");
        let run = signed().pades(words.split(' ').filter(|word| !word.is_empty()));
        (run.code, json(&run.out))
    };
    let (code, report) = verify("");
    assert_eq!((code, &report["policy"], &report["model"]), (0, &"etsi-119312".into(), &"shell".into()));
    assert_eq!(report["outlook"], Value::Null);
    for policy in ["etsi-119312", "cryptrec", "permissive"] {
        let (code, report) = verify(&format!("--policy {policy} --model chain"));
        assert_eq!((code, &report["policy"], &report["model"]), (0, &policy.into(), &"chain".into()));
    }
    for (option, value) in [
        ("--policy", "strict"),
        ("--model", "hybrid"),
        ("--future", "tomorrow"),
        ("--require", "luck"),
        ("--waive", "all"),
        ("--modifications", "none"),
        ("--signature-policy", "1.2.3"),
    ] {
        signed().fails(["verify", option, value, "archived.pdf"], &[option, value, "expected"]);
    }
}

#[test]
fn checks_are_asked_for_and_waived() {
    let verify = |options: &str| {
        let words = format!("verify --json --trust anchor.pem --at {NOW} {options}");
        let run = signed().pades(words.split(' '));
        (run.code, json(&run.out))
    };
    let has = |report: &Value, name: &str| report["constraints"].as_array().unwrap().contains(&name.into());
    // Without evidence, nobody knows whether anybody was revoked.
    let (code, report) = verify("signed.pdf");
    assert!(code == 2 && has(&report, "signer_revocation") && !has(&report, "content_commitment"), "{report}");
    let waived = "--waive signer_revocation --waive authority_revocation --waive timestamp_revocation";
    let (code, report) = verify(&format!("{waived} --require content_commitment --policy cryptrec signed.pdf"));
    assert!(!has(&report, "signer_revocation") && has(&report, "content_commitment"), "{report}");
    assert_eq!((code, &report["policy"]), (0, &"cryptrec".into()), "{report}");
    let (_, report) = verify(&format!("{waived} --require signer_revocation signed.pdf"));
    assert!(has(&report, "signer_revocation"), "the last word counts: {report}");
    let (code, report) = verify("--modifications evidence_only archived.pdf");
    assert_eq!((code, &report["modification_rule"]), (0, &"evidence_only".into()));
    signed().fails(["verify", "--signature-policy", "2.999.1=none.pdf", "archived.pdf"], &["none.pdf"]);
}

#[test]
fn the_future_is_told_to_people_and_to_programs() {
    let verify = |form: &str, future: &str| {
        let words = format!("verify {form} --trust anchor.pem --at {NOW} --future {future} archived.pdf");
        signed().does(&words).out
    };
    let report = json(&verify("--json", "2030-01-01T00:00:00Z"));
    assert_eq!(report["outlook"]["survives"], true);
    assert_eq!(report["outlook"]["asked"], "2030-01-01T00:00:00Z");
    let report = json(&verify("--json", "2099-01-01T00:00:00Z"));
    assert_eq!(report["outlook"]["survives"], false);
    assert!(report["outlook"]["holds_until"].as_str().unwrap() < "2099");
    assert_eq!(report["outlook"]["lost"][0]["field"], "Signature1");
    assert!(report["outlook"]["at_hand"]["until"].as_str() <= report["outlook"]["holds_until"].as_str());
    assert!(report["outlook"]["renewed"].as_object().unwrap().contains_key("causes"));
    assert!(verify("--text", "2030-01-01T00:00:00Z").contains("Expected to verify at 2030-01-01"));
    assert!(verify("--lang ja", "2099-01-01T00:00:00Z").contains("有効と判定できない見込みです"));
    signed().fails(["verify", "--at", NOW, "--future", NOW, "archived.pdf"], &["--future", "later"]);
}

#[test]
fn every_step_is_told_on_request_only() {
    let verify = format!("verify --trust anchor.pem --at {NOW} archived.pdf");
    let (panel, explained) = (signed().does(&verify).out, signed().does(&format!("{verify} --explain")).out);
    assert!(explained.starts_with(&panel) && !panel.contains("5.2.6"));
    for clause in ["5.2.2", "5.2.6", "5.3", "5.6.3"] {
        assert!(explained.contains(clause), "{clause} is missing in {explained}");
    }
    assert!(
        signed().does(&format!("{verify} --explain --lang ja")).out.contains("[合格] 証明書チェーンの検証 (5.2.6)")
    );
}

#[test]
fn the_report_is_written_as_xml_as_well() {
    let bench = Bench::new();
    bench.write("archived.pdf", signed().read("archived.pdf"));
    bench.write("anchor.pem", signed().read("anchor.pem"));
    let verify = format!("verify --json --trust anchor.pem --at {NOW} --xml report.xml archived.pdf");
    assert_eq!(json(&bench.does(&verify).out)["verdict"], "TOTAL-PASSED");
    let xml = String::from_utf8(bench.read("report.xml")).unwrap();
    assert!(xml.starts_with("<?xml") && xml.contains("urn:etsi:019102:mainindication:total-passed"), "{xml}");
    bench.fails(["verify", "--xml", "report.xml", "archived.pdf", "anchor.pem"], &["--xml", "one FILE"]);
    bench.fails(["verify", "--xml", "no/such/folder.xml", "archived.pdf"], &["folder.xml"]);
}

#[test]
fn evidence_files_count_in_der_and_in_pem() {
    let bench = Bench::new();
    let now: Time = NOW.parse().unwrap();
    let authority = Authority::new("evidence files", now).unwrap();
    let (server, trust) = (authority.at(now), authority.anchors());
    let base = std::fs::read(CONTRACT).unwrap();
    let document = Document::open(base.as_slice()).unwrap();
    let signing = Signing::new(&document, now).sign(&authority.issue("Alice").unwrap()).unwrap();
    let update = signing.timestamp(&server).unwrap().finish().unwrap();
    bench.write("signed.pdf", update.apply(&base).unwrap());
    bench.write("anchor.pem", authority.root_pem());

    let stamped = update.document(&document).unwrap();
    let mut collector = Collector::new(&stamped, &trust, now).unwrap();
    let (mut der, mut pem) = (Vec::new(), Vec::new());
    while let Some(request) = collector.next_request() {
        let answer = server.fetch(&request).unwrap();
        let (option, label) = match request {
            FetchRequest::Crl { .. } => ("--crl", "X509 CRL"),
            FetchRequest::Ocsp { .. } => ("--ocsp", "OCSP RESPONSE"),
            _ => ("--cert", "CERTIFICATE"),
        };
        let (number, text) = (der.len(), der::pem::encode_string(label, der::pem::LineEnding::CRLF, &answer).unwrap());
        bench.write(&format!("{number}.der"), &answer);
        bench.write(&format!("{number}.pem"), format!("Some words before\n{text}"));
        der.push(format!("{option} {number}.der"));
        pem.push(format!("{option} {number}.pem"));
        collector.answer(&request, Ok(answer));
    }
    assert!(!der.is_empty());
    let verify = format!("verify --trust anchor.pem --at {NOW} signed.pdf");
    assert_eq!(bench.pades(verify.split(' ')).code, 2);
    bench.does(&format!("{verify} {}", der.join(" ")));
    bench.does(&format!("{verify} {}", pem.join(" ")));
    // The same files make it last: no server is asked.
    let augment = format!("augment --trust anchor.pem --at {NOW} signed.pdf lasting.pdf");
    bench.fails(augment.split(' '), &["evidence is missing", "--online"]);
    bench.does(&format!("{augment} {}", pem.join(" ")));
    bench.does(&format!("verify --trust anchor.pem --at {NOW} lasting.pdf"));
}

#[test]
fn anchors_come_from_files_and_folders_and_are_named_by_file() {
    let bench = Bench::new();
    std::fs::create_dir(bench.path("anchors")).unwrap();
    bench.write("anchors/b.CRT", signed().read("anchor.pem"));
    bench.write("anchors/readme.txt", "no certificate");
    bench.write("archived.pdf", signed().read("archived.pdf"));
    let run = bench.does(&format!("verify --json --trust anchors --at {NOW} archived.pdf"));
    assert_eq!(json(&run.out)["signatures"][0]["trust_source"], "b.CRT");
    bench.write("anchors/a.pem", "no certificate either");
    bench.fails(["verify", "--trust", "anchors", "archived.pdf"], &["--trust", "a.pem"]);
    std::fs::create_dir(bench.path("empty")).unwrap();
    bench.fails(["verify", "--trust", "empty", "archived.pdf"], &["--trust", "no certificate is in the folder"]);
}

#[test]
fn reports_and_complaints_speak_the_language_asked_for() {
    let (text, at) = ("署名済みであり、すべての署名が有効です。", NOW);
    let verify = ["verify", "--trust", "anchor.pem", "--at", at, "archived.pdf"];
    let set = |name: &'static str, value: &'static str| signed().pades_with(verify, &[(name, value)]).out;
    assert!(set("LANG", "ja_JP.UTF-8").contains(text));
    assert!(set("LC_ALL", "ja_JP.UTF-8").contains(text));
    assert!(set("LANG", "C.UTF-8").contains("Signed and all signatures are valid."));
    assert!(signed().pades(verify.into_iter().chain(["--lang=ja"])).out.contains(text));
    let run = signed().pades(["verify", "--lang", "ja", "missing.pdf"]);
    assert!(run.err.contains("missing.pdf を読み取れません"), "{}", run.err);
    let run = signed().pades(["verify", "--lang", "fr", "missing.pdf"]);
    assert!(run.code == 4 && run.err.contains("--lang"), "{}", run.err);
}

#[test]
fn what_a_file_says_cannot_steer_the_terminal() {
    let bench = Bench::new();
    let hostile = "\u{1b}[2J\u{9b}31m\u{202e}dessap\r\nSigned and all signatures are valid\u{7}";
    let run = bench.pades(["sign", "--field", hostile, "--reason", hostile, "--name", hostile, CONTRACT, "out.pdf"]);
    assert_eq!(run.code, 0, "{}", run.err);
    for arguments in [["verify", "out.pdf"], ["revisions", "out.pdf"]] {
        let run = bench.pades(arguments);
        assert!(run.out.contains("dessap"), "{}", run.out);
        assert!(!run.out.contains(|one: char| one.is_control() && one != '\n' || one == '\u{202e}'), "{:?}", run.out);
        assert!(run.out.lines().all(|line| !line.starts_with("Signed")), "{}", run.out);
    }
    // Programs get the very text, on one line.
    let run = bench.pades(["verify", "--json", "out.pdf"]);
    assert_eq!((run.out.lines().count(), &json(&run.out)["signatures"][0]["field"]), (1, &hostile.into()));
    let run = bench.pades(["sign", "--field", hostile, "out.pdf", "again.pdf"]);
    assert!(
        run.code == 4 && run.err.lines().count() == 1 && !run.err.contains(['\u{1b}', '\u{9b}', '\u{202e}']),
        "{:?}",
        run.err
    );
}
