//! Signature dictionaries as they are found (ISO 32000-2, 12.8.1).
//!
//! What it is for: every fact of a signature that stands outside its CMS, and every way in which it is malformed.
//!
//! Invariant: reading is total. What is broken gives an entry with faults, never none; only a source that cannot be
//! read is an error.
//! Invariant: the CMS or timestamp is opaque bytes here.
//!
//! Nouns: [`SignatureDictionary`], [`SignatureKind`], [`SignatureFault`]; [`ByteRange`] and [`Contents`] are its hard
//! parts.

use std::borrow::Cow;

use crate::error::{Error, ErrorKind, Result};
use crate::pdf::byte_range::{ByteRange, ByteRangeFault};
use crate::pdf::contents::{Contents, ContentsFault};
use crate::pdf::object::{Dictionary, Object, Ref};
use crate::pdf::text::read_text_string;
use crate::pdf::transform::Transform;
use crate::pdf::view::View;

/// What one signature dictionary says, as it stands in the revision of the view that it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SignatureDictionary {
    /// `None` where the dictionary stands directly in its field.
    pub(crate) id: Option<Ref>,
    pub(crate) kind: SignatureKind,
    pub(crate) filter: Option<String>,
    pub(crate) sub_filter: Option<String>,
    pub(crate) byte_range: Result<ByteRange, ByteRangeFault>,
    pub(crate) contents: Result<Contents, ContentsFault>,
    /// `/M` as written: a PDF date, if all is well. Nobody vouches for it.
    pub(crate) m: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) location: Option<String>,
    pub(crate) contact_info: Option<String>,
    /// Whether there is a `/Cert`, which no PAdES signature has.
    pub(crate) has_certificate: bool,
    /// The strings in `/Cert`: the certificates of `adbe.x509.rsa_sha1` (table 255).
    pub(crate) certificates: Vec<Vec<u8>>,
    pub(crate) transforms: Vec<Transform>,
    /// The program that wrote the signature, where it says so (`/Prop_Build /App /Name`).
    pub(crate) application: Option<String>,
    /// What else is wrong with the dictionary. The faults of `byte_range` and `contents` are not repeated.
    pub(crate) faults: Vec<SignatureFault>,
}

/// What a signature dictionary is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum SignatureKind {
    /// Somebody signed.
    Signature,
    /// A timestamp over the document (12.8.5).
    DocumentTimestamp,
}

/// What else can be wrong with a signature dictionary.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SignatureFault {
    #[error("the value of the field is not a dictionary")]
    NotDictionary,
    #[error("the signature dictionary cannot be read: {0}")]
    Unreadable(String),
    #[error("/{0} stands twice in one dictionary of the signature")]
    DuplicateKey(String),
    #[error("the value of /{0} is not direct")]
    IndirectValue(String),
    #[error("/{0} has a value of the wrong type")]
    WrongType(&'static str),
    #[error("/Type is /{0}, which is no signature")]
    UnknownType(String),
    #[error("/Type and /SubFilter do not agree about what this is")]
    KindsDisagree,
    #[error("a document timestamp without /Type /DocTimeStamp")]
    TypeMissing,
    #[error("/SubFilter is missing")]
    SubFilterMissing,
    #[error("/Filter is missing")]
    FilterMissing,
    #[error("a signature reference dictionary cannot be read")]
    BadReference,
}

impl SignatureDictionary {
    /// Reads the signature dictionary `id` as it stands in `view`.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] only.
    pub(crate) fn read(view: View<'_>, id: Ref) -> Result<Self> {
        match view.get(id) {
            Ok(value) => Self::read_direct(view, value, Some(id)),
            Err(error) => Ok(Self::unreadable(Some(id), fault_of(error)?)),
        }
    }

    /// Reads `value` as a signature dictionary; `id` is the object that it is, if it is one.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] only.
    pub(crate) fn read_direct(view: View<'_>, value: Object, id: Option<Ref>) -> Result<Self> {
        let Object::Dictionary(mut dictionary) = value else {
            return Ok(Self::unreadable(id, SignatureFault::NotDictionary));
        };
        let contents = Contents::take(&mut dictionary, view.document().limits().cms_bytes);
        let mut reading = Reading { view, dictionary: &dictionary, faults: Vec::new() };
        reading.find_duplicates();
        reading.find_indirect_values();
        let filter = reading.name("Filter")?;
        let sub_filter = reading.name("SubFilter")?;
        let kind = reading.kind(filter.as_deref(), sub_filter.as_deref())?;
        let signature = Self {
            id,
            kind,
            filter,
            sub_filter,
            byte_range: ByteRange::read(&dictionary, view.document().len()),
            contents,
            m: reading.text("M")?,
            name: reading.text("Name")?,
            reason: reading.text("Reason")?,
            location: reading.text("Location")?,
            contact_info: reading.text("ContactInfo")?,
            has_certificate: dictionary.get("Cert").is_some(),
            certificates: certificates(dictionary.get("Cert")),
            transforms: reading.transforms()?,
            application: reading.application()?,
            faults: Vec::new(),
        };
        Ok(Self { faults: reading.faults, ..signature })
    }

