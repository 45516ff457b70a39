//! Choice fields (ISO 32000-2, 12.7.5.4): their options, and which of them a value means.

use crate::error::Result;
use crate::pdf::object::{Dictionary, Object, PdfString};
use crate::pdf::text::{read_text_string, text_string};
use crate::pdf::view::View;

/// A combo box or a list box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) kind: ChoiceKind,
    pub(crate) options: Vec<ChoiceOption>,
    /// The first option that a list box shows (`/TI`).
    pub(crate) top: usize,
}

/// What a choice field looks like, and what it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChoiceKind {
    /// One line, and one of the options.
    Combo,
    /// One line, and any text.
    EditableCombo,
    /// Several lines, and one of the options.
    List,
    /// Several lines, and any number of the options.
    MultipleList,
}

/// What can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ChoiceOption {
    /// The value of the field, as it is spelled in the file.
    pub(crate) export: PdfString,
    /// What people see.
    pub(crate) display: String,
}

/// What a value of a choice field comes to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Selection {
    /// The value of the field.
    pub(crate) value: Object,
    /// The options that are chosen, in ascending order.
    pub(crate) indices: Vec<usize>,
    /// What people see, one for each value.
    pub(crate) display: Vec<String>,
}

impl Choice {
    pub(crate) fn read(view: View<'_>, field: &Dictionary) -> Result<Self> {
        const COMBO: i64 = 1 << 17;
        const EDIT: i64 = 1 << 18;
        const MULTI_SELECT: i64 = 1 << 21;
        let flags = view.inherited(field, "Ff")?.as_integer().unwrap_or(0);
        let is = |flag| flags & flag != 0;
        let kind = match (is(COMBO), is(EDIT), is(MULTI_SELECT)) {
            (true, true, _) => ChoiceKind::EditableCombo,
            (true, false, _) => ChoiceKind::Combo,
            (false, _, true) => ChoiceKind::MultipleList,
            (false, _, false) => ChoiceKind::List,
        };
        let mut options = Vec::new();
        for option in view.inherited(field, "Opt")?.as_array().unwrap_or_default() {
            // What is no option keeps its place, so that the others keep their index.
            options.push(ChoiceOption::read(view, option)?.unwrap_or_else(ChoiceOption::nothing));
        }
        let top = view.inherited(field, "TI")?.as_integer().and_then(|top| usize::try_from(top).ok()).unwrap_or(0);
        Ok(Self { kind, options, top })
    }

    /// What `value` chooses: an export value or what people see of an option, one on each line for a list that takes several;
    /// any text, where one may be typed. `Err` with the first text that is none of the options.
    pub(crate) fn select(&self, value: &str) -> std::result::Result<Selection, String> {
        if value.is_empty() {
            return Ok(Selection { value: Object::String(text_string("")), indices: vec![], display: vec![] });
        }
        if self.kind != ChoiceKind::MultipleList {
            return self.select_one(value);
        }
        let chosen: std::result::Result<Vec<usize>, String> =
            value.lines().map(|line| self.index_of(line).ok_or_else(|| line.to_owned())).collect();
        let mut indices = chosen?;
        indices.sort_unstable();
        indices.dedup();
        let options: Vec<&ChoiceOption> = indices.iter().filter_map(|index| self.options.get(*index)).collect();
        let mut values: Vec<Object> = options.iter().map(|option| Object::String(option.export.clone())).collect();
        let display = options.iter().map(|option| option.display.clone()).collect();
        let value = if values.len() == 1 { values.remove(0) } else { Object::Array(values.into()) };
        Ok(Selection { value, indices, display })
    }

    /// What people see of the options, for messages.
    pub(crate) fn values(&self) -> Vec<String> {
        self.options.iter().map(|option| option.display.clone()).collect()
    }

