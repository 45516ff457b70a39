//! Packets of others, of ours, and of nobody's.

use proptest::prelude::*;

use super::encoding::Encoding;
use super::packet::Packet;
use super::*;
use crate::error::ErrorClass;
use crate::pdf::specimen::{apply, one_page_with, table_pdf};
use crate::transaction::{Amount, Date};

/// As Adobe's library writes it: properties as attributes and as elements, with room behind.
const ADOBE: &str = "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n<x:xmpmeta xmlns:x=\"adobe:ns:meta/\" \
    x:xmptk=\"Adobe XMP Core 5.6\">\n   <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n      \
    <rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmp:CreatorTool='a \"b\" &amp; c' \
    xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\">\n         <dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">契約書</rdf:li></rdf:Alt>\
    </dc:title>\r\n      </rdf:Description>\n   </rdf:RDF>\n</x:xmpmeta>\n          \n<?xpacket end=\"w\"?>";

fn transaction() -> Transaction {
    let transaction = Transaction::new("架空市 <財政課> & \"x\"", Date::new(2026, 10, 7).unwrap()).unwrap();
    let transaction = transaction.with_counterparty("甲野 ]]> 太郎").unwrap().with_title("業務委託契約書").unwrap();
    transaction.with_amount(Amount::new("1234567", "JPY").unwrap()).with_number("令8-17").unwrap()
}

fn packet(text: &str) -> Packet {
    Packet::from_bytes(text.as_bytes()).unwrap()
}

fn stating(text: &str) -> String {
    String::from_utf8(packet(text).stating(&transaction()).unwrap().to_bytes()).unwrap()
}

/// A packet with `descriptions` in it.
fn rdf(descriptions: &str) -> String {
    format!(
        "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns:t=\"{}\">{descriptions}</rdf:RDF>",
        Transaction::NAMESPACE
    )
}

fn read(descriptions: &str) -> Result<Option<Transaction>> {
    packet(&rdf(descriptions)).transaction()
}

#[test]
fn what_others_wrote_stays_byte_for_byte() {
    let stated = stating(ADOBE);
    let end = ADOBE.find("</rdf:RDF>").unwrap();
    assert!(stated.starts_with(&ADOBE[..end]) && stated.ends_with(&ADOBE[end..]), "{stated}");
    assert_eq!(packet(&stated).transaction().unwrap(), Some(transaction()));
    // Another one takes its place, and nothing grows.
    let other = Transaction::new("乙川商店", Date::new(2027, 1, 31).unwrap()).unwrap();
    let changed = packet(&stated).stating(&other).unwrap();
    assert_eq!(changed.transaction().unwrap(), Some(other));
    let again = changed.stating(&transaction()).unwrap().stating(&transaction()).unwrap();
    assert_eq!(again.to_bytes(), stated.as_bytes());
}

#[test]
fn encodings_stay_what_they_are() {
    for encoding in [Encoding::Utf16Be, Encoding::Utf16Le] {
        for mark in ["", "\u{feff}"] {
            let text = format!("{mark}{ADOBE}");
            let stated = Packet::from_bytes(&encoding.encode(&text)).unwrap().stating(&transaction()).unwrap();
            let (found, read) = Encoding::decode(&stated.to_bytes()).unwrap();
            assert_eq!(found, encoding);
            assert_eq!(read, format!("{mark}{}", stating(ADOBE)));
        }
    }
}

