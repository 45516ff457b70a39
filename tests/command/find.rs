//! `pades sign --counterparty` and `pades find`: two hundred contracts, and every combination of what is asked for.

use std::path::Path;

use pades_ltv::authority::Authority;
use pades_ltv::{Amount, Date, Document, Signing, Transaction};
use serde_json::Value;

use crate::bench::{Bench, CONTRACT, NOW};

const FILES: usize = 200;
/// What is written, and what it is looked for by.
const NAMES: [(&str, &str); 5] = [
    ("株式会社甲野商店", "㈱甲野商店"),
    ("（株）乙川システムズ", "株式会社 乙川"),
    ("ＡＢＣ Ｔｒａｄｉｎｇ", "abc trading"),
    ("架空市", "架空市"),
    ("ﾍｲﾜ有限会社", "ヘイワ(有)"),
];

/// A contract as the oracle sees it.
struct Contract {
    file: String,
    names: Vec<usize>,
    date: Date,
    /// In yen; none in some, dollars in others.
    yen: Option<i64>,
}

/// One page, and nothing else.
fn page() -> Vec<u8> {
    let mut pdf = b"%PDF-1.7\n".to_vec();
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
    ];
    let mut table = "xref\n0 4\n0000000000 65535 f \n".to_owned();
    for (index, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", pdf.len()));
        pdf.extend(format!("{} 0 obj\n{object}\nendobj\n", index + 1).into_bytes());
    }
    let start = pdf.len();
    pdf.extend(format!("{table}trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").into_bytes());
    pdf
}

/// Two hundred signed contracts in folders, one that is not signed, one that states nothing, and one that is broken.
fn contracts(bench: &Bench) -> Vec<Contract> {
    let now = NOW.parse().unwrap();
    let authority = Authority::new("pades find", now).unwrap();
    let signer = authority.issue("甲野太郎").unwrap();
    bench.write("anchor.pem", authority.root_pem());
    let (base, mut all) = (page(), Vec::new());
    for index in 0..FILES {
        let folder = format!("all/{}", index % 7);
        std::fs::create_dir_all(bench.path(&folder)).unwrap();
        let names = if index % 11 == 0 { vec![index % 5, (index + 2) % 5] } else { vec![index % 5] };
        let date = Date::new(
            2024 + i16::try_from(index % 4).unwrap(),
            1 + i8::try_from(index % 12).unwrap(),
            1 + i8::try_from(index % 28).unwrap(),
        );
        let (date, number) = (date.unwrap(), i64::try_from(index * index * 37).unwrap() - 5_000);
        let mut transaction = Transaction::new(NAMES[names[0]].0, date).unwrap();
        for name in &names[1..] {
            transaction = transaction.with_counterparty(NAMES[*name].0).unwrap();
        }
        let yen = match index % 9 {
            0 => None,
            1 => {
                transaction = transaction.with_amount(Amount::new(&number.to_string(), "USD").unwrap());
                None
            }
            _ => {
                transaction = transaction.with_amount(Amount::new(&number.to_string(), "JPY").unwrap());
                Some(number)
            }
        };
        let document = Document::open(&base).unwrap();
        let signing = Signing::new(&document, now).timestamp_room(0).transaction(transaction);
        let file = format!("{folder}/{index}.pdf");
        bench.write(&file, signing.sign(&signer).unwrap().finish().unwrap().apply(&base).unwrap());
        all.push(Contract { file, names, date, yen });
    }
    bench.write("all/silent.pdf", &base);
    all
}

