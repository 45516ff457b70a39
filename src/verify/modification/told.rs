//! What a revision changed, for people: one value for each changed thing, with what became of it.

use crate::pdf::object::{Dictionary, Object, Ref};
use crate::pdf::serializer::serialize;
use crate::pdf::text::read_text_string;
use crate::report::{Act, Change, ChangeKind, Modification, Rectangle, Rule};

use super::step::Step;

/// How much of a value is told.
const CHARACTERS: usize = 500;

/// One changed thing, before it is known what is permitted.
#[derive(Clone, Debug)]
pub(super) struct Told {
    kind: ChangeKind,
    /// What became of it, where its object does not say so.
    act: Option<Act>,
    subtype: Option<String>,
    page: Option<usize>,
    rect: Option<Rectangle>,
    field: Option<String>,
    old: Option<String>,
    new: Option<String>,
    level: Modification,
    rule: Rule,
    refused: Option<Rule>,
}

impl Told {
    pub(super) fn new(kind: ChangeKind, rule: Rule, level: Modification) -> Self {
        let (act, subtype, page, rect, field) = (None, None, None, None, None);
        Self { kind, act, subtype, page, rect, field, old: None, new: None, level, rule, refused: None }
    }

    pub(super) fn field(mut self, name: &str) -> Self {
        self.field = Some(clipped(name));
        self
    }

    /// Says what became of it, where that is not what became of its object.
    pub(super) fn act(mut self, act: Act) -> Self {
        self.act = Some(act);
        self
    }

    /// The type of the annotation or field.
    pub(super) fn subtype(mut self, name: Option<&Object>) -> Self {
        self.subtype = name.and_then(Object::as_name).map(|name| clipped(&name.to_text()));
        self
    }

    pub(super) fn values(mut self, old: Option<String>, new: Option<String>) -> Self {
        (self.old, self.new) = (old.map(|old| clipped(&old)), new.map(|new| clipped(&new)));
        self
    }

    pub(super) fn on(mut self, (page, rect): (Option<usize>, Option<Rectangle>)) -> Self {
        (self.page, self.rect) = (page, rect);
        self
    }

    fn change(self, revision: usize, object: u32, permitted: Modification, became: Act) -> Change {
        let too_much = (self.level > permitted).then_some(Rule::Permission);
        let forbidden = self.refused.or(too_much);
        Change {
            revision: revision.saturating_add(1),
            object: Some(object).filter(|object| *object != 0),
            page: self.page,
            rect: self.rect,
            kind: self.kind,
            act: self.act.unwrap_or(became),
            subtype: self.subtype,
            field: self.field,
            old: self.old,
            new: self.new,
            allowed: forbidden.is_none(),
            rule: forbidden.unwrap_or(self.rule),
            by: None,
        }
    }
}

