//! Check boxes and radio buttons (ISO 32000-2, 12.7.5.2): which states their widgets can show, and what turns which of them on.

use crate::error::Result;
use crate::pdf::form::Field;
use crate::pdf::object::{Dictionary, Name, Object, Ref};
use crate::pdf::text::read_text_string;
use crate::pdf::view::View;

/// The state that every check box and radio button has, whether or not anything is drawn for it.
pub(crate) const OFF: &str = "Off";

/// A check box, or a group of radio buttons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Button {
    /// Whether one of them is always on: turning the last one off is not possible (`NoToggleToOff`).
    needs_one: bool,
    /// Whether widgets of one state go together: check boxes always do (`RadiosInUnison`).
    in_unison: bool,
    pub(crate) widgets: Vec<ButtonWidget>,
}

/// One widget of a button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ButtonWidget {
    pub(crate) id: Ref,
    /// The states of the normal appearance but for `/Off`.
    pub(crate) states: Vec<Name>,
    /// What stands for this widget in `/Opt`.
    export: Option<String>,
    /// The state that it shows (`/AS`); none where it says nothing.
    pub(crate) shown: Option<Name>,
}

/// What a value of a button comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Switched {
    /// The value of the field.
    pub(crate) state: Name,
    /// What each widget is to show.
    pub(crate) widgets: Vec<(Ref, Name)>,
}

impl Button {
    /// Reads a button field; none for a push button, which has no value.
    pub(crate) fn read(view: View<'_>, field: &Dictionary, widgets: &[Ref]) -> Result<Option<Self>> {
        const NO_TOGGLE_TO_OFF: i64 = 1 << 14;
        const RADIO: i64 = 1 << 15;
        const PUSH_BUTTON: i64 = 1 << 16;
        const RADIOS_IN_UNISON: i64 = 1 << 25;
        let flags = view.inherited(field, "Ff")?.as_integer().unwrap_or(0);
        let is = |flag| flags & flag != 0;
        if is(PUSH_BUTTON) {
            return Ok(None);
        }
        let exports = view.inherited(field, "Opt")?;
        let exports = exports.as_array().unwrap_or_default();
        let mut found = Vec::new();
        for (index, id) in widgets.iter().enumerate() {
            let export = exports.get(index).map(|export| view.resolve(export)).transpose()?;
            let export = export.as_deref().and_then(Object::as_string).map(read_text_string);
            found.push(ButtonWidget::read(view, *id, export)?);
        }
        Ok(Some(Self {
            needs_one: is(RADIO) && is(NO_TOGGLE_TO_OFF),
            in_unison: !is(RADIO) || is(RADIOS_IN_UNISON),
            widgets: found,
        }))
    }

    /// What `value` turns on: an export value, or else the name of a state; nothing for `Off` or an empty value.
    ///
    /// `None` where the button has no such value, or more than one button that is meant to stand alone has it.
    pub(crate) fn switch(&self, value: &str) -> Option<Switched> {
        if value.is_empty() || value == OFF {
            return (!self.needs_one).then(|| self.switched(Name::from(OFF), |_, _| false));
        }
        let exported = self.widgets.iter().position(|widget| widget.export.as_deref() == Some(value));
        let exported = exported.and_then(|index| Some((index, self.widgets.get(index)?.states.first()?.clone())));
        if let Some((chosen, state)) = exported {
            return Some(self.switched(state, |index, _| self.in_unison || index == chosen));
        }
        let state_of = |widget: &ButtonWidget| widget.states.iter().find(|state| state.to_text() == *value).cloned();
        let mut having = self.widgets.iter().filter_map(state_of);
        let state = having.next()?;
        let is_clear = self.in_unison || having.next().is_none();
        is_clear.then(|| self.switched(state, |_, _| true))
    }

    /// The values that [`switch`](Self::switch) takes, for messages.
    pub(crate) fn values(&self) -> Vec<String> {
        let mut values = Vec::new();
        for widget in &self.widgets {
            let named = widget.states.iter().map(Name::to_text);
            values.extend(
                widget
                    .export
                    .clone()
                    .filter(|_| !widget.states.is_empty())
                    .map_or_else(|| named.collect(), |one| vec![one]),
            );
        }
        values.extend((!self.needs_one).then(|| OFF.to_owned()));
        values.dedup();
        values
    }

    /// Whether the widgets show `state` and nothing else: those that can, or, where the buttons stand alone, one of them.
    pub(crate) fn shows(&self, state: &Name) -> bool {
        let is_off = *state == *OFF;
        let mut on = 0_usize;
        for widget in &self.widgets {
            match widget.shown.as_ref().filter(|shown| **shown != *OFF) {
                None => {}
                Some(shown) if shown == state && widget.states.contains(state) => on = on.saturating_add(1),
                Some(_) => return false,
            }
        }
        let able = self.widgets.iter().filter(|widget| widget.states.contains(state)).count();
        match on {
            _ if is_off => on == 0,
            0 => false,
            on => on == able || (on == 1 && !self.in_unison),
        }
    }

