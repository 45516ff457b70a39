//! A broken file made fit for signing: one more incremental update, and what it does.

use crate::error::Result;
use crate::limits::Limits;
use crate::pdf::document::Document;
use crate::pdf::repair::{RepairStep, repair};
use crate::pdf::source::Source;
use crate::sign::Update;

/// What mends a broken file: an update, what it does, and the document that it makes.
///
/// # Examples
/// ```
/// # use pades_ltv::{Document, Signing, Time, authority::Authority};
/// # let now: Time = "2026-10-07T00:25:23Z".parse()?;
/// # let signer = Authority::new("doc", now)?.issue("signer")?;
/// let pdf = include_bytes!("../../examples/contract.pdf").as_slice();
/// let cut_off = &pdf[..pdf.len() - 40];
/// assert!(Document::open(cut_off).is_err());
///
/// let repair = Document::repair(cut_off)?;
/// repair.steps().iter().for_each(|step| println!("{step}"));
/// let signed = Signing::new(repair.document(), now).sign(&signer)?.finish()?;
/// let file = repair.into_update().then(signed)?.apply(cut_off)?;
/// assert!(file.starts_with(cut_off));
/// # Ok::<(), pades_ltv::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "a repair does nothing until its update is appended to the file"]
pub struct Repair<'a> {
    document: Document<'a>,
    update: Update,
    steps: Vec<RepairStep>,
}

impl<'a> Document<'a> {
    /// Repairs a file whose cross-reference is broken, so that it can be signed, within the default [`Limits`].
    ///
    /// Never done unasked: a broken file has no one meaning, and what is signed afterwards is the meaning that the repair gave it. So
    /// look at the pages, and at [`Repair::steps`]. No byte of the file changes. Appended is a complete cross-reference section, and
    /// before it once more those objects that do not end where they say.
    ///
    /// The whole file is read, twice where lengths of streams stand behind their streams; memory grows with the number of
    /// objects, not with the length of the file. Of several objects with one number the last counts. What was freed by an update comes
    /// back, since only the broken cross-reference knew of that.
    ///
    /// # Errors
    /// [`ErrorKind::Repair`](crate::ErrorKind::Repair) with the place where the file holds a signature or document timestamp (its
    /// meaning is fixed), and where the file opens well; [`ErrorKind::Encrypted`](crate::ErrorKind::Encrypted) where it is encrypted and
    /// the empty password does not open it, or where its encryption is lost; [`ErrorKind::Syntax`](crate::ErrorKind::Syntax) where
    /// no catalog is left, or its pages cannot be reached; [`ErrorKind::NotPdf`](crate::ErrorKind::NotPdf) without a header;
    /// [`ErrorKind::Limit`](crate::ErrorKind::Limit) and [`ErrorKind::Io`](crate::ErrorKind::Io) as [`open`](Self::open).
    pub fn repair(source: impl Source + 'a) -> Result<Repair<'a>> {
        Self::repair_with(source, Limits::default())
    }

    /// Repairs a file within given limits.
    ///
    /// # Errors
    /// As [`repair`](Self::repair).
    pub fn repair_with(source: impl Source + 'a, limits: Limits) -> Result<Repair<'a>> {
        let repaired = repair(Box::new(source), limits)?;
        let update = Update::new(repaired.base_len, repaired.appended);
        Ok(Repair { document: repaired.document, update, steps: repaired.steps })
    }
}

impl<'a> Repair<'a> {
    /// What was done, in the order of the file.
    pub fn steps(&self) -> &[RepairStep] {
        &self.steps
    }

    /// The bytes to append to the broken file.
    pub fn update(&self) -> &Update {
        &self.update
    }

    /// The bytes to append to the broken file; a signature's update may go [`then`](Update::then).
    pub fn into_update(self) -> Update {
        self.update
    }

    /// The file with the update, opened strictly.
    pub fn document(&self) -> &Document<'a> {
        &self.document
    }
}
