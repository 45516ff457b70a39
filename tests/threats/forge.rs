//! Forging: files and CMS with any flaw and, where it matters, with a signature that is cryptographically right all the same.
//!
//! A flaw that the digest gives away is no test of the rule against it. So the signer here signs whatever it is given.

use std::ops::Range;

use pades_ltv::{Document, Prepared, Signer, Signing};

use crate::common::asn1::{self, Cms, OCTET_STRING, SEQUENCE, Value, attribute, sha256, slices, tlv};
use crate::common::{World, now, only, pdf};

/// Room for a CMS in forged files, in bytes.
const ROOM: usize = 2_200;
/// Room for the numbers of a byte range.
const RANGE: usize = 64;

/// A world whose signer signs anything.
pub(crate) struct Forge {
    pub(crate) world: World,
    /// The CMS of a good signature.
    template: Cms,
}

impl Forge {
    pub(crate) fn new() -> Self {
        Self::of(World::new())
    }

    /// The same of somebody else.
    #[allow(dead_code, reason = "other tests forge with their own people")]
    pub(crate) fn of(world: World) -> Self {
        let good = world.signed(&pdf::table(&[]), now());
        let template = Cms::read(&pdf::contents(&good, &pdf::holes(&good)[0]));
        Self { world, template }
    }

    /// A good signature.
    pub(crate) fn signed(&self) -> Vec<u8> {
        self.sign(&pdf::table(&[]))
    }

    pub(crate) fn sign(&self, base: &[u8]) -> Vec<u8> {
        self.sign_with_room(base, 100)
    }

    pub(crate) fn sign_with_room(&self, base: &[u8], room: usize) -> Vec<u8> {
        let document = Document::open(base).unwrap();
        let signing = Signing::new(&document, now()).timestamp_room(room);
        signing.sign(&self.world.signer).unwrap().finish().unwrap().apply(base).unwrap()
    }

    /// The signer's ECDSA value over any message: a prepared signature is stored, and read back with other attributes.
    pub(crate) fn value(&self, message: &[u8]) -> Vec<u8> {
        let base = pdf::table(&[]);
        let document = Document::open(base.as_slice()).unwrap();
        let prepared = Signing::new(&document, now()).prepare(&self.world.signer.identity().unwrap()).unwrap();
        let stored = prepared.to_bytes().unwrap();
        // Its check sum follows.
        let stored = &stored[..stored.len() - 32];
        let mut parts: Vec<Vec<u8>> = Value::read(stored).children().iter().map(|part| part.whole.to_vec()).collect();
        let own = tlv(OCTET_STRING, &[prepared.input().message()]);
        let attributes = parts.iter().position(|part| *part == own).unwrap();
        parts[attributes] = tlv(OCTET_STRING, &[message]);
        let stored = tlv(SEQUENCE, &slices(&parts));
        let prepared = Prepared::from_bytes(&[&stored[..], &sha256(&stored)].concat()).unwrap();
        self.world.signer.sign(prepared.input()).unwrap()
    }

    /// Signs the attributes of `cms` as they stand.
    pub(crate) fn resign(&self, cms: &mut Cms) {
        cms.signer().signature = self.value(&cms.signer().message());
    }

    /// A CMS over `content`, as `change` leaves it, signed.
    pub(crate) fn cms(&self, content: &[u8], change: impl Fn(&mut Cms)) -> Cms {
        let mut cms = self.template.clone();
        set(&mut cms, asn1::MESSAGE_DIGEST, &[&tlv(OCTET_STRING, &[&sha256(content)])]);
        change(&mut cms);
        self.resign(&mut cms);
        cms
    }

    /// A good file with another CMS in its hole.
    pub(crate) fn with_cms(&self, make: impl Fn(&Self, &[u8]) -> Vec<u8>) -> Vec<u8> {
        let mut file = self.sign_with_room(&pdf::table(&[]), 1_200);
        let hole = pdf::holes(&file)[0].clone();
        let content = [&file[..hole.start], &file[hole.end..]].concat();
        pdf::fill(&mut file, &hole, &make(self, &content));
        file
    }

