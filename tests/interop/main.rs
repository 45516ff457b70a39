//! Judges that nobody here wrote: qpdf, poppler, OpenSSL and pyHanko say what they think of our files, and we of theirs.
//!
//! A judge that is not installed is said, not passed over: "skipped: no ...". pyHanko is looked for in the python that
//! `PYHANKO_PYTHON` names, or in `python3`.

#![allow(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

mod base;
mod extract;
mod foreign;
mod real_world;
mod tools;

use std::path::Path;

use base::Style;
use pades_ltv::authority::{Authority, AuthorityAt, KeyType, Subscriber};
use pades_ltv::report::Level;
use pades_ltv::{
    Augmentation, Document, Evidence, Indication, Signer, Signing, SoftwareSigner, Time, TrustStore, Verification,
};
use tools::Tools;

const LEVELS: [Level; 4] = [Level::B, Level::T, Level::Lt, Level::Lta];

/// Who signs, and when: everything follows from it, so that every run judges the same bytes.
struct World {
    now: Time,
    authority: Authority,
    trust: TrustStore,
}

impl World {
    fn new() -> Self {
        let now = "2026-10-07T09:25:23+09:00".parse().unwrap();
        let authority = Authority::new("interop", now).unwrap();
        let trust = authority.anchors();
        Self { now, authority, trust }
    }

    fn server(&self) -> AuthorityAt<'_> {
        self.authority.at(self.now)
    }

    fn signer(&self, key: KeyType) -> SoftwareSigner {
        self.authority.issue(Subscriber::new("立会 太郎").key(key)).unwrap()
    }

    /// `pdf`, signed up to `level`.
    fn sign(&self, pdf: &[u8], signer: &impl Signer, level: Level) -> pades_ltv::Result<Vec<u8>> {
        let base = Document::open(pdf)?;
        let signing = Signing::new(&base, self.now).reason("甲野太郎 様が承認しました").location("日本");
        let mut signed = signing.sign(signer)?;
        if level >= Level::T {
            signed = signed.timestamp(&self.server())?;
        }
        let update = signed.finish()?;
        if level < Level::Lt {
            return update.apply(pdf);
        }
        let document = update.document(&base)?;
        let evidence = Evidence::collect(&document, &self.trust, &self.server(), self.now)?;
        let augmentation = Augmentation::new(&document, self.now).evidence(&evidence);
        let augmented =
            if level == Level::Lta { augmentation.timestamp(&self.server())? } else { augmentation.finish()? };
        update.then(augmented)?.apply(pdf)
    }

    /// What we ourselves say: passed, at `level`; below B-LT with the evidence that the file lacks.
    fn assert_passes(&self, pdf: &[u8], level: Level) {
        let document = Document::open(pdf).unwrap();
        let evidence = Evidence::collect(&document, &self.trust, &self.server(), self.now).unwrap();
        let report = Verification::new(&document, &self.trust, self.now).evidence(&evidence).verify();
        assert_eq!(report.verdict(), Some(Indication::TotalPassed), "{report:#?}");
        assert_eq!(report.signatures[0].level, Some(level), "{report:#?}");
    }
}

#[test]
fn outside_judges_accept_every_level_style_and_key() {
    let (world, folder) = (World::new(), tempfile::tempdir().unwrap());
    let tools = Tools::new(folder.path(), world.now);
    tools.write("anchor.pem", world.authority.root_pem().as_bytes());
    let mut files = Vec::new();
    for key in [KeyType::P256, KeyType::Rsa2048] {
        let signer = world.signer(key);
        for style in [Style::Table, Style::Stream] {
            for level in LEVELS {
                let pdf = world.sign(&base::pdf(style), &signer, level).unwrap();
                world.assert_passes(&pdf, level);
                let name = format!("{key:?}-{style:?}-{}.pdf", level.as_str());
                tools.write(&name, &pdf);
                judge_structure(&tools, &name, &pdf);
                judge_cms(&tools, &name, &pdf, level);
                files.push((name, level));
            }
        }
    }
    judge_with_pyhanko(&tools, folder.path(), &files);
}

/// What qpdf and poppler say of the file.
fn judge_structure(tools: &Tools, name: &str, pdf: &[u8]) {
    if let Some(words) = tools.run("qpdf", &["--check", name]) {
        assert!(words.is_good && !words.text.contains("WARNING"), "{name}: {}", words.text);
    }
    if let Some(words) = tools.run("pdfsig", &["-nocert", name]) {
        let (signatures, stamps) = extract::signatures(pdf).partition::<Vec<_>, _>(|found| !found.is_timestamp);
        assert_eq!(words.count("Signature is Valid"), signatures.len(), "{name}: {}", words.text);
        // Poppler cannot judge document timestamps, and says so.
        assert_eq!(words.count("has not yet been verified"), stamps.len(), "{name}: {}", words.text);
    }
}

/// What OpenSSL says of each CMS and token inside.
fn judge_cms(tools: &Tools, name: &str, pdf: &[u8], level: Level) {
    let mut stamps = 0;
    for found in extract::signatures(pdf) {
        tools.write("content", &found.content);
        tools.write("cms", &found.cms);
        if found.is_timestamp {
            stamps += 1;
            tools.assert_openssl(name, "ts -verify -data content -in cms -token_in -CAfile anchor.pem");
            continue;
        }
        let verify = "cms -verify -cades -binary -inform DER -in cms -content content -purpose any";
        tools.assert_openssl(name, &format!("{verify} -CAfile anchor.pem -out verified"));
        for token in extract::tokens(&found.cms) {
            stamps += 1;
            tools.write("value", &extract::signature_value(&found.cms));
            tools.write("token", &token);
            tools.assert_openssl(name, "ts -verify -data value -in token -token_in -CAfile anchor.pem");
        }
    }
    assert_eq!(stamps, usize::from(level >= Level::T) + usize::from(level == Level::Lta), "{name}");
}

/// What pyHanko says: trust, timestamps, revocation (hard from B-LT on), modifications, and with a document timestamp
/// its archival process.
fn judge_with_pyhanko(tools: &Tools, folder: &Path, files: &[(String, Level)]) {
    let Some(python) = tools::pyhanko() else { return };
    let requests = files.iter().map(|(name, level)| format!("{name}={}", level.as_str()));
    let words = tools::python(&python, "judge.py", folder, tools.now, requests);
    let good = words.lines().filter(|line| line.ends_with(": good")).count();
    assert_eq!(good, files.len(), "{words}");
}

#[test]
fn the_judges_refuse_what_is_broken() {
    let (world, folder) = (World::new(), tempfile::tempdir().unwrap());
    let tools = Tools::new(folder.path(), world.now);
    tools.write("anchor.pem", world.authority.root_pem().as_bytes());
    let mut pdf = world.sign(&base::pdf(Style::Table), &world.signer(KeyType::P256), Level::Lta).unwrap();
    let at = pdf.windows(5).position(|window| window == b"Hello").unwrap();
    pdf[at] = b'J';
    tools.write("broken.pdf", &pdf);
    if let Some(words) = tools.run("pdfsig", &["-nocert", "broken.pdf"]) {
        assert_eq!(words.count("Signature is Valid"), 0, "{}", words.text);
    }
    let Some(python) = tools::pyhanko() else { return };
    let words = tools::python(&python, "judge.py", folder.path(), tools.now, ["broken.pdf=B-LTA".to_owned()]);
    assert!(!words.contains(": good"), "{words}");
}
