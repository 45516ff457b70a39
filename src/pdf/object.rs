//! PDF values (ISO 32000-2, 7.3), as plain data that can be written back exactly.
//!
//! Invariant: what was parsed and is written again keeps its meaning and its number spelling; nothing is normalised.
//!
//! Nouns: [`Object`], [`Dictionary`], [`Name`], [`Ref`], [`PdfString`], [`Stream`].

mod array;

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::slice;

pub(crate) use self::array::Array;

/// The identity of an indirect object: number and generation (7.3.10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Ref {
    pub(crate) number: u32,
    pub(crate) generation: u16,
}

impl fmt::Display for Ref {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "object {} {}", self.number, self.generation)
    }
}

/// A name without its slash, `#xx` already decoded (7.3.5).
#[derive(Clone)]
pub(crate) struct Name(Spelling);

/// Documents hold more names than anything else, and nearly all are short: those stand in place.
#[derive(Clone)]
enum Spelling {
    Short(u8, [u8; SHORT]),
    Long(Box<[u8]>),
}

/// As long as a name can be without making [`Name`] larger than a `Vec`.
const SHORT: usize = 22;

/// A string's bytes, decoded, and how they were written (7.3.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PdfString {
    pub(crate) bytes: Vec<u8>,
    pub(crate) form: StringForm,
}

/// The two spellings of a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StringForm {
    Literal,
    Hexadecimal,
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Object {
    Null,
    Boolean(bool),
    Integer(i64),
    /// The number as it was spelled, so that writing it back changes nothing.
    Real(String),
    Name(Name),
    String(PdfString),
    Array(Array),
    Dictionary(Dictionary),
    Stream(Box<Stream>),
    Reference(Ref),
}

/// Keys and values in file order, with the place of each value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dictionary {
    entries: Vec<Entry>,
}

/// One entry of a dictionary.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: Name,
    pub(crate) value: Object,
    /// Where the value's token stands, in bytes from the start of the file; `None` where it does not stand in the file
    /// itself (made by us, or inside an object stream).
    pub(crate) span: Option<Range<u64>>,
}

/// A dictionary and where its data lies (7.3.8).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stream {
    /// The object that it is: in encrypted files its key depends on that.
    pub(crate) id: Ref,
    pub(crate) dictionary: Dictionary,
    /// The raw (still encoded) data, in bytes from the start of the file.
    pub(crate) data: Range<u64>,
}

impl Name {
    /// The name's bytes.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Spelling::Short(length, bytes) => bytes.get(..usize::from(*length)).unwrap_or_default(),
            Spelling::Long(bytes) => bytes,
        }
    }

    /// For messages and for comparing with the ASCII names of the standard.
    pub(crate) fn to_text(&self) -> String {
        String::from_utf8_lossy(self.as_bytes()).into_owned()
    }
}

impl From<&[u8]> for Name {
    fn from(bytes: &[u8]) -> Self {
        let Some(length) = u8::try_from(bytes.len()).ok().filter(|length| usize::from(*length) <= SHORT) else {
            return Self(Spelling::Long(bytes.into()));
        };
        // Filled where it stands: a copy would wait for what was just written.
        let mut name = Self(Spelling::Short(length, [0; SHORT]));
        if let Spelling::Short(_, short) = &mut name.0 {
            short.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
        }
        name
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self::from(text.as_bytes())
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Name {}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}", self.to_text())
    }
}

impl Object {
    pub(crate) fn name(text: &str) -> Self {
        Self::Name(Name::from(text))
    }

    pub(crate) fn as_name(&self) -> Option<&Name> {
        match self {
            Self::Name(name) => Some(name),
            _ => None,
        }
    }

    pub(crate) fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Integer(value) => Some(*value),
            _ => None,
        }
    }

    pub(crate) fn as_array(&self) -> Option<&[Object]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// A dictionary, or a stream's dictionary.
    pub(crate) fn as_dictionary(&self) -> Option<&Dictionary> {
        match self {
            Self::Dictionary(dictionary) => Some(dictionary),
            Self::Stream(stream) => Some(&stream.dictionary),
            _ => None,
        }
    }

    /// This value and all that are in it, in file order, however deep.
    pub(crate) fn values(&self) -> Values<'_> {
        Values { own: Some(self), open: Vec::new() }
    }

    pub(crate) fn as_string(&self) -> Option<&PdfString> {
        match self {
            Self::String(string) => Some(string),
            _ => None,
        }
    }

    pub(crate) fn as_reference(&self) -> Option<Ref> {
        match self {
            Self::Reference(reference) => Some(*reference),
            _ => None,
        }
    }
}

impl Dictionary {
    pub(crate) const fn new() -> Self {
        Self { entries: Vec::new() }
    }

    /// A dictionary made by us: each key stands once.
    pub(crate) fn of<const N: usize>(entries: [(&str, Object); N]) -> Self {
        let made = |(key, value)| Entry { key: Name::from(key), value, span: None };
        Self { entries: entries.map(made).into() }
    }

