//! Every build of PKI: the collector completes it, we pass it, and pyHanko's archival validation passes it, offline.

use std::path::Path;

use pades_ltv::authority::{Authority, OcspSigner, RevocationReason, RevocationSources, Shape};
use pades_ltv::report::Level;
use pades_ltv::{Augmentation, Document, Indication, Signing, Time};

use crate::common::{CONTRACT, World, certificates, minutes, now};
use crate::tools::{self, Tools};

/// Builds of PKI by name.
pub(crate) fn shapes() -> Vec<(&'static str, Shape)> {
    use OcspSigner::{DelegatedWithStatus, Issuer};
    use RevocationSources::{CrlOnly, OcspOnly};
    let new = Shape::new;
    vec![
        ("both", new()),
        ("ocsp-only", new().sources(OcspOnly)),
        ("crl-only", new().sources(CrlOnly)),
        ("ocsp-by-issuer", new().sources(OcspOnly).ocsp_signer(Issuer)),
        ("responder-with-status", new().ocsp_signer(DelegatedWithStatus)),
        ("nested-tsa", new().nested_tsa(2)),
        ("nested-tsa-crl-only", new().nested_tsa(3).sources(CrlOnly)),
        ("cross-certified", new().cross_certified()),
        ("cross-certified-crl-only", new().cross_certified().sources(CrlOnly)),
        ("crl-issuers", new().crl_issuers().sources(CrlOnly)),
        ("bundles", new().bundles().sources(OcspOnly)),
        ("decoys", new().decoys()),
        ("everything", new().decoys().bundles().cross_certified().nested_tsa(2).ocsp_signer(DelegatedWithStatus)),
    ]
}

pub(crate) fn world(name: &str, shape: &Shape) -> World {
    let authority = Authority::shaped(name, now(), shape.clone()).unwrap();
    let signer = authority.issue("甲野太郎").unwrap();
    World { trust: authority.anchors(), authority, signer }
}

/// `pdf`, signed and stamped at `time`: B-T, with room for tokens of any chain.
pub(crate) fn stamped(world: &World, pdf: &[u8], time: Time) -> Vec<u8> {
    let document = Document::open(pdf).unwrap();
    let signed = Signing::new(&document, time).timestamp_room(ROOM).sign(&world.signer).unwrap();
    signed.timestamp(&world.authority.at(time)).unwrap().finish().unwrap().apply(pdf).unwrap()
}

/// `pdf` with its evidence and a document timestamp over it, and that timestamp's own evidence.
pub(crate) fn archived(world: &World, pdf: &[u8], time: Time) -> Vec<u8> {
    let document = Document::open(pdf).unwrap();
    let augmentation = Augmentation::new(&document, time);
    let evidence = world.evidence(pdf, time);
    let archived = augmentation.evidence(&evidence).timestamp(&world.authority.at(time)).unwrap().apply(pdf).unwrap();
    world.extended(&archived, time)
}

const ROOM: usize = 6_000;

#[test]
fn what_is_collected_passes_here_and_in_pyhanko() {
    let python = tools::pyhanko();
    for (name, shape) in shapes() {
        let world = world(name, &shape);
        let archived = archived(&world, &stamped(&world, CONTRACT, now()), now().after(minutes(60)));
        let later = now().after(minutes(120));
        let report = world.verify(&archived, later);
        assert_eq!(report.verdict(), Some(Indication::TotalPassed), "{name}: {report:#?}");
        assert_eq!(report.signatures[0].level, Some(Level::Lta), "{name}: {report:#?}");
        if let Some(python) = &python {
            assert_eq!(judged(python, &world, &archived, later), "judged.pdf: good", "{name}");
        }
    }
}

/// What pyHanko says of `pdf` at B-LTA, with nothing but the anchor.
pub(crate) fn judged(python: &str, world: &World, pdf: &[u8], time: Time) -> String {
    judged_at(python, world, pdf, time, "B-LTA")
}

/// As [`judged`], by another measure.
pub(crate) fn judged_at(python: &str, world: &World, pdf: &[u8], time: Time, level: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let tools = Tools::new(folder.path(), time);
    tools.write("anchor.pem", world.authority.root_pem().as_bytes());
    tools.write("judged.pdf", pdf);
    let path: &Path = folder.path();
    tools::python(python, "judge.py", path, time, [format!("judged.pdf={level}")]).trim().to_owned()
}

#[test]
fn a_revocation_in_the_list_of_another_issuer_counts() {
    let mut world = world("revoked", &Shape::new().crl_issuers().sources(RevocationSources::CrlOnly));
    let time = now().after(minutes(60));
    let pdf = stamped(&world, CONTRACT, time);
    assert_eq!(world.verify_online(&pdf, time).verdict(), Some(Indication::TotalPassed));
    let certificate = certificates(&world.signer).swap_remove(0);
    world.authority.revoke(&certificate, now(), RevocationReason::KeyCompromise).unwrap();
    assert_eq!(world.verify_online(&pdf, time).verdict(), Some(Indication::Indeterminate));
}
