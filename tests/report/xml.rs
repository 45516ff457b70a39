//! XML of TS 119 102-2: well-formed, complete in itself, and valid against the schema where that is at hand.
//!
//! `TS_119102_2_XSD` names the schema (ETSI's of V1.4.1, with what it imports beside it, and each `schemaLocation` naming it there); xmllint
//! judges. The second judge are pyHanko's bindings, where `PYHANKO_PYTHON` has pyHanko and xsdata.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use pades_ltv::authority::RevocationReason;
use pades_ltv::{Document, Evidence, Policy, Report, Signing, TrustStore, Verification};

use crate::common::{CONTRACT, World, certificates, days, minutes, now, pdf, years};
use crate::forge::Forge;

/// Reports of every kind: good, revoked, expired, unknown, broken, unreadable, hostile, unsigned.
pub(crate) static REPORTS: LazyLock<Vec<(&str, Report)>> = LazyLock::new(reports);

fn reports() -> Vec<(&'static str, Report)> {
    let world = World::new();
    let base = pdf::table(&[]);
    let (stamped, then) = (world.stamped(&base, now()), now().after(minutes(5)));
    let archived = world.archived(&stamped, now());
    let twice = world.archived(&world.sealed(&archived, now().after(minutes(1))), now().after(minutes(2)));
    let mut revoking = World::new();
    let signer = certificates(&revoking.signer)[0].clone();
    revoking.authority.revoke(&signer, now().before(minutes(5)), RevocationReason::KeyCompromise).unwrap();
    let mut changed = archived.clone();
    changed[9] ^= 1;
    let hostile = {
        let document = Document::open(base.as_slice()).unwrap();
        let text = "a < b & \u{1b}[2J \u{0} ]]> \u{ffff} \"契約\"\r\n";
        let signing = Signing::new(&document, now()).field(text).reason(text).location(text).name(text);
        signing.contact_info(text).sign(&world.signer).unwrap().finish().unwrap().apply(&base).unwrap()
    };
    let strict = {
        let document = Document::open(archived.as_slice()).unwrap();
        let end = now().before(days(1));
        let policy = Policy::etsi_119312().ending(pades_ltv::Algorithm::Ecdsa { bits: 256 }, end);
        Verification::new(&document, &world.trust, then).policy(policy).verify()
    };
    let nobody = {
        let document = Document::open(archived.as_slice()).unwrap();
        Verification::new(&document, &TrustStore::new(), then).verify()
    };
    let forge = Forge::new();
    // Every trailer without its /Root: what signatures there are cannot be told.
    let rootless = {
        let at = |start: &usize| archived[*start..].starts_with(b"/Root");
        let places: Vec<usize> = (0..archived.len()).filter(at).collect();
        let mut file = archived.clone();
        places.into_iter().for_each(|start| file[start + 1] = b'B');
        file
    };
    let empty = forge.with_cms(|_, _| b"\x30\x00".to_vec());
    vec![
        ("archived", world.verify(&archived, then)),
        ("renewed", world.verify(&twice, then)),
        ("expired", world.verify(&archived, now().after(years(16)))),
        ("timestamp only", world.verify(&world.sealed(&base, now()), then)),
        ("revoked", revoking.verify_online(&stamped, now().after(days(1)))),
        ("changed", world.verify(&changed, then)),
        ("hostile", world.verify_with(&hostile, then, &Evidence::new())),
        ("weak", strict),
        ("nobody trusted", nobody),
        ("unreadable", forge.world.verify(&empty, then)),
        ("unsigned", world.verify(CONTRACT, then)),
        ("unread", world.verify(&rootless, then)),
    ]
}

/// The values of every attribute `name`.
fn attributes<'x>(xml: &'x str, name: &str) -> Vec<&'x str> {
    let start = format!(" {name}=\"");
    xml.split(&start).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn every_reference_names_an_object_that_is_there() {
    for (name, report) in &*REPORTS {
        let xml = report.to_xml("contract.pdf");
        assert_eq!(xml, report.to_xml("contract.pdf"), "the same report, the same bytes");
        let ids = attributes(&xml, "id");
        let known: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(known.len(), ids.len(), "{name}: an id stands twice");
        for reference in attributes(&xml, "VOReference").iter().flat_map(|ids| ids.split(' ')) {
            assert!(known.contains(reference), "{name}: nothing is {reference}");
        }
        let has_forbidden = |one: char| one.is_control() && one != '\n' || matches!(one, '\u{fffe}' | '\u{ffff}');
        assert!(!xml.contains(has_forbidden), "{name}");
    }
}