fn rows(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn files(rows: &[Value]) -> Vec<String> {
    rows.iter().map(|row| row["file"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_combination_finds_what_a_plain_search_finds() {
    let bench = Bench::new();
    let all = contracts(&bench);
    let day = |text: &str| text.parse::<Date>().unwrap();
    let names = [None, Some(0), Some(1), Some(2), Some(4)];
    let days = [
        (None, None),
        (Some("2025-03-15"), None),
        (Some("2024-06-01"), Some("2026-02-28")),
        (None, Some("2024-01-01")),
    ];
    let amounts = [(None, None), (Some(1_000), None), (Some(-5_000), Some(200_000)), (None, Some(-1))];
    let mut combinations = Vec::new();
    for name in names {
        for period in days {
            combinations.extend(amounts.iter().map(|amount| (name, period, *amount)));
        }
    }
    let (mut found_all, mut none) = (0, 0);
    // Every third: five names, four periods and four amounts meet in all pairs that way.
    for (name, (from, to), (least, most)) in combinations.into_iter().step_by(3) {
        let mut words = vec!["find".to_owned(), "--json".into(), "all".into(), "--at".into(), NOW.into()];
        let mut give = |option: &str, value: Option<String>| {
            words.extend(value.into_iter().flat_map(|value| [option.to_owned(), value]));
        };
        give("--counterparty", name.map(|name| NAMES[name].1.to_owned()));
        give("--from", from.map(str::to_owned));
        give("--to", to.map(str::to_owned));
        // A number that begins with a dash needs the other form.
        words.extend(least.map(|least| format!("--amount-from={least}")));
        words.extend(most.map(|most| format!("--amount-to={most}")));
        let mut expected: Vec<&Contract> = all
            .iter()
            .filter(|one| name.is_none_or(|name| one.names.contains(&name)))
            .filter(|one| from.is_none_or(|from| day(from) <= one.date) && to.is_none_or(|to| one.date <= day(to)))
            .filter(|one| least.is_none_or(|least| one.yen.is_some_and(|yen| yen >= least)))
            .filter(|one| most.is_none_or(|most| one.yen.is_some_and(|yen| yen <= most)))
            .collect();
        expected.sort_by_key(|one| (one.date, one.file.clone()));
        let run = bench.pades(words.iter().map(String::as_str));
        let rows = rows(&run.out);
        let expected: Vec<&str> = expected.iter().map(|one| one.file.as_str()).collect();
        assert_eq!(files(&rows), expected, "{words:?}");
        assert_eq!(run.code, if rows.is_empty() { 3 } else { 0 }, "{}", run.err);
        assert!(rows.iter().all(|row| row["transaction"] == "signed" && row["signer"] == "甲野太郎"));
        found_all += usize::from(rows.len() == FILES);
        none += usize::from(rows.is_empty());
    }
    assert!(found_all == 1 && none > 0, "the search was put to the test: {found_all}, {none}");
}

#[test]
fn what_is_unsigned_changed_or_unreadable_is_told() {
    let bench = Bench::new();
    std::fs::create_dir_all(bench.path("all")).unwrap();
    let sign = format!(
        "sign --tsa none --at {NOW} --counterparty 架空市 --date 2026-10-07 --amount 5000 --title 契約書 --number 17"
    );
    bench.does(&format!("{sign} {CONTRACT} all/a.pdf"));
    let signed = bench.read("all/a.pdf");
    bench.write("all/b.pdf", edited(&signed, "txn:amount>5000<", "txn:amount>7000<"));
    bench.write("all/c.pdf", "no PDF at all");
    bench.write("all/d.pdf", std::fs::read(CONTRACT).unwrap());
    let find = format!("find --json --at {NOW} all");
    let find = |more: &str| {
        let words = format!("{find}{more}");
        let run = bench.pades(words.split(' '));
        (run.code, rows(&run.out), run.err)
    };
    let (code, found, _) = find("");
    assert_eq!((code, files(&found)), (4, ["all/a.pdf", "all/b.pdf", "all/c.pdf"].map(str::to_owned).to_vec()));
    let of = |at: usize, key: &str| found[at][key].as_str().map(str::to_owned);
    assert_eq!(of(0, "title").as_deref(), Some("契約書"));
    assert_eq!((of(0, "transaction").as_deref(), of(1, "transaction").as_deref()), (Some("signed"), Some("changed")));
    assert_eq!((of(1, "amount").as_deref(), of(2, "verdict").as_deref()), (Some("7000"), Some("UNREAD")));
    assert_eq!(of(1, "signed_otherwise").as_deref(), Some("2026-10-07, 架空市, 5000 JPY, 契約書, 17"));
    let keys = |row: &Value| row.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert!(found.iter().all(|row| keys(row) == keys(&found[0])), "all keys are always there");
    // What was signed is found, whatever is stated now; the broken file might be any.
    assert_eq!(files(&find(" --amount-to 5000").1), ["all/a.pdf", "all/b.pdf", "all/c.pdf"]);
    assert_eq!(files(&find(" --amount-from 6000").1), ["all/b.pdf", "all/c.pdf"]);
    assert_eq!(files(&find(" --signed").1), ["all/a.pdf", "all/c.pdf"]);
    let run = bench.pades(["find", "--at", NOW, "--lang", "ja", "all"]);
    assert!(run.out.contains("7000 JPY, 契約書, 17 (署名後に変更, "), "{}", run.out);
    assert!(run.out.contains("all/c.pdf: ") && run.out.contains("PDF ファイルではありません (UNREAD)"), "{}", run.out);
    std::fs::remove_file(bench.path("all/c.pdf")).unwrap();
    let (code, found, _) = find(" --counterparty 架空 --amount-from 5000 --amount-to 5000 --currency USD");
    assert_eq!((code, found.len()), (3, 0));
    // For people and for spreadsheets.
    let run = bench.pades(["find", "--at", NOW, "--lang", "ja", "all"]);
    assert!(
        run.code == 0
            && run.out.starts_with("all/a.pdf: 2026-10-07, 架空市, 5000 JPY, 契約書, 17 (署名済み, Test signer, "),
        "{}",
        run.out
    );
    assert!(run.err.contains("取引情報のないファイル: 1 件"), "{}", run.err);
    let run = bench.pades(["find", "--at", NOW, "--csv", "all"]);
    let lines: Vec<&str> = run.out.split("\r\n").collect();
    assert!(
        lines.len() == 4 && lines[0].starts_with("file,counterparty,date,amount,currency,title,number,transaction,"),
        "{}",
        run.out
    );
    assert!(lines[1].starts_with("all/a.pdf,架空市,2026-10-07,5000,JPY,契約書,17,signed,,Test signer,"), "{}", run.out);
    let marked = bench.pades(["find", "--at", NOW, "--csv", "--bom", "all"]);
    assert_eq!(marked.out, format!("\u{feff}{}", run.out), "for Excel");
    // The table of verify has the same columns.
    let run = bench.pades(["verify", "--at", NOW, "--csv", "all"]);
    assert!(run.out.contains(",counterparty,date,amount,currency,title,number,transaction,error\r\n"), "{}", run.out);
    assert!(run.out.contains(",架空市,2026-10-07,5000,JPY,契約書,17,signed,\r\n"), "{}", run.out);
    assert_eq!(bench.pades(["verify", "--at", NOW, "--csv", "--bom", "all"]).out, format!("\u{feff}{}", run.out));
    let run = bench.pades(["verify", "--at", NOW, "all/b.pdf"]);
    assert!(run.out.contains("The transaction was changed after signing."), "{}", run.out);
}

/// `pdf` with one more revision, in which the metadata says something else.
fn edited(pdf: &[u8], from: &str, to: &str) -> Vec<u8> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let last = |word: &[u8]| pdf.windows(word.len()).rposition(|window| window == word).unwrap();
    let packet = text(&pdf[last(b"<?xpacket begin")..]);
    let packet = packet.split_once("\nendstream").unwrap().0.replace(from, to);
    let start: usize = text(&pdf[last(b"startxref") + 9..]).split_whitespace().next().unwrap().parse().unwrap();
    let head = text(&pdf[last(b"/Type /Metadata").saturating_sub(60)..last(b"/Type /Metadata")]);
    let number =
        head.rsplit_once(" 0 obj").unwrap().0.rsplit(|one: char| !one.is_ascii_digit()).next().unwrap().to_owned();
    let root = text(&pdf[last(b"/Root ") + 6..]).split(' ').next().unwrap().to_owned();
    let mut pdf = pdf.to_vec();
    let object = pdf.len();
    let size = packet.len();
    pdf.extend(
        format!("{number} 0 obj\n<</Type/Metadata/Subtype/XML/Length {size}>>\nstream\n{packet}\nendstream\nendobj\n")
            .into_bytes(),
    );
    let xref = pdf.len();
    let trailer = format!("trailer\n<</Size 99/Prev {start}/Root {root} 0 R>>\nstartxref\n{xref}\n%%EOF\n");
    pdf.extend(format!("xref\n{number} 1\n{object:010} 00000 n \n{trailer}").into_bytes());
    pdf
}

/// Names are not ours: a table that is opened in a spreadsheet runs none of them, and each stays in its cell.
#[test]
fn names_are_no_formulas() {
    let bench = Bench::new();
    std::fs::create_dir_all(bench.path("all")).unwrap();
    for (index, name) in
        ["=HYPERLINK(\"http://x\",\"契約\")", "＝１＋１", "＠cmd", "+81 3", "-2+3", "-5"].iter().enumerate()
    {
        let file = format!("all/{index}.pdf");
        let words = ["sign", "--tsa", "none", "--at", NOW, "--date", "2026-10-07"];
        let name = format!("--counterparty={name}");
        let run = bench.pades(words.into_iter().chain([name.as_str(), "--amount=-5", CONTRACT, &file]));
        assert_eq!(run.code, 0, "{}", run.err);
    }
    let run = bench.pades(["find", "--at", NOW, "--csv", "all"]);
    let cells: Vec<&str> =
        run.out.lines().skip(1).filter_map(|line| line.split_once(".pdf,")).map(|row| row.1).collect();
    let expected = [
        "\"'=HYPERLINK(\"\"http://x\"\",\"\"契約\"\")\"",
        "\"'＝１＋１\"",
        "\"'＠cmd\"",
        "\"'+81 3\"",
        "\"'-2+3\"",
        "-5",
    ];
    for (cell, expected) in cells.iter().zip(expected) {
        assert!(cell.starts_with(&format!("{expected},2026-10-07,-5,JPY,")), "{cell}");
    }
    assert_eq!(cells.len(), expected.len());
    let run = bench.pades(["verify", "--at", NOW, "--csv", "all"]);
    assert!(
        expected.iter().all(|expected| run.out.contains(&format!(",{expected},2026-10-07,-5,JPY,"))),
        "{}",
        run.out
    );
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_is_signed() {
    let bench = Bench::new();
    let sign = |words: &str| format!("sign {words} {CONTRACT} out.pdf");
    for (words, causes) in [
        ("--date 2026-10-07", "--counterparty and --date are given together"),
        ("--counterparty A", "--counterparty and --date are given together"),
        ("--amount 5", "--amount is given without --counterparty"),
        ("--title A", "--title is given without --counterparty"),
        ("--counterparty A --date 2026-10-07 --currency JPY", "--currency is given without --amount"),
        ("--counterparty A --date 2026-02-30", "2026-02-30"),
        ("--counterparty A --date 2026-10-07 --amount 1,000", "1,000"),
        ("--counterparty A --date 2026-10-07 --amount 1 --currency yen", "yen"),
    ] {
        bench.fails(sign(words).split(' '), &[causes]);
    }
    let blank = ["sign", "--counterparty", "  ", "--date", "2026-10-07", CONTRACT, "out.pdf"];
    bench.fails_in_both(
        blank,
        &["what the document is about cannot be stated so", "it is empty"],
        "取引情報を記録できません",
    );
    bench.does(&format!("sign --at {NOW} --counterparty A --date 2026-10-07 {CONTRACT} first.pdf"));
    let other = format!("sign --at {NOW} --counterparty B --date 2026-10-07 first.pdf out.pdf");
    bench.fails_in_both(
        other.split(' '),
        &["the document is signed, and states another transaction"],
        "署名済みの文書に",
    );
    assert!(!Path::new(&bench.path("out.pdf")).exists());
    for (words, cause) in [
        ("find", "DIR"),
        ("find --currency JPY all", "--currency is given without --amount-from"),
        ("find --from 2026 all", "2026-10-07"),
        ("find --nothing all", "nothing"),
        ("find --bom all", "--bom is given without --csv"),
        ("find --json --bom all", "--bom is given without --csv"),
        ("verify --jsonl --bom all", "--bom is given without --csv"),
        ("verify --bom all", "--bom is given without --csv"),
        ("find --from 2026-10-08 --to 2026-10-07 all", "--from … 9999-12-31"),
        ("find --amount-from 2 --amount-to 1 all", "--amount-from …"),
        ("find --counterparty= all", "a name"),
        ("find --counterparty=\u{3000} all", "a name"),
    ] {
        bench.fails(words.split(' '), &[cause]);
    }
}
