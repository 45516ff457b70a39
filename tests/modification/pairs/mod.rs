//! Every rule with what it permits, and beside it the least step beyond; every threat with the harmless thing that it looks like.

mod catalog;
mod comments;
mod filling;
mod locks;
mod objects;
mod pages;
mod signatures;
mod store;

use crate::file::Edit::{self, Put, Swap};

/// A permitted change and a forbidden one, as like as can be, after a signature `under` some restriction.
pub(crate) struct Pair {
    pub(crate) name: &'static str,
    pub(crate) under: &'static str,
    pub(crate) good: &'static [Edit],
    /// One behind the other.
    pub(crate) bad: [&'static [Edit]; 2],
}

const fn pair(name: &'static str, under: &'static str, good: &'static [Edit], bad: &'static [Edit]) -> Pair {
    Pair { name, under, good, bad: [bad, &[]] }
}

/// What is permitted, and `beyond` it one thing more that is not.
const fn step(name: &'static str, under: &'static str, good: &'static [Edit], beyond: &'static [Edit]) -> Pair {
    Pair { name, under, good, bad: [good, beyond] }
}

/// All pairs. Their order says in which style of cross-reference each is written.
pub(crate) fn pairs() -> impl Iterator<Item = &'static Pair> {
    let themes = [
        filling::TEXT,
        filling::CHOICES,
        filling::BUTTONS,
        locks::LOCKS,
        signatures::SIGNATURES,
        signatures::REWRITTEN,
        store::STORE,
        catalog::CATALOG,
        catalog::FORM,
        pages::PAGES,
        comments::COMMENTS,
        objects::OBJECTS,
        objects::AROUND,
        signatures::GROUPS,
        pages::WRITERS,
        filling::ELSEWHERE,
    ];
    themes.into_iter().flatten()
}

const LOOK: Edit =
    Put(60, "<</Type/XObject/Subtype/Form/BBox[0 0 50 10]/Resources<</Font<</F 8 0 R>>>>>>stream (2026) Tj");
const DATE: Edit = Swap(40, "/V()", "/V(2026)/AP<</N 60 0 R>>");
/// Another signature in a field of its own.
const FIELD: Edit = Put(61, "<</Type/Annot/Subtype/Widget/FT/Sig/T(other)/V 62 0 R/Rect[0 0 0 0]/F 132/P 3 0 R>>");
const SIGNATURE: Edit = Put(62, "<<@sig/Reason(seen)>>");
const IN_FORM: Edit = Swap(4, "55 0 R]", "55 0 R 61 0 R]");
const ON_PAGE: Edit = Swap(3, "54 0 R]", "54 0 R 61 0 R]");
/// The same in a group that was there.
const MEMBER: Edit =
    Put(61, "<</Type/Annot/Subtype/Widget/FT/Sig/T(other)/Parent 98 0 R/V 62 0 R/Rect[0 0 0 0]/F 132/P 3 0 R>>");
const JOINS: Edit = Swap(98, "[99 0 R]", "[99 0 R 61 0 R]");
const STAMP: Edit = Put(62, "<<@stamp/V 0>>");
const NOTE: Edit =
    Put(61, "<</Type/Annot/Subtype/FreeText/Contents(really?)/DA(/F 9 Tf)/Rect[20 20 90 40]/AP<</N 60 0 R>>/P 3 0 R>>");

/// A field filled in.
const FILLED: &[Edit] = &[DATE, LOOK];
/// One more signature.
const SIGNED: &[Edit] = &[FIELD, SIGNATURE, IN_FORM, ON_PAGE];
/// The empty field signed.
const FIELD_SIGNED: &[Edit] = &[Swap(92, "(Signature2)", "(Signature2)/V 62 0 R"), SIGNATURE];
/// A remark.
const NOTED: &[Edit] = &[NOTE, LOOK, ON_PAGE];
/// One more signature, in a group.
const JOINED: &[Edit] = &[MEMBER, SIGNATURE, JOINS, ON_PAGE];
