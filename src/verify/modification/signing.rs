//! Rules for signature fields, their signatures and their looks (ISO 32000-2, 12.7.5.5, 12.8.1, 12.5.5).

use std::collections::{BTreeMap, HashMap, HashSet};

use super::clearance::{Clearance, Place, weight};
use super::equality::differences;
use super::filling::Entered;
use super::step::Step;
use super::told::Told;
use crate::error::Result;
use crate::pdf::object::{Dictionary, Object, Ref};
use crate::pdf::signature::{SignatureDictionary, SignatureKind};
use crate::report::{ChangeKind, Code, Modification, Rectangle, Rule};

/// What one revision signed.
#[derive(Debug, Default)]
pub(super) struct Signings {
    /// The signature dictionaries: each is the value of one field.
    signatures: HashSet<u32>,
    /// New annotations that show new signature fields.
    pub(super) widgets: HashSet<u32>,
    /// Fields that were empty before.
    filled: HashSet<u32>,
    /// Other fields that were blank before, with the state that a button has now.
    pub(super) entered: HashMap<u32, Entered>,
    /// The object that holds the document security store.
    pub(super) store: u32,
    /// How many values each of its lists got.
    pub(super) stored: BTreeMap<String, usize>,
}

/// What a new signature field may say; actions are not among it.
const FIELD: [&str; 12] = ["FT", "T", "TU", "TM", "Ff", "V", "Kids", "Lock", "SV", "DA", "Q", "DR"];
/// What a new widget may say.
const WIDGET: [&str; 15] =
    ["Type", "Subtype", "Rect", "P", "F", "AP", "AS", "MK", "BS", "Border", "H", "NM", "M", "Contents", "StructParent"];

