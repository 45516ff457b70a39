//! Appending to encrypted files: what is new is encrypted as the file demands (ISO 32000-2, 7.6.2).
//!
//! Invariant: a stream of the base keeps its object, and so its key: its data is copied as it is.

use crate::error::{Error, ErrorKind, Result};
use crate::pdf::crypt::Seed;
use crate::pdf::lexer::SENTINEL;
use crate::pdf::object::{Object, Ref, Stream};
use crate::pdf::parser::{self, Body};
use crate::pdf::update::UpdateWriter;

impl UpdateWriter<'_> {
    /// `object` as it is to stand in the file as `id`.
    pub(super) fn encrypted(&self, id: Ref, mut object: Object, seed: Seed) -> Result<Object> {
        let Some(handler) = &self.security else { return Ok(object) };
        if matches!(&object, Object::Stream(stream) if stream.id != id) {
            let message = "the data of an encrypted stream cannot go along to another object";
            return Err(Error::new(ErrorKind::Unsupported, message).at(id));
        }
        handler.encrypt_strings(id, &mut object, seed)?;
        Ok(object)
    }

    /// The new object `id` that pdf-writer has written as `bytes`, and its data if it is a stream.
    pub(super) fn encrypted_indirect(&self, id: Ref, bytes: &[u8], seed: Seed) -> Result<(Object, Vec<u8>)> {
        let lost = || Error::new(ErrorKind::SelfCheck, "a new object does not read back").at(id);
        let Some(handler) = &self.security else { return Err(lost()) };
        let window = [bytes, SENTINEL].concat();
        let read = parser::indirect(&window, 0, self.view.document().limits());
        let (indirect, start) = read.map_err(|_| lost())?;
        let dictionary = match indirect.body {
            Body::Value(object) => return Ok((self.encrypted(id, object, seed)?, Vec::new())),
            Body::Stream(dictionary) => dictionary,
        };
        let length = dictionary.get("Length").and_then(Object::as_integer);
        let end = length.and_then(|length| start.checked_add(usize::try_from(length).ok()?)).ok_or_else(lost)?;
        let data = bytes.get(start..end).ok_or_else(lost)?.to_vec();
        let data = handler.encrypt_stream(id, &dictionary, data, seed)?;
        let stream = Object::Stream(Box::new(Stream { id, dictionary, data: 0..0 }));
        Ok((self.encrypted(id, stream, seed)?, data))
    }
}
