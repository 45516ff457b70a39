//! The private key on its token.
//!
//! Invariant: one key or an error that lists what is there.

use std::fmt;
use std::num::NonZeroUsize;

use cryptoki::error::Error as Cause;
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;

use super::fault::{Fault, Outcome};
use super::key::KeyChoice;
use crate::digest::hex;
use crate::error::{Error, ErrorClass, ErrorKind};

/// How many objects that fit are looked at. AWS CloudHSM holds 3,333 key pairs at most (its quotas, hsm2m.medium); a module that finds
/// objects without end is stopped here.
const LOOKED_AT: usize = 4_096;
/// How many are asked for at once (`C_FindObjects`, `ulMaxObjectCount`).
const BATCH: NonZeroUsize = NonZeroUsize::new(256).unwrap();
/// How many a message names: all that a YubiHSM 2 can hold (its user guide: 256 objects).
const NAMED: usize = 256;

/// A private key, as far as it can be seen.
pub(super) struct PrivateKey {
    pub(super) handle: ObjectHandle,
    pub(super) label: String,
    pub(super) id: Vec<u8>,
    /// RSA, EC, as far as the token says.
    key_type: Option<KeyType>,
    /// `CKA_SIGN`; true where the token does not say.
    may_sign: bool,
    /// `CKA_ALWAYS_AUTHENTICATE`: every signature wants the PIN.
    pub(super) always_authenticate: bool,
    modulus: Option<Vec<u8>>,
    exponent: Option<Vec<u8>>,
    point: Option<Vec<u8>>,
}

/// The public half, where the token shows it.
pub(super) enum PublicHalf {
    Rsa {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
    /// As `CKA_EC_POINT` has it: the point of X9.62, in an OCTET STRING or bare.
    Point(Vec<u8>),
    /// Not shown; all that is known is `CKA_KEY_TYPE`.
    Unseen(Option<KeyType>),
}

impl PrivateKey {
    /// The one signing key that `choice` fits.
    pub(super) fn find(session: &Session, choice: &KeyChoice) -> Outcome<Self> {
        let mut template = vec![Attribute::Class(ObjectClass::PRIVATE_KEY)];
        template.extend(choice.label.as_ref().map(|label| Attribute::Label(label.as_bytes().to_vec())));
        template.extend(choice.id.clone().map(Attribute::Id));
        let fitting = Self::all(session, &template)?.whole()?;
        let mut signing: Vec<Self> = fitting.into_iter().filter(|key| key.may_sign).collect();
        match (signing.pop(), signing.len()) {
            (Some(key), 0) => Ok(key),
            (None, _) => {
                let there = Self::all(session, &[Attribute::Class(ObjectClass::PRIVATE_KEY)])?;
                Err(unclear(format!("no private key that may sign fits: {choice}"), &there))
            }
            (Some(last), others) => {
                signing.push(last);
                let count = others.saturating_add(1);
                Err(unclear(format!("{count} private keys fit where one must: {choice}"), &signing.into()))
            }
        }
    }

    /// The public half, from the private key or from the public key with the same `CKA_ID`.
    pub(super) fn public_half(&self, session: &Session) -> Outcome<PublicHalf> {
        let mut places = vec![(self.modulus.clone(), self.exponent.clone(), self.point.clone())];
        if !self.id.is_empty() {
            let template = [Attribute::Class(ObjectClass::PUBLIC_KEY), Attribute::Id(self.id.clone())];
            let public = Self::all(session, &template)?.whole()?;
            places.extend(public.into_iter().map(|key| (key.modulus, key.exponent, key.point)));
        }
        let seen = places.into_iter().find_map(|place| match place {
            (Some(modulus), Some(exponent), _) => Some(PublicHalf::Rsa { modulus, exponent }),
            (_, _, Some(point)) => Some(PublicHalf::Point(point)),
            _ => None,
        });
        Ok(seen.unwrap_or(PublicHalf::Unseen(self.key_type)))
    }

    fn all(session: &Session, template: &[Attribute]) -> Outcome<Found<Self>> {
        let found = Found::handles(session, template);
        let found = found.map_err(|cause| Fault::new("the token's keys cannot be listed", cause))?;
        found.read(|handle| Self::read(session, handle))
    }

