//! Whether the signature to be made is what the author of its field asks for (ISO 32000-2, 12.7.5.5, table 237).
//!
//! Invariant: fail closed. What this release cannot do, does not know or cannot read is not met.
//!
//! Nouns: [`Plan`] (the signature to be made), [`Objection`] (a constraint that it does not meet).

mod certificate;

use crate::digest::DigestAlgorithm;
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use crate::pdf::seed_value::{Constraint, LockDocument, Requirement, SeedValue};
use crate::pdf::transform::Certification;
use crate::port::Identity;

/// The handler that every signature of this crate names (`/Filter`).
const FILTER: &str = "Adobe.PPKLite";
/// The last edition whose seed values are understood: PDF 2.0.
const VERSION: i64 = 3;

/// The signature to be made, as far as seed values speak of it.
pub(super) struct Plan<'p> {
    pub(super) sub_filter: &'static str,
    pub(super) digest: DigestAlgorithm,
    pub(super) reason: Option<&'p str>,
    pub(super) certification: Option<Certification>,
    /// What the signature will leave for others to do, where it says anything.
    pub(super) permission: Option<Certification>,
    pub(super) token_room: usize,
    /// What the document's `/Legal` attests (12.8.7).
    pub(super) attestation: Option<&'p str>,
    /// Who signs, where that is known already.
    pub(super) identity: Option<&'p Identity>,
    pub(super) limits: &'p Limits,
}

/// A constraint that is not met: why, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Objection {
    pub(super) requirement: Requirement,
    pub(super) entry: &'static str,
    pub(super) why: String,
    advice: String,
}

/// Every constraint among `seeds` that `plan` does not meet, optional ones too.
pub(super) fn objections(seeds: &[SeedValue], plan: &Plan<'_>) -> Vec<Objection> {
    let judge = |seed: &SeedValue| {
        let (why, advice) = plan.judge(&seed.constraint).err()?;
        Some(Objection { requirement: seed.requirement, entry: seed.constraint.entry(), why, advice })
    };
    seeds.iter().filter_map(judge).collect()
}

impl Objection {
    pub(super) fn to_error(&self, field: &str) -> Error {
        let message = format!("the field requires another signature, says its /{}: {}", self.entry, self.why);
        Error::new(ErrorKind::Field, message).at(format!("field \"{field}\"")).advise(self.advice.clone())
    }
}

/// Met, or why not and what to do.
type Judgement = Result<(), (String, String)>;

const CANNOT: &str = "sign another field, or ask whoever made the form; this release cannot meet it";

impl Plan<'_> {
    fn judge(&self, constraint: &Constraint) -> Judgement {
        match constraint {
            Constraint::Filter(name) => {
                meet(name == FILTER, || format!("the handler {name}, where this one is {FILTER}"), CANNOT)
            }
            Constraint::SubFilter(names) => {
                let is_met = names.iter().any(|name| name == self.sub_filter);
                meet(is_met, || format!("{}, where this one is {}", one_of(names), self.sub_filter), CANNOT)
            }
            Constraint::DigestMethod(names) => self.digest(names),
            Constraint::Version(version) => {
                meet(*version <= VERSION, || format!("entries of edition {version}, where {VERSION} is known"), CANNOT)
            }
            Constraint::Reasons(reasons) => self.reason(reasons),
            Constraint::Mdp(kind) => self.kind(*kind),
            Constraint::Timestamp(_) => meet(
                self.token_room > 0,
                || "a timestamp, where no room is left for one".to_owned(),
                "leave out timestamp_room(0), and call timestamp(&tsa) before finish()",
            ),
            Constraint::LegalAttestation(texts) => {
                let is_met = self.attestation.is_some_and(|text| texts.iter().any(|one| one == text));
                meet(is_met, || format!("an attestation in the document's /Legal, {}", one_of(texts)), CANNOT)
            }
            Constraint::AddRevInfo(add) => {
                let why = "revocation data inside the signature, which a PAdES signature has in the document instead";
                meet(!add, || why.to_owned(), CANNOT)
            }
            Constraint::LockDocument(lock) => self.lock(*lock),
            Constraint::AppearanceFilter(name) => {
                meet(false, || format!("an appearance called \"{name}\", where none has a name"), CANNOT)
            }
            Constraint::Url(kind) => meet(false, || format!("an address of the type {kind}"), CANNOT),
            Constraint::SignaturePolicy(oid) => meet(false, || format!("the signature policy {oid}"), CANNOT),
            Constraint::Unreadable(_) => meet(false, || "it cannot be read".to_owned(), CANNOT),
            Constraint::UnknownFlags(_) => meet(false, || "it has bits that no edition knows".to_owned(), CANNOT),
            Constraint::Subject(_)
            | Constraint::Issuer(_)
            | Constraint::Policies(_)
            | Constraint::SubjectDn(_)
            | Constraint::KeyUsage(_) => match self.identity {
                Some(identity) => certificate::judge(constraint, identity, self.limits),
                None => meet(
                    false,
                    || "certain certificates, where the certificate is not known yet".to_owned(),
                    "find out who signs, and use prepare(&identity) rather than reserve(…)",
                ),
            },
        }
    }

    // Departs: table 237 applies it to RSA keys alone, when there was nothing else but DSA; pyHanko and we apply it to all.
    // Test: each_constraint_is_met_or_named.
    fn digest(&self, names: &[String]) -> Judgement {
        let plain = |name: &str| name.replace('-', "").to_ascii_uppercase();
        let own = plain(self.digest.name());
        meet(
            names.iter().any(|name| plain(name) == own),
            || format!("{}, where this one uses {own}", one_of(names)),
            "choose the digest with Identity::with_algorithm, or with_algorithm of your signer",
        )
    }

    fn reason(&self, reasons: &[String]) -> Judgement {
        match (reasons, self.reason) {
            ([], None) => Ok(()),
            ([], Some(_)) => Err(("no reason at all, where one is given".to_owned(), "leave out reason(…)".to_owned())),
            (reasons, Some(own)) if reasons.iter().any(|reason| reason == own) => Ok(()),
            (reasons, own) => {
                let own = own.map_or_else(|| "none is given".to_owned(), |own| format!("this one is \"{own}\""));
                Err((
                    format!("a reason, {}, where {own}", one_of(reasons)),
                    "give one of them with reason(…)".to_owned(),
                ))
            }
        }
    }

    fn kind(&self, asked: Option<Certification>) -> Judgement {
        let advice = match asked {
            None => "leave out certify(…)".to_owned(),
            Some(permission) => format!("call certify(Certification::{permission:?})"),
        };
        let name = |kind: Option<Certification>| match kind {
            None => "an approval signature".to_owned(),
            Some(permission) => format!("a certification that permits {permission}"),
        };
        let why = || format!("{}, where this one is {}", name(asked), name(self.certification));
        meet(asked == self.certification, why, &advice)
    }

    fn lock(&self, lock: LockDocument) -> Judgement {
        let is_locked = self.permission == Some(Certification::NoChanges);
        match (lock, is_locked) {
            (LockDocument::Yes, false) => Err((
                "that the signature locks the document".to_owned(),
                "call lock(FieldLock::all().permission(Certification::NoChanges)), or certify(Certification::NoChanges)"
                    .to_owned(),
            )),
            (LockDocument::No, true) => {
                Err(("that the signature does not lock the document".to_owned(), "permit more than no changes".to_owned()))
            }
            _ => Ok(()),
        }
    }
}

