//! Whom to trust: certificates, published lists, and who is accredited.

use std::path::{Path, PathBuf};

use pades_ltv::trustlist::{Added, AdobeList, ListSigners, TrustedList, Unchecked, accredited};
use pades_ltv::{Error, ErrorKind, Language, Result, Time, TrustStore};

use crate::arguments::Arguments;
use crate::failure::{During, Stop};
use crate::inputs::{small, values};
use crate::messages::Message;
use crate::settings::Fingerprint;

/// What counts as a certificate or a list in a folder of anchors.
const ANCHORS: [&str; 6] = ["pem", "crt", "cer", "der", "xml", "acrobatsecuritysettings"];
/// What counts as a certificate in a folder of accredited authorities.
const CERTIFICATES: [&str; 5] = ["pem", "crt", "cer", "der", "zip"];

/// Files that say whom to trust, as the command line names them.
#[derive(Debug, Default)]
pub(crate) struct TrustFiles {
    trust: Vec<PathBuf>,
    signers: Vec<PathBuf>,
    accredited: Vec<PathBuf>,
    takes_unverified: bool,
    takes_expired: bool,
}

/// What a file is, by its content.
enum Content {
    Certificates,
    /// A PDF: Adobe's list.
    Adobe,
    /// XML: a list of the EU.
    Etsi,
}

/// A list that waits for those that say who may sign it.
struct Waiting {
    path: PathBuf,
    bytes: Vec<u8>,
}

impl TrustFiles {
    /// Takes `option` with its value, if it is one of these.
    pub(crate) fn take(&mut self, option: &str, arguments: &mut Arguments) -> std::result::Result<bool, Stop> {
        let files = match option {
            "trust" => &mut self.trust,
            "list-signer" => &mut self.signers,
            "accredited" => &mut self.accredited,
            "take-unverified-lists" => {
                self.takes_unverified = true;
                return Ok(true);
            }
            "take-expired-lists" => {
                self.takes_expired = true;
                return Ok(true);
            }
            _ => return Ok(false),
        };
        files.push(arguments.path(option)?);
        Ok(true)
    }

    /// Whether nobody is to be trusted.
    pub(crate) fn is_empty(&self) -> bool {
        self.trust.is_empty()
    }

    /// The names of the lists that say who is accredited, and the anchors in all files, each labelled with the name of its file or
    /// list, as of `now`; says what each list came to.
    pub(crate) fn read(&self, now: Time, language: Language) -> std::result::Result<(TrustStore, Vec<String>), Stop> {
        let mut accrediting = Vec::new();
        let mut say = |label: &str, added: &Added| {
            if added.accredited > 0 {
                accrediting.push(label.to_owned());
            }
            let taken = Message::ListTaken { label: label.to_owned(), added: added.clone() };
            crate::complain(&taken.text(language));
        };
        let (mut store, mut signers) = (TrustStore::new(), Signers::default());
        for path in &self.signers {
            signers.add(path).during(|| Message::CannotUse { option: "list-signer", path: path.clone() })?;
        }
        let mut lists = Vec::new();
        for path in &self.trust {
            let read = files(path, &ANCHORS)
                .and_then(|files| files.into_iter().try_for_each(|file| add(&mut store, &mut lists, file)));
            read.during(|| Message::CannotUse { option: "trust", path: path.clone() })?;
        }
        for list in lists {
            let taken = self.take_list(&list, &mut signers, &mut store, now);
            let (label, added) = taken
                .map_err(|error| error.at(list.path.display()))
                .during(|| Message::CannotUse { option: "trust", path: list.path.clone() })?;
            say(&label, &added);
        }
        for path in &self.accredited {
            let (label, added) = add_accredited(&mut store, path)
                .during(|| Message::CannotUse { option: "accredited", path: path.clone() })?;
            say(&label, &added);
        }
        Ok((store, accrediting))
    }

    /// All that is given here, for telling it from something else.
    pub(crate) fn print(&self, print: &mut Fingerprint) -> std::result::Result<(), Stop> {
        print.take(if self.takes_unverified { b"unverified" } else { b"verified" });
        let kinds: [(_, _, &[&str]); 3] = [
            ("trust", &self.trust, &ANCHORS),
            ("list-signer", &self.signers, &ANCHORS),
            ("accredited", &self.accredited, &CERTIFICATES),
        ];
        for (option, paths, extensions) in kinds {
            for path in paths {
                let cannot = || Message::CannotUse { option, path: path.clone() };
                print.take(option.as_bytes());
                for file in files(path, extensions).during(cannot)? {
                    // Reports call anchors by the names of their files, and who is accredited by that of the folder.
                    print.take(name(path).as_bytes());
                    print.take(name(&file).as_bytes());
                    print.take(&small(&file).during(cannot)?);
                }
            }
        }
        Ok(())
    }

