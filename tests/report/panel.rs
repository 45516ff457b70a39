//! Sentences of the panel: each only where it is true.

use pades_ltv::Language;

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