    /// A good file whose CMS has attributes as `change` leaves them, signed.
    pub(crate) fn with_attributes(&self, change: impl Fn(&mut Cms)) -> Vec<u8> {
        self.with_cms(|forge, content| forge.cms(content, &change).to_der())
    }

    /// A file whose signature dictionary is `dictionary`, where `@range` and `@contents` stand for the two late values. `cover` says
    /// what `/ByteRange` reads and what is signed, given the hole and the file's length.
    pub(crate) fn dictionary(&self, dictionary: &str, cover: impl Fn(&Range<usize>, usize) -> Cover) -> Vec<u8> {
        let hole = format!("<{}>", "0".repeat(2 * ROOM));
        let body = dictionary.replace("@range", &"#".repeat(RANGE)).replace("@contents", &hole);
        let file = signed_base(&body);
        self.complete(file, cover)
    }

    /// Fills both late values of a file in which they are left out.
    pub(crate) fn complete(&self, mut file: Vec<u8>, cover: impl Fn(&Range<usize>, usize) -> Cover) -> Vec<u8> {
        let hole = pdf::holes(&file).pop().unwrap();
        let Cover { text, ranges } = cover(&hole, file.len());
        if let Some(place) = file.windows(RANGE).position(|window| window.iter().all(|byte| *byte == b'#')) {
            file[place..place + RANGE].copy_from_slice(format!("{text:RANGE$}").as_bytes());
        }
        let content: Vec<u8> = ranges.iter().flat_map(|range| file[range.clone()].to_vec()).collect();
        let cms = self.cms(&content, |_| {});
        pdf::fill(&mut file, &hole, &cms.to_der());
        file
    }
}

/// What a byte range says, and what is signed.
pub(crate) struct Cover {
    pub(crate) text: String,
    pub(crate) ranges: Vec<Range<usize>>,
}

/// As it should be.
pub(crate) fn whole(hole: &Range<usize>, length: usize) -> Cover {
    let text = format!("[0 {} {} {}]", hole.start, hole.end, length - hole.end);
    Cover { text, ranges: vec![0..hole.start, hole.end..length] }
}

/// The entries of a good signature dictionary, but for the late ones.
pub(crate) const ENTRIES: &str =
    "/Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M(D:20261007092523+09'00')";

/// One page with a signature field, whose value is object 6, `body`.
pub(crate) fn signed_base(body: &str) -> Vec<u8> {
    let field = "<</Type/Annot/Subtype/Widget/FT/Sig/T(Signature1)/V 6 0 R/Rect[0 0 0 0]/F 132/P 3 0 R>>";
    pdf::table(&["<</Fields[5 0 R]/SigFlags 3>>", field, body])
}

/// Gives the signed attribute `oid` other values.
pub(crate) fn set(cms: &mut Cms, oid: &[u8], values: &[&[u8]]) {
    let place = cms.signer().place(oid).unwrap();
    cms.signer().signed.as_mut().unwrap()[place] = attribute(oid, values);
}

/// Takes the signed attribute `oid` out.
pub(crate) fn remove(cms: &mut Cms, oid: &[u8]) {
    let place = cms.signer().place(oid).unwrap();
    cms.signer().signed.as_mut().unwrap().remove(place);
}

/// Adds a signed attribute, at its place in DER's order.
pub(crate) fn add(cms: &mut Cms, oid: &[u8], values: &[&[u8]]) {
    let signed = cms.signer().signed.as_mut().unwrap();
    signed.push(attribute(oid, values));
    signed.sort();
}

/// `file` with `from`, which stands there once, replaced by `to`, padded with spaces so that nothing moves.
pub(crate) fn replace(file: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let place = only(file, from);
    put(file, place..place + from.len(), to)
}

/// `file` with the bytes of `range` replaced by `to`, padded with spaces so that nothing moves.
pub(crate) fn put(file: &[u8], range: Range<usize>, to: &[u8]) -> Vec<u8> {
    let mut padded = to.to_vec();
    assert!(padded.len() <= range.len());
    padded.resize(range.len(), b' ');
    let mut file = file.to_vec();
    file[range].copy_from_slice(&padded);
    file
}
