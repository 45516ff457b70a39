//! Evidence: caches, the grace period, `/VRI`, timestamps inside signatures, and chains that were not renewed.

use pades_ltv::{Document, Signing, SoftwareSigner};

use crate::bench::{Bench, CHAIN, CONTRACT, KEY, NOW, signed};

/// 2027-06-02T09:00:00+09:00, a day later.
const NEXT_DAY: &str = "2027-06-02T09:00:00+09:00";

/// A bench with two files of B-B: one has room for a timestamp, the other has none.
fn bench() -> Bench {
    let bench = Bench::new();
    let read = |path: &str| std::fs::read(path).unwrap();
    let signer = SoftwareSigner::from_pem(&read(KEY), &read(CHAIN)).unwrap();
    let pdf = read(CONTRACT);
    let document = Document::open(pdf.as_slice()).unwrap();
    let update = Signing::new(&document, NOW.parse().unwrap()).sign(&signer).unwrap().finish().unwrap();
    bench.write("signed.pdf", update.apply(&pdf).unwrap());
    bench.does(&format!("sign --tsa none --key {KEY} --chain {CHAIN} --at {NOW} {CONTRACT} tight.pdf"));
    let anchors = [read(CHAIN), signed().read("anchor.pem")].concat();
    bench.write("anchor.pem", anchors);
    bench
}

fn level(bench: &Bench, at: &str, file: &str) -> String {
    let run = bench.pades(["verify", "--json", "--at", at, "--trust", "anchor.pem", file]);
    let level = run.out.split("\"level\":\"").nth(1).unwrap_or_else(|| panic!("{}{}", run.out, run.err));
    level.split('"').next().unwrap().to_owned()
}

#[test]
fn a_signature_gets_a_timestamp_of_its_own() {
    let bench = bench();
    let augment = format!("augment --trust anchor.pem --at {NOW}");
    bench.does(&format!("{augment} --timestamp-signature Signature1 signed.pdf stamped.pdf"));
    assert_eq!(level(&bench, NOW, "stamped.pdf"), "B-LT");
    bench.does(&format!("{augment} --timestamp-signature Signature1 --lta signed.pdf archived.pdf"));
    assert_eq!(level(&bench, NOW, "archived.pdf"), "B-LTA");
    let words = format!("{augment} --timestamp-signature Signature1 stamped.pdf out.pdf");
    bench.fails_in_both(words.split(' '), &["has a timestamp already", "--lta"], "追加できません");
    let words = format!("{augment} --timestamp-signature Nobody signed.pdf out.pdf");
    bench.fails(words.split(' '), &["no such signature"]);
    let words = format!("{augment} --timestamp-signature Signature1 --in-place signed.pdf");
    bench.fails(words.split(' '), &["--in-place", "pades help augment"]);
}

#[test]
fn without_room_a_document_timestamp_does_it_and_that_is_said() {
    let bench = bench();
    let augment = format!("augment --trust anchor.pem --at {NOW} --timestamp-signature Signature1 tight.pdf");
    let run = bench.does(&format!("{augment} out.pdf"));
    assert!(run.err.contains("no room for a timestamp of its own"), "{}", run.err);
    let run = bench.pades(["verify", "--json", "--at", NOW, "--trust", "anchor.pem", "out.pdf"]);
    assert!(run.code == 0 && run.out.contains("document_timestamp"), "{}", run.out);
    let run = bench.does(&format!("{augment} other.pdf --lang ja"));
    assert!(run.err.contains("文書タイムスタンプを付与しました"), "{}", run.err);
}

#[test]
fn the_grace_period_says_when_to_come_back() {
    let bench = Bench::new();
    let file = |name: &str| bench.write(name, signed().read(name));
    file("signed.pdf");
    file("anchor.pem");
    let words = format!("augment --trust anchor.pem --grace 24h --lta --at {NOW} signed.pdf out.pdf");
    bench.fails_in_both(words.split(' '), &["collect again at 2027-06-02T00:00:00Z"], "猶予期間が終わっていません");
    bench.does(&format!("augment --trust anchor.pem --grace 24h --lta --at {NEXT_DAY} signed.pdf out.pdf"));
    assert_eq!(level(&bench, NEXT_DAY, "out.pdf"), "B-LTA");
    for bad in ["24", "h", "1y", "99999999999999999999d", "-1h"] {
        bench.fails(["augment", "--grace", bad, "signed.pdf", "out.pdf"], &["30m | 24h | 2d", "pades help augment"]);
    }
}

#[test]
fn a_cache_serves_the_next_document_without_a_server() {
    let bench = Bench::new();
    for name in ["signed.pdf", "anchor.pem"] {
        bench.write(name, signed().read(name));
    }
    let augment = format!("augment --trust anchor.pem --cache kept.bin --at {NOW} signed.pdf");
    bench.does(&format!("{augment} one.pdf"));
    let kept = bench.read("kept.bin");
    assert!(kept.len() > 1_000);
    bench.does(&format!("{augment} two.pdf --offline"));
    assert_eq!(bench.read("one.pdf"), bench.read("two.pdf"), "the same evidence, the same file");
    assert_eq!(bench.read("kept.bin"), kept);
    bench.write("kept.bin", b"something else");
    bench.fails_in_both(format!("{augment} out.pdf").split(' '), &["--cache", "throw it away"], "キャッシュ");
    bench.fails(format!("{augment} out.pdf --online --offline").split(' '), &["--online and --offline"]);
}

#[test]
fn vri_is_written_on_request() {
    let bench = Bench::new();
    for name in ["signed.pdf", "anchor.pem"] {
        bench.write(name, signed().read(name));
    }
    let has = |name: &str, words: &[u8]| bench.read(name).windows(words.len()).any(|window| window == words);
    for (how, has_vri, has_time) in [("", false, false), ("--vri plain ", true, false), ("--vri dated ", true, true)] {
        bench.does(&format!("augment --trust anchor.pem {how}--at {NOW} signed.pdf out.pdf"));
        assert_eq!((has("out.pdf", b"/VRI"), has("out.pdf", b"/TU (D:20270601")), (has_vri, has_time), "{how}");
        assert_eq!(level(&bench, NOW, "out.pdf"), "B-LT");
    }
    bench.fails(["augment", "--vri", "all", "signed.pdf", "out.pdf"], &["plain | dated"]);
}

#[test]
fn a_broken_chain_is_archived_on_request_only() {
    let bench = Bench::new();
    for name in ["archived.pdf", "anchor.pem"] {
        bench.write(name, signed().read(name));
    }
    let late = "2045-01-01T00:00:00Z";
    let words = format!("augment --lta --trust anchor.pem --at {late} archived.pdf out.pdf");
    let run = bench.pades(words.split(' '));
    assert_eq!(run.code, 4, "{}", run.out);
    bench.fails(["augment", "--archive-what-is-left", "archived.pdf", "out.pdf"], &["--lta", "pades help augment"]);
}
