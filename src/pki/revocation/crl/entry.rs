//! Entries of a CRL, searched in the received bytes.

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5912;
use der::{Any, Decode, Reader, SliceReader};

use super::{Reason, RevocationFault};
use crate::pki::asn1_time::time_of;
use crate::pki::extension::{Extension, repeated, value};
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

impl CrlEntry {
    /// For good before on hold before released, and the earliest first.
    fn gravity(&self) -> (u8, Time) {
        let kind = match self.reason {
            Reason::RemoveFromCrl => 2,
            reason if reason.is_hold() => 1,
            _ => 0,
        };
        (kind, self.revoked_at)
    }
}

/// Where the entries of a list stand, ordered by serial number: a list is read once, however many certificates it is asked about.
#[derive(Debug)]
pub(super) struct Index(Vec<Place>);

/// Positions in the content of `revokedCertificates`.
#[derive(Clone, Copy, Debug)]
struct Place {
    entry: u32,
    /// The entry that says whose this one is: the last certificateIssuer before it (RFC 5280, 5.3.3); none: the list's own issuer.
    owner: Option<u32>,
}

/// The content of `revokedCertificates`, and what the list says of it.
#[derive(Clone, Copy)]
pub(super) struct Entries<'a> {
    pub(super) content: &'a [u8],
    pub(super) crl_issuer: &'a Name,
    pub(super) indirect: bool,
}

impl<'a> Entries<'a> {
    /// Reads every entry: each may make the list unusable.
    pub(super) fn index(self) -> Result<Index, RevocationFault> {
        let mut places: Vec<(&[u8], Place)> = Vec::new();
        let mut owner = None;
        let mut reader = SliceReader::new(self.content)?;
        while !reader.is_finished() {
            let entry = u32::from(reader.position());
            let raw = RawEntry::read(&mut reader)?;
            if (self.indirect && raw.extensions.is_some()) || raw.may_be_critical() {
                let extensions = raw.extensions()?;
                if self.owners(&extensions)?.is_some() {
                    owner = Some(entry);
                }
            }
            places.push((raw.serial, Place { entry, owner }));
        }
        places.sort_by_key(|(serial, _)| *serial);
        Ok(Index(places.into_iter().map(|(_, place)| place).collect()))
    }

    /// The entry for the certificate `serial` of `issuer`; of several, which no list should have, the gravest.
    pub(super) fn find(self, index: &Index, issuer: &Name, serial: &[u8]) -> Result<Option<CrlEntry>, RevocationFault> {
        let mut gravest: Option<CrlEntry> = None;
        let first = index.0.partition_point(|place| self.at(place.entry).is_ok_and(|entry| entry.serial < serial));
        for place in index.0.iter().skip(first) {
            let entry = self.at(place.entry)?;
            if entry.serial != serial {
                break;
            }
            let extensions = entry.extensions()?;
            self.owners(&extensions)?;
            if self.is_of(*place, issuer)? {
                let found = entry.entry(&extensions)?;
                gravest = gravest.into_iter().chain([found]).min_by_key(CrlEntry::gravity);
            }
        }
        Ok(gravest)
    }

    fn is_of(self, place: Place, issuer: &Name) -> Result<bool, RevocationFault> {
        let Some(owner) = place.owner else { return Ok(issuer == self.crl_issuer) };
        let owners = self.owners(&self.at(owner)?.extensions()?)?;
        Ok(owners.is_some_and(|owners| owners.contains(&GeneralName::Directory(issuer.clone()))))
    }

    /// Checks the extensions of an entry; who it and those after it belong to, where it says so.
    fn owners(self, extensions: &[Extension]) -> Result<Option<Vec<GeneralName>>, RevocationFault> {
        check(extensions)?;
        match value(extensions, rfc5912::ID_CE_CERTIFICATE_ISSUER) {
            Some(_) if !self.indirect => Err(RevocationFault::NotIndirect),
            Some(names) => Ok(Some(general_names(names)?)),
            None => Ok(None),
        }
    }

    fn at(self, position: u32) -> der::Result<RawEntry<'a>> {
        let rest = usize::try_from(position).ok().and_then(|position| self.content.get(position..));
        RawEntry::read(&mut SliceReader::new(rest.unwrap_or_default())?)
    }
}

struct RawEntry<'a> {
    serial: &'a [u8],
    revocation_date: &'a [u8],
    extensions: Option<&'a [u8]>,
}

impl<'a> RawEntry<'a> {
    fn read(reader: &mut SliceReader<'a>) -> der::Result<Self> {
        reader.sequence(|reader| {
            let serial = minimal(der::asn1::AnyRef::decode(reader)?.value());
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
        let reason = value(extensions, rfc5912::ID_CE_CRL_REASONS).map_or(Reason::Unspecified, Reason::from_der);
        Ok(CrlEntry { revoked_at, reason })
    }
}

/// An integer's content without the octets that say nothing: no list should have them (X.690, 8.3.2), but what it revokes is revoked.
fn minimal(mut integer: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = integer {
        match (first, rest.first()) {
            (0, Some(next)) if *next < 0x80 => integer = rest,
            (0xff, Some(next)) if *next >= 0x80 => integer = rest,
            _ => break,
        }
    }
    integer
}

fn check(extensions: &[Extension]) -> Result<(), RevocationFault> {
    if let Some(oid) = repeated(extensions) {
        return Err(RevocationFault::RepeatedExtension(oid.clone()));
    }
    let unknown = extensions.iter().find(|one| one.is_unknown_critical(&KNOWN_EXTENSIONS));
    unknown.map_or(Ok(()), |extension| Err(RevocationFault::CriticalExtension(extension.extn_id.clone())))
}
