//! Evidence that lasts: finding what a file needs to be verified for decades, and putting it in.
//!
//! What it is for: B-LT and B-LTA. [`Collector`] says what to fetch next and takes the answers; [`Augmentation`] appends them as a
//! document security store, and a document timestamp behind it. [`SignatureTimestamping`] gives a signature that is there a timestamp of
//! its own (B-T). [`EvidenceCache`] keeps evidence for the next document.
//!
//! Invariant: nothing is fetched here: requests and answers are values.
//! Invariant: evidence that is in a file stays there; the same world gives the same bytes.
//! Invariant: what could not be had is named, with the certificate that it is for and who was asked ([`Shortage`]).
//!
//! Specified in EN 319 142-1, 5.4 (store and timestamp) and 6.3 (what belongs in it); ISO 32000-2, 12.8.4.3; EN 319 102-1, 5.3.4 (the
//! grace period).
//!
//! Nouns, from the ground up: [`shortage`] (what is missing, as data), [`vri`] (names of signatures), [`want`] (who may have it),
//! [`collector`], [`cache`], [`rewrite`] (bytes over others), [`stamping`], [`augmentation`].

mod augmentation;
mod cache;
mod collector;
mod rewrite;
mod shortage;
mod stamping;
mod vri;
mod want;

pub use augmentation::Augmentation;
pub use cache::EvidenceCache;
pub use collector::Collector;
pub use rewrite::Rewrite;
pub use shortage::{Attempt, Collected, Lack, Shortage};
pub use stamping::SignatureTimestamping;
pub use vri::Vri;