impl Step<'_> {
    /// Notes a change that a rule names, and raises the level to that rule's.
    #[cfg_attr(test, track_caller)]
    pub(super) fn tell(&mut self, object: u32, told: Told) {
        #[cfg(test)]
        if let Some(mutation) = super::mutant::here() {
            return self.mutated(mutation, super::mutant::Rule::Allows, object);
        }
        self.level = self.level.max(told.level);
        let of_object = (object, ChangeKind::Signature)..=(object, ChangeKind::Bytes);
        let earlier: Vec<_> = self.told.range(of_object).map(|(key, earlier)| (*key, earlier.refused)).collect();
        let mut refused = None;
        // The catalog may hold a form, a security store and more; other objects are one thing.
        for (key, reason) in earlier.into_iter().filter(|((_, kind), _)| *kind == told.kind || is_one_thing(told.kind))
        {
            refused = refused.or(reason);
            self.told.remove(&key);
        }
        self.told.insert((object, told.kind), Told { refused, ..told });
    }

    /// Notes that an object changed in a way that `rule` forbids; 0 stands for what is no object.
    pub(super) fn tell_refused(&mut self, object: u32, rule: Rule) {
        let of_object = (object, ChangeKind::Signature)..=(object, ChangeKind::Bytes);
        let named = self.told.range(of_object).map(|(key, _)| *key).find(|(_, kind)| is_one_thing(*kind));
        let told = named.is_none().then(|| self.unexplained(object));
        let key = named.unwrap_or((object, told.as_ref().map_or(ChangeKind::Object, |told| told.kind)));
        if let Some(told) = told {
            self.told.entry(key).or_insert(told);
        }
        if let Some(told) = self.told.get_mut(&key) {
            told.refused.get_or_insert(rule);
        }
    }

    /// Notes that it could not be told what changed.
    pub(super) fn tell_unknown(&mut self, kind: ChangeKind) {
        let told = Told::new(kind, Rule::DefaultDeny, Modification::Unknown);
        self.told.entry((0, kind)).or_insert(told).refused = Some(Rule::DefaultDeny);
    }

    /// All that was told, under what is `permitted`.
    pub(super) fn changes_told(&mut self, permitted: Modification) -> Vec<Change> {
        let told = std::mem::take(&mut self.told);
        let became = |object: &u32| match self.changes.get(object) {
            Some(change) if change.is_new() => Act::Added,
            Some(change) if change.is_freed() => Act::Removed,
            _ => Act::Changed,
        };
        let change =
            |((object, _), told): ((u32, _), Told)| told.change(self.revision, object, permitted, became(&object));
        told.into_iter().map(change).collect()
    }

    fn unexplained(&self, object: u32) -> Told {
        let plain = |kind| Told::new(kind, Rule::DefaultDeny, Modification::Other);
        let Some(change) = self.changes.get(&object) else { return plain(ChangeKind::Object) };
        let shown = if change.is_freed() { &change.before } else { &change.after };
        let page = || (self.page_showing(object), None);
        let Some(dictionary) = shown.as_dictionary() else { return plain(ChangeKind::Object).on(page()) };
        let name = |key: &str| dictionary.get(key).and_then(Object::as_name);
        let is_type = |text: &str| name("Type").is_some_and(|name| *name == *text);
        if is_type("Catalog") {
            plain(ChangeKind::Catalog)
        } else if is_type("Page") || is_type("Pages") {
            let page = self.page_number(change.id);
            plain(ChangeKind::Page).on((page, None))
        } else if dictionary.get("FT").is_some() || name("Subtype").is_some_and(|name| *name == *"Widget") {
            let field = self.ground.name_of(change.id, dictionary);
            let value = |object: &Object| object.as_dictionary()?.get("V").map(words);
            let told =
                plain(ChangeKind::FormField).on(self.place_of(change.id, dictionary)).subtype(dictionary.get("FT"));
            let told = told.values(value(&change.before), value(&change.after));
            field.map_or_else(|| told.clone(), |name| told.clone().field(&name))
        } else if is_type("Annot") || dictionary.get("Rect").is_some() {
            let contents = |object: &Object| object.as_dictionary()?.get("Contents").map(words);
            let told = plain(ChangeKind::Annotation)
                .on(self.place_of(change.id, dictionary))
                .subtype(dictionary.get("Subtype"));
            told.values(contents(&change.before), contents(&change.after))
        } else {
            plain(ChangeKind::Object).on(page())
        }
    }

    /// The page that shows an annotation, and where.
    pub(super) fn place_of(&self, id: Ref, annotation: &Dictionary) -> (Option<usize>, Option<Rectangle>) {
        let page = annotation.get("P").and_then(Object::as_reference).and_then(|page| self.page_number(page));
        (page.or_else(|| self.page_of(id)), rectangle(annotation))
    }
}

/// Whether an object that is such a thing is nothing else.
fn is_one_thing(kind: ChangeKind) -> bool {
    use ChangeKind::{Annotation, DocumentTimestamp, FormField, Signature, SignatureField};
    matches!(kind, Signature | DocumentTimestamp | SignatureField | FormField | Annotation)
}

/// `/Rect`, where it is one.
pub(super) fn rectangle(annotation: &Dictionary) -> Option<Rectangle> {
    let corners: Vec<f64> = annotation.get("Rect")?.as_array()?.iter().map(number).collect::<Option<_>>()?;
    Rectangle::new(<[f64; 4]>::try_from(corners).ok()?)
}

fn number(object: &Object) -> Option<f64> {
    match object {
        Object::Integer(value) => value.to_string().parse().ok(),
        Object::Real(text) => text.parse().ok(),
        _ => None,
    }
}

/// A value in words.
pub(super) fn words(value: &Object) -> String {
    match value {
        Object::Null => String::new(),
        Object::String(text) => clipped(&read_text_string(text)),
        Object::Name(name) => clipped(&name.to_text()),
        Object::Array(items) if items.iter().all(|item| matches!(item, Object::String(_) | Object::Name(_))) => {
            clipped(&items.iter().take(CHARACTERS).map(words).collect::<Vec<_>>().join(", "))
        }
        Object::Reference(id) => id.to_string(),
        other => clipped(&String::from_utf8_lossy(&serialize(other))),
    }
}

fn clipped(text: &str) -> String {
    text.chars().take(CHARACTERS).collect()
}
