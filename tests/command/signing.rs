//! `sign` with all that it can: seals, filled fields, certifications, locks, passwords, in place.

use serde_json::Value;

use crate::bench::{Bench, CONTRACT, NOW, Run};
use crate::form::{RECT, SEAL, encrypt, with_form};

/// The verdicts of `file`, where the test authority is trusted and `option` given besides.
fn verify(bench: &Bench, file: &str, option: &[&str]) -> (i32, Value) {
    let arguments = ["verify", "--json", "--at", NOW, "--trust", "anchor.pem", file];
    let run = bench.pades(arguments.into_iter().chain(option.iter().copied()));
    (run.code, serde_json::from_str(&run.out).unwrap())
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn the_last_signature_brings_date_and_seal_and_the_first_stays_valid() {
    let bench = with_form();
    bench.does(&format!("sign --at {NOW} --certify 2 --anchor-out anchor.pem form.pdf first.pdf"));
    assert!(contains(&bench.read("first.pdf"), "/DocMDP") && contains(&bench.read("first.pdf"), "/P 2"));
    let (code, _) = verify(&bench, "first.pdf", &[]);
    assert_eq!(code, 2, "no revocation data yet");
    bench.does(&format!(
        "sign --at {NOW} --fill 契約日=令和8年10月7日 --font font.ttf --seal {SEAL} --page 1 --rect {RECT} first.pdf last.pdf"
    ));
    bench.does(&format!("augment --at {NOW} --lta --trust anchor.pem --in-place last.pdf"));
    let (code, report) = verify(&bench, "last.pdf", &[]);
    assert_eq!((code, &report["verdict"]), (0, &"TOTAL-PASSED".into()), "{report}");
    assert_eq!(report["signatures"].as_array().unwrap().len(), 3);
    assert!(bench.read("last.pdf").starts_with(&bench.read("first.pdf")));
    bench.fails(["sign", "--certify", "2", "last.pdf", "out.pdf"], &["has to be the first", "leave out --certify"]);
}

#[test]
fn seals_stand_in_new_and_in_existing_fields() {
    let bench = with_form();
    for (name, words) in [
        ("image", format!("--seal {SEAL} --rect {RECT}")),
        ("text", format!("--seal-text City --font font.ttf --page last --rect {RECT}")),
        ("both", format!("--seal {SEAL} --seal-text 架空市長 --font font.ttf --rect 400,700,580,760")),
        ("field", format!("--seal {SEAL} --seal-text 架空市長印 --font font.ttf --field City")),
    ] {
        bench.does(&format!("sign {words} form.pdf {name}.pdf"));
        let file = bench.read(&format!("{name}.pdf"));
        assert_eq!(contains(&file, "/Subtype /Image"), name != "text", "{name}");
        assert_eq!(contains(&file, "/FontFile2"), name != "image", "{name}");
        let listing = bench.does(&format!("revisions {name}.pdf")).out;
        assert!(listing.contains(if name == "field" { "City" } else { "Signature1" }), "{listing}");
    }
}

#[test]
fn locked_fields_stay_as_they_are() {
    let bench = with_form();
    for (lock, filled, is_open) in [
        ("include:契約日,party", "契約日", false),
        ("include:契約日,party", "party.name", false),
        ("include:party", "契約日", true),
        ("exclude:契約日,City", "契約日", true),
        ("exclude:契約日,City", "party.name", false),
        ("all", "契約日", false),
    ] {
        bench.does(&format!("sign --lock {lock} form.pdf locked.pdf"));
        let words = format!("sign --field City --fill {filled}=2026 --font font.ttf locked.pdf out.pdf");
        match is_open {
            true => drop(bench.does(&words)),
            false => drop(bench.fails(words.split(' '), &["has locked this field", "--ignore-permissions"])),
        }
    }
    bench.does("sign --lock all form.pdf locked.pdf");
    bench.does("sign --fill 契約日=2026 --font font.ttf --ignore-permissions locked.pdf out.pdf");
}

#[test]
fn passwords_come_from_three_places() {
    let bench = with_form();
    if !encrypt(&bench, "form.pdf", "closed.pdf", "user", &[]) {
        return;
    }
    bench.write("password.txt", "user\r\nnot this\n");
    bench.write("wrong.txt", "User");
    let sign = |options: &[&str], set: &[(&str, &str)]| -> Run {
        let words = ["sign", "--at", NOW, "--anchor-out", "anchor.pem", "closed.pdf", "signed.pdf"];
        bench.pades_with(words.into_iter().chain(options.iter().copied()), set)
    };
    let environment = ("PADES_PASSWORD", "user");
    for run in [
        sign(&["--password", "user"], &[]),
        sign(&["--password", "owner"], &[]),
        sign(&["--password-file", "password.txt"], &[]),
        sign(&[], &[environment]),
        sign(&["--password", "user"], &[("PADES_PASSWORD", "other")]),
    ] {
        assert_eq!(run.code, 0, "{}", run.err);
    }
    for run in [
        sign(&[], &[]),
        sign(&[], &[("PADES_PASSWORD", "")]),
        sign(&[], &[("PADES_PASSWORD", "wrong-in-variable")]),
        sign(&["--password-file", "wrong.txt"], &[]),
        sign(&["--password-file", "missing.txt"], &[]),
    ] {
        assert_eq!((run.code, run.err.contains("password")), (4, true), "{}", run.err);
        assert!(!run.err.contains("wrong-in-variable"), "{}", run.err);
    }
    assert_eq!(verify(&bench, "signed.pdf", &["--password", "user"]).0, 2);
    let (code, report) = verify(&bench, "signed.pdf", &["--password", "no"]);
    assert_eq!((code, &report["error"]["kind"]), (4, &"encrypted".into()));
    for words in [
        "timestamp --password user signed.pdf stamped.pdf".to_owned(),
        format!("augment --lta --at {NOW} --password-file password.txt --trust anchor.pem signed.pdf archived.pdf"),
        "revisions --password user archived.pdf".to_owned(),
        "revisions --password user --extract 1 archived.pdf first.pdf".to_owned(),
    ] {
        bench.does(&words);
    }
    assert_eq!(verify(&bench, "archived.pdf", &["--password", "owner"]).0, 0);
    assert!(bench.read("first.pdf") == bench.read("closed.pdf"));
}

#[test]
fn permissions_are_obeyed_unless_told() {
    let bench = with_form();
    if !encrypt(&bench, "form.pdf", "fixed.pdf", "", &["--modify=none"]) {
        return;
    }
    for words in ["sign", "timestamp"] {
        let causes = ["permissions forbid", "owner password", "--ignore-permissions"];
        bench.fails_in_both([words, "fixed.pdf", "out.pdf"], &causes, "権限設定");
        bench.does(&format!("{words} --ignore-permissions fixed.pdf out.pdf"));
        bench.does(&format!("{words} --password owner fixed.pdf out.pdf"));
    }
}

#[test]
fn in_place_appends_to_the_file_itself() {
    use std::fs::{copy, metadata};

    let bench = Bench::new();
    copy(CONTRACT, bench.path("in.pdf")).unwrap();
    let same = |_: &Bench| {
        #[cfg(unix)]
        return std::os::unix::fs::MetadataExt::ino(&metadata(bench.path("in.pdf")).unwrap());
        #[cfg(not(unix))]
        return 0;
    };
    let inode = same(&bench);
    let mut before = bench.read("in.pdf");
    for words in [
        format!("sign --at {NOW} --in-place --anchor-out anchor.pem in.pdf"),
        format!("timestamp --at {NOW} --in-place in.pdf"),
        format!("augment --at {NOW} --trust anchor.pem in.pdf --in-place"),
    ] {
        let run = bench.does(&words);
        let after = bench.read("in.pdf");
        assert!(after.starts_with(&before) && after.len() > before.len(), "{words}");
        assert!(run.out.starts_with("in.pdf: "), "{}", run.out);
        before = after;
    }
    assert_eq!((verify(&bench, "in.pdf", &[]).0, same(&bench)), (0, inode));
    assert_eq!(bench.names(), ["anchor.pem", "in.pdf"]);
    let run = bench.does(&format!("augment --at {NOW} --trust anchor.pem in.pdf --in-place"));
    assert!(run.err.contains("nothing was added") && bench.read("in.pdf") == before);
}

#[test]
fn room_for_large_timestamps_is_made_on_request() {
    let bench = Bench::new();
    let run =
        bench.fails(["sign", "--timestamp-room", "100", CONTRACT, "out.pdf"], &["sign again with --timestamp-room"]);
    let room = run.err.split("--timestamp-room ").nth(1).unwrap().split(' ').next().unwrap();
    bench.does(&format!("sign --timestamp-room {room} {CONTRACT} out.pdf"));
    bench.fails(["timestamp", "--timestamp-room", "100", CONTRACT, "new.pdf"], &["again with --timestamp-room"]);
}

#[test]
fn check_boxes_need_no_font() {
    let bench = with_form();
    bench.does("sign --fill agree=Yes form.pdf out.pdf");
    let file = bench.read("out.pdf");
    assert!(contains(&file, "/AS /Yes") && contains(&file, "/V /Yes"));
    bench.does("sign --fill agree=Yes --fill 契約日=2026 --font font.ttf form.pdf out.pdf");
}

#[test]
fn broken_files_are_repaired_on_request_and_it_is_said() {
    let bench = with_form();
    let form = bench.read("form.pdf");
    bench.write("broken.pdf", &form[..form.len() - 30]);
    let run = bench.does(&format!("sign --at {NOW} --repair --anchor-out anchor.pem broken.pdf out.pdf"));
    for part in ["broken.pdf is broken and was repaired", "\n  a complete cross-reference of"] {
        assert!(run.err.contains(part), "{}", run.err);
    }
    assert!(bench.read("out.pdf").starts_with(&form[..form.len() - 30]));
    assert_eq!(verify(&bench, "out.pdf", &[]).1["signatures"].as_array().unwrap().len(), 1);
    let plan: Value =
        serde_json::from_str(&bench.does(&format!("sign --at {NOW} --repair --dry-run broken.pdf")).out).unwrap();
    assert_eq!(plan["file_len"], bench.read("out.pdf").len());
    assert!(!plan["repair"].as_array().unwrap().is_empty() && plan["repair"][0]["offset"].is_u64());
    let run = bench.does(&format!("sign --at {NOW} --repair --in-place --lang ja broken.pdf"));
    assert!(run.err.contains("は壊れていたため修復しました"), "{}", run.err);
    bench.does(&format!("sign --at {NOW} --repair --in-place broken.pdf"));
    // What is sound is signed as it is.
    for (name, words) in [("plain.pdf", "sign"), ("repaired.pdf", "sign --repair")] {
        let run = bench.does(&format!("{words} --at {NOW} form.pdf {name}"));
        assert!(!run.err.contains("repaired"), "{}", run.err);
    }
    assert!(bench.read("plain.pdf") == bench.read("repaired.pdf"));
    let plan: Value = serde_json::from_str(&bench.does("sign --repair --dry-run form.pdf").out).unwrap();
    assert_eq!(plan["repair"], serde_json::json!([]));
}
