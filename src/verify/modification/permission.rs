//! What the signatures of a document permit to change after them (ISO 32000-2, 12.8.2; 12.7.5.5, table 236).
//!
//! Invariant: what cannot be placed in time binds from the beginning.

use std::collections::{HashMap, HashSet};

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
    /// All fields, or all but some.
    frozen: Vec<(usize, Frozen)>,
    /// The fields that are frozen by name, each from the first such rule on.
    named: HashMap<String, usize>,
}

/// A selection of fields in which a name is looked up, however many it has.
#[derive(Debug)]
enum Frozen {
    All,
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
            rule.frozen.into_iter().for_each(|fields| permissions.freeze(since, fields));
        }
        for rules in [&mut permissions.certifications, &mut permissions.locks] {
            rules.sort_unstable();
            tighten(rules);
        }
        Ok(permissions)
    }

    fn freeze(&mut self, since: usize, fields: FieldSelection) {
        match fields {
            FieldSelection::All => self.frozen.push((since, Frozen::All)),
            FieldSelection::Exclude(names) => {
                self.frozen.push((since, Frozen::NotAmong(names.into_iter().collect())));
            }
            FieldSelection::Include(names) => {
                for name in names {
                    let first = self.named.entry(name).or_insert(since);
                    *first = since.min(*first);
                }
            }
        }
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
        let is_named = |name: &str| self.named.get(name).is_some_and(|since| *since < revision);
        with_groups(name).any(is_named)
            || self.frozen.iter().any(|(since, selection)| *since < revision && selection.selects(name))
    }
}

impl Frozen {
    /// Whether the field of this fully qualified name is selected, by itself or with a group that it is in (12.7.5.5, table 236).
    fn selects(&self, name: &str) -> bool {
        steps(1);
        match self {
            Self::All => true,
            Self::NotAmong(names) => !with_groups(name).any(|group| names.contains(group)),
        }
    }
}

/// A fully qualified name, and those of the groups that the field is in.
fn with_groups(name: &str) -> impl Iterator<Item = &str> {
    name.match_indices('.').filter_map(|(dot, _)| name.get(..dot)).chain([name])
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
            let mut permissions = Permissions::default();
            permissions.freeze(0, selection.clone());
            for name in ["a", "a.x", "ax", "b", "b.c", "b.c.d", "b.cd", "d", "d.", "d..e", "", ".x", "x"] {
                assert_eq!(permissions.freezes(name, 1), selection.selects(name), "{name:?} of {selection:?}");
            }
        }
    }
}
