//! Changing one value where it stands, whether its holder is direct or indirect.

use crate::error::{Error, ErrorKind, Result};
use crate::pdf::object::{Dictionary, Object, Ref};
use crate::pdf::update::{Change, UpdateWriter};

/// A value inside an indirect object: the keys that lead to it from the object's top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    object: Ref,
    path: Vec<&'static str>,
}

impl Place {
    /// The whole of the object `id`.
    pub(crate) fn object(id: Ref) -> Self {
        Self { object: id, path: Vec::new() }
    }

    /// The indirect object itself, where this is the whole of one.
    pub(crate) fn as_object(&self) -> Option<Ref> {
        self.path.is_empty().then_some(self.object)
    }

    fn child(&self, key: &'static str) -> Self {
        let mut path = Vec::with_capacity(self.path.len().saturating_add(1));
        path.extend_from_slice(&self.path);
        path.push(key);
        Self { object: self.object, path }
    }
}

impl UpdateWriter<'_> {
    /// Where the value of `key` in the dictionary at `holder` really stands (in the dictionary, or in an object of its
    /// own where the entry is a reference), and the value. An absent value, or a reference to nothing, is null in the
    /// dictionary.
    pub(crate) fn entry(&self, holder: &Place, key: &'static str) -> Result<(Place, Object)> {
        self.look(holder, key, Object::clone)
    }

    /// As [`entry`](Self::entry), with what `look` sees in the value, which may be large.
    pub(crate) fn look<T>(&self, holder: &Place, key: &'static str, look: impl Fn(&Object) -> T) -> Result<(Place, T)> {
        let direct = holder.child(key);
        let Some(mut id) = self.with_value(&direct, Object::as_reference)? else {
            let seen = self.with_value(&direct, look)?;
            return Ok((direct, seen));
        };
        for _ in 0..self.view.document().limits().nesting {
            let seen = self.with_current(id, |value| match value {
                Object::Reference(next) => Err(*next),
                value => Ok((value.is_null(), look(value))),
            })?;
            match seen {
                Err(next) => id = next,
                Ok((is_null, seen)) => return Ok((if is_null { direct } else { Place::object(id) }, seen)),
            }
        }
        Err(Error::new(ErrorKind::Syntax, format!("/{key} is a circle of references")).at(id))
    }

    /// What `look` sees in the value at `place` as it is now; null where it is absent.
    fn with_value<T>(&self, place: &Place, look: impl FnOnce(&Object) -> T) -> Result<T> {
        self.with_current(place.object, |object| {
            let mut value = object;
            for key in &place.path {
                let Object::Dictionary(dictionary) = value else { return Err(not_a_dictionary(place, key)) };
                value = dictionary.get(key).unwrap_or(&Object::Null);
            }
            Ok(look(value))
        })?
    }

    /// The value at `place`, for changing; null where it was absent.
    pub(crate) fn edit(&mut self, place: &Place) -> Result<&mut Object> {
        if !matches!(self.changes.get(&place.object), Some(Change::Object(_))) {
            let object = self.current(place.object)?;
            self.changes.insert(place.object, Change::Object(object));
        }
        let Some(Change::Object(mut_value)) = self.changes.get_mut(&place.object) else {
            return Err(Error::new(ErrorKind::Unsupported, "this object cannot be changed").at(place.object));
        };
        let mut value = mut_value;
        for key in &place.path {
            value = match value {
                Object::Dictionary(dictionary) => dictionary.value_mut(key),
                _ => return Err(not_a_dictionary(place, key)),
            };
        }
        Ok(value)
    }

    /// The dictionary at `place`, for changing.
    pub(crate) fn edit_dictionary(&mut self, place: &Place) -> Result<&mut Dictionary> {
        match self.edit(place)? {
            Object::Dictionary(dictionary) => Ok(dictionary),
            _ => Err(Error::new(ErrorKind::Syntax, "not a dictionary").at(place.object)),
        }
    }

    /// The dictionary that `key` of the dictionary at `holder` holds, wherever it stands, for changing; one that is absent is made in the
    /// dictionary.
    pub(crate) fn dictionary(&mut self, holder: &Place, key: &'static str) -> Result<&mut Dictionary> {
        let (place, is_absent) = self.look(holder, key, Object::is_null)?;
        if is_absent {
            *self.edit(&place)? = Object::Dictionary(Dictionary::new());
        }
        self.edit_dictionary(&place)
    }

    /// Adds `items` behind the others of the array that `key` of the dictionary at `holder` holds, wherever it stands;
    /// an array that is absent is made in the dictionary.
    pub(crate) fn append(&mut self, holder: &Place, key: &'static str, items: Vec<Object>) -> Result<()> {
        let (place, is_absent) = self.look(holder, key, Object::is_null)?;
        let value = self.edit(&place)?;
        match value {
            _ if is_absent => *value = Object::Array(items.into()),
            Object::Array(array) => array.extend(items),
            _ => return Err(Error::new(ErrorKind::Syntax, format!("/{key} is not an array")).at(place.object)),
        }
        Ok(())
    }
}

fn not_a_dictionary(place: &Place, key: &str) -> Error {
    Error::new(ErrorKind::Syntax, format!("what should hold /{key} is not a dictionary")).at(place.object)
}
