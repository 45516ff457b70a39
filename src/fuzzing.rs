//! Doors into the parsers, for fuzz targets, their replay in `cargo test`, and benches. **No promise of any kind.**
//!
//! What it is for: each door takes any bytes and asserts the laws of what stands behind it. That nothing panics is the least
//! of them.
//!
//! Invariant: a door returns for every input, within the limits; it panics only where a law does not hold.

use const_oid::db::rfc5911::ID_DATA;

use crate::digest::DigestAlgorithm;
use crate::error::ErrorKind;
use crate::limits::Limits;
use crate::pdf::account::account;
use crate::pdf::document::Document;
use crate::pdf::dss::Dss;
use crate::pdf::form::Form;
use crate::pdf::object::Object;
use crate::pdf::parser;
use crate::pdf::serializer::serialize;
use crate::pdf::view::View;
use crate::pki::certificate::Certificate;
use crate::pki::certificates::Certificates;
use crate::pki::cms::ber::Definite;
use crate::pki::cms::{SignedData, SignerInfo, add_timestamp};
use crate::pki::revocation::{Crl, OcspResponse, answers};
use crate::pki::signature::Checks;
use crate::pki::timestamp::{TimestampRequest, TimestampToken};
use crate::pki::trust::store::TrustStore;
use crate::report::{Indication, Modification, Report, SignatureReport};
use crate::sign::{Prepared, PreparedTimestamp, Reserved};
use crate::time::Time;
use crate::verify::Verification;
use crate::verify::modification::{Analysis, analyse, meter};

/// How many revisions, and objects in each, one run looks at.
const REVISIONS: usize = 8;
const OBJECTS: usize = 1_000;

/// How many values the loops of a comparison may go through for each one that they charge for, for each byte of a file and for any
/// file. What is charged ends in proportion to the file, so that this does.
const STEPS_EACH: u64 = 8;
const STEPS: u64 = 1 << 10;
/// How many bytes may be read for each byte of a file and for any file. An object of 20 bytes is read through a window of 1 KB, once for
/// each of the few things that are asked of it.
const READ_EACH_BYTE: u64 = 512;
const READ: u64 = 1 << 20;

/// Opens a document and reads all that is in it.
///
/// Laws: what opens strictly is not damaged, and nothing can be appended to what is; revisions follow one another to the end of the file;
/// every object that is read is written so that it reads the same.
pub fn document(data: &[u8]) {
    let Ok(document) = Document::open_damaged(data, limits()) else { return };
    assert_eq!(document.require_whole().is_err(), document.damage().is_some(), "a damaged file takes what is appended");
    assert!(Document::open_with(data, limits()).is_err() || document.damage().is_none(), "a sound file is damaged");
    let mut end = 0;
    for revision in document.revisions() {
        assert!(end < revision.end() && revision.end() <= document.len(), "revisions out of order");
        end = revision.end();
    }
    for revision in 0..document.revisions().len().min(REVISIONS) {
        let _ = account(&document, revision);
        let view = document.view(revision);
        let _ = view.catalog();
        let _ = view.first_page();
        let _ = Dss::read(view);
        if let Ok(form) = Form::read(view) {
            let _ = form.shared_values();
            form.signatures().for_each(|field| drop(field.signature(view)));
        }
        let objects = view.live_objects().take(OBJECTS);
        objects.filter_map(|id| view.get(id).ok()).for_each(|object| read_again(view, &object));
    }
}

fn read_again(view: View<'_>, object: &Object) {
    if let Object::Stream(stream) = object {
        let _ = view.stream_data(stream);
        let _ = view.raw_stream_data(stream);
        assert_reads_again(&Object::Dictionary(stream.dictionary.clone()));
    } else {
        assert_reads_again(object);
    }
}

