//! What a PDF/A file says of properties that PDF/A does not know (ISO 19005-1, 6.7.8; 19005-2 and -3, 6.6.2.3).

use roxmltree::Node;

use super::packet::RDF;
use super::properties::descriptions;
use crate::transaction::Transaction;

/// What a file says to be PDF/A with.
const ARCHIVE: &str = "http://www.aiim.org/pdfa/ns/id/";
const EXTENSION: &str = "http://www.aiim.org/pdfa/ns/extension/";
const SCHEMA: &str = "http://www.aiim.org/pdfa/ns/schema#";
const PROPERTY: &str = "http://www.aiim.org/pdfa/ns/property#";

/// Name, type and description of each property.
const PROPERTIES: [(&str, &str, &str); 6] = [
    ("counterparty", "seq Text", "With whom the transaction was concluded"),
    ("date", "Date", "The day of the transaction"),
    ("amount", "Real", "The amount of the transaction"),
    ("currency", "Text", "The currency of the amount, as ISO 4217 names it"),
    ("title", "Text", "The title of the document"),
    ("number", "Text", "The number of the document"),
];

/// `None` where the packet describes the properties of transactions already; else whether it says to be PDF/A, and the list of descriptions
/// that it has, of which there may be only one.
pub(super) fn describes<'a, 'i>(rdf: Node<'a, 'i>) -> Option<(bool, Option<Node<'a, 'i>>)> {
    let is_archive = descriptions(rdf).any(|description| {
        description.attributes().any(|one| one.namespace() == Some(ARCHIVE))
            || description.children().any(|child| child.tag_name().namespace() == Some(ARCHIVE))
    });
    let mut lists = descriptions(rdf).flat_map(|description| description.children());
    let list = lists.find(|child| child.has_tag_name((EXTENSION, "schemas")));
    let is_ours = |node: Node<'_, '_>| {
        node.has_tag_name((SCHEMA, "namespaceURI"))
            && node.text().is_some_and(|text| text.trim() == Transaction::NAMESPACE)
    };
    if list.is_some_and(|list| list.descendants().any(is_ours)) {
        return None;
    }
    let bag = list.and_then(|list| list.first_element_child()).filter(|bag| bag.has_tag_name((RDF, "Bag")));
    Some((is_archive, bag))
}

/// The description of our properties: an item of the list, or the list in a description of the document.
pub(super) fn description(is_list: bool) -> String {
    let namespace = Transaction::NAMESPACE;
    let mut item = format!(
        "<rdf:li xmlns:rdf=\"{RDF}\" xmlns:pdfaSchema=\"{SCHEMA}\" xmlns:pdfaProperty=\"{PROPERTY}\" rdf:parseType=\"Resource\">\n\
         <pdfaSchema:schema>Transaction</pdfaSchema:schema>\n\
         <pdfaSchema:namespaceURI>{namespace}</pdfaSchema:namespaceURI>\n\
         <pdfaSchema:prefix>txn</pdfaSchema:prefix>\n\
         <pdfaSchema:property><rdf:Seq>\n"
    );
    for (name, value_type, text) in PROPERTIES {
        item.push_str(&format!(
            "<rdf:li rdf:parseType=\"Resource\">\n\
             <pdfaProperty:name>{name}</pdfaProperty:name>\n\
             <pdfaProperty:valueType>{value_type}</pdfaProperty:valueType>\n\
             <pdfaProperty:category>external</pdfaProperty:category>\n\
             <pdfaProperty:description>{text}</pdfaProperty:description>\n\
             </rdf:li>\n"
        ));
    }
    item.push_str("</rdf:Seq></pdfaSchema:property>\n</rdf:li>\n");
    if !is_list {
        return item;
    }
    format!(
        "<rdf:Description xmlns:rdf=\"{RDF}\" rdf:about=\"\" xmlns:pdfaExtension=\"{EXTENSION}\">\n\
         <pdfaExtension:schemas><rdf:Bag>\n{item}</rdf:Bag></pdfaExtension:schemas>\n</rdf:Description>\n"
    )
}
