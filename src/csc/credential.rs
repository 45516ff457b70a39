//! A key in the service's care: whose it is, how it signs, and what unlocks it (CSC API, 11.5).

use base64ct::{Base64, Encoding};
use const_oid::db::rfc5912;
use der::Encode;
use der::asn1::ObjectIdentifier;
use spki::AlgorithmIdentifierOwned;

use super::object::Object;
use super::request::{Asked, unusable};
use super::service::Version;
use crate::error::{Error, ErrorClass, ErrorKind, Result};
use crate::limits::Limits;
use crate::pki::algorithm::SignatureAlgorithm;
use crate::port::Identity;
use crate::words::printable;

/// One credential: certificate, key and authorisation.
#[derive(Clone, Debug)]
pub struct Credential {
    id: String,
    identity: Identity,
    /// The algorithms of the key, as object identifiers.
    offered: Vec<String>,
    mode: AuthorizationMode,
    scal: Scal,
    multisign: usize,
}

/// How a credential is authorised (CSC API, `auth/mode`).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuthorizationMode {
    /// By the service alone (version 1).
    Implicit,
    /// With what the caller gives: [`AuthData`](super::AuthData).
    Explicit {
        /// The identifiers of the authentication objects, as in `PIN`.
        objects: Vec<String>,
        /// How they go together, as in `PIN AND OTP`, where the service says so.
        expression: Option<String>,
    },
    /// Through OAuth 2.0: the access token of scope `credential` is the [`Authorization`](super::Authorization).
    OAuth2,
}

/// The sole control assurance level (EN 419241-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scal {
    /// Activation data need not be bound to hashes.
    One,
    /// Activation data are bound to the hashes that they were asked for.
    Two,
}

impl Credential {
    /// The name that the service knows it by.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Signing certificate, chain, and the algorithm that will be asked for.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// How it is authorised.
    pub fn mode(&self) -> &AuthorizationMode {
        &self.mode
    }

    /// Whether activation data are bound to hashes.
    pub fn scal(&self) -> Scal {
        self.scal
    }

    /// How many signatures one authorisation can cover (`multisign`): at least 1.
    pub fn multisign(&self) -> usize {
        self.multisign
    }

    /// Signs with `algorithm` rather than with the one chosen from what the key offers.
    ///
    /// # Errors
    /// [`ErrorKind::Key`] where the service does not offer it for this key, or no new signature is made so (SHA-1).
    pub fn with_algorithm(self, algorithm: SignatureAlgorithm) -> Result<Self> {
        if self.may_sign(algorithm) && self.sign_algo(algorithm).is_some() {
            return Ok(Self { identity: self.identity.with_algorithm(algorithm), ..self });
        }
        Err(self.unoffered(format!("the signing service does not offer {algorithm} for this key")))
    }

    /// Adds `certificates` to the chain, each DER, where the service does not give all of it.
    ///
    /// # Errors
    /// Those of [`Identity::with_certificates`].
    pub fn with_certificates<C: AsRef<[u8]>>(self, certificates: impl IntoIterator<Item = C>) -> Result<Self> {
        Ok(Self { identity: self.identity.with_certificates(certificates)?, ..self })
    }

    /// The algorithm that fits the key, or else the first that the service offers and we know.
    fn choose(self) -> Result<Self> {
        if self.sign_algo(self.identity.algorithm()).is_some() {
            return Ok(self);
        }
        let known = |offered: &String| {
            let oid = offered.parse().ok()?;
            SignatureAlgorithm::from_identifier(&AlgorithmIdentifierOwned { oid, parameters: None }).ok()
        };
        let digest = self.identity.algorithm().digest();
        let pss = SignatureAlgorithm::rsa_pss(digest);
        let mut candidates = self.offered.iter().filter_map(known).chain([pss]);
        let chosen = candidates.find(|one| self.may_sign(*one) && self.sign_algo(*one).is_some());
        match chosen {
            Some(algorithm) => Ok(Self { identity: self.identity.with_algorithm(algorithm), ..self }),
            None => Err(self.unoffered(
                "the signing service offers no algorithm for this key that signs hashes and is known here".to_owned(),
            )),
        }
    }

    /// Whether the key makes new signatures so: services still offer SHA-1 among others.
    fn may_sign(&self, algorithm: SignatureAlgorithm) -> bool {
        self.identity.key().check_making(algorithm).is_ok()
    }

    fn unoffered(&self, message: String) -> Error {
        let offered = printable(&self.offered.join(", "));
        Error::new(ErrorKind::Key, message)
            .at(self.identity.signing_certificate())
            .advise(format!("it offers {offered}"))
    }

