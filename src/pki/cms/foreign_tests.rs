//! Signatures of other makers, out of the corpora: read, and verified under the embedded certificates.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;

use super::{CmsFault, SignedData};
use crate::corpora;
use crate::limits::Limits;
use crate::pki::key::KeyFault;
use crate::pki::timestamp::asn1::ID_CT_TST_INFO;
use crate::pki::timestamp::{TimestampFault, TimestampToken};

/// The files with this extension, sorted.
pub(crate) fn files(folder: PathBuf, extension: &str) -> Vec<PathBuf> {
    let all = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = all.filter(|path| path.extension().is_some_and(|found| found == extension)).collect();
    files.sort();
    files
}

/// The hexadecimal strings after `/Contents`, with the places of `<` and `>`.
fn contents(pdf: &[u8]) -> Vec<(Range<usize>, Vec<u8>)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = find(&pdf[at..], b"/Contents") {
        at += next + 9;
        let open = at + pdf[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        if pdf.get(open) != Some(&b'<') || pdf.get(open + 1) == Some(&b'<') {
            continue;
        }
        let Some(close) = find(&pdf[open..], b">").map(|end| open + end) else { continue };
        let digits: Vec<u8> = pdf[open + 1..close].iter().copied().filter(u8::is_ascii_hexdigit).collect();
        let hex = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        let bytes: Vec<u8> = digits.chunks_exact(2).map(hex).collect();
        if bytes.len() > 100 && bytes[0] == 0x30 {
            found.push((open..close + 1, bytes));
        }
    }
    found
}

/// What the `/ByteRange` around this gap covers.
fn covered(pdf: &[u8], gap: &Range<usize>) -> Option<Vec<u8>> {
    let mut at = 0;
    while let Some(next) = find(&pdf[at..], b"/ByteRange") {
        at += next + 10;
        let text = String::from_utf8_lossy(&pdf[at..pdf.len().min(at + 100)]).replace(['[', ']'], " ");
        let numbers: Vec<usize> = text.split_whitespace().map_while(|word| word.parse().ok()).take(4).collect();
        if let [0, front, back, len] = numbers[..]
            && front == gap.start
            && back == gap.end
        {
            return Some([pdf.get(..front)?, pdf.get(back..back + len)?].concat());
        }
    }
    None
}

fn find(bytes: &[u8], word: &[u8]) -> Option<usize> {
    bytes.windows(word.len()).position(|window| window == word)
}

/// One word for what became of a signature.
fn verdict(cms: &[u8], message: Option<&[u8]>) -> Result<&'static str, CmsFault> {
    let signed = SignedData::from_der(cms, &Limits::default())?;
    let signer = signed.signer()?;
    if *signed.content_type() == ID_CT_TST_INFO {
        return Ok(token_verdict(cms, message));
    }
    let certificate = match signer.signing_certificate_in(signed.certificates()) {
        Err(CmsFault::NoSigningCertificate) => signer.identified_certificate_in(signed.certificates()),
        named => Some(named?),
    };
    let certificate = certificate.ok_or(CmsFault::SigningCertificateNotFound)?;
    let key = certificate.public_key().map_err(CmsFault::Key)?;
    // adbe.pkcs7.sha1 signs a digest that stands inside.
    let digest =
        signed.content().or(message).map(|message| Ok(signer.digest_algorithm()?.digest(message))).transpose()?;
    signer.check_signature(&key, digest.as_deref().unwrap_or_default())?;
    signer.check_algorithms()?;
    let Some(digest) = digest else { return Ok("signature verified, content not at hand") };
    let content_type = signed.content_type().held().expect("a type that is known");
    signer.check_content(&digest, content_type)?;
    for token in signer.signature_timestamps(&Limits::default())? {
        let word = token_verdict(token, Some(signer.signature()));
        if word != "token verified" {
            return Ok(word);
        }
    }
    Ok("signature and content verified")
}

fn token_verdict(token: &[u8], message: Option<&[u8]>) -> &'static str {
    let check = || -> Result<(), TimestampFault> {
        let token = TimestampToken::from_der(token, &Limits::default())?;
        let signer = token.signer(&[])?;
        token.verify_signature(signer)?;
        token.check_authority(signer)?;
        if let Some(message) = message {
            token.check_imprint(&token.imprint_algorithm()?.digest(message))?;
        }
        Ok(())
    };
    match check() {
        Ok(()) => "token verified",
        Err(fault) => Box::leak(fault.to_string().into_boxed_str()),
    }
}

fn tally(folder: &str) -> Option<BTreeMap<String, Vec<String>>> {
    let mut counts = BTreeMap::<String, Vec<String>>::new();
    for path in files(corpora::folder(folder)?, "pdf") {
        let pdf = std::fs::read(&path).unwrap();
        for (gap, cms) in contents(&pdf) {
            let word = verdict(&cms, covered(&pdf, &gap).as_deref());
            let word = word.map_or_else(|fault| fault.to_string(), str::to_owned);
            counts.entry(word).or_default().push(path.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
    for (word, files) in &counts {
        println!("{folder}: {} x {word}, as in {}", files.len(), files[0]);
    }
    Some(counts)
}

/// Everything verifies but these; what awaits an algorithm is only printed.
fn assert_all_but(folder: &str, exceptions: &[(&str, usize)]) {
    let Some(mut counts) = tally(folder) else { return };
    let mut count = |word: &str| counts.remove(word).map_or(0, |files| files.len());
    let good = ["signature and content verified", "signature verified, content not at hand", "token verified"];
    assert!(good.map(&mut count).iter().sum::<usize>() > 20);
    for (word, expected) in exceptions {
        assert_eq!(count(word), *expected, "{word}");
    }
    counts.retain(|word, _| !word.contains("is not supported"));
    assert_eq!(counts, BTreeMap::new());
}

#[test]
fn foreign_signatures_are_read_and_verified() {
    let exceptions = [
        // A certificate with nonsense purposes in three files, a tampered file, a stamp put elsewhere: as their
        // makers meant it.
        (
            "the TSA's certificate is not for time-stamping: \
             its extended key usage does not include timeStamping (RFC 5280, 4.2.1.12)",
            3,
        ),
        ("the content's digest is not the one that was signed: the content has changed", 1),
        ("the token is for other data: its imprint is not the expected digest", 1),
        // Two algorithms that do not belong together (RFC 5652, 5.4; RFC 9882, Table 1).
        ("the digest algorithm SHA-256 is not that of the signature algorithm RSA PKCS#1 v1.5 with MD5", 3),
        ("the digest algorithm SHA-256 is not that of the signature algorithm ML-DSA-65", 1),
    ];
    assert_all_but("foreign/blobs", &exceptions);
}

#[test]
fn attacked_files_have_sound_signatures() {
    // Somebody cut the last zeros off, which were end-of-contents octets.
    assert_all_but("attacks", &[("the CMS is malformed at byte 1637: expected an ASN.1 value", 3)]);
}

#[test]
fn foreign_detached_signatures_verify() {
    let Some(folder) = corpora::folder("foreign/blobs") else { return };
    let mut words = BTreeMap::<String, usize>::new();
    for path in files(folder, "p7s") {
        let word = verdict(&std::fs::read(path).unwrap(), None);
        *words.entry(word.map_or_else(|fault| fault.to_string(), str::to_owned)).or_default() += 1;
    }
    // The eighth has a tampered time-stamp.
    let bad = TimestampFault::Cms(CmsFault::Signature(KeyFault::BadSignature)).to_string();
    let expected = [("signature and content verified".to_owned(), 7), (bad, 1)];
    assert_eq!(words, BTreeMap::from(expected));
}
