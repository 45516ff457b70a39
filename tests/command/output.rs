//! OUT: all of it or nothing; and `revisions`.

use serde_json::Value;

use crate::bench::{Bench, CONTRACT, NOW, signed};

#[test]
fn out_stays_as_it_was_when_anything_fails() {
    let bench = Bench::new();
    bench.write("out.pdf", "precious");
    bench.write("page.pdf", "no PDF");
    for words in [
        "sign page.pdf out.pdf".to_owned(),
        format!("sign --tsa http://127.0.0.1:9/ {CONTRACT} out.pdf"),
        format!("timestamp --tsa http://127.0.0.1:9/ {CONTRACT} out.pdf"),
        format!("augment --trust missing.pem {CONTRACT} out.pdf"),
        format!("sign --anchor-out no/such/folder.pem {CONTRACT} out.pdf"),
        format!("revisions --extract 2 {CONTRACT} out.pdf"),
    ] {
        bench.fails(words.split(' '), &[]);
        assert_eq!(bench.read("out.pdf"), b"precious", "{words}");
    }
    bench.fails(["sign", CONTRACT, "no/out.pdf"], &["there is no such folder"]);
    std::fs::create_dir(bench.path("folder")).unwrap();
    bench.fails(["sign", CONTRACT, "folder"], &["it is a folder"]);
}

#[test]
fn out_may_be_in_and_nothing_is_left_beside_it() {
    let bench = Bench::new();
    std::fs::copy(CONTRACT, bench.path("contract.pdf")).unwrap();
    let run = bench.does(&format!("sign --at {NOW} contract.pdf contract.pdf"));
    bench.does(&format!("sign --at {NOW} contract.pdf contract.pdf"));
    let bytes = bench.read("contract.pdf");
    assert!(bytes.starts_with(&std::fs::read(CONTRACT).unwrap()));
    assert!(run.out.starts_with("contract.pdf: ") && run.out.contains("are new"), "{}", run.out);
    assert_eq!(bench.names(), ["contract.pdf"]);
    assert_eq!(bench.does("revisions --json contract.pdf").out.matches("\"Signature").count(), 2);
}

#[cfg(unix)]
#[test]
fn out_keeps_its_permissions_and_a_link_stays_one() {
    use std::os::unix::fs::PermissionsExt;

    let bench = Bench::new();
    let mode = |name: &str| std::fs::metadata(bench.path(name)).unwrap().permissions().mode() & 0o777;
    bench.write("old.pdf", "old");
    std::fs::set_permissions(bench.path("old.pdf"), PermissionsExt::from_mode(0o604)).unwrap();
    std::os::unix::fs::symlink("old.pdf", bench.path("link.pdf")).unwrap();
    bench.does(&format!("sign {CONTRACT} link.pdf"));
    assert!(std::fs::symlink_metadata(bench.path("link.pdf")).unwrap().is_symlink());
    assert!(bench.read("old.pdf").starts_with(b"%PDF"));
    assert_eq!(mode("old.pdf"), 0o604);
    bench.does(&format!("sign {CONTRACT} new.pdf"));
    bench.write("plain", "");
    assert_eq!(mode("new.pdf"), mode("plain"), "a new file is like any other");
}

#[test]
fn the_same_arguments_give_the_same_bytes() {
    let bench = Bench::new();
    bench.does(&format!("sign --at {NOW} {CONTRACT} again.pdf"));
    assert!(bench.read("again.pdf") == signed().read("signed.pdf"));
}

#[test]
fn what_a_signature_says_is_in_the_report_and_its_zone_in_the_file() {
    let bench = Bench::new();
    let reason = "甲野太郎 様 taro@example.jp が2027-06-01 09:00:00 +09:00 JSTに承認しました";
    let said = [
        ("--field", "FIELD_2336416_0"),
        ("--reason", reason),
        ("--location", "日本"),
        ("--name", "契約 (署名)"),
        ("--contact", "taro@example.jp"),
        ("--at", NOW),
    ];
    let said = said.iter().flat_map(|(option, value)| [*option, *value]);
    let run = bench.pades(["sign", CONTRACT, "out.pdf"].into_iter().chain(said));
    assert_eq!(run.code, 0, "{}", run.err);
    let report: Value = serde_json::from_str(&bench.pades(["verify", "--json", "out.pdf"]).out).unwrap();
    let signature = &report["signatures"][0];
    assert_eq!((&signature["field"], &signature["reason"]), (&"FIELD_2336416_0".into(), &reason.into()));
    assert_eq!((&signature["location"], &signature["name"]), (&"日本".into(), &"契約 (署名)".into()));
    assert_eq!(signature["contact_info"], "taro@example.jp");
    let file = bench.read("out.pdf");
    assert!(file.windows(24).any(|bytes| bytes == b"(D:20270601090000+09'00'".as_slice()));
}

#[test]
fn revisions_are_listed_and_extracted_byte_for_byte() {
    let bench = signed();
    let (base, file) = (std::fs::read(CONTRACT).unwrap(), bench.read("archived.pdf"));
    let listing: Value = serde_json::from_str(&bench.does("revisions --json archived.pdf").out).unwrap();
    assert_eq!((&listing["schema"], &listing["bytes_behind"]), (&"pades-ltv/revisions/1".into(), &0.into()));
    let revisions = listing["revisions"].as_array().unwrap();
    let fields: Vec<&Value> = revisions.iter().map(|revision| &revision["signatures"]).collect();
    assert_eq!(
        fields,
        [&serde_json::json!([]), &["Signature1"].into(), &serde_json::json!([]), &["Timestamp1"].into()]
    );
    let mut start = 0;
    for revision in revisions {
        let (number, end) = (revision["number"].as_u64().unwrap(), revision["end"].as_u64().unwrap());
        assert_eq!((&revision["start"], &revision["bytes"]), (&start.into(), &(end - start).into()));
        bench.does(&format!("revisions --extract {number} archived.pdf revision.pdf"));
        assert!(bench.read("revision.pdf") == file[..usize::try_from(end).unwrap()]);
        start = end;
    }
    assert_eq!(start, u64::try_from(file.len()).unwrap());
    bench.does("revisions archived.pdf --extract 1 first.pdf");
    assert!(bench.read("first.pdf") == base);
    let text = bench.does("revisions archived.pdf").out;
    assert!(text.lines().count() == 5 && text.contains("Timestamp1"), "{text}");
    bench.fails(["revisions", "--extract", "5", "archived.pdf", "out.pdf"], &["1 to 4"]);
    bench.fails(["revisions", "--extract", "0", "archived.pdf", "out.pdf"], &["1 to 4"]);
}
