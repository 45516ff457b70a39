//! The blocking drivers: one exchange, and a signer over several.

use std::num::NonZeroUsize;
use std::time::{Duration, Instant, SystemTime};

use der::zeroize::{Zeroize, Zeroizing};

use super::authorization::{AuthData, Authorization, AuthorizationState};
use super::credential::Credential;
use super::refusal::is_expired_authorization;
use super::request::{ANSWER_LIMIT, Answer, Request};
use super::service::Service;
use crate::error::{Error, ErrorClass, ErrorKind, Result};
use crate::http::{Client, Question};
use crate::pki::algorithm::SignatureAlgorithm;
use crate::port::{Identity, Signer, SigningInput};
use crate::time::Time;

/// An authorisation that ends sooner than this is extended before it is used again.
const MARGIN: Duration = Duration::from_secs(30);
/// How long between two questions whether somebody has confirmed.
const PAUSE: Duration = Duration::from_secs(1);

/// Sends requests to a signing service and waits for the answers. Follows no redirection.
///
/// # Examples
/// ```no_run
/// use pades_ltv::csc::{CscSigner, AuthData, HttpCsc, Service};
///
/// let http = HttpCsc::new();
/// let service = Service::new("https://signing.example.jp/csc/v2", "ACCESS-TOKEN")?;
/// let list = http.ask(&service.credentials())?;
/// let signer = CscSigner::new(http, service, &list.ids[0])?.auth(AuthData::new().pin("1234"));
/// # Ok::<(), pades_ltv::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct HttpCsc {
    client: Client,
}

impl HttpCsc {
    /// A client with 30 seconds for each exchange.
    pub fn new() -> Self {
        let limit = u64::try_from(ANSWER_LIMIT).unwrap_or(u64::MAX);
        Self { client: Client::without_redirects(limit) }
    }

    /// How long one exchange may take, all in all. Some services wait until somebody has confirmed on a telephone.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.client.timeout = timeout;
        self
    }

    /// Sends `request` and reads the answer.
    ///
    /// # Errors
    /// Those of [`Request::read`]; [`ErrorKind::Signer`] where there is no answer.
    pub fn ask<A>(&self, request: &Request<A>) -> Result<A> {
        let [(_, content_type), (_, accept), (_, authorization)] = request.headers();
        let body = request.secret_body();
        let mut headers = [("Authorization".to_owned(), authorization.to_owned())];
        let question = Question {
            kind: ErrorKind::Signer,
            who: "the signing service",
            url: request.url(),
            accept,
            body: Some((content_type, &body)),
            headers: &headers,
        };
        let received = self.client.exchange(&question);
        headers.iter_mut().for_each(|(_, value)| value.zeroize());
        let received = received?;
        let (status, content) = (received.status, Zeroizing::new(received.body));
        let answer = Answer::new(status, &content);
        request.read(&received.retry_after.as_deref().map_or(answer, |wait| answer.retry_after(wait)))
    }
}

impl Default for HttpCsc {
    fn default() -> Self {
        Self::new()
    }
}

/// A [`Signer`] over one credential of a signing service: authorises and signs one hash, or many at once.
///
/// Reads the clock, to know how long an authorisation lasts.
#[derive(Clone, Debug)]
pub struct CscSigner {
    http: HttpCsc,
    service: Service,
    credential: Credential,
    auth: AuthData,
    authorization: Option<Authorization>,
    patience: Duration,
    portion: Option<NonZeroUsize>,
}

impl CscSigner {
    /// Asks `service` for the credential `id`.
    ///
    /// # Errors
    /// Those of [`HttpCsc::ask`] for [`Service::credential`].
    pub fn new(http: HttpCsc, service: Service, id: &str) -> Result<Self> {
        let credential = http.ask(&service.credential(id))?;
        Ok(Self {
            http,
            service,
            credential,
            auth: AuthData::new(),
            authorization: None,
            patience: Duration::ZERO,
            portion: None,
        })
    }

    /// What unlocks the key, given with every authorisation.
    #[must_use]
    pub fn auth(mut self, auth: AuthData) -> Self {
        self.auth = auth;
        self
    }

    /// Uses an authorisation that is there already, and asks for none: for credentials that are authorised through
    /// OAuth 2.0, where the access token for these very hashes is the authorisation. How many signatures it covers is
    /// between the caller and the service.
    #[must_use]
    pub fn authorization(mut self, authorization: Authorization) -> Self {
        self.authorization = Some(authorization);
        self
    }

    /// Waits up to `patience` for an authorisation that somebody has to confirm elsewhere, and asks for it every
    /// second. Without this, a pending one is an error.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Signs with `algorithm`.
    ///
    /// # Errors
    /// Those of [`Credential::with_algorithm`].
    pub fn with_algorithm(self, algorithm: SignatureAlgorithm) -> Result<Self> {
        Ok(Self { credential: self.credential.with_algorithm(algorithm)?, ..self })
    }