    fn unreadable(id: Option<Ref>, fault: SignatureFault) -> Self {
        Self {
            id,
            kind: SignatureKind::Signature,
            filter: None,
            sub_filter: None,
            byte_range: Err(ByteRangeFault::Missing),
            contents: Err(ContentsFault::Missing),
            m: None,
            name: None,
            reason: None,
            location: None,
            contact_info: None,
            has_certificate: false,
            certificates: Vec::new(),
            transforms: Vec::new(),
            application: None,
            faults: vec![fault],
        }
    }
}

/// One string, or an array of them; its values are direct (12.8.1).
fn certificates(value: Option<&Object>) -> Vec<Vec<u8>> {
    let strings = match value {
        Some(Object::Array(items)) => items,
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let bytes = |string: &Object| if let Object::String(string) = string { Some(string.bytes.to_vec()) } else { None };
    strings.iter().filter_map(bytes).collect()
}

/// A signature dictionary while it is read.
struct Reading<'r> {
    view: View<'r>,
    dictionary: &'r Dictionary,
    faults: Vec<SignatureFault>,
}

impl<'r> Reading<'r> {
    /// The value of `key`; one that cannot be read is a fault and null.
    fn value(&mut self, key: &'static str) -> Result<Cow<'r, Object>> {
        self.tolerate(self.view.look(self.dictionary, key), Cow::Owned(Object::Null))
    }

    fn name(&mut self, key: &'static str) -> Result<Option<String>> {
        Ok(match &*self.value(key)? {
            Object::Null => None,
            Object::Name(name) => Some(name.to_text()),
            _ => self.wrong_type(key),
        })
    }

    fn text(&mut self, key: &'static str) -> Result<Option<String>> {
        Ok(match &*self.value(key)? {
            Object::Null => None,
            Object::String(string) => Some(read_text_string(string)),
            _ => self.wrong_type(key),
        })
    }

    /// `/Type` is optional for signatures (table 255), so that the sub-filter decides where it is missing.
    fn kind(&mut self, filter: Option<&str>, sub_filter: Option<&str>) -> Result<SignatureKind> {
        if filter.is_none() {
            self.faults.push(SignatureFault::FilterMissing);
        }
        if sub_filter.is_none() {
            self.faults.push(SignatureFault::SubFilterMissing);
        }
        let is_token = sub_filter == Some("ETSI.RFC3161");
        Ok(match (self.name("Type")?.as_deref(), is_token) {
            (Some("Sig") | None, false) => SignatureKind::Signature,
            (Some("DocTimeStamp"), true) => SignatureKind::DocumentTimestamp,
            (None, true) => self.doubt(SignatureFault::TypeMissing, SignatureKind::DocumentTimestamp),
            (Some("Sig" | "DocTimeStamp"), _) => {
                self.doubt(SignatureFault::KindsDisagree, SignatureKind::DocumentTimestamp)
            }
            (Some(other), _) => {
                let kind = if is_token { SignatureKind::DocumentTimestamp } else { SignatureKind::Signature };
                self.doubt(SignatureFault::UnknownType(other.to_owned()), kind)
            }
        })
    }

    fn transforms(&mut self) -> Result<Vec<Transform>> {
        let transforms = self.tolerate(Transform::all(self.view, self.dictionary), vec![Transform::Unreadable])?;
        if transforms.contains(&Transform::Unreadable) {
            self.faults.push(SignatureFault::BadReference);
        }
        Ok(transforms)
    }

    fn application(&mut self) -> Result<Option<String>> {
        let mut value = self.value("Prop_Build")?;
        for key in ["App", "Name"] {
            let Some(dictionary) = value.as_dictionary() else { return Ok(None) };
            value = Cow::Owned(self.tolerate(self.view.entry(dictionary, key), Object::Null)?);
        }
        Ok(value.as_name().map(|name| name.to_text()))
    }

    /// Looks for keys that stand twice, at any depth.
    fn find_duplicates(&mut self) {
        let values = self.dictionary.iter().flat_map(|entry| entry.value.values());
        let dictionaries = std::iter::once(self.dictionary).chain(values.filter_map(Object::as_dictionary));
        let duplicates = dictionaries.filter_map(Dictionary::duplicate_key);
        self.faults.extend(duplicates.map(|key| SignatureFault::DuplicateKey(key.to_text())));
    }

    /// 12.8.1: where there is a `/ByteRange`, all values are direct. `/ByteRange` and `/Contents` have faults of their
    /// own.
    fn find_indirect_values(&mut self) {
        let indirect = self.dictionary.iter().filter(|entry| entry.value.as_reference().is_some());
        let others = indirect.filter(|entry| entry.key != *"ByteRange" && entry.key != *"Contents");
        self.faults.extend(others.map(|entry| SignatureFault::IndirectValue(entry.key.to_text())));
    }

    fn wrong_type(&mut self, key: &'static str) -> Option<String> {
        self.faults.push(SignatureFault::WrongType(key));
        None
    }

    fn doubt<T>(&mut self, fault: SignatureFault, value: T) -> T {
        self.faults.push(fault);
        value
    }

    fn tolerate<T>(&mut self, result: Result<T>, otherwise: T) -> Result<T> {
        match result {
            Ok(value) => Ok(value),
            Err(error) => {
                self.faults.push(fault_of(error)?);
                Ok(otherwise)
            }
        }
    }
}

/// A broken file is a fact about the signature; a source that fails is an error.
fn fault_of(error: Error) -> Result<SignatureFault> {
    if error.kind() == ErrorKind::Io { Err(error) } else { Ok(SignatureFault::Unreadable(error.to_string())) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::document::Document;
    use crate::pdf::field::FieldChoice;
    use crate::pdf::specimen;
    use crate::pdf::transform::Certification;
    use crate::pdf::transform::FieldSelection;

    const FOUR: Ref = Ref { number: 4, generation: 0 };

    /// What object 4 says as a signature dictionary.
    fn read(body: &str) -> SignatureDictionary {
        let pdf = specimen::table_pdf(&specimen::one_page_with(&[(4, body)]), "");
        let document = Document::open(&pdf).unwrap();
        SignatureDictionary::read(document.latest(), FOUR).unwrap()
    }

    /// With what every signature needs.
    fn faults(entries: &str) -> Vec<SignatureFault> {
        read(&format!("<< /Filter /Adobe.PPKLite {entries} >>")).faults
    }

    #[test]
    fn what_was_signed_is_read_back() {
        for pdf in [specimen::table_pdf(&specimen::ONE_PAGE, ""), specimen::stream_pdf(&specimen::ONE_PAGE, "")] {
            let (signed, _) = specimen::signed(&pdf, FieldChoice::Named("署名")).unwrap();
            let document = Document::open(&signed).unwrap();
            let form = crate::pdf::form::Form::read(document.latest()).unwrap();
            let found = form.signatures().next().unwrap().signature(document.latest()).unwrap().unwrap();
            assert_eq!(found.faults, []);
            assert_eq!(found.kind, SignatureKind::Signature);
            assert_eq!(found.filter.as_deref(), Some("Adobe.PPKLite"));
            assert_eq!(found.sub_filter.as_deref(), Some("ETSI.CAdES.detached"));
            assert_eq!(found.m.as_deref(), Some("D:20261007092523+09'00'"));
            assert_eq!((found.reason.as_deref(), found.location.as_deref()), (Some("承認しました"), Some("日本")));
            let (range, contents) = (found.byte_range.unwrap(), found.contents.unwrap());
            assert_eq!((range.end(), range.hole()), (signed.len() as u64, contents.hole));
            assert!(contents.der.starts_with(b"\x30\x03\x02\x01\x05\0") && contents.der.len() == 20);
        }
    }

    #[test]
    fn a_dictionary_in_an_object_stream_has_no_place() {
        let body = "<< /ByteRange [0 1 2 3] /Contents <30> >>";
        let pdf = specimen::stream_pdf(&specimen::one_page_with(&[(4, body)]), "");
        let document = Document::open(&pdf).unwrap();
        let found = SignatureDictionary::read(document.latest(), FOUR).unwrap();
        assert_eq!(found.contents, Err(ContentsFault::NoPlace));
        assert_eq!(found.byte_range, Err(ByteRangeFault::NoPlace));
    }

    #[test]
    fn the_kind_is_that_of_the_type_and_the_sub_filter() {
        use SignatureFault as F;
        use SignatureKind::{DocumentTimestamp, Signature};
        for (entries, kind, faults) in [
            ("/Type /Sig /SubFilter /ETSI.CAdES.detached", Signature, vec![]),
            ("/SubFilter /adbe.pkcs7.detached", Signature, vec![]),
            ("/Type /DocTimeStamp /SubFilter /ETSI.RFC3161", DocumentTimestamp, vec![]),
            ("/SubFilter /ETSI.RFC3161", DocumentTimestamp, vec![F::TypeMissing]),
            ("/Type /Sig /SubFilter /ETSI.RFC3161", DocumentTimestamp, vec![F::KindsDisagree]),
            ("/Type /DocTimeStamp", DocumentTimestamp, vec![F::SubFilterMissing, F::KindsDisagree]),
            ("/Type /Annot /SubFilter /x", Signature, vec![F::UnknownType("Annot".into())]),
            ("/SubFilter (x)", Signature, vec![F::WrongType("SubFilter"), F::SubFilterMissing]),
        ] {
            let found = read(&format!("<< /Filter /Adobe.PPKLite {entries} >>"));
            assert_eq!((found.kind, found.faults), (kind, faults), "{entries}");
        }
    }

    #[test]
    fn duplicates_and_indirect_values_are_faults() {
        let duplicate = |key: &str| SignatureFault::DuplicateKey(key.into());
        assert_eq!(faults("/SubFilter /x /Contents <30> /Contents <31>"), [duplicate("Contents")]);
        assert_eq!(faults("/SubFilter /x /Prop_Build << /App [ << /A 1 /A 2 >> ] >>"), [duplicate("A")]);
        assert_eq!(
            faults("/SubFilter /x /Reason 3 0 R"),
            [SignatureFault::IndirectValue("Reason".into()), SignatureFault::WrongType("Reason")]
        );
        assert_eq!(faults("/SubFilter /x /Contents 3 0 R /ByteRange 3 0 R"), []);
    }

    #[test]
    fn what_is_no_dictionary_is_a_signature_with_faults() {
        assert_eq!(read("[ 1 ]").faults, [SignatureFault::NotDictionary]);
        assert_eq!(read("<< /Length 0 >>\nstream\n\nendstream").faults, [SignatureFault::NotDictionary]);
        assert!(matches!(read("<< /Contents <30 >>").faults.as_slice(), [SignatureFault::Unreadable(_)]));
    }

    #[test]
    fn transforms_are_read_and_broken_ones_permit_nothing() {
        let reference = |text: &str| read(&format!("<< /Filter /F /SubFilter /S /Reference [{text}] >>"));
        let found = reference(
            "<< /TransformMethod /DocMDP /TransformParams << /P 3 >> >>
             << /TransformMethod /DocMDP >>
             << /TransformMethod /DocMDP /TransformParams << /P 9 >> >>
             << /TransformMethod /FieldMDP /TransformParams << /Action /Include /Fields [(a) (b.c)] >> >>
             << /TransformMethod /FieldMDP /TransformParams << /Action /Exclude /Fields [(a) 1] >> >>
             << /TransformMethod /UR3 >>",
        );
        let expected = [
            Transform::DocMdp(Certification::Annotate),
            Transform::DocMdp(Certification::FillForms),
            Transform::DocMdp(Certification::NoChanges),
            Transform::FieldMdp(FieldSelection::Include(vec!["a".into(), "b.c".into()])),
            Transform::FieldMdp(FieldSelection::All),
            Transform::Other("UR3".into()),
        ];
        assert_eq!((found.transforms.as_slice(), found.faults.as_slice()), (expected.as_slice(), [].as_slice()));
        assert_eq!(reference("7").faults, [SignatureFault::BadReference]);
        let selection = FieldSelection::Include(vec!["a".into()]);
        assert!(selection.selects("a") && selection.selects("a.b") && !selection.selects("ab"));
    }

    #[test]
    fn the_application_is_named() {
        let found = read("<< /Prop_Build << /App << /Name /Exchange-Pro >> >> >>");
        assert_eq!(found.application.as_deref(), Some("Exchange-Pro"));
    }
}
