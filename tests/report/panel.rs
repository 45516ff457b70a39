//! Sentences of the panel: each only where it is true.

use pades_ltv::{Certification, Document, Indication, Language, Signing};
use serde_json::{Value, json};

use crate::common::{ROOM, World, now, pdf};
use crate::xml::REPORTS;

#[test]
fn what_was_not_compared_is_not_called_altered() {
    let panel = |wanted: &str| {
        let (_, report) = REPORTS.iter().find(|(name, _)| *name == wanted).unwrap();
        report.to_text(Language::English) + &report.to_text(Language::Japanese)
    };
    let altered = ["has been altered or corrupted", "変更または破損しています"];
    let unknown = ["cannot be told whether the document is what was signed", "のままかどうか確認できません"];
    for (name, is_altered) in [("changed", true), ("unreadable", false)] {
        let panel = panel(name);
        assert!(altered.iter().all(|said| panel.contains(said) == is_altered), "{panel}");
        assert!(unknown.iter().all(|said| panel.contains(said) != is_altered), "{panel}");
    }
    let unread = panel("unread");
    assert!(unread.contains("cannot be read, or were taken away") && unread.contains("読み取れないか"), "{unread}");
    assert!(!unread.contains("At least one signature"), "{unread}");
    let archived = panel("archived");
    assert!(archived.contains("The timestamp authority's identity is valid"), "{archived}");
    assert!(archived.contains("タイムスタンプ局の ID は有効です"), "{archived}");
}

/// A page and a text field on it, signed.
fn signed(world: &World, certification: Option<Certification>) -> Vec<u8> {
    let catalog = "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>";
    let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Annots[4 0 R]>>";
    let base = pdf::append(&pdf::table(&[&field("")]), &[(1, catalog), (3, page)]);
    let document = Document::open(&base).unwrap();
    let signing = Signing::new(&document, now()).timestamp_room(ROOM);
    let signing = match certification {
        Some(permitted) => signing.certify(permitted),
        None => signing,
    };
    let signed = signing.sign(&world.signer).unwrap().timestamp(&world.authority.at(now())).unwrap();
    signed.finish().unwrap().apply(&base).unwrap()
}

fn field(value: &str) -> String {
    format!("<</Type/Annot/Subtype/Widget/FT/Tx/T(date)/Rect[10 10 60 20]/P 3 0 R{value}>>")
}

/// A signed file, and what somebody who does not sign wrote into its field, or over its page.
fn changed(signed: &[u8], how: &str) -> Vec<u8> {
    let (page, note) = (
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Annots[4 0 R 6 0 R 90 0 R]>>",
        "<</Type/Annot/Subtype/Highlight/Rect[100 100 110 110]/QuadPoints[0 0 9 0 0 9 9 9]/P 3 0 R>>",
    );
    match how {
        "filled" => pdf::append(signed, &[(4, &field("/V<FEFF4EE4548C00385E74>"))]),
        "commented" => pdf::append(signed, &[(3, page), (90, note)]),
        _ => signed.to_vec(),
    }
}

