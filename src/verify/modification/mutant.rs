//! Every place at which the rules allow or refuse something, as a switch: tests turn one off and look for a vector that notices.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::panic::Location;

/// File, line and column of a place in this module's source.
pub(super) type Site = (&'static str, u32, u32);

thread_local! {
    static OFF: Cell<Option<Site>> = const { Cell::new(None) };
    static SEEN: RefCell<BTreeSet<Site>> = const { RefCell::new(BTreeSet::new()) };
}

/// Whether the caller's place is switched off.
#[track_caller]
pub(super) fn is_off() -> bool {
    let place = Location::caller();
    let site = (place.file(), place.line(), place.column());
    SEEN.with_borrow_mut(|seen| seen.insert(site));
    OFF.get() == Some(site)
}

/// What `work` gives without the place `site`, and the places that it came by.
pub(super) fn without<T>(site: Option<Site>, work: impl FnOnce() -> T) -> (T, BTreeSet<Site>) {
    OFF.set(site);
    SEEN.take();
    let found = work();
    OFF.set(None);
    (found, SEEN.take())
}