/// Reads each kind of trust list.
///
/// Laws: what nobody signed is refused; taking a list twice changes nothing; a canonical form is its own canonical form.
#[cfg(feature = "trust-lists")]
pub fn trust_list(data: &[u8]) {
    use crate::trustlist::{AdobeList, ListSigners, TrustedList, Unchecked, accredited, canonical_again};
    let mut trust = TrustStore::new();
    if let Ok(list) = Unchecked::<TrustedList>::read(data) {
        let own: Vec<Vec<u8>> = list.claims().services().flat_map(|one| one.current.certificates.clone()).collect();
        assert!(list.clone().danger_signed_though_expired(&ListSigners::default()).is_err(), "signed by nobody");
        let _ = list.clone().danger_signed_though_expired(&ListSigners::of_any_list(&own));
        let list = list.danger_unverified();
        list.add_to(&mut trust);
        let before = trust.len();
        assert_eq!((list.add_to(&mut trust).anchors, trust.len()), (0, before), "taken twice");
    }
    if let Some((first, second)) = canonical_again(data) {
        assert!(first == second, "the canonical form has another");
    }
    if let Ok(list) = Unchecked::<AdobeList>::read(data) {
        assert!(
            list.clone().verified(&TrustStore::new(), Time::from_unix(1_791_331_200)).is_err(),
            "nobody is trusted"
        );
        list.danger_unverified().add_to(&mut trust);
    }
    if let Ok(list) = accredited(data, "fuzz") {
        assert_eq!(list.add_to(&mut trust, "fuzz", None, None).anchors, 0, "accredited is not trusted");
    }
}

/// Reads metadata, and states another transaction in it.
///
/// Laws: what is stated reads back; stating it again changes nothing.
pub fn metadata(data: &[u8]) {
    if let Some((first, second)) = crate::pdf::metadata::stated_again(data) {
        assert!(first == second, "stated twice");
    }
}

/// Reads one value.
///
/// Law: it is written so that it reads the same.
pub fn object(data: &[u8]) {
    if let Ok((object, length)) = parser::object(data, None, &limits()) {
        assert!(length <= data.len(), "more was read than there is");
        assert_reads_again(&object);
    }
    let _ = parser::indirect(data, 0, &limits());
}

fn assert_reads_again(object: &Object) {
    // Something has to follow, so that the last token ends.
    let written = [serialize(object).as_slice(), b" |"].concat();
    let read = parser::object(&written, None, &limits());
    assert!(matches!(&read, Ok((again, _)) if again == object), "{object:?} reads as {read:?}");
}

/// Reads a CMS, and checks its signers against what is inside.
///
/// Laws: what came out of the transcoding goes through it unchanged; the same bytes give the same faults; a timestamp that is
/// added changes nothing that is signed.
pub fn cms(data: &[u8]) {
    let limits = limits();
    let Ok(definite) = Definite::read(data, limits.asn1_depth) else {
        assert!(SignedData::from_der(data, &limits).is_err(), "it is read, though it has no definite form");
        return;
    };
    let again = Definite::read(&definite.bytes, limits.asn1_depth);
    let is_fixed = again.is_ok_and(|again| again.is_der() && again.bytes == definite.bytes);
    assert!(is_fixed, "the transcoding of its own result changes it");
    let (Ok(read), Ok(plain)) = (SignedData::from_der(data, &limits), SignedData::from_der(&definite.bytes, &limits))
    else {
        return;
    };
    assert_eq!(read.certificates(), plain.certificates());
    assert_eq!(read.signer().is_ok(), plain.signer().is_ok());
    if let (Ok(signer), Ok(plain)) = (read.signer(), plain.signer()) {
        assert_eq!(verdict(signer, &read), verdict(plain, &read), "the same signer, two verdicts");
        let _ = (signer.adbe_revocation(), signer.certificate_values(), signer.revocation_values());
        let _ = (signer.signing_time(), signer.algorithm_protection());
        for token in signer.signature_timestamps(&limits).into_iter().flatten() {
            token_holds(token);
        }
    }
    assert_adds_a_timestamp(&definite.bytes, &read);
}

/// What can be said of a signer, in words.
fn verdict(signer: &SignerInfo, cms: &SignedData) -> String {
    let certificate = signer.signing_certificate_in(cms.certificates()).map(Certificate::der);
    let identified = signer.identified_certificate_in(cms.certificates());
    let digest = DigestAlgorithm::Sha256.digest(cms.content().unwrap_or_default());
    let value = identified.map(|certificate| {
        certificate.public_key().map(|key| (signer.check_algorithms(), signer.check_signature(&key, &digest)))
    });
    format!("{certificate:?} {value:?} {:?}", signer.check_content(&digest, ID_DATA))
}

