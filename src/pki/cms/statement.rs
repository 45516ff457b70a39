//! What signers state about their signature: the policy that it was made under, what it commits to, and who they say that they are.
//!
//! Invariant: nothing here is judged, and nothing that a signer claims is taken for true.
//!
//! Specified in EN 319 122-1, 5.2.3 (commitment types), 5.2.6 (signer attributes), 5.2.9 (signature policies); RFC 5126, 5.8.1.
//! Nouns: [`PolicyIdentifier`], [`SignerStatement`].

use const_oid::ObjectIdentifier;
use der::{Any, Decode, Tagged};

use super::attribute::{self, Attribute};
use super::element::{Element, Elements, OCTET_STRING, OID, SEQUENCE, SET, context};
use super::fault::CmsFault;
use super::signer_info::SignerInfo;
use crate::digest::{DigestAlgorithm, hex};
use crate::pki::algorithm::digest_of;
use crate::pki::name::text_of;
use crate::pki::oid::Oid;

const NULL: u8 = 0x05;
const IA5_STRING: u8 = 0x16;
const QUALIFIER_URI: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.5.1");
const QUALIFIER_NOTICE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.5.2");
const QUALIFIER_SPECIFICATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.19122.2.1");
/// Policies may come as ASN.1, whose digest leaves its own fields out; more parts than these it has not.
const POLICY_PARTS: std::ops::RangeInclusive<usize> = 2..=3;

/// The policy that a signature says to have been made under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PolicyIdentifier {
    /// It follows from what was signed.
    Implied,
    Explicit(ExplicitPolicy),
}

/// A policy with a name and, where the signer knew it, the digest of its document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ExplicitPolicy {
    pub(crate) oid: Oid,
    /// `None` where the signer gave none, or one of no length or only zeros (RFC 5126, 5.8.1).
    pub(crate) digest: Option<PolicyDigest>,
    /// Where to find it.
    pub(crate) locations: Vec<String>,
    /// What is to be shown with it.
    pub(crate) notices: Vec<String>,
}

/// The digest of a policy's document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PolicyDigest {
    pub(crate) oid: ObjectIdentifier,
    /// `None` where the algorithm is not known here.
    pub(crate) algorithm: Option<DigestAlgorithm>,
    pub(crate) value: Vec<u8>,
}

impl PolicyDigest {
    /// Whether `document` is the one: as it is, or where it is a policy in ASN.1, its parts without the header and the digest that
    /// it may end with (RFC 5126, 5.8.1; TR 102 272).
    pub(crate) fn is_of(&self, document: &[u8]) -> bool {
        let Some(algorithm) = self.algorithm else { return false };
        let is = |bytes: &[u8]| algorithm.digest(bytes) == self.value;
        is(document) || policy_parts(document).is_some_and(|parts| is(&parts))
    }
}

/// What a policy in ASN.1 is digested as: the algorithm and the policy's information.
fn policy_parts(document: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Elements::new(document);
    let parts = whole.expect(SEQUENCE, "").ok()?.children().all("").ok()?;
    whole.end("").ok()?;
    if !POLICY_PARTS.contains(&parts.len()) || parts.iter().take(2).any(|part| part.tag != SEQUENCE) {
        return None;
    }
    Some(parts.iter().take(2).flat_map(|part| part.whole).copied().collect())
}

/// One thing that a signer says about itself, or lets others say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SignerStatement {
    /// An attribute, with its values as text.
    Claimed { oid: Oid, values: Vec<String> },
    /// An attribute certificate, or another format of the same kind.
    Certified,
    /// An assertion that somebody else signed.
    Asserted { oid: Oid },
}

impl SignerInfo {
    /// The signature policy; `None` where none is named.
    pub(crate) fn signature_policy(&self) -> Result<Option<PolicyIdentifier>, CmsFault> {
        self.read_signed(attribute::SIGNATURE_POLICY, "signature-policy-identifier", PolicyIdentifier::read)
    }

    /// The types of commitment, in their order. Several attributes are read although CAdES allows one.
    pub(crate) fn commitment_types(&self) -> Result<Vec<Oid>, CmsFault> {
        let name = "commitment-type-indication";
        let read = |value: &[u8]| {
            let mut parts = Elements::new(value).expect(SEQUENCE, name)?.children();
            parts.expect(OID, name)?.oid(name)
        };
        let values = Attribute::all(self.signed_attributes(), attribute::COMMITMENT_TYPE);
        values.map(|value| read(value).map_err(|_| CmsFault::UnreadableAttribute(name))).collect()
    }

