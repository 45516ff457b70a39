//! One more revision behind the last (ISO 32000-2, 7.5.6).
//!
//! What it is for: collecting changed and new objects, and turning them into the bytes to append.
//!
//! Invariant: a byte of the base is never changed, and an object that came out as it was is not written again.
//! Invariant: the same changes give the same bytes: no clock, no randomness; the second half of `/ID` is an argument.
//!
//! Nouns: [`UpdateWriter`], [`Place`] (a value inside an object), [`Appended`] (the bytes), [`Hole`](appended::Hole) (what a signature
//! does not cover).

pub(crate) mod appended;
mod chunk;
mod encrypt;
mod place;
pub(in crate::pdf) mod rows;
mod section;
#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) use appended::Appended;
#[cfg(feature = "appearance")]
pub(crate) use chunk::{Packed, pointer};
pub(crate) use place::Place;

use crate::error::{Error, ErrorKind, Result};
use crate::pdf::crypt::{SecurityHandler, Seed};
use crate::pdf::document::Document;
use crate::pdf::object::{Dictionary, Object, Ref};
use crate::pdf::placeholder::SignatureEntries;
use crate::pdf::serializer::{write_dictionary, write_object, write_ref};
use crate::pdf::view::View;

/// Collects the changes to the latest revision of a document.
pub(crate) struct UpdateWriter<'d> {
    view: View<'d>,
    /// Encrypts what is appended, where the base is encrypted.
    security: Option<Arc<SecurityHandler>>,
    changes: BTreeMap<Ref, Change>,
    /// Objects of the base that were asked for, as they are there.
    read: RefCell<BTreeMap<Ref, Arc<Object>>>,
    next_number: u32,
}

/// What becomes of one object.
enum Change {
    Object(Object),
    /// A new object as pdf-writer wrote it, from its header to `endobj`.
    Indirect(Vec<u8>),
    /// With room for so many bytes.
    Signature(Box<SignatureEntries>, usize),
}

impl<'d> UpdateWriter<'d> {
    /// A writer without changes, behind the latest revision of `document`.
    ///
    /// # Errors
    /// [`ErrorKind::Encrypted`] where the document is encrypted and not open: what is appended has to be encrypted, too.
    /// [`ErrorKind::Unsupported`] where nobody can open it, or where it carries an integrity code.
    pub(crate) fn new(document: &'d Document<'d>) -> Result<Self> {
        document.require_whole()?;
        let view = document.latest();
        let security = document.security().for_update(view)?;
        // This counts numbers below /Size, too: references to what was never there must stay null.
        let next_number = view.max_object_number().saturating_add(1);
        Ok(Self { view, security, changes: BTreeMap::new(), read: RefCell::default(), next_number })
    }