fn assert_adds_a_timestamp(der: &[u8], before: &SignedData) {
    // Any value will do: it is not read on the way in.
    let Ok(stamped) = add_timestamp(der, &[0x30, 0]) else { return };
    let after = SignedData::from_der(&stamped, &limits());
    let signed = |cms: &SignedData| {
        let signer = cms.signer().ok()?;
        Some((signer.signed_attributes_der().map(<[u8]>::to_vec), signer.signature().to_vec()))
    };
    assert!(after.is_ok_and(|after| signed(&after) == signed(before)), "a timestamp changes what is signed");
}

/// Reads a timestamp token, and judges `data` as a server's answer.
///
/// Law: nothing is accepted as the answer to a request with another imprint.
pub fn timestamp_response(data: &[u8]) {
    token_holds(data);
    let request = TimestampRequest::new(DigestAlgorithm::Sha256, &[7; 32], &[7; 8]);
    let accepted = request.accept(data, &limits());
    assert!(accepted.is_ok_and(|token| token.imprint() == [7; 32]) || request.accept(data, &limits()).is_err());
    if let Ok(request) = TimestampRequest::from_der(data) {
        let again = TimestampRequest::from_der(&request.to_der());
        assert!(again.is_ok_and(|again| again.imprint() == request.imprint() && again.nonce() == request.nonce()));
    }
}

fn token_holds(der: &[u8]) {
    let Ok(token) = TimestampToken::from_der(der, &limits()) else { return };
    let _ = (token.serial_hex(), token.policy(), token.imprint_algorithm(), token.check_imprint(&[0; 32]));
    if let Ok(signer) = token.signer(&[]) {
        let _ = (token.check_authority(signer), token.verify_signature(signer));
    }
    let again = TimestampToken::from_der(token.der(), &limits());
    assert!(again.is_ok_and(|again| again.gen_time() == token.gen_time() && again.imprint() == token.imprint()));
}

/// Reads a certificate and all of its parts.
///
/// Law: the bytes kept are those that were given.
pub fn certificate(data: &[u8]) {
    let Ok(certificate) = Certificate::from_der(data) else { return };
    assert_eq!(certificate.der(), data, "a certificate keeps other bytes");
    let _ = (certificate.public_key(), certificate.basic_constraints(), certificate.key_usage());
    let _ = (certificate.extended_key_usage(), certificate.subject_key_id(), certificate.authority_key_id());
    let _ = (certificate.ocsp_urls(), certificate.issuer_urls(), certificate.crl_urls());
    let _ = (certificate.to_string(), certificate.subject().to_string(), certificate.is_self_issued());
    let mut trust = TrustStore::new();
    assert!(trust.add_der(data, "itself").is_ok(), "a certificate that is read is no anchor");
}

/// Reads a CRL and asks it about its own issuer.
///
/// Law: the bytes kept are those that were given.
pub fn crl(data: &[u8]) {
    let Ok(crl) = Crl::from_der(data, &limits()) else { return };
    assert_eq!(crl.der(), data, "a CRL keeps other bytes");
    let _ = (crl.number(), crl.distribution(), crl.is_delta(), crl.is_delta_of(&crl), crl.unknown_critical());
    let first = crl.find(crl.issuer(), &[1]);
    assert_eq!(format!("{first:?}"), format!("{:?}", crl.find(crl.issuer(), &[1])));
}

/// Reads an OCSP response and asks it about every pair of certificates inside.
///
/// Law: the bytes kept are those that were given.
pub fn ocsp(data: &[u8]) {
    let limits = limits();
    let Ok(ocsp) = OcspResponse::from_der(data, &limits) else { return };
    assert_eq!(ocsp.der(), data, "an OCSP response keeps other bytes");
    let certificates = ocsp.certificates();
    let (pool, checks) = (Certificates::from(certificates), Checks::new(limits.signature_checks));
    for subject in certificates.iter().take(4) {
        for issuer in certificates.iter().take(4) {
            let found = answers(subject, issuer, &[], std::slice::from_ref(&ocsp), &[&pool], &checks);
            assert!(found.answers.len().saturating_add(found.refused.len()) <= data.len());
        }
    }
}

