//! DER taken apart and put together by hand: apart from the library, so that its own mistakes show.

use sha2::{Digest, Sha256};

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OID: u8 = 0x06;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;
pub(crate) const CONTEXT_0: u8 = 0xa0;
pub(crate) const CONTEXT_1: u8 = 0xa1;

/// Content octets of the OIDs that signatures are made of.
pub(crate) const ID_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
pub(crate) const CONTENT_TYPE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 3];
pub(crate) const MESSAGE_DIGEST: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 4];
pub(crate) const SIGNING_TIME: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 5];
pub(crate) const SIGNING_CERTIFICATE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 2, 12];
pub(crate) const SIGNING_CERTIFICATE_V2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 2, 47];
pub(crate) const SIGNATURE_TIMESTAMP: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 2, 14];

/// One value: its tag, its content, and both with the length between.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Value<'a> {
    pub(crate) tag: u8,
    pub(crate) content: &'a [u8],
    pub(crate) whole: &'a [u8],
}

impl<'a> Value<'a> {
    /// The value at the start of `bytes`, whatever follows.
    pub(crate) fn read(bytes: &'a [u8]) -> Self {
        let (head, length) = match bytes[1] {
            short @ 0..=0x7f => (2, usize::from(short)),
            long => {
                let count = usize::from(long & 0x7f);
                (2 + count, bytes[2..2 + count].iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)))
            }
        };
        Self { tag: bytes[0], content: &bytes[head..head + length], whole: &bytes[..head + length] }
    }

    pub(crate) fn children(&self) -> Vec<Value<'a>> {
        let mut rest = self.content;
        let mut children = Vec::new();
        while !rest.is_empty() {
            let child = Value::read(rest);
            rest = &rest[child.whole.len()..];
            children.push(child);
        }
        children
    }

    pub(crate) fn child(&self, index: usize) -> Value<'a> {
        self.children()[index]
    }
}

/// Tag, length and content.
pub(crate) fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = content.len().to_be_bytes();
    let digits = &length[length.iter().position(|byte| *byte != 0).unwrap_or(7)..];
    let mut bytes = vec![tag];
    if content.len() > 0x7f {
        bytes.push(0x80 | u8::try_from(digits.len()).unwrap());
    }
    bytes.extend(digits);
    bytes.extend(content);
    bytes
}

/// A CMS SignedData in its parts, each as received.
#[derive(Clone, Debug)]
pub(crate) struct Cms {
    pub(crate) version: Vec<u8>,
    pub(crate) digest_algorithms: Vec<u8>,
    pub(crate) content: Vec<u8>,
    /// Each certificate, DER.
    pub(crate) certificates: Vec<Vec<u8>>,
    pub(crate) signers: Vec<SignerInfo>,
}

/// One signer in its parts.
#[derive(Clone, Debug)]
pub(crate) struct SignerInfo {
    pub(crate) version: Vec<u8>,
    pub(crate) identifier: Vec<u8>,
    pub(crate) digest_algorithm: Vec<u8>,
    /// Each signed attribute, DER, in the order in which they stand; `None` where there is no set.
    pub(crate) signed: Option<Vec<Vec<u8>>>,
    pub(crate) signature_algorithm: Vec<u8>,
    /// The value's content octets.
    pub(crate) signature: Vec<u8>,
    /// Each unsigned attribute, DER.
    pub(crate) unsigned: Vec<Vec<u8>>,
}

impl Cms {
    /// Reads the CMS at the start of `der`; padding may follow.
    pub(crate) fn read(der: &[u8]) -> Self {
        let signed_data = Value::read(der).child(1).child(0);
        let mut parts = signed_data.children().into_iter();
        let mut part = || parts.next().unwrap();
        let (version, digest_algorithms, content) = (part(), part(), part());
        let certificates = part();
        assert_eq!(certificates.tag, CONTEXT_0);
        let whole = |values: Vec<Value<'_>>| values.iter().map(|value| value.whole.to_vec()).collect::<Vec<_>>();
        Self {
            version: version.whole.to_vec(),
            digest_algorithms: digest_algorithms.whole.to_vec(),
            content: content.whole.to_vec(),
            certificates: whole(certificates.children()),
            signers: part().children().iter().map(SignerInfo::read).collect(),
        }
    }