    /// Whether the field may have this value, and what it says.
    pub(crate) fn accepts(&self, value: &Object) -> Option<String> {
        let is_option = |text: &PdfString| {
            self.options.iter().any(|option| read_text_string(&option.export) == read_text_string(text))
        };
        match value {
            Object::String(text)
                if self.kind == ChoiceKind::EditableCombo || text.bytes.is_empty() || is_option(text) =>
            {
                Some(read_text_string(text))
            }
            Object::Array(values) if self.kind == ChoiceKind::MultipleList => {
                let text = |value: &Object| value.as_string().filter(|text| is_option(text)).map(read_text_string);
                values.iter().map(text).collect::<Option<Vec<_>>>().map(|texts| texts.join(", "))
            }
            _ => None,
        }
    }

    fn select_one(&self, value: &str) -> std::result::Result<Selection, String> {
        match self.index_of(value).and_then(|index| Some((index, self.options.get(index)?))) {
            Some((index, option)) => Ok(Selection {
                value: Object::String(option.export.clone()),
                indices: vec![index],
                display: vec![option.display.clone()],
            }),
            None if self.kind == ChoiceKind::EditableCombo => Ok(Selection {
                value: Object::String(text_string(value)),
                indices: vec![],
                display: vec![value.to_owned()],
            }),
            None => Err(value.to_owned()),
        }
    }

    /// What is exported counts first.
    fn index_of(&self, value: &str) -> Option<usize> {
        let exported = self.options.iter().position(|option| read_text_string(&option.export) == value);
        exported.or_else(|| self.options.iter().position(|option| option.display == value))
    }
}

impl ChoiceOption {
    /// A text, or an export value and the text that people see.
    fn read(view: View<'_>, option: &Object) -> Result<Option<Self>> {
        let option = view.resolve(option)?;
        let (export, display) = match &*option {
            Object::String(text) => (text.clone(), text.clone()),
            Object::Array(pair) => match &**pair {
                [export, display] => match (&*view.resolve(export)?, &*view.resolve(display)?) {
                    (Object::String(export), Object::String(display)) => (export.clone(), display.clone()),
                    _ => return Ok(None),
                },
                _ => return Ok(None),
            },
            _ => return Ok(None),
        };
        Ok(Some(Self { export, display: read_text_string(&display) }))
    }

    fn nothing() -> Self {
        Self { export: text_string(""), display: String::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(kind: ChoiceKind, options: &[(&str, &str)]) -> Choice {
        let option = |(export, display): &(&str, &str)| ChoiceOption {
            export: text_string(export),
            display: (*display).to_owned(),
        };
        Choice { kind, options: options.iter().map(option).collect(), top: 0 }
    }

    const OPTIONS: [(&str, &str); 3] = [("a", "工事"), ("b", "委託"), ("工事", "物品")];

    #[test]
    fn options_are_found_by_what_is_exported_or_seen() {
        let list = choice(ChoiceKind::List, &OPTIONS);
        let chosen = |value: &str| list.select(value).map(|one| (one.value, one.display));
        let text = |text: &str| Object::String(text_string(text));
        assert_eq!(chosen("b"), Ok((text("b"), vec!["委託".to_owned()])));
        assert_eq!(chosen("委託"), Ok((text("b"), vec!["委託".to_owned()])));
        assert_eq!(chosen("工事"), Ok((text("工事"), vec!["物品".to_owned()])), "what is exported counts first");
        assert_eq!(chosen("c"), Err("c".to_owned()));
        assert_eq!(chosen("a\nb"), Err("a\nb".to_owned()));
        let typed = choice(ChoiceKind::EditableCombo, &OPTIONS).select("c").unwrap();
        assert_eq!((typed.value, typed.indices), (text("c"), vec![]));
    }

    #[test]
    fn several_are_in_the_order_of_the_options() {
        let list = choice(ChoiceKind::MultipleList, &OPTIONS);
        let selection = list.select("委託\na\nb").unwrap();
        assert_eq!(selection.indices, [0, 1]);
        assert_eq!(list.accepts(&selection.value).as_deref(), Some("a, b"));
        assert_eq!(list.select("a\nx"), Err("x".to_owned()));
        assert_eq!(choice(ChoiceKind::List, &OPTIONS).accepts(&selection.value), None);
    }
}
