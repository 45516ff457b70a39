//! Which signatures cover what the file says to be about.
//!
//! Invariant: a transaction counts as signed only where an intact signature covers a revision that states just this; whatever a later
//! revision makes of it is said.

use std::collections::HashMap;

use super::integrity::Facts;
use crate::error::ErrorKind;
use crate::pdf::document::Document;
use crate::pdf::metadata::Statement;
use crate::pdf::object::Ref;
use crate::pdf::view::View;
use crate::report::{Kind, SignatureReport, SignedTransaction, TransactionReport};
use crate::transaction::Transaction;

/// What is said of a file that states nothing that counts any more.
const BROKEN: &str = "the file is broken behind what was signed";

/// What `document` states, and who signed that; `None` where nobody speaks of a transaction.
pub(super) fn stated(
    document: &Document<'_>,
    facts: &[Facts],
    signatures: &[SignatureReport],
) -> Option<TransactionReport> {
    let mut read = Reading::default();
    let (stated, fault) = match read.transaction(document.latest()) {
        // What viewers show of a broken file may state anything.
        _ if document.damage().is_some() => (None, None),
        Ok(stated) => (stated.cloned(), None),
        Err(fault) => (None, Some(fault)),
    };
    let (mut signed_in, mut otherwise) = (Vec::new(), Vec::<SignedTransaction>::new());
    // Where the byte range leaves out more than the signature, what was left out is covered by nobody.
    let is_sound = |facts: &Facts, one: &SignatureReport| facts.is_well_formed && one.intact;
    for (facts, signature) in facts.iter().zip(signatures) {
        if signature.kind != Kind::Signature || !is_sound(facts, signature) {
            continue;
        }
        let Some(revision) = facts.revision else { continue };
        let Ok(Some(signed)) = read.transaction(document.view(revision)) else { continue };
        let fields = match otherwise.iter().position(|other| other.transaction == *signed) {
            _ if Some(signed) == stated.as_ref() => Some(&mut signed_in),
            Some(known) => otherwise.get_mut(known).map(|other| &mut other.fields),
            None => {
                otherwise.push(SignedTransaction::new(signed.clone()));
                otherwise.last_mut().map(|other| &mut other.fields)
            }
        };
        fields.into_iter().for_each(|fields| fields.push(signature.field.clone()));
    }
    let is_lost = document.damage().is_some() && !otherwise.is_empty();
    let fault = fault.or_else(|| is_lost.then(|| BROKEN.to_owned()));
    let is_spoken_of = stated.is_some() || fault.is_some() || !otherwise.is_empty();
    is_spoken_of.then_some(TransactionReport { stated, fault, signed_in, otherwise, is_lost })
}

/// What was read already: most revisions share one stream.
#[derive(Default)]
struct Reading {
    known: HashMap<(Ref, u64), Result<Option<Transaction>, String>>,
}

impl Reading {
    fn transaction(&mut self, view: View<'_>) -> Result<Option<&Transaction>, String> {
        // What cannot be read at all speaks of nothing.
        let Some(statement) = Statement::of(view).ok().flatten() else { return Ok(None) };
        let read = || match statement.transaction() {
            Err(error) if matches!(error.kind(), ErrorKind::Metadata | ErrorKind::Limit) => Err(error.to_string()),
            read => Ok(read.ok().flatten()),
        };
        let known = self.known.entry(statement.place()).or_insert_with(read);
        known.as_ref().map(Option::as_ref).map_err(String::clone)
    }
}