    fn switched(&self, state: Name, is_meant: impl Fn(usize, &ButtonWidget) -> bool) -> Switched {
        let shown = |(index, widget): (usize, &ButtonWidget)| {
            let is_on = widget.states.contains(&state) && is_meant(index, widget);
            (widget.id, if is_on { state.clone() } else { Name::from(OFF) })
        };
        let widgets = self.widgets.iter().enumerate().map(shown).collect();
        Switched { state, widgets }
    }
}

impl ButtonWidget {
    fn read(view: View<'_>, id: Ref, export: Option<String>) -> Result<Self> {
        let nothing = Dictionary::new();
        let widget = view.get(id)?;
        let widget = widget.as_dictionary().unwrap_or(&nothing);
        let appearances = view.entry(widget, "AP")?;
        let normal = view.entry(appearances.as_dictionary().unwrap_or(&nothing), "N")?;
        let states = match &normal {
            Object::Dictionary(states) => states.iter().map(|state| state.key.clone()).collect(),
            _ => Vec::new(),
        };
        let states = states.into_iter().filter(|state: &Name| *state != *OFF).collect();
        Ok(Self { id, states, export, shown: view.entry(widget, "AS")?.as_name().cloned() })
    }
}

/// Reads the button `field`, whose dictionary is an object of its own.
pub(crate) fn button(view: View<'_>, field: &Field) -> Result<Option<Button>> {
    let Some(id) = field.id else { return Ok(None) };
    match view.get(id)? {
        Object::Dictionary(dictionary) => Button::read(view, &dictionary, &field.widgets),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn button(states: &[&str], exports: &[&str], is_radio: bool, in_unison: bool) -> Button {
        let widget = |(index, state): (usize, &&str)| ButtonWidget {
            id: Ref { number: index as u32, generation: 0 },
            states: vec![Name::from(*state)],
            export: exports.get(index).map(|export| (*export).to_owned()),
            shown: None,
        };
        let widgets = states.iter().enumerate().map(widget).collect();
        Button { needs_one: is_radio, in_unison: in_unison || !is_radio, widgets }
    }

    /// The state, and the index of the widgets that are on.
    fn on(button: &Button, value: &str) -> Option<(String, Vec<u32>)> {
        let switched = button.switch(value)?;
        let on = switched.widgets.iter().filter(|(_, state)| *state != *OFF).map(|(id, _)| id.number);
        Some((switched.state.to_text(), on.collect()))
    }

    #[test]
    fn values_are_export_values_or_states() {
        let radios = button(&["0", "1", "2"], &["法人", "個人", "0"], true, false);
        assert_eq!(on(&radios, "個人"), Some(("1".into(), vec![1])));
        assert_eq!(on(&radios, "1"), Some(("1".into(), vec![1])));
        assert_eq!(on(&radios, "0"), Some(("2".into(), vec![2])), "what is exported counts first");
        assert_eq!(on(&radios, "Off"), None, "one is always on");
        assert_eq!(on(&radios, "3"), None);
        assert_eq!(radios.values(), ["法人", "個人", "0"]);
    }

    #[test]
    fn what_goes_together_and_what_does_not() {
        let boxes = button(&["Yes", "Yes", "No"], &[], false, false);
        assert_eq!(on(&boxes, "Yes"), Some(("Yes".into(), vec![0, 1])));
        assert_eq!(on(&boxes, ""), Some(("Off".into(), vec![])));
        assert_eq!(boxes.values(), ["Yes", "No", "Off"]);
        let alone = button(&["Yes", "Yes", "No"], &[], true, false);
        assert_eq!(on(&alone, "Yes"), None, "which of the two is not said");
        assert_eq!(on(&alone, "No"), Some(("No".into(), vec![2])));
        let unison = button(&["Yes", "Yes", "No"], &[], true, true);
        assert_eq!(on(&unison, "Yes"), Some(("Yes".into(), vec![0, 1])));
        let exported = button(&["Yes", "Yes"], &["a", "b"], true, false);
        assert_eq!(on(&exported, "b"), Some(("Yes".into(), vec![1])));
    }

    #[test]
    fn what_is_shown_is_the_value() {
        let shown = |states: &[Option<&str>], is_radio: bool| {
            let mut button = button(&["a", "a", "b"], &[], is_radio, false);
            for (widget, state) in button.widgets.iter_mut().zip(states) {
                widget.shown = state.map(Name::from);
            }
            button
        };
        let a = Name::from("a");
        assert!(shown(&[Some("a"), Some("a"), None], false).shows(&a));
        assert!(!shown(&[Some("a"), Some("Off"), None], false).shows(&a), "check boxes go together");
        assert!(shown(&[Some("a"), Some("Off"), None], true).shows(&a));
        assert!(!shown(&[Some("a"), None, Some("b")], true).shows(&a), "two values are shown");
        assert!(!shown(&[None, None, Some("a")], true).shows(&a), "a state that the widget does not have");
        assert!(!shown(&[None, None, None], true).shows(&a));
        assert!(shown(&[None, Some("Off"), None], true).shows(&Name::from(OFF)));
    }
}