    fn take_list(
        &self,
        list: &Waiting,
        signers: &mut Signers,
        store: &mut TrustStore,
        now: Time,
    ) -> Result<(String, Added)> {
        if let Content::Adobe = content(&list.bytes) {
            let unchecked = Unchecked::<AdobeList>::read(&list.bytes)?;
            let issued = unchecked.claims().issued();
            let list = match (self.takes_unverified, issued) {
                (false, Some(issued)) => unchecked.verified(&signers.roots, issued)?,
                (false, None) => {
                    return Err(Error::new(ErrorKind::TrustList, "the list's signature does not say when it was made"));
                }
                (true, _) => unchecked.danger_unverified(),
            };
            return Ok((list.label(), list.add_to(store)));
        }
        let unchecked = Unchecked::<TrustedList>::read(&list.bytes)?;
        let list = if self.takes_unverified {
            unchecked.danger_unverified()
        } else {
            unchecked.danger_signed_though_expired(&signers.of_lists)?
        };
        if !self.takes_expired {
            list.check_current(now)?;
        }
        let (label, added) = (list.label(), list.add_to(store));
        if list.is_list_of_lists() {
            signers.of_lists = std::mem::take(&mut signers.of_lists).and(&list.signers());
        }
        Ok((label, added))
    }
}

/// Who may sign lists.
#[derive(Default)]
struct Signers {
    /// As roots, for lists that are PDFs.
    roots: TrustStore,
    /// Certificates, and those whom lists of lists name.
    of_lists: ListSigners,
}

impl Signers {
    fn add(&mut self, path: &Path) -> Result<()> {
        for file in files(path, &ANCHORS)? {
            let bytes = small(&file)?;
            self.roots.add_pem(&bytes, &name(&file))?;
            self.of_lists = std::mem::take(&mut self.of_lists).and(&ListSigners::of_any_list(&values(&bytes)?));
        }
        Ok(())
    }
}

/// Takes the anchors of a file, or has the list in it wait; a list of lists goes before those that it speaks of.
fn add(store: &mut TrustStore, lists: &mut Vec<Waiting>, path: PathBuf) -> Result<()> {
    let bytes = small(&path)?;
    match content(&bytes) {
        Content::Certificates => {
            store.add_pem(&bytes, &name(&path)).map(|_| ()).map_err(|error| error.at(path.display()))
        }
        Content::Adobe => {
            lists.push(Waiting { path, bytes });
            Ok(())
        }
        Content::Etsi => {
            let list = Unchecked::<TrustedList>::read(&bytes).map_err(|error| error.at(path.display()))?;
            let place = if list.claims().is_list_of_lists() { 0 } else { lists.len() };
            lists.insert(place, Waiting { path, bytes });
            Ok(())
        }
    }
}

/// Notes who is accredited by the list in a file, or in the files of a folder, which is called what the file or folder is called.
fn add_accredited(store: &mut TrustStore, path: &Path) -> Result<(String, Added)> {
    let label = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let mut sum = Added::default();
    for file in files(path, &CERTIFICATES)? {
        let list = accredited(&small(&file)?, &name(&file))?;
        let added = list.add_to(store, &label, None, None);
        sum.accredited = sum.accredited.saturating_add(added.accredited);
        sum.unreadable.extend(added.unreadable);
    }
    Ok((label, sum))
}

fn content(bytes: &[u8]) -> Content {
    let head = bytes.get(..bytes.len().min(1_024)).unwrap_or_default();
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    if head.windows(5).any(|window| window == b"%PDF-") {
        Content::Adobe
    } else if text.starts_with(b"<") {
        Content::Etsi
    } else {
        Content::Certificates
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// The file itself, or those in the folder whose names end so.
fn files(path: &Path, extensions: &[&str]) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let unreadable = |cause: std::io::Error| Error::new(ErrorKind::Io, "the folder cannot be read").because(cause);
    let entries = std::fs::read_dir(path).map_err(unreadable)?;
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>().map_err(unreadable)?;
    files.retain(|file| {
        let extension = file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        extensions.iter().any(|one| extension.eq_ignore_ascii_case(one))
    });
    files.sort();
    if files.is_empty() {
        let names = extensions.iter().map(|one| format!(".{one}")).collect::<Vec<_>>().join(", ");
        let error = Error::new(ErrorKind::Certificate, "no certificate is in the folder");
        return Err(error.advise(format!("its name must end in one of {names}")));
    }
    Ok(files)
}
