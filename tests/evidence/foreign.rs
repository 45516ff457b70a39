//! pyHanko signs, we bring it up to B-LTA, and pyHanko's archival validation passes it.

use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use pades_ltv::authority::{Authority, Shape};
use pades_ltv::report::Level;
use pades_ltv::{Document, ErrorKind, Indication, SignatureTimestamping, Signer, Time};

use crate::common::{CONTRACT, World, pdf};
use crate::tools;
use crate::worlds::{archived, judged, judged_at};

/// pyHanko's clock is the machine's, and so is everybody's here.
fn clock() -> Time {
    Time::from(SystemTime::now())
}

fn world(now: Time) -> World {
    let authority = Authority::shaped("pyHanko signs", now, Shape::new().nested_tsa(1)).unwrap();
    World { trust: authority.anchors(), signer: authority.issue("somebody").unwrap(), authority }
}

/// What pyHanko makes of `pdf` with the world's key.
fn signed(python: &str, world: &World, pdf: &[u8], subfilter: &str, room: usize) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("key.pem"), world.authority.private_key_pem("somebody").unwrap()).unwrap();
    let identity = world.signer.identity().unwrap();
    let pem = |der: &[u8]| der::pem::encode_string("CERTIFICATE", der::pem::LineEnding::LF, der).unwrap();
    std::fs::write(path("chain.pem"), identity.certificates().map(pem).collect::<String>()).unwrap();
    std::fs::write(path("in.pdf"), pdf).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/evidence/sign.py");
    let mut command = Command::new(python);
    command.arg(script).args(["now", "in.pdf", "out.pdf", subfilter, &room.to_string()]).current_dir(folder.path());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::read(path("out.pdf")).unwrap()
}

#[test]
fn what_pyhanko_signed_is_brought_up_to_the_archive() {
    let Some(python) = tools::pyhanko() else { return };
    let world = world(clock());
    for (style, base) in [("contract", CONTRACT.to_vec()), ("table", pdf::table(&[]))] {
        for subfilter in ["PADES", "ADOBE_PKCS7_DETACHED"] {
            let signed = signed(&python, &world, &base, subfilter, 12_000);
            let now = clock();
            let document = Document::open(signed.as_slice()).unwrap();
            let stamping = SignatureTimestamping::new(&document, "Foreign", now).unwrap();
            let stamped = stamping.timestamp(&world.authority.at(now)).unwrap().apply(&signed).unwrap();
            let archived = archived(&world, &stamped, now);
            let report = world.verify(&archived, now);
            assert_eq!(report.verdict(), Some(Indication::TotalPassed), "{style} {subfilter} {report:#?}");
            if subfilter == "PADES" {
                assert_eq!(report.signatures[0].level, Some(Level::Lta), "{style} {report:#?}");
            }
            assert_eq!(judged(&python, &world, &archived, now), "judged.pdf: good", "{style} {subfilter}");
        }
    }
}

#[test]
fn where_pyhanko_left_no_room_a_document_timestamp_does_it() {
    let Some(python) = tools::pyhanko() else { return };
    let world = world(clock());
    let signed = signed(&python, &world, CONTRACT, "PADES", 4_200);
    let now = clock();
    let document = Document::open(signed.as_slice()).unwrap();
    let stamping = SignatureTimestamping::new(&document, "Foreign", now).unwrap();
    let error = stamping.timestamp(&world.authority.at(now)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Capacity, "{error}");
    let archived = archived(&world, &signed, now);
    assert_eq!(world.verify(&archived, now).verdict(), Some(Indication::TotalPassed));
    // Its archival process knows signatures with a timestamp of their own only.
    let said = judged_at(&python, &world, &archived, now, "B-LT");
    assert_eq!(said, "judged.pdf: good");
}
