//! Rules for comments (ISO 32000-2, 12.5.6): where a certification permits annotations (12.8.2.2, table 257, P 3), they may be added,
//! changed and removed, with their replies, popups and looks.
//!
//! Departs: table 257 speaks of annotations of every type. Links, attachments, sounds and screens are refused: they do something, or
//! bring something with them that is no remark. So are actions and optional content. Test: the vectors `annotation_*`.

use super::clearance::{Clearance, Place};
use super::equality::differences;
use super::signing::says;
use super::step::Step;
use super::told::{Told, words};
use crate::error::Result;
use crate::pdf::object::{Dictionary, Object, Ref};
use crate::report::{Act, ChangeKind, Code, Modification, Rule};

/// The types of annotation that are remarks: markup annotations (12.5.6.2) without attachments and sounds, and popups.
const COMMENTS: [&str; 16] = [
    "Text",
    "FreeText",
    "Line",
    "Square",
    "Circle",
    "Polygon",
    "PolyLine",
    "Highlight",
    "Underline",
    "Squiggly",
    "StrikeOut",
    "Stamp",
    "Caret",
    "Ink",
    "Popup",
    "Redact",
];
/// What they may say (tables 166, 172 to 186): no action, no optional content, no file. Some writers say `/Flags`, which means nothing.
const KEYS: [&str; 58] = [
    "Type",
    "Subtype",
    "Rect",
    "Contents",
    "P",
    "NM",
    "M",
    "F",
    "AP",
    "AS",
    "Border",
    "C",
    "StructParent",
    "BM",
    "ca",
    "CA",
    "Lang",
    "T",
    "Popup",
    "RC",
    "CreationDate",
    "IRT",
    "Subj",
    "RT",
    "IT",
    "Open",
    "Name",
    "State",
    "StateModel",
    "DA",
    "Q",
    "DS",
    "CL",
    "BE",
    "RD",
    "BS",
    "LE",
    "L",
    "LL",
    "LLE",
    "LLO",
    "IC",
    "Cap",
    "CP",
    "CO",
    "Vertices",
    "QuadPoints",
    "InkList",
    "Sy",
    "Parent",
    "RO",
    "OverlayText",
    "Repeat",
    "Rotate",
    "Rotation",
    "H",
    "MK",
    "Flags",
];
/// Other annotations that a comment names.
const RELATED: [&str; 3] = ["Popup", "IRT", "Parent"];

