//! An XMP packet: found, read, and changed in place.
//!
//! Invariant: only what speaks of the transaction is cut out, and only what speaks of it is put in.

use std::ops::Range;

use roxmltree::{Document, Node};

use super::encoding::Encoding;
use super::extension::{describes, description};
use super::properties::{Properties, to_xml};
use super::unusable;
use crate::error::{Error, ErrorKind, Result};
use crate::transaction::Transaction;
use crate::xml::Kind;

/// RDF 1.1 XML Syntax.
pub(super) const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
/// A packet with a thumbnail may have some MB.
const PACKET: Kind = Kind { name: "metadata", bytes: 16 << 20, nodes: 500_000 };
/// A packet without any property (ISO 16684-1, 7.3.2). It holds no room for changes in place: a signed file does not change in place.
const EMPTY: &str = "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n\
    <x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n\
    <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n\
    </rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"r\"?>\n";

/// The text of a packet, and how it is written.
#[derive(Clone, Debug)]
pub(super) struct Packet {
    text: String,
    encoding: Encoding,
}

impl Packet {
    pub(super) fn new() -> Self {
        Self { text: EMPTY.to_owned(), encoding: Encoding::Utf8 }
    }

    /// # Errors
    /// [`ErrorKind::Metadata`] where it is no text; [`ErrorKind::Limit`] where it is too large.
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self> {
        // In UTF-16, each character of XML itself takes two.
        if bytes.len() > PACKET.bytes.saturating_mul(2) {
            return Err(PACKET.too_large("bytes", PACKET.bytes));
        }
        let (encoding, text) = Encoding::decode(bytes)?;
        Ok(Self { text, encoding })
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        self.encoding.encode(&self.text)
    }

    /// What it says of the transaction.
    pub(super) fn transaction(&self) -> Result<Option<Transaction>> {
        let document = self.parse()?;
        Properties::read(rdf(&document)?)?.transaction()
    }

    /// The packet with `transaction` in place of what it says.
    pub(super) fn stating(&self, transaction: &Transaction) -> Result<Self> {
        let document = self.parse()?;
        let rdf = rdf(&document)?;
        let mut edits = Edits::of(&self.text, self.start());
        Properties::places(rdf).into_iter().for_each(|place| edits.cut(place));
        if let Some((holder, xml)) = missing_description(rdf) {
            edits.put_inside(holder, &xml)?;
        }
        edits.put_inside(rdf, &to_xml(transaction))?;
        let stated = Self { text: edits.apply(), encoding: self.encoding };
        match stated.transaction() {
            Ok(Some(read)) if read == *transaction => Ok(stated),
            _ => Err(Error::new(ErrorKind::SelfCheck, "the metadata does not read back as it was meant")),
        }
    }

    fn parse(&self) -> Result<Document<'_>> {
        let text = self.text.get(self.start()..).unwrap_or_default();
        PACKET.parse(text).map_err(|error| match error.kind() {
            ErrorKind::Limit => error,
            _ => unusable(error),
        })
    }

    /// The length of its byte order mark.
    fn start(&self) -> usize {
        self.text.strip_prefix('\u{feff}').map_or(0, |_| '\u{feff}'.len_utf8())
    }
}

/// The one `rdf:RDF` of the packet.
fn rdf<'a, 'i>(document: &'a Document<'i>) -> Result<Node<'a, 'i>> {
    let mut all = document.descendants().filter(|node| node.has_tag_name((RDF, "RDF")));
    match (all.next(), all.next()) {
        (Some(rdf), None) => Ok(rdf),
        (None, _) => Err(unusable("it holds no rdf:RDF")),
        (Some(_), Some(_)) => Err(unusable("it holds several rdf:RDF")),
    }
}

/// What a PDF/A file has to say of our properties, and does not say yet, and where that belongs.
fn missing_description<'a, 'i>(rdf: Node<'a, 'i>) -> Option<(Node<'a, 'i>, String)> {
    let (is_archive, bag) = describes(rdf)?;
    is_archive.then(|| match bag {
        Some(bag) => (bag, description(false)),
        None => (rdf, description(true)),
    })
}

/// Changes to a text: what is cut out, and what is put in where.
struct Edits<'t> {
    text: &'t str,
    /// Where what was parsed begins.
    start: usize,
    all: Vec<(Range<usize>, String)>,
}

impl<'t> Edits<'t> {
    fn of(text: &'t str, start: usize) -> Self {
        Self { text, start, all: Vec::new() }
    }

    /// Cuts out `place`: an element with the line end that we put behind it, an attribute with the white space before it.
    fn cut(&mut self, place: Range<usize>) {
        let (from, to) = (self.start.saturating_add(place.start), self.start.saturating_add(place.end));
        let (before, behind) = (self.text.get(..from).unwrap_or_default(), self.text.get(to..).unwrap_or_default());
        let is_element = self.text.get(from..to).is_some_and(|cut| cut.starts_with('<'));
        let place = match is_element {
            true => from..to.saturating_add(usize::from(behind.starts_with('\n'))),
            false => before.trim_end_matches([' ', '\t', '\r', '\n']).len()..to,
        };
        self.all.push((place, String::new()));
    }

    /// Puts `xml` at the end of what stands in `node`.
    fn put_inside(&mut self, node: Node<'_, '_>, xml: &str) -> Result<()> {
        let range = node.range();
        let start = self.start.saturating_add(range.start);
        let element = self.text.get(start..self.start.saturating_add(range.end)).unwrap_or_default();
        let (at, xml) = match element.strip_suffix("/>") {
            Some(open) => {
                let name = open.get(1..).and_then(|name| name.split([' ', '\t', '\r', '\n']).next());
                let end = start.saturating_add(open.len());
                (end..end.saturating_add(2), format!(">\n{xml}</{}>", name.unwrap_or_default()))
            }
            None => {
                let end = element.rfind("</").ok_or_else(|| unusable("an element does not end"))?;
                let end = start.saturating_add(end);
                (end..end, xml.to_owned())
            }
        };
        self.all.push((at, xml));
        Ok(())
    }

    fn apply(mut self) -> String {
        self.all.sort_by_key(|(place, _)| (place.start, place.end));
        let (mut out, mut from) = (String::new(), 0);
        for (place, new) in self.all {
            out.push_str(self.text.get(from..place.start).unwrap_or_default());
            out.push_str(&new);
            from = from.max(place.end);
        }
        out.push_str(self.text.get(from..).unwrap_or_default());
        out
    }
}
