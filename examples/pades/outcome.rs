//! What came of signing, for programs: one JSON object a line, all keys always there.

use std::path::Path;

use pades_ltv::Language;
use serde::Serialize;

use crate::failure::Failure;

/// What was signed, or why not.
#[derive(Default, Serialize)]
pub(crate) struct SignedJson {
    pub(crate) schema: &'static str,
    pub(crate) file: String,
    /// Where the signed file is.
    pub(crate) out: Option<String>,
    /// In bytes: the file before, the signed file, and what is new in it.
    pub(crate) base_len: Option<u64>,
    pub(crate) file_len: Option<u64>,
    pub(crate) update_len: Option<u64>,
    pub(crate) error: Option<ErrorJson>,
}

/// What is to be signed elsewhere, or why nothing was prepared. Bytes are hexadecimal.
#[derive(Default, Serialize)]
pub(crate) struct PreparedJson {
    pub(crate) schema: &'static str,
    pub(crate) file: String,
    /// Where the state is.
    pub(crate) state: Option<String>,
    /// What `--signature` is to be: `value`, or `cms` where nobody is named yet.
    pub(crate) wants: Option<&'static str>,
    /// Whose signature; unknown where a CMS is wanted.
    pub(crate) certificate: Option<String>,
    pub(crate) algorithm: Option<String>,
    pub(crate) digest_algorithm: Option<&'static str>,
    /// The DER signed attributes, which are what is signed; unknown where a CMS is wanted.
    pub(crate) message: Option<String>,
    /// The digest of `message`, for keys that sign digests; none where the key signs the message itself.
    pub(crate) digest: Option<String>,
    /// The digest of what the signature covers: what a CMS has as its message-digest.
    pub(crate) imprint: Option<String>,
    pub(crate) base_len: Option<u64>,
    pub(crate) file_len: Option<u64>,
    pub(crate) update_len: Option<u64>,
    pub(crate) error: Option<ErrorJson>,
}

/// Why something could not be done.
#[derive(Serialize)]
pub(crate) struct ErrorJson {
    kind: &'static str,
    /// What a queue should do: `retryable`, `permanent` or `operator`.
    class: &'static str,
    message: String,
}

impl SignedJson {
    pub(crate) fn new(file: &Path) -> Self {
        Self { schema: "pades-ltv/signed/1", file: file.to_string_lossy().into_owned(), ..Self::default() }
    }

    pub(crate) fn done(file: &Path, out: &Path, base_len: u64, file_len: u64) -> Self {
        Self {
            out: Some(out.to_string_lossy().into_owned()),
            base_len: Some(base_len),
            file_len: Some(file_len),
            update_len: Some(file_len.saturating_sub(base_len)),
            ..Self::new(file)
        }
    }

    pub(crate) fn failed(file: &Path, failure: &Failure) -> Self {
        Self { error: Some(ErrorJson::of(failure)), ..Self::new(file) }
    }
}

impl PreparedJson {
    pub(crate) fn new(file: &Path) -> Self {
        Self { schema: "pades-ltv/prepared/1", file: file.to_string_lossy().into_owned(), ..Self::default() }
    }

    pub(crate) fn failed(file: &Path, failure: &Failure) -> Self {
        Self { error: Some(ErrorJson::of(failure)), ..Self::new(file) }
    }
}

impl ErrorJson {
    /// The words for people.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    pub(crate) fn of(failure: &Failure) -> Self {
        let (kind, class) = match failure {
            Failure::Usage(..) => ("usage", "permanent"),
            Failure::Operation(_, error) => (error.kind().as_str(), error.class().as_str()),
        };
        Self { kind, class, message: failure.text(Language::English) }
    }
}

/// One line.
pub(crate) fn line(json: &impl Serialize) -> String {
    // Strings and numbers alone: nothing here can fail to serialize.
    format!("{}\n", serde_json::to_string(json).unwrap_or_default())
}
