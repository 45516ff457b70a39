//! A timestamp authority over HTTP.
//!
//! Invariant: it goes nowhere but where it was sent: what it carries (password, headers, certificate) is for that address only.
//!
//! Specified in RFC 3161, 3.4; RFC 7617 (basic authentication).

use std::fmt;
use std::time::Duration;

use base64ct::{Base64, Encoding};
use ureq::http::{HeaderName, HeaderValue};

use super::tls::Tls;
use super::{Client, Question, check};
use crate::error::{Error, ErrorClass, ErrorKind, Result};
use crate::port::TimestampAuthority;
use crate::words::printable;

/// Tokens are 2 to 10 KB; with long chains and CRLs inside they stay far below this.
const ANSWER: u64 = 1 << 20;
/// What this client says itself.
const OURS: [&str; 5] = ["accept", "content-type", "content-length", "host", "transfer-encoding"];

/// A timestamp authority at an address (RFC 3161, 3.4).
///
/// It asks once, and passes on what it hears; [`Retrying`](crate::Retrying), [`Failover`](crate::Failover) and
/// [`Limited`](crate::Limited) ask again, elsewhere, and not too often. It follows no redirection: what it carries is for this address
/// only, and a request that was redirected arrives without its body at most servers.
///
/// # Examples
/// ```no_run
/// use std::time::Duration;
///
/// let tsa = pades_ltv::HttpTsa::new("https://tsa.example.jp/rfc3161")?
///     .basic_auth("city", "the password")
///     .timeout(Duration::from_secs(10));
/// # Ok::<(), pades_ltv::Error>(())
/// ```
#[derive(Clone)]
pub struct HttpTsa {
    url: String,
    headers: Vec<(String, String)>,
    tls: Tls,
    client: Client,
}

impl HttpTsa {
    /// The authority at `url`.
    ///
    /// # Errors
    /// [`ErrorKind::Timestamp`] where `url` is not an `http` or `https` address, or holds a password.
    pub fn new(url: impl Into<String>) -> Result<Self> {
        let url = url.into();
        check(ErrorKind::Timestamp, &url)?;
        Ok(Self { url, headers: Vec::new(), tls: Tls::default(), client: Client::without_redirects(ANSWER) })
    }

    /// Says who asks (RFC 7617). Use `https` then: over `http` anybody on the way reads the password.
    #[must_use]
    pub fn basic_auth(mut self, user: &str, password: &str) -> Self {
        let credentials = Base64::encode_string(format!("{user}:{password}").as_bytes());
        self.put("Authorization", format!("Basic {credentials}"));
        self
    }

    /// One more header of each request, such as the key of a subscription; again with the same name, another value for it. Values never
    /// show up in errors or in `Debug`.
    ///
    /// # Errors
    /// [`ErrorKind::Timestamp`] where name or value cannot stand in HTTP, or the name is one that this client sets (`Host`, `Accept`,
    /// `Content-Type`, `Content-Length`, `Transfer-Encoding`).
    pub fn header(mut self, name: &str, value: &str) -> Result<Self> {
        let is_name =
            HeaderName::from_bytes(name.as_bytes()).is_ok() && !OURS.contains(&name.to_ascii_lowercase().as_str());
        if !is_name || HeaderValue::from_str(value).is_err() {
            let error = Error::new(ErrorKind::Timestamp, "this header cannot be sent").at(printable(name));
            return Err(error.class_is(ErrorClass::Permanent).advise("check its name and value"));
        }
        self.put(name, value.to_owned());
        Ok(self)
    }

    /// Proves who asks by a certificate (TLS client authentication): `certificates` PEM, the client's own first, and its private `key`
    /// PEM, not encrypted (PKCS#8, PKCS#1 or SEC 1). It is used with `https` addresses only.
    ///
    /// A server that refuses the certificate is an error for an operator. Under TLS 1.3 it may close the connection before its refusal can be
    /// read; then all that is known is a broken connection, which is retryable.
    ///
    /// # Errors
    /// [`ErrorKind::Certificate`] where there is no certificate; [`ErrorKind::Key`] where there is no such key, or it cannot be used.
    pub fn client_certificate(mut self, certificates: &[u8], key: &[u8]) -> Result<Self> {
        self.tls.identify(certificates, key)?;
        self.client = self.client.with_tls(self.tls.config());
        Ok(self)
    }

    /// Trusts these certificates, PEM, instead of Mozilla's roots to say who the server is: for servers with an authority of their own.
    ///
    /// # Errors
    /// [`ErrorKind::Certificate`] where there is none, or one cannot be used.
    pub fn server_roots(mut self, certificates: &[u8]) -> Result<Self> {
        self.tls.trust(certificates)?;
        self.client = self.client.with_tls(self.tls.config());
        Ok(self)
    }

    /// How long one exchange may take, all in all: 30 seconds unless told.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.client.timeout = timeout;
        self
    }

    /// How long an answer may be, in bytes: 1 MiB unless told.
    #[must_use]
    pub fn answer_limit(mut self, bytes: u64) -> Self {
        self.client.limit = bytes;
        self
    }

    fn put(&mut self, name: &str, value: String) {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value));
    }
}

impl TimestampAuthority for HttpTsa {
    fn timestamp(&self, request: &[u8]) -> Result<Vec<u8>> {
        let question = Question {
            kind: ErrorKind::Timestamp,
            who: "the timestamp authority",
            url: &self.url,
            accept: "application/timestamp-reply",
            body: Some(("application/timestamp-query", request)),
            headers: &self.headers,
        };
        self.client.ask(&question)
    }
}

/// Whom it asks; never the password.
impl fmt::Debug for HttpTsa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpTsa({})", self.url)
    }
}
