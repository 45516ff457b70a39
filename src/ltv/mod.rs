//! Evidence that lasts: finding what a file needs to be verified for decades, and putting it in.
//!
//! What it is for: B-LT and B-LTA. [`Collector`] says what to fetch next and takes the answers; [`Augmentation`] appends them as a
//! document security store, and a document timestamp behind it.
//!
//! Invariant: nothing is fetched here: requests and answers are values.
//! Invariant: evidence that is in a file stays there; the same world gives the same bytes.
//!
//! Specified in EN 319 142-1, 5.4 (store and timestamp) and 6.3 (what belongs in it); ISO 32000-2, 12.8.4.3.

mod augmentation;
mod collector;

pub use augmentation::Augmentation;
pub use collector::Collector;
