//! Who is in force when: the root, the issuing authorities, the timestamp units and the OCSP responders.
//!
//! Invariant: an entity follows from the seed and its label; keeping it is for speed only.

use std::collections::BTreeMap;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use super::certificate::{Purpose, certificate};
use super::subscriber::{Key, Subscriber};
use super::{Authority, Misbehaviour, OcspSigner, Shape};
use crate::digest::hex;
use crate::error::{Error, ErrorKind, Result};
use crate::pki::certificate::Certificate;
use crate::software::derived::Derived;
use crate::software::key::PrivateKey;
use crate::time::Time;

/// The root's label.
pub(super) const ROOT: &str = "root";
/// The label of the root that certified the other one.
const OTHER_ROOT: &str = "other-root";
/// How the labels of CRL issuers begin.
const CRL_ISSUER: &str = "crls-";
pub(super) const DAY: Duration = Duration::from_secs(86_400);
pub(super) const HOUR: Duration = Duration::from_secs(3_600);
pub(super) const YEAR: Duration = Duration::from_secs(365 * DAY.as_secs());
const LIFE: Duration = Duration::from_secs(60 * YEAR.as_secs());
const ISSUER_EVERY: Duration = Duration::from_secs(4 * YEAR.as_secs());
/// One every 4 years, for 60 years.
const ISSUERS: u64 = 15;
const ISSUER_LIFE: Duration = Duration::from_secs(15 * YEAR.as_secs());
const SUBSCRIBER_LIFE: Duration = Duration::from_secs(3 * YEAR.as_secs());
/// Japanese timestamp authorities use a key for a year and let its certificate live for 11, so that a timestamp lasts
/// for 10.
const TSA_YEARS: u8 = 11;
/// A year, and a month in which its last answers can still be checked.
const RESPONDER_LIFE: Duration = Duration::from_secs(395 * DAY.as_secs());

/// Somebody in the hierarchy with a key and a certificate.
pub(super) struct Entity {
    /// Unique within the authority; for an issuer also its path in addresses.
    pub(super) label: String,
    pub(super) key: PrivateKey,
    pub(super) certificate: Certificate,
    issuer: Option<Arc<Entity>>,
}

impl Entity {
    /// The certificate, then those above it, without the root.
    pub(super) fn chain(&self) -> impl Iterator<Item = &Certificate> {
        let upward = std::iter::successors(Some(self), |one| one.issuer.as_deref());
        upward.filter(|one| one.issuer.is_some()).map(|one| &one.certificate)
    }
}

/// What an entity is to be.
pub(super) struct Template<'a> {
    pub(super) label: String,
    pub(super) common_name: &'a str,
    pub(super) purpose: Purpose,
    pub(super) key: Key,
    pub(super) validity: (Time, Time),
}

/// What everything follows from.
pub(super) struct Origin {
    pub(super) seed: Vec<u8>,
    /// Tells this authority's names and addresses from those of others.
    pub(super) tag: String,
    pub(super) epoch: Time,
    pub(super) shape: Shape,
}

impl Origin {
    pub(super) fn new(seed: &[u8], now: Time, shape: Shape) -> Self {
        let tag = hex(&Derived::from_parts(&[seed, b"tag"]).bytes::<4>());
        Self { seed: seed.to_vec(), tag, epoch: now.before(DAY), shape }
    }

    pub(super) fn root(&self) -> Result<Entity> {
        let template = Template {
            label: ROOT.to_owned(),
            common_name: &format!("Root CA {}", self.tag),
            purpose: Purpose::Root,
            key: self.shape.key(),
            validity: (self.epoch, self.end()),
        };
        self.make(None, &template)
    }

    /// The root that certified the other one.
    pub(super) fn other_root(&self) -> Result<Entity> {
        let template = Template {
            label: OTHER_ROOT.to_owned(),
            common_name: &format!("Other Root CA {}", self.tag),
            purpose: Purpose::Root,
            key: self.shape.key(),
            validity: (self.epoch, self.end()),
        };
        self.make(None, &template)
    }

