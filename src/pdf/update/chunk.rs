//! New objects as pdf-writer writes them: one object a chunk.

use std::borrow::Cow;

use crate::error::{Error, ErrorKind, Result};
use crate::pdf::object::Ref;
use crate::pdf::update::UpdateWriter;

/// The data of a new stream, compressed where that makes it smaller.
#[derive(Debug)]
pub(crate) struct Packed<'d> {
    data: Cow<'d, [u8]>,
    filter: Option<pdf_writer::Filter>,
}

impl<'d> Packed<'d> {
    pub(crate) fn new(data: &'d [u8]) -> Self {
        match deflate(data) {
            Some(compressed) => Self { data: Cow::Owned(compressed), filter: Some(pdf_writer::Filter::FlateDecode) },
            None => Self { data: Cow::Borrowed(data), filter: None },
        }
    }

    /// The bytes to hand to pdf-writer.
    pub(crate) fn data(&self) -> &[u8] {
        &self.data
    }

    /// Says in the stream's dictionary how the data is compressed.
    pub(crate) fn declare(&self, stream: &mut pdf_writer::Stream<'_>) {
        if let Some(filter) = self.filter {
            stream.filter(filter);
        }
    }
}

impl UpdateWriter<'_> {
    /// Sets the new object `id` to what `write` writes: this one object, with the number that it is given.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`] for a number that pdf-writer cannot write.
    pub(crate) fn put_chunk(
        &mut self,
        id: Ref,
        write: impl FnOnce(&mut pdf_writer::Chunk, pdf_writer::Ref),
    ) -> Result<()> {
        let number =
            checked(id).ok_or_else(|| Error::new(ErrorKind::Limit, "the object number is out of range").at(id))?;
        let mut chunk = pdf_writer::Chunk::new();
        write(&mut chunk, number);
        self.put_indirect(id, chunk.as_bytes().to_vec());
        Ok(())
    }

    /// Sets the new object `id` to a stream of `data`, compressed where that makes it smaller.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`] for a number that pdf-writer cannot write.
    pub(crate) fn put_stream(&mut self, id: Ref, data: &[u8]) -> Result<()> {
        let packed = Packed::new(data);
        self.put_chunk(id, |chunk, id| packed.declare(&mut chunk.stream(id, packed.data())))
    }

    /// References that are not in use.
    ///
    /// # Errors
    /// As [`allocate`](Self::allocate).
    #[cfg(feature = "appearance")]
    pub(crate) fn allocate_all<const N: usize>(&mut self) -> Result<[Ref; N]> {
        let mut all = [Ref { number: 0, generation: 0 }; N];
        for id in &mut all {
            *id = self.allocate()?;
        }
        Ok(all)
    }
}

/// A reference to a new object, for pdf-writer. One that is out of range is refused where its object is put.
#[cfg(feature = "appearance")]
pub(crate) fn pointer(id: Ref) -> pdf_writer::Ref {
    checked(id).unwrap_or_else(|| pdf_writer::Ref::new(i32::MAX))
}

fn checked(id: Ref) -> Option<pdf_writer::Ref> {
    i32::try_from(id.number).ok().filter(|number| *number > 0).map(pdf_writer::Ref::new)
}

/// `data` in zlib form (7.4.4), where that is smaller.
pub(super) fn deflate(data: &[u8]) -> Option<Vec<u8>> {
    use std::io::Write;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(data).ok()?;
    encoder.finish().ok().filter(|compressed| compressed.len() < data.len())
}
