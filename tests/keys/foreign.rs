//! The other direction: pyHanko signs with every algorithm that it knows, and we verify; its keys are read from PKCS#12.

use std::time::SystemTime;

use pades_ltv::report::Level;
use pades_ltv::{Document, Evidence, Indication, Signer, SoftwareSigner, Time, TrustStore, Verification};

use crate::common::pdf;
use crate::tools::{self, Tools};

/// How many algorithms the script signs with (pyHanko has no name for PKCS#1 v1.5 over SHA-3), and how many keys its
/// library can put into PKCS#12 (not ML-DSA).
const SIGNED: usize = 30;
const KEPT: usize = 27;

#[test]
fn what_pyhanko_signs_with_any_algorithm_passes_here() {
    let folder = tempfile::tempdir().unwrap();
    let tools = Tools::new(folder.path(), Time::from(SystemTime::now()));
    let Some(python) = tools::pyhanko() else { return };
    tools.write("rsa8192.pem", include_bytes!("rsa8192.pem"));
    tools.write("in.pdf", &pdf::table(&["(agreed)"]));
    let words = tools::python(&python, "../keys/foreign.py", folder.path(), tools.now, []);
    let mut trust = TrustStore::new();
    trust.add_pem(&tools.read("anchor.pem"), "the root in the script").unwrap();
    let mut list = Evidence::new();
    list.add_crl(&tools.read("list.der")).unwrap();
    let (mut signed, mut kept) = (0, 0);
    for line in words.lines() {
        let (name, outcome) = line.split_once(": ").unwrap_or_else(|| panic!("{words}"));
        println!("{line}");
        assert!(outcome.starts_with("signed"), "{words}");
        signed += 1;
        for level in [Level::B, Level::Lta] {
            let bytes = tools.read(&format!("{name}-{}.pdf", level.as_str()));
            let document = Document::open(bytes.as_slice()).unwrap();
            let evidence = if level == Level::B { list.clone() } else { Evidence::new() };
            let report = Verification::new(&document, &trust, tools.now).evidence(&evidence).verify();
            assert_eq!(report.verdict(), Some(Indication::TotalPassed), "{name} {level:?} {report:#?}");
            assert_eq!(report.signatures[0].level, Some(level), "{name}");
        }
        if outcome.ends_with("and kept") {
            kept += 1;
            let signer = SoftwareSigner::from_pkcs12(&tools.read(&format!("{name}.p12")), "秘密 geheim").unwrap();
            assert_eq!(signer.identity().unwrap().certificates().count(), 2, "{name}");
        }
    }
    assert_eq!((signed, kept), (SIGNED, KEPT), "{words}");
}
