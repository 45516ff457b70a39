//! What the signatures of a document permit to change after them (ISO 32000-2, 12.8.2; 12.7.5.5, table 236).
//!
//! Invariant: what cannot be placed in time binds from the beginning.

use std::collections::HashSet;

use super::meter::steps;
use crate::error::Result;
use crate::pdf::document::Document;
use crate::pdf::form::Form;
use crate::pdf::restriction::Restrictions;
use crate::pdf::transform::{Certification, FieldSelection};
use crate::report::Modification;

/// Each rule with the index of the revision behind which it holds.
#[derive(Debug, Default)]
pub(super) struct Permissions {
    /// Ascending, and each as tight as those before.
    certifications: Vec<(usize, Modification)>,
    /// Likewise.
    locks: Vec<(usize, Modification)>,
    frozen: Vec<(usize, Frozen)>,
}

/// A selection of fields in which a name is looked up, however many it has.
#[derive(Debug)]
enum Frozen {
    All,
    Among(HashSet<String>),
    NotAmong(HashSet<String>),
}

impl Permissions {
    /// Places the rules of all signatures in `form`, and of the certification that the catalog names.
    pub(super) fn read(document: &Document<'_>, form: &Form) -> Result<Self> {
        let mut permissions = Self::default();
        for rule in Restrictions::read(document.latest(), form)?.rules {
            // A line end behind the revision may be covered or not.
            let behind =
                |end: u64| document.revisions().partition_point(|revision| revision.end().saturating_add(2) < end);
            let since = rule.end.map_or(0, behind);
            permissions.certifications.extend(rule.certification.map(|permission| (since, level(permission))));
            permissions.locks.extend(rule.lock.map(|permission| (since, level(permission))));
            permissions.frozen.extend(rule.frozen.into_iter().map(|fields| (since, Frozen::from(fields))));
        }
        for rules in [&mut permissions.certifications, &mut permissions.locks] {
            rules.sort_unstable();
            tighten(rules);
        }
        Ok(permissions)
    }

    /// The most that may change from the revision before `revision` to it: what a certification says, else filling in forms
    /// and signing.
    pub(super) fn at(&self, revision: usize) -> Modification {
        let least = |rules: &[(usize, Modification)]| {
            let count = rules.partition_point(|(since, _)| *since < revision);
            rules.get(count.checked_sub(1)?).map(|(_, level)| *level)
        };
        let certified = least(&self.certifications).unwrap_or(Modification::Form);
        least(&self.locks).map_or(certified, |locked| locked.min(certified))
    }

    /// How many selections of fields there are to look into.
    pub(super) fn frozen(&self) -> usize {
        self.frozen.len()
    }

    /// Whether a signature before `revision` froze the field of this name.
    pub(super) fn freezes(&self, name: &str, revision: usize) -> bool {
        self.frozen.iter().any(|(since, selection)| *since < revision && selection.selects(name))
    }
}

impl Frozen {
    /// Whether the field of this fully qualified name is selected, by itself or with a group that it is in (12.7.5.5, table 236).
    fn selects(&self, name: &str) -> bool {
        steps(1);
        let groups = name.match_indices('.').filter_map(|(dot, _)| name.get(..dot));
        let is_in = |names: &HashSet<String>| groups.chain([name]).any(|group| names.contains(group));
        match self {
            Self::All => true,
            Self::Among(names) => is_in(names),
            Self::NotAmong(names) => !is_in(names),
        }
    }
}

impl From<FieldSelection> for Frozen {
    fn from(selection: FieldSelection) -> Self {
        match selection {
            FieldSelection::All => Self::All,
            FieldSelection::Include(names) => Self::Among(names.into_iter().collect()),
            FieldSelection::Exclude(names) => Self::NotAmong(names.into_iter().collect()),
        }
    }
}

/// Makes each of the rules, which are in the order of their revisions, the tightest of those up to it.
fn tighten(rules: &mut [(usize, Modification)]) {
    let mut tightest = Modification::Unknown;
    for (_, level) in rules {
        tightest = tightest.min(*level);
        *level = tightest;
    }
}

/// Evidence and document timestamps are no changes, even where none are permitted (12.8.2.2.1).
fn level(permission: Certification) -> Modification {
    match permission {
        Certification::NoChanges => Modification::Lta,
        Certification::FillForms => Modification::Form,
        Certification::Annotate => Modification::Annotate,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selections_hold_for_fields_and_for_groups_as_those_of_locks_do() {
        let names = || vec!["a".to_owned(), "b.c".to_owned(), "d.".to_owned(), String::new()];
        for selection in [FieldSelection::All, FieldSelection::Include(names()), FieldSelection::Exclude(names())] {
            let frozen = Frozen::from(selection.clone());
            for name in ["a", "a.x", "ax", "b", "b.c", "b.c.d", "b.cd", "d", "d.", "d..e", "", ".x", "x"] {
                assert_eq!(frozen.selects(name), selection.selects(name), "{name:?} of {selection:?}");
            }
        }
    }
}
