//! Certificates of accredited timestamp authorities, as ministries publish them: single files, or a ZIP of them.
//!
//! Invariant: nothing is written anywhere, no archive in an archive is opened, and what is unpacked is bounded.
//!
//! Specified in APPNOTE.TXT 6.3 (ZIP). Noun: [`Accredited`].

use std::io::Read;

use rawzip::{CompressionMethod, ZipArchive};

use super::anchors::Added;
use crate::error::{Error, ErrorKind, Result};
use crate::pki::certificate::Certificate;
use crate::pki::trust::store::{TrustStore, certificates_of};
use crate::time::Time;
use crate::words::printable;

/// Files in one archive, more of which are no list of certificates.
const FILES: usize = 10_000;
/// Unpacked bytes of one file: a certificate has some thousand.
const FILE_BYTES: u64 = 1 << 20;
/// Unpacked bytes of all files together.
const BYTES: u64 = 64 << 20;

/// The certificates that were found in a list of accredited timestamp authorities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accredited {
    /// Each with the name of its file.
    certificates: Vec<(String, Certificate)>,
    unreadable: Vec<String>,
}

/// Reads the certificates of accredited timestamp authorities from `file`, which is called `name`: a ZIP of certificates, a PEM file or one
/// certificate in DER, told apart by their content.
///
/// The authority's own certificate has to be among them: that of whoever issued it accredits it only where it vouches for it (see
/// [`Accredited::add_to`]).
///
/// # Errors
/// [`ErrorKind::TrustList`] when there is no certificate in it; [`ErrorKind::Limit`] when it holds too much.
pub fn accredited(file: &[u8], name: &str) -> Result<Accredited> {
    let mut found = Accredited { certificates: Vec::new(), unreadable: Vec::new() };
    if file.starts_with(b"PK") {
        unpack(file, |name, bytes| found.take(name, bytes))?;
    } else {
        found.take(name, Ok(file));
    }
    if found.certificates.is_empty() {
        let error = Error::new(ErrorKind::TrustList, "no certificate of a timestamp authority is in the list").at(name);
        return Err(error
            .because(found.unreadable.join("; "))
            .advise("give certificates in DER or PEM, or a ZIP of them"));
    }
    Ok(found)
}

impl Accredited {
    /// How many different certificates there are.
    pub fn len(&self) -> usize {
        let certificates = self.certificates.iter().map(|(_, certificate)| certificate.der());
        certificates.collect::<std::collections::HashSet<_>>().len()
    }

    /// Whether there are none, which cannot be.
    pub fn is_empty(&self) -> bool {
        self.certificates.is_empty()
    }

    /// The subjects of the certificates, as RFC 4514 writes them, each with the name of its file.
    pub fn subjects(&self) -> impl Iterator<Item = (&str, String)> {
        self.certificates.iter().map(|(file, certificate)| (file.as_str(), certificate.subject().to_string()))
    }

    /// Notes that these authorities are accredited by `list` (its name and date, as reports shall say it), from when until when as far as
    /// known. A timestamp is reported as accredited if the authority that made it, or one on its certificate's path, is among them. **This
    /// trusts nobody**: the anchors come from elsewhere.
    pub fn add_to(&self, trust: &mut TrustStore, list: &str, from: Option<Time>, until: Option<Time>) -> Added {
        let before = trust.accredited();
        let mut added = Added { unreadable: self.unreadable.clone(), ..Added::default() };
        for (file, certificate) in &self.certificates {
            if let Err(error) = trust.add_accredited(certificate.der(), list, from, until) {
                added.unreadable.push(format!("{file}: {error}"));
            }
        }
        added.accredited = trust.accredited().saturating_sub(before);
        added
    }

    fn take(&mut self, name: &str, bytes: Result<&[u8]>) {
        let certificates = bytes.and_then(|bytes| match Certificate::from_der(bytes) {
            Ok(certificate) => Ok(vec![certificate]),
            Err(_) => certificates_of(bytes),
        });
        match certificates {
            Ok(found) => self.certificates.extend(found.into_iter().map(|one| (name.to_owned(), one))),
            Err(error) => self.unreadable.push(format!("{name}: {error}")),
        }
    }
}

/// What to call a file. Archives made on Japanese Windows have names in Shift_JIS and do not say so: what is no UTF-8 goes by its place.
fn name_of(bytes: &[u8], place: usize) -> String {
    match std::str::from_utf8(bytes) {
        Ok(name) => printable(name),
        Err(_) => format!("file {place} (its name is no UTF-8)"),
    }
}

/// Hands every file of the archive to `take`, with its name.
fn unpack(archive: &[u8], mut take: impl FnMut(&str, Result<&[u8]>)) -> Result<()> {
    let broken = |fault: rawzip::Error| Error::new(ErrorKind::TrustList, "the ZIP cannot be read").because(fault);
    let too_much = |what: String| Error::new(ErrorKind::Limit, format!("the ZIP holds more than {what}"));
    let archive = ZipArchive::from_slice(archive).map_err(broken)?;
    let (mut entries, mut files, mut left) = (archive.entries(), 0_usize, BYTES);
    while let Some(entry) = entries.next_entry().map_err(broken)? {
        files = files.saturating_add(1);
        if files > FILES {
            return Err(too_much(format!("{FILES} files")));
        }
        if entry.is_dir() {
            continue;
        }
        let name = name_of(entry.file_path().as_ref(), files);
        let refused = |why: &str| Err(Error::new(ErrorKind::TrustList, format!("the file cannot be unpacked: {why}")));
        let local = archive.get_entry(entry.wayfinder()).map_err(broken)?;
        let mut bytes = Vec::new();
        let most = FILE_BYTES.min(left).saturating_add(1);
        let read = match entry.compression_method() {
            _ if entry.flags().is_encrypted() => {
                take(&name, refused("it is encrypted"));
                continue;
            }
            CompressionMethod::STORE => local.verifying_reader(local.data()).take(most).read_to_end(&mut bytes),
            CompressionMethod::DEFLATE => {
                let inflated = flate2::bufread::DeflateDecoder::new(local.data());
                local.verifying_reader(inflated).take(most).read_to_end(&mut bytes)
            }
            _ => {
                take(&name, refused("its compression is not known"));
                continue;
            }
        };
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        left = left.checked_sub(length).ok_or_else(|| too_much(format!("{BYTES} bytes")))?;
        match read {
            Err(fault) => take(&name, refused(&fault.to_string())),
            Ok(_) if length > FILE_BYTES => take(&name, refused("it is too large for a certificate")),
            Ok(_) => take(&name, Ok(&bytes)),
        }
    }
    Ok(())
}
