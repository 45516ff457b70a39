//! `pades sign --prepare` and `--complete`: the key is elsewhere, and its answer comes later.
//!
//! What is stored between the two holds no part of the document, and nothing secret.

use std::path::Path;

use pades_ltv::{DigestAlgorithm, Document, Identity, Language, Prepared, Reserved, SignatureAlgorithm, Signed};

use crate::atomic;
use crate::failure::{During, Stop};
use crate::inputs::{self, Input, Use};
use crate::mending::Opened;
use crate::messages::{Message, grouped};
use crate::outcome::{self, PreparedJson};
use crate::preflight::{self, Form};
use crate::progress::Progress;
use crate::services::{self, Services};
use crate::sign::Options;

/// id-signedData (RFC 5652, 5.1), as the beginning of a CMS has it.
const SIGNED_DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";

/// What waits for an answer.
enum Waiting {
    /// For a signature value by somebody who is known, or for a CMS by them.
    Value(Box<Prepared>),
    /// For a CMS by whomever.
    Cms(Box<Reserved>),
}

impl Options {
    /// Lays out the signature, stores it, and says what is to be signed.
    pub(crate) fn prepare(&self, state: &Path, cms_room: usize, language: Language) -> Result<u8, Stop> {
        let progress = Progress::start(language);
        let services = Services::new(self.at.time, &progress)?;
        let (drawn, password) = (self.terms.draw()?, self.password.read()?);
        let identity = self.who.is_elsewhere().then(|| self.who.identity(&services)).transpose()?;
        self.tsa.as_ref().map(|tsa| services.tsa(tsa)).transpose()?;
        let path = &self.paths.input;
        let cannot_open = || Message::CannotOpen(path.clone());
        let input = Input::open(path, Use::Read).during(cannot_open)?;
        let cannot_write = || Message::CannotWrite(state.to_owned());
        crate::output::check_apart(state, path).and_then(|()| atomic::check(state)).during(cannot_write)?;
        progress.step(&Message::Reading(path.clone()));
        let opened = Opened::new(&input, password.as_deref(), self.mending, &progress).during(cannot_open)?;
        let signing = self.signing(opened.document(), &drawn, language);
        let waiting = signing.and_then(|signing| match &identity {
            Some(identity) => Ok(Waiting::Value(Box::new(signing.prepare(identity)?))),
            None => {
                let digest = self.who.digest().unwrap_or(DigestAlgorithm::Sha256);
                Ok(Waiting::Cms(Box::new(signing.reserve(digest, cms_room)?)))
            }
        });
        let waiting = waiting.during(|| Message::CannotSign(path.clone()))?;
        let bytes = waiting.to_bytes().during(cannot_write)?;
        let write = |out: &mut dyn std::io::Write| out.write_all(&bytes).map_err(atomic::failed);
        let written = atomic::replace(state, write);
        progress.finish();
        written.during(cannot_write)?;
        self.say_repair(path, &opened, language);
        let mut json = waiting.json(PreparedJson::new(path), identity.as_ref());
        json.state = Some(state.to_string_lossy().into_owned());
        json.base_len = Some(input.length());
        // What a repair adds before is new, too.
        let file_len = opened.document().len().saturating_add(waiting.update_len());
        json.file_len = Some(file_len);
        json.update_len = Some(file_len.saturating_sub(input.length()));
        crate::print(&match self.form {
            Form::Json => outcome::line(&json),
            Form::Text => text(&json, language),
        });
        Ok(0)
    }

    /// Takes the answer, asks for a timestamp, and writes the signed file.
    pub(crate) fn complete(&self, state: &Path, signature: &Path, language: Language) -> Result<u8, Stop> {
        let progress = Progress::start(language);
        let services = Services::new(self.at.time, &progress)?;
        let cannot_use = |option, path: &Path| Message::CannotUse { option, path: path.to_owned() };
        let waiting = inputs::small(state).and_then(|bytes| Waiting::read(&bytes));
        let waiting = waiting.during(|| cannot_use("complete", state))?;
        let answer = inputs::small(signature).and_then(|bytes| inputs::values(&bytes));
        let answer = answer.during(|| cannot_use("signature", signature))?.into_iter().next().unwrap_or_default();
        let password = self.password.read()?;
        let tsa = self.tsa.as_ref().map(|tsa| services.tsa(tsa)).transpose()?;
        let path = &self.paths.input;
        let cannot_open = || Message::CannotOpen(path.clone());
        let input = Input::open(path, self.paths.purpose()).during(cannot_open)?;
        self.paths.check()?;
        progress.step(&Message::Reading(path.clone()));
        let opened = Opened::new(&input, password.as_deref(), self.mending, &progress).during(cannot_open)?;
        let signed = waiting.complete(opened.document(), &answer);
        let update = signed.and_then(|signed| self.stamped(signed, tsa.as_deref().map(services::unshared))?.finish());
        let update = update.during(|| Message::CannotSign(path.clone()))?;
        self.hand_over(&input, &opened, &update, &services, &progress, language)
    }
}

