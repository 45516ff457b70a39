//! The EU's list of lists and a national list, as they were published.

use std::process::Command;

use pades_ltv::trustlist::{ListSigners, TrustedList, Unchecked};
use pades_ltv::{ErrorKind, Time, TrustStore};

use crate::corpus;

/// What another reader of XML counts of the elements with these names.
fn counted(name: &str, elements: &[&str]) -> Option<Vec<usize>> {
    const SCRIPT: &str = "import sys, xml.etree.ElementTree as tree\n\
        root = tree.parse(sys.stdin.buffer).getroot()\n\
        local = lambda node: node.tag.split('}')[-1]\n\
        print(*[sum(local(node) == name for node in root.iter()) for name in sys.argv[1:]])";
    let path = std::env::temp_dir().join(format!("pades-ltv-{}-{name}", std::process::id()));
    std::fs::write(&path, corpus(name)?).unwrap();
    let run =
        Command::new("python3").args(["-c", SCRIPT]).args(elements).stdin(std::fs::File::open(&path).unwrap()).output();
    std::fs::remove_file(&path).unwrap();
    let Ok(run) = run else {
        println!("skipped: no python3");
        return None;
    };
    let text = String::from_utf8(run.stdout).unwrap();
    Some(text.split_whitespace().map(|count| count.parse().unwrap()).collect())
}

/// When both lists were current.
fn then() -> Time {
    "2018-03-01T00:00:00Z".parse().unwrap()
}

fn claims(xml: &[u8]) -> TrustedList {
    Unchecked::<TrustedList>::read(xml).unwrap().danger_unverified()
}

#[test]
fn the_list_of_lists_is_read_in_full() {
    let Some(xml) = corpus("eu-lotl.xml") else { return };
    let list = claims(&xml);
    let certificates: usize = list.pointers.iter().map(|pointer| pointer.certificates.len()).sum();
    println!("{}: {} pointers, {certificates} certificates of signers", list.label(), list.pointers.len());
    assert!(list.is_list_of_lists() && list.providers.is_empty());
    assert_eq!((list.version, list.sequence, list.territory.as_str()), (5, 201, "EU"));
    assert_eq!(list.operator.in_language("el"), Some("Ευρωπαϊκή Επιτροπή"));
    assert_eq!((list.operator.iter().count(), list.operator.english()), (23, "European Commission"));
    assert_eq!((list.pointers.len(), certificates), (46, 126));
    let machine = |mime: &str| list.pointers.iter().filter(|one| one.mime_type.as_deref() == Some(mime)).count();
    assert_eq!(machine("application/vnd.etsi.tsl+xml") + machine("application/pdf"), 46);
    assert_eq!(list.signers().of_territory("EL").len(), 2);
    if let Some(counts) = counted("eu-lotl.xml", &["OtherTSLPointer", "X509Certificate"]) {
        // One more certificate stands in the signature.
        assert_eq!(counts, [list.pointers.len(), certificates + 1]);
    }
}

#[test]
fn a_national_list_is_read_in_full() {
    let Some(xml) = corpus("el-tsl.xml") else { return };
    let list = claims(&xml);
    let entries = || list.services().flat_map(|service| service.entries());
    let certificates: usize = entries().map(|entry| entry.certificates.len()).sum();
    let history: usize = list.services().map(|service| service.history.len()).sum();
    let (providers, services) = (list.providers.len(), list.services().count());
    println!("{}: {providers} providers, {services} services, {history} former statuses", list.label());
    for service in list.services() {
        println!("  {}: {} since {}", service.current.names.english(), service.current.status, service.current.since);
    }
    assert_eq!((providers, services, history), (5, 23, 23));
    let signers: usize = list.pointers.iter().map(|pointer| pointer.certificates.len()).sum();
    let elements = [
        "TrustServiceProvider",
        "TSPService",
        "ServiceHistoryInstance",
        "OtherTSLPointer",
        "X509Certificate",
        "X509SubjectName",
        "X509SKI",
        "AdditionalServiceInformation",
        "Qualifier",
    ];
    if let Some(counts) = counted("el-tsl.xml", &elements) {
        let ours = [
            providers,
            services,
            history,
            list.pointers.len(),
            certificates + signers + 1,
            entries().map(|entry| entry.subjects.len()).sum(),
            entries().map(|entry| entry.key_ids.len()).sum(),
            entries().map(|entry| entry.additional.len()).sum(),
            entries().map(|entry| entry.qualifiers.len()).sum(),
        ];
        println!("{elements:?}: {ours:?}");
        assert_eq!(counts, ours);
    }
}

#[test]
fn the_signatures_lead_from_one_list_to_the_next() {
    let (Some(lists), Some(national)) = (corpus("eu-lotl.xml"), corpus("el-tsl.xml")) else { return };
    let unchecked = Unchecked::<TrustedList>::read(&lists).unwrap();
    let signers = unchecked.claims().signers();
    println!("{} signers of the list of lists", signers.of_territory("EU").len());
    let strangers = ListSigners::of_any_list(&signers.of_territory("DE"));
    let refused = unchecked.clone().signed_by(&strangers, then()).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::TrustList);
    assert!(refused.to_string().contains("is none of those that may sign it"), "{refused}");
    let journal = ListSigners::of_any_list(&signers.of_territory("EU"));
    let lists = unchecked.signed_by(&journal, then()).unwrap();
    let national = Unchecked::<TrustedList>::read(&national).unwrap();
    let national = national.signed_by(&lists.signers(), then()).unwrap();
    let mut trust = TrustStore::new();
    let added = national.add_to(&mut trust);
    println!("{added:?}");
    assert_eq!(added.unreadable, [""; 0]);
    assert_eq!((added.anchors, trust.len()), (added.anchors, added.anchors));
    assert!(added.anchors >= 15 && added.accredited >= 1);
}

