//! Stream filters (ISO 32000-2, 7.4): decoding only, each stage bounded.
//!
//! What it is for: cross-reference and object streams, and the few other streams that this crate reads.
//!
//! Invariant: no stage hands on more bytes than it was allowed, whatever its input claims.
//! Invariant: damaged data is an error, never a shorter result.
//!
//! Nouns: [`Filter`], [`Predictor`].

mod ascii;
mod lzw;
mod predictor;

use std::io::Read;

pub(crate) use self::predictor::Predictor;
use super::object::{Array, Dictionary, Name, Object};
use crate::error::{Error, ErrorKind, Result};

/// One stage of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Filter {
    Flate(Predictor),
    Lzw {
        early_change: bool,
        predictor: Predictor,
    },
    AsciiHex,
    Ascii85,
    RunLength,
    /// A crypt filter by name (7.4.10): whoever has the key takes it away.
    Crypt(Name),
}

impl Filter {
    /// The chain of a stream's dictionary, at most `most` long. `resolve` follows references.
    pub(crate) fn chain(
        dictionary: &Dictionary,
        most: usize,
        resolve: &dyn Fn(&Object) -> Result<Object>,
    ) -> Result<Vec<Self>> {
        if dictionary.get("F").is_some() {
            return Err(Error::new(ErrorKind::Unsupported, "the stream's data is in another file"));
        }
        let list = |key: &str| match dictionary.get(key).map(resolve).transpose()? {
            None | Some(Object::Null) => Ok(Array::new()),
            Some(Object::Array(items)) => Ok(items),
            Some(one) => Ok::<_, Error>([one].into()),
        };
        let names = list("Filter")?;
        let parameters = list("DecodeParms")?;
        if names.len() > most {
            return Err(Error::new(ErrorKind::Limit, "a stream has more filters than Limits::filters"));
        }
        let stages = names.iter().enumerate().map(|(index, name)| {
            let parameters = parameters.get(index).map(resolve).transpose()?;
            Self::new(&resolve(name)?, parameters.as_ref().and_then(Object::as_dictionary), resolve)
        });
        stages.collect()
    }

    /// Takes the crypt filter off a chain, where it stands first (7.4.10).
    pub(crate) fn take_crypt(chain: &mut Vec<Self>) -> Option<Name> {
        let Some(Self::Crypt(name)) = chain.first() else { return None };
        let name = name.clone();
        chain.remove(0);
        Some(name)
    }

    /// One filter.
    fn new(
        name: &Object,
        parameters: Option<&Dictionary>,
        resolve: &dyn Fn(&Object) -> Result<Object>,
    ) -> Result<Self> {
        let number = |key: &str, default: i64| match parameters.and_then(|dictionary| dictionary.get(key)) {
            None => Ok(default),
            Some(value) => resolve(value)?.as_integer().ok_or_else(|| damaged("a filter parameter is no integer")),
        };
        let name = name.as_name().ok_or_else(|| damaged("a filter is no name"))?;
        match name.as_bytes() {
            b"FlateDecode" | b"Fl" => Ok(Self::Flate(Predictor::new(&number)?)),
            b"LZWDecode" | b"LZW" => {
                let early_change = number("EarlyChange", 1)? != 0;
                Ok(Self::Lzw { early_change, predictor: Predictor::new(&number)? })
            }
            b"ASCIIHexDecode" | b"AHx" => Ok(Self::AsciiHex),
            b"ASCII85Decode" | b"A85" => Ok(Self::Ascii85),
            b"RunLengthDecode" | b"RL" => Ok(Self::RunLength),
            b"Crypt" => match parameters.and_then(|dictionary| dictionary.get("Name")).map(resolve).transpose()? {
                None => Ok(Self::Crypt(Name::from("Identity"))),
                Some(Object::Name(name)) => Ok(Self::Crypt(name)),
                _ => Err(damaged("a crypt filter is no name")),
            },
            _ => Err(Error::new(ErrorKind::Unsupported, format!("the filter {name:?} is not supported"))),
        }
    }

    /// Decodes `data` to at most `most` bytes.
    fn decode(&self, data: &[u8], most: usize) -> Result<Vec<u8>> {
        match self {
            Self::Flate(predictor) => predictor.undo(flate(data, most)?),
            Self::Lzw { early_change, predictor } => predictor.undo(lzw::decode(data, *early_change, most)?),
            Self::AsciiHex => ascii::hexadecimal(data),
            Self::Ascii85 => ascii::base85(data, most),
            Self::RunLength => run_length(data, most),
            Self::Crypt(name) if *name == *"Identity" => Ok(data.to_vec()),
            Self::Crypt(_) => Err(Error::new(ErrorKind::Encrypted, "the stream is encrypted on its own")),
        }
    }
}

/// Decodes `data` through the whole chain; no stage makes more than `most` bytes. Also says how many bytes all stages made.
pub(crate) fn decode(mut data: Vec<u8>, chain: &[Filter], most: u64) -> Result<(Vec<u8>, u64)> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let mut made: u64 = 0;
    for filter in chain {
        data = filter.decode(&data, most)?;
        made = made.saturating_add(u64::try_from(data.len()).unwrap_or(u64::MAX));
    }
    Ok((data, made))
}

/// RFC 1950 (7.4.4). What stands behind the end of the compressed data, such as a line end, is not read.
fn flate(data: &[u8], most: usize) -> Result<Vec<u8>> {
    let mut decoded = Vec::new();
    let one_more = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let reader = flate2::bufread::ZlibDecoder::new(data).take(one_more).read_to_end(&mut decoded);
    reader.map_err(|error| damaged("the compressed data is damaged").because(error))?;
    if decoded.len() > most { Err(too_long()) } else { Ok(decoded) }
}

