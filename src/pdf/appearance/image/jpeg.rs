//! Reading as much of a JPEG file as a PDF must say about it (ITU-T T.81, annex B).

use super::{Colors, Data, Raster, check_size};
use crate::error::{Error, Result};
use crate::pdf::appearance::unusable;

pub(super) fn read(file: &[u8]) -> Result<Raster> {
    let rest = file.strip_prefix(&[0xFF, 0xD8]).ok_or_else(|| damaged("it does not begin as one"))?;
    let mut segments = Segments { rest };
    let (mut frame, mut by_adobe) = (None, false);
    loop {
        match segments.next()? {
            Segment { marker: 0xDA, .. } => break,
            Segment { marker: 0xEE, data: [b'A', b'd', b'o', b'b', b'e', ..] } => by_adobe = true,
            Segment { marker: marker @ (0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF), data } => {
                frame = Some(Frame::read(marker, data)?);
            }
            _ => {}
        }
    }
    // B.1.1.5: a byte 0xFF within a scan has a zero behind it, so that this marker is the end of the image.
    if !segments.rest.windows(2).any(|pair| pair == [0xFF, 0xD9]) {
        return Err(cut_off());
    }
    let frame = frame.ok_or_else(|| damaged("it has no frame header"))?;
    let colors = match frame.components {
        1 => Colors::Gray,
        3 => Colors::Rgb,
        4 if by_adobe => Colors::InvertedCmyk,
        4 => Colors::Cmyk,
        other => return Err(unusable(format!("the JPEG image has {other} components, where 1, 3 or 4 are known"))),
    };
    check_size(frame.width, frame.height)?;
    Ok(Raster { width: frame.width, height: frame.height, colors, data: Data::Jpeg(file.to_vec()) })
}

struct Segments<'f> {
    rest: &'f [u8],
}

struct Segment<'f> {
    marker: u8,
    data: &'f [u8],
}

impl<'f> Segments<'f> {
    fn next(&mut self) -> Result<Segment<'f>> {
        loop {
            let (&first, rest) = self.rest.split_first().ok_or_else(cut_off)?;
            self.rest = rest;
            match (first, self.rest) {
                // B.1.1.2: fill bytes before a marker; B.1.1.3: TEM and RST stand alone.
                (0xFF, [0xFF, ..]) => {}
                (0xFF, [0x01 | 0xD0..=0xD7, rest @ ..]) => self.rest = rest,
                (0xFF, [marker, high, low, rest @ ..]) => {
                    let length = usize::from(u16::from_be_bytes([*high, *low]));
                    let (data, rest) =
                        length.checked_sub(2).and_then(|length| rest.split_at_checked(length)).ok_or_else(cut_off)?;
                    self.rest = rest;
                    return Ok(Segment { marker: *marker, data });
                }
                (0xFF, _) => return Err(cut_off()),
                _ => return Err(damaged("a marker is missing")),
            }
        }
    }
}

/// B.2.2: what a frame header says.
struct Frame {
    width: u32,
    height: u32,
    components: u8,
}

impl Frame {
    fn read(marker: u8, data: &[u8]) -> Result<Self> {
        let [precision, h1, h0, w1, w0, components, ..] = *data else { return Err(cut_off()) };
        // ISO 32000-2, 7.4.8: baseline and progressive, 8 bits, Huffman coding.
        if !matches!(marker, 0xC0..=0xC2) || precision != 8 {
            let message =
                format!("the JPEG image is of a kind that PDF does not know (SOF{}, {precision} bits)", marker & 0x0F);
            return Err(unusable(message).advise("save it as a baseline or progressive JPEG, or as PNG"));
        }
        let length = |high, low| u32::from(u16::from_be_bytes([high, low]));
        Ok(Self { width: length(w1, w0), height: length(h1, h0), components })
    }
}

fn damaged(why: &str) -> Error {
    unusable(format!("the JPEG image cannot be read: {why}"))
}

fn cut_off() -> Error {
    damaged("it is cut off")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A JPEG file with hardly any scan.
    fn file(marker: u8, precision: u8, components: u8, adobe: bool) -> Vec<u8> {
        let mut file = vec![0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2];
        if adobe {
            file.extend(b"\xFF\xEE\x00\x0EAdobe\x00\x64\x00\x00\x00\x00\x02");
        }
        file.extend([0xFF, 0xFF, marker, 0, 8, precision, 1, 0, 0, 200, components]);
        file.extend([0xFF, 0xDA, 0, 2, 7, 7, 0xFF, 0xD9]);
        file
    }

    #[test]
    fn size_and_colours_are_read() {
        for (components, adobe, colors) in [
            (1, false, Colors::Gray),
            (3, true, Colors::Rgb),
            (4, false, Colors::Cmyk),
            (4, true, Colors::InvertedCmyk),
        ] {
            let file = file(0xC2, 8, components, adobe);
            let raster = read(&file).unwrap();
            assert_eq!((raster.width, raster.height, raster.colors), (200, 256, colors));
            assert!(matches!(raster.data, Data::Jpeg(data) if data == file));
        }
    }

    #[test]
    fn what_pdf_does_not_know_is_refused() {
        for (marker, precision, components, why) in
            [(0xC3, 8, 3, "SOF3"), (0xC9, 8, 3, "SOF9"), (0xC1, 12, 3, "12 bits"), (0xC0, 8, 2, "2 components")]
        {
            let error = read(&file(marker, precision, components, false)).map(|_| ()).unwrap_err();
            assert!(error.to_string().contains(why), "{error}");
        }
        assert!(read(&file(0xC4, 8, 3, false)).is_err(), "a Huffman table is no frame");
    }

    proptest! {
        #[test]
        fn cut_files_are_errors(cut in 0..27_usize) {
            prop_assert!(read(&file(0xC0, 8, 3, false)[..cut]).is_err());
        }

        #[test]
        fn any_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            let _ = read(&[&[0xFF, 0xD8], bytes.as_slice()].concat());
        }
    }
}
