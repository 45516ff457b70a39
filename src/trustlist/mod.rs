//! Published lists of who is trusted, read into a [`TrustStore`](crate::TrustStore): feature `trust-lists`.
//!
//! What it is for: [`AdobeList`] (the Adobe Approved Trust List), [`TrustedList`] (EU trusted lists and the list of them), and
//! [`accredited`] (certificates of accredited timestamp authorities, as ministries publish them). Every anchor that comes of a list
//! carries the list's name and date, and is trusted for what the list says and for no longer.
//!
//! A list is worth what its own signature is worth, so that reading one gives an [`Unchecked`] list, of which nothing can be taken but
//! by checking its signature or by saying that one does not.
//!
//! Invariant: no I/O and no clock: lists are bytes, and the time of checking is an argument.
//! Invariant: what a list does not say is not trusted: a root of signers vouches for no timestamp.
//! Invariant: a list that has expired is not taken but by saying that one does (TS 119 612, 5.3.15), and who is named to sign the list of one
//! territory signs none of another.
//! Invariant: an entry that cannot be read is counted and named, and its list is not thrown away for it.
//!
//! Specified in TS 119 612 V2.2.1 and V2.3.1 (lists of version 5 and 6), XML Signature 1.1 within the profile of TS 119 612, annex B.
//! Adobe documents its format nowhere: what is taken from it stands at [`AdobeList`].
//!
//! # Examples
//! ```
//! use pades_ltv::trustlist::{ListSigners, TrustedList, Unchecked};
//! # use pades_ltv::{Result, Time, TrustStore};
//! # fn run(list_of_lists: &[u8], national: &[u8], journal: &[&[u8]], now: Time) -> Result<TrustStore> {
//! // Who may sign the list of lists stands in the Official Journal; who may sign a national list, in the list of lists.
//! let lists = Unchecked::<TrustedList>::read(list_of_lists)?.signed_by(&ListSigners::of_any_list(journal), now)?;
//! let national = Unchecked::<TrustedList>::read(national)?.signed_by(&lists.signers(), now)?;
//! let mut trust = TrustStore::new();
//! let added = national.add_to(&mut trust);
//! # Ok(trust)
//! # }
//! ```

mod accredited;
mod adobe;
mod anchors;
mod etsi;
mod signers;
mod unchecked;
mod xml;
mod xml_canonical;
mod xml_signature;

pub use accredited::{Accredited, accredited};
pub use adobe::{AdobeIdentity, AdobeList};
pub use anchors::Added;
pub use etsi::{ListPointer, Names, Service, ServiceEntry, TrustServiceProvider, TrustedList};
pub use signers::ListSigners;
pub use unchecked::Unchecked;

/// The canonical form of some XML, and that form's own.
#[cfg(feature = "fuzzing")]
pub(crate) fn canonical_again(bytes: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let first = xml_canonical::canonical(xml::parse(bytes).ok()?.root(), None);
    let second = xml_canonical::canonical(xml::parse(&first).ok()?.root(), None);
    Some((first, second))
}
