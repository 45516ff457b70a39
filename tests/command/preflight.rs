//! `sign --dry-run`: what a signature would be, without key, server or any file written.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::bench::{CHAIN, CONTRACT, NOW, OTHER_KEY, signed};
use crate::form::{RECT, SEAL, with_form};

const KEYS: [&str; 15] = [
    "schema",
    "file",
    "error",
    "repair",
    "field",
    "certificate",
    "algorithm",
    "chain_complete",
    "permission",
    "earlier",
    "timestamp",
    "base_len",
    "update_len",
    "file_len",
    "warnings",
];

fn answer(out: &str) -> Value {
    let answer: Value = serde_json::from_str(out).unwrap();
    let keys: BTreeSet<&str> = answer.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, BTreeSet::from(KEYS));
    assert!(out.starts_with("{\"schema\":\"pades-ltv/preflight/1\",\"file\":\"") && out.ends_with("}\n"));
    answer
}

#[test]
fn the_size_is_that_of_the_signed_file() {
    let bench = with_form();
    for options in [
        "--tsa local",
        "--tsa none",
        "--timestamp-room 20000",
        "--certify 2 --reason Approved",
        &format!("--fill 契約日=令和8年10月7日 --font font.ttf --seal {SEAL} --rect {RECT} --lock all"),
    ] {
        let before = bench.names();
        let plan = answer(&bench.does(&format!("sign --at {NOW} --dry-run {options} form.pdf")).out);
        assert_eq!((bench.names(), &plan["error"]), (before, &Value::Null));
        bench.does(&format!("sign --at {NOW} {options} form.pdf out.pdf"));
        assert_eq!(plan["file_len"], bench.read("out.pdf").len(), "{options}");
        std::fs::remove_file(bench.path("out.pdf")).unwrap();
    }
}

#[test]
fn neither_key_nor_server_nor_out_is_needed() {
    let bench = with_form();
    let words = format!("sign --dry-run --at {NOW} --chain {CHAIN} --tsa http://127.0.0.1:9/ form.pdf");
    let plan = answer(&bench.does(&words).out);
    assert_eq!(plan["certificate"]["subject"], "O=NOT FOR PRODUCTION,CN=Command tests");
    assert_eq!((&plan["field"]["origin"], &plan["field"]["visible"]), (&"new".into(), &false.into()));
    // OUT is looked at where it is given, and IN where it is to be written to; both stay as they are.
    bench.does(&format!("{words} out.pdf"));
    bench.does(&format!("{words} --in-place"));
    assert_eq!(bench.names(), ["font.ttf", "form.pdf"]);
    let run = bench.pades(format!("{words} no/out.pdf").split(' '));
    assert_eq!((run.code, &answer(&run.out)["error"]["kind"]), (4, &"io".into()));
    assert!(run.err.contains("there is no such folder"), "{}", run.err);
}

#[test]
fn what_would_fail_fails_with_the_same_code_and_keys() {
    let bench = with_form();
    bench.write("signed.pdf", signed().read("signed.pdf"));
    bench.write("page.pdf", "no PDF");
    for (words, kind, cause) in [
        ("--certify 2 signed.pdf", "field", "first signature"),
        ("--field Signature1 signed.pdf", "field", "already signed"),
        ("--fill Nix=1 --font font.ttf form.pdf", "field", "契約日"),
        ("page.pdf", "not_pdf", "is no PDF"),
        ("--at 2099-01-01T00:00:00Z --chain CHAIN form.pdf", "certificate", "expired"),
        ("--chain CHAIN --key KEY form.pdf", "key", "belongs to no certificate"),
        ("--chain form.pdf form.pdf", "certificate", "--chain"),
    ] {
        let words = format!("sign --dry-run {words}").replace("CHAIN", CHAIN).replace("KEY", OTHER_KEY);
        let run = bench.pades(words.split(' '));
        let answer = answer(&run.out);
        assert_eq!((run.code, &answer["error"]["kind"]), (4, &kind.into()), "{words}: {}", run.err);
        assert!(run.err.contains(cause) && answer["error"]["message"].as_str().unwrap().contains(cause), "{}", run.err);
        assert_eq!(answer["file_len"], Value::Null);
        let text = bench.pades(words.replace("--dry-run", "--dry-run --text").split(' '));
        assert_eq!((text.code, text.out.as_str(), &text.err), (4, "", &run.err));
    }
}

#[test]
fn people_read_it_in_their_language() {
    let bench = with_form();
    let sign = |options: &str| bench.does(&format!("sign --at {NOW} --dry-run --text {options}")).out;
    bench.does(&format!("sign --at {NOW} --certify 2 form.pdf first.pdf"));
    let english = sign("first.pdf");
    for part in
        ["first.pdf: can be signed", "Signature2 (new, invisible)", "Signature1: stays valid", "bytes at most", "! "]
    {
        assert!(english.contains(part), "{part:?} is not in: {english}");
    }
    let japanese = sign("--lang ja first.pdf");
    for part in ["署名できます", "Signature2 (新規、非表示)", "Signature1: 有効のまま", "最大", "+09:00", "! 認証済み"]
    {
        assert!(japanese.contains(part), "{part:?} is not in: {japanese}");
    }
    bench.does(&format!("sign --at {NOW} --certify 1 form.pdf closed.pdf"));
    assert!(sign("--ignore-permissions closed.pdf").contains("Signature1: WILL BE INVALID"));
    assert!(sign("--lang ja --ignore-permissions closed.pdf").contains("Signature1: 無効になります"));
    assert!(sign(&format!("--tsa none --certify 1 {CONTRACT}")).contains("--certify 2 instead"));
}
