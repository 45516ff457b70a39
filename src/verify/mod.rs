//! Verifying: from a document, trust anchors and a time to a report.
//!
//! What it is for: the answer to "is this what was signed, by whom, when, and does it still hold?" in the words of EN 319 102-1.
//!
//! Invariant: `Err` never stands for a bad signature; whatever is wrong becomes a finding and an indication.
//! Invariant: only a proof of existence moves time back: a claimed signing time never does.
//! Invariant: what could not be judged is never passed.
//!
//! Specified in EN 319 102-1, 5.2 (blocks) and 5.3–5.6 (processes); the modules carry the standard's names.
//!
//! Nouns, from the ground up: [`policy`] (which algorithms hold until when), [`integrity`] (what the file says and whether its
//! digest and value hold), [`reading`] (all of it), [`modification`] (what later revisions changed), [`existence`] (what is proved to
//! have been there), [`certificate`] (the X.509 blocks), [`context`] (signature policies), [`order`] (times in their order), [`process`] (what
//! blocks come to), [`timestamp`], [`proving`] (extraction of
//! proofs), [`reliance`] (who has to hold, and when), [`level`] (how much is there), [`stage`] (the driver), [`outlook`] (the future), [`diagnosis`] (what is missing),
//! [`transaction`] (what the file is about, and who signed that).

mod basis;
mod certificate;
mod conformity;
mod context;
mod diagnosis;
mod existence;
#[cfg(test)]
mod foreign_tests;
mod integrity;
mod level;
pub(crate) mod modification;
mod order;
mod outlook;
mod policy;
mod process;
mod provenance;
mod proving;
mod reading;
mod reliance;
mod removed;
mod stage;
mod timestamp;
mod transaction;
mod verification;

pub(crate) use certificate::{Gap, Needs, Pool, Settled, Validator};
pub(crate) use existence::ProofsOfExistence;
pub(crate) use integrity::{Content, Cryptography, Facts, Hashed, hash};
pub use policy::{Algorithm, Policy};
pub(crate) use proving::Covered;
pub(crate) use reading::{evidence_in, newest_timestamp, read_signatures};
pub(crate) use reliance::{Reliance, covered, reliances};
pub use verification::Verification;