/// Adobe's and exiftool's libraries write packets anew, in other forms of RDF.
#[test]
fn properties_are_read_in_every_form() {
    let expected = Transaction::new("A", Date::new(2026, 10, 7).unwrap()).unwrap().with_counterparty("B").unwrap();
    let expected = expected.with_amount(Amount::new("12.5", "USD").unwrap());
    let forms = [
        "<rdf:Description t:date='2026-10-07' t:amount='12.50' t:currency='USD' rdf:about=''><t:counterparty><rdf:Bag> \
         <rdf:li xml:lang='ja'>A</rdf:li><rdf:li> B </rdf:li></rdf:Bag></t:counterparty><x xmlns='u'/></rdf:Description>",
        "<rdf:Description><t:date>2026-10-07T09:00:00Z</t:date><t:later/></rdf:Description><rdf:Description t:currency='USD'>\
         <t:amount>\n12.5\n</t:amount><t:counterparty><rdf:Seq><rdf:li>A</rdf:li><rdf:li><![CDATA[B]]></rdf:li></rdf:Seq>\
         </t:counterparty></rdf:Description>",
    ];
    for form in forms {
        assert_eq!(read(form).unwrap(), Some(expected.clone()), "{form}");
        let stated = stating(&rdf(form));
        assert_eq!(packet(&stated).transaction().unwrap(), Some(transaction()), "{stated}");
        assert_eq!(stated.matches("2026-10-07").count(), 1, "{stated}");
        assert_eq!(stated.contains("<x xmlns='u'/>"), form.contains("<x xmlns='u'/>"));
    }
    assert_eq!(read("<rdf:Description><t:later>x</t:later></rdf:Description>").unwrap(), None);
    assert_eq!(read("").unwrap(), None);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let with = |properties: &str| read(&format!("<rdf:Description>{properties}</rdf:Description>"));
    let (who, when) =
        ("<t:counterparty><rdf:Seq><rdf:li>A</rdf:li></rdf:Seq></t:counterparty>", "<t:date>2026-10-07</t:date>");
    assert!(with(&format!("{who}{when}")).unwrap().is_some());
    for (properties, why) in [
        (who.to_owned(), "date cannot be used: it is missing"),
        (when.to_owned(), "counterparty cannot be used: it is missing"),
        (format!("{who}{when}{when}"), "date cannot be used: it is stated twice"),
        (format!("{who}{who}{when}"), "counterparty cannot be used: it is stated twice"),
        (format!("{who}<t:date>2026-10</t:date>"), "\"2026-10\" is no day"),
        (format!("{who}{when}<t:amount>1</t:amount>"), "currency cannot be used: it is missing"),
        (format!("{who}{when}<t:currency>JPY</t:currency>"), "amount cannot be used: it is missing"),
        (format!("{who}{when}<t:amount>1,000</t:amount><t:currency>JPY</t:currency>"), "\"1,000\" is no amount"),
        (format!("{who}{when}<t:title>a&#10;b</t:title>"), "it holds control characters"),
        (format!("{who}{when}<t:title/>"), "title cannot be used: it is empty"),
        (format!("{who}{when}<t:title rdf:resource='x'/>"), "it is no simple value"),
        (format!("{who}{when}<t:title><b/></t:title>"), "it is no simple value"),
        (format!("<t:counterparty>A</t:counterparty>{when}"), "counterparty cannot be used: it is no array"),
        (format!("<t:counterparty><rdf:Seq/></t:counterparty>{when}"), "counterparty cannot be used: it is missing"),
        (format!("<t:counterparty><rdf:Seq><rdf:x/></rdf:Seq></t:counterparty>{when}"), "something else than items"),
    ] {
        let error = with(&properties).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Metadata);
        assert!(error.to_string().contains(why), "{error}");
    }
    let twice = format!("<a>{}{}</a>", rdf(""), rdf(""));
    for text in ["", "<a/>", "<a", &twice, "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"] {
        let error = packet(text).transaction().unwrap_err();
        assert_eq!((error.kind(), error.class()), (ErrorKind::Metadata, ErrorClass::Permanent), "{text}");
        assert_eq!(error.to_string().contains("it holds several rdf:RDF"), text == twice, "{error}");
        assert_eq!(packet(text).stating(&transaction()).unwrap_err().kind(), ErrorKind::Metadata, "{text}");
    }
}

#[test]
fn hostile_packets_end_soon() {
    let deep = format!("{}{}", "<rdf:Description>".repeat(150_000), "</rdf:Description>".repeat(150_000));
    assert_eq!(read(&deep).unwrap(), None);
    for text in ["<a>".repeat(600_000), format!("<a>{}</a>", "<b/>".repeat(600_000)), " ".repeat((16 << 20) + 1)] {
        assert_eq!(packet(&text).transaction().unwrap_err().kind(), ErrorKind::Limit);
    }
    let long = " ".repeat(100 << 20);
    assert_eq!(Packet::from_bytes(long.as_bytes()).unwrap_err().kind(), ErrorKind::Limit);
}

#[test]
fn archives_get_a_description_of_what_is_new() {
    let archive = "<rdf:Description xmlns:pdfaid='http://www.aiim.org/pdfa/ns/id/' pdfaid:part='1'/>";
    let stated = stating(&rdf(archive));
    assert_eq!(stated.matches("<pdfaExtension:schemas>").count(), 1);
    assert_eq!(stating(&stated).matches("pdfaExtension:schemas>").count(), 2, "described once more");
    for bag in ["<rdf:Bag/>", "<rdf:Bag ></rdf:Bag>", "<rdf:Bag><rdf:li rdf:parseType='Resource'/></rdf:Bag>"] {
        let list = "<rdf:Description xmlns:e='http://www.aiim.org/pdfa/ns/extension/'><e:schemas>";
        let stated = stating(&rdf(&format!("{archive}{list}{bag}</e:schemas></rdf:Description>")));
        assert_eq!(stated.matches("<pdfaSchema:namespaceURI>").count(), 1, "{stated}");
        assert_eq!(stated.matches("<pdfaExtension:schemas>").count(), 0, "there may be one list only");
        assert_eq!(packet(&stated).transaction().unwrap(), Some(transaction()));
    }
    assert!(!stating(ADOBE).contains("pdfaExtension"));
}

#[test]
fn closed_elements_are_opened() {
    let stated = stating("<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>");
    assert!(stated.ends_with("</r:RDF>"), "{stated}");
}