impl Step<'_> {
    /// A field that this revision added to the form, or to a group of it.
    pub(super) fn sign_new_field(&mut self, id: Ref, field: &Dictionary, group: Option<Ref>) -> Result<()> {
        if !says(field, "FT", "Sig") || !matches!(field.get("T"), Some(Object::String(_))) {
            self.refuse(id.number, format_args!("{id} was added to the form and is no signature field with a name"));
            return Ok(());
        }
        let is_widget = says(field, "Subtype", "Widget");
        let name = self.ground.fields.get(&id).cloned().unwrap_or_default();
        if self.ground.twins.contains(&name) {
            let what = format!("the new signature field {id} has the name of another field, \"{name}\"");
            self.refuse(id.number, what);
        }
        let known: [&[&str]; 3] = [&FIELD, &WIDGET, if group.is_some() { &["Parent"] } else { &[] }];
        if field.get("Parent").and_then(Object::as_reference) != group {
            self.refuse(id.number, format_args!("the new signature field {id} names another parent than it has"));
        }
        if let Some(key) = strange(field, &known) {
            self.refuse(id.number, format_args!("the new signature field {id} has a /{key}"));
        }
        let kind = self.signature(id, &Place::object(id.number).key("V"), field.get("V"))?;
        let mut widgets = Vec::new();
        if is_widget {
            widgets.push((id, field.clone()));
        }
        for kid in self.read(self.after, field.get("Kids"))?.as_array().unwrap_or_default() {
            match kid.as_reference().and_then(|kid| Some((kid, self.new_dictionary(kid)?))) {
                Some((kid, widget)) if is_kid(&widget, id) => widgets.push((kid, widget)),
                _ => {
                    self.refuse(id.number, format_args!("a kid of the new signature field {id} is no new widget of it"))
                }
            }
        }
        let mut sight = Sight::Hidden;
        for (widget, dictionary) in &widgets {
            self.signing.widgets.insert(widget.number);
            sight = sight.max(self.show(*widget, dictionary, kind)?);
        }
        // 12.8.2.4: a lock of all fields, or of all but some, is one of those that come later, too. Document timestamps are no
        // change (12.8.5.3).
        if (kind, sight) != (Some(SignatureKind::DocumentTimestamp), Sight::Hidden) {
            self.refuse_if_frozen(&name, id.number, "added")?;
        }
        let (shown, dictionary) = widgets.first().map_or((id, field), |(shown, dictionary)| (*shown, dictionary));
        self.weigh(id, &name, self.place_of(shown, dictionary), (kind, sight));
        Ok(())
    }

    /// A signature field that was there, and is not what it was.
    pub(super) fn sign_old_field(&mut self, id: Ref) -> Result<()> {
        let Some((before, after)) = self.changes.get(&id.number).and_then(|change| change.dictionaries()) else {
            return Ok(());
        };
        let (before, after) = (before.clone(), after.clone());
        if before.get("V").is_some() || after.get("V").is_none() {
            // Unless it is closed, it stays unexplained, and is refused with the keys that changed.
            return self.close_field(id, &before, &after).map(drop);
        }
        self.clear(id.number, Clearance::Keys);
        self.signing.filled.insert(id.number);
        let name = self.ground.fields.get(&id).cloned().unwrap_or_default();
        self.refuse_if_frozen(&name, id.number, "signed")?;
        let place = Place::object(id.number);
        let kind = self.signature(id, &place.key("V"), after.get("V"))?;
        self.redraw(id, &before, &after)?;
        let sight = if says(&after, "Subtype", "Widget") { self.show(id, &after, kind)? } else { Sight::Shown };
        self.weigh(id, &name, self.place_of(id, &after), (kind, sight));
        Ok(())
    }

    /// The widget of a field that was signed just now.
    pub(super) fn redraw_widget(&mut self, id: Ref) -> Result<()> {
        let Some((before, after)) = self.changes.get(&id.number).and_then(|change| change.dictionaries()) else {
            return Ok(());
        };
        let field = after.get("Parent").and_then(Object::as_reference);
        if says(after, "Subtype", "Widget") && field.is_some_and(|field| self.signing.filled.contains(&field.number)) {
            let (before, after) = (before.clone(), after.clone());
            self.clear(id.number, Clearance::Keys);
            self.redraw(id, &before, &after)?;
            self.show(id, &after, Some(SignatureKind::Signature))?;
        }
        Ok(())
    }

    /// What may change in a field or widget when it is signed.
    fn redraw(&mut self, id: Ref, before: &Dictionary, after: &Dictionary) -> Result<()> {
        let is_closed = self.becomes_read_only(before, after)?;
        for one in differences(before, after) {
            let key = one.key.to_text();
            match (key.as_str(), one.after) {
                ("V", _) | ("F", Some(Object::Integer(_))) | ("M", Some(Object::String(_))) => {}
                ("AP", Some(_)) => {}
                ("Ff", Some(_)) if is_closed => {}
                _ => self.refuse(id.number, format_args!("/{key} of the signature field {id} was changed")),
            }
        }
        if let Some(looks) = after.get("AP") {
            self.looks(Place::object(id.number).key("AP"), looks)?;
        }
        Ok(())
    }

    /// 12.5.5: `/AP`, its entries, and their states are new, or changed in place where nothing else shows them.
    pub(super) fn looks(&mut self, place: Place, looks: &Object) -> Result<()> {
        const LEVELS: usize = 3;
        let mut waiting = vec![(place, looks.clone(), 0_usize)];
        while let Some((place, looks, level)) = waiting.pop() {
            self.look_at(1)?;
            let (place, looks) = match looks {
                Object::Reference(id) if self.is_new(id.number) => {
                    self.admit(&place, id, Clearance::Whole);
                    continue;
                }
                Object::Reference(id) => match self.redrawn(&place, id) {
                    Some(looks) => (Place::object(id.number), looks),
                    None => continue,
                },
                direct => (place, direct),
            };
            match looks {
                Object::Stream(stream) => self.admit_all(&place, &Object::Dictionary(stream.dictionary)),
                Object::Dictionary(states) if level < LEVELS => waiting.extend(
                    states
                        .iter()
                        .map(|one| (place.key(&one.key.to_text()), one.value.clone(), level.saturating_add(1))),
                ),
                _ => {}
            }
        }
        Ok(())
    }

    /// An appearance that was there, as it is now; its change is allowed if it stays of its kind.
    fn redrawn(&mut self, place: &Place, id: Ref) -> Option<Object> {
        let Some(change) = self.changes.get(&id.number) else {
            let looks = self.object(self.after, id).ok()?;
            self.look_at(weight(&looks)).ok()?;
            return matches!(*looks, Object::Dictionary(_)).then(|| Object::clone(&looks));
        };
        let is_form = |object: &Object| match object {
            Object::Stream(stream) => says(&stream.dictionary, "Subtype", "Form"),
            _ => false,
        };
        if change.dictionaries().is_none() && !(is_form(&change.before) && is_form(&change.after)) {
            return None;
        }
        let looks = Object::clone(&change.after);
        self.admit(place, id, Clearance::Whole);
        Some(looks)
    }

    /// The value of a field: a signature that closes this revision, or none.
    fn signature(&mut self, field: Ref, place: &Place, value: Option<&Object>) -> Result<Option<SignatureKind>> {
        let signature = match value {
            None => return Ok(None),
            Some(Object::Reference(id)) if self.new_dictionary(*id).is_some() => {
                self.admit(place, *id, Clearance::Whole);
                if !self.signing.signatures.insert(id.number) {
                    self.refuse(field.number, format_args!("{id} is the signature of more than one field"));
                }
                SignatureDictionary::read(self.after, *id)?
            }
            Some(value @ Object::Dictionary(_)) => {
                self.admit_all(place, value);
                SignatureDictionary::read_direct(self.after, value.clone(), None)?
            }
            Some(_) => {
                let what = format!("the value of the signature field {field} is no new signature");
                self.refuse(field.number, what);
                return Ok(None);
            }
        };
        let end = self.ground.document.revisions().get(self.revision).map_or(0, |revision| revision.end());
        let fault = match (&signature.byte_range, &signature.contents) {
            // A line end at the end of the file may be covered or not.
            (Ok(range), Ok(_)) if range.end().abs_diff(end) <= 2 => None,
            (Ok(_), Ok(_)) => Some("it does not cover its own revision".to_owned()),
            (Err(fault), _) => Some(fault.to_string()),
            (_, Err(fault)) => Some(fault.to_string()),
        };
        if let Some(fault) = fault {
            self.refuse(field.number, format_args!("the new signature in {field} is none: {fault}"));
        }
        Ok(Some(signature.kind))
    }

    /// Says it where a widget shows something on a page.
    fn show(&mut self, id: Ref, widget: &Dictionary, kind: Option<SignatureKind>) -> Result<Sight> {
        if sight(widget) == Sight::Hidden {
            return Ok(Sight::Hidden);
        }
        let page = self.place_of(id, widget).0;
        let page = page.map_or_else(|| "a page".to_owned(), |page| format!("page {page}"));
        match kind {
            Some(_) => self.note(Code::Overlay, format_args!("a visible signature was laid on {page} ({id})")),
            None if widget.get("MK").is_some() || !self.draws_nothing(widget.get("AP"))? => {
                let what = "a signature field that shows something, but is not signed, was laid on";
                self.refuse(id.number, format_args!("{what} {page} ({id})"));
            }
            None => self.note(Code::Overlay, format_args!("an empty signature field was laid on {page} ({id})")),
        }
        Ok(Sight::Shown)
    }

    /// Whether appearances (12.5.5) are without any content, as some writers make them for fields that wait for their signature.
    fn draws_nothing(&self, appearances: Option<&Object>) -> Result<bool> {
        let appearances = self.read(self.after, appearances)?;
        let Object::Dictionary(appearances) = &*appearances else { return Ok(appearances.is_null()) };
        for appearance in appearances.iter() {
            match &*self.read(self.after, Some(&appearance.value))? {
                Object::Stream(stream) if stream.data.is_empty() => {}
                _ => return Ok(false),
            }
        }
        Ok(true)
    }

    fn weigh(
        &mut self,
        field: Ref,
        name: &str,
        on: (Option<usize>, Option<Rectangle>),
        (kind, sight): (Option<SignatureKind>, Sight),
    ) {
        let (kind, rule, level) = match (kind, sight) {
            (Some(SignatureKind::DocumentTimestamp), Sight::Hidden) => {
                (ChangeKind::DocumentTimestamp, Rule::DocumentTimestamp, Modification::Lta)
            }
            // It changes what can be read, as a visible signature does.
            (Some(SignatureKind::DocumentTimestamp), Sight::Shown) => {
                (ChangeKind::DocumentTimestamp, Rule::Signature, Modification::Form)
            }
            (Some(SignatureKind::Signature), _) => (ChangeKind::Signature, Rule::Signature, Modification::Form),
            (None, _) => (ChangeKind::SignatureField, Rule::SignatureField, Modification::Form),
        };
        self.tell(field.number, Told::new(kind, rule, level).field(name).on(on));
    }
}

