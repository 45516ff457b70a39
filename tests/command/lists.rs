//! Published lists of whom to trust.

use std::path::{Path, PathBuf};

use der::pem;
use pades_ltv::trustlist::{TrustedList, Unchecked};

use serde_json::Value;

use crate::bench::{Bench, NOW, signed};

/// A trusted list with one certificate, as both kinds of service.
fn list(certificate: &[u8], status: &str) -> String {
    let base64 = pem::encode_string("CERTIFICATE", pem::LineEnding::LF, certificate).unwrap();
    let base64: String = base64.lines().filter(|line| !line.starts_with('-')).collect();
    let service = |kind: &str| {
        format!(
            "<TSPService><ServiceInformation>\
             <ServiceTypeIdentifier>http://uri.etsi.org/TrstSvc/Svctype/{kind}</ServiceTypeIdentifier>\
             <ServiceDigitalIdentity><DigitalId><X509Certificate>{base64}</X509Certificate></DigitalId>\
             </ServiceDigitalIdentity>\
             <ServiceStatus>http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/{status}</ServiceStatus>\
             <StatusStartingTime>2020-01-01T00:00:00Z</StatusStartingTime></ServiceInformation></TSPService>"
        )
    };
    format!(
        "<TrustServiceStatusList xmlns=\"http://uri.etsi.org/02231/v2#\"><SchemeInformation>\
         <TSLVersionIdentifier>6</TSLVersionIdentifier><TSLSequenceNumber>3</TSLSequenceNumber>\
         <TSLType>http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUgeneric</TSLType>\
         <SchemeTerritory>XX</SchemeTerritory><ListIssueDateTime>2027-05-01T00:00:00Z</ListIssueDateTime>\
         </SchemeInformation><TrustServiceProviderList><TrustServiceProvider><TSPInformation/><TSPServices>{}{}\
         </TSPServices></TrustServiceProvider></TrustServiceProviderList></TrustServiceStatusList>",
        service("CA/QC"),
        service("TSA/QTST")
    )
}

fn json(line: &str) -> Value {
    serde_json::from_str(line).unwrap()
}

fn anchor() -> Vec<u8> {
    pem::decode_vec(&signed().read("anchor.pem")).unwrap().1
}

#[test]
fn a_trusted_list_is_taken_only_with_its_signature_or_on_request() {
    let bench = Bench::new();
    bench.write("archived.pdf", signed().read("archived.pdf"));
    bench.write("list.xml", list(&anchor(), "granted"));
    bench.fails(["verify", "--trust", "list.xml", "archived.pdf"], &["--trust", "list.xml", "it has none"]);
    let verify = format!("verify --json --take-unverified-lists --trust list.xml --at {NOW} archived.pdf");
    let run = bench.does(&verify);
    let one = &json(&run.out)["signatures"][0];
    assert_eq!(one["trust_source"], "EU Trusted List XX, No. 3, 2027-05-01");
    assert_eq!(one["trust_anchor"]["uses"], serde_json::json!(["signing", "certifying"]));
    assert_eq!(one["trust_anchor"]["from"], "2020-01-01T00:00:00Z");
    assert_eq!(one["signature_timestamps"][0]["accredited"]["list"], "EU Trusted List XX, No. 3, 2027-05-01");
    assert!(run.err.contains("EU Trusted List XX, No. 3, 2027-05-01: 1 anchors, 1 accredited"), "{}", run.err);
    bench.write("list.xml", list(&anchor(), "withdrawn"));
    assert_eq!(bench.pades(verify.split_whitespace()).code, 2);
}

#[test]
fn who_is_accredited_is_said_and_not_trusted() {
    let bench = Bench::new();
    bench.write("archived.pdf", signed().read("archived.pdf"));
    bench.write("anchor.pem", signed().read("anchor.pem"));
    std::fs::create_dir(bench.path("認定 2027-04-01")).unwrap();
    bench.write("認定 2027-04-01/tsa.cer", anchor());
    let verify = |options: &[&str]| {
        let words = ["verify", "--json", "--at", NOW, "--accredited", "認定 2027-04-01", "archived.pdf"];
        bench.pades(words.iter().chain(options).copied())
    };
    let run = verify(&["--trust", "anchor.pem"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(json(&run.out)["signatures"][0]["signature_timestamps"][0]["accredited"]["list"], "認定 2027-04-01");
    assert_eq!(verify(&[]).code, 2);
    bench.write("readme.txt", "no certificate");
    bench.fails(["verify", "--accredited", "readme.txt", "archived.pdf"], &["--accredited", "no certificate"]);
}

#[test]
fn real_lists_are_taken_with_their_signers() {
    let folder = std::env::var_os("PADES_CORPORA").map_or_else(|| "../shared/corpora".into(), PathBuf::from);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join("trustlists");
    let Ok(lists) = std::fs::read(folder.join("eu-lotl.xml")) else {
        println!("skipped: no corpora");
        return;
    };
    let bench = Bench::new();
    bench.write("archived.pdf", signed().read("archived.pdf"));
    std::fs::create_dir(bench.path("journal")).unwrap();
    let signers = Unchecked::<TrustedList>::read(&lists).unwrap().claims().signers();
    for (at, signer) in signers.of_territory("EU").iter().enumerate() {
        bench.write(&format!("journal/{at}.der"), signer);
    }
    let (lists, national) = (folder.join("eu-lotl.xml"), folder.join("el-tsl.xml"));
    let (lists, national) = (lists.to_str().unwrap(), national.to_str().unwrap());
    let trust = ["--trust", national, "--trust", lists];
    let options = ["verify", "archived.pdf", "--list-signer", "journal"];
    let run = bench.pades(options.into_iter().chain(trust));
    assert_eq!(run.code, 4, "{}", run.err);
    assert!(run.err.contains("has expired") && run.err.contains("5.3.15"), "{}", run.err);
    let run = bench.pades(options.into_iter().chain(["--take-expired-lists"]).chain(trust));
    assert_eq!(run.code, 2, "{}", run.err);
    assert!(run.err.contains("EU Trusted List EL, No. 32, 2017-11-15: 20 anchors, 3 accredited"), "{}", run.err);
    let run = bench.pades(["verify", "archived.pdf"].into_iter().chain(trust));
    assert_eq!(run.code, 4);
    assert!(run.err.contains("is none of those that may sign it"), "{}", run.err);
}