/// 7.4.5.
fn run_length(mut data: &[u8], most: usize) -> Result<Vec<u8>> {
    let mut decoded = Vec::new();
    while let Some((&length, rest)) = data.split_first() {
        data = match length {
            128 => break,
            0..128 => {
                let count = usize::from(length).saturating_add(1);
                let (copied, rest) = rest.split_at_checked(count).ok_or_else(|| damaged("a run is cut off"))?;
                decoded.extend_from_slice(copied);
                rest
            }
            129.. => {
                let (&byte, rest) = rest.split_first().ok_or_else(|| damaged("a run is cut off"))?;
                let count = 257usize.saturating_sub(usize::from(length));
                decoded.extend(std::iter::repeat_n(byte, count));
                rest
            }
        };
        if decoded.len() > most {
            return Err(too_long());
        }
    }
    Ok(decoded)
}

fn damaged(what: &'static str) -> Error {
    Error::new(ErrorKind::Syntax, what)
}

fn too_long() -> Error {
    Error::new(ErrorKind::Limit, "a stream decodes to more bytes than the limits allow")
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;

    use super::*;

    fn deflate(data: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn chain(filter: Object, parameters: Object) -> Result<Vec<Filter>> {
        let mut dictionary = Dictionary::new();
        dictionary.set("Filter", filter);
        dictionary.set("DecodeParms", parameters);
        Filter::chain(&dictionary, 3, &|object| Ok(object.clone()))
    }

    #[test]
    fn chains_come_from_names_and_arrays() {
        assert_eq!(chain(Object::Null, Object::Null).unwrap(), []);
        let two = Object::Array([Object::name("ASCII85Decode"), Object::name("FlateDecode")].into());
        assert_eq!(chain(two, Object::Null).unwrap(), [Filter::Ascii85, Filter::Flate(Predictor::None)]);
        let four = Object::Array(vec![Object::name("Fl"); 4].into());
        assert_eq!(chain(four, Object::Null).unwrap_err().kind(), ErrorKind::Limit);
        assert_eq!(chain(Object::name("DCTDecode"), Object::Null).unwrap_err().kind(), ErrorKind::Unsupported);
    }

    #[test]
    fn crypt_filters_are_taken_away_or_change_nothing_or_fail() {
        let named = |name: &str| {
            let mut parameters = Dictionary::new();
            parameters.set("Name", Object::name(name));
            let filters = Object::Array([Object::name("Crypt"), Object::name("AHx")].into());
            chain(filters, Object::Array([Object::Dictionary(parameters)].into())).unwrap()
        };
        assert_eq!(decode(b"41>".to_vec(), &named("Identity"), 9).unwrap().0, b"A");
        let mut own = named("StdCF");
        assert_eq!(decode(b"41>".to_vec(), &own, 9).unwrap_err().kind(), ErrorKind::Encrypted);
        assert_eq!(
            (Filter::take_crypt(&mut own), own.as_slice()),
            (Some(Name::from("StdCF")), [Filter::AsciiHex].as_slice())
        );
        assert_eq!(Filter::take_crypt(&mut own), None);
        assert_eq!(chain(Object::name("Crypt"), Object::Null).unwrap(), [Filter::Crypt(Name::from("Identity"))]);
    }

    #[test]
    fn bombs_stop_at_the_bound() {
        let once = deflate(&vec![0; 10_000_000]);
        let twice = deflate(&once);
        let flate = Filter::Flate(Predictor::None);
        for data in [once, twice] {
            let chain = [flate.clone(), flate.clone()];
            assert_eq!(decode(data, &chain, 9_999).unwrap_err().kind(), ErrorKind::Limit);
        }
        assert!(run_length(&[129, 0].repeat(1_000), 127_999).is_err());
        assert_eq!(run_length(&[129, 0].repeat(1_000), 128_000).unwrap().len(), 128_000);
    }

    #[test]
    fn damaged_flate_is_no_shorter_result() {
        let whole = deflate(b"cross-reference");
        for cut in 0..whole.len() {
            assert!(flate(&whole[..cut], 100).is_err(), "{cut}");
        }
        assert_eq!(flate(&[&whole[..], b"\r\n"].concat(), 100).unwrap(), b"cross-reference");
    }

    #[test]
    fn runs() {
        assert_eq!(run_length(&[2, b'a', b'b', b'c', 254, b'x', 128, 9], 100).unwrap(), b"abcxxx");
        assert!(run_length(&[2, b'a'], 100).is_err());
    }

    proptest! {
        #[test]
        fn arbitrary_data_never_panics(data in proptest::collection::vec(any::<u8>(), 0..300), which in 0usize..6) {
            let predictor = Predictor::Tiff { colors: 3, bits: 8, columns: 2 };
            let filters = [
                Filter::Flate(Predictor::None), Filter::Lzw { early_change: true, predictor }, Filter::AsciiHex,
                Filter::Ascii85, Filter::RunLength,
                Filter::Lzw { early_change: false, predictor: Predictor::Png { colors: 1, bits: 8, columns: 3 } },
            ];
            let most = 1_000;
            if let Ok((decoded, _)) = decode(data, &filters[which..=which], most) {
                prop_assert!(decoded.len() <= 1_000);
            }
        }
    }
}
