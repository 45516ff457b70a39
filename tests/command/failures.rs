//! Wrong input: exit code 4, the cause and what to do, and no OUT.

use crate::bench::{Bench, CHAIN, CONTRACT, KEY, NOW, OTHER_KEY, signed};
use crate::form;

/// A PDF of one page with a text field called `Name`.
fn pdf_with_text_field() -> Vec<u8> {
    form::pdf(&[
        "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] >> >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Annots [4 0 R] >>",
        "<< /Type /Annot /Subtype /Widget /FT /Tx /T (Name) /V (Taro) /Rect [0 0 50 20] /P 3 0 R >>",
    ])
}

#[test]
fn what_is_no_sound_pdf_is_refused_by_every_command() {
    let bench = Bench::new();
    bench.write("page.pdf", "<html>503 Service Unavailable</html>");
    bench.write("empty.pdf", "");
    bench.write("cut.pdf", &std::fs::read(CONTRACT).unwrap()[..50_000]);
    std::fs::create_dir(bench.path("folder.pdf")).unwrap();
    for (file, cause) in [
        ("page.pdf", "is no PDF"),
        ("empty.pdf", "is empty"),
        ("cut.pdf", "is cut off"),
        ("folder.pdf", "it is a folder"),
        ("missing.pdf", "cannot read missing.pdf"),
    ] {
        bench.fails(["sign", file, "out.pdf"], &[cause, file]);
        bench.fails(["timestamp", file, "out.pdf"], &[cause]);
        bench.fails(["augment", "--lta", file, "out.pdf"], &[cause]);
        bench.fails(["revisions", file], &[cause]);
        bench.fails(["revisions", "--extract", "1", file, "out.pdf"], &[cause]);
        bench.fails(["verify", file], &[cause]);
    }
}

#[test]
fn fields_that_cannot_be_signed_are_named() {
    let bench = Bench::new();
    bench.write("form.pdf", pdf_with_text_field());
    bench.write("signed.pdf", signed().read("signed.pdf"));
    bench.fails(["sign", "--field", "Name", "form.pdf", "out.pdf"], &["Name", "no signature field"]);
    bench.fails(["sign", "--field", "Signature1", "signed.pdf", "out.pdf"], &["Signature1", "already signed"]);
    bench.does("sign --field Other form.pdf out.pdf");
}

#[test]
fn keys_and_certificates_must_fit_each_other_and_the_time() {
    let bench = Bench::new();
    let sign =
        |key: &'static str, at: &'static str| ["sign", "--key", key, "--chain", CHAIN, "--at", at, CONTRACT, "out.pdf"];
    bench.fails(sign(OTHER_KEY, NOW), &["an RSA private key", "Command tests", "belongs to no certificate"]);
    bench.fails(sign(KEY, "2099-01-01T00:00:00Z"), &["has expired", "2076-03-04", "Command tests"]);
    bench.fails(sign(KEY, "2001-01-01T00:00:00Z"), &["is not valid yet", "2026-11-22", "Command tests"]);
    bench.fails(sign(CHAIN, NOW), &["--key", "private key"]);
    bench.fails(["sign", "--key", KEY, CONTRACT, "out.pdf"], &["--chain"]);
    bench.fails(["sign", "--key", KEY, "--chain", KEY, CONTRACT, "out.pdf"], &["no certificate"]);
    let secret = std::fs::read_to_string(KEY).unwrap();
    let run = bench.pades(sign(OTHER_KEY, NOW));
    assert!(secret.lines().all(|line| !run.err.contains(line)));
    let run = bench.pades(sign(KEY, NOW));
    assert_eq!((run.code, run.err.as_str()), (0, ""), "a key of one's own needs no warning");
}

#[test]
fn the_test_authority_is_announced() {
    let bench = Bench::new();
    for words in ["sign", "timestamp", "augment --lta"] {
        let run = bench.does(&format!("{words} {CONTRACT} out.pdf"));
        assert!(run.err.contains("NOT FOR PRODUCTION"), "{words}: {}", run.err);
    }
}

#[test]
fn command_lines_that_make_no_sense_point_to_help() {
    let bench = Bench::new();
    for (words, cause, help) in [
        ("", "no command", "pades help`"),
        ("frobnicate", "frobnicate", "pades help`"),
        ("--frobnicate", "--frobnicate", "pades help`"),
        ("sign", "IN is missing", "pades help sign"),
        ("sign a.pdf", "OUT is missing", "pades help sign"),
        ("sign a.pdf b.pdf c.pdf", "--out-dir DIR", "pades help sign"),
        ("timestamp a.pdf b.pdf c.pdf", "c.pdf", "pades help timestamp"),
        ("sign --reason", "--reason needs a value", "pades help sign"),
        ("sign --at yesterday a.pdf b.pdf", "RFC 3339", "pades help sign"),
        ("sign --key k a.pdf b.pdf", "--chain", "pades help sign"),
        ("sign -x a.pdf b.pdf", "-x", "pades help sign"),
        ("timestamp --tsa none a.pdf b.pdf", "none", "pades help timestamp"),
        ("augment a.pdf b.pdf", "--trust", "pades help augment"),
        ("augment --trust x --tsa local a.pdf b.pdf", "--lta", "pades help augment"),
        ("timestamp --tsa http://x --anchor-out a a.pdf b.pdf", "--anchor-out", "pades help timestamp"),
        ("verify", "FILE is missing", "pades help verify"),
        ("verify --json --text a.pdf", "exclude", "pades help verify"),
        ("revisions --extract x a.pdf b.pdf", "--extract", "pades help revisions"),
        ("help frobnicate", "frobnicate", "pades help`"),
    ] {
        bench.fails(words.split(' ').filter(|word| !word.is_empty()), &[cause, help]);
    }
}

#[test]
fn help_is_there_for_every_command_and_fits_a_terminal() {
    let bench = Bench::new();
    for command in ["", "verify", "sign", "timestamp", "augment", "revisions", "doctor", "renew"] {
        for language in ["en", "ja"] {
            let run = bench.does(format!("help {command} --lang {language}").replace("  ", " ").trim());
            assert!(run.out.contains("pades ") && run.err.is_empty());
            assert_eq!(run.out.contains('。'), language == "ja", "{}", run.out);
            let width = |line: &str| line.chars().map(|one| if one < '\u{2e80}' { 1 } else { 2 }).sum::<usize>();
            assert!(run.out.lines().all(|line| width(line) <= 100), "{}", run.out);
            if !command.is_empty() {
                assert_eq!(bench.does(&format!("{command} --help --lang {language}")).out, run.out);
            }
        }
    }
    assert!(bench.does("version").out.starts_with("pades "));
}