    /// What the signer says about itself, in either version of the attribute.
    pub(crate) fn statements(&self) -> Result<Vec<SignerStatement>, CmsFault> {
        let name = "signer-attributes";
        let mut statements = Vec::new();
        for oid in [attribute::SIGNER_ATTRIBUTES, attribute::SIGNER_ATTRIBUTES_V2] {
            statements.extend(self.read_signed(oid, name, statements_in)?.into_iter().flatten());
        }
        Ok(statements)
    }
}

impl PolicyIdentifier {
    fn read(value: &[u8]) -> Result<Self, CmsFault> {
        let what = "a signature policy identifier";
        let choice = Elements::new(value).any(what)?;
        match choice.tag {
            NULL => Ok(Self::Implied),
            SEQUENCE => Ok(Self::Explicit(ExplicitPolicy::read(choice)?)),
            _ => Err(choice.fault(what)),
        }
    }
}

impl ExplicitPolicy {
    fn read(element: Element<'_>) -> Result<Self, CmsFault> {
        let what = "a signature policy";
        let mut parts = element.children();
        let oid = parts.expect(OID, what)?.oid(what)?;
        let rest = parts.all(what)?;
        let mut policy = Self { oid, digest: None, locations: Vec::new(), notices: Vec::new() };
        let mut rest = rest.into_iter().peekable();
        // The digest begins with an algorithm, which is a sequence that begins with an OID; so do the qualifiers, one level down.
        if let Some(digest) = rest.next_if(|next| PolicyDigest::read(*next).is_ok()) {
            policy.digest =
                Some(PolicyDigest::read(digest)?).filter(|digest| digest.value.iter().any(|byte| *byte != 0));
        }
        let qualifiers = rest.next();
        if let Some(more) = rest.next() {
            return Err(more.fault(what));
        }
        for qualifier in qualifiers.map_or(Ok(Vec::new()), |list| list.children().all(what))? {
            let mut parts = qualifier.children();
            let kind = parts.expect(OID, what)?.oid(what)?;
            policy.add_qualifier(&kind, parts.any(what)?);
        }
        Ok(policy)
    }

    /// What is of another form than its kind says is left out: qualifiers decide nothing.
    fn add_qualifier(&mut self, kind: &Oid, value: Element<'_>) {
        match kind.held() {
            Some(QUALIFIER_URI) => self.locations.extend(text(value)),
            Some(QUALIFIER_SPECIFICATION) if value.tag == IA5_STRING => self.locations.extend(text(value)),
            Some(QUALIFIER_SPECIFICATION) => self.locations.extend(value.oid("").map(|oid| oid.to_string())),
            Some(QUALIFIER_NOTICE) => {
                let parts = value.children().all("").unwrap_or_default();
                self.notices.extend(parts.into_iter().filter_map(text));
            }
            _ => {}
        }
    }
}

impl PolicyDigest {
    fn read(element: Element<'_>) -> Result<Self, CmsFault> {
        let what = "the digest of a signature policy";
        let mut parts = element.children();
        let algorithm = parts.expect(SEQUENCE, what)?.algorithm(what)?;
        let value = parts.expect(OCTET_STRING, what)?.content.to_vec();
        parts.end(what)?;
        Ok(Self { oid: algorithm.oid, algorithm: digest_of(&algorithm).ok(), value })
    }
}

/// Both versions are sequences whose parts are tagged: `[0]` claimed, `[1]` certified, `[2]` asserted.
fn statements_in(value: &[u8]) -> Result<Vec<SignerStatement>, CmsFault> {
    let what = "signer attributes";
    let mut statements = Vec::new();
    for part in Elements::new(value).expect(SEQUENCE, what)?.children().all(what)? {
        let mut list = part.children();
        if part.tag == context(0) {
            let attributes = list.expect(SEQUENCE, what)?.children().all(what)?;
            for attribute in attributes {
                statements.push(claimed(attribute)?);
            }
        } else if part.tag == context(1) {
            statements.push(SignerStatement::Certified);
        } else if part.tag == context(2) {
            for assertion in list.expect(SEQUENCE, what)?.children().all(what)? {
                let oid = assertion.children().expect(OID, what)?.oid(what)?;
                statements.push(SignerStatement::Asserted { oid });
            }
        } else {
            return Err(part.fault(what));
        }
    }
    Ok(statements)
}

fn claimed(element: Element<'_>) -> Result<SignerStatement, CmsFault> {
    let what = "a claimed attribute";
    let mut parts = element.children();
    let oid = parts.expect(OID, what)?.oid(what)?;
    let values = parts.expect(SET, what)?.children().all(what)?;
    let values = values.into_iter().map(|value| text(value).unwrap_or_else(|| hex(value.whole))).collect();
    Ok(SignerStatement::Claimed { oid, values })
}

