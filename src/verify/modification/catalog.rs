//! Rules for the trailer and the catalog (ISO 32000-2, 7.5.5, 7.7.2), document information and metadata (14.3).

use super::clearance::{Clearance, Place};
use super::equality::{differences, same};
use super::step::Step;
use super::told::{Told, words};
use crate::error::Result;
use crate::pdf::object::{Dictionary, Name, Object, Ref, Stream};
use crate::pdf::xref::XrefEntry;
use crate::report::{ChangeKind, Modification, Rule};

/// What a stream of data says of itself.
pub(super) const DATA: [&str; 3] = ["Length", "Filter", "DecodeParms"];

impl Step<'_> {
    pub(super) fn trailer(&mut self) -> Result<()> {
        let (before, after) = (self.before.trailer(), self.after.trailer());
        if !same_entry(before, after, "Encrypt") {
            self.refuse(0, "/Encrypt of the trailer was changed");
        }
        let first_id =
            |trailer: &Dictionary| trailer.get("ID").and_then(Object::as_array).and_then(|id| id.first().cloned());
        // It is part of the key.
        if after.get("Encrypt").is_some() && first_id(before) != first_id(after) {
            self.refuse(0, "/ID of the encrypted file was changed");
        }
        if let Some(size) = self.least_size(before, after) {
            self.refuse(
                0,
                format_args!("/Size of the trailer is less than {size}: to some readers objects are missing"),
            );
        }
        self.information(before, after)
    }

    /// 7.5.5: objects whose number is not below `/Size` are missing. What it must be at least, where a revision says less, and
    /// less than before or than what it places itself.
    fn least_size(&self, before: &Dictionary, after: &Dictionary) -> Option<u32> {
        let size = |trailer: &Dictionary| trailer.get("Size").and_then(Object::as_integer);
        let (was, is) = (size(before)?, size(after).unwrap_or(0));
        let document = self.ground.document;
        let is_used = |item: &&(u32, XrefEntry)| item.1 != XrefEntry::Free;
        let own = document
            .revisions()
            .get(self.revision)?
            .changed
            .iter()
            .rev()
            .find(is_used)
            .map_or(0, |(number, _)| *number);
        let most = if is < was { document.index().last().map_or(0, |(number, _)| *number) } else { 0 };
        let least = most.max(own).saturating_add(1);
        (is < i64::from(least)).then_some(least)
    }

    fn information(&mut self, before: &Dictionary, after: &Dictionary) -> Result<()> {
        let (old, new) = (before.get("Info"), after.get("Info"));
        if old.is_none() && new.is_none() {
            return Ok(());
        }
        let nothing = Object::Dictionary(Dictionary::new());
        let (was, is) = (self.was(old)?, self.read(self.after, new.or(Some(&nothing)))?);
        if self.is_same((old, &was), (new, &is))? || was == is {
            return Ok(());
        }
        let Some((was, is)) = grown(&was, &is) else {
            self.refuse(0, "/Info of the trailer is no dictionary");
            return Ok(());
        };
        let holder = new.and_then(Object::as_reference).map_or(0, |id| id.number);
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for one in differences(&was, &is) {
            let key = one.key.to_text();
            if one.after.is_some_and(|value| !matches!(value, Object::String(_) | Object::Name(_))) {
                self.refuse(holder, format_args!("/{key} of the document information became something else"));
            }
            before.extend(one.before.map(|value| format!("{key}: {}", words(value))));
            after.extend(one.after.map(|value| format!("{key}: {}", words(value))));
        }
        if let Some(Object::Reference(id)) = new {
            self.clear(id.number, if old == new { Clearance::Keys } else { Clearance::Whole });
        }
        let told = Told::new(ChangeKind::Information, Rule::Information, Modification::Lta);
        self.tell(holder, told.values(lines(&before), lines(&after)));
        Ok(())
    }

    pub(super) fn catalog(&mut self, root: Ref, before: &Dictionary, after: &Dictionary) -> Result<()> {
        let place = Place::object(root.number);
        self.clear(root.number, Clearance::Keys);
        let is_touched = self.changes.contains_key(&root.number);
        let changed = if is_touched { differences(before, after) } else { Vec::new() };
        for one in changed {
            self.catalog_entry(&place, one.key, (one.before, one.after))?;
        }
        let both = |key: &str| (before.get(key), after.get(key));
        let ((old, new), form) = (both("AcroForm"), place.key("AcroForm"));
        self.acro_form(form, old, new)?;
        let ((old, new), store) = (both("DSS"), place.key("DSS"));
        self.store(store, old, new)?;
        let ((old, new), extensions) = (both("Extensions"), place.key("Extensions"));
        self.extensions(extensions, old, new)?;
        let ((old, new), metadata) = (both("Metadata"), place.key("Metadata"));
        self.metadata(metadata, old, new)
    }

    fn catalog_entry(
        &mut self,
        place: &Place,
        key: &Name,
        (before, after): (Option<&Object>, Option<&Object>),
    ) -> Result<()> {
        let is_presentation = match (key.as_bytes(), after) {
            (b"Lang", Some(Object::String(_))) => true,
            (b"PageLayout" | b"PageMode", Some(Object::Name(_))) => true,
            (b"MarkInfo", Some(Object::Dictionary(marks))) => {
                marks.iter().all(|entry| matches!(entry.value, Object::Boolean(_)))
            }
            _ => false,
        };
        let told = |rule, level| Told::new(ChangeKind::Catalog, rule, level);
        let texts = || (before.map(words), after.map(words));
        match key.as_bytes() {
            b"Version" if after.and_then(version) > before.and_then(version) => {
                let (old, new) = texts();
                self.tell(place.holder, told(Rule::Version, Modification::Lta).values(old, new));
            }
            b"AcroForm" | b"DSS" | b"Extensions" | b"Metadata" if after.is_some() => {}
            _ if is_presentation => {
                let (old, new) = texts();
                self.tell(place.holder, told(Rule::Presentation, Modification::Form).values(old, new));
            }
            _ if self.is_moved(before, after)? => {
                self.admit_all(&place.key(&key.to_text()), after.unwrap_or(&Object::Null));
            }
            _ => self.refuse(place.holder, format_args!("/{} of the catalog was changed", key.to_text())),
        }
        Ok(())
    }

    /// Whether a value, such as the name dictionary, now stands in an object of its own, or no longer does, and is what it was.
    fn is_moved(&self, before: Option<&Object>, after: Option<&Object>) -> Result<bool> {
        if before.is_none() || after.is_none() {
            return Ok(false);
        }
        let (was, is) = (self.was(before)?, self.read(self.after, after)?);
        Ok(!was.is_null() && (self.is_same((before, &was), (after, &is))? || same(&was, &is)))
    }

    /// 7.12: declarations may be added.
    fn extensions(&mut self, place: Place, old: Option<&Object>, new: Option<&Object>) -> Result<()> {
        let was = self.was(old)?;
        let (place, is) = self.is(place, (old, new), Clearance::Whole)?;
        if self.is_same((old, &was), (new, &is))? || was == is {
            return Ok(());
        }
        let Some((was, is)) = grown(&was, &is) else {
            self.refuse(place.holder, "/Extensions of the catalog is no dictionary");
            return Ok(());
        };
        for one in differences(&was, &is) {
            match (one.before, one.after) {
                (None, Some(added)) => self.admit_all(&place.key(&one.key.to_text()), added),
                (Some(was), Some(is)) if is_longer_list(was, is) => {
                    self.admit_all(&place.key(&one.key.to_text()), is);
                }
                _ => self.refuse(place.holder, format_args!("/{} of the extensions was changed", one.key.to_text())),
            }
        }
        let told = Told::new(ChangeKind::Catalog, Rule::Version, Modification::Lta);
        self.tell(
            place.holder,
            told.values(old.map(|_| words(&Object::Dictionary(was))), Some(words(&Object::Dictionary(is)))),
        );
        Ok(())
    }

    /// 14.3.2: a program that saves writes the metadata anew.
    fn metadata(&mut self, place: Place, old: Option<&Object>, new: Option<&Object>) -> Result<()> {
        let was = self.was(old)?;
        let (place, is) = self.is(place, (old, new), Clearance::Whole)?;
        if self.is_same((old, &was), (new, &is))? || was == is {
            return Ok(());
        }
        let is_metadata = |object: &Object| matches!(object, Object::Stream(stream) if is_metadata(stream));
        let is_xml = match &*is {
            Object::Stream(stream) => starts_like_xml(&self.after.stream_data(stream)?),
            _ => false,
        };
        if (was.is_null() || is_metadata(&was)) && is_metadata(&is) && is_xml {
            self.tell(place.holder, Told::new(ChangeKind::Metadata, Rule::Metadata, Modification::Lta));
        } else {
            self.refuse(place.holder, "the metadata became something else");
        }
        Ok(())
    }
}