/// Verifies a file in full, at a fixed time, without anchors.
///
/// Laws: the same file gives the same report, of its own length; nobody passes whom nobody trusts; who is intact is named; what was
/// searched for belongs to no revision, and nobody can tell what was changed in it.
pub fn verify(data: &[u8]) {
    let report = report(data);
    assert_eq!(report, self::report(data), "two reports about one file");
    let Some(report) = report else { return };
    assert_ne!(report.verdict(), Some(Indication::TotalPassed), "passed without an anchor");
    for signature in &report.signatures {
        assert_ne!(signature.conclusion.indication, Indication::TotalPassed, "passed without an anchor");
        assert!(!signature.intact || signature.signer.is_some(), "intact by nobody");
    }
}

fn report(data: &[u8]) -> Option<Report> {
    let document = Document::open_damaged(data, limits()).ok()?;
    // 2026-10-07.
    let report = Verification::new(&document, &TrustStore::new(), Time::from_unix(1_791_331_200)).verify();
    assert_eq!(report.length, u64::try_from(data.len()).unwrap_or(u64::MAX), "bytes that are not in the file");
    if document.is_searched() {
        let is_told = |one: &SignatureReport| one.revision.is_none() && one.modification == Modification::Unknown;
        assert!(report.revisions == 0 && report.signatures.iter().all(is_told), "searched, and a revision is known");
    }
    Some(report)
}

/// Compares all revisions of a file with one another, as of every one of them.
///
/// Laws: the values that its loops go through, counted by the loops themselves and without a ceiling, are a few times what was charged
/// for them and the length of the file, so that no loop goes uncharged; the bytes read are at most so many times the length. All that
/// however many signatures ask.
pub fn modification(data: &[u8]) {
    let read = std::sync::atomic::AtomicU64::new(0);
    let source = Counting { bytes: data, read: &read };
    let Ok(document) = Document::open_with(source, limits()) else { return };
    let length = u64::try_from(data.len()).unwrap_or(u64::MAX);
    let revisions: Vec<_> = (0..document.revisions().len()).map(Some).collect();
    meter::taken();
    let Analysis { modified: found, work: charged, .. } = analyse(&document, &revisions);
    let steps = meter::taken();
    assert_eq!(found.len(), revisions.len());
    let most = charged.saturating_add(length).saturating_mul(STEPS_EACH).saturating_add(STEPS);
    assert!(steps <= most, "{steps} values were gone through in {length} bytes, and {charged} were charged for");
    let read = read.load(std::sync::atomic::Ordering::Relaxed);
    let most = length.saturating_mul(READ_EACH_BYTE).saturating_add(READ);
    assert!(read <= most, "{read} bytes were read of {length}");
}

/// A source that counts the bytes that are read from it.
struct Counting<'c> {
    bytes: &'c [u8],
    read: &'c std::sync::atomic::AtomicU64,
}

impl crate::pdf::source::Source for Counting<'_> {
    fn len(&self) -> std::io::Result<u64> {
        crate::pdf::source::Source::len(self.bytes)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<()> {
        let count = u64::try_from(buffer.len()).unwrap_or(u64::MAX);
        self.read.fetch_add(count, std::sync::atomic::Ordering::Relaxed);
        self.bytes.read_at(offset, buffer)
    }
}

/// For benches: how many values are looked at to compare all revisions, as of every one of them.
pub fn modifications(document: &Document<'_>) -> u64 {
    let revisions: Vec<_> = (0..document.revisions().len()).map(Some).collect();
    analyse(document, &revisions).work
}

/// Reads stored values of this crate.
///
/// Law: what is read is written as the same bytes. `data` is taken with its check sum behind it, or needs it yet.
pub fn prepared_state(data: &[u8]) {
    let stored = [data, &DigestAlgorithm::Sha256.digest(data)].concat();
    [data, &stored].into_iter().for_each(one_state);
}

fn one_state(data: &[u8]) {
    if let Ok(prepared) = Prepared::from_bytes(data) {
        assert!(prepared.to_bytes().is_ok_and(|bytes| bytes == data), "a prepared signature is stored differently");
        let _ = prepared.input().digest();
    }
    if let Ok(reserved) = Reserved::from_bytes(data) {
        assert!(reserved.to_bytes().is_ok_and(|bytes| bytes == data), "a reserved place is stored differently");
    }
    if let Ok(prepared) = PreparedTimestamp::from_bytes(data) {
        assert!(prepared.to_bytes().is_ok_and(|bytes| bytes == data), "a prepared timestamp is stored differently");
    }
}

