//! Asking over HTTP: timestamps, OCSP responses, CRLs and certificates.
//!
//! What it is for: the two joints [`TimestampAuthority`] and [`Fetch`] with a blocking client, for whoever has no client of
//! their own. TLS is rustls with Mozilla's roots. Proxies are those of `ALL_PROXY`, `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`;
//! they must grant CONNECT, to port 80 too.
//!
//! Invariant: every exchange is bounded in time and bytes, and asks `http` or `https` addresses only.
//! Invariant: what a server says when it refuses is passed on, cut and without control characters; passwords never are.
//!
//! The addresses of [`HttpFetch`] come from certificates in the file, so a file can make it ask any address that this machine
//! reaches. A service that takes files from strangers puts a proxy in between, or its own [`Fetch`].
//!
//! Specified in RFC 3161, 3.4 (timestamps over HTTP); RFC 6960, A.1 (OCSP); RFC 5280, 4.2.1.13 and 4.2.2.1 (CRLs, certificates).
//! Nouns: [`HttpTsa`], [`HttpFetch`].

use std::fmt;
use std::time::Duration;

use ureq::http::{Response, StatusCode, Uri};
use ureq::tls::TlsConfig;
use ureq::{Agent, Body};

use crate::error::{Error, ErrorClass, ErrorKind, Result};
use crate::limits::Limits;
use crate::pki::timestamp::response::refusal_in;
use crate::port::{Fetch, FetchRequest};
use crate::words::{printable, spoken};

mod tls;
mod tsa;
mod waiting;

pub use tsa::HttpTsa;

/// From the first byte sent to the last received, unless told.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How much of a refusal is read.
const REFUSAL: u64 = 64 << 10;

/// Fetches what certificates point to.
///
/// # Examples
/// ```no_run
/// use pades_ltv::{Document, Evidence, HttpFetch, TrustStore};
///
/// # let (trust, now) = (TrustStore::new(), "2026-10-07T00:25:23Z".parse()?);
/// let document = Document::open(std::fs::File::open("contract.pdf")?)?;
/// let evidence = Evidence::collect(&document, &trust, &HttpFetch::new(), now)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct HttpFetch {
    client: Client,
}

impl HttpFetch {
    /// A client with 30 seconds for each exchange and 64 MiB for each answer.
    pub fn new() -> Self {
        Self { client: Client::new(Limits::default().cms_bytes) }
    }

    /// How long one exchange may take, all in all: 30 seconds unless told.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.client.timeout = timeout;
        self
    }

    /// How long an answer may be, in bytes: 64 MiB unless told. The largest public CRLs are about 50 MB.
    #[must_use]
    pub fn answer_limit(mut self, bytes: u64) -> Self {
        self.client.limit = bytes;
        self
    }
}

impl Default for HttpFetch {
    fn default() -> Self {
        Self::new()
    }
}

impl Fetch for HttpFetch {
    fn fetch(&self, request: &FetchRequest) -> Result<Vec<u8>> {
        let (accept, body) = match request {
            FetchRequest::Certificate { .. } => ("application/pkix-cert, application/pkcs7-mime", None),
            FetchRequest::Crl { .. } => ("application/pkix-crl", None),
            FetchRequest::Ocsp { body, .. } => {
                ("application/ocsp-response", Some(("application/ocsp-request", body.as_slice())))
            }
        };
        let url = request.url();
        let question = Question { kind: ErrorKind::Fetch, who: "the server", url, accept, body, headers: &[] };
        self.client.ask(&question)
    }
}

/// One request: a POST where there is a body, else a GET.
pub(crate) struct Question<'a> {
    pub(crate) kind: ErrorKind,
    pub(crate) who: &'a str,
    pub(crate) url: &'a str,
    pub(crate) accept: &'a str,
    pub(crate) body: Option<(&'a str, &'a [u8])>,
    /// Names and values, beside those above.
    pub(crate) headers: &'a [(String, String)],
}

/// An answer as it came, whatever its status.
#[cfg(feature = "csc")]
pub(crate) struct Received {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<String>,
    pub(crate) body: Vec<u8>,
}

