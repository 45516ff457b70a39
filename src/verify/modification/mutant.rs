//! Every place at which the rules allow or refuse something, as a switch: tests turn one off or around and look for a vector that notices.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::panic::Location;

use super::clearance::Clearance;
use super::step::Step;
use crate::report;

/// File, line and column of a place in this module's source.
pub(super) type Site = (&'static str, u32, u32);

/// What becomes of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mutation {
    /// It does nothing.
    Removed,
    /// It allows what it refused, or refuses what it allowed.
    Inverted,
}

/// What a place does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    Allows,
    Forbids,
}

thread_local! {
    static MUTANT: Cell<Option<(Site, Mutation)>> = const { Cell::new(None) };
    static SEEN: RefCell<BTreeSet<Site>> = const { RefCell::new(BTreeSet::new()) };
}

/// What becomes of the caller's place; none if it works.
#[track_caller]
pub(super) fn here() -> Option<Mutation> {
    let place = Location::caller();
    let site = (place.file(), place.line(), place.column());
    SEEN.with_borrow_mut(|seen| seen.insert(site));
    MUTANT.get().filter(|(mutant, _)| *mutant == site).map(|(_, mutation)| mutation)
}

/// What `work` gives with a mutant, and the places that it came by.
pub(super) fn with<T>(mutant: Option<(Site, Mutation)>, work: impl FnOnce() -> T) -> (T, BTreeSet<Site>) {
    MUTANT.set(mutant);
    SEEN.take();
    let found = work();
    MUTANT.set(None);
    (found, SEEN.take())
}

impl Step<'_> {
    /// Does what a mutant does to `object`; 0 stands for what is no object.
    pub(super) fn mutated(&mut self, mutation: Mutation, rule: Rule, object: u32) {
        match (mutation, rule) {
            (Mutation::Removed, _) => {}
            (Mutation::Inverted, Rule::Allows) => self.refuse_under(report::Rule::DefaultDeny, object, "inverted"),
            (Mutation::Inverted, Rule::Forbids) => drop(self.cleared.insert(object, Clearance::Keys)),
        }
    }
}
