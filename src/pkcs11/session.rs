//! One session, logged in, with the key found in it.

use cryptoki::session::Session;

use super::certificates::Belonging;
use super::fault::{Fault, Outcome};
use super::key::Pkcs11Key;
use super::login::Login;
use super::mechanism::{Hashing, Offer};
use super::module::{self, Token};
use super::object::PrivateKey;
use crate::error::{Error, ErrorKind};
use crate::pki::algorithm::SignatureAlgorithm;
use crate::pki::certificate::Certificate;
use crate::pki::key::PublicKey;

/// A session that can sign. Handles of keys are good for the session they were found in (PKCS #11 base, 4.4), so each has its own.
pub(super) struct KeySession {
    pub(super) session: Session,
    pub(super) key: PrivateKey,
    pub(super) token: Token,
    offer: Offer,
}

impl KeySession {
    /// Finds everything from the beginning: the token may have come back in another slot.
    pub(super) fn open(wanted: &Pkcs11Key, login: &Login) -> Outcome<Self> {
        let module = module::module(wanted.module_path()?)?;
        let token = Token::find(&module, &wanted.token)?;
        let session = module
            .open_ro_session(token.slot)
            .map_err(|cause| Fault::new("the token opens no session", cause).at(&token))?;
        login.ensure(&token, &session)?;
        let key = PrivateKey::find(&session, &wanted.key).map_err(|fault| fault.at(&token))?;
        let offer = Offer::of(&token)?;
        Ok(Self { session, key, token, offer })
    }

    /// As [`open`](Self::open), and the key must still be that of `certificate`.
    pub(super) fn open_again(wanted: &Pkcs11Key, login: &Login, certificate: &Certificate) -> Outcome<Self> {
        let opened = Self::open(wanted, login)?;
        if opened.key.public_half(&opened.session)?.belongs(certificate) == Belonging::No {
            let message = format!("{} on {} is not the key that this signer began with", opened.key, opened.token);
            return Err(Error::new(ErrorKind::Key, message).at(certificate).advise("make a new signer").into());
        }
        Ok(opened)
    }

    /// The bare signature value over `message`.
    pub(super) fn sign(
        &self,
        login: &Login,
        public: &PublicKey,
        algorithm: SignatureAlgorithm,
        message: &[u8],
    ) -> Outcome<Vec<u8>> {
        let failed = |cause| Fault::new("the token did not sign", cause).at(self);
        let hashing = if self.key.always_authenticate { Hashing::InToken } else { Hashing::Anywhere };
        let plan = self.offer.plan(public, algorithm, hashing, message).map_err(|error| error.at(self))?;
        if !self.key.always_authenticate {
            return self.session.sign(&plan.mechanism, self.key.handle, &plan.input).map_err(failed);
        }
        self.session.sign_init(&plan.mechanism, self.key.handle).map_err(failed)?;
        login.confirm(&self.token, &self.session)?;
        self.session.sign_update(&plan.input).map_err(failed)?;
        self.session.sign_final().map_err(failed)
    }

    /// Whether `algorithm` is on offer for this key.
    pub(super) fn check(&self, public: &PublicKey, algorithm: SignatureAlgorithm) -> Outcome<()> {
        let hashing = if self.key.always_authenticate { Hashing::InToken } else { Hashing::Anywhere };
        self.offer.plan(public, algorithm, hashing, &[]).map_err(|error| error.at(self))?;
        Ok(())
    }
}

impl std::fmt::Display for KeySession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} on {}", self.key, self.token)
    }
}
