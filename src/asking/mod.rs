//! How to ask those who answer: again, elsewhere, and not too often.
//!
//! What it is for: what stands between the joints [`TimestampAuthority`] and [`Fetch`](crate::Fetch) and those who implement them. Each
//! is such a joint itself, around another: they are put into one another as a caller likes.
//!
//! Invariant: no clock and no sleep; both are arguments. [`Retry`] and [`Rate`] are plain values that say how long to wait.
//! Invariant: what goes wrong is never left out: whoever fails in the end says with what, and so does each authority that was passed over.
//! Invariant: a timestamp counts as given only after every check of RFC 3161, 2.4.2 held; the same check, by the same code, as when it is used.
//!
//! Specified in RFC 3161, 2.4; `Retry-After` in RFC 9110, 10.2.3.
//! Nouns: [`Retry`], [`Retrying`]; [`Failover`] with [`Refusals`]; [`Rate`], [`Limited`]; [`Punctual`].

mod failover;
mod punctual;
mod rate;
mod retry;

pub use failover::{Failover, Refusal, Refusals};
pub use punctual::Punctual;
pub use rate::{Limited, Rate};
pub use retry::{Retry, Retrying};

use crate::error::{Error, ErrorClass, ErrorKind, Result};
use crate::limits::Limits;
use crate::pki::timestamp::TimestampRequest;
use crate::port::TimestampAuthority;

/// The answer of `tsa` if it is good in every respect.
fn judged<T: TimestampAuthority + ?Sized>(tsa: &T, request: &[u8]) -> Result<Vec<u8>> {
    let asked = TimestampRequest::from_der(request).map_err(|fault| {
        let error = Error::new(ErrorKind::Timestamp, "the request cannot be asked");
        error.class_is(ErrorClass::Permanent).because(fault)
    })?;
    let response = tsa.timestamp(request)?;
    asked.judge(&response, &Limits::default())?;
    Ok(response)
}
