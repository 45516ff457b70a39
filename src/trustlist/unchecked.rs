//! A list whose signature nobody has checked yet.

/// A list that was read, but whose signature was not checked: its [`claims`](Self::claims) can be looked at, and not used.
///
/// What makes it a list to be used depends on its kind: `signed_by` for a [`TrustedList`](super::TrustedList), `verified` for an
/// [`AdobeList`](super::AdobeList).
#[derive(Clone, Debug)]
pub struct Unchecked<'a, L> {
    pub(super) bytes: &'a [u8],
    pub(super) list: L,
}

impl<L> Unchecked<'_, L> {
    /// What the list says, whoever wrote it.
    pub fn claims(&self) -> &L {
        &self.list
    }

    /// The list, **without checking its signature**: for lists that came from somewhere that is trusted in another way. Whoever can change
    /// the file then decides who is trusted.
    pub fn danger_unverified(self) -> L {
        self.list
    }
}
