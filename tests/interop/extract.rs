//! Takes signatures out of files by plain search, so that no judge depends on our own reading.

#![allow(dead_code, reason = "every test binary uses its own part of this")]

use cms::content_info::ContentInfo;
use cms::signed_data::SignedData;
use const_oid::ObjectIdentifier;
use der::{Decode, Encode};

/// RFC 5126, 6.1.1.
const SIGNATURE_TIMESTAMP: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.14");

/// One signature or document timestamp.
pub(crate) struct Extracted {
    pub(crate) is_timestamp: bool,
    /// What its byte range covers.
    pub(crate) content: Vec<u8>,
    /// Its CMS, without the padding.
    pub(crate) cms: Vec<u8>,
}

/// Every signature in `pdf`, by the byte ranges that stand in it.
pub(crate) fn signatures(pdf: &[u8]) -> impl Iterator<Item = Extracted> {
    let key = b"/ByteRange";
    let places = pdf.windows(key.len()).enumerate().filter(move |(_, window)| window == key).map(|(at, _)| at);
    places.map(|at| {
        let [_, hole, behind, length] = byte_range(&pdf[at + key.len()..]);
        let (open, close) = (pdf[..at].windows(2).rposition(|two| two == b"<<").unwrap(), &pdf[behind..]);
        let end = behind + close.windows(6).position(|six| six == b"endobj").unwrap();
        let is_timestamp = pdf[open..end].windows(13).any(|window| window == b"/DocTimeStamp");
        Extracted {
            is_timestamp,
            content: [&pdf[..hole], &pdf[behind..behind + length]].concat(),
            cms: unpadded(&unhex(&pdf[hole + 1..behind - 1])),
        }
    })
}

/// The value of the one signer.
pub(crate) fn signature_value(cms: &[u8]) -> Vec<u8> {
    signed_data(cms).signer_infos.0.as_slice()[0].signature.as_bytes().to_vec()
}

/// The signature timestamps of the one signer.
pub(crate) fn tokens(cms: &[u8]) -> Vec<Vec<u8>> {
    let signed_data = signed_data(cms);
    let attributes = signed_data.signer_infos.0.as_slice()[0].unsigned_attrs.iter().flat_map(|set| set.iter());
    let stamps = attributes.filter(|attribute| attribute.oid == SIGNATURE_TIMESTAMP);
    stamps.flat_map(|attribute| attribute.values.iter().map(|value| value.to_der().unwrap())).collect()
}

fn signed_data(cms: &[u8]) -> SignedData {
    ContentInfo::from_der(cms).unwrap().content.decode_as().unwrap()
}

fn byte_range(text: &[u8]) -> [usize; 4] {
    let end = text.iter().position(|byte| *byte == b']').unwrap();
    let text = std::str::from_utf8(&text[..end]).unwrap();
    let numbers: Vec<usize> =
        text.trim_matches(['[', ' ']).split_whitespace().map(|one| one.parse().unwrap()).collect();
    numbers.try_into().unwrap()
}

fn unhex(digits: &[u8]) -> Vec<u8> {
    let digit = |byte: u8| u8::try_from(char::from(byte).to_digit(16).unwrap()).unwrap();
    digits.chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}

/// The first value of `bytes`: its header says how long it is.
fn unpadded(bytes: &[u8]) -> Vec<u8> {
    let value = der::AnyRef::from_der_partial(bytes).unwrap().0;
    value.to_der().unwrap()
}
