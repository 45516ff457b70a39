//! JSON objects as answers hold them: each field has the type that is specified, or the answer is refused.
//!
//! Invariant: what is wrong is said by the field's name, never by its value, which may be a secret.

use base64ct::{Base64, Encoding};
use serde_json::{Map, Value};

use super::request::unusable;
use crate::error::{ErrorClass, Result};
use crate::words::spoken;

/// The fields of an object, `null` counting as absent (CSC API, 7.1).
pub(super) struct Object<'a> {
    fields: &'a Map<String, Value>,
    /// The names above, as in `key/`.
    path: String,
}

impl<'a> Object<'a> {
    pub(super) fn new(fields: &'a Map<String, Value>) -> Self {
        Self { fields, path: String::new() }
    }

    fn value(&self, name: &str) -> Option<&'a Value> {
        self.fields.get(name).filter(|value| !value.is_null())
    }

    /// The field read by `read`, which knows whether it is `kind`.
    fn optional<T>(&self, name: &str, kind: &str, read: impl Fn(&'a Value) -> Option<T>) -> Result<Option<T>> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let found = read(value).ok_or_else(|| unusable(format!("has {kind} expected in {}{name}", self.path)))?;
        Ok(Some(found))
    }

    fn required<T>(&self, name: &str, found: Option<T>) -> Result<T> {
        found.ok_or_else(|| unusable(format!("lacks {}{name}", self.path)))
    }

    pub(super) fn optional_text(&self, name: &str) -> Result<Option<&'a str>> {
        self.optional(name, "no string where one is", Value::as_str)
    }

    pub(super) fn text(&self, name: &str) -> Result<&'a str> {
        self.required(name, self.optional_text(name)?)
    }

    pub(super) fn optional_number(&self, name: &str) -> Result<Option<u64>> {
        self.optional(name, "no whole number where one is", Value::as_u64)
    }

    pub(super) fn number(&self, name: &str) -> Result<u64> {
        self.required(name, self.optional_number(name)?)
    }

    /// The strings of an array.
    pub(super) fn texts(&self, name: &str) -> Result<Vec<&'a str>> {
        let strings = |value: &'a Value| value.as_array()?.iter().map(Value::as_str).collect();
        let found = self.optional(name, "no array of strings where one is", strings)?;
        self.required(name, found)
    }

    /// The bytes of an array of Base64.
    pub(super) fn bytes(&self, name: &str) -> Result<Vec<Vec<u8>>> {
        let texts = self.texts(name)?;
        let decoded = texts.into_iter().map(Base64::decode_vec).collect::<Result<Vec<_>, _>>();
        decoded.map_err(|fault| {
            unusable(format!("has no Base64 where it is expected in {}{name}", self.path)).because(fault)
        })
    }

    pub(super) fn optional_object(&self, name: &str) -> Result<Option<Self>> {
        let found = self.optional(name, "no object where one is", Value::as_object)?;
        Ok(found.map(|fields| Self { fields, path: format!("{}{name}/", self.path) }))
    }

    pub(super) fn object(&self, name: &str) -> Result<Self> {
        self.required(name, self.optional_object(name)?)
    }

    /// The objects of an array; none where there is no array.
    pub(super) fn objects(&self, name: &str) -> Result<Vec<Self>> {
        let objects = |value: &'a Value| value.as_array()?.iter().map(Value::as_object).collect::<Option<Vec<_>>>();
        let found = self.optional(name, "no array of objects where one is", objects)?.unwrap_or_default();
        Ok(found.into_iter().map(|fields| Self { fields, path: format!("{}{name}/", self.path) }).collect())
    }
}

/// The object that a whole answer is. Its nesting is bounded by serde_json (128), its length by the caller.
pub(super) fn parse(body: &[u8]) -> Result<Map<String, Value>> {
    if let Ok(Value::Object(fields)) = serde_json::from_slice(body) {
        return Ok(fields);
    }
    // A page is no secret, and tells where the request got stuck.
    if body.trim_ascii_start().starts_with(b"<") {
        let error = unusable(format!("is a page instead of JSON{}", spoken(body)));
        return Err(error.advise("check the service's address").class_is(ErrorClass::Operator));
    }
    Err(unusable("is no JSON object"))
}
