//! A signing service, and what can be asked of it.

use std::fmt;

use base64ct::{Base64, Encoding};
use der::zeroize::Zeroizing;

use super::authorization::{AuthData, Authorization, AuthorizationState};
use super::credential::{AuthorizationMode, Credential, CredentialList};
use super::object::Object;
use super::request::{Asked, Request, unusable};
use crate::error::{Error, ErrorClass, ErrorKind, Result};
use crate::port::SigningInput;
use crate::time::Time;
use crate::words::printable;

/// The generation of the API, which the address ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    V1,
    V2,
}

impl Version {
    /// The fields for digests and for their algorithm.
    fn hash_names(self) -> (&'static str, &'static str) {
        match self {
            Self::V1 => ("hash", "hashAlgo"),
            Self::V2 => ("hashes", "hashAlgorithmOID"),
        }
    }
}

/// A signing service at an address, asked with an access token. Makes the requests; sends nothing.
#[derive(Clone)]
pub struct Service {
    base: String,
    token: Zeroizing<String>,
    version: Version,
}

impl Service {
    /// The service whose methods stand below `base`, which ends with the API's version: `https://…/csc/v2`, or `/v1`.
    ///
    /// `token` is an OAuth 2.0 access token, sent as a bearer token (RFC 6750) with every request.
    ///
    /// # Errors
    /// [`ErrorKind::Signer`] where the address ends with neither version, holds a user name or password, is not `https` and leaves this
    /// machine (CSC API, 7.3), or the token holds characters that no header can.
    pub fn new(base: &str, token: impl Into<String>) -> Result<Self> {
        let service = Self::danger_unencrypted(base, token)?;
        if base.starts_with("https://") || is_loopback(base) {
            return Ok(service);
        }
        let error = refusal("the signing service's address is not https: PIN and token would travel in the open");
        Err(error
            .at(printable(base))
            .advise("use https, or Service::danger_unencrypted where something else protects the way"))
    }