impl Question<'_> {
    fn error(&self, message: impl fmt::Display) -> Error {
        Error::new(self.kind, format!("{} {message}", self.who)).at(printable(self.url))
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Client {
    agent: Agent,
    redirects: u32,
    pub(crate) timeout: Duration,
    limit: u64,
}

impl Client {
    fn new(limit: u64) -> Self {
        Self::following(5, limit)
    }

    /// A client that goes nowhere but where it was sent: what it carries is for that address only.
    pub(crate) fn without_redirects(limit: u64) -> Self {
        Self::following(0, limit)
    }

    fn following(redirects: u32, limit: u64) -> Self {
        Self { agent: agent(redirects, TlsConfig::default()), redirects, timeout: TIMEOUT, limit }
    }

    fn with_tls(self, tls: TlsConfig) -> Self {
        Self { agent: agent(self.redirects, tls), ..self }
    }

    fn ask(&self, question: &Question<'_>) -> Result<Vec<u8>> {
        check(question.kind, question.url)?;
        let mut response = self.send(question).map_err(|fault| self.no_answer(question, fault))?;
        if response.status() != StatusCode::OK {
            return Err(refused(question, &mut response));
        }
        let textual = response.body().mime_type().is_some_and(is_textual);
        let body = response.body_mut().with_config().limit(self.limit).read_to_vec();
        let body = body.map_err(|fault| self.no_answer(question, fault))?;
        // All that is asked for is DER or PEM. Servers mislabel both, so the type alone condemns nothing.
        if textual && !body.starts_with(b"\x30") && !body.starts_with(b"-----BEGIN") {
            let message = format!("answered 200 OK, but with a page instead of an answer{}", spoken(&body));
            return Err(question.error(message).advise("check the address").class_is(ErrorClass::Operator));
        }
        Ok(body)
    }

    /// As `ask`, but hands on what came, to be judged elsewhere.
    #[cfg(feature = "csc")]
    pub(crate) fn exchange(&self, question: &Question<'_>) -> Result<Received> {
        check(question.kind, question.url)?;
        let mut response = self.send(question).map_err(|fault| self.no_answer(question, fault))?;
        let body = response.body_mut().with_config().limit(self.limit).read_to_vec();
        let body = body.map_err(|fault| self.no_answer(question, fault))?;
        Ok(Received { status: response.status().as_u16(), retry_after: retry_after(&response), body })
    }

    fn send(&self, question: &Question<'_>) -> Result<Response<Body>, ureq::Error> {
        let timeout = Some(self.timeout);
        match question.body {
            None => {
                let request = self.agent.get(question.url).config().timeout_global(timeout).build();
                request.header("Accept", question.accept).call()
            }
            Some((content_type, body)) => {
                let request = self.agent.post(question.url).config().timeout_global(timeout).build();
                let mut request = request.header("Accept", question.accept).content_type(content_type);
                for (name, value) in question.headers {
                    request = request.header(name, value);
                }
                request.send(body)
            }
        }
    }

    fn no_answer(&self, question: &Question<'_>, fault: ureq::Error) -> Error {
        use ureq::Error::{BadUri, BodyExceedsLimit, HostNotFound, Http, InvalidProxyUrl, Io, Rustls, Timeout, Tls};
        match fault {
            Timeout(_) => question
                .error(format_args!("gave no whole answer within {} s", self.timeout.as_secs_f32()))
                .advise("try again later, or allow more time"),
            BodyExceedsLimit(limit) => {
                let error = question.error(format_args!("gave an answer of more than {limit} bytes"));
                error.advise("check the address, or allow more").class_is(ErrorClass::Permanent)
            }
            HostNotFound => question
                .error("cannot be found: no such host")
                .advise("check the address and this machine's name service"),
            Io(cause) if cause.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) => {
                let error = question.error("gave no answer").because(cause);
                error.advise("check the address and the certificates of both").class_is(ErrorClass::Operator)
            }
            fault @ (Tls(_) | Rustls(_)) => {
                let error = question.error("gave no answer").because(fault);
                error.advise("check the address and the server's certificate").class_is(ErrorClass::Operator)
            }
            fault @ (BadUri(_) | Http(_) | InvalidProxyUrl) => {
                let error = question.error("cannot be asked").because(fault);
                error.advise("check the address and the proxy").class_is(ErrorClass::Permanent)
            }
            Io(cause) => question.error("gave no answer").because(cause).advise("try again later"),
            fault => question.error("gave no answer").because(fault).advise("try again later"),
        }
    }
}

