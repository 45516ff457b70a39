//! The document security store as it is found (ISO 32000-2, 12.8.4.3; EN 319 142-1, 5.4.2).
//!
//! Invariant: the store is an untrusted pool of opaque bytes. What is broken in it is a fault, and hides nothing else.
//!
//! Nouns: [`Dss`], [`DssValue`] (one DER object), [`Vri`] (a hint which values belong to which signature).

use std::collections::HashMap;
use std::sync::Arc;

use crate::error::{ErrorKind, Result};
use crate::limits::Limits;
use crate::pdf::object::{Dictionary, Object, Ref};
use crate::pdf::text::read_text_string;
use crate::pdf::view::View;

/// The values of a document security store, in file order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Dss {
    pub(crate) certs: Vec<DssValue>,
    pub(crate) crls: Vec<DssValue>,
    pub(crate) ocsps: Vec<DssValue>,
    pub(crate) vri: Vec<Vri>,
    pub(crate) faults: Vec<DssFault>,
}

/// One certificate, CRL, OCSP response or timestamp of the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DssValue {
    /// `None` where the value is no stream of its own, against the rules.
    pub(crate) id: Option<Ref>,
    pub(crate) der: Arc<[u8]>,
}

/// The values that somebody related to one signature (12.8.4.4). All of them should stand in the store's own lists,
/// too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Vri {
    /// By the rules, the upper-case SHA-1 of the signature's `/Contents`.
    pub(crate) key: String,
    pub(crate) certs: Vec<DssValue>,
    pub(crate) crls: Vec<DssValue>,
    pub(crate) ocsps: Vec<DssValue>,
    /// When it was written, as a PDF date that nobody vouches for.
    pub(crate) tu: Option<String>,
    /// A timestamp over it.
    pub(crate) ts: Option<DssValue>,
}

/// What is wrong with a store.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DssFault {
    #[error("/DSS is not a dictionary")]
    NotDictionary,
    #[error("/{0} of the document security store has the wrong type")]
    WrongType(String),
    #[error("element {index} of /{list} is not a stream")]
    NotStream { list: &'static str, index: usize },
    #[error("/{what} of the document security store cannot be read: {message}")]
    Unreadable { what: String, message: String },
    #[error("/{0} has more values than the {1} that are read (Limits::{limit})", limit = limit_of(.0))]
    TooMany(&'static str, usize),
    #[error("the values of the document security store are too large together (Limits::decoded_bytes)")]
    TooLarge,
}

impl Dss {
    /// Reads the store of `view`; `None` where there is none.
    ///
    /// # Errors
    /// [`ErrorKind::Io`], and whatever reading the catalog meets. Everything else is a fault.
    pub(crate) fn read(view: View<'_>) -> Result<Option<Self>> {
        let (_, catalog) = view.catalog()?;
        let mut reading = Reading::new(view);
        let dss = match reading.entry(&catalog, "DSS")? {
            Object::Null if reading.faults.is_empty() => return Ok(None),
            Object::Dictionary(dss) => dss,
            _ => return Ok(Some(Self { faults: vec![DssFault::NotDictionary], ..Self::default() })),
        };
        let limits = view.document().limits();
        let certs = reading.list(&dss, "Certs", limits.certificates)?;
        let crls = reading.list(&dss, "CRLs", limits.revocation_values)?;
        let ocsps = reading.list(&dss, "OCSPs", limits.revocation_values.saturating_sub(crls.len()))?;
        let vri = reading.vri(&dss, limits)?;
        Ok(Some(Self { certs, crls, ocsps, vri, faults: reading.faults }))
    }
}

/// The bound on the values of `key`.
fn limit_of(key: &str) -> &'static str {
    match key {
        "Certs" | "Cert" => "certificates",
        "VRI" => "signatures",
        _ => "revocation_values",
    }
}

/// A store while it is read.
struct Reading<'d> {
    view: View<'d>,
    /// Every stream is decoded once, however often it is named.
    decoded: HashMap<Ref, Arc<[u8]>>,
    bytes_left: u64,
    faults: Vec<DssFault>,
}

impl<'d> Reading<'d> {
    fn new(view: View<'d>) -> Self {
        let bytes_left = view.document().limits().decoded_bytes;
        Self { view, decoded: HashMap::new(), bytes_left, faults: Vec::new() }
    }

