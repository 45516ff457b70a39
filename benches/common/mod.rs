//! What is measured: a file, a world that answers, and the work of a signing and of a verifying service.

use std::collections::HashMap;
use std::sync::Mutex;

use p256::ecdsa::signature::{Signer as _, Verifier as _};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use pades_ltv::authority::{Authority, AuthorityAt};
use pades_ltv::{
    Augmentation, Document, Evidence, Fetch, FetchRequest, Indication, Report, Result, Signing, SoftwareSigner, Time,
    TimestampAuthority, TrustStore, Update, Verification,
};
use sha2::{Digest, Sha256};

/// The file that the issue of speed is about: a scanned contract of some pages.
pub(crate) const LENGTH: usize = 5_800_000;

/// Signature checks without which a B-LTA file with one signature is neither made nor verified: the signature, its timestamp and
/// the document timestamp; the certificates of signer, authority, issuer and two OCSP responders; three OCSP answers.
pub(crate) const CHECKS: usize = 11;
/// Those of a B-B file: the signature; the certificates of signer, issuer and two OCSP responders; two OCSP answers.
pub(crate) const BASIC_CHECKS: usize = 7;
/// What the world signs meanwhile: two timestamps and three OCSP answers.
pub(crate) const ANSWERS: usize = 5;

/// A PDF of about `length` bytes: a page of text and a scanned page for each 400 kB.
pub(crate) fn pdf(length: usize) -> Vec<u8> {
    let pages = length.div_ceil(400_000);
    let mut file = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec();
    let mut offsets = Vec::new();
    let mut noise = 0x2545_f491_4f6c_dd1d_u64;
    let mut object = |file: &mut Vec<u8>, head: &str, data: Option<&[u8]>| {
        offsets.push(file.len());
        file.extend(format!("{} 0 obj\n{head}\n", offsets.len()).into_bytes());
        if let Some(data) = data {
            file.extend([b"stream\n", data, b"\nendstream\n"].concat());
        }
        file.extend(b"endobj\n");
    };
    let kids: String = (0..pages).map(|page| format!("{} 0 R ", 4 + 3 * page)).collect();
    object(&mut file, "<</Type/Catalog/Pages 2 0 R>>", None);
    object(&mut file, &format!("<</Type/Pages/Count {pages}/Kids[{kids}]>>"), None);
    object(&mut file, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>", None);
    for page in 0..pages {
        let (text, scan) = (5 + 3 * page, 6 + 3 * page);
        let resources = format!("<</Font<</F 3 0 R>>/XObject<</S {scan} 0 R>>>>");
        let head = "/Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]";
        object(&mut file, &format!("<<{head}/Contents {text} 0 R/Resources {resources}>>"), None);
        let words = b"BT /F 12 Tf 72 700 Td (The parties agree.) Tj ET\nq 595 0 0 842 0 0 cm /S Do Q";
        object(&mut file, &format!("<</Length {}>>", words.len()), Some(words));
        let scan: Vec<u8> = (0..length / pages / 8 - 60)
            .flat_map(|_| {
                noise ^= noise << 13;
                noise ^= noise >> 7;
                noise ^= noise << 17;
                noise.to_le_bytes()
            })
            .collect();
        let image = "/Type/XObject/Subtype/Image/ColorSpace/DeviceGray/BitsPerComponent 8";
        let size = format!("/Width 100/Height {}/Length {}", scan.len() / 100, scan.len());
        object(&mut file, &format!("<<{image}{size}>>"), Some(&scan));
    }
    finish(file, &offsets)
}

/// A PDF with `count` small objects: what opening and parsing are measured with.
pub(crate) fn pdf_of_objects(count: usize) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    for number in 1..=count {
        offsets.push(file.len());
        let body = match number {
            1 => "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
            2 => "<</Type/Pages/Count 1/Kids[3 0 R]>>".to_owned(),
            3 => "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>".to_owned(),
            _ => format!(
                "<</Type/StructElem/S/P/P {} 0 R/Pg 3 0 R/K[{number} {} 0 R]/Lang(ja)/BBox[0 0.5 99.25 -1]/ID<0a{number:06x}>>>",
                number - 1,
                number - 2
            ),
        };
        file.extend(format!("{number} 0 obj\n{body}\nendobj\n").into_bytes());
    }
    finish(file, &offsets)
}

/// Gives `file` its cross-reference table.
pub(crate) fn finish(mut file: Vec<u8>, offsets: &[usize]) -> Vec<u8> {
    let (start, size) = (file.len(), offsets.len() + 1);
    file.extend(format!("xref\n0 {size}\n0000000000 65535 f \n").into_bytes());
    for offset in offsets {
        file.extend(format!("{offset:010} 00000 n \n").into_bytes());
    }
    file.extend(format!("trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").into_bytes());
    file
}

/// An authority, a signer of its, and a moment.
pub(crate) struct World {
    pub(crate) authority: Authority,
    pub(crate) signer: SoftwareSigner,
    pub(crate) trust: TrustStore,
    pub(crate) now: Time,
}

impl World {
    pub(crate) fn new() -> Self {
        let now = "2026-10-07T09:25:23+09:00".parse().unwrap();
        let authority = Authority::new("bench", now).unwrap();
        let signer = authority.issue("bench").unwrap();
        Self { trust: authority.anchors(), authority, signer, now }
    }