    /// What the changes are made to.
    pub(crate) fn view(&self) -> View<'d> {
        self.view
    }

    /// A reference that is not in use.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`] where the file has as many objects as [`Limits::objects`](crate::Limits) allows.
    pub(crate) fn allocate(&mut self) -> Result<Ref> {
        let number = self.next_number;
        if number > self.view.document().limits().objects {
            return Err(Error::new(ErrorKind::Limit, format!("the file has no room for an object number {number}")));
        }
        self.next_number = number.saturating_add(1);
        Ok(Ref { number, generation: 0 })
    }

    /// Sets the object `id`.
    pub(crate) fn put(&mut self, id: Ref, object: Object) {
        self.insert(id, Change::Object(object));
    }

    /// Sets the new object `id` to `bytes`, which are all of it as pdf-writer made it: header, value and `endobj`.
    pub(crate) fn put_indirect(&mut self, id: Ref, bytes: Vec<u8>) {
        self.insert(id, Change::Indirect(bytes));
    }

    /// Sets `id` to a signature dictionary with room for `reserved` bytes of CMS or timestamp.
    pub(crate) fn put_signature(&mut self, id: Ref, entries: SignatureEntries, reserved: usize) {
        self.insert(id, Change::Signature(Box::new(entries), reserved));
    }

    /// The object `id` as it is now: changed, or that of the base.
    pub(crate) fn current(&self, id: Ref) -> Result<Object> {
        self.with_current(id, Object::clone)
    }

    /// What `look` sees in the object `id` as it is now.
    fn with_current<T>(&self, id: Ref, look: impl FnOnce(&Object) -> T) -> Result<T> {
        match self.changes.get(&id) {
            Some(Change::Object(object)) => Ok(look(object)),
            Some(Change::Indirect(_) | Change::Signature(..)) => {
                Err(Error::new(ErrorKind::Unsupported, "what was just written cannot be read back").at(id))
            }
            None => self.original(id).map(|object| look(&object)),
        }
    }

    /// Spares reading the object `id` of the base, which is this dictionary.
    pub(crate) fn note(&self, id: Ref, dictionary: Dictionary) {
        self.read.borrow_mut().insert(id, Arc::new(Object::Dictionary(dictionary)));
    }

    /// The object `id` of the base.
    fn original(&self, id: Ref) -> Result<Arc<Object>> {
        if let Some(known) = self.read.borrow().get(&id) {
            return Ok(Arc::clone(known));
        }
        let object = match self.view.catalog() {
            // Which the document has read already.
            Ok((catalog, dictionary)) if catalog == id => Object::Dictionary(Dictionary::clone(&dictionary)),
            _ => self.view.get(id)?,
        };
        let object = Arc::new(object);
        self.read.borrow_mut().insert(id, Arc::clone(&object));
        Ok(object)
    }

    /// The bytes to append. Without any change there are none.
    ///
    /// `file_id` becomes the second half of `/ID` where the base has one (14.4): it names this version of the file.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`] where the base has a cross-reference table and ends beyond byte 9,999,999,999, the largest
    /// offset that a table can hold; [`ErrorKind::State`] for more than one signature; and whatever reading the base
    /// meets.
    pub(crate) fn finish(mut self, file_id: [u8; 16]) -> Result<Appended> {
        self.forget_unchanged();
        let base = self.view.document().len();
        let mut appended = Appended::new(base);
        if self.changes.is_empty() {
            return Ok(appended);
        }
        appended.bytes.reserve(self.room());
        if !self.base_ends_in_eol()? {
            appended.bytes.push(b'\n');
        }
        let mut section = section::Section::new(self.view);
        for (id, change) in std::mem::take(&mut self.changes) {
            section.add(id, appended.end());
            self.write_indirect(&mut appended, id, change, Seed(file_id)).map_err(|fault| fault.at(id))?;
        }
        section.write(&mut appended, &mut self, file_id)?;
        appended.seal_byte_range()?;
        Ok(appended)
    }

    fn insert(&mut self, id: Ref, change: Change) {
        self.next_number = self.next_number.max(id.number.saturating_add(1));
        self.changes.insert(id, change);
    }

    fn forget_unchanged(&mut self) {
        let mut changes = std::mem::take(&mut self.changes);
        changes.retain(|id, change| match change {
            Change::Object(object) => !self.original(*id).is_ok_and(|old| *old == *object),
            Change::Indirect(_) | Change::Signature(..) => true,
        });
        self.changes = changes;
    }

    /// About how many bytes the update takes: those of signatures and of what is written already, and some for each object.
    fn room(&self) -> usize {
        const PLAIN: usize = 512;
        let room = |change: &Change| match change {
            Change::Object(_) => PLAIN,
            Change::Indirect(bytes) => bytes.len(),
            Change::Signature(_, reserved) => reserved.saturating_mul(2).saturating_add(PLAIN),
        };
        self.changes.values().map(room).fold(PLAIN, usize::saturating_add)
    }

    fn base_ends_in_eol(&self) -> Result<bool> {
        let document = self.view.document();
        let last = document.bytes().look(document.len().saturating_sub(1)..document.len())?;
        Ok(matches!(*last, [b'\n' | b'\r']))
    }

    fn write_indirect(&self, appended: &mut Appended, id: Ref, change: Change, seed: Seed) -> Result<()> {
        if let (Change::Indirect(bytes), None) = (&change, &self.security) {
            appended.bytes.extend_from_slice(bytes);
            return Ok(());
        }
        write_ref(&mut appended.bytes, id, b" obj\n");
        match change {
            Change::Indirect(bytes) => match self.encrypted_indirect(id, &bytes, seed)? {
                (Object::Stream(stream), data) => appended.write_stream(stream.dictionary, &data),
                (object, _) => write_object(&mut appended.bytes, &object),
            },
            // Its data stands in the base and goes along as it is, encrypted or not.
            Change::Object(Object::Stream(stream)) => {
                let data = self.view.raw_stream_data(&stream)?;
                match self.encrypted(id, Object::Stream(stream), seed)? {
                    Object::Stream(stream) => appended.write_stream(stream.dictionary, &data),
                    object => write_object(&mut appended.bytes, &object),
                }
            }
            Change::Object(object) => {
                write_object(&mut appended.bytes, &self.encrypted(id, object, seed)?);
            }
            Change::Signature(entries, reserved) => {
                let dictionary = self.encrypted(id, Object::Dictionary(entries.dictionary()), seed)?;
                appended.write_signature(dictionary.as_dictionary().unwrap_or(&Dictionary::new()), reserved)?;
            }
        }
        appended.bytes.extend_from_slice(b"\nendobj\n");
        Ok(())
    }
}

impl Appended {
    fn write_stream(&mut self, mut dictionary: Dictionary, data: &[u8]) {
        dictionary.set("Length", Object::Integer(i64::try_from(data.len()).unwrap_or(i64::MAX)));
        write_dictionary(&mut self.bytes, &dictionary);
        self.bytes.extend_from_slice(b"\nstream\n");
        self.bytes.extend_from_slice(data);
        self.bytes.extend_from_slice(b"\nendstream");
    }
}