/// Whether a widget shows anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Sight {
    Hidden,
    Shown,
}

/// 12.7.5.5: a rectangle without extent, or hidden on the screen and on paper. What cannot be told is shown.
fn sight(widget: &Dictionary) -> Sight {
    const HIDDEN: i64 = 2;
    const NO_VIEW: i64 = 32;
    const PRINT_OR_TOGGLE: i64 = 4 | 256;
    let flags = widget.get("F").and_then(Object::as_integer).unwrap_or(0);
    let is_hidden = flags & HIDDEN != 0 || (flags & NO_VIEW != 0 && flags & PRINT_OR_TOGGLE == 0);
    let number = |object: &Object| match object {
        Object::Integer(value) => value.to_string().parse::<f64>().ok(),
        Object::Real(text) => text.parse().ok(),
        _ => None,
    };
    let corners = widget.get("Rect").and_then(Object::as_array).unwrap_or_default();
    let corners: Vec<Option<f64>> = corners.iter().map(number).collect();
    let is_empty = matches!(corners.as_slice(), [Some(left), Some(bottom), Some(right), Some(top)] if left == right && bottom == top);
    if is_empty || is_hidden { Sight::Hidden } else { Sight::Shown }
}

fn is_kid(widget: &Dictionary, field: Ref) -> bool {
    let allowed = ["Parent"];
    says(widget, "Subtype", "Widget")
        && widget.get("Parent").and_then(Object::as_reference) == Some(field)
        && strange(widget, &[&WIDGET, &allowed]).is_none()
}

/// The first key that is not known.
pub(super) fn strange(dictionary: &Dictionary, known: &[&[&str]]) -> Option<String> {
    let is_known = |key: &crate::pdf::object::Name| known.iter().any(|keys| keys.iter().any(|known| *key == **known));
    dictionary.iter().find(|entry| !is_known(&entry.key)).map(|entry| entry.key.to_text())
}

pub(super) fn says(dictionary: &Dictionary, key: &str, name: &str) -> bool {
    dictionary.get(key).and_then(Object::as_name).is_some_and(|found| *found == *name)
}
