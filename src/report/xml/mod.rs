//! The report as XML of TS 119 102-2, for programs that read validation reports of any maker.
//!
//! What it is for: one `SignatureValidationReport` for each signature, and the certificates, revocation values and timestamps that they
//! rest on as validation objects. Document timestamps are validation objects, each with a report of its own.
//!
//! Invariant: every element stands where the schema of TS 119 102-2 V1.4.1 (namespace `…/19102/v1.4.1#`) has it; every reference names an
//! object that is there. The report is not signed.
//!
//! Specified in TS 119 102-2, 4. Nouns: [`Sheet`] (XML while it is written), [`Objects`] (what reports refer to).

mod attributes;
mod objects;
mod sheet;
mod signature;

use self::objects::Objects;
use self::sheet::Sheet;
use super::{Kind, Report};

impl Report {
    /// This report as XML of TS 119 102-2, in UTF-8, for the file that the caller calls `file`. A file without signatures gives
    /// the indication of EU DSS for that, `urn:cef:dss:mainindication:noSignatureFound`, as the standard has none. Where not all signatures
    /// could be read, a report without an identifier says INDETERMINATE, besides those of the others.
    pub fn to_xml(&self, file: &str) -> String {
        let objects = Objects::of(self);
        let mut sheet = Sheet::new();
        let spaces = [
            ("xmlns", "http://uri.etsi.org/19102/v1.4.1#"),
            ("xmlns:ds", "http://www.w3.org/2000/09/xmldsig#"),
            ("xmlns:XAdES", "http://uri.etsi.org/01903/v1.3.2#"),
        ];
        sheet.within("ValidationReport", &spaces, |sheet| {
            let signatures = || self.signatures.iter().filter(|one| one.kind == Kind::Signature);
            for (index, signature) in signatures().enumerate() {
                sheet.signature(self, signature, (index, file));
            }
            if self.is_unread() || signatures().next().is_none() {
                sheet.rest(self);
            }
            objects.write(self, sheet);
        });
        sheet.finish()
    }
}