    /// As [`new`](Self::new), for addresses with `http` too: everybody on the way can read the token, the PIN and the
    /// activation data, and sign with them.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn danger_unencrypted(base: &str, token: impl Into<String>) -> Result<Self> {
        let base = base.trim_end_matches('/');
        if authority(base).contains('@') {
            let error = refusal("the address holds a user name or password, which would stand in every log");
            return Err(error.advise("leave them out: the access token says who asks"));
        }
        let version = match base.rsplit('/').next() {
            Some("v1") => Version::V1,
            Some("v2") => Version::V2,
            _ => {
                let error = refusal("the signing service's address does not end with the version of the API");
                return Err(error.at(printable(base)).advise("give the address up to /csc/v2, or /csc/v1"));
            }
        };
        let token = Zeroizing::new(token.into());
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(refusal("the access token is empty, or holds characters that no bearer token has"));
        }
        Ok(Self { base: base.to_owned(), token, version })
    }

    /// What the service is and can do (11.1).
    pub fn info(&self) -> Request<ServiceInfo> {
        self.request("info", "", Time::from_unix(0), 1, ServiceInfo::read)
    }

    /// The credentials of the user whom the token names (11.4).
    pub fn credentials(&self) -> Request<CredentialList> {
        self.request("credentials/list", "", Time::from_unix(0), 1, CredentialList::read)
    }

    /// One credential, with its whole chain of certificates (11.5).
    pub fn credential(&self, id: &str) -> Request<Credential> {
        let request = self.request("credentials/info", id, Time::from_unix(0), 1, Credential::read);
        request.field("credentialID", id).field("certificates", "chain").field("authInfo", true)
    }

    /// Has the service send a one-time password to the user (11.8, `credentials/getChallenge` for the object `OTP`; in
    /// version 1, `credentials/sendOTP`).
    pub fn send_otp(&self, credential: &Credential) -> Request<()> {
        let read = |_: &Object<'_>, _: &Asked| Ok(());
        match self.version {
            Version::V1 => self.about("credentials/sendOTP", credential, Time::from_unix(0), 1, read),
            Version::V2 => self
                .about("credentials/getChallenge", credential, Time::from_unix(0), 1, read)
                .field("authObjectID", "OTP"),
        }
    }

    /// Asks for one authorisation to sign all `inputs` (11.6). It is bound to their digests, also where the credential
    /// does not insist on that.
    ///
    /// `now` is when it is sent: what the answer says of expiry counts from there.
    ///
    /// # Errors
    /// [`ErrorKind::Signer`] where there are none, more than the credential's [`multisign`](Credential::multisign), or
    /// some with another algorithm; where the credential wants authentication objects and there are none, or is
    /// authorised through OAuth 2.0; [`ErrorKind::Unsupported`] for objects that the API's version does not know.
    pub fn authorize(
        &self,
        credential: &Credential,
        inputs: &[&SigningInput],
        auth: &AuthData,
        now: Time,
    ) -> Result<Request<AuthorizationState>> {
        check_mode(credential, auth)?;
        let hashes = hashes(credential, inputs)?;
        if inputs.len() > credential.multisign() {
            let message = format!(
                "one authorisation of this credential covers {} signatures, but {} were asked for",
                credential.multisign(),
                inputs.len()
            );
            return Err(misuse(message, "authorise in several steps"));
        }
        let mut request = self
            .about("credentials/authorize", credential, now, inputs.len(), AuthorizationState::read)
            .field("numSignatures", inputs.len());
        request = match self.version {
            Version::V1 => request.field("hash", hashes),
            Version::V2 => self.with_hashes(request, credential, hashes),
        };
        for (name, value) in auth.fields(self.version)? {
            request = request.field(&name, value);
        }
        Ok(request)
    }

    /// Asks whether a pending authorisation has been confirmed (11.7, version 2). `now` is when it is sent.
    pub fn authorize_check(&self, handle: &str, now: Time) -> Request<AuthorizationState> {
        let request = self.request("credentials/authorizeCheck", "", now, 1, AuthorizationState::read);
        request.field("handle", handle)
    }

    /// Asks for new activation data for the signatures of an authorisation that are not made yet, bound to `inputs`
    /// (11.9): before it runs out, or where what is to be signed was not known before. `now` is when it is sent.
    ///
    /// # Errors
    /// As [`authorize`](Self::authorize) for `inputs`; [`ErrorKind::Signer`], retryable, where the authorisation has
    /// expired: authorise again.
    pub fn extend(
        &self,
        credential: &Credential,
        authorization: &Authorization,
        inputs: &[&SigningInput],
        now: Time,
    ) -> Result<Request<Authorization>> {
        let hashes = hashes(credential, inputs)?;
        let request = self.about("credentials/extendTransaction", credential, now, inputs.len(), Authorization::read);
        let request = request.field("SAD", authorization.sad(now)?);
        Ok(match self.version {
            Version::V1 => request.field("hash", hashes),
            Version::V2 => self.with_hashes(request, credential, hashes),
        })
    }

    /// Asks for the signature values of `inputs`, in their order (11.10). `now` is when it is sent.
    ///
    /// # Errors
    /// As [`extend`](Self::extend).
    pub fn sign_hash(
        &self,
        credential: &Credential,
        authorization: &Authorization,
        inputs: &[&SigningInput],
        now: Time,
    ) -> Result<Request<Vec<Vec<u8>>>> {
        let hashes = hashes(credential, inputs)?;
        let algorithm = credential.identity().algorithm();
        let (sign_algo, parameters) = credential.sign_algo(algorithm).ok_or_else(|| {
            misuse(format!("the credential does not offer {algorithm}"), "use the credential as it was read")
        })?;
        let request = self.about("signatures/signHash", credential, now, inputs.len(), read_signatures);
        let request = self.with_hashes(request, credential, hashes);
        let request = request.field("SAD", authorization.sad(now)?).field("signAlgo", sign_algo);
        Ok(match parameters {
            Some(parameters) => request.field("signAlgoParams", parameters),
            None => request,
        })
    }

    fn with_hashes<A>(&self, request: Request<A>, credential: &Credential, hashes: Vec<String>) -> Request<A> {
        let (values, algorithm) = self.version.hash_names();
        let digest = credential.identity().algorithm().digest();
        request.field(values, hashes).field(algorithm, digest.oid().to_string())
    }

    fn about<A>(
        &self,
        method: &'static str,
        credential: &Credential,
        now: Time,
        count: usize,
        read: super::request::Read<A>,
    ) -> Request<A> {
        self.request(method, credential.id(), now, count, read).field("credentialID", credential.id())
    }

    fn request<A>(
        &self,
        method: &'static str,
        credential: &str,
        now: Time,
        count: usize,
        read: super::request::Read<A>,
    ) -> Request<A> {
        let asked = Asked { version: self.version, credential: credential.to_owned(), now, count };
        Request::new(&self.base, method, &self.token, asked, read)
    }
}

