//! Small files with forms, put together as text, and what is read out of signed ones.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use pades_ltv::authority::Authority;
use pades_ltv::{Document, Identity, Result, Signer, Signing, SigningInput, SoftwareSigner, Time, Update};

/// One page and the objects `others`, from number 4 on; `catalog` is added to the catalog.
pub(crate) fn pdf(catalog: &str, others: &[&str]) -> Vec<u8> {
    pdf_with(catalog, "", others)
}

/// As [`pdf`], with `page` added to the page.
pub(crate) fn pdf_with(catalog: &str, page: &str, others: &[&str]) -> Vec<u8> {
    let catalog = format!("<< /Type /Catalog /Pages 2 0 R {catalog} >>");
    let page = format!("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] {page} >>");
    let mut objects = vec![catalog.as_str(), "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page.as_str()];
    objects.extend(others);
    let mut text = "%PDF-1.7\n".to_owned();
    let mut offsets = Vec::new();
    for (number, body) in (1..).zip(objects) {
        offsets.push(text.len());
        write!(text, "{number} 0 obj\n{body}\nendobj\n").unwrap();
    }
    let start = text.len();
    write!(text, "xref\n0 {}\n0000000000 65535 f \n", offsets.len() + 1).unwrap();
    for offset in &offsets {
        writeln!(text, "{offset:010} 00000 n ").unwrap();
    }
    let id = "<00112233445566778899AABBCCDDEEFF>";
    let trailer = format!("<< /Size {} /Root 1 0 R /ID [{id} {id}] >>", offsets.len() + 1);
    write!(text, "trailer\n{trailer}\nstartxref\n{start}\n%%EOF\n").unwrap();
    text.into_bytes()
}

/// A file with one empty signature field called `Sign`, as object 4, that has these entries.
pub(crate) fn with_field(entries: &str) -> Vec<u8> {
    pdf("/AcroForm << /Fields [4 0 R] >>", &[&format!("<< /FT /Sig /T (Sign) {entries} >>")])
}

/// Who signs, and when.
pub(crate) struct World {
    pub(crate) now: Time,
    pub(crate) authority: Authority,
    pub(crate) signer: SoftwareSigner,
}

impl World {
    pub(crate) fn new() -> Self {
        let now = "2026-10-07T09:25:23+09:00".parse().unwrap();
        let authority = Authority::new("fields", now).unwrap();
        let signer = authority.issue("甲野太郎").unwrap();
        Self { now, authority, signer }
    }

    pub(crate) fn identity(&self) -> Identity {
        self.signer.identity().unwrap()
    }

    /// `pdf` with a signature as `say` says.
    pub(crate) fn sign(&self, pdf: &[u8], say: impl FnOnce(Signing<'_>) -> Signing<'_>) -> Result<Vec<u8>> {
        let document = Document::open(pdf)?;
        say(Signing::new(&document, self.now)).sign(&self.signer)?.finish()?.apply(pdf)
    }

    /// Why `pdf` is not signed so. No key is asked for anything.
    pub(crate) fn refused(&self, pdf: &[u8], say: impl FnOnce(Signing<'_>) -> Signing<'_>) -> String {
        let document = Document::open(pdf).unwrap();
        let signing = say(Signing::new(&document, self.now));
        let error = signing.sign(&Untouched(self.identity())).unwrap_err();
        assert_eq!(error.kind(), pades_ltv::ErrorKind::Field, "{error}");
        assert!(error.advice().is_some(), "no advice: {error}");
        let preflight = signing.preflight(&self.identity()).unwrap_err();
        assert_eq!(preflight.to_string(), error.to_string(), "the preflight says the same");
        error.to_string()
    }
}

/// A key that nobody may use.
pub(crate) struct Untouched(pub(crate) Identity);

impl Signer for Untouched {
    fn identity(&self) -> Result<Identity> {
        Ok(self.0.clone())
    }

    fn sign(&self, _: &SigningInput) -> Result<Vec<u8>> {
        panic!("the key was used")
    }
}

/// The text of what was appended to `base`, without the signature itself.
pub(crate) fn appended(base: &[u8], signed: &[u8]) -> String {
    assert!(signed.starts_with(base), "a byte of the base was changed");
    String::from_utf8_lossy(&signed[base.len()..]).replace('\n', " ")
}

/// As [`appended`], of an update.
pub(crate) fn text(update: &Update) -> String {
    String::from_utf8_lossy(update.bytes()).replace('\n', " ")
}

/// What qpdf says of `pdf`, where it is installed.
pub(crate) fn check(pdf: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let path: &Path = &folder.path().join("signed.pdf");
    std::fs::write(path, pdf).unwrap();
    let Ok(output) = Command::new("qpdf").arg("--check").arg(path).output() else {
        println!("skipped: no qpdf");
        return;
    };
    let words = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words}");
}
