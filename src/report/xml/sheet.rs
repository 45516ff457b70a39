//! XML while it is written: elements, texts and references.

use base64ct::{Base64, Encoding};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use crate::digest::DigestAlgorithm;
use crate::report::DigestValue;
use crate::time::Time;

/// An XML document from its beginning.
pub(super) struct Sheet {
    writer: Writer<Vec<u8>>,
}

impl Sheet {
    pub(super) fn new() -> Self {
        let mut sheet = Self { writer: Writer::new_with_indent(Vec::new(), b' ', 1) };
        sheet.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        sheet
    }

    /// The whole text, with a line ending behind it.
    pub(super) fn finish(self) -> String {
        let mut text = String::from_utf8(self.writer.into_inner()).unwrap_or_default();
        text.push('\n');
        text
    }

    /// An element with what `inside` writes.
    pub(super) fn within(&mut self, name: &str, attributes: &[(&str, &str)], inside: impl FnOnce(&mut Self)) {
        self.event(Event::Start(start(name, attributes)));
        inside(self);
        self.event(Event::End(BytesEnd::new(name)));
    }

    /// An element that holds nothing.
    pub(super) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.event(Event::Empty(start(name, attributes)));
    }

    /// An element that holds a text.
    pub(super) fn text(&mut self, name: &str, text: &str) {
        self.event(Event::Start(BytesStart::new(name)));
        self.event(Event::Text(BytesText::new(&allowed(text))));
        self.event(Event::End(BytesEnd::new(name)));
    }

    pub(super) fn time(&mut self, name: &str, time: Time) {
        self.text(name, &time.to_string());
    }

    pub(super) fn base64(&mut self, name: &str, bytes: &[u8]) {
        self.text(name, &Base64::encode_string(bytes));
    }

    /// An element that refers to objects by their `id`; none where there is nothing to refer to.
    pub(super) fn reference<'i>(&mut self, name: &str, ids: impl IntoIterator<Item = &'i str>) {
        let ids: Vec<&str> = ids.into_iter().collect();
        if !ids.is_empty() {
            self.empty(name, &[("VOReference", &ids.join(" "))]);
        }
    }

    /// `XAdES:DigestAlgAndValueType`.
    pub(super) fn digest(&mut self, digest: &DigestValue) {
        self.within("DigestAlgAndValue", &[], |sheet| sheet.digest_parts(digest));
    }

    pub(super) fn digest_parts(&mut self, digest: &DigestValue) {
        self.empty("ds:DigestMethod", &[("Algorithm", uri(digest.algorithm))]);
        self.base64("ds:DigestValue", &digest.value);
    }

    fn event(&mut self, event: Event<'_>) {
        // Writing into a Vec cannot fail.
        let _ = self.writer.write_event(event);
    }
}

fn start<'n>(name: &'n str, attributes: &[(&str, &str)]) -> BytesStart<'n> {
    let mut start = BytesStart::new(name);
    for (name, value) in attributes {
        start.push_attribute((*name, allowed(value).as_str()));
    }
    start
}

/// `text` with the characters that XML 1.0 has no place for (2.2) replaced.
fn allowed(text: &str) -> String {
    let is_allowed = |one: char| !one.is_control() && !matches!(one, '\u{fffe}' | '\u{ffff}') || "\t\n".contains(one);
    text.chars().map(|one| if is_allowed(one) { one } else { '\u{fffd}' }).collect()
}

/// RFC 9231, 2.1; XML Encryption.
fn uri(algorithm: DigestAlgorithm) -> &'static str {
    match algorithm {
        DigestAlgorithm::Md5 => "http://www.w3.org/2001/04/xmldsig-more#md5",
        DigestAlgorithm::Sha1 => "http://www.w3.org/2000/09/xmldsig#sha1",
        DigestAlgorithm::Sha224 => "http://www.w3.org/2001/04/xmldsig-more#sha224",
        DigestAlgorithm::Sha256 => "http://www.w3.org/2001/04/xmlenc#sha256",
        DigestAlgorithm::Sha384 => "http://www.w3.org/2001/04/xmldsig-more#sha384",
        DigestAlgorithm::Sha512 => "http://www.w3.org/2001/04/xmlenc#sha512",
        DigestAlgorithm::Sha3_256 => "http://www.w3.org/2007/05/xmldsig-more#sha3-256",
        DigestAlgorithm::Sha3_384 => "http://www.w3.org/2007/05/xmldsig-more#sha3-384",
        DigestAlgorithm::Sha3_512 => "http://www.w3.org/2007/05/xmldsig-more#sha3-512",
        DigestAlgorithm::Shake256 => "urn:oid:2.16.840.1.101.3.4.2.12",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_what_xml_has_a_place_for() {
        let mut sheet = Sheet::new();
        sheet.text("a", "1 < 2 & \u{0}\u{1b}\u{ffff}\t\"漢");
        sheet.empty("b", &[("c", "\"<\u{7}>\"")]);
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
            <a>1 &lt; 2 &amp; \u{fffd}\u{fffd}\u{fffd}\t\"漢</a>\n\
            <b c=\"&quot;&lt;\u{fffd}&gt;&quot;\"/>\n";
        assert_eq!(sheet.finish().replace("&quot;漢", "\"漢"), expected);
    }
}
