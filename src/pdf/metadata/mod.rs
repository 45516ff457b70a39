//! The metadata of a document, as far as it says what transaction the document is about (ISO 32000-2, 14.3.2).
//!
//! What it is for: reading [`Transaction`] out of the XMP packet of `/Metadata`, and writing it there in the revision of a signature, so that
//! whoever signs the document signs it, too.
//!
//! Invariant: whatever else the packet says stays as it is, byte for byte, in the encoding that it has.
//! Invariant: what earlier signatures cover is not contradicted: another transaction than the one that was signed is refused.
//!
//! Specified in ISO 16684-1 (XMP), ISO 19005-1, 6.7.8 (what PDF/A wants to know of properties that it does not know).
//!
//! Nouns: `Packet` (XMP in its encoding), [`state`] (writes), [`Document::transaction`] (reads).

mod encoding;
mod extension;
mod packet;
mod properties;
#[cfg(test)]
mod tests;

use pdf_writer::Name;

use packet::Packet;

use super::document::Document;
use super::object::{Object, Ref, Stream};
use super::update::{Place, UpdateWriter};
use super::view::View;
use crate::error::{Error, ErrorKind, Result};
use crate::transaction::Transaction;

impl Document<'_> {
    /// The transaction that the document says to be about, in its latest revision; `None` where it says nothing.
    ///
    /// That it is stated does not mean that anybody signed it: [`Report::transaction`](crate::Report::transaction) tells that.
    ///
    /// # Errors
    /// [`ErrorKind::Metadata`] where the metadata speaks of a transaction, but not so that it can be understood; [`ErrorKind::Limit`] where it is
    /// too large; [`ErrorKind::Encrypted`] where the document is not open; and whatever reading the document meets.
    pub fn transaction(&self) -> Result<Option<Transaction>> {
        Statement::of(self.latest())?.map_or(Ok(None), |statement| statement.transaction())
    }
}

/// The metadata stream as of one revision.
pub(crate) struct Statement<'d> {
    view: View<'d>,
    stream: Box<Stream>,
}

impl<'d> Statement<'d> {
    /// That of `view`; `None` where there is none.
    pub(crate) fn of(view: View<'d>) -> Result<Option<Self>> {
        let (_, catalog) = view.catalog()?;
        match view.entry(&catalog, "Metadata")? {
            Object::Stream(stream) => Ok(Some(Self { view, stream })),
            // Anything else says nothing.
            _ => Ok(None),
        }
    }

    /// Where its data stands: what stands in the same place says the same.
    pub(crate) fn place(&self) -> (Ref, u64) {
        (self.stream.id, self.stream.data.start)
    }

    /// What it says.
    pub(crate) fn transaction(&self) -> Result<Option<Transaction>> {
        let data = self.view.stream_data(&self.stream)?;
        if !encoding::mentions(&data, Transaction::NAMESPACE) {
            return Ok(None);
        }
        Packet::from_bytes(&data)?.transaction()
    }
}

/// Whether somebody has signed the document that is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Unsigned,
    /// What was signed is not contradicted, and what was added must be what others let pass.
    Signed,
}

/// Whether `transaction` contradicts what stood in the metadata of a revision that somebody signed: whatever became of it since.
///
/// # Errors
/// [`ErrorKind::Metadata`] where it states another one; and whatever reading the revision meets.
pub(crate) fn check_signed(signed: View<'_>, transaction: &Transaction) -> Result<()> {
    let Some(statement) = Statement::of(signed)? else { return Ok(()) };
    match statement.transaction() {
        Ok(Some(stated)) if stated != *transaction => Err(contradicted(&stated)),
        // What cannot be understood states nothing.
        _ => Ok(()),
    }
}

/// Writes `transaction` into the document's metadata.
///
/// # Errors
/// [`ErrorKind::Metadata`] where the metadata cannot be read, or a signature covers another transaction; [`ErrorKind::Limit`] where it is too large.
pub(crate) fn state(writer: &mut UpdateWriter<'_>, transaction: &Transaction, standing: Standing) -> Result<()> {
    let view = writer.view();
    let (catalog, _) = view.catalog()?;
    let (place, value) = writer.entry(&Place::object(catalog), "Metadata")?;
    let packet = match &value {
        Object::Null => Packet::new(),
        Object::Stream(stream) => {
            check_stream(stream, standing)?;
            Packet::from_bytes(&view.stream_data(stream)?)?
        }
        _ => return Err(unusable("/Metadata of the catalog is no stream")),
    };
    match packet.transaction() {
        Ok(Some(stated)) if stated == *transaction => return Ok(()),
        Ok(None) => {}
        Ok(Some(stated)) if standing == Standing::Signed => return Err(contradicted(&stated)),
        Err(error) if standing == Standing::Signed => return Err(error),
        Ok(Some(_)) | Err(_) => {}
    }
    let data = packet.stating(transaction)?.to_bytes();
    // Where somebody signed, others that may show the same stream (a page has metadata, too) have to go on showing what they showed.
    let own = place.as_object().filter(|id| id.generation == 0 && standing == Standing::Unsigned);
    let id = match own {
        Some(id) => id,
        None => {
            let id = writer.allocate()?;
            writer.edit_dictionary(&Place::object(catalog))?.set("Metadata", Object::Reference(id));
            id
        }
    };
    // Without a filter, so that programs that know no PDF can read it (14.3.2).
    writer.put_chunk(id, |chunk, id| {
        chunk.stream(id, &data).pair(Name(b"Type"), Name(b"Metadata")).pair(Name(b"Subtype"), Name(b"XML"));
    })
}

/// `packet` once and twice with the same transaction in it, for the fuzzer.
#[cfg(feature = "fuzzing")]
pub(crate) fn stated_again(packet: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let packet = Packet::from_bytes(packet).ok()?;
    let stated = packet.transaction().ok().flatten();
    let other = Transaction::new("a < b & c", crate::transaction::Date::new(2026, 10, 7)?).ok()?;
    let first = packet.stating(stated.as_ref().unwrap_or(&other)).ok()?;
    let second = first.stating(stated.as_ref().unwrap_or(&other)).ok()?;
    Some((first.to_bytes(), second.to_bytes()))
}

/// Whether the stream may be written anew.
fn check_stream(stream: &Stream, standing: Standing) -> Result<()> {
    const KNOWN: [&str; 5] = ["Type", "Subtype", "Length", "Filter", "DecodeParms"];
    let is_known = |key: &super::object::Name| KNOWN.iter().any(|known| *key == **known);
    match stream.dictionary.iter().find(|entry| !is_known(&entry.key)) {
        // Verifiers take the change for one of something else.
        Some(entry) if standing == Standing::Signed => {
            let key = entry.key.to_text();
            Err(unusable(format!("the document is signed, and its metadata has an entry /{key} that would be lost"))
                .advise("state the transaction with the first signature"))
        }
        _ => Ok(()),
    }
}

/// The error for another transaction than the one that the signed document states.
fn contradicted(stated: &Transaction) -> Error {
    unusable(format!("the document is signed, and states another transaction: {stated}"))
        .advise("leave the transaction out, or state the same")
}

/// The error for metadata that cannot take a transaction.
fn unusable(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(ErrorKind::Metadata, "the document's metadata cannot be used").because(why)
}
