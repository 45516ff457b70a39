//! The signer: one key, any number of threads.

use std::fmt;
use std::sync::Arc;

use super::certificates::{self, Belonging};
use super::fault::Outcome;
use super::key::Pkcs11Key;
use super::login::Login;
use super::pool::Pool;
use super::session::KeySession;
use crate::error::{Error, ErrorKind, Result};
use crate::pki::algorithm::SignatureAlgorithm;
use crate::pki::certificate::Certificate;
use crate::pki::ecdsa_value;
use crate::port::{Identity, Signer, SigningInput};

/// What is signed where a token does not show whose key it has. It is no `SET`, so it cannot be taken for signed attributes.
const TRIAL: &[u8] = b"pades-ltv: does this key belong to its certificate?";

/// A [`Signer`] whose private key is in an HSM or smart card: RSA (PKCS#1 v1.5 and PSS), ECDSA, Ed25519 or Ed448.
///
/// Cheap to clone; clones share sessions and login. Signing blocks while the device works, and while all sessions are at work. It takes up again where
/// a session was lost, the token was taken out and put back (even into another slot), or somebody logged out: twice
/// per signature at most. A PIN that the token refuses is not tried again.
#[derive(Clone)]
pub struct Pkcs11Signer(Arc<Inner>);

struct Inner {
    key: Pkcs11Key,
    login: Login,
    pool: Pool<KeySession>,
    identity: Identity,
    place: String,
}

impl Pkcs11Signer {
    pub(super) fn open(key: Pkcs11Key) -> Result<Self> {
        let login = Login::new(key.pin.clone());
        let pool = Pool::new(key.sessions);
        let identify = |opened: &KeySession| Ok((identify(opened, &key, &login)?, opened.to_string()));
        let (identity, place) = pool.with(|| KeySession::open(&key, &login), identify)?;
        Ok(Self(Arc::new(Inner { key, login, pool, identity, place })))
    }
}

impl Signer for Pkcs11Signer {
    fn identity(&self) -> Result<Identity> {
        Ok(self.0.identity.clone())
    }

    fn sign(&self, input: &SigningInput) -> Result<Vec<u8>> {
        let Inner { key, login, pool, identity, .. } = &*self.0;
        pool.with(
            || KeySession::open_again(key, login, identity.signing_certificate()),
            |opened| opened.sign(login, identity.key(), input.algorithm(), input.message()),
        )
    }
}

/// Whose key it is and where.
impl fmt::Debug for Pkcs11Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pkcs11Signer({}, {})", self.0.identity.signing_certificate(), self.0.place)
    }
}

/// The key's certificate and chain, once they are known to belong together and the token can sign so.
fn identify(opened: &KeySession, wanted: &Pkcs11Key, login: &Login) -> Outcome<Identity> {
    let found = certificates::find(&opened.session, &opened.key, &wanted.certificates);
    let (chain, belonging) = found.map_err(|fault| fault.at(&opened.token))?;
    let identity = wanted.wish.apply(Identity::new(chain.iter().map(Certificate::der))?)?;
    opened.check(identity.key(), identity.algorithm())?;
    // A key that wants its PIN for every signature is not bothered: each value is verified before it is used.
    if belonging == Belonging::Unseen && !opened.key.always_authenticate {
        try_out(opened, login, &identity)?;
    }
    Ok(identity)
}

fn try_out(opened: &KeySession, login: &Login, identity: &Identity) -> Outcome<()> {
    let algorithm = identity.algorithm();
    let mut value = opened.sign(login, identity.key(), algorithm, TRIAL)?;
    if let SignatureAlgorithm::Ecdsa(_) = algorithm {
        value = ecdsa_value::from_raw(&value).unwrap_or(value);
    }
    identity.key().verify(algorithm, TRIAL, &value).map_err(|fault| {
        let message = format!("{} belongs to another certificate", opened.key);
        let error = Error::new(ErrorKind::Key, message).at(identity.signing_certificate()).because(fault);
        error.advise("give the key's own certificate by `Pkcs11Key::certificates`").into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_can_share_it() {
        fn shared<T: Send + Sync + Clone + 'static>() {}
        shared::<Pkcs11Signer>();
        shared::<Pkcs11Key>();
    }
}
