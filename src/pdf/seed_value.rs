//! What the author of an empty signature field asks of its signature: seed values (ISO 32000-2, 12.7.5.5, tables 237
//! and 238).
//!
//! Invariant: nothing that binds is passed over: an entry that cannot be read, and a flag that is not known, are
//! constraints that nobody can meet.
//! Invariant: certificates are opaque bytes here.
//!
//! Nouns: [`SeedValue`]: a [`Constraint`] and its [`Requirement`].

mod reading;

use crate::error::Result;
use crate::pdf::object::Ref;
use crate::pdf::seed_value::reading::Reading;
use crate::pdf::transform::Certification;
use crate::pdf::view::View;

/// One constraint of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SeedValue {
    pub(crate) requirement: Requirement,
    pub(crate) constraint: Constraint,
}

/// Whether a constraint binds: what the bits of `/Ff` say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Requirement {
    Required,
    Optional,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Constraint {
    Filter(String),
    SubFilter(Vec<String>),
    /// Names such as `SHA256`.
    DigestMethod(Vec<String>),
    /// What the reader must understand: 1 for PDF 1.5, 2 for 1.7, 3 for 2.0.
    Version(i64),
    /// One of these, or, where there is none, no reason at all.
    Reasons(Vec<String>),
    /// `None` for an approval signature.
    Mdp(Option<Certification>),
    /// A timestamp, and who may give it.
    Timestamp(Option<String>),
    LegalAttestation(Vec<String>),
    AddRevInfo(bool),
    LockDocument(LockDocument),
    AppearanceFilter(String),
    /// The signing certificate is one of these, each DER.
    Subject(Vec<Vec<u8>>),
    /// One of these, each DER, stands above the signing certificate.
    Issuer(Vec<Vec<u8>>),
    /// Certificate policies, as dotted object identifiers.
    Policies(Vec<String>),
    /// Attributes of the subject and their values.
    SubjectDn(Vec<(String, String)>),
    /// Alternatives, each with a character for every key usage: `0`, `1` or `X`.
    KeyUsage(Vec<String>),
    /// An address that is no enrolment page: its `/URLType`.
    Url(String),
    /// A signature policy to sign under, by its object identifier.
    SignaturePolicy(String),
    /// The entry of this name, which cannot be read.
    Unreadable(&'static str),
    /// Bits of `/Ff` for entries that no edition up to PDF 2.0 knows.
    UnknownFlags(&'static str),
}

/// `/LockDocument`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LockDocument {
    Yes,
    No,
    Auto,
}

impl SeedValue {
    /// The constraints of the field `field`; none where it has no `/SV`.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) only: what cannot be read is a constraint.
    pub(crate) fn read(view: View<'_>, field: Ref) -> Result<Vec<Self>> {
        Reading::new(view).field(field)
    }
}

impl Constraint {
    /// The entry that says it, as in `SV /Cert /KeyUsage`.
    pub(crate) fn entry(&self) -> &'static str {
        match self {
            Self::Filter(_) => "SV /Filter",
            Self::SubFilter(_) => "SV /SubFilter",
            Self::DigestMethod(_) => "SV /DigestMethod",
            Self::Version(_) => "SV /V",
            Self::Reasons(_) => "SV /Reasons",
            Self::Mdp(_) => "SV /MDP",
            Self::Timestamp(_) => "SV /TimeStamp",
            Self::LegalAttestation(_) => "SV /LegalAttestation",
            Self::AddRevInfo(_) => "SV /AddRevInfo",
            Self::LockDocument(_) => "SV /LockDocument",
            Self::AppearanceFilter(_) => "SV /AppearanceFilter",
            Self::Subject(_) => "SV /Cert /Subject",
            Self::Issuer(_) => "SV /Cert /Issuer",
            Self::Policies(_) => "SV /Cert /OID",
            Self::SubjectDn(_) => "SV /Cert /SubjectDN",
            Self::KeyUsage(_) => "SV /Cert /KeyUsage",
            Self::Url(_) => "SV /Cert /URL",
            Self::SignaturePolicy(_) => "SV /Cert /SignaturePolicyOID",
            Self::Unreadable(entry) | Self::UnknownFlags(entry) => entry,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::document::Document;
    use crate::pdf::specimen;
    use Constraint as C;
    use Requirement::{Optional, Required};

    /// The constraints of a field with these entries.
    fn read(entries: &str) -> Vec<(Requirement, Constraint)> {
        let field = format!("<< /T (a) /FT /Sig {entries} >>");
        let pdf = specimen::table_pdf(&specimen::one_page_with(&[(4, &field)]), "");
        let document = Document::open(&pdf).unwrap();
        let found = SeedValue::read(document.latest(), Ref { number: 4, generation: 0 }).unwrap();
        found.into_iter().map(|one| (one.requirement, one.constraint)).collect()
    }

    #[test]
    fn every_entry_is_read_with_its_flag() {
        let found = read(
            "/SV << /Ff 511 /Filter /Adobe.PPKLite /SubFilter [/a /b] /DigestMethod [/SHA256 (SHA512)] /V 3.0
              /Reasons [(one) <FEFF65E5>] /MDP << /P 2 >> /TimeStamp << /URL (http://tsa) /Ff 1 >>
              /LegalAttestation [(x)] /AddRevInfo true /LockDocument /true /AppearanceFilter (seal) >>",
        );
        let expected = [
            C::Filter("Adobe.PPKLite".into()),
            C::SubFilter(vec!["a".into(), "b".into()]),
            C::Version(3),
            C::Reasons(vec!["one".into(), "日".into()]),
            C::LegalAttestation(vec!["x".into()]),
            C::AddRevInfo(true),
            C::DigestMethod(vec!["SHA256".into(), "SHA512".into()]),
            C::LockDocument(LockDocument::Yes),
            C::AppearanceFilter("seal".into()),
            C::Mdp(Some(Certification::FillForms)),
            C::Timestamp(Some("http://tsa".into())),
        ];
        assert_eq!(found, expected.map(|constraint| (Required, constraint)));
    }

    #[test]
    fn without_flags_all_but_the_kind_is_optional() {
        let found = read("/SV << /Filter /x /V 4 /MDP << /P 0 >> /TimeStamp << /URL (u) >> /LockDocument /auto >>");
        let expected = [
            (Optional, C::Filter("x".into())),
            (Optional, C::Version(4)),
            (Optional, C::LockDocument(LockDocument::Auto)),
            (Required, C::Mdp(None)),
            (Optional, C::Timestamp(Some("u".into()))),
        ];
        assert_eq!(found, expected);
        assert_eq!(read(""), []);
        assert_eq!(read("/SV << /MDP << >> /TimeStamp << >> >>"), [(Optional, C::Timestamp(None))]);
    }

    #[test]
    fn a_required_reason_that_is_absent_or_a_period_is_none() {
        for entries in ["/SV << /Ff 8 >>", "/SV << /Ff 8 /Reasons [(.)] >>", "/SV << /Ff 8 /Reasons [] >>"] {
            assert_eq!(read(entries), [(Required, C::Reasons(Vec::new()))], "{entries}");
        }
        assert_eq!(read("/SV << /Reasons [(.)] >>"), [(Optional, C::Reasons(Vec::new()))]);
    }

    #[test]
    fn certificate_constraints_are_read() {
        let found = read(
            "/SV << /Cert << /Ff 47 /Subject [<30> <31>] /Issuer [<32>] /OID [(1.2.3)]
              /SubjectDN [<< /cn (A) >> << /2.5.4.10 (B) >>] /KeyUsage [(11) (X1)] /URL (http://x) >> >>",
        );
        let expected = [
            C::Subject(vec![vec![0x30], vec![0x31]]),
            C::Issuer(vec![vec![0x32]]),
            C::Policies(vec!["1.2.3".into()]),
            C::SubjectDn(vec![("cn".into(), "A".into()), ("2.5.4.10".into(), "B".into())]),
            C::KeyUsage(vec!["11".into(), "X1".into()]),
        ];
        assert_eq!(found, expected.map(|constraint| (Required, constraint)));
        assert_eq!(read("/SV << /Cert << /Subject [<30>] >> >>"), [(Optional, C::Subject(vec![vec![0x30]]))]);
        let found = read("/SV << /Cert << /Ff 64 /URL (x) /URLType /ASSP /SignaturePolicyOID (1.2) >> >>");
        assert_eq!(found, [(Required, C::Url("ASSP".into())), (Required, C::SignaturePolicy("1.2".into()))]);
    }

    #[test]
    fn what_cannot_be_read_binds() {
        for (entries, constraint) in [
            ("/SV 7", C::Unreadable("SV")),
            ("/SV << /Ff (x) >>", C::Unreadable("SV /Ff")),
            ("/SV << /Ff 512 >>", C::UnknownFlags("SV /Ff")),
            ("/SV << /Ff -1 >>", C::UnknownFlags("SV /Ff")),
            ("/SV << /Ff 1 /Filter 1 >>", C::Unreadable("SV /Filter")),
            ("/SV << /Ff 2 /SubFilter /x >>", C::Unreadable("SV /SubFilter")),
            ("/SV << /Ff 64 /DigestMethod [1] >>", C::Unreadable("SV /DigestMethod")),
            ("/SV << /Ff 4 /V (x) >>", C::Unreadable("SV /V")),
            ("/SV << /Ff 128 /LockDocument /maybe >>", C::Unreadable("SV /LockDocument")),
            ("/SV << /MDP << /P 4 >> >>", C::Unreadable("SV /MDP")),
            ("/SV << /MDP 2 >>", C::Unreadable("SV /MDP")),
            ("/SV << /TimeStamp 1 >>", C::Unreadable("SV /TimeStamp")),
            ("/SV << /TimeStamp << /Ff (x) >> >>", C::Unreadable("SV /TimeStamp")),
            ("/SV << /Cert 1 >>", C::Unreadable("SV /Cert")),
            ("/SV << /Cert << /Ff 128 >> >>", C::UnknownFlags("SV /Cert /Ff")),
            ("/SV << /Cert << /Ff 16 >> >>", C::UnknownFlags("SV /Cert /Ff")),
            ("/SV << /Cert << /Ff 8 /SubjectDN [<< /cn 1 >>] >> >>", C::Unreadable("SV /Cert /SubjectDN")),
        ] {
            let found = read(entries);
            assert!(found.contains(&(Required, constraint)), "{entries}: {found:?}");
        }
        assert_eq!(read("/SV << /Filter 1 >>"), [(Optional, C::Unreadable("SV /Filter"))]);
    }
}