/// Whether it is signed, certified, filled, commented, signed again: what viewers would say, and what happened.
#[test]
fn permitted_changes_are_told_one_by_one_and_as_what_they_are() {
    let world = World::new();
    let later = |file: &[u8]| {
        let document = Document::open(file).unwrap();
        let signing = Signing::new(&document, now()).timestamp_room(ROOM);
        let signed = signing.sign(&world.signer).unwrap().timestamp(&world.authority.at(now())).unwrap();
        signed.finish().unwrap().apply(file).unwrap()
    };
    let said = |file: &[u8]| {
        let report = world.verify_online(file, now());
        (report.to_text(Language::Japanese), report.to_text(Language::English), report)
    };
    let unmodified = [
        "文書は、この署名が適用されてから変更されていません。",
        "has not been modified since this signature was applied",
    ];
    let permitted = ["その後、文書に許可された変更が加えられています。", "all of which are permitted"];
    let refused = ["その後、文書に許可されていない変更が加えられています。", "that are not permitted"];
    let unsigned =
        ["最後の署名の後に、署名されていない変更があります。", "but with unsigned changes after the last signature"];
    let has = |(japanese, english): (&str, &str), words: [&str; 2]| {
        assert_eq!(japanese.contains(words[0]), english.contains(words[1]), "{japanese}{english}");
        japanese.contains(words[0])
    };
    for (certification, how, is_permitted) in [
        (None, "", true),
        (None, "filled", true),
        (None, "commented", false),
        (Some(Certification::NoChanges), "", true),
        (Some(Certification::NoChanges), "filled", false),
        (Some(Certification::FillForms), "filled", true),
        (Some(Certification::FillForms), "commented", false),
        (Some(Certification::Annotate), "filled", true),
        (Some(Certification::Annotate), "commented", true),
    ] {
        let file = changed(&signed(&world, certification), how);
        let (japanese, english, report) = said(&file);
        let has = |words| has((&japanese, &english), words);
        let is_changed = !how.is_empty();
        assert_eq!(report.verdict() == Some(Indication::TotalPassed), is_permitted, "{how}: {english}");
        assert_eq!(has(unmodified), !is_changed, "{how}: {english}");
        assert_eq!(has(permitted), is_changed && is_permitted, "{how}: {english}");
        assert_eq!(has(refused), !is_permitted, "{how}: {english}");
        assert_eq!(has(unsigned), is_changed && is_permitted, "{how}: {english}");
        assert_eq!(report.signatures[0].certification, certification.map(Certification::level));
        assert_eq!(has(["により認証済み", "Certified by"]), certification.is_some());
        assert_eq!(has(["認証者は、", "The certifier has specified"]), certification.is_some());
        let notes = ["1 ページ、注釈 (ハイライト) の追加 (", "page 1, an annotation (Highlight) was added ("];
        assert_eq!(has(notes), how == "commented");
        let fills = ["フォームフィールド「date」:(空欄) →「令和8年」", "form field \"date\": (blank) → \"令和8年\""];
        assert_eq!(has(fills), how == "filled", "{japanese}{english}");
        if is_permitted && is_changed && certification != Some(Certification::Annotate) {
            let (japanese, english, report) = said(&later(&file));
            assert_eq!(report.verdict(), Some(Indication::TotalPassed), "{english}");
            assert!(!japanese.contains(unsigned[0]) && !english.contains(unsigned[1]), "{english}");
            assert!(japanese.contains("、次の署名者: 甲野太郎)"), "{japanese}");
            assert!(
                japanese.contains("署名フィールド「Signature2」への署名 (許可: 後からの署名、署名者: 甲野太郎)"),
                "{japanese}"
            );
            assert!(english.contains("; next signed by 甲野太郎)"), "{english}");
        }
    }
}

#[test]
fn json_says_what_became_of_what() {
    let world = World::new();
    let of = |how: &str| {
        let file = changed(&signed(&world, Some(Certification::Annotate)), how);
        let json: Value = serde_json::from_str(&world.verify_online(&file, now()).to_json("a.pdf")).unwrap();
        assert_eq!(json["signatures"][0]["certification"], 3);
        json["signatures"][0]["changes"][0].clone()
    };
    let filled = of("filled");
    let expected = json!({
        "revision": 4, "object": 4, "page": 1, "rect": [10.0, 10.0, 60.0, 20.0], "kind": "form_field", "act": "changed", "subtype": "Tx",
        "field": "date", "old": "", "new": "令和8年", "allowed": true, "rule": "form_filling", "by": null,
    });
    assert_eq!(filled, expected);
    let note = of("commented");
    assert_eq!((&note["act"], &note["subtype"]), (&"added".into(), &"Highlight".into()), "{note}");
    assert_eq!(
        (&note["object"], &note["page"], &note["rule"]),
        (&90.into(), &1.into(), &"annotation".into()),
        "{note}"
    );
}