fn agent(redirects: u32, tls: TlsConfig) -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(redirects)
        .max_redirects_will_error(false)
        .user_agent(concat!("pades-ltv/", env!("CARGO_PKG_VERSION")))
        .tls_config(tls);
    config.build().new_agent()
}

/// Only web addresses, and none that would put a password into messages.
fn check(kind: ErrorKind, url: &str) -> Result<()> {
    let refuse = |message: &str| Err(Error::new(kind, message).at(printable(url)).class_is(ErrorClass::Permanent));
    match url.parse::<Uri>() {
        Ok(uri) if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) => {
            let message = "the address holds a user name or password, which would stand in every log";
            let error = Error::new(kind, message).class_is(ErrorClass::Permanent);
            Err(error.advise("give them apart from the address"))
        }
        Ok(uri) => match uri.scheme_str() {
            Some("http" | "https") => Ok(()),
            Some(scheme) => refuse(&format!("addresses with {scheme}: are not supported, only http: and https:")),
            None => refuse("the address does not begin with http: or https:"),
        },
        Err(_) => refuse("the address is not one that can be asked"),
    }
}

/// An answer with another status than 200, in the server's words.
fn refused(question: &Question<'_>, response: &mut Response<Body>) -> Error {
    let status = response.status();
    let (wait, seconds) = (retry_after(response), waiting::wait(response.headers()));
    let elsewhere = header(response, "Location").filter(|_| status.is_redirection());
    let textual = response.body().mime_type().is_none_or(is_textual);
    let body = response.body_mut().with_config().limit(REFUSAL).read_to_vec().unwrap_or_default();
    // Some authorities refuse in both ways at once: by the status of HTTP, and in a TimeStampResp.
    let refusal = refusal_in(&body).filter(|_| question.kind == ErrorKind::Timestamp);
    let words = if textual && refusal.is_none() { spoken(&body) } else { String::new() };
    let error = question.error(format_args!("answered {status}{words}"));
    let error = seconds.into_iter().fold(error, Error::wait);
    let error = refusal.into_iter().fold(error, Error::because);
    match (class(status), wait) {
        (ErrorClass::Retryable, Some(wait)) => error.advise(format!("try again later (Retry-After: {wait})")),
        (ErrorClass::Retryable, None) => error.advise("try again later"),
        (ErrorClass::Operator, _) => {
            error.class_is(ErrorClass::Operator).advise("check user, password and the right to ask this server")
        }
        (ErrorClass::Permanent, _) => {
            let advice = elsewhere
                .map_or("check the address".to_owned(), |place| format!("check the address: it moved to {place}"));
            error.class_is(ErrorClass::Permanent).advise(advice)
        }
    }
}

/// How long the server asks to wait, in its own words.
fn retry_after(response: &Response<Body>) -> Option<String> {
    header(response, "Retry-After")
}

fn header(response: &Response<Body>, name: &str) -> Option<String> {
    response.headers().get(name).and_then(|value| value.to_str().ok()).map(printable)
}

fn class(status: StatusCode) -> ErrorClass {
    match status.as_u16() {
        408 | 425 | 429 | 500.. => ErrorClass::Retryable,
        401 | 402 | 403 | 407 => ErrorClass::Operator,
        _ => ErrorClass::Permanent,
    }
}

/// Whether a media type is something for people to read rather than an answer.
fn is_textual(mime_type: &str) -> bool {
    let mime_type = mime_type.to_ascii_lowercase();
    let ends = |end: &str| mime_type.ends_with(end);
    mime_type.starts_with("text/") || ends("/json") || ends("+json") || ends("/xml") || ends("+xml")
}

#[cfg(test)]
mod tests;