    pub(crate) fn server(&self) -> AuthorityAt<'_> {
        self.authority.at(self.now)
    }

    /// Signs `pdf`, up to B-B.
    pub(crate) fn sign(&self, pdf: &[u8]) -> Vec<u8> {
        let base = Document::open(pdf).unwrap();
        Signing::new(&base, self.now).sign(&self.signer).unwrap().finish().unwrap().apply(pdf).unwrap()
    }

    /// Signs `pdf` up to B-LTA, with the answers of `server`: the bytes to append.
    pub(crate) fn archive(&self, pdf: &[u8], server: &(impl TimestampAuthority + Fetch)) -> Vec<u8> {
        self.archived(&Document::open(pdf).unwrap(), server).bytes().to_vec()
    }

    pub(crate) fn archived(&self, base: &Document<'_>, server: &(impl TimestampAuthority + Fetch)) -> Update {
        let signed = Signing::new(base, self.now).sign(&self.signer).unwrap().timestamp(server).unwrap();
        let update = signed.finish().unwrap();
        let document = update.document(base).unwrap();
        let evidence = Evidence::collect(&document, &self.trust, server, self.now).unwrap();
        let archived = Augmentation::new(&document, self.now).evidence(&evidence).timestamp(server).unwrap();
        update.then(archived).unwrap()
    }

    /// Verifies `pdf`, which must pass.
    pub(crate) fn verify(&self, pdf: &[u8]) -> Report {
        self.verify_with(pdf, &[])
    }

    /// Verifies `pdf`, which must pass, with certificates and OCSP answers, DER, read anew.
    pub(crate) fn verify_with(&self, pdf: &[u8], values: &[Vec<u8>]) -> Report {
        let document = Document::open(pdf).unwrap();
        let mut evidence = Evidence::new();
        for der in values {
            evidence.add_ocsp(der).or_else(|_| evidence.add_certificate(der)).unwrap();
        }
        let report = Verification::new(&document, &self.trust, self.now).evidence(&evidence).verify();
        assert_eq!(report.verdict(), Some(Indication::TotalPassed));
        report
    }
}

/// A PDF of one small page.
pub(crate) fn small() -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    for (number, body) in [
        (1, "<</Type/Catalog/Pages 2 0 R>>"),
        (2, "<</Type/Pages/Count 1/Kids[3 0 R]>>"),
        (3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"),
    ] {
        offsets.push(file.len());
        file.extend(format!("{number} 0 obj\n{body}\nendobj\n").into_bytes());
    }
    finish(file, &offsets)
}

/// The answers of a server, given again: the world's own time is left out.
pub(crate) struct Recorded<'a> {
    server: AuthorityAt<'a>,
    answers: Mutex<HashMap<Vec<u8>, Vec<u8>>>,
}

impl<'a> Recorded<'a> {
    pub(crate) fn new(server: AuthorityAt<'a>) -> Self {
        Self { server, answers: Mutex::default() }
    }

    fn answer(&self, question: Vec<u8>, ask: impl FnOnce() -> Result<Vec<u8>>) -> Result<Vec<u8>> {
        if let Some(known) = self.answers.lock().unwrap().get(&question) {
            return Ok(known.clone());
        }
        let answer = ask()?;
        self.answers.lock().unwrap().insert(question, answer.clone());
        Ok(answer)
    }
}

impl Recorded<'_> {
    /// Every answer that was given.
    pub(crate) fn given(&self) -> Vec<Vec<u8>> {
        self.answers.lock().unwrap().values().cloned().collect()
    }

    /// What verifying `pdf` takes.
    pub(crate) fn collect(&self, world: &World, pdf: &[u8]) {
        Evidence::collect(&Document::open(pdf).unwrap(), &world.trust, self, world.now).unwrap();
    }
}

impl TimestampAuthority for Recorded<'_> {
    fn timestamp(&self, request: &[u8]) -> Result<Vec<u8>> {
        self.answer(request.to_vec(), || self.server.timestamp(request))
    }
}

impl Fetch for Recorded<'_> {
    fn fetch(&self, request: &FetchRequest) -> Result<Vec<u8>> {
        self.answer(format!("{request:?}").into_bytes(), || self.server.fetch(request))
    }
}

/// The bare operations that nobody gets below.
pub(crate) struct Floor {
    key: SigningKey,
    public: VerifyingKey,
    signature: Signature,
}

impl Floor {
    pub(crate) fn new() -> Self {
        let key = SigningKey::from_slice(&[7; 32]).unwrap();
        let signature = key.sign(b"message");
        Self { public: *key.verifying_key(), key, signature }
    }

    /// One pass of SHA-256.
    pub(crate) fn hash(&self, bytes: &[u8]) -> Vec<u8> {
        Sha256::digest(bytes).to_vec()
    }

    pub(crate) fn sign(&self, times: usize) {
        for _ in 0..times {
            let signature: Signature = self.key.sign(std::hint::black_box(b"message"));
            std::hint::black_box(signature);
        }
    }

    pub(crate) fn check(&self, times: usize) {
        for _ in 0..times {
            self.public.verify(std::hint::black_box(b"message"), &self.signature).unwrap();
        }
    }
}