/// A file whose catalog has `entry` for metadata, with `object` as object 4.
fn file(entry: &str, object: &str) -> Vec<u8> {
    let catalog = format!("<< /Type /Catalog /Pages 2 0 R {entry} >>");
    table_pdf(&one_page_with(&[(1, &catalog), (4, object)]), "")
}

fn stated_in(pdf: &[u8], standing: Standing) -> Result<Vec<u8>> {
    let document = Document::open(pdf).unwrap();
    let mut writer = UpdateWriter::new(&document)?;
    state(&mut writer, &transaction(), standing)?;
    Ok(apply(pdf, &writer.finish([1; 16])?))
}

#[test]
fn streams_are_written_in_place_without_a_filter() {
    let stream =
        |entries: &str, data: &str| format!("<< {entries} /Length {} >>\nstream\n{data}\nendstream", data.len());
    let known = stream("/Type /Metadata /Subtype /XML", &rdf(""));
    let (none, known, gone) = (file("", "null"), file("/Metadata 4 0 R", &known), file("/Metadata 4 0 R", "null"));
    for (pdf, standing, id) in [
        (&none, Standing::Signed, 5),
        (&known, Standing::Unsigned, 4),
        // Who else may show it, shows what was signed.
        (&known, Standing::Signed, 5),
        (&gone, Standing::Signed, 5),
    ] {
        let written = stated_in(pdf, standing).unwrap();
        let document = Document::open(&written).unwrap();
        assert_eq!(document.transaction().unwrap(), Some(transaction()));
        let statement = Statement::of(document.latest()).unwrap().unwrap();
        assert_eq!((statement.place().0.number, statement.stream.dictionary.get("Filter")), (id, None));
        let again = stated_in(&written, Standing::Signed).unwrap();
        assert_eq!(again, written, "nothing was new");
    }
    assert_eq!(Document::open(file("", "null")).unwrap().transaction().unwrap(), None);
    assert_eq!(Document::open(file("/Metadata 4 0 R", "(x)")).unwrap().transaction().unwrap(), None);
    let more = file("/Metadata 4 0 R", &stream("/Type /Metadata /Subtype /XML /Own 1", &rdf("")));
    assert!(stated_in(&more, Standing::Unsigned).is_ok());
    for pdf in [more, file("/Metadata 4 0 R", "(x)"), file("/Metadata 4 0 R", &stream("", "no XML"))] {
        assert_eq!(stated_in(&pdf, Standing::Signed).unwrap_err().kind(), ErrorKind::Metadata);
    }
}

#[test]
fn what_is_signed_is_not_contradicted() {
    let other = rdf(
        "<rdf:Description t:date='2026-10-08'><t:counterparty><rdf:Seq><rdf:li>A</rdf:li></rdf:Seq></t:counterparty></rdf:Description>",
    );
    let unclear = rdf("<rdf:Description t:date='2026-10-08'/>");
    for text in [other, unclear] {
        let stream = format!("<< /Type /Metadata /Subtype /XML /Length {} >>\nstream\n{text}\nendstream", text.len());
        let pdf = file("/Metadata 4 0 R", &stream);
        assert!(stated_in(&pdf, Standing::Unsigned).is_ok());
        assert_eq!(stated_in(&pdf, Standing::Signed).unwrap_err().kind(), ErrorKind::Metadata);
    }
}

/// Any line of Unicode.
fn line() -> impl Strategy<Value = String> {
    let is_in_a_line = |one: &char| !one.is_control() && !matches!(one, '\u{fffe}' | '\u{ffff}');
    let character = any::<char>().prop_map(move |one| Some(one).filter(is_in_a_line).unwrap_or('行'));
    proptest::collection::vec(character, 1..30)
        .prop_map(|all| all.into_iter().collect::<String>())
        .prop_filter("not empty", |text| !text.trim().is_empty())
}

proptest! {
    #[test]
    fn transactions_come_back(
        names in proptest::collection::vec(line(), 1..5),
        title in proptest::option::of(line()),
        number in proptest::option::of(line()),
        (year, month, day) in (1i16..=9999, 1i8..=12, 1i8..=28),
        amount in proptest::option::of((any::<i64>(), 0u32..10_000, "[A-Z]{3}")),
        base in proptest::sample::select(vec![ADOBE.to_owned(), rdf(""), stating(ADOBE)]),
    ) {
        let mut transaction = Transaction::new(&names[0], Date::new(year, month, day).unwrap()).unwrap();
        for name in &names[1..] {
            transaction = transaction.with_counterparty(name).unwrap();
        }
        if let Some((whole, rest, currency)) = amount {
            transaction = transaction.with_amount(Amount::new(&format!("{whole}.{rest:04}"), &currency).unwrap());
        }
        if let Some(title) = title {
            transaction = transaction.with_title(&title).unwrap();
        }
        if let Some(number) = number {
            transaction = transaction.with_number(&number).unwrap();
        }
        let stated = packet(&base).stating(&transaction).unwrap().to_bytes();
        prop_assert_eq!(Packet::from_bytes(&stated).unwrap().transaction().unwrap(), Some(transaction));
    }
}
