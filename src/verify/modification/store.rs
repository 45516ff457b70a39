//! Rules for the document security store (ISO 32000-2, 12.8.4.3): it only grows.

use std::collections::HashSet;

use super::catalog::DATA;
use super::clearance::{Clearance, Place};
use super::equality::differences;
use super::step::{Change, Step};
use super::told::Told;
use crate::error::Result;
use crate::pdf::object::{Dictionary, Object, Ref};
use crate::report::{ChangeKind, Modification, Rule};

/// The lists of the store itself, and those of its `/VRI` entries.
const LISTS: [&str; 6] = ["Certs", "CRLs", "OCSPs", "Cert", "CRL", "OCSP"];

impl Step<'_> {
    pub(super) fn store(&mut self, place: Place, old: Option<&Object>, new: Option<&Object>) -> Result<()> {
        let was = self.was(old)?;
        let (place, is) = self.is(place, (old, new), Clearance::Keys)?;
        self.signing.store = place.holder;
        let is_same = self.is_same((old, &was), (new, &is))?;
        let what = "the document security store";
        let Some((was, is)) = self.two_dictionaries(&place, (&was, &is), what) else { return Ok(()) };
        let changed = if is_same { Vec::new() } else { differences(was, is) };
        for one in changed {
            let is_kept = one.after.is_some() || one.before.is_none();
            let key = one.key.to_text();
            match key.as_str() {
                "Certs" | "CRLs" | "OCSPs" | "VRI" if is_kept => self.tell_store(),
                "Type" if one.before.is_none() => {}
                _ => self.refuse(place.holder, format_args!("/{key} of the document security store was changed")),
            }
        }
        for key in ["Certs", "CRLs", "OCSPs"] {
            self.list(place.key(key), key, (was.get(key), is.get(key)), &HashSet::new())?;
        }
        self.vri(&place, was, is)
    }

    /// The store grew.
    #[cfg_attr(test, track_caller)]
    fn tell_store(&mut self) {
        let new: Vec<String> = self.signing.stored.iter().map(|(list, count)| format!("{count} in /{list}")).collect();
        let new = (!new.is_empty()).then(|| new.join(", "));
        let told = Told::new(ChangeKind::SecurityStore, Rule::SecurityStore, Modification::Lta);
        self.tell(self.signing.store, told.values(None, new));
    }

    /// The entries are hints: a value may leave one of them, but not the store.
    fn vri(&mut self, store: &Place, old: &Dictionary, new: &Dictionary) -> Result<()> {
        let was = self.was(old.get("VRI"))?;
        let (place, is) = self.is(store.key("VRI"), (old.get("VRI"), new.get("VRI")), Clearance::Whole)?;
        let has_changed_entries = self.changes.values().any(is_related);
        let is_same = self.is_same((old.get("VRI"), &was), (new.get("VRI"), &is))?;
        if is_same && !has_changed_entries {
            return Ok(());
        }
        let Some((was, is)) = self.two_dictionaries(&place, (&was, &is), "/VRI") else { return Ok(()) };
        let mut pool = HashSet::new();
        for key in ["Certs", "CRLs", "OCSPs"] {
            let list = self.read(self.after, new.get(key))?;
            let list = list.as_array().unwrap_or_default();
            self.look_at(list.len())?;
            pool.extend(list.iter().filter_map(Object::as_reference));
        }
        let changed = if is_same { Vec::new() } else { differences(was, is) };
        for one in changed {
            let key = one.key.to_text();
            match one.after {
                Some(Object::Name(_)) if key == "Type" => {}
                Some(after) => self.related(place.key(&key), one.before, after, &pool)?,
                None => self.refuse(place.holder, format_args!("/{key} of /VRI was removed")),
            }
        }
        // Entries may also change where they stand, the map being as it was.
        for entry in is.iter().filter(|_| has_changed_entries) {
            self.look_at(1)?;
            if entry.value.as_reference().is_some_and(|id| self.changes.contains_key(&id.number)) {
                self.related(place.key(&entry.key.to_text()), Some(&entry.value), &entry.value, &pool)?;
            }
        }
        Ok(())
    }

    /// What belongs to one signature (12.8.4.4).
    fn related(&mut self, place: Place, old: Option<&Object>, new: &Object, pool: &HashSet<Ref>) -> Result<()> {
        let was = self.was(old)?;
        let (place, is) = self.is(place, (old, Some(new)), Clearance::Whole)?;
        let Some((was, is)) = self.two_dictionaries(&place, (&was, &is), "an entry of /VRI") else { return Ok(()) };
        for one in differences(was, is) {
            let key = one.key.to_text();
            match (key.as_str(), one.after) {
                ("Cert" | "CRL" | "OCSP", _) => {
                    self.list(place.key(&key), &key, (one.before, one.after), pool)?;
                }
                ("TS", Some(Object::Reference(id))) => self.value(&place.key("TS"), *id, &key),
                ("TU" | "Type", None | Some(Object::String(_) | Object::Name(_))) => {}
                _ => self.refuse(place.holder, format_args!("/{key} of an entry of /VRI was changed")),
            }
        }
        self.tell_store();
        Ok(())
    }

    /// A list of streams, before and after. Those in `pool` may leave it.
    fn list(
        &mut self,
        place: Place,
        key: &str,
        (old, new): (Option<&Object>, Option<&Object>),
        pool: &HashSet<Ref>,
    ) -> Result<()> {
        let was = self.was(old)?;
        let (place, is) = self.is(place, (old, new), Clearance::Whole)?;
        let is_same = was.is(&is);
        let (Some(was), Some(is)) = (items(&was), items(&is)) else {
            self.refuse(place.holder, format_args!("/{key} of the document security store is no array"));
            return Ok(());
        };
        // A list that is what it was may lead to what was not there.
        let has_new_values = || self.changes.values().any(|change| change.is_new() && is_stream(&change.after));
        if is_same && !has_new_values() {
            return Ok(());
        }
        self.look_at(was.len().saturating_add(is.len()))?;
        let there: HashSet<Ref> = is.iter().filter_map(Object::as_reference).collect();
        for (index, item) in was.iter().enumerate() {
            let is_kept = match item {
                Object::Reference(id) => there.contains(id) || pool.contains(id),
                direct => is.get(index) == Some(direct),
            };
            if !is_kept {
                let what = format!("a value was removed from /{key} of the document security store");
                self.refuse(place.holder, what);
            }
        }
        for (index, item) in is.iter().enumerate() {
            match item {
                Object::Reference(id) => self.value(&place.item(index), *id, key),
                direct if was.get(index) == Some(direct) => {}
                _ => self.refuse(
                    place.holder,
                    format_args!("/{key} of the document security store has a value that is no stream"),
                ),
            }
        }
        Ok(())
    }

    /// A value: a new stream of nothing but data, or one that was there.
    fn value(&mut self, place: &Place, id: Ref, list: &str) {
        let Some(change) = self.changes.get(&id.number).filter(|change| change.is_new()) else { return };
        let is_data = match &*change.after {
            Object::Stream(stream) => stream.dictionary.iter().all(|entry| DATA.iter().any(|key| entry.key == **key)),
            _ => false,
        };
        if is_data {
            let count = self.signing.stored.entry(list.to_owned()).or_default();
            *count = count.saturating_add(1);
            self.tell_store();
            self.admit(place, id, Clearance::Whole);
        } else {
            let what = format!("{id} in /{list} of the document security store is not just a stream of data");
            self.explain(what);
        }
    }

    /// Both values as dictionaries, the first empty where there was none; none where there is none.
    fn two_dictionaries<'o>(
        &mut self,
        place: &Place,
        (was, is): (&'o Object, &'o Object),
        what: &str,
    ) -> Option<(&'o Dictionary, &'o Dictionary)> {
        const NOTHING: &Dictionary = &Dictionary::new();
        match (was, is) {
            (Object::Null, Object::Null) => None,
            (Object::Dictionary(was), Object::Dictionary(is)) => Some((was, is)),
            (Object::Null, Object::Dictionary(is)) => Some((NOTHING, is)),
            _ => {
                self.refuse(place.holder, format_args!("{what} was removed or is no dictionary"));
                None
            }
        }
    }
}

fn is_stream(object: &Object) -> bool {
    matches!(object, Object::Stream(_))
}

/// Whether this looks like an entry of `/VRI` before and after.
fn is_related(change: &Change) -> bool {
    let is_known = |dictionary: &Dictionary| {
        dictionary.iter().all(|entry| ["TU", "TS", "Type"].iter().chain(&LISTS).any(|key| entry.key == **key))
    };
    change.dictionaries().is_some_and(|(before, after)| is_known(before) && is_known(after))
}

fn items(object: &Object) -> Option<&[Object]> {
    match object {
        Object::Null => Some(&[]),
        Object::Array(items) => Some(items),
        _ => None,
    }
}
