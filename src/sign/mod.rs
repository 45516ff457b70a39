//! Signing: from a document and a signer to the bytes to append.
//!
//! What it is for: one PAdES signature as one incremental update: [`Signing`] (what to say) → [`Prepared`] (what to sign) → [`Signed`]
//! (signed; may take a timestamp) → [`Update`](crate::Update) (checked bytes to append). Where the certificate is not known yet, [`Reserved`]
//! (where it will stand) comes first. All but the first and the last can be stored, and go on elsewhere.
//!
//! [`Batch`] does it for many documents. A file whose cross-reference is broken needs a [`Repair`] first.
//! Before any of it, [`Preflight`](preflight::Preflight) says what would come of it.
//!
//! Invariant: no thread is started but by [`Batch::threads`](Batch::threads).
//! Invariant: never a weaker result than asked for: no timestamp where one was asked for is an error.
//! Invariant: nothing is handed out that was not parsed back first, and verified: here, or by an RSA key in memory (ARCHITECTURE.md, How signing goes).
//!
//! Specified in EN 319 142-1, 6.3 (what goes in), ISO 32000-2, 12.8 (where), RFC 5652 (how).

mod batch;
mod layout;
pub mod preflight;
mod prepared;
mod repair;
mod reserved;
mod revision;
mod rules;
mod seed;
mod signed;
mod signing;
mod state;
pub(crate) mod timestamping;
mod update;

pub use batch::Batch;
pub use prepared::Prepared;
pub use repair::Repair;
pub use reserved::Reserved;
pub(crate) use revision::file_id;
pub use signed::Signed;
pub use signing::Signing;
pub use timestamping::{PreparedTimestamp, Timestamping};
pub use update::Update;

/// Room for a timestamp token in bytes, where nothing else is said. Tokens with two or three RSA certificates inside
/// are 4 to 8 KB; EN 319 142-1, 6.3 (q) asks to leave room.
pub(crate) const TOKEN_ROOM: usize = 10 * 1024;
