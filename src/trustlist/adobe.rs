//! The Adobe Approved Trust List: a signed PDF with an attached `SecuritySettings.xml`.
//!
//! Invariant: what is read is what the last signature covers: a list to which anything was appended is none.
//!
//! Specified nowhere. What the elements mean is known from what Acrobat shows of them: see [`AdobeList`].

use const_oid::ObjectIdentifier;
use roxmltree::Node;

use super::anchors::{Added, day};
use super::unchecked::Unchecked;
use super::xml::{self, bad, children, find, text_at};
use crate::error::{Error, ErrorKind, Result};
use crate::pdf::document::Document;
use crate::pdf::form::Form;
use crate::pdf::object::{Dictionary, Object};
use crate::pdf::text::read_text_string;
use crate::pdf::view::View;
use crate::pki::certificate::Certificate;
use crate::pki::trust::store::TrustStore;
use crate::pki::trust::term::{Term, TrustUse};
use crate::report::{Coverage, Indication, Kind, Report};
use crate::time::Time;
use crate::verify::Verification;

const ATTACHMENT: &str = "SecuritySettings.xml";
/// Nodes of the name tree that are visited. The list has one.
const TREE_NODES: usize = 1_000;
/// `ImportAction`: the certificate is taken out of the reader's store, where it is in it.
const REMOVE: u32 = 3;

/// The Adobe Approved Trust List.
///
/// What is taken from an entry, beside its certificate:
/// - `Root` 1: it is an anchor of signatures and timestamps;
/// - `CertifiedDocuments` 1: it is an anchor of certifications (signatures that say what may change after them), and of nothing else
///   unless it is a root, too: not of timestamps either;
/// - `CertificatePolicies`: only for certificates that name one of these;
/// - `ImportAction` 3: it was withdrawn, and is no anchor, whatever else its entry says.
///
/// What would let documents run scripts or open connections is read by nobody here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdobeList {
    identities: Vec<AdobeIdentity>,
    issued: Option<Time>,
}

/// An entry of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AdobeIdentity {
    /// The certificate as it stands in the list, DER.
    pub certificate: Vec<u8>,
    /// Its subject, as RFC 4514 writes it; `None` where the certificate cannot be read.
    pub subject: Option<String>,
    /// The subject's common name, or else its organizational unit or organization.
    pub name: Option<String>,
    /// The certificate's own validity.
    pub validity: Option<(Time, Time)>,
    /// `ImportAction`: 1 or 2 where it is to be had, 3 where it is to be removed.
    pub import_action: u32,
    /// Whether signatures and timestamps may end in it.
    pub is_root: bool,
    /// Whether certifications may end in it.
    pub certifies: bool,
    /// The policies that certificates under it must name, as dotted OIDs; none means any.
    pub policies: Vec<String>,
}

impl<'a> Unchecked<'a, AdobeList> {
    /// Reads the file that Adobe publishes, `….acrobatsecuritysettings`, a PDF.
    ///
    /// # Errors
    /// Those of [`Document::open`]; [`ErrorKind::TrustList`] where the PDF has no such attachment; [`ErrorKind::Syntax`] and
    /// [`ErrorKind::Limit`] where the attachment is not as it should be.
    pub fn read(pdf: &'a [u8]) -> Result<Self> {
        let document = Document::open(pdf)?;
        let view = document.latest();
        let xml = attachment(view)?.ok_or_else(|| {
            let error = Error::new(ErrorKind::TrustList, "the PDF is no trust list").because("nothing fit is attached");
            error.advise("give the file that Adobe publishes")
        })?;
        let parsed = xml::parse(&xml)?;
        Ok(Self {
            bytes: pdf,
            list: AdobeList { identities: identities(parsed.root_element())?, issued: issued(view) },
        })
    }

