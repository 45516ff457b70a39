//! Chains of document timestamps: renewed in time they last, and a broken one is not mended in silence.

use pades_ltv::authority::{RevocationSources, Shape};
use pades_ltv::{Augmentation, Document, ErrorKind, Indication, Result, Time};

use crate::common::{CONTRACT, World, minutes, now, years};
use crate::tools;
use crate::worlds::{archived, judged_at, stamped, world};

/// One renewal at `time`: fresh evidence, and a timestamp over it.
fn renewed(world: &World, pdf: &[u8], time: Time, left: bool) -> Result<Vec<u8>> {
    let document = Document::open(pdf).unwrap();
    let services = world.authority.at(time);
    let evidence = pades_ltv::Evidence::collect(&document, &world.trust, &services, time);
    let augmentation = Augmentation::new(&document, time);
    let augmentation = match evidence {
        Ok(evidence) => augmentation.evidence(&evidence),
        Err(_) if left => augmentation,
        Err(error) => return Err(error),
    };
    let augmentation = if left { augmentation.archive_what_is_left() } else { augmentation };
    let longer = augmentation.timestamp(&services)?.apply(pdf)?;
    // Its own evidence, too.
    Ok(if left { longer } else { world.extended(&longer, time) })
}

#[test]
fn four_renewals_in_time_keep_the_first_signature() {
    let python = tools::pyhanko();
    for (name, shape) in [
        ("renewed", Shape::new()),
        ("renewed by lists", Shape::new().sources(RevocationSources::CrlOnly).nested_tsa(1)),
    ] {
        let world = world(name, &shape);
        let mut pdf = archived(&world, &stamped(&world, CONTRACT, now()), now());
        let mut time = now();
        for number in 0..4 {
            time = time.after(years(9));
            let longer = renewed(&world, &pdf, time, false).unwrap();
            assert!(longer.starts_with(&pdf), "what was there stays");
            pdf = longer;
            // pyHanko gives up where an authority above the signer has expired, however well it is proved.
            if let Some(python) = python.as_ref().filter(|_| number == 0) {
                let said = judged_at(python, &world, &pdf, time.after(minutes(1)), "archival");
                assert_eq!(said, "judged.pdf: good", "{name}");
            }
        }
        let report = world.verify(&pdf, time.after(minutes(1)));
        assert_eq!(report.verdict(), Some(Indication::TotalPassed), "{name}: {report:#?}");
    }
}

#[test]
fn an_expired_chain_is_not_renewed_but_on_request() {
    let world = world("too late", &Shape::new());
    let pdf = archived(&world, &stamped(&world, CONTRACT, now()), now());
    let late = now().after(years(12));
    let document = Document::open(pdf.as_slice()).unwrap();
    let services = world.authority.at(late);
    let error = Augmentation::new(&document, late).timestamp(&services).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Evidence);
    assert_eq!(error.place(), Some("Timestamp1"));
    assert!(error.to_string().contains("the newest timestamp expired on 2037-"), "{error}");
    let archived = renewed(&world, &pdf, late, true).unwrap();
    assert!(archived.starts_with(&pdf));
    assert_eq!(world.verify(&archived, late).verdict(), Some(Indication::Indeterminate), "it proves nothing of before");
}

#[test]
fn a_signature_timestamp_that_expired_breaks_the_chain_too() {
    let world = world("too late for the first", &Shape::new());
    let pdf = world.extended(&stamped(&world, CONTRACT, now()), now());
    let document = Document::open(pdf.as_slice()).unwrap();
    let late = now().after(years(12));
    let error = Augmentation::new(&document, late).timestamp(&world.authority.at(late)).unwrap_err();
    assert_eq!((error.kind(), error.place()), (ErrorKind::Evidence, Some("Signature1")));
    // Nothing to expire, nothing to refuse.
    let plain = Document::open(CONTRACT).unwrap();
    let _ = Augmentation::new(&plain, late).timestamp(&world.authority.at(late)).unwrap();
}