fn lines(entries: &[String]) -> Option<String> {
    (!entries.is_empty()).then(|| entries.join("; "))
}

/// Table 48: one declaration, or a list of them; a list keeps what it had.
fn is_longer_list(was: &Object, is: &Object) -> bool {
    match (was, is) {
        (Object::Array(was), Object::Array(is)) => is.starts_with(was),
        (Object::Dictionary(_), Object::Array(is)) => is.first() == Some(was),
        _ => false,
    }
}

/// A metadata stream with nothing in it that could make it something else as well.
fn is_metadata(stream: &Stream) -> bool {
    let says = |key: &str, name: &str| {
        stream.dictionary.get(key).and_then(Object::as_name).is_some_and(|found| *found == *name)
    };
    let is_known =
        |key: &crate::pdf::object::Name| ["Type", "Subtype"].iter().chain(&DATA).any(|known| *key == **known);
    says("Type", "Metadata") && says("Subtype", "XML") && stream.dictionary.iter().all(|entry| is_known(&entry.key))
}

fn same_entry(before: &Dictionary, after: &Dictionary, key: &str) -> bool {
    match (before.get(key), after.get(key)) {
        (None, None) => true,
        (Some(before), Some(after)) => same(before, after),
        _ => false,
    }
}

/// The first character, in whatever encoding, behind a byte order mark and white space.
fn starts_like_xml(data: &[u8]) -> bool {
    let is_skipped = |byte: &u8| matches!(byte, 0 | b'\t' | b'\n' | b'\r' | b' ' | 0xEF | 0xBB | 0xBF | 0xFE | 0xFF);
    data.iter().find(|byte| !is_skipped(byte)) == Some(&b'<')
}

/// The two digits of a version such as `/1.7`.
fn version(object: &Object) -> Option<(u8, u8)> {
    match object.as_name()?.as_bytes() {
        [major @ b'1'..=b'2', b'.', minor @ b'0'..=b'9'] => Some((*major, *minor)),
        _ => None,
    }
}

/// Both as dictionaries, where what was there before, if anything, was one, too.
fn grown(was: &Object, is: &Object) -> Option<(Dictionary, Dictionary)> {
    match (was, is) {
        (Object::Dictionary(was), Object::Dictionary(is)) => Some((was.clone(), is.clone())),
        (Object::Null, Object::Dictionary(is)) => Some((Dictionary::new(), is.clone())),
        _ => None,
    }
}