fn text(element: Element<'_>) -> Option<String> {
    let any = Any::from_der(element.whole).ok()?;
    text_of(any.tag(), any.value())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::element::{oid, tlv};
    use super::*;

    const POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.3.4");

    fn digest(value: &[u8]) -> Vec<u8> {
        tlv(SEQUENCE, &[&tlv(SEQUENCE, &[&oid(DigestAlgorithm::Sha256.oid())]), &tlv(OCTET_STRING, &[value])])
    }

    fn explicit(parts: &[&[u8]]) -> ExplicitPolicy {
        let value = tlv(SEQUENCE, &[&[&oid(POLICY)[..]], parts].concat());
        match PolicyIdentifier::read(&value).unwrap() {
            PolicyIdentifier::Explicit(policy) => policy,
            PolicyIdentifier::Implied => panic!("explicit"),
        }
    }

    #[test]
    fn policies_are_implied_or_explicit_with_qualifiers() {
        assert_eq!(PolicyIdentifier::read(&[NULL, 0]), Ok(PolicyIdentifier::Implied));
        let qualifier = |kind, value: &[u8]| tlv(SEQUENCE, &[&oid(kind), value]);
        let notice = tlv(SEQUENCE, &[&tlv(0x0c, &["同意".as_bytes()])]);
        let qualifiers = tlv(
            SEQUENCE,
            &[
                &qualifier(QUALIFIER_URI, &tlv(IA5_STRING, &[b"http://one"])),
                &qualifier(QUALIFIER_NOTICE, &notice),
                &qualifier(QUALIFIER_SPECIFICATION, &tlv(IA5_STRING, &[b"http://two"])),
                &qualifier(POLICY, &[NULL, 0]),
            ],
        );
        let policy = explicit(&[&digest(&[7; 32]), &qualifiers]);
        assert_eq!(policy.locations, ["http://one", "http://two"]);
        assert_eq!(policy.notices, ["同意"]);
        assert_eq!(policy.digest.unwrap().value, [7; 32]);
        let without = explicit(&[&qualifiers]);
        assert_eq!((without.digest, without.locations.len()), (None, 2));
        // A digest of zeros or of nothing is none.
        assert_eq!(explicit(&[&digest(&[0; 32])]).digest, None);
        assert_eq!(explicit(&[&digest(&[])]).digest, None);
    }

    #[test]
    fn a_policy_in_asn_1_is_digested_without_its_header() {
        let parts = [tlv(SEQUENCE, &[&oid(POLICY)]), tlv(SEQUENCE, &[b"\x05\x00"]), tlv(OCTET_STRING, &[&[1; 32]])];
        let value = DigestAlgorithm::Sha256.digest(&[parts[0].clone(), parts[1].clone()].concat());
        let named = explicit(&[&digest(&value)]).digest.unwrap();
        let [one, two, three] = parts.each_ref().map(Vec::as_slice);
        assert!(named.is_of(&tlv(SEQUENCE, &[one, two])) && named.is_of(&tlv(SEQUENCE, &[one, two, three])));
        assert!(!named.is_of(&tlv(SEQUENCE, &[two, one])) && !named.is_of(b"text"));
        let plain = explicit(&[&digest(&DigestAlgorithm::Sha256.digest(b"text"))]).digest.unwrap();
        assert!(plain.is_of(b"text"));
    }

    #[test]
    fn signers_say_who_they_are() {
        let role = tlv(SEQUENCE, &[&oid(POLICY), &tlv(SET, &[&tlv(0x0c, &["部長".as_bytes()]), &[NULL, 0]])]);
        let assertion = tlv(SEQUENCE, &[&oid(POLICY), &[NULL, 0]]);
        let list = |number, value: &[u8]| tlv(context(number), &[&tlv(SEQUENCE, &[value])]);
        let value = tlv(SEQUENCE, &[&list(0, &role), &list(1, &[]), &list(2, &assertion)]);
        let claimed =
            SignerStatement::Claimed { oid: POLICY.into(), values: vec!["部長".to_owned(), "0500".to_owned()] };
        let expected = [claimed, SignerStatement::Certified, SignerStatement::Asserted { oid: POLICY.into() }];
        assert_eq!(statements_in(&value).unwrap(), expected);
    }

    proptest! {
        #[test]
        fn any_value_is_read_without_panic(value in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = PolicyIdentifier::read(&value);
            let _ = statements_in(&value);
            let _ = policy_parts(&value);
        }
    }
}
