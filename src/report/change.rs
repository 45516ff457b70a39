//! What revisions changed after a signature, one value for each thing that a reader would name.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// One thing that a revision changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The revision that made it, counted from 1.
    pub revision: usize,
    /// The number of the object that is not what it was; `None` where it is no object: the trailer, or bytes of no revision.
    pub object: Option<u32>,
    /// The page that shows it, counted from 1.
    pub page: Option<usize>,
    /// Where on the page.
    pub rect: Option<Rectangle>,
    /// What kind of thing.
    pub kind: ChangeKind,
    /// What became of it.
    pub act: Act,
    /// The type of an annotation, as in `Highlight` (ISO 32000-2, table 171), or of a form field, as in `Btn` (table 226).
    pub subtype: Option<String>,
    /// The fully qualified name of the form field (ISO 32000-2, 12.7.4.2).
    pub field: Option<String>,
    /// What it said before, in words; `None` where it said nothing.
    pub old: Option<String>,
    /// What it says now.
    pub new: Option<String>,
    /// Whether the signatures and certifications before it permit it.
    pub allowed: bool,
    /// The rule that allows it, or that forbids it.
    pub rule: Rule,
    /// Who answers for it, as far as anybody put a name to it: the signer of the next signature, who saw it and signed it. `None` where
    /// no signature follows.
    pub by: Option<String>,
}

/// The changes after one signature, oldest first: a slice of [`Change`]. All signatures of a file share one list.
#[derive(Clone, Default)]
pub struct Changes {
    all: Arc<[Change]>,
    first: usize,
}

/// A place on a page, in default user space units (ISO 32000-2, 8.3.2.3): left, bottom, right, top.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rectangle([f64; 4]);

/// What became of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// It was not there before.
    Added,
    /// It is not what it was.
    Changed,
    /// It is no longer there.
    Removed,
}

/// What kind of thing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ChangeKind {
    /// Somebody signed.
    Signature,
    /// A document timestamp was added.
    DocumentTimestamp,
    /// A signature field was added that nobody signed.
    SignatureField,
    /// The value of a form field, or what it looks like.
    FormField,
    /// An annotation on a page.
    Annotation,
    /// The document security store.
    SecurityStore,
    /// The XMP metadata.
    Metadata,
    /// The document information.
    Information,
    /// The catalog: what holds for the whole document.
    Catalog,
    /// A page, or the page tree.
    Page,
    /// An object of another kind.
    Object,
    /// Bytes that no revision accounts for.
    Bytes,
}

/// Why a change is allowed or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// The security store may grow (ISO 32000-2, 12.8.4.3; 12.8.2.2.1).
    SecurityStore,
    /// Document timestamps that show nothing may follow (12.8.5).
    DocumentTimestamp,
    /// Signatures may follow (12.8.2.2, table 257, P 2), and document timestamps that show something.
    Signature,
    /// Empty signature fields may be added for those who sign later.
    SignatureField,
    /// Forms may be filled in (table 257, P 2).
    FormFilling,
    /// A field may become read-only (12.7.4.1).
    ReadOnly,
    /// Annotations may be added, changed and removed (table 257, P 3).
    Annotation,
    /// Programs that save say so in the document information (14.3.3).
    Information,
    /// Programs that save write the metadata anew (14.3.2).
    Metadata,
    /// The version, and declared extensions, may rise (7.7.2, 7.12).
    Version,
    /// What the document says of its language and of how a viewer opens it (7.7.2).
    Presentation,
    /// No rule allows it.
    DefaultDeny,
    /// A rule allows it, but not under what the signatures before it certify or lock (12.8.2.2; 12.7.5.5, table 236); without either,
    /// filling in and signing is the most.
    Permission,
    /// An earlier signature freezes the field (12.8.2.4).
    FieldLock,
}

impl Changes {
    /// The changes in `all` from the one at `first` on.
    pub(crate) fn from(all: &Arc<[Change]>, first: usize) -> Self {
        Self { all: Arc::clone(all), first: first.min(all.len()) }
    }

    /// The list that all signatures share, with who made each change of a revision (counted from 1).
    pub(crate) fn named(&self, maker: impl Fn(usize) -> Option<String>) -> Arc<[Change]> {
        self.all.iter().map(|change| Change { by: maker(change.revision), ..change.clone() }).collect()
    }

    /// Where it begins in the list that all signatures share.
    pub(crate) fn first(&self) -> usize {
        self.first
    }
}

impl Deref for Changes {
    type Target = [Change];

    fn deref(&self) -> &[Change] {
        self.all.get(self.first..).unwrap_or_default()
    }
}

impl fmt::Debug for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl PartialEq for Changes {
    fn eq(&self, other: &Self) -> bool {
        (Arc::ptr_eq(&self.all, &other.all) && self.first == other.first) || **self == **other
    }
}

impl Eq for Changes {}

impl Rectangle {
    /// With its corners in order; `None` where one of them is no finite number.
    pub(crate) fn new(corners: [f64; 4]) -> Option<Self> {
        let [x1, y1, x2, y2] = corners;
        let ordered = [x1.min(x2), y1.min(y2), x1.max(x2), y1.max(y2)];
        // Adding nothing turns a negative zero into zero.
        corners.iter().all(|corner| corner.is_finite()).then(|| Self(ordered.map(|corner| corner + 0.0)))
    }

    /// Left, bottom, right, top.
    pub fn corners(self) -> [f64; 4] {
        self.0
    }
}

/// All four are finite.
impl Eq for Rectangle {}

impl fmt::Display for Rectangle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [left, bottom, right, top] = self.0;
        write!(f, "[{left} {bottom} {right} {top}]")
    }
}

impl Act {
    /// The word in the JSON report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
        }
    }
}

impl ChangeKind {
    /// The word in the JSON report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Signature => "signature",
            Self::DocumentTimestamp => "document_timestamp",
            Self::SignatureField => "signature_field",
            Self::FormField => "form_field",
            Self::Annotation => "annotation",
            Self::SecurityStore => "security_store",
            Self::Metadata => "metadata",
            Self::Information => "information",
            Self::Catalog => "catalog",
            Self::Page => "page",
            Self::Object => "object",
            Self::Bytes => "bytes",
        }
    }
}

impl Rule {
    /// The word in the JSON report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SecurityStore => "security_store",
            Self::DocumentTimestamp => "document_timestamp",
            Self::Signature => "signature",
            Self::SignatureField => "signature_field",
            Self::FormFilling => "form_filling",
            Self::ReadOnly => "read_only",
            Self::Annotation => "annotation",
            Self::Information => "information",
            Self::Metadata => "metadata",
            Self::Version => "version",
            Self::Presentation => "presentation",
            Self::DefaultDeny => "default_deny",
            Self::Permission => "permission",
            Self::FieldLock => "field_lock",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_stand_in_order_and_are_numbers() {
        let rectangle = Rectangle::new([9.5, 2.0, -0.0, 1.0]).unwrap();
        assert_eq!(rectangle.corners(), [0.0, 1.0, 9.5, 2.0]);
        assert_eq!(rectangle.to_string(), "[0 1 9.5 2]");
        assert_eq!(Rectangle::new([f64::NAN, 0.0, 0.0, 0.0]), None);
        assert_eq!(Rectangle::new([0.0, 0.0, f64::INFINITY, 0.0]), None);
    }
}