    /// Adds `certificates` to the chain, each DER, where the service does not give all of it.
    ///
    /// # Errors
    /// Those of [`Credential::with_certificates`].
    pub fn with_certificates<C: AsRef<[u8]>>(self, certificates: impl IntoIterator<Item = C>) -> Result<Self> {
        Ok(Self { credential: self.credential.with_certificates(certificates)?, ..self })
    }

    /// Sends at most so many hashes in one request to sign; unless told, all that one authorisation covers. The
    /// authorisation stays one.
    #[must_use]
    pub fn hashes_per_request(mut self, count: NonZeroUsize) -> Self {
        self.portion = Some(count);
        self
    }

    /// The credential as the service described it.
    pub fn credential(&self) -> &Credential {
        &self.credential
    }

    /// Signs all `inputs`, in their order, with as few authorisations as the credential allows: one for each
    /// [`multisign`](Credential::multisign) of them. One that runs out on the way is extended; where it has, and
    /// nothing but a PIN is needed, it is asked for once more.
    ///
    /// What fails is an error for each of those that it was for, as [`Signer::sign`] gives it; the others are signed. After an error that
    /// is not [`Retryable`](ErrorClass::Retryable), nothing more is asked, and it is the error of all that are not signed yet: a wrong PIN
    /// is given once.
    pub fn sign_all(&self, inputs: &[&SigningInput]) -> Vec<Result<Vec<u8>>> {
        let mut values = Vec::with_capacity(inputs.len());
        for covered in inputs.chunks(self.credential.multisign()) {
            values.extend(self.sign_covered(covered));
            if let Some(Err(error)) = values.last()
                && error.class() != ErrorClass::Retryable
            {
                // The others would meet it, too, and a wrong PIN for each of them locks the credential.
                let error = error.again();
                values.resize_with(inputs.len(), || Err(error.again()));
                break;
            }
        }
        values
    }

    /// Signs what one authorisation covers.
    fn sign_covered(&self, inputs: &[&SigningInput]) -> Vec<Result<Vec<u8>>> {
        let mut values = Vec::with_capacity(inputs.len());
        if let Err(error) = self.sign_portions(inputs, &mut values) {
            let missing = inputs.len().saturating_sub(values.len());
            let copies: Vec<Error> = (1..missing).map(|_| error.again()).collect();
            values.extend(std::iter::once(error).chain(copies).map(Err));
        }
        values
    }

    fn sign_portions(&self, inputs: &[&SigningInput], values: &mut Vec<Result<Vec<u8>>>) -> Result<()> {
        let mut authorization = self.authorize(inputs)?;
        let mut may_repeat = self.authorization.is_none() && self.auth.is_repeatable();
        let mut rest = inputs;
        while !rest.is_empty() {
            let count = self.portion.map_or(rest.len(), NonZeroUsize::get).min(rest.len());
            let (portion, behind) = rest.split_at_checked(count).unwrap_or((rest, &[]));
            match self.sign_portion(&mut authorization, portion, rest, values.is_empty()) {
                Ok(signed) => {
                    values.extend(signed.into_iter().map(Ok));
                    rest = behind;
                }
                Err(error) if may_repeat && (is_expired_authorization(&error) || now() >= authorization.expires()) => {
                    may_repeat = false;
                    authorization = self.authorize(rest)?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Signs `portion`, the beginning of `rest`, after extending the authorisation where it would run out.
    fn sign_portion(
        &self,
        authorization: &mut Authorization,
        portion: &[&SigningInput],
        rest: &[&SigningInput],
        is_first: bool,
    ) -> Result<Vec<Vec<u8>>> {
        let now = now();
        if !is_first && now.after(MARGIN) >= authorization.expires() && now < authorization.expires() {
            *authorization = self.http.ask(&self.service.extend(&self.credential, authorization, rest, now)?)?;
        }
        self.http.ask(&self.service.sign_hash(&self.credential, authorization, portion, now)?)
    }

    fn authorize(&self, inputs: &[&SigningInput]) -> Result<Authorization> {
        if let Some(authorization) = &self.authorization {
            return Ok(authorization.clone());
        }
        let began = Instant::now();
        let mut state = self.http.ask(&self.service.authorize(&self.credential, inputs, &self.auth, now())?)?;
        loop {
            match state {
                AuthorizationState::Pending(handle) if began.elapsed() < self.patience => {
                    std::thread::sleep(PAUSE);
                    state = self.http.ask(&self.service.authorize_check(&handle, now()))?;
                }
                state => return state.granted(),
            }
        }
    }
}

impl Signer for CscSigner {
    fn identity(&self) -> Result<Identity> {
        Ok(self.credential.identity().clone())
    }

    fn sign(&self, input: &SigningInput) -> Result<Vec<u8>> {
        self.sign_all(&[input]).pop().unwrap_or_else(|| Err(Error::new(ErrorKind::Signer, "nothing was signed")))
    }
}

fn now() -> Time {
    Time::from(SystemTime::now())
}