/// Its address; not the token.
impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Service({})", self.base)
    }
}

impl Request<CredentialList> {
    /// Asks for those of another user, where the token is the application's and not the user's.
    pub fn user(self, id: &str) -> Self {
        self.field("userID", id)
    }

    /// Goes on where a page of the list ended (version 1).
    pub fn page(self, token: &str) -> Self {
        self.field("pageToken", token)
    }
}

impl Request<AuthorizationState> {
    /// What the user is told that they authorise, where the service shows it.
    pub fn description(self, text: impl Into<String>) -> Self {
        self.field("description", text.into())
    }
}

/// What a service says of itself (11.1).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServiceInfo {
    /// The version of the API, as in `2.0.0.2`.
    pub specs: String,
    /// The service's name.
    pub name: String,
    /// How to get an access token, as in `oauth2code`.
    pub auth_types: Vec<String>,
    /// The methods that it offers, as in `signatures/signHash`.
    pub methods: Vec<String>,
}

impl ServiceInfo {
    fn read(object: &Object<'_>, _: &Asked) -> Result<Self> {
        let texts = |name| -> Result<Vec<String>> { Ok(object.texts(name)?.into_iter().map(str::to_owned).collect()) };
        Ok(Self {
            specs: object.text("specs")?.to_owned(),
            name: object.text("name")?.to_owned(),
            auth_types: texts("authType")?,
            methods: texts("methods")?,
        })
    }
}

fn read_signatures(object: &Object<'_>, asked: &Asked) -> Result<Vec<Vec<u8>>> {
    let values = object.bytes("signatures")?;
    if values.len() == asked.count {
        return Ok(values);
    }
    Err(unusable(format!("has {} signatures, where {} were asked for", values.len(), asked.count)))
}

/// The digests of `inputs` in Base64.
fn hashes(credential: &Credential, inputs: &[&SigningInput]) -> Result<Vec<String>> {
    let algorithm = credential.identity().algorithm();
    if inputs.is_empty() {
        return Err(misuse("there is nothing to sign".to_owned(), "give at least one input"));
    }
    if inputs.iter().any(|input| input.algorithm() != algorithm) {
        let message = format!("something was prepared for another algorithm than the credential's, {algorithm}");
        return Err(misuse(message, "prepare everything with this credential's identity"));
    }
    Ok(inputs.iter().map(|input| Base64::encode_string(&input.digest())).collect())
}

fn check_mode(credential: &Credential, auth: &AuthData) -> Result<()> {
    let refuse = |message: String, advice: &str| Err(misuse(message, advice).class_is(ErrorClass::Operator));
    match credential.mode() {
        AuthorizationMode::OAuth2 => refuse(
            "the credential is authorised through OAuth 2.0".to_owned(),
            "get an access token of scope credential for these hashes, and use it as Authorization::new",
        ),
        AuthorizationMode::Explicit { objects, .. } if auth.is_empty() && !objects.is_empty() => {
            let wanted = printable(&objects.join(", "));
            refuse(format!("the credential wants {wanted}, and nothing was given"), "give them as AuthData")
        }
        _ => Ok(()),
    }
}

/// What stands in front of the path: a host, its port, and whoever is to ask it.
fn authority(base: &str) -> &str {
    let behind = base.split_once("://").map_or(base, |(_, rest)| rest);
    behind.split(['/', '?', '#']).next().unwrap_or_default()
}

/// Whether what is sent there does not leave this machine.
fn is_loopback(base: &str) -> bool {
    let authority = if base.starts_with("http://") { authority(base) } else { "" };
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let host = authority.rsplit_once(':').filter(|(_, port)| is_port(port)).map_or(authority, |(host, _)| host);
    ["localhost", "127.0.0.1", "[::1]"].contains(&host)
}

/// Something that cannot be asked so.
fn misuse(message: String, advice: &str) -> Error {
    refusal(&message).advise(advice)
}

fn refusal(message: &str) -> Error {
    Error::new(ErrorKind::Signer, message).class_is(ErrorClass::Permanent)
}
