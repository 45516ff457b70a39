//! Lists that somebody made to do harm.

use std::time::Duration;

use pades_ltv::trustlist::{AdobeList, ListSigners, TrustedList, Unchecked, accredited};
use pades_ltv::{ErrorClass, ErrorKind};

use crate::common::clock;

const HEAD: &str = "<TrustServiceStatusList xmlns=\"http://uri.etsi.org/02231/v2#\">";

fn kind(xml: &str) -> ErrorKind {
    let begun = clock::computed();
    let error = Unchecked::<TrustedList>::read(xml.as_bytes()).unwrap_err();
    let taken = clock::computed().saturating_sub(begun);
    assert!(taken < Duration::from_secs(20), "{taken:?} for {} bytes", xml.len());
    error.kind()
}

#[test]
fn expansion_size_and_depth_are_bounded() {
    let entities: String = (1..20).map(|at| format!("<!ENTITY a{at} \"&a{};&a{};\">", at - 1, at - 1)).collect();
    let laughs = format!("<!DOCTYPE x [<!ENTITY a0 \"ha\">{entities}]>{HEAD}&a19;</TrustServiceStatusList>");
    assert_eq!(kind(&laughs), ErrorKind::Syntax);
    assert_eq!(
        kind(&format!("<!DOCTYPE x SYSTEM \"http://127.0.0.1/\">{HEAD}</TrustServiceStatusList>")),
        ErrorKind::Syntax
    );
    let (open, close) = ("<a>".repeat(300_000), "</a>".repeat(300_000));
    assert_eq!(kind(&format!("{HEAD}{open}{close}</TrustServiceStatusList>")), ErrorKind::Syntax);
    assert_eq!(kind(&format!("{HEAD}{}</TrustServiceStatusList>", "<a/>".repeat(2_100_000))), ErrorKind::Limit);
    assert_eq!(kind(&" ".repeat((64 << 20) + 1)), ErrorKind::Limit);
    let attributes: String = (0..50_000).map(|at| format!(" a{at}=\"\"")).collect();
    assert_eq!(kind(&format!("<a{attributes}/>")), ErrorKind::Limit);
    let nested: String = (0..30_000).map(|at| format!("<a xmlns:n{at}=\"u{at}\">")).collect();
    assert_eq!(kind(&nested), ErrorKind::Limit);
    // As many declarations as are allowed.
    let nested: String = (0..50_000).map(|at| format!("<a xmlns:n{}=\"u{at}\">", at % 60)).collect();
    assert_eq!(kind(&nested), ErrorKind::Syntax);
}

/// What is said, and of which class it is: `docs/faults.md` has it.
#[test]
fn each_way_to_be_no_list_has_its_words_and_its_class() {
    use ErrorClass::{Operator, Permanent};

    let version = |version: &str| {
        let version = format!("<TSLVersionIdentifier>{version}</TSLVersionIdentifier>");
        format!("{HEAD}<SchemeInformation>{version}</SchemeInformation></TrustServiceStatusList>")
    };
    let many = format!("{HEAD}{}</TrustServiceStatusList>", "<a/>".repeat(2_100_000));
    for (xml, words, class) in [
        ("<html>", "the list cannot be read as XML", Permanent),
        ("<html/>", "the file is no trusted list", Permanent),
        (&version("6"), "the list is not as it should be: there is no sequence number", Permanent),
        (&version("4"), "give one of version 5 or 6", Permanent),
        (&many, "the list has more than ", Permanent),
    ] {
        let error = Unchecked::<TrustedList>::read(xml.as_bytes()).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(error.class(), class, "{error}");
    }
    let (now, signers) = (pades_ltv::Time::from_unix(1_809_993_600), ListSigners::of_any_list(&[b"no certificate"]));
    let list = format!(
        "{HEAD}<SchemeInformation><TSLVersionIdentifier>6</TSLVersionIdentifier><TSLSequenceNumber>3</TSLSequenceNumber>\
         <TSLType>u</TSLType><SchemeTerritory>XX</SchemeTerritory><ListIssueDateTime>2027-05-01T00:00:00Z</ListIssueDateTime>\
         </SchemeInformation></TrustServiceStatusList>"
    );
    let read = || Unchecked::<TrustedList>::read(list.as_bytes()).unwrap();
    let error = read().signed_by(&signers, now).unwrap_err();
    assert!(error.to_string().contains("a list signer cannot be read") && error.class() == Operator, "{error}");
    let error = read().signed_by(&ListSigners::of_any_list(&[] as &[&[u8]]), now).unwrap_err();
    assert!(error.to_string().contains("the list's signature does not hold") && error.class() == Operator, "{error}");
    let error = Unchecked::<AdobeList>::read(crate::common::CONTRACT).unwrap_err();
    assert!(error.to_string().contains("the PDF is no trust list") && error.class() == Operator, "{error}");
}

#[test]
fn what_is_no_list_is_said_to_be_none() {
    assert_eq!(kind("<TrustServiceStatusList/>"), ErrorKind::Syntax);
    assert_eq!(kind(""), ErrorKind::Syntax);
    let old = format!(
        "{HEAD}<SchemeInformation><TSLVersionIdentifier>4</TSLVersionIdentifier></SchemeInformation></TrustServiceStatusList>"
    );
    assert_eq!(kind(&old), ErrorKind::Unsupported);
    assert_eq!(Unchecked::<AdobeList>::read(crate::common::CONTRACT).unwrap_err().kind(), ErrorKind::TrustList);
    assert_eq!(accredited(b"", "nothing").unwrap_err().kind(), ErrorKind::TrustList);
}
