//! Files of every structure that readers meet: opened, signed, archived and repaired, and judged by tools that nobody here wrote.
//!
//! A judge that is not installed, or a corpus that is not there, is said, not passed over. Exceptions stand in lists beside this
//! file, each with its reason; one that no longer happens fails.

#![allow(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

#[path = "../common/mod.rs"]
mod common;
mod corpus;
mod hybrid;
mod matrix;
mod opening;
mod real_files;
mod repair;
#[path = "../interop/tools.rs"]
mod tools;

use common::{ROOM, World, now};
use pades_ltv::{Augmentation, Collector, Document, Evidence, Fetch, Report, Result, Signing, Verification};

/// The least and the most that a signature can be, and how it is made.
const LEVELS: [(&str, Make); 2] = [("B-B", signed), ("B-LTA", archived)];

type Make = fn(&World, &[u8]) -> Result<Vec<u8>>;

/// `pdf`, signed: B-B.
fn signed(world: &World, pdf: &[u8]) -> Result<Vec<u8>> {
    let document = Document::open(pdf)?;
    Signing::new(&document, now()).timestamp_room(0).sign(&world.signer)?.finish()?.apply(pdf)
}

/// `pdf`, signed and stamped, with its evidence and a document timestamp over it: B-LTA.
fn archived(world: &World, pdf: &[u8]) -> Result<Vec<u8>> {
    let services = world.authority.at(now());
    let document = Document::open(pdf)?;
    let update = Signing::new(&document, now()).timestamp_room(ROOM).sign(&world.signer)?;
    let update = update.timestamp(&services)?.finish()?;
    let signed = update.document(&document)?;
    let evidence = evidence(world, &signed)?;
    let archived = Augmentation::new(&signed, now()).evidence(&evidence).timestamp(&services)?;
    update.then(archived)?.apply(pdf)
}

/// What the authority has for the signatures of `document`. Others that it knows nothing of may be there.
fn evidence(world: &World, document: &Document<'_>) -> Result<Evidence> {
    let mut collector = Collector::new(document, &world.trust, now())?;
    while let Some(request) = collector.next_request() {
        let answer = world.authority.at(now()).fetch(&request);
        collector.answer(&request, answer);
    }
    Ok(collector.finish_incomplete())
}

/// The verdict, with what the authority has to say.
fn verified(world: &World, document: &Document<'_>) -> Result<Report> {
    let evidence = evidence(world, document)?;
    Ok(Verification::new(document, &world.trust, now()).evidence(&evidence).verify())
}
