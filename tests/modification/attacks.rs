//! Published attacks (read where they are at hand, never copied): each is called what its makers call it, and no clean stage is flagged.

use std::fs;
use std::path::PathBuf;

use pades_ltv::report::{Code, Indication, Modification, SignatureReport, SubIndication};
use pades_ltv::{Document, ErrorKind, Report};

use crate::verify;

/// How the classes of `index.csv` are called in a report.
const CLASSES: &[(&str, Called)] = &[
    ("ISA", Called::Appended),
    ("SWA", Called::Malformed(Code::ByteRange)),
    ("USF: empty /Contents", Called::Malformed(Code::Contents)),
    ("USF: /Contents", Called::Malformed(Code::Contents)),
    ("USF: no /Contents", Called::Malformed(Code::Contents)),
    ("USF: /ByteRange", Called::Malformed(Code::ByteRange)),
    ("USF: no /ByteRange", Called::Malformed(Code::ByteRange)),
    ("Shadow", Called::Changed),
];

/// Attacks that make of the file what no strict reader opens: their cross-reference leads nowhere, or no longer to a signature.
const NOT_OPENED: &[&str] = &[
    "rub2019_isa_A",
    "rub2019_isa_B",
    "rub2019_isa_D",
    "rub2019_isa_E",
    "rub2019_isa_F",
    "rub2019_isa_H",
    "rub2019_isa_I",
    "rub2019_siwa_B",
    "rub2019_siwa_E",
    "rub2021_shadow_replace_variant-2_4_original-document-shadowed-signed-manipulated",
];

#[derive(Clone, Copy, Debug)]
enum Called {
    /// Something stands behind the signed revision that is no permitted revision; or the form is lost with the signature in it.
    Appended,
    /// The dictionary is none: this finding, and a signature that failed by its format.
    Malformed(Code),
    /// The signature holds for its revision, and a later one changed what it must not.
    Changed,
}

impl Called {
    fn fits(self, report: &Report) -> bool {
        let all =
            |is: &dyn Fn(&SignatureReport) -> bool| !report.signatures.is_empty() && report.signatures.iter().all(is);
        let has = |one: &SignatureReport, code| one.findings.iter().any(|finding| finding.code == code);
        let is_refused = |one: &SignatureReport| one.changes.iter().any(|change| !change.allowed);
        let is_over = |one: &SignatureReport| one.modification >= Modification::Other;
        match self {
            Self::Appended if report.signatures.is_empty() => {
                report.findings.iter().any(|finding| finding.code == Code::Structure)
            }
            Self::Appended => all(&|one| {
                let is_said = has(one, Code::StrayBytes) || has(one, Code::ModifiedAfterSigning);
                is_said && is_over(one) && is_refused(one)
            }),
            Self::Malformed(code) => all(&|one| {
                let said = (one.conclusion.indication, one.conclusion.sub_indication);
                has(one, code) && said == (Indication::TotalFailed, Some(SubIndication::FormatFailure))
            }),
            Self::Changed => all(&|one| {
                let is_said = has(one, Code::StrayBytes) || has(one, Code::ModifiedAfterSigning);
                one.intact && is_said && is_over(one) && is_refused(one)
            }),
        }
    }
}

#[test]
fn attacks_are_flagged_with_their_class_and_clean_stages_are_not() {
    let corpora = std::env::var("PADES_CORPORA").unwrap_or_else(|_| "../shared/corpora".into());
    let folder = PathBuf::from(corpora).join("attacks");
    let Ok(index) = fs::read_to_string(folder.join("index.csv")) else { return println!("skipped: no corpora") };
    let (mut flagged, mut clean, mut not_opened) = (0, 0, 0);
    for line in index.lines().skip(1) {
        let cells: Vec<&str> = line.splitn(4, ',').collect();
        let (file, class, must_flag) = (cells[0], cells[1], cells[2]);
        let name = file.trim_end_matches(".pdf");
        let bytes = fs::read(folder.join(file)).unwrap();
        let report = verify(&bytes);
        match (must_flag, report) {
            ("Y", None) => {
                assert!(NOT_OPENED.contains(&name), "{file} is not opened");
                assert_eq!(Document::open(&bytes).unwrap_err().kind(), ErrorKind::Syntax, "{file}");
                not_opened += 1;
            }
            ("Y", Some(report)) => {
                let called = CLASSES.iter().find(|(prefix, _)| class.starts_with(prefix)).unwrap().1;
                assert!(called.fits(&report), "{file}, {class}, is not called {called:?}: {report:#?}");
                flagged += 1;
            }
            ("N", report) => {
                let report = report.unwrap();
                let is_clean = |one: &SignatureReport| {
                    one.intact && one.modification == Modification::None && one.changes.is_empty()
                };
                assert!(!report.signatures.is_empty() && report.signatures.iter().all(is_clean), "{file}: {report:#?}");
                clean += 1;
            }
            (_, report) => assert!(report.unwrap().signatures.is_empty(), "{file}"),
        }
    }
    println!("{flagged} attacks called by their class, {not_opened} not opened, {clean} clean stages");
    assert_eq!(not_opened, NOT_OPENED.len());
    assert!(flagged >= 16 && clean >= 8, "{flagged} {clean}");
}