    fn read(session: &Session, handle: ObjectHandle) -> Outcome<Self> {
        let wanted = [
            AttributeType::Label,
            AttributeType::Id,
            AttributeType::KeyType,
            AttributeType::Sign,
            AttributeType::AlwaysAuthenticate,
            AttributeType::Modulus,
            AttributeType::PublicExponent,
            AttributeType::EcPoint,
        ];
        let mut key = Self {
            handle,
            label: String::new(),
            id: Vec::new(),
            key_type: None,
            may_sign: true,
            always_authenticate: false,
            modulus: None,
            exponent: None,
            point: None,
        };
        let attributes = session.get_attributes(handle, &wanted);
        for attribute in attributes.map_err(|cause| Fault::new("a key on the token cannot be read", cause))? {
            match attribute {
                Attribute::Label(label) => key.label = String::from_utf8_lossy(&label).into_owned(),
                Attribute::Id(id) => key.id = id,
                Attribute::KeyType(key_type) => key.key_type = Some(key_type),
                Attribute::Sign(may) => key.may_sign = may,
                Attribute::AlwaysAuthenticate(always) => key.always_authenticate = always,
                Attribute::Modulus(value) => key.modulus = filled(value),
                Attribute::PublicExponent(value) => key.exponent = filled(value),
                Attribute::EcPoint(value) => key.point = filled(value),
                _ => {}
            }
        }
        Ok(key)
    }
}

/// What fits on a token, as far as it was looked at.
pub(super) struct Found<T> {
    things: Vec<T>,
    /// There is more, which was not looked at.
    is_cut: bool,
}

impl Found<ObjectHandle> {
    /// The objects that fit `template`.
    pub(super) fn handles(session: &Session, template: &[Attribute]) -> Result<Self, Cause> {
        let objects = session.iter_objects_with_cache_size(template, BATCH)?;
        Self::first(objects, LOOKED_AT)
    }
}

impl<T> Found<T> {
    fn first<E>(all: impl Iterator<Item = Result<T, E>>, limit: usize) -> Result<Self, E> {
        let mut things = all.take(limit.saturating_add(1)).collect::<Result<Vec<T>, E>>()?;
        let is_cut = things.len() > limit;
        things.truncate(limit);
        Ok(Self { things, is_cut })
    }

    /// What `read` makes of each.
    pub(super) fn read<U>(self, read: impl FnMut(T) -> Outcome<U>) -> Outcome<Found<U>> {
        Ok(Found { things: self.things.into_iter().map(read).collect::<Outcome<_>>()?, is_cut: self.is_cut })
    }

    /// All that there is. Who chooses from a part might choose another than from the whole, so a part is an error.
    pub(super) fn whole(self) -> Outcome<Vec<T>> {
        if !self.is_cut {
            return Ok(self.things);
        }
        let message = format!("more than {} objects on the token fit, which are not looked at", self.things.len());
        let error = Error::new(ErrorKind::Limit, message).class_is(ErrorClass::Operator);
        Err(error.advise("choose by label (`object` in a URI) and id").into())
    }
}

impl<T: PartialEq> Found<Option<T>> {
    /// Those that are there, each once.
    pub(super) fn distinct(self) -> Found<T> {
        let mut things: Vec<T> = Vec::new();
        for thing in self.things.into_iter().flatten() {
            if !things.contains(&thing) {
                things.push(thing);
            }
        }
        Found { things, is_cut: self.is_cut }
    }
}

impl<T> From<Vec<T>> for Found<T> {
    fn from(things: Vec<T>) -> Self {
        Self { things, is_cut: false }
    }
}

impl<T: fmt::Display> Found<T> {
    /// Their names in one line, and how many more there are.
    pub(super) fn named(&self) -> String {
        let mut names: Vec<String> = self.things.iter().take(NAMED).map(ToString::to_string).collect();
        match (self.things.len().saturating_sub(names.len()), self.is_cut) {
            (_, true) => names.push(format!("and more; only {} were looked at", self.things.len())),
            (0, false) => {}
            (rest, false) => names.push(format!("and {rest} more")),
        }
        if names.is_empty() { "there is none at all".to_owned() } else { format!("there: {}", names.join("; ")) }
    }
}

impl fmt::Display for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key_type = match self.key_type {
            Some(KeyType::RSA) => "RSA",
            Some(KeyType::EC) => "EC",
            Some(KeyType::EC_EDWARDS) => "Edwards",
            _ => "other",
        };
        write!(f, "{key_type} key label `{}`, id `{}`", self.label, hex(&self.id))?;
        f.write_str(if self.may_sign { "" } else { " (may not sign: CKA_SIGN)" })
    }
}

fn filled(value: Vec<u8>) -> Option<Vec<u8>> {
    (!value.is_empty()).then_some(value)
}

fn unclear(message: String, there: &Found<PrivateKey>) -> Fault {
    let error = Error::new(ErrorKind::Key, message).at(there.named());
    error.advise("choose by label (`object` in a URI) and id; keys are seen after login only").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(count: usize, limit: usize) -> Found<usize> {
        Found::first((0..count).map(Ok::<_, Fault>), limit).unwrap()
    }

    #[test]
    fn a_part_is_never_taken_for_the_whole() {
        for (count, limit) in [(0, 3), (2, 3), (3, 3)] {
            assert_eq!(found(count, limit).whole().unwrap(), (0..count).collect::<Vec<_>>());
        }
        // Also where they never end.
        let endless = Found::first((0_usize..).map(Ok::<_, Fault>), 3).unwrap().read(Ok).unwrap();
        let error = endless.whole().unwrap_err().error;
        assert_eq!((error.kind(), error.class()), (ErrorKind::Limit, ErrorClass::Operator), "{error}");
        assert!(error.to_string().contains("more than 3 objects"), "{error}");
    }

    #[test]
    fn what_is_not_named_is_counted() {
        assert_eq!(found(0, 9).named(), "there is none at all");
        assert_eq!(found(2, 9).named(), "there: 0; 1");
        assert_eq!(found(3, 2).named(), "there: 0; 1; and more; only 2 were looked at");
        assert!(found(NAMED, LOOKED_AT).named().ends_with("; 255"));
        assert!(found(NAMED + 7, LOOKED_AT).named().ends_with("; 255; and 7 more"));
    }
}