    /// `signAlgo` and `signAlgoParams` for `algorithm`: its own identifier where that is offered, or that of the key
    /// alone, whose digest is said apart.
    pub(super) fn sign_algo(&self, algorithm: SignatureAlgorithm) -> Option<(String, Option<String>)> {
        use SignatureAlgorithm::{Ecdsa, RsaPkcs1, RsaPss};
        // EdDSA and ML-DSA sign the message itself, and only its digest goes to the service.
        if !matches!(algorithm, RsaPkcs1(_) | RsaPss { .. } | Ecdsa(_)) {
            return None;
        }
        let identifier = algorithm.to_identifier();
        let offers = |oid: &ObjectIdentifier| self.offered.contains(&oid.to_string());
        if offers(&identifier.oid) {
            let parameters = identifier.parameters.filter(|parameters| !parameters.is_null());
            let der = parameters.map(|parameters| parameters.to_der()).transpose().ok()?;
            return Some((identifier.oid.to_string(), der.map(|der| Base64::encode_string(&der))));
        }
        let of_key = match algorithm {
            RsaPkcs1(_) => rfc5912::RSA_ENCRYPTION,
            Ecdsa(_) => rfc5912::ID_EC_PUBLIC_KEY,
            _ => return None,
        };
        offers(&of_key).then(|| (of_key.to_string(), None))
    }

    pub(super) fn read(object: &Object<'_>, asked: &Asked) -> Result<Self> {
        let key = object.object("key")?;
        let certificate = object.object("cert")?;
        check_status(&key, &certificate, &asked.credential)?;
        let certificates = certificate.bytes("certificates")?;
        if certificates.len() > Limits::default().certificates {
            return Err(unusable(format!("has {} certificates", certificates.len())));
        }
        let multisign = usize::try_from(object.number("multisign")?).unwrap_or(usize::MAX);
        if multisign == 0 {
            return Err(unusable("says that one authorisation covers no signature (multisign)"));
        }
        let credential = Self {
            id: asked.credential.clone(),
            identity: Identity::new(certificates)?,
            offered: key.texts("algo")?.into_iter().map(str::to_owned).collect(),
            mode: AuthorizationMode::read(object, asked.version)?,
            scal: Scal::read(object)?,
            multisign,
        };
        credential.choose()
    }
}

impl AuthorizationMode {
    fn read(object: &Object<'_>, version: Version) -> Result<Self> {
        let auth = match version {
            Version::V1 => None,
            Version::V2 => Some(object.object("auth")?),
        };
        let mode = match &auth {
            None => object.text("authMode")?,
            Some(auth) => auth.text("mode")?,
        };
        match mode {
            "implicit" => Ok(Self::Implicit),
            "oauth2code" => Ok(Self::OAuth2),
            "explicit" => match auth {
                None => Ok(Self::Explicit { objects: wanted(object)?, expression: None }),
                Some(auth) => Ok(Self::Explicit {
                    objects: auth
                        .objects("objects")?
                        .iter()
                        .map(|one| one.text("id").map(str::to_owned))
                        .collect::<Result<_>>()?,
                    expression: auth.optional_text("expression")?.map(str::to_owned),
                }),
            },
            other => {
                let message =
                    format!("the credential is authorised by \"{}\", which is not supported", printable(other));
                Err(Error::new(ErrorKind::Unsupported, message))
            }
        }
    }
}

impl Scal {
    fn read(object: &Object<'_>) -> Result<Self> {
        match object.optional_text("SCAL")? {
            None | Some("1") => Ok(Self::One),
            Some("2") => Ok(Self::Two),
            Some(_) => Err(unusable("has an SCAL that is neither 1 nor 2")),
        }
    }
}

/// What version 1 asks for: `PIN` and `OTP`, each where it is there and not "false" (1.0.4.0, 11.5).
fn wanted(object: &Object<'_>) -> Result<Vec<String>> {
    let mut wanted = Vec::new();
    for name in ["PIN", "OTP"] {
        let presence = object.optional_object(name)?.map(|one| one.text("presence")).transpose()?;
        if presence.is_some_and(|presence| presence != "false") {
            wanted.push(name.to_owned());
        }
    }
    Ok(wanted)
}

fn check_status(key: &Object<'_>, certificate: &Object<'_>, id: &str) -> Result<()> {
    let refuse = |kind, message: String, advice| {
        Err(Error::new(kind, message)
            .at(format!("credential {}", printable(id)))
            .advise(advice)
            .class_is(ErrorClass::Operator))
    };
    let status = key.text("status")?;
    if status != "enabled" {
        let message = format!("the signing service says that the key is {}", printable(status));
        return refuse(ErrorKind::Key, message, "have it enabled, or use another credential");
    }
    match certificate.optional_text("status")? {
        None | Some("valid") => Ok(()),
        Some(status) => {
            let message = format!("the signing service says that the certificate is {}", printable(status));
            refuse(ErrorKind::Certificate, message, "use a credential whose certificate is valid")
        }
    }
}

/// The credentials of a user (CSC API, 11.4).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CredentialList {
    /// Their names.
    pub ids: Vec<String>,
    /// Where the list goes on, in version 1: ask again with this.
    pub next_page: Option<String>,
}

impl CredentialList {
    pub(super) fn read(object: &Object<'_>, _: &Asked) -> Result<Self> {
        Ok(Self {
            ids: object.texts("credentialIDs")?.into_iter().map(str::to_owned).collect(),
            next_page: object.optional_text("nextPageToken")?.map(str::to_owned),
        })
    }
}