    /// What the other root says of `root`: its name and its key.
    fn cross_certificate(&self, root: &Entity, other: &Entity) -> Result<Certificate> {
        let template = Template {
            label: "cross".to_owned(),
            common_name: &format!("Root CA {}", self.tag),
            purpose: Purpose::Intermediate,
            key: self.shape.key(),
            validity: (self.epoch, self.end()),
        };
        certificate(self, Some(other), &root.key, &template)
    }

    /// The name of who signs the CRLs of the issuer `label`.
    pub(super) fn crl_issuer_name(&self, label: &str) -> String {
        format!("CRL Issuer of {label} {}", self.tag)
    }

    /// A serial number of 16 bytes: the first 8 follow from the label, the last 8 from the first.
    pub(super) fn serial(&self, label: &str) -> [u8; 16] {
        let mut head: [u8; 8] = Derived::from_parts(&[&self.seed, b"serial", label.as_bytes()]).bytes();
        // Positive, and 16 bytes long without a leading zero (RFC 5280, 4.1.2.2).
        head[0] = (head[0] & 0x7f) | 0x40;
        let mut serial = [0; 16];
        serial.iter_mut().zip(head.into_iter().chain(self.serial_tail(&head))).for_each(|(to, from)| *to = from);
        serial
    }

    /// Whether a serial number is one of this authority's: nothing needs to be remembered for that.
    pub(super) fn is_ours(&self, serial: &[u8]) -> bool {
        serial.split_at_checked(8).is_some_and(|(head, tail)| self.serial_tail(head) == tail)
    }

    fn serial_tail(&self, head: &[u8]) -> [u8; 8] {
        Derived::from_parts(&[&self.seed, b"serial tail", head]).bytes()
    }

    fn make(&self, issuer: Option<Arc<Entity>>, template: &Template<'_>) -> Result<Entity> {
        let mut derived = Derived::from_parts(&[&self.seed, b"key", template.label.as_bytes()]);
        let key = template.key.make(&mut derived)?;
        let certificate = certificate(self, issuer.as_deref(), &key, template)?;
        Ok(Entity { label: template.label.clone(), key, certificate, issuer })
    }

    fn end(&self) -> Time {
        self.epoch.after(LIFE)
    }

    /// The validity of the `number`th of those that begin `every` so often, within the root's.
    fn validity(&self, number: u64, every: Duration, life: Duration) -> (Time, Time) {
        let begin = self.epoch.after(Duration::from_secs(every.as_secs().saturating_mul(number)));
        (begin, begin.after(life).min(self.end()))
    }

    /// Which of those that begin `every` so often is the newest at `time`.
    fn generation(&self, time: Time, every: Duration) -> Result<u64> {
        if time < self.epoch || self.end() <= time {
            return Err(Error::new(ErrorKind::Certificate, format!("the test authority does not exist at {time}"))
                .advise(format!("stay between {} and {}", self.epoch, self.end())));
        }
        let elapsed = time.to_unix().abs_diff(self.epoch.to_unix());
        Ok(elapsed.checked_div(every.as_secs()).unwrap_or(0))
    }
}

impl Authority {
    /// The issuing authority in force at `time`.
    pub(super) fn issuer(&self, time: Time) -> Result<Arc<Entity>> {
        self.issuer_number(self.origin.generation(time, ISSUER_EVERY)?)
    }

    /// The issuer whose addresses contain `label`: the root or an issuing authority.
    pub(super) fn issuer_labelled(&self, label: &str) -> Result<Arc<Entity>> {
        match label.strip_prefix("ca-").map(str::parse) {
            Some(Ok(number)) if number < ISSUERS => self.issuer_number(number),
            None if label == ROOT => Ok(Arc::clone(&self.root)),
            None if label == OTHER_ROOT && self.origin.shape.is_cross_certified => Ok(Arc::clone(&self.anchor)),
            None => match label.strip_prefix(CRL_ISSUER).filter(|rest| !rest.starts_with(CRL_ISSUER)) {
                Some(rest) if self.origin.shape.has_crl_issuers => self.crl_issuer(&self.issuer_labelled(rest)?),
                _ => self.tsa_authority_labelled(label),
            },
            _ => Err(Error::new(ErrorKind::Fetch, "404 Not Found").at(label)),
        }
    }

