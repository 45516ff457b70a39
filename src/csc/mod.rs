//! Remote signing services with the API of the Cloud Signature Consortium (CSC).
//!
//! What it is for: keys in somebody else's care, reached over HTTP: which credentials there are, whose they are, one
//! authorisation for many hashes, and their signatures. Every step is a [`Request`] that says what to send, and reads
//! the [`Answer`] that came back; with the feature `http`, [`HttpCsc`] sends them and [`CscSigner`] is a
//! [`Signer`](crate::Signer) over them.
//!
//! Getting the access token (OAuth 2.0, clause 8.4) is the caller's. Documents never travel: only their digests do.
//!
//! Invariant: no I/O and no clock outside the driver: answers and times are arguments.
//! Invariant: tokens, PINs and activation data stand in no message and no `Debug`; what a server says when it refuses
//! is kept in its own words, but for these, in one bounded line. What holds them here is wiped when it is dropped: requests, answers and what is read
//! of them; the buffers of TLS are not ours, and what [`Request::body`] gives is the caller's.
//! Invariant: what a service signs is verified under its certificate before anybody uses it, as with every other
//! signer.
//!
//! Specified in CSC API 2.0.0.2, 11 (and 1.0.4.0, 11, whose names differ). Known second-hand, from open implementations
//! and their documentation; no conformance is claimed.
//!
//! Nouns: [`Service`], [`Request`], [`Answer`], [`Credential`], [`AuthData`], [`Authorization`], [`Refused`].
//!
//! # Examples
//! Without any I/O, as an async caller would:
//! ```
//! use pades_ltv::csc::{Answer, AuthData, Service};
//! # use pades_ltv::{Document, Signing, Signer, Time, authority::Authority};
//! # let now: Time = "2026-10-07T00:25:23Z".parse()?;
//! # let key = Authority::new("doc", now)?.issue("甲野サービス")?;
//! # let base64 = |bytes: &[u8]| { use base64ct::Encoding; base64ct::Base64::encode_string(bytes) };
//! # let certificates: Vec<String> = key.identity()?.certificates().map(base64).map(|one| format!("{one:?}")).collect();
//! # let send = |_url: &str, body: &[u8]| -> Vec<u8> { let _ = body; br#"{"SAD": "once", "expiresIn": 300}"#.to_vec() };
//! # let info = format!(r#"{{"key": {{"status": "enabled", "algo": ["1.2.840.10045.4.3.2"], "len": 256}},
//! #   "cert": {{"certificates": [{}]}}, "auth": {{"mode": "explicit", "objects": [{{"type": "Password", "id": "PIN"}}]}}, "SCAL": "2", "multisign": 20}}"#, certificates.join(","));
//! # let pdf = include_bytes!("../../examples/contract.pdf").as_slice();
//! let service = Service::new("https://signing.example.jp/csc/v2", "ACCESS-TOKEN")?;
//! let request = service.credential("GX0112348");
//! # assert_eq!(request.url(), "https://signing.example.jp/csc/v2/credentials/info");
//! // POST request.body() with request.headers() to request.url(), by whatever means, and:
//! # let body = info.into_bytes();
//! let credential = request.read(&Answer::new(200, &body))?;
//!
//! let document = Document::open(pdf)?;
//! let prepared = Signing::new(&document, now).prepare(credential.identity())?;
//! let request = service.authorize(&credential, &[prepared.input()], &AuthData::new().pin("1234"), now)?;
//! # let body = send(request.url(), &request.body());
//! let authorization = request.read(&Answer::new(200, &body))?.granted()?;
//! let request = service.sign_hash(&credential, &authorization, &[prepared.input()], now)?;
//! # let value = base64(&key.sign(prepared.input())?);
//! # let body = format!(r#"{{"signatures": ["{value}"]}}"#).into_bytes();
//! let values = request.read(&Answer::new(200, &body))?;
//! let update = prepared.complete(&document, &values[0])?.finish()?;
//! # Ok::<(), pades_ltv::Error>(())
//! ```

mod authorization;
mod credential;
#[cfg(feature = "http")]
mod driver;
mod object;
mod refusal;
mod request;
mod service;
#[cfg(test)]
mod tests;

pub use authorization::{AuthData, Authorization, AuthorizationState};
pub use credential::{AuthorizationMode, Credential, CredentialList, Scal};
#[cfg(feature = "http")]
pub use driver::{CscSigner, HttpCsc};
pub use refusal::Refused;
pub use request::{ANSWER_LIMIT, Answer, Request};
pub use service::{Service, ServiceInfo};
