//! `sign --out-dir`: many documents, one key, and each its own outcome.

use pades_ltv::authority::KeyType;
use serde_json::Value;

use crate::bench::{Bench, CONTRACT, NOW};
use crate::keys::with_key;

const KEY: &str = "--key key.pem --chain chain.pem";

/// `count` contracts called `1.pdf`, `2.pdf` and so on, and the folder `out`.
fn envelope(count: usize) -> Bench {
    let bench = with_key(KeyType::P256);
    let contract = std::fs::read(CONTRACT).unwrap();
    for number in 1..=count {
        bench.write(&format!("{number}.pdf"), [contract.as_slice(), format!("%{number}\n").as_bytes()].concat());
    }
    std::fs::create_dir(bench.path("out")).unwrap();
    bench
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn written(bench: &Bench) -> Vec<String> {
    let entries = std::fs::read_dir(bench.path("out")).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// More than are open at once.
#[test]
fn all_are_signed_in_order_and_as_each_would_be_alone() {
    let bench = envelope(70);
    let names: Vec<String> = (1..=70).map(|number| format!("{number}.pdf")).collect();
    let words = format!("sign {KEY} --at {NOW} --reason 承認 --out-dir out --json {}", names.join(" "));
    let run = bench.does(&words);
    assert_eq!(run.err, "");
    let lines = lines(&run.out);
    assert_eq!(lines.len(), 70);
    for (line, name) in lines.iter().zip(&names) {
        let file = bench.read(&format!("out/{name}"));
        assert_eq!((&line["schema"], &line["file"]), (&"pades-ltv/signed/1".into(), &name.as_str().into()));
        assert_eq!((&line["out"], &line["error"]), (&format!("out/{name}").into(), &Value::Null));
        assert_eq!((&line["file_len"], &line["base_len"]), (&file.len().into(), &bench.read(name).len().into()));
        assert!(file.starts_with(&bench.read(name)));
    }
    for name in ["1.pdf", "65.pdf", "70.pdf"] {
        bench.does(&format!("sign {KEY} --at {NOW} --reason 承認 {name} alone.pdf"));
        assert!(bench.read("alone.pdf") == bench.read(&format!("out/{name}")), "{name}");
    }
}

#[test]
fn what_fails_for_one_is_its_own() {
    let bench = envelope(4);
    bench.write("page.pdf", "<html>503</html>");
    bench.write("out/page.pdf", "what was there before");
    std::fs::create_dir(bench.path("out/3.pdf")).unwrap();
    bench.does(&format!("sign {KEY} --at {NOW} --certify 1 2.pdf closed.pdf"));
    let files = "1.pdf page.pdf closed.pdf missing.pdf 3.pdf 4.pdf";
    let run = bench.pades(format!("sign {KEY} --at {NOW} --out-dir out --json {files}").split(' '));
    assert_eq!(run.code, 5, "{}{}", run.out, run.err);
    let outcomes: Vec<(String, String)> = lines(&run.out)
        .iter()
        .map(|line| {
            (line["file"].as_str().unwrap().to_owned(), line["error"]["kind"].as_str().unwrap_or("").to_owned())
        })
        .collect();
    let expected = [
        ("1.pdf", ""),
        ("page.pdf", "not_pdf"),
        ("closed.pdf", "field"),
        ("missing.pdf", "io"),
        ("3.pdf", "io"),
        ("4.pdf", ""),
    ];
    assert_eq!(outcomes, expected.map(|(file, kind)| (file.to_owned(), kind.to_owned())));
    assert_eq!(bench.read("out/page.pdf"), b"what was there before");
    assert_eq!(written(&bench), ["1.pdf", "3.pdf", "4.pdf", "page.pdf"]);
    assert!(run.err.contains("2 of 6 documents are signed"), "{}", run.err);
    // For people, each in its own stream, in both languages.
    let run = bench.pades(format!("sign {KEY} --at {NOW} --out-dir out --lang ja {files}").split(' '));
    assert_eq!((run.code, run.out.lines().count()), (5, 2), "{}", run.out);
    for words in [
        "page.pdf を読み取れません",
        "closed.pdf に署名できません",
        "out/3.pdf に書き込めません",
        "6 件中 2 件に署名しました",
    ] {
        assert!(run.err.contains(words), "{}", run.err);
    }
    let run = bench.pades(format!("sign {KEY} --at {NOW} --out-dir out page.pdf missing.pdf").split(' '));
    assert_eq!((run.code, run.out.as_str()), (4, ""), "{}", run.err);
}

/// What keeps all of them from being signed is said once, and as JSON for each.
#[test]
fn without_key_or_folder_nothing_is_begun() {
    let bench = envelope(2);
    bench.write("wrong.pem", bench.read("chain.pem"));
    for (words, cause, japanese) in [
        ("--key wrong.pem --chain chain.pem --out-dir out", "--key", "--key"),
        ("--key key.pem --chain chain.pem --out-dir nowhere", "there is no such folder", "フォルダーがありません"),
        ("--key key.pem --chain chain.pem --out-dir 1.pdf", "it is no folder", "フォルダーではありません"),
    ] {
        let words = format!("sign {words} --at {NOW} 1.pdf 2.pdf");
        bench.fails_in_both(words.split(' '), &[cause], japanese);
        let run = bench.pades(words.split(' ').chain(["--json"]));
        let lines = lines(&run.out);
        assert_eq!((run.code, lines.len()), (4, 2), "{}", run.out);
        assert!(lines.iter().all(|line| line["error"]["class"] == "operator" && line["out"].is_null()), "{}", run.out);
    }
    let usage = "`pades help sign` をご覧ください";
    std::fs::create_dir(bench.path("sub")).unwrap();
    for (words, causes) in [
        ("--out-dir out", ["IN", "missing"]),
        ("--out-dir out 1.pdf sub/1.pdf", ["1.pdf", "--out-dir"]),
        ("--out-dir out --in-place 1.pdf", ["--in-place", "--out-dir"]),
        ("--out-dir out --dry-run 1.pdf", ["--dry-run", "--out-dir"]),
    ] {
        bench.fails_in_both(["sign"].into_iter().chain(words.split(' ')), &causes, usage);
    }
}

/// The certificate of the test authority takes the place of no document, read or written.
#[test]
fn an_anchor_replaces_no_document() {
    let bench = envelope(2);
    for anchor in ["1.pdf", "2.pdf", "./2.pdf", "out/2.pdf", "./out/../out/1.pdf"] {
        let words = format!("sign --at {NOW} --out-dir out --anchor-out {anchor} 1.pdf 2.pdf");
        bench.fails_in_both(words.split(' '), &["the PDF's own file"], "別の名前");
    }
    assert!(written(&bench).is_empty());
}

/// Where nothing can be written, no key is asked.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_takes_nothing_is_found_first() {
    let words = format!("sign --key none.pem --chain none.pem --at {NOW} --out-dir /proc 1.pdf 2.pdf");
    let run = envelope(2).fails(words.split(' '), &["cannot write", "/proc"]);
    assert!(!run.err.contains("none.pem"), "{}", run.err);
}

#[test]
fn all_get_their_timestamp_and_the_authority_is_announced_once() {
    let bench = envelope(3);
    let run = bench.does(&format!("sign --at {NOW} --out-dir out --anchor-out local.pem 1.pdf 2.pdf 3.pdf"));
    assert_eq!(run.err.matches("NOT FOR PRODUCTION").count(), 1, "{}", run.err);
    let run =
        bench.pades(format!("verify --json --at {NOW} --trust local.pem out/1.pdf out/2.pdf out/3.pdf").split(' '));
    assert_eq!(run.out.matches("\"level\":\"B-T\"").count(), 3, "{}", run.out);
    let run =
        bench.pades(format!("sign {KEY} --tsa http://127.0.0.1:9/ --at {NOW} --json --out-dir out 1.pdf").split(' '));
    let line = &lines(&run.out)[0];
    assert_eq!(
        (run.code, &line["error"]["kind"], &line["error"]["class"]),
        (4, &"timestamp".into(), &"retryable".into())
    );
}

#[test]
fn broken_files_are_repaired_in_a_batch_too() {
    let bench = envelope(2);
    let whole = bench.read("1.pdf");
    bench.write("1.pdf", &whole[..whole.len() - 40]);
    std::fs::copy(CONTRACT, bench.path("2.pdf")).unwrap();
    let words = format!("sign {KEY} --at {NOW} --out-dir out --repair 1.pdf 2.pdf");
    let run = bench.does(&words);
    assert!(run.err.contains("1.pdf is broken and was repaired") && !run.err.contains("2.pdf"), "{}", run.err);
    assert_eq!(written(&bench), ["1.pdf", "2.pdf"]);
    assert_eq!(bench.pades(words.replace("--repair ", "").split(' ')).code, 5);
}