    fn issuer_number(&self, number: u64) -> Result<Arc<Entity>> {
        self.entity(
            &self.root,
            Template {
                label: format!("ca-{number}"),
                common_name: &format!("Issuing CA {number} {}", self.origin.tag),
                purpose: Purpose::Issuer,
                key: self.origin.shape.key(),
                validity: self.origin.validity(number, ISSUER_EVERY, ISSUER_LIFE),
            },
        )
    }

    /// What is served as the certificate of `issuer`.
    pub(super) fn certificates_of(&self, issuer: &Entity) -> Result<Vec<Certificate>> {
        let mut certificates = vec![issuer.certificate.clone()];
        if issuer.label == ROOT && self.origin.shape.is_cross_certified {
            certificates.push(self.origin.cross_certificate(&self.root, &self.anchor)?);
        }
        Ok(certificates)
    }

    /// Who signs the CRLs of `issuer`.
    pub(super) fn crl_issuer(&self, issuer: &Arc<Entity>) -> Result<Arc<Entity>> {
        if !self.origin.shape.has_crl_issuers {
            return Ok(Arc::clone(issuer));
        }
        let validity = (issuer.certificate.not_before(), issuer.certificate.not_after());
        let template = Template {
            label: format!("{CRL_ISSUER}{}", issuer.label),
            common_name: &self.origin.crl_issuer_name(&issuer.label),
            purpose: Purpose::CrlIssuer,
            key: self.origin.shape.key(),
            validity,
        };
        self.entity(issuer, template)
    }

    fn tsa_authority_labelled(&self, label: &str) -> Result<Arc<Entity>> {
        let not_found = || Error::new(ErrorKind::Fetch, "404 Not Found").at(label);
        let (number, level) =
            label.strip_prefix("tsa-ca-").and_then(|rest| rest.split_once('-')).ok_or_else(not_found)?;
        let (number, level) = number.parse().ok().zip(level.parse().ok()).ok_or_else(not_found)?;
        if number >= ISSUERS || level >= self.origin.shape.tsa_authorities {
            return Err(not_found());
        }
        self.tsa_authority(number, level)
    }

    /// One of the authorities between the root and the timestamp units, counted from the root.
    fn tsa_authority(&self, number: u64, level: u8) -> Result<Arc<Entity>> {
        let mut issuer = Arc::clone(&self.root);
        for level in 0..=level {
            let template = Template {
                label: format!("tsa-ca-{number}-{level}"),
                common_name: &format!("Timestamp CA {number} level {level} {}", self.origin.tag),
                purpose: Purpose::Intermediate,
                key: self.origin.shape.key(),
                validity: self.origin.validity(number, ISSUER_EVERY, ISSUER_LIFE),
            };
            issuer = self.entity(&issuer, template)?;
        }
        Ok(issuer)
    }

    /// Who issues the timestamp units at `time`.
    fn tsa_issuer(&self, time: Time) -> Result<Arc<Entity>> {
        match self.origin.shape.tsa_authorities.checked_sub(1) {
            Some(level) => self.tsa_authority(self.origin.generation(time, ISSUER_EVERY)?, level),
            None => self.issuer(time),
        }
    }

