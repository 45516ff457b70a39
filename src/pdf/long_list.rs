//! Long lists that a file writes again and again, each time with one more reference.
//!
//! What it is for: a file that was signed a thousand times holds a thousand versions of its lists of fields and
//! annotations, each the front of the next. The last one is kept as a [`LongList`]; an earlier one is found in it by
//! comparing bytes, and shares its values.
//!
//! Invariant: what is found in a long list is what parsing the same bytes gives, value for value.
//!
//! Specified in ISO 32000-2, 7.3.6 and 7.3.10. Nouns: [`LongList`].

use std::sync::Arc;

use super::lexer::is_regular;
use super::object::{Array, Object, Ref};

/// A long list of references, spelled as nearly everybody does: `1 0 R 2 0 R`.
#[derive(Debug)]
pub(crate) struct LongList {
    items: Arc<Vec<Object>>,
    text: Vec<u8>,
    /// Where each reference ends in the text.
    ends: Vec<usize>,
}

impl LongList {
    /// A list shorter than this is parsed as fast as it is found.
    const LONG: usize = 32;

    /// The long lists in a value.
    pub(super) fn all_in(object: &Object) -> Vec<Self> {
        object.values().filter_map(Object::as_array).filter_map(Self::of).collect()
    }

    /// The long list that a list is, if it is one.
    fn of(list: &[Object]) -> Option<Self> {
        let (mut text, mut ends) = (Vec::new(), Vec::new());
        for item in list {
            let Object::Reference(Ref { number, generation: 0 }) = item else { return None };
            if !text.is_empty() {
                text.push(b' ');
            }
            text.extend(format!("{number} 0 R").into_bytes());
            ends.push(text.len());
        }
        (list.len() >= Self::LONG).then(|| Self { items: Arc::new(list.to_vec()), text, ends })
    }

    /// The values of a list whose first value was read already, and how many bytes of the `rest` the others take. None
    /// if it does not begin as this one does.
    pub(super) fn front(&self, first: &Object, rest: &[u8]) -> Option<(Array, usize)> {
        let start = *self.ends.first().filter(|_| self.items.first() == Some(first))?;
        let text = self.text.get(start..)?;
        let end = alike(text, rest).saturating_add(start);
        let mut count = self.ends.partition_point(|one| *one <= end);
        let length = |count: usize| self.ends.get(count.checked_sub(1)?)?.checked_sub(start);
        // What ends where they differ may go on there.
        if rest.get(length(count)?).is_none_or(|next| is_regular(*next)) {
            count = count.saturating_sub(1);
        }
        let length = length(count)?;
        (count >= Self::LONG).then(|| (Array::front(&self.items, count), length))
    }
}

/// How many bytes two texts begin with alike.
fn alike(left: &[u8], right: &[u8]) -> usize {
    const BLOCK: usize = 64;
    let (left_blocks, right_blocks) = (left.as_chunks::<BLOCK>().0, right.as_chunks::<BLOCK>().0);
    let blocks = left_blocks.iter().zip(right_blocks).take_while(|(left, right)| left == right).count();
    let whole = blocks.saturating_mul(BLOCK);
    let rest = |text| <[u8]>::get(text, whole..).unwrap_or_default().iter();
    let more = rest(left).zip(rest(right)).take_while(|(left, right)| left == right).count();
    whole.saturating_add(more)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::limits::Limits;
    use crate::pdf::parser::{Body, Indirect, Parsed, indirect, indirect_among};

    /// `1 0 R 2 0 R` and so on.
    fn text(count: u32) -> String {
        (1..=count).map(|number| format!("{number} 0 R")).collect::<Vec<_>>().join(" ")
    }

    fn long(count: u32) -> LongList {
        let items: Vec<_> = (1..=count).map(|number| Object::Reference(Ref { number, generation: 0 })).collect();
        LongList::of(&items).unwrap()
    }

    /// The same object, looked for in `kept` and not.
    fn both(kept: &[LongList], list: &str) -> [Parsed<Indirect>; 2] {
        let window = format!("7 0 obj {list}");
        let limits = Limits::default();
        [indirect_among(kept, window.as_bytes(), 0, &limits), indirect(window.as_bytes(), 0, &limits)]
    }

    /// Whether the list shares the values of `long`.
    fn shares(parsed: &Parsed<Indirect>, long: &LongList) -> bool {
        match parsed {
            Ok((Indirect { body: Body::Value(Object::Array(list)), .. }, _)) => {
                std::ptr::eq(list.as_ptr(), long.items.as_ptr())
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn earlier_versions_share_the_values_of_the_last() {
        let kept = [long(40), long(100)];
        for (count, is_shared) in [(31, false), (32, true), (40, true), (41, false), (100, false)] {
            let [found, read] = both(&kept, &format!("[{}] endobj\n", text(count)));
            assert_eq!(found, read);
            assert_eq!(shares(&found, &kept[0]), is_shared, "{count}");
        }
        let [found, _] = both(&kept[1..], &format!("[{}]endobj\n", text(99)));
        assert!(shares(&found, &kept[1]));
    }

    #[test]
    fn other_lists_are_read() {
        let kept = [long(100)];
        let (front, spread) = (text(50), text(50).replace(' ', "\n"));
        for list in [
            format!("[{front}0 1 R]endobj\n"),
            format!("[{front} (x)<</A[{front}]>>52 0 R]endobj\n"),
            format!("[{front} 51 0 Rx]endobj\n"),
            format!("[{front} 510 0 R]endobj\n"),
            format!("[{front} 51 1 R]endobj\n"),
            format!("[0 0 R {front}]endobj\n"),
            format!("[{spread}]endobj\n"),
            format!("[{front}"),
        ] {
            let [found, read] = both(&kept, &list);
            assert_eq!(found, read, "{list}");
            assert!(found.is_err() || !shares(&found, &kept[0]), "{list}");
        }
    }

    #[test]
    fn only_plain_references_make_a_long_list() {
        let reference = |number| Object::Reference(Ref { number, generation: 0 });
        let mut list: Vec<_> = (1..=100).map(reference).collect();
        assert!(LongList::of(&list).is_some());
        assert!(LongList::of(&list[..31]).is_none());
        list[50] = Object::Reference(Ref { number: 51, generation: 1 });
        assert!(LongList::of(&list).is_none());
        list[50] = Object::Integer(51);
        assert!(LongList::of(&list).is_none());
    }

    #[test]
    fn whoever_changes_a_shared_list_changes_no_other() {
        let long = long(100);
        let mut list = Array::front(&long.items, 40);
        list.push(Object::Null);
        list.iter_mut().for_each(|item| *item = Object::Integer(1));
        assert_eq!((list.len(), list.first()), (41, Some(&Object::Integer(1))));
        assert_eq!(*Array::front(&long.items, 40), long.items[..40]);
    }

    proptest! {
        #[test]
        fn what_is_found_is_what_is_read(cut in 0_usize..900, rest in "( [0-9]{1,3} [01] R|[0-9 R]|\\]| endobj |\\(x\\))*") {
            let whole = text(100);
            let front = whole.get(..cut.min(whole.len())).unwrap();
            let [found, read] = both(&[long(100)], &format!("[{front}{rest}] endobj\n"));
            prop_assert_eq!(found, read);
        }
    }
}
