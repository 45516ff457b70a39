//! The preflight as JSON, schema `pades-ltv/preflight/1`.
//!
//! Invariant: every key is always there; `null` is what is not known.

use serde::Serialize;

use super::{Chain, FieldOrigin, Preflight};

/// The schema's name, in every preflight.
const SCHEMA: &str = "pades-ltv/preflight/1";

impl Preflight {
    /// This preflight as one JSON object, for the file that the caller calls `file`. Lengths are bytes, times RFC 3339 in
    /// UTC, and `permission` is the number that stands for it as `/P`.
    pub fn to_json(&self, file: &str) -> String {
        let json = File {
            schema: SCHEMA,
            file,
            field: Field {
                name: &self.field.name,
                origin: match self.field.origin {
                    FieldOrigin::Existing => "existing",
                    FieldOrigin::New => "new",
                },
                visible: self.field.visible,
            },
            certificate: Certificate {
                subject: &self.certificate.subject,
                issuer: &self.certificate.issuer,
                serial: &self.certificate.serial,
                not_before: self.certificate.not_before.to_string(),
                not_after: self.certificate.not_after.to_string(),
                days_left: self.certificate.days_left,
            },
            algorithm: self.algorithm.to_string(),
            chain_complete: self.chain == Chain::ToRoot,
            permission: self.permission.map(super::Certification::level),
            earlier: self
                .earlier
                .iter()
                .map(|one| Earlier { field: one.field.as_deref(), survives: one.survives })
                .collect(),
            timestamp: Timestamp {
                room: self.timestamp.room,
                required: self.timestamp.required,
                url: self.timestamp.url.as_deref(),
            },
            base_len: self.base_len,
            update_len: self.update_len,
            file_len: self.file_len,
            warnings: self.warnings.iter().map(|one| Warning { code: one.code(), message: one.to_string() }).collect(),
        };
        // Strings and numbers alone: nothing here can fail to serialize.
        serde_json::to_string(&json).unwrap_or_default()
    }
}

#[derive(Serialize)]
struct File<'a> {
    schema: &'a str,
    file: &'a str,
    field: Field<'a>,
    certificate: Certificate<'a>,
    algorithm: String,
    chain_complete: bool,
    permission: Option<u8>,
    earlier: Vec<Earlier<'a>>,
    timestamp: Timestamp<'a>,
    base_len: u64,
    update_len: u64,
    file_len: u64,
    warnings: Vec<Warning<'a>>,
}

#[derive(Serialize)]
struct Field<'a> {
    name: &'a str,
    origin: &'a str,
    visible: bool,
}

#[derive(Serialize)]
struct Certificate<'a> {
    subject: &'a str,
    issuer: &'a str,
    serial: &'a str,
    not_before: String,
    not_after: String,
    days_left: u64,
}

#[derive(Serialize)]
struct Earlier<'a> {
    field: Option<&'a str>,
    survives: bool,
}

#[derive(Serialize)]
struct Timestamp<'a> {
    room: usize,
    required: bool,
    url: Option<&'a str>,
}

#[derive(Serialize)]
struct Warning<'a> {
    code: &'a str,
    message: String,
}