    /// The report on the PDF's signature as of `time`, with the anchors in `roots`: Adobe signs the list under a root of its own, "Adobe
    /// Root CA G2", which is Adobe's to publish and the caller's to trust.
    ///
    /// # Errors
    /// Those of [`Document::open`].
    pub fn report(&self, roots: &TrustStore, time: Time) -> Result<Report> {
        let document = Document::open(self.bytes)?;
        Ok(Verification::new(&document, roots, time).verify())
    }

    /// The list, if its signature is `TOTAL-PASSED` as of `time` with the anchors in `roots`, and covers the whole file.
    ///
    /// The file holds what is needed to judge it when it was signed, and a timestamp whose authority leads to another root: with Adobe's
    /// alone it passes as of [`AdobeList::issued`], and weeks later nobody can say that its signer was not revoked.
    ///
    /// # Errors
    /// [`ErrorKind::TrustList`] with what was found.
    pub fn verified(self, roots: &TrustStore, time: Time) -> Result<AdobeList> {
        let report = self.report(roots, time)?;
        let refused = |why: String| Error::new(ErrorKind::TrustList, "the list's signature does not hold").because(why);
        // A document timestamp says when the file was there, and nothing about who wrote it.
        let is_signed = report.signatures.iter().any(|one| one.kind == Kind::Signature);
        let last = report.signatures.last().filter(|_| is_signed).ok_or_else(|| refused("it has none".to_owned()))?;
        if report.verdict() != Some(Indication::TotalPassed) {
            let said = report.signatures.iter().flat_map(|one| &one.findings).chain(&report.findings);
            let said: Vec<String> = said.map(ToString::to_string).take(4).collect();
            return Err(refused(format!("{}: {}", last.conclusion.indication, said.join("; "))));
        }
        if last.covers != Coverage::File {
            return Err(refused("something was appended to it".to_owned()));
        }
        Ok(self.list)
    }
}

impl AdobeList {
    /// Every entry, in the list's order.
    pub fn identities(&self) -> &[AdobeIdentity] {
        &self.identities
    }

    /// When it was signed, as its signature says.
    pub fn issued(&self) -> Option<Time> {
        self.issued
    }

    /// What reports call it: `Adobe Approved Trust List (AATL), 2022-05-31`.
    pub fn label(&self) -> String {
        let issued = self.issued.map(|time| format!(", {}", day(time))).unwrap_or_default();
        format!("Adobe Approved Trust List (AATL){issued}")
    }

    /// Trusts what the list says.
    pub fn add_to(&self, trust: &mut TrustStore) -> Added {
        let (label, before, mut added) = (self.label(), trust.len(), Added::default());
        for identity in &self.identities {
            let uses = identity.uses();
            let policies: Result<Vec<_>, _> = identity.policies.iter().map(|one| ObjectIdentifier::new(one)).collect();
            let name = || identity.name.clone().unwrap_or_default();
            let Ok(policies) = policies else {
                added.unreadable.push(format!("{}: its policies are no object identifiers", name()));
                continue;
            };
            if uses.is_empty() {
                continue;
            }
            let term = Term::of(&uses).under(policies);
            if let Err(error) = trust.add_der_for(&identity.certificate, &label, &[term]) {
                added.unreadable.push(format!("{}: {error}", name()));
            }
        }
        added.anchors = trust.len().saturating_sub(before);
        added
    }
}

impl AdobeIdentity {
    /// What it is an anchor of: nothing where its entry withdraws it.
    pub fn uses(&self) -> Vec<TrustUse> {
        let is_there = self.import_action != REMOVE;
        let mut uses = Vec::new();
        if is_there && self.is_root {
            uses.extend([TrustUse::Signing, TrustUse::Timestamping]);
        }
        if is_there && self.certifies {
            uses.push(TrustUse::Certifying);
        }
        uses
    }