impl Waiting {
    fn to_bytes(&self) -> pades_ltv::Result<Vec<u8>> {
        match self {
            Self::Value(prepared) => prepared.to_bytes(),
            Self::Cms(reserved) => reserved.to_bytes(),
        }
    }

    fn read(bytes: &[u8]) -> pades_ltv::Result<Self> {
        match (Prepared::from_bytes(bytes), Reserved::from_bytes(bytes)) {
            (Ok(prepared), _) => Ok(Self::Value(Box::new(prepared))),
            (_, Ok(reserved)) => Ok(Self::Cms(Box::new(reserved))),
            (Err(error), Err(_)) => Err(error),
        }
    }

    fn update_len(&self) -> u64 {
        let length = match self {
            Self::Value(prepared) => prepared.update_len(),
            Self::Cms(reserved) => reserved.update_len(),
        };
        u64::try_from(length).unwrap_or(u64::MAX)
    }

    fn complete<'d>(self, document: &'d Document<'d>, answer: &[u8]) -> pades_ltv::Result<Signed<'d>> {
        let is_cms = answer.get(..answer.len().min(32)).is_some_and(|head| {
            answer.first() == Some(&0x30) && head.windows(SIGNED_DATA.len()).any(|window| window == SIGNED_DATA)
        });
        match self {
            Self::Value(prepared) if is_cms => prepared.complete_cms(document, answer),
            Self::Value(prepared) => prepared.complete(document, answer),
            Self::Cms(reserved) => reserved.complete(document, answer),
        }
    }

    fn json(&self, json: PreparedJson, identity: Option<&Identity>) -> PreparedJson {
        match self {
            Self::Value(prepared) => {
                let (input, algorithm) = (prepared.input(), prepared.input().algorithm());
                PreparedJson {
                    wants: Some("value"),
                    certificate: identity.map(Identity::subject),
                    algorithm: Some(algorithm.to_string()),
                    digest_algorithm: Some(algorithm.digest().name()),
                    message: Some(hex(input.message())),
                    digest: signs_digests(algorithm).then(|| hex(&input.digest())),
                    imprint: Some(hex(prepared.imprint())),
                    ..json
                }
            }
            Self::Cms(reserved) => PreparedJson {
                wants: Some("cms"),
                digest_algorithm: Some(reserved.digest_algorithm().name()),
                imprint: Some(hex(reserved.imprint())),
                ..json
            },
        }
    }
}

/// Whether a key is given the digest rather than the message.
fn signs_digests(algorithm: SignatureAlgorithm) -> bool {
    use SignatureAlgorithm::{Ecdsa, RsaPkcs1, RsaPss};
    matches!(algorithm, RsaPkcs1(_) | RsaPss { .. } | Ecdsa(_))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn text(json: &PreparedJson, language: Language) -> String {
    let words = |english: &'static str, japanese: &'static str| match language {
        Language::Japanese => japanese,
        _ => english,
    };
    let length = json.file_len.map(|length| match language {
        Language::Japanese => format!("最大 {} バイト", grouped(length)),
        _ => format!("{} bytes at most", grouped(length)),
    });
    let rows = [
        (words("state", "途中経過"), json.state.clone()),
        (words("signs", "署名者"), json.certificate.clone()),
        (words("algorithm", "アルゴリズム"), json.algorithm.clone()),
        (words("digest of", "ハッシュ関数"), json.digest_algorithm.map(str::to_owned)),
        (words("to sign", "署名対象"), json.message.clone()),
        (words("its digest", "そのハッシュ値"), json.digest.clone()),
        (words("imprint", "文書のハッシュ値"), json.imprint.clone()),
        (words("size", "サイズ"), length),
    ];
    let rows: Vec<(&str, String)> = rows.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    let head = match language {
        Language::Japanese => format!("{}: 準備しました。署名はまだありません。", json.file),
        _ => format!("{}: prepared. Nothing is signed yet.", json.file),
    };
    preflight::table(head, &rows, std::iter::empty())
}