/// For benches: reads every object of the newest revision, and says how many there are.
pub fn objects(document: &Document<'_>) -> usize {
    let view = document.latest();
    view.live_objects().filter_map(|id| view.get(id).ok()).count()
}

/// For tests: the numbers of the objects in use as of the newest revision, ascending.
pub fn numbers(document: &Document<'_>) -> Vec<u32> {
    document.latest().live_objects().map(|id| id.number).collect()
}

/// For tests: how many pages can be reached, `None` where the page tree cannot be read.
pub fn pages(document: &Document<'_>) -> Option<usize> {
    let pages = document.latest().pages().ok()?.collect::<crate::error::Result<Vec<_>>>();
    pages.ok().map(|pages| pages.len())
}

/// For tests: the numbers of the objects of `before` that `after` does not have, or has as something else. Cross-reference
/// streams do not count.
pub fn lost(before: &Document<'_>, after: &Document<'_>) -> Vec<u32> {
    let value = |view: View<'_>, id| match view.get(id).ok()? {
        Object::Stream(stream) => {
            let data = view.raw_stream_data(&stream).ok()?;
            Some((Object::Dictionary(stream.dictionary), data))
        }
        object => Some((object, Vec::new())),
    };
    let is_xref = |object: &Object| {
        let name = object.as_dictionary().and_then(|dictionary| dictionary.get("Type")?.as_name());
        name.is_some_and(|name| *name == *"XRef")
    };
    let lost = before.latest().live_objects().filter(|id| match value(before.latest(), *id) {
        Some((object, _)) if is_xref(&object) => false,
        found => found != value(after.latest(), *id),
    });
    lost.map(|id| id.number).collect()
}

/// Repairs a file.
///
/// Laws: no byte of it changes; the result opens, and needs no repair.
pub fn repair(data: &[u8]) {
    let Ok(repair) = Document::repair_with(data, limits()) else { return };
    assert!(!repair.steps().is_empty(), "a repair that says nothing");
    let whole = repair.update().apply(data).unwrap_or_default();
    assert!(whole.starts_with(data), "the update is for another file");
    let again = Document::repair_with(&whole, limits()).err();
    assert_eq!(again.map(|error| error.kind()), Some(ErrorKind::Repair), "a repair that needs a repair");
}

/// For benches: whether `data` is read as a CMS.
pub fn is_cms(data: &[u8]) -> bool {
    SignedData::from_der(data, &limits()).is_ok()
}

/// An operation, in pure Rust and with the best that was compiled in.
#[cfg(feature = "software")]
pub type Backends = [Box<dyn Fn()>; 2];

/// Signing and verifying with a PKCS#8 key in DER and the algorithm that fits it, for the bench that compares backends.
///
/// Law: each signs, and verifies what pure Rust signed.
#[cfg(feature = "software")]
pub fn key_operations(
    pkcs8: &[u8],
    algorithm: Option<crate::SignatureAlgorithm>,
) -> Option<[(&'static str, Backends); 2]> {
    use crate::pki::key::Backend;
    use crate::software::key::PrivateKey;
    const MESSAGE: &[u8] = b"a message";
    let key = PrivateKey::from_pkcs8_der(pkcs8).ok()?;
    let public = key.public_key();
    let algorithm = algorithm.unwrap_or_else(|| public.default_algorithm());
    let sign = move |key: &PrivateKey, by| key.sign_by(by, algorithm, MESSAGE);
    let value = sign(&key, Backend::Pure).ok()?;
    let signing = [Backend::Pure, Backend::BEST].map(|by| {
        let key = key.clone();
        let operation: Box<dyn Fn()> = Box::new(move || assert!(sign(&key, by).is_ok()));
        operation
    });
    let verifying = [Backend::Pure, Backend::BEST].map(|by| {
        let (public, value) = (public.clone(), value.clone());
        let operation: Box<dyn Fn()> =
            Box::new(move || assert_eq!(public.verify_by(by, algorithm, MESSAGE, &value), Ok(())));
        operation
    });
    Some([("sign", signing), ("verify", verifying)])
}

/// The defaults, with less room: a fuzzer finds what is slow faster than what is wrong.
fn limits() -> Limits {
    Limits { stream_bytes: 8 << 20, decoded_bytes: 8 << 20, ..Limits::default() }
}