    /// The streams in the array `key`.
    fn list(&mut self, holder: &Dictionary, key: &'static str, most: usize) -> Result<Vec<DssValue>> {
        let items = match self.entry(holder, key)? {
            Object::Null => return Ok(Vec::new()),
            Object::Array(items) => items,
            _ => {
                self.faults.push(DssFault::WrongType(key.to_owned()));
                return Ok(Vec::new());
            }
        };
        if items.len() > most {
            self.faults.push(DssFault::TooMany(key, most));
        }
        let mut values = Vec::new();
        for (index, item) in items.iter().enumerate().take(most) {
            match self.value(key, item)? {
                Some(value) => values.push(value),
                None => self.faults.push(DssFault::NotStream { list: key, index }),
            }
        }
        Ok(values)
    }

    /// One stream; `None` where there is none that can be read.
    fn value(&mut self, what: &str, item: &Object) -> Result<Option<DssValue>> {
        let id = item.as_reference();
        if let Some(der) = id.and_then(|id| self.decoded.get(&id)) {
            return Ok(Some(DssValue { id, der: Arc::clone(der) }));
        }
        let data = match self.view.resolve(item).map(|object| object.into_owned()) {
            Ok(Object::Stream(stream)) => self.view.stream_data(&stream),
            Ok(_) => return Ok(None),
            Err(error) => Err(error),
        };
        let Some(data) = self.tolerate(what, data)? else { return Ok(None) };
        let length = u64::try_from(data.len()).unwrap_or(u64::MAX);
        let Some(bytes_left) = self.bytes_left.checked_sub(length) else {
            self.faults.push(DssFault::TooLarge);
            return Ok(None);
        };
        self.bytes_left = bytes_left;
        let der: Arc<[u8]> = Arc::from(data);
        if let Some(id) = id {
            self.decoded.insert(id, Arc::clone(&der));
        }
        Ok(Some(DssValue { id, der }))
    }

    fn vri(&mut self, dss: &Dictionary, limits: &Limits) -> Result<Vec<Vri>> {
        let map = match self.entry(dss, "VRI")? {
            Object::Null => return Ok(Vec::new()),
            Object::Dictionary(map) => map,
            _ => {
                self.faults.push(DssFault::WrongType("VRI".to_owned()));
                return Ok(Vec::new());
            }
        };
        let mut all = Vec::new();
        // What is related to signatures stands in the lists as well: together it may be as much as they.
        let mut left = limits.certificates.saturating_add(limits.revocation_values);
        for entry in map.iter().filter(|entry| entry.key != *"Type") {
            let key = entry.key.to_text();
            if all.len() >= limits.signatures || left == 0 {
                self.faults.push(DssFault::TooMany("VRI", all.len()));
                break;
            }
            let value = self.view.resolve(&entry.value).map(|object| object.into_owned());
            match self.tolerate(&key, value)? {
                Some(Object::Dictionary(dictionary)) => all.push(self.related(key, &dictionary, &mut left)?),
                Some(_) => self.faults.push(DssFault::WrongType(key)),
                None => {}
            }
        }
        Ok(all)
    }

    fn related(&mut self, key: String, dictionary: &Dictionary, left: &mut usize) -> Result<Vri> {
        let mut lists = ["Cert", "CRL", "OCSP"].into_iter().map(|list| {
            let values = self.list(dictionary, list, *left)?;
            *left = left.saturating_sub(values.len());
            Ok(values)
        });
        let mut next = || lists.next().unwrap_or_else(|| Ok(Vec::new()));
        let (certs, crls, ocsps) = (next()?, next()?, next()?);
        let tu = self.entry(dictionary, "TU")?.as_string().map(read_text_string);
        let ts = match dictionary.get("TS") {
            Some(item) => self.value("TS", item)?,
            None => None,
        };
        Ok(Vri { key, certs, crls, ocsps, tu, ts })
    }

    /// A resolved entry; one that cannot be read is a fault and null.
    fn entry(&mut self, dictionary: &Dictionary, key: &str) -> Result<Object> {
        let entry = self.view.entry(dictionary, key);
        Ok(self.tolerate(key, entry)?.unwrap_or(Object::Null))
    }

    /// A broken file is a fault of the store; a source that fails is an error.
    fn tolerate<T>(&mut self, what: &str, result: Result<T>) -> Result<Option<T>> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.kind() == ErrorKind::Io => Err(error),
            Err(error) => {
                self.faults.push(DssFault::Unreadable { what: what.to_owned(), message: error.to_string() });
                Ok(None)
            }
        }
    }
}