    /// The timestamp unit in force at `time`, its certificate as spoilt as `misbehaviour` wants it.
    pub(super) fn tsa(&self, time: Time, misbehaviour: Option<Misbehaviour>) -> Result<Arc<Entity>> {
        let number = self.origin.generation(time, YEAR)?;
        let life = YEAR.saturating_mul(self.origin.shape.tsa_years.unwrap_or(TSA_YEARS).into());
        let (not_before, not_after) = self.origin.validity(number, YEAR, life);
        let (form, purpose, validity) = match misbehaviour {
            Some(Misbehaviour::ExpiredCertificate) => ("-expired", Purpose::Tsa, (time.before(YEAR), time.before(DAY))),
            Some(Misbehaviour::NotYetValid) => ("-early", Purpose::Tsa, (time.after(DAY), not_after)),
            Some(Misbehaviour::NoExtendedKeyUsage) => ("-none", Purpose::AnyUse, (not_before, not_after)),
            Some(Misbehaviour::NonCriticalExtendedKeyUsage) => {
                ("-lax", Purpose::NonCriticalTsa, (not_before, not_after))
            }
            Some(Misbehaviour::SecondExtendedKeyUsage) => ("-wide", Purpose::TsaAndMore, (not_before, not_after)),
            _ => ("", Purpose::Tsa, (not_before, not_after)),
        };
        self.entity(
            &self.tsa_issuer(time)?,
            Template {
                label: format!("tsa-{number}{form}-{}-{}", validity.0.to_unix(), validity.1.to_unix()),
                common_name: &format!("Timestamp Unit {number} {}", self.origin.tag),
                purpose,
                key: self.origin.shape.key(),
                validity,
            },
        )
    }

    /// Who answers for `issuer` at `time`: its responder, or one that nobody allowed to (RFC 6960, 4.2.2.2).
    pub(super) fn responder(
        &self,
        issuer: &Arc<Entity>,
        time: Time,
        misbehaviour: Option<Misbehaviour>,
    ) -> Result<Arc<Entity>> {
        let number = self.origin.generation(time, YEAR)?;
        let (form, purpose) = match (misbehaviour, self.origin.shape.ocsp_signer) {
            (Some(Misbehaviour::OcspWrongResponder), _) => ("-usurper", Purpose::AnyUse),
            // The key of a root is not at hand every day.
            (None, OcspSigner::Issuer) if issuer.issuer.is_some() => return Ok(Arc::clone(issuer)),
            (_, OcspSigner::DelegatedWithStatus) => ("-checked", Purpose::CheckedResponder),
            _ => ("", Purpose::Responder),
        };
        self.entity(
            issuer,
            Template {
                label: format!("ocsp-{}-{number}{form}", issuer.label),
                common_name: &format!("OCSP Responder {number} of {} {}", issuer.label, self.origin.tag),
                purpose,
                key: self.origin.shape.key(),
                validity: self.origin.validity(number, YEAR, RESPONDER_LIFE),
            },
        )
    }

    pub(super) fn subscriber(&self, subscriber: &Subscriber) -> Result<Arc<Entity>> {
        let Subscriber { common_name, key, validity } = subscriber;
        let validity = validity.unwrap_or((self.origin.epoch, self.origin.epoch.after(SUBSCRIBER_LIFE)));
        if validity.1 < validity.0 {
            return Err(Error::new(ErrorKind::Certificate, "the validity ends before it begins").at(common_name));
        }
        self.entity(
            &self.issuer(validity.0)?,
            Template {
                label: format!("{common_name}/{}/{}/{}", key.label()?, validity.0.to_unix(), validity.1.to_unix()),
                common_name,
                purpose: Purpose::Signer,
                key: key.clone(),
                validity,
            },
        )
    }

    /// The entity of `template`, made when it is first asked for.
    fn entity(&self, issuer: &Arc<Entity>, template: Template<'_>) -> Result<Arc<Entity>> {
        if let Some(entity) = self.kept().get(&template.label) {
            return Ok(Arc::clone(entity));
        }
        let entity = Arc::new(self.origin.make(Some(Arc::clone(issuer)), &template)?);
        self.kept().insert(template.label, Arc::clone(&entity));
        Ok(entity)
    }

    fn kept(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Entity>>> {
        self.entities.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
