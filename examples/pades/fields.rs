//! Names of form fields on the command line: those that nobody finds are typing errors, and said to be.

use pades_ltv::{Document, Error, ErrorKind, Result};

/// How many names an error lists.
const LISTED: usize = 20;

/// Whether the document has all fields of `names`, or groups of them; `own` is the field to be signed, which may be new.
pub(crate) fn check<'n>(
    document: &Document<'_>,
    names: impl IntoIterator<Item = &'n str>,
    own: Option<&str>,
) -> Result<()> {
    let mut names = names.into_iter().filter(|name| Some(*name) != own).peekable();
    if names.peek().is_none() {
        return Ok(());
    }
    let fields = document.form_fields()?;
    let is_there = |wanted: &str| {
        let mut names = fields.iter().map(|field| field.name.as_str());
        names.any(|name| name.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
    };
    match names.find(|name| !is_there(name)) {
        None => Ok(()),
        Some(missing) => {
            let known: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
            let error = Error::new(ErrorKind::Field, "no field has this name").at(format!("field \"{missing}\""));
            Err(error.advise(advice(&known)))
        }
    }
}

fn advice(known: &[&str]) -> String {
    let listed: Vec<String> = known.iter().take(LISTED).map(|name| format!("\"{name}\"")).collect();
    match known.len().saturating_sub(listed.len()) {
        _ if known.is_empty() => "the document has no form fields".to_owned(),
        0 => format!("the document has: {}", listed.join(", ")),
        more => format!("the document has: {}, and {more} more", listed.join(", ")),
    }
}
