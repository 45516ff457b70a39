//! Appending to encrypted files: what is new is encrypted as the file demands (ISO 32000-2, 7.6.2).
//!
//! Invariant: a stream of the base keeps its object, and so its key: its data is copied as it is.

use crate::error::{Error, ErrorKind, Result};
use crate::pdf::crypt::Seed;
use crate::pdf::lexer::SENTINEL;
use crate::pdf::object::{Dictionary, Object, Ref, Stream};
use crate::pdf::parser::{self, Body};
use crate::pdf::update::UpdateWriter;

impl UpdateWriter<'_> {
    /// `object` as it is to stand in the file as `id`.
    pub(super) fn encrypted(&self, id: Ref, mut object: Object, seed: Seed) -> Result<Object> {
        let Some(handler) = &self.security else { return Ok(object) };
        if matches!(&object, Object::Stream(Stream { id: own, .. }) if *own != id) {
            let message = "the data of an encrypted stream cannot go along to another object";
            return Err(Error::new(ErrorKind::Unsupported, message).at(id));
        }
        handler.encrypt_strings(id, &mut object, seed)?;
        Ok(object)
    }

    /// The dictionary and the data of a new stream, which pdf-writer has written as `chunk`.
    pub(super) fn encrypted_chunk(&self, id: Ref, chunk: &[u8], seed: Seed) -> Result<(Dictionary, Vec<u8>)> {
        let lost = || Error::new(ErrorKind::SelfCheck, "a new stream does not read back").at(id);
        let limits = self.view.document().limits();
        let window = [chunk, SENTINEL].concat();
        let (stream, start) = parser::indirect(&window, 0, limits).map_err(|_| lost())?;
        let Body::Stream(dictionary) = stream.body else { return Err(lost()) };
        let length =
            dictionary.get("Length").and_then(Object::as_integer).and_then(|length| usize::try_from(length).ok());
        let end = length.and_then(|length| start.checked_add(length)).ok_or_else(lost)?;
        let data = chunk.get(start..end).ok_or_else(lost)?.to_vec();
        let mut object = Object::Dictionary(dictionary);
        let Some(handler) = &self.security else { return Err(lost()) };
        handler.encrypt_strings(id, &mut object, seed)?;
        let Object::Dictionary(dictionary) = object else { return Err(lost()) };
        let data = handler.encrypt_stream(id, &dictionary, data, seed)?;
        Ok((dictionary, data))
    }
}
