//! Looking ahead: what `Verification::outlook` says of the future is what verifying says when the future has come.

#[path = "../common/mod.rs"]
mod common;

mod histories;
mod words;