    /// The value of `key`: the first where it stands twice. An absent key and `null` are the same (7.3.7).
    pub(crate) fn get(&self, key: &str) -> Option<&Object> {
        self.entry(key).map(|entry| &entry.value).filter(|value| !value.is_null())
    }

    /// The entry of `key`, with its place.
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == *key)
    }

    /// The entry of `key`, for changing.
    pub(crate) fn entry_mut(&mut self, key: &str) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| entry.key == *key)
    }

    /// All entries in file order, duplicates too.
    pub(crate) fn iter(&self) -> slice::Iter<'_, Entry> {
        self.entries.iter()
    }

    /// All values in file order, for changing.
    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = (&Name, &mut Object)> {
        self.entries.iter_mut().map(|entry| (&entry.key, &mut entry.value))
    }

    /// Adds an entry behind the others, as a parser does; a duplicate is kept.
    pub(crate) fn push(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// Sets `key` to `value`, in its old place if it has one; afterwards the key stands once.
    pub(crate) fn set(&mut self, key: &str, value: Object) {
        *self.value_mut(key) = value;
    }

    /// The value of `key` for changing, `null` where it was absent; afterwards the key stands once.
    pub(crate) fn value_mut(&mut self, key: &str) -> &mut Object {
        let index = self.entries.iter().position(|entry| entry.key == *key).unwrap_or(self.entries.len());
        let mut at = 0_usize;
        self.entries.retain(|entry| {
            let later_twin = at > index && entry.key == *key;
            at = at.saturating_add(1);
            !later_twin
        });
        if index == self.entries.len() {
            self.entries.push(Entry { key: Name::from(key), value: Object::Null, span: None });
        }
        #[expect(clippy::indexing_slicing, reason = "the index was found, or is that of the entry just pushed")]
        let entry = &mut self.entries[index];
        entry.span = None;
        &mut entry.value
    }

    /// Removes `key`.
    pub(crate) fn remove(&mut self, key: &str) {
        self.entries.retain(|entry| entry.key != *key);
    }

    /// The first key that stands twice, if any: no conforming writer makes one (7.3.7).
    pub(crate) fn duplicate_key(&self) -> Option<&Name> {
        // Nearly all dictionaries are small enough to look through without a set.
        const FEW: usize = 24;
        if self.entries.len() <= FEW {
            let mut keys = self.entries.iter().map(|entry| &entry.key).enumerate();
            return keys
                .find(|(at, key)| self.entries.iter().take(*at).any(|entry| entry.key == **key))
                .map(|(_, key)| key);
        }
        let mut seen = std::collections::HashSet::new();
        self.entries.iter().map(|entry| &entry.key).find(|key| !seen.insert(*key))
    }
}

/// Equal entries in equal order; where they stand does not matter.
impl PartialEq for Dictionary {
    fn eq(&self, other: &Self) -> bool {
        let mut pairs = self.entries.iter().zip(&other.entries);
        self.entries.len() == other.entries.len()
            && pairs.all(|(left, right)| left.key == right.key && left.value == right.value)
    }
}

/// The values of [`Object::values`].
pub(crate) struct Values<'o> {
    own: Option<&'o Object>,
    open: Vec<Inside<'o>>,
}

enum Inside<'o> {
    Items(slice::Iter<'o, Object>),
    Entries(slice::Iter<'o, Entry>),
}

impl<'o> Iterator for Values<'o> {
    type Item = &'o Object;

    fn next(&mut self) -> Option<Self::Item> {
        let value = loop {
            let next = match (self.own.take(), self.open.last_mut()) {
                (Some(own), _) => Some(own),
                (None, Some(Inside::Items(items))) => items.next(),
                (None, Some(Inside::Entries(entries))) => entries.next().map(|entry| &entry.value),
                (None, None) => return None,
            };
            match next {
                Some(value) => break value,
                None => drop(self.open.pop()),
            }
        };
        match value {
            Object::Array(items) => self.open.push(Inside::Items(items.iter())),
            Object::Dictionary(dictionary) => self.open.push(Inside::Entries(dictionary.entries.iter())),
            Object::Stream(stream) => self.open.push(Inside::Entries(stream.dictionary.entries.iter())),
            _ => {}
        }
        Some(value)
    }

    /// Long lists are of references, and gone through without a look at what is open for each.
    fn fold<T, F: FnMut(T, Self::Item) -> T>(mut self, first: T, mut with: F) -> T {
        let mut folded = first;
        while let Some(value) = self.next() {
            folded = with(folded, value);
            let Some(Inside::Items(items)) = self.open.last_mut() else { continue };
            while let [reference @ Object::Reference(_), ..] = items.as_slice() {
                folded = with(folded, reference);
                items.next();
            }
        }
        folded
    }
}