#[test]
fn a_changed_list_is_not_signed() {
    let Some(xml) = corpus("el-tsl.xml") else { return };
    let text = String::from_utf8(xml).unwrap();
    let lists = corpus("eu-lotl.xml").unwrap();
    let signers = claims(&lists).signers();
    let signed = |text: &str| Unchecked::<TrustedList>::read(text.as_bytes()).unwrap().signed_by(&signers, then());
    let fault = |text: &str| signed(text).unwrap_err().to_string();
    signed(&text).unwrap();
    // What canonicalization takes away changes nothing.
    signed(&text.replace("<TrustServiceProviderList>", "<TrustServiceProviderList ><!-- c -->")).unwrap();
    let withdrawn = text.replacen("Svcstatus/withdrawn", "Svcstatus/granted", 1);
    assert!(fault(&withdrawn).contains("the digest of the list is another"));
    let (begin, end) = (text.find("<ds:Signature ").unwrap(), text.find("</ds:Signature>").unwrap() + 15);
    let signature = &text[begin..end];
    let without = text.replace(signature, "");
    assert!(fault(&without).contains("it has none"));
    let twice = text.replace(signature, &signature.repeat(2));
    assert!(fault(&twice).contains("more than one"));
    // The signed list hidden inside of another: the signature is no child of the document element.
    let scheme_end = without.find("<SchemeInformation>").unwrap();
    let wrapped = format!("{}<Old>{}</Old>{}", &without[..scheme_end], signature, &without[scheme_end..]);
    assert!(fault(&wrapped).contains("it has none"));
    let weak = text.replace("xmlenc#sha256", "xmldsig-more#md5");
    assert!(fault(&weak).contains("is not relied on"));
    let (value, _) = text.split_once("<ds:SignatureValue").unwrap();
    let place = value.len() + text[value.len()..].find('>').unwrap() + 1;
    let mut forged = text.clone();
    let other = if &text[place..=place] == "A" { "B" } else { "A" };
    forged.replace_range(place..=place, other);
    assert!(fault(&forged).contains("does not hold"));
    let moved = text.replace("<ds:Reference Id=\"", "<ds:Reference Other=\"");
    assert!(fault(&moved).contains("does not hold"));
}

#[test]
fn a_list_that_has_expired_is_taken_on_request_only() {
    let (Some(lists), Some(national)) = (corpus("eu-lotl.xml"), corpus("el-tsl.xml")) else { return };
    let signers = claims(&lists).signers();
    let unchecked = Unchecked::<TrustedList>::read(&national).unwrap();
    let due = unchecked.claims().next_update.unwrap();
    println!("due {due}");
    let by = |now| unchecked.clone().signed_by(&signers, now);
    assert!(by(due).is_ok());
    let refused = by(due.after(std::time::Duration::from_secs(1))).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::TrustList);
    assert!(refused.to_string().contains("has expired") && refused.to_string().contains("5.3.15"), "{refused}");
    assert!(unchecked.clone().danger_signed_though_expired(&signers).is_ok());
    let closed = national_without_next_update(&national);
    let closed = claims(&closed);
    assert!(closed.next_update.is_none() && closed.check_current(Time::MAX).is_ok());
}

/// TS 119 612, 5.3.15: an empty element closes a list.
fn national_without_next_update(xml: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(xml.to_vec()).unwrap();
    let (before, rest) = text.split_once("<NextUpdate>").unwrap();
    let (_, after) = rest.split_once("</NextUpdate>").unwrap();
    format!("{before}<NextUpdate/>{after}").into_bytes()
}

/// The signers of one country sign no list of another, and none of lists, though their signature holds.
#[test]
fn who_may_sign_one_list_signs_no_other() {
    let (Some(lists), Some(national)) = (corpus("eu-lotl.xml"), corpus("el-tsl.xml")) else { return };
    let text = String::from_utf8(lists).unwrap();
    let signed = |lists: &str| {
        let signers = claims(lists.as_bytes()).signers();
        let national = Unchecked::<TrustedList>::read(&national).unwrap();
        national.signed_by(&signers, then()).map(drop).map_err(|error| error.to_string())
    };
    assert_eq!(signed(&text), Ok(()));
    let swapped = text
        .replace(">EL</SchemeTerritory>", ">XX</SchemeTerritory>")
        .replace(">DE</SchemeTerritory>", ">EL</SchemeTerritory>")
        .replace(">XX</SchemeTerritory>", ">DE</SchemeTerritory>");
    assert_ne!(text, swapped);
    assert!(signed(&swapped).unwrap_err().contains("is none of those that may sign it"));
    let other_kind = text.replace("TSLType/EUgeneric", "TSLType/EUlistofthelists");
    assert_ne!(text, other_kind);
    assert!(signed(&other_kind).unwrap_err().contains("is none of those that may sign it"));
    let nobody = text.replace(">EL</SchemeTerritory>", "></SchemeTerritory>");
    assert!(signed(&nobody).unwrap_err().contains("is none of those that may sign it"));
}
