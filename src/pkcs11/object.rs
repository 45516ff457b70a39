//! The private key on its token.
//!
//! Invariant: one key or an error that lists what is there.

use std::fmt;

use cryptoki::error::Error as Cause;
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;

use super::fault::{Fault, Outcome};
use super::key::KeyChoice;
use crate::digest::hex;
use crate::error::{Error, ErrorKind};

/// How many objects a message lists, and how many are looked at: a token may hold many thousands.
const LISTED: usize = 16;

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
        let fitting = Self::all(session, &template)?;
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
                Err(unclear(format!("{count} private keys fit where one must: {choice}"), &signing))
            }
        }
    }

    /// The public half, from the private key or from the public key with the same `CKA_ID`.
    pub(super) fn public_half(&self, session: &Session) -> Outcome<PublicHalf> {
        let mut places = vec![(self.modulus.clone(), self.exponent.clone(), self.point.clone())];
        if !self.id.is_empty() {
            let template = [Attribute::Class(ObjectClass::PUBLIC_KEY), Attribute::Id(self.id.clone())];
            places.extend(Self::all(session, &template)?.into_iter().map(|key| (key.modulus, key.exponent, key.point)));
        }
        let seen = places.into_iter().find_map(|place| match place {
            (Some(modulus), Some(exponent), _) => Some(PublicHalf::Rsa { modulus, exponent }),
            (_, _, Some(point)) => Some(PublicHalf::Point(point)),
            _ => None,
        });
        Ok(seen.unwrap_or(PublicHalf::Unseen(self.key_type)))
    }

    fn all(session: &Session, template: &[Attribute]) -> Outcome<Vec<Self>> {
        let handles =
            handles(session, template).map_err(|cause| Fault::new("the token's keys cannot be listed", cause))?;
        handles.into_iter().map(|handle| Self::read(session, handle)).collect()
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

/// What fits `template`, as many as are listed and one.
pub(super) fn handles(session: &Session, template: &[Attribute]) -> Result<Vec<ObjectHandle>, Cause> {
    session.iter_objects(template)?.take(LISTED.saturating_add(1)).collect()
}

/// `things` in one line, cut where there are many.
pub(super) fn listed(things: &[impl fmt::Display]) -> String {
    let mut names: Vec<String> = things.iter().take(LISTED).map(ToString::to_string).collect();
    if things.len() > LISTED {
        names.push("and more".to_owned());
    }
    if names.is_empty() { "there is none at all".to_owned() } else { format!("there: {}", names.join("; ")) }
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

fn unclear(message: String, there: &[PrivateKey]) -> Fault {
    let error = Error::new(ErrorKind::Key, message).at(listed(there));
    error.advise("choose by label (`object` in a URI) and id; keys are seen after login only").into()
}
