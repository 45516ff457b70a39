//! The values of an array (ISO 32000-2, 7.3.6), its own or shared.
//!
//! Invariant: whoever changes one array changes no other.
//!
//! Nouns: [`Array`].

use std::ops::Deref;
use std::sync::Arc;
use std::{mem, slice};

use super::Object;

/// The values of an array.
#[derive(Clone, Debug)]
pub(crate) struct Array(Items);

#[derive(Clone, Debug)]
enum Items {
    Own(Vec<Object>),
    /// So many of the first values of a longer array.
    Front(Arc<Vec<Object>>, usize),
}

impl Array {
    pub(crate) const fn new() -> Self {
        Self(Items::Own(Vec::new()))
    }

    /// The first `count` values of `items`, which are not copied.
    pub(crate) fn front(items: &Arc<Vec<Object>>, count: usize) -> Self {
        Self(Items::Front(Arc::clone(items), count))
    }

    pub(crate) fn push(&mut self, item: Object) {
        match &mut self.0 {
            Items::Own(items) => items.push(item),
            Items::Front(..) => self.extend([item]),
        }
    }

    pub(crate) fn into_vec(self) -> Vec<Object> {
        match self.0 {
            Items::Own(items) => items,
            Items::Front(items, count) => items.get(..count).unwrap_or_default().to_vec(),
        }
    }

    /// Its values, for changing.
    pub(crate) fn iter_mut(&mut self) -> slice::IterMut<'_, Object> {
        *self = mem::take(self).into_vec().into();
        match &mut self.0 {
            Items::Own(items) => items.iter_mut(),
            Items::Front(..) => slice::IterMut::default(),
        }
    }
}

impl Deref for Array {
    type Target = [Object];

    fn deref(&self) -> &[Object] {
        match &self.0 {
            Items::Own(items) => items,
            Items::Front(items, count) => items.get(..*count).unwrap_or_default(),
        }
    }
}

impl Default for Array {
    fn default() -> Self {
        Self::new()
    }
}

impl PartialEq for Array {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl From<Vec<Object>> for Array {
    fn from(items: Vec<Object>) -> Self {
        Self(Items::Own(items))
    }
}

impl<const N: usize> From<[Object; N]> for Array {
    fn from(items: [Object; N]) -> Self {
        Self(Items::Own(items.into()))
    }
}

impl FromIterator<Object> for Array {
    fn from_iter<I: IntoIterator<Item = Object>>(items: I) -> Self {
        Self(Items::Own(items.into_iter().collect()))
    }
}

impl Extend<Object> for Array {
    fn extend<I: IntoIterator<Item = Object>>(&mut self, more: I) {
        let mut items = mem::take(self).into_vec();
        items.extend(more);
        *self = items.into();
    }
}

impl IntoIterator for Array {
    type Item = Object;
    type IntoIter = std::vec::IntoIter<Object>;

    fn into_iter(self) -> Self::IntoIter {
        self.into_vec().into_iter()
    }
}

impl<'a> IntoIterator for &'a Array {
    type Item = &'a Object;
    type IntoIter = slice::Iter<'a, Object>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a> IntoIterator for &'a mut Array {
    type Item = &'a mut Object;
    type IntoIter = slice::IterMut<'a, Object>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}
