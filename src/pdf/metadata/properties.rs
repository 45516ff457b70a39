//! The properties of a transaction in RDF: read in every form that XMP allows for them, written in one.

use std::ops::Range;

use roxmltree::Node;

use super::packet::RDF;
use super::unusable;
use crate::error::Result;
use crate::transaction::{Amount, Date, Transaction, bad};

/// What a packet says in the namespace of transactions, each property as often as it does.
#[derive(Debug, Default)]
pub(super) struct Properties {
    counterparties: Option<Vec<String>>,
    date: Option<String>,
    amount: Option<String>,
    currency: Option<String>,
    title: Option<String>,
    number: Option<String>,
}

impl Properties {
    /// Reads them out of the descriptions in `rdf`; what nobody here knows is passed over.
    ///
    /// # Errors
    /// [`ErrorKind::Metadata`](crate::ErrorKind::Metadata) where a property is stated twice, or is of another type.
    pub(super) fn read(rdf: Node<'_, '_>) -> Result<Self> {
        let mut read = Self::default();
        for description in descriptions(rdf) {
            for attribute in description.attributes() {
                if attribute.namespace() == Some(Transaction::NAMESPACE) {
                    read.take(attribute.name(), |_| Ok(attribute.value().to_owned()), None)?;
                }
            }
            for element in description.children().filter(is_ours) {
                read.take(element.tag_name().name(), |name| simple(element, name), Some(element))?;
            }
        }
        Ok(read)
    }

    fn take(&mut self, name: &str, text: impl Fn(&str) -> Result<String>, element: Option<Node<'_, '_>>) -> Result<()> {
        let place = match name {
            "counterparty" => {
                let items = match element {
                    Some(element) => items(element, name)?,
                    None => return Err(bad(name, "it is no array")),
                };
                return once(&mut self.counterparties, name, items);
            }
            "date" => &mut self.date,
            "amount" => &mut self.amount,
            "currency" => &mut self.currency,
            "title" => &mut self.title,
            "number" => &mut self.number,
            _ => return Ok(()),
        };
        once(place, name, text(name)?)
    }

    /// What they say together.
    ///
    /// # Errors
    /// [`ErrorKind::Metadata`](crate::ErrorKind::Metadata) where one is missing or says nothing that makes sense.
    pub(super) fn transaction(self) -> Result<Option<Transaction>> {
        let said = [&self.date, &self.amount, &self.currency, &self.title, &self.number];
        if self.counterparties.is_none() && said.into_iter().all(Option::is_none) {
            return Ok(None);
        }
        let missing = |name: &str| bad(name, "it is missing");
        let names = self.counterparties.ok_or_else(|| missing("counterparty"))?;
        let (first, others) = names.split_first().ok_or_else(|| missing("counterparty"))?;
        let date = self.date.ok_or_else(|| missing("date"))?;
        let date = Date::from_xmp(date.trim()).ok_or_else(|| bad("date", format!("\"{date}\" is no day")))?;
        let mut transaction = Transaction::new(first, date)?;
        for name in others {
            transaction = transaction.with_counterparty(name)?;
        }
        match (self.amount, self.currency) {
            (Some(number), Some(currency)) => {
                transaction = transaction.with_amount(Amount::new(number.trim(), currency.trim())?);
            }
            (None, None) => {}
            (None, Some(_)) => return Err(missing("amount")),
            (Some(_), None) => return Err(missing("currency")),
        }
        if let Some(title) = self.title {
            transaction = transaction.with_title(&title)?;
        }
        if let Some(number) = self.number {
            transaction = transaction.with_number(&number)?;
        }
        Ok(Some(transaction))
    }

    /// Where they stand in the text: whole descriptions where these say nothing else, and else each by itself.
    pub(super) fn places(rdf: Node<'_, '_>) -> Vec<Range<usize>> {
        let mut places = Vec::new();
        for description in descriptions(rdf) {
            let elements: Vec<_> = description.children().filter(is_ours).map(|one| one.range()).collect();
            let attributes = description.attributes().filter(|one| one.namespace() == Some(Transaction::NAMESPACE));
            let attributes: Vec<_> = attributes.map(|one| one.range()).collect();
            let says_more = description.children().any(|child| {
                let is_space = child.is_text() && child.text().is_some_and(|text| text.trim().is_empty());
                !is_ours(&child) && !is_space
            }) || description.attributes().any(|one| {
                one.namespace() != Some(Transaction::NAMESPACE) && (one.namespace(), one.name()) != (Some(RDF), "about")
            });
            match (elements.is_empty() && attributes.is_empty(), says_more) {
                (true, _) => {}
                (false, false) => places.push(description.range()),
                (false, true) => places.extend(elements.into_iter().chain(attributes)),
            }
        }
        places
    }
}

/// The descriptions of the document itself.
pub(super) fn descriptions<'a, 'i>(rdf: Node<'a, 'i>) -> impl Iterator<Item = Node<'a, 'i>> {
    rdf.children().filter(|child| child.has_tag_name((RDF, "Description")))
}

fn is_ours(node: &Node<'_, '_>) -> bool {
    node.is_element() && node.tag_name().namespace() == Some(Transaction::NAMESPACE)
}

fn once<T>(place: &mut Option<T>, name: &str, value: T) -> Result<()> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(bad(name, "it is stated twice")),
    }
}

/// The text of a simple property (ISO 16684-1, 7.5).
fn simple(element: Node<'_, '_>, name: &str) -> Result<String> {
    if element.children().any(|child| child.is_element()) || element.attributes().any(|one| one.name() != "lang") {
        return Err(bad(name, "it is no simple value"));
    }
    let texts = element.children().filter(Node::is_text).filter_map(|text| text.text());
    Ok(texts.collect())
}

/// The items of an array of texts (ISO 16684-1, 7.7).
fn items(element: Node<'_, '_>, name: &str) -> Result<Vec<String>> {
    let elements = |node: Node<'_, '_>| node.children().filter(|child| child.is_element()).count();
    let array = element
        .first_element_child()
        .filter(|child| ["Seq", "Bag"].iter().any(|kind| child.has_tag_name((RDF, *kind))) && elements(element) == 1);
    let array = array.ok_or_else(|| bad(name, "it is no array"))?;
    let items = array.children().filter(Node::is_element);
    items
        .map(|item| match item.has_tag_name((RDF, "li")) {
            true => simple(item, name),
            false => Err(unusable("an array holds something else than items")),
        })
        .collect()
}

/// A description of the document that states `transaction`.
pub(super) fn to_xml(transaction: &Transaction) -> String {
    let mut xml = format!(
        "<rdf:Description xmlns:rdf=\"{RDF}\" rdf:about=\"\" xmlns:txn=\"{}\">\n<txn:counterparty><rdf:Seq>\n",
        Transaction::NAMESPACE
    );
    for name in transaction.counterparties() {
        xml.push_str(&format!("<rdf:li>{}</rdf:li>\n", escaped(name)));
    }
    xml.push_str("</rdf:Seq></txn:counterparty>\n");
    let mut property = |name: &str, value: &str| {
        xml.push_str(&format!("<txn:{name}>{}</txn:{name}>\n", escaped(value)));
    };
    property("date", &transaction.date().to_string());
    if let Some(amount) = transaction.amount() {
        property("amount", &amount.number());
        property("currency", amount.currency());
    }
    transaction.title().into_iter().for_each(|title| property("title", title));
    transaction.number().into_iter().for_each(|number| property("number", number));
    xml.push_str("</rdf:Description>\n");
    xml
}

/// A line for an element. It holds no control characters, so that nothing else has to be written otherwise.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
