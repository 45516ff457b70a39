//! Reading PNG files.

use std::io::Cursor;

use png::{ColorType, Decoder, Limits, Transformations};

use super::{Colors, Data, Raster, check_size};
use crate::error::{Error, Result};
use crate::pdf::appearance::unusable;

/// What the decoder may use besides the picture itself, in bytes. Rows and text chunks of real files need less.
const WORKING_BYTES: usize = 16 << 20;

pub(super) fn read(file: &[u8]) -> Result<Raster> {
    let mut decoder = Decoder::new_with_limits(Cursor::new(file), Limits { bytes: WORKING_BYTES });
    decoder.set_transformations(Transformations::normalize_to_color8());
    decoder.set_ignore_text_chunk(true);
    let header = decoder.read_header_info().map_err(damaged)?;
    let (width, height) = (header.width, header.height);
    check_size(width, height)?;
    let mut reader = decoder.read_info().map_err(damaged)?;
    let size = reader.output_buffer_size().ok_or_else(|| unusable("the PNG image is too large"))?;
    let mut samples = vec![0; size];
    let frame = reader.next_frame(&mut samples).map_err(damaged)?;
    let (colors, opacity) = match frame.color_type {
        ColorType::Grayscale => (Colors::Gray, None),
        ColorType::Rgb | ColorType::Indexed => (Colors::Rgb, None),
        ColorType::GrayscaleAlpha => (Colors::Gray, Some(take_every::<2>(&mut samples))),
        ColorType::Rgba => (Colors::Rgb, Some(take_every::<4>(&mut samples))),
    };
    // PDF/A-1 knows no transparency: where nothing is transparent, there is no mask.
    let opacity = opacity.filter(|opacity| opacity.iter().any(|value| *value != 0xFF));
    Ok(Raster { width, height, colors, data: Data::Samples { colors: samples, opacity } })
}

/// Takes out the last of every `N` bytes.
fn take_every<const N: usize>(samples: &mut Vec<u8>) -> Vec<u8> {
    let (pixels, _) = samples.as_chunks::<N>();
    let taken = pixels.iter().filter_map(|pixel| pixel.last().copied()).collect();
    let kept = pixels.iter().flat_map(|pixel| pixel.iter().take(N.saturating_sub(1))).copied().collect();
    *samples = kept;
    taken
}

fn damaged(fault: png::DecodingError) -> Error {
    unusable("the PNG image cannot be read").because(fault)
}

#[cfg(test)]
mod tests {
    use png::{BitDepth, Encoder};
    use proptest::prelude::*;

    use super::*;
    use crate::pdf::appearance::Image;

    fn encoded(width: u32, color: ColorType, depth: BitDepth, data: &[u8]) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = Encoder::new(&mut file, width, 1);
        encoder.set_color(color);
        encoder.set_depth(depth);
        if color == ColorType::Indexed {
            encoder.set_palette(vec![0xFF, 0, 0, 0, 0, 0xFF]);
            encoder.set_trns(vec![0x00, 0xFF]);
        }
        encoder.write_header().unwrap().write_image_data(data).unwrap();
        file
    }

    fn samples(file: &[u8]) -> (Colors, Vec<u8>, Option<Vec<u8>>) {
        let raster = read(file).unwrap();
        let Data::Samples { colors, opacity } = raster.data else { panic!() };
        (raster.colors, colors, opacity)
    }

    #[test]
    fn every_kind_becomes_eight_bits_and_a_mask() {
        use {BitDepth as B, ColorType as C};
        let gray = encoded(2, C::Grayscale, B::Eight, &[1, 2]);
        assert_eq!(samples(&gray), (Colors::Gray, vec![1, 2], None));
        let bits = encoded(2, C::Grayscale, B::One, &[0b0100_0000]);
        assert_eq!(samples(&bits), (Colors::Gray, vec![0, 0xFF], None));
        let deep = encoded(1, C::Rgba, B::Sixteen, &[1, 99, 2, 99, 3, 99, 4, 99]);
        assert_eq!(samples(&deep), (Colors::Rgb, vec![1, 2, 3], Some(vec![4])));
        let both = encoded(2, C::GrayscaleAlpha, B::Eight, &[1, 0, 2, 9]);
        assert_eq!(samples(&both), (Colors::Gray, vec![1, 2], Some(vec![0, 9])));
        let palette = encoded(2, C::Indexed, B::Eight, &[1, 0]);
        assert_eq!(samples(&palette), (Colors::Rgb, vec![0, 0, 0xFF, 0xFF, 0, 0], Some(vec![0xFF, 0])));
        let opaque = encoded(1, C::Rgba, B::Eight, &[1, 2, 3, 0xFF]);
        assert_eq!(samples(&opaque), (Colors::Rgb, vec![1, 2, 3], None));
    }

    #[test]
    fn a_huge_header_is_refused_before_anything_is_allocated() {
        let mut file = encoded(1, ColorType::Grayscale, BitDepth::Eight, &[0]);
        file[16..24].copy_from_slice(&[0, 0, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF]);
        let crc = crc32(&file[12..29]);
        file[29..33].copy_from_slice(&crc.to_be_bytes());
        assert!(Image::from_png(&file).unwrap_err().to_string().contains("65535 × 65535"));
    }

    fn crc32(data: &[u8]) -> u32 {
        let step = |crc: u32, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
        !data.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
    }

    proptest! {
        #[test]
        fn damaged_files_do_no_harm(cut in 0..200_usize, at in 0..200_usize, value: u8) {
            let mut file = encoded(4, ColorType::Rgba, BitDepth::Eight, &[7; 16]);
            let at = at % file.len();
            file[at] = value;
            let _ = Image::from_png(&file);
            file.truncate(cut);
            let _ = Image::from_png(&file);
        }
    }
}