    fn read(node: Node<'_, '_>) -> Result<Self> {
        let certificate = find(node, &["Certificate"]).ok_or_else(|| bad(node, "an entry has no certificate"))?;
        let certificate = xml::base64(certificate)?;
        let read = Certificate::from_der(&certificate).ok();
        let number = |path: &[&'static str]| {
            let text = text_at(node, path).ok_or_else(|| bad(node, "an entry does not say what it is for"))?;
            text.parse::<u32>().map_err(|_| bad(node, "what an entry is for is no number"))
        };
        let policies = find(node, &["PolicyRestrictions", "CertificatePolicies"]);
        let policies = policies.into_iter().flat_map(|policies| children(policies, "OID"));
        Ok(Self {
            subject: read.as_ref().map(|one| one.subject().to_string()),
            name: read.as_ref().and_then(name),
            validity: read.as_ref().map(|one| (one.not_before(), one.not_after())),
            import_action: number(&["ImportAction"])?,
            is_root: number(&["Trust", "Root"])? == 1,
            certifies: number(&["Trust", "CertifiedDocuments"])? == 1,
            policies: policies.map(xml::text).collect(),
            certificate,
        })
    }
}

fn name(certificate: &Certificate) -> Option<String> {
    use const_oid::db::rfc4519::{COMMON_NAME, ORGANIZATION_NAME, ORGANIZATIONAL_UNIT_NAME};
    let subject = certificate.subject();
    [COMMON_NAME, ORGANIZATIONAL_UNIT_NAME, ORGANIZATION_NAME].into_iter().find_map(|oid| subject.values(oid).pop())
}

fn identities(root: Node<'_, '_>) -> Result<Vec<AdobeIdentity>> {
    if root.tag_name().name() != "SecuritySettings" {
        return Err(bad(root, "it holds no security settings"));
    }
    let list = find(root, &["TrustedIdentities"]).ok_or_else(|| bad(root, "TrustedIdentities is missing"))?;
    children(list, "Identity").map(AdobeIdentity::read).collect()
}

/// When the last signature says that it was made.
fn issued(view: View<'_>) -> Option<Time> {
    let form = Form::read(view).ok()?;
    let signed = form.signatures().filter_map(|field| field.signature(view).ok()?);
    signed.filter_map(|signature| Time::from_pdf_date(signature.m.as_deref()?)).max()
}

/// The attached settings (ISO 32000-2, 7.11.4): the first embedded file of that name in the name tree (7.9.6).
fn attachment(view: View<'_>) -> Result<Option<Vec<u8>>> {
    let (_, catalog) = view.catalog()?;
    let names = view.entry(&catalog, "Names")?;
    let Some(names) = names.as_dictionary() else { return Ok(None) };
    let mut open = vec![view.entry(names, "EmbeddedFiles")?];
    for _ in 0..TREE_NODES {
        let Some(node) = open.pop() else { return Ok(None) };
        let Some(node) = node.as_dictionary() else { continue };
        for leaf in view.entry(node, "Names")?.as_array().unwrap_or_default().iter().skip(1).step_by(2) {
            let file = view.resolve(leaf)?;
            if let Some(bytes) = file.as_dictionary().map_or(Ok(None), |file| settings(view, file))? {
                return Ok(Some(bytes));
            }
        }
        for kid in view.entry(node, "Kids")?.as_array().unwrap_or_default().iter().take(TREE_NODES) {
            open.push(view.resolve(kid)?.into_owned());
        }
    }
    Err(Error::new(ErrorKind::Limit, "the tree of attached files has too many nodes"))
}

/// What is in `file`, if it is the attachment.
fn settings(view: View<'_>, file: &Dictionary) -> Result<Option<Vec<u8>>> {
    let named = |key| -> Result<bool> {
        let name = view.entry(file, key)?;
        Ok(name.as_string().is_some_and(|name| read_text_string(name) == ATTACHMENT))
    };
    if !named("UF")? && !named("F")? {
        return Ok(None);
    }
    let embedded = view.entry(file, "EF")?;
    let Some(embedded) = embedded.as_dictionary() else { return Ok(None) };
    match view.entry(embedded, "F")? {
        Object::Stream(stream) => view.stream_data(&stream).map(Some),
        _ => Ok(None),
    }
}
