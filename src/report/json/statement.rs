//! What signers state, as JSON.

use serde::Serialize;

use crate::report::{SignaturePolicy, SignerAttribute};

#[derive(Serialize)]
pub(super) struct PolicyJson<'a> {
    identifier: Option<&'a str>,
    digest: Option<&'a str>,
    locations: &'a [String],
    notices: &'a [String],
    document: &'a str,
}

#[derive(Serialize)]
pub(super) struct AttributeJson<'a> {
    origin: &'a str,
    identifier: Option<&'a str>,
    values: &'a [String],
}

impl<'a> From<&'a SignaturePolicy> for PolicyJson<'a> {
    fn from(policy: &'a SignaturePolicy) -> Self {
        Self {
            identifier: policy.identifier.as_deref(),
            digest: policy.digest.as_deref(),
            locations: &policy.locations,
            notices: &policy.notices,
            document: policy.document.as_str(),
        }
    }
}

impl<'a> From<&'a SignerAttribute> for AttributeJson<'a> {
    fn from(attribute: &'a SignerAttribute) -> Self {
        Self {
            origin: attribute.origin.as_str(),
            identifier: attribute.identifier.as_deref(),
            values: &attribute.values,
        }
    }
}
