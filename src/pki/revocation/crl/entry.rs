//! Entries of a CRL, searched in the received bytes.

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5912;
use der::{Any, Decode, Reader, SliceReader};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::CrlReason;

use super::{Reason, RevocationFault};
use crate::pki::asn1_time::time_of;
use crate::pki::general_name::{GeneralName, general_names};
use crate::pki::name::Name;
use crate::time::Time;

/// Entry extensions that this crate processes (RFC 5280, 5.3); the last is the hold instruction of RFC 3280.
const KNOWN_EXTENSIONS: [ObjectIdentifier; 4] = [
    rfc5912::ID_CE_CRL_REASONS,
    rfc5912::ID_CE_CERTIFICATE_ISSUER,
    rfc5912::ID_CE_INVALIDITY_DATE,
    ObjectIdentifier::new_unwrap("2.5.29.23"),
];
/// `critical TRUE`: entries without these bytes have no critical extension and need not be read.
const CRITICAL: [u8; 3] = [0x01, 0x01, 0xff];

/// A certificate that is revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CrlEntry {
    pub(crate) revoked_at: Time,
    pub(crate) reason: Reason,
}

/// Searches `entries`, the content of `revokedCertificates`.
pub(super) fn find(
    entries: &[u8],
    crl_issuer: &Name,
    indirect: bool,
    issuer: &Name,
    serial: &[u8],
) -> Result<Option<CrlEntry>, RevocationFault> {
    let mut found = None;
    // An entry belongs to the issuer that the last certificateIssuer before it named (RFC 5280, 5.3.3).
    let mut is_ours = issuer == crl_issuer;
    let mut reader = SliceReader::new(entries)?;
    while !reader.is_finished() {
        let raw = RawEntry::read(&mut reader)?;
        let is_hit = raw.serial == serial;
        if !(is_hit || indirect || raw.may_be_critical()) {
            continue;
        }
        let extensions = raw.extensions()?;
        check(&extensions)?;
        if let Some(names) = value(&extensions, rfc5912::ID_CE_CERTIFICATE_ISSUER) {
            if !indirect {
                return Err(RevocationFault::NotIndirect);
            }
            is_ours = general_names(names)?.contains(&GeneralName::Directory(issuer.clone()));
        }
        if is_hit && is_ours && found.is_none() {
            found = Some(raw.entry(&extensions)?);
        }
    }
    Ok(found)
}

struct RawEntry<'a> {
    serial: &'a [u8],
    revocation_date: &'a [u8],
    extensions: Option<&'a [u8]>,
}

impl<'a> RawEntry<'a> {
    fn read(reader: &mut SliceReader<'a>) -> der::Result<Self> {
        reader.sequence(|reader| {
            let serial = der::asn1::AnyRef::decode(reader)?.value();
            let revocation_date = reader.tlv_bytes()?;
            let extensions = if reader.is_finished() { None } else { Some(reader.tlv_bytes()?) };
            Ok(Self { serial, revocation_date, extensions })
        })
    }

    fn may_be_critical(&self) -> bool {
        self.extensions.is_some_and(|der| der.windows(CRITICAL.len()).any(|window| window == CRITICAL))
    }

    fn extensions(&self) -> der::Result<Vec<Extension>> {
        self.extensions.map_or(Ok(Vec::new()), Vec::<Extension>::from_der)
    }

    fn entry(&self, extensions: &[Extension]) -> der::Result<CrlEntry> {
        let revoked_at = time_of(&Any::from_der(self.revocation_date)?)?;
        let reason = value(extensions, rfc5912::ID_CE_CRL_REASONS).and_then(|der| CrlReason::from_der(der).ok());
        Ok(CrlEntry { revoked_at, reason: reason.into() })
    }
}

fn check(extensions: &[Extension]) -> Result<(), RevocationFault> {
    let unknown = extensions.iter().find(|one| one.critical && !KNOWN_EXTENSIONS.contains(&one.extn_id));
    unknown.map_or(Ok(()), |extension| Err(RevocationFault::CriticalExtension(extension.extn_id)))
}

fn value(extensions: &[Extension], oid: ObjectIdentifier) -> Option<&[u8]> {
    extensions.iter().find(|extension| extension.extn_id == oid).map(|extension| extension.extn_value.as_bytes())
}
