//! JSON objects as answers hold them: each field has the type that is specified, or the answer is refused.
//!
//! Invariant: what is wrong is said by the field's name, never by its value, which may be a secret; texts are wiped when dropped.

use std::io;
use std::ops::{Deref, DerefMut};

use base64ct::{Base64, Encoding};
use der::zeroize::{Zeroize, Zeroizing};
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

/// The fields of a request or an answer. A PIN or activation data may be among them, so their texts are wiped when dropped.
#[derive(Default)]
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    /// As JSON, with room from the beginning: what grows leaves copies behind.
    pub(super) fn to_json(&self) -> Zeroizing<Vec<u8>> {
        let mut length = Length(0);
        let mut json = Zeroizing::new(Vec::new());
        // Maps of strings, numbers and the like: nothing here can fail to serialize.
        let _ = serde_json::to_writer(&mut length, &self.0);
        json.reserve_exact(length.0);
        let _ = serde_json::to_writer(&mut *json, &self.0);
        json
    }

    fn wipe(&mut self) {
        let mut open: Vec<&mut Value> = self.0.values_mut().collect();
        while let Some(value) = open.pop() {
            match value {
                Value::String(text) => text.zeroize(),
                Value::Array(values) => open.extend(values),
                Value::Object(fields) => open.extend(fields.values_mut()),
                Value::Null | Value::Bool(_) | Value::Number(_) => {}
            }
        }
    }
}

impl Drop for Fields {
    fn drop(&mut self) {
        self.wipe();
    }
}

impl Deref for Fields {
    type Target = Map<String, Value>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Fields {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

/// Counts what is written.
struct Length(usize);

impl io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.saturating_add(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The object that a whole answer is. Its nesting is bounded by serde_json (128), its length by the caller.
pub(super) fn parse(body: &[u8]) -> Result<Fields> {
    if let Ok(fields) = serde_json::from_slice(body) {
        return Ok(Fields(fields));
    }
    // A page is no secret, and tells where the request got stuck.
    if body.trim_ascii_start().starts_with(b"<") {
        let error = unusable(format!("is a page instead of JSON{}", spoken(body)));
        return Err(error.advise("check the service's address").class_is(ErrorClass::Operator));
    }
    Err(unusable("is no JSON object"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_wiped_however_deep() {
        let text = br#"{"SAD":"S-1","authData":[{"id":"PIN","value":"P-2"},["P-3",{"n":4,"x":null}]],"PIN":"5"}"#;
        let mut fields = parse(text).unwrap();
        let json = fields.to_json();
        assert_eq!(serde_json::from_slice::<Value>(&json).unwrap(), serde_json::from_slice::<Value>(text).unwrap());
        // It did not grow on the way.
        assert_eq!((json.len(), json.capacity()), (text.len(), text.len()));
        fields.wipe();
        let left = serde_json::from_slice::<Value>(&fields.to_json()).unwrap();
        let empty = serde_json::json!({
            "SAD": "", "authData": [{"id": "", "value": ""}, ["", {"n": 4, "x": null}]], "PIN": ""
        });
        assert_eq!(left, empty);
    }
}