    pub(crate) fn to_der(&self) -> Vec<u8> {
        let certificates = tlv(CONTEXT_0, &slices(&self.certificates));
        let signers: Vec<Vec<u8>> = self.signers.iter().map(SignerInfo::to_der).collect();
        let signers = tlv(SET, &slices(&signers));
        let parts = [&self.version, &self.digest_algorithms, &self.content, &certificates, &signers];
        let signed_data = tlv(SEQUENCE, &parts.map(Vec::as_slice));
        let oid = tlv(OID, &[&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2]]);
        tlv(SEQUENCE, &[&oid, &tlv(CONTEXT_0, &[&signed_data])])
    }

    /// The only signer.
    pub(crate) fn signer(&mut self) -> &mut SignerInfo {
        assert_eq!(self.signers.len(), 1);
        &mut self.signers[0]
    }
}

impl SignerInfo {
    fn read(value: &Value<'_>) -> Self {
        let parts = value.children();
        let mut rest = parts.iter().peekable();
        let mut part = || rest.next().unwrap().whole.to_vec();
        let (version, identifier, digest_algorithm) = (part(), part(), part());
        let set = |value: &Value<'_>| value.children().iter().map(|one| one.whole.to_vec()).collect();
        let signed = rest.next_if(|one| one.tag == CONTEXT_0).map(set);
        let signature_algorithm = rest.next().unwrap().whole.to_vec();
        let signature = rest.next().unwrap().content.to_vec();
        let unsigned = rest.next_if(|one| one.tag == CONTEXT_1).map(set).unwrap_or_default();
        Self { version, identifier, digest_algorithm, signed, signature_algorithm, signature, unsigned }
    }

    fn to_der(&self) -> Vec<u8> {
        let signed = self.signed.as_ref().map(|signed| tlv(CONTEXT_0, &slices(signed))).unwrap_or_default();
        let unsigned = tlv(CONTEXT_1, &slices(&self.unsigned));
        let signature = tlv(OCTET_STRING, &[&self.signature]);
        let head = [&self.version, &self.digest_algorithm, &self.identifier];
        let [version, digest_algorithm, identifier] = head.map(Vec::as_slice);
        let unsigned: &[u8] = if self.unsigned.is_empty() { &[] } else { &unsigned };
        tlv(
            SEQUENCE,
            &[version, identifier, digest_algorithm, &signed, &self.signature_algorithm, &signature, unsigned],
        )
    }

    /// The signed attributes as the SET OF that gets signed (RFC 5652, 5.4), in the order in which they stand.
    pub(crate) fn message(&self) -> Vec<u8> {
        tlv(SET, &slices(self.signed.as_ref().unwrap()))
    }

    /// The place of the signed attribute `oid`.
    pub(crate) fn place(&self, oid: &[u8]) -> Option<usize> {
        self.signed.as_ref().unwrap().iter().position(|one| Value::read(one).child(0).content == oid)
    }

    /// The values of the signed attribute `oid`, each DER.
    pub(crate) fn values(&self, oid: &[u8]) -> Vec<Vec<u8>> {
        let attribute = &self.signed.as_ref().unwrap()[self.place(oid).unwrap()];
        Value::read(attribute).child(1).children().iter().map(|one| one.whole.to_vec()).collect()
    }
}

/// An attribute with one value for each of `values`.
pub(crate) fn attribute(oid: &[u8], values: &[&[u8]]) -> Vec<u8> {
    tlv(SEQUENCE, &[&tlv(OID, &[oid]), &tlv(SET, values)])
}

pub(crate) fn slices(parts: &[Vec<u8>]) -> Vec<&[u8]> {
    parts.iter().map(Vec::as_slice).collect()
}

pub(crate) fn sha256(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}