fn meet(is_met: bool, why: impl FnOnce() -> String, advice: &str) -> Judgement {
    if is_met { Ok(()) } else { Err((why(), advice.to_owned())) }
}

fn one_of(texts: &[String]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| format!("\"{text}\"")).collect();
    match quoted.as_slice() {
        [] => "none of any".to_owned(),
        [only] => only.clone(),
        _ => format!("one of {}", quoted.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::fixture::party;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|&text| text.to_owned()).collect()
    }

    #[test]
    fn each_constraint_is_met_or_named() {
        use Constraint as C;
        let own = party(1, 1).issue(party(2, 2), &[]);
        let identity = Identity::new([own.der()]).unwrap();
        let limits = Limits::default();
        let plan = Plan {
            sub_filter: "ETSI.CAdES.detached",
            digest: DigestAlgorithm::Sha256,
            reason: Some("承認"),
            certification: None,
            permission: Some(Certification::FillForms),
            token_room: 1,
            attestation: Some("none"),
            identity: Some(&identity),
            limits: &limits,
        };
        let met = [
            C::Filter("Adobe.PPKLite".into()),
            C::SubFilter(texts(&["adbe.pkcs7.detached", "ETSI.CAdES.detached"])),
            C::DigestMethod(texts(&["SHA512", "SHA256"])),
            C::DigestMethod(texts(&["sha-256"])),
            C::Version(3),
            C::Reasons(texts(&["x", "承認"])),
            C::Mdp(None),
            C::Timestamp(None),
            C::LegalAttestation(texts(&["none"])),
            C::AddRevInfo(false),
            C::LockDocument(LockDocument::No),
            C::LockDocument(LockDocument::Auto),
        ];
        for constraint in met {
            assert_eq!(plan.judge(&constraint), Ok(()), "{constraint:?}");
        }
        let others = [
            (C::Filter("CICI.SignIt".into()), "CICI.SignIt"),
            (C::SubFilter(texts(&["adbe.pkcs7.detached"])), "adbe.pkcs7.detached"),
            (C::SubFilter(Vec::new()), "none of any"),
            (C::DigestMethod(texts(&["SHA384", "SHA512"])), "one of \"SHA384\", \"SHA512\""),
            (C::Version(4), "edition 4"),
            (C::Reasons(texts(&["契約"])), "契約"),
            (C::Reasons(Vec::new()), "no reason"),
            (C::Mdp(Some(Certification::FillForms)), "a certification"),
            (C::LegalAttestation(texts(&["all good"])), "all good"),
            (C::AddRevInfo(true), "revocation data"),
            (C::LockDocument(LockDocument::Yes), "locks the document"),
            (C::AppearanceFilter("seal".into()), "seal"),
            (C::Url("ASSP".into()), "ASSP"),
            (C::SignaturePolicy("1.2.3".into()), "1.2.3"),
            (C::Unreadable("SV"), "cannot be read"),
            (C::UnknownFlags("SV /Ff"), "no edition knows"),
        ];
        for (constraint, why) in others {
            let seed = SeedValue { requirement: Requirement::Required, constraint };
            let found = objections(std::slice::from_ref(&seed), &plan);
            let [objection] = found.as_slice() else { panic!("{seed:?}") };
            let error = objection.to_error("契約者").to_string();
            assert!(
                error.contains(why) && error.contains(seed.constraint.entry()) && error.contains("契約者"),
                "{error}"
            );
        }
        let certifying = Plan { certification: Some(Certification::NoChanges), reason: None, token_room: 0, ..plan };
        assert!(certifying.judge(&C::Mdp(None)).is_err() && certifying.judge(&C::Timestamp(None)).is_err());
        assert_eq!(certifying.judge(&C::Mdp(Some(Certification::NoChanges))), Ok(()));
        assert_eq!(certifying.judge(&C::Reasons(Vec::new())), Ok(()));
        assert!(certifying.judge(&C::Reasons(texts(&["x"]))).is_err());
    }
}
