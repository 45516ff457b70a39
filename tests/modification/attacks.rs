//! Published attacks (read where they are at hand, never copied): each is called what its makers call it, and no clean stage is flagged.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use pades_ltv::report::{Code, Indication, Modification, SignatureReport, SubIndication};
use pades_ltv::{Document, Limits, Report};

use crate::{judged, verify};

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

/// Attacks after which the file does not end as a PDF does, or its cross-reference leads nowhere, so that no strict reader opens it.
/// What was signed is judged nevertheless, and called by its class. Of signature wrapping two variants lose the cross-reference: the
/// attacker's ends in the middle of the signature that was moved, no revision before holds one, and the file is searched.
const DAMAGED: &[&str] = &[
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
    let (mut flagged, mut clean) = (0, 0);
    let (mut damaged, mut faults) = (Vec::new(), String::new());
    for line in index.lines().skip(1) {
        let cells: Vec<&str> = line.splitn(4, ',').collect();
        let (file, class, must_flag) = (cells[0], cells[1], cells[2]);
        let bytes = fs::read(folder.join(file)).unwrap();
        let name = file.trim_end_matches(".pdf");
        let mut report = verify(&bytes);
        if report.is_none() {
            damaged.push(name);
            let document = Document::open_damaged(&bytes, Limits::default()).unwrap();
            let broken = judged(&document);
            assert_eq!(broken.verdict().unwrap().max(Indication::Indeterminate), broken.verdict().unwrap());
            assert!(broken.findings.iter().any(|finding| finding.code == Code::Structure));
            report = Some(broken);
        }
        match (must_flag, report) {
            ("Y", report) => {
                let report = report.unwrap();
                let called = CLASSES.iter().find(|(prefix, _)| class.starts_with(prefix)).unwrap().1;
                flagged += 1;
                if !called.fits(&report) {
                    writeln!(faults, "{file}, {class}, is not called {called:?}: {report:#?}").unwrap();
                }
            }
            ("N", report) => {
                clean += 1;
                if !report.as_ref().is_some_and(is_clean) {
                    writeln!(faults, "{file} is clean, and yet: {report:#?}").unwrap();
                }
            }
            (_, report) => assert!(report.unwrap().signatures.is_empty(), "{file}"),
        }
    }
    assert!(faults.is_empty(), "{faults}");
    assert_eq!(damaged, DAMAGED);
    println!(
        "{flagged} attacks called by their class, {} of them in files that strict readers refuse; {clean} clean stages",
        damaged.len()
    );
    assert!(flagged >= 29 && clean >= 7, "{flagged} attacks, {clean} clean stages");
}

fn is_clean(report: &Report) -> bool {
    let is_what_it_was =
        |one: &SignatureReport| one.intact && one.modification == Modification::None && one.changes.is_empty();
    !report.signatures.is_empty() && report.signatures.iter().all(is_what_it_was)
}