#[test]
fn indications_are_the_standards_own() {
    let of = |name: &str| REPORTS.iter().find(|(own, _)| *own == name).unwrap().1.to_xml("contract.pdf");
    let whole =
        |indication: &str| format!("<MainIndication>urn:etsi:019102:mainindication:{indication}</MainIndication>");
    let nobody_signed = "<MainIndication>urn:cef:dss:mainindication:noSignatureFound</MainIndication>";
    let archived = of("archived");
    assert!(archived.contains(&whole("total-passed")) && archived.contains(&whole("passed")));
    assert!(!archived.contains("indeterminate") && !archived.contains("failed"));
    assert!(archived.contains("urn:etsi:019102:validationObject:timestamp"));
    assert!(archived.contains("urn:etsi:019102:validationObject:OCSPResponse"));
    assert!(of("unsigned").contains(nobody_signed));
    assert!(of("timestamp only").contains(nobody_signed));
    let revoked = of("revoked");
    assert!(revoked.contains("urn:etsi:019102:subindication:REVOKED_NO_POE"));
    assert!(revoked.contains("urn:etsi:019102:revocationReason:keyCompromise"));
    let unread = of("unread");
    assert!(unread.contains(&whole("indeterminate")) && unread.contains("urn:pades-ltv:file:finding:structure"));
    assert!(of("weak").contains("<SecureAlgorithm>false</SecureAlgorithm>"));
    assert!(of("changed").contains("urn:etsi:019102:subindication:HASH_FAILURE"));
}

/// What xmllint says of `xml`; `None` where there is no xmllint.
fn lint(xml: &str, options: &[&str]) -> Option<(bool, String)> {
    let mut command = Command::new("xmllint");
    command.args(["--noout", "--nonet"]).args(options).arg("-");
    let started = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let mut child = started.ok()?;
    child.stdin.take().unwrap().write_all(xml.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    Some((output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned()))
}

#[test]
fn reports_are_well_formed_and_valid() {
    let schema = std::env::var("TS_119102_2_XSD").ok();
    if schema.is_none() {
        println!("skipped the schema: TS_119102_2_XSD names none");
    }
    let options: Vec<&str> = schema.iter().flat_map(|schema| ["--schema", schema]).collect();
    for (name, report) in &*REPORTS {
        let xml = report.to_xml("contract.pdf");
        let Some((is_good, said)) = lint(&xml, &options) else {
            println!("skipped: no xmllint");
            return;
        };
        assert!(is_good, "{name}: {said}\n{xml}");
    }
}

/// The indications of what somebody signed, as JSON has them, in the words of XML.
fn indications(report: &Report) -> String {
    let report: serde_json::Value = serde_json::from_str(&report.to_json("contract.pdf")).unwrap();
    let all = report["signatures"].as_array().unwrap();
    let words = all.iter().filter(|one| one["kind"] == "signature").map(|one| match one["sub_indication"].as_str() {
        Some(sub_indication) => format!("{}:{sub_indication}", one["indication"].as_str().unwrap().to_lowercase()),
        None => one["indication"].as_str().unwrap().to_lowercase(),
    });
    let words: Vec<String> = words.collect();
    match words.as_slice() {
        [] if all.is_empty() && report["verdict"] == "INDETERMINATE" => "indeterminate".to_owned(),
        [] => "noSignatureFound".to_owned(),
        words => words.join(" "),
    }
}

#[test]
fn bindings_of_others_read_every_report_and_say_what_json_says() {
    let python = std::env::var("PYHANKO_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let import = ["-c", "import pyhanko.generated.etsi.ts_11910202"];
    if !Command::new(&python).args(import).output().is_ok_and(|run| run.status.success()) {
        println!("skipped: no pyHanko with xsdata in {python}");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut expected = String::new();
    let mut command = Command::new(python);
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/report/bindings.py")).current_dir(&folder);
    for (name, report) in &*REPORTS {
        let file = format!("{}.xml", name.replace(' ', "-"));
        std::fs::write(folder.path().join(&file), report.to_xml("contract.pdf")).unwrap();
        expected += &format!("{file} {}\n", indications(report));
        command.arg(file);
    }
    let output = command.output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(said, expected);
}