impl Step<'_> {
    /// An annotation that a page got.
    pub(super) fn add_comment(&mut self, place: &Place, id: Ref) -> Result<()> {
        let Some(comment) = self.new_dictionary(id) else {
            self.refuse(place.holder, format_args!("the annotation {id}, which was there before, was added to a page"));
            return Ok(());
        };
        if let Some(fault) = self.fault(&comment) {
            self.explain(format_args!("the annotation {id} was added to a page, and {fault}"));
            return Ok(());
        }
        self.admit(place, id, Clearance::Whole);
        if let Some(looks) = comment.get("AP") {
            self.looks(Place::object(id.number).key("AP"), looks)?;
        }
        let new = comment.get("Contents").map(words);
        self.tell_comment(id, &comment, (None, new), (Act::Added, "was laid on"));
        Ok(())
    }

    /// An annotation that a page lost.
    pub(super) fn remove_comment(&mut self, page: u32, item: &Object) -> Result<()> {
        let was = self.read(self.before, Some(item))?;
        let id = item.as_reference().unwrap_or(Ref { number: page, generation: 0 });
        match &*was {
            // A reference to nothing showed nothing.
            Object::Null => {}
            Object::Dictionary(comment) if is_comment(comment) => {
                let old = comment.get("Contents").map(words);
                self.tell_comment(id, comment, (old, None), (Act::Removed, "was removed from"));
            }
            _ => self.refuse(id.number, format_args!("the annotation {id} was removed from a page")),
        }
        Ok(())
    }

    /// Annotations that say something else than before, or look different.
    pub(super) fn change_comments(&mut self) -> Result<()> {
        let uncleared = self.changes.iter().filter(|(number, _)| !self.cleared.contains_key(number));
        let comments = uncleared.filter_map(|(_, change)| {
            let (before, after) = change.dictionaries()?;
            let is_kept = before.get("Subtype") == after.get("Subtype");
            (is_comment(before) && is_kept).then(|| (change.id, before.clone(), after.clone()))
        });
        let comments: Vec<_> = comments.collect();
        comments.into_iter().try_for_each(|(id, before, after)| self.change_comment(id, &before, &after))
    }

    fn change_comment(&mut self, id: Ref, before: &Dictionary, after: &Dictionary) -> Result<()> {
        let changed = differences(before, after);
        let is_own = |key: &str| KEYS.contains(&key) && !["Type", "P", "Parent", "StructParent"].contains(&key);
        if let Some(other) = changed.iter().find(|one| !is_own(&one.key.to_text())) {
            let key = other.key.to_text();
            self.explain(format_args!("/{key} of the annotation {id} was changed"));
            return Ok(());
        }
        for one in changed.iter().filter(|one| RELATED.iter().any(|key| *one.key == **key)) {
            if let Some(fault) = one.after.and_then(|other| self.related_fault(other)) {
                self.explain(format_args!("the annotation {id} was changed, and {fault}"));
                return Ok(());
            }
        }
        self.clear(id.number, Clearance::Keys);
        let place = Place::object(id.number);
        for one in &changed {
            match (one.key.as_bytes(), one.after) {
                (b"AP", Some(looks)) => self.looks(place.key("AP"), looks)?,
                (_, Some(value)) => self.admit_all(&place.key(&one.key.to_text()), value),
                (_, None) => {}
            }
        }
        if let Some(looks) = after.get("AP") {
            self.looks(place.key("AP"), looks)?;
        }
        let texts = (before.get("Contents").map(words), after.get("Contents").map(words));
        self.tell_comment(id, after, texts, (Act::Changed, "was changed on"));
        Ok(())
    }

    fn tell_comment(
        &mut self,
        id: Ref,
        comment: &Dictionary,
        (old, new): (Option<String>, Option<String>),
        (act, what): (Act, &str),
    ) {
        let on = self.place_of(id, comment);
        let page = on.0.map_or_else(|| "a page".to_owned(), |page| format!("page {page}"));
        let kind = comment.get("Subtype").and_then(Object::as_name).map(|name| name.to_text()).unwrap_or_default();
        if kind != "Popup" {
            self.note(Code::Overlay, format_args!("an annotation (/{kind}) {what} {page} ({id})"));
        }
        let told = Told::new(ChangeKind::Annotation, Rule::Annotation, Modification::Annotate);
        self.tell(id.number, told.values(old, new).on(on).act(act).subtype(comment.get("Subtype")));
    }

    /// Why a new dictionary is no remark; none if it is one.
    fn fault(&self, comment: &Dictionary) -> Option<String> {
        let own = own_fault(comment);
        own.or_else(|| RELATED.iter().filter_map(|key| comment.get(key)).find_map(|other| self.related_fault(other)))
    }

    /// Annotations that come with another are cleared with it, and so must be remarks, too.
    fn related_fault(&self, other: &Object) -> Option<String> {
        match other {
            Object::Reference(id) if self.is_new(id.number) => match self.new_dictionary(*id) {
                Some(comment) => own_fault(&comment),
                None => Some(format!("{id} is no annotation")),
            },
            Object::Reference(_) => None,
            _ => Some("it has another annotation inside".to_owned()),
        }
    }
}

fn own_fault(comment: &Dictionary) -> Option<String> {
    if !is_comment(comment) {
        return Some("it is no remark".to_owned());
    }
    let strange = comment.iter().map(|entry| entry.key.to_text()).find(|key| !KEYS.contains(&key.as_str()));
    strange.map(|key| format!("it has a /{key}"))
}

fn is_comment(annotation: &Dictionary) -> bool {
    COMMENTS.iter().any(|kind| says(annotation, "Subtype", kind)) && annotation.get("FT").is_none()
}
