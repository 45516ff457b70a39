//! Every requirement of the baseline levels, by a file that does not meet it.

use std::collections::BTreeSet;

use pades_ltv::authority::Authority;
use pades_ltv::report::{Level, Presence, Requirement, SignatureReport};
use pades_ltv::{Document, Evidence, Report, Timestamping};

use crate::common::asn1::{self, Cms, OCTET_STRING, OID, SEQUENCE, Value, tlv};
use crate::common::{ROOM, World, certificates, minutes, now, pdf};
use crate::forge::{ENTRIES, Forge, add, remove, set, signed_base, whole};

/// id-aa-ets-commitmentType (RFC 5126, 5.11.1).
const COMMITMENT_TYPE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 2, 16];

/// A file and the requirements that its first signature, or its last document timestamp, does not meet.
struct Case {
    file: Vec<u8>,
    expected: Vec<Requirement>,
}

fn case(file: Vec<u8>, expected: &[Requirement]) -> Case {
    Case { file, expected: expected.to_vec() }
}

fn words(found: impl Iterator<Item = Requirement>) -> BTreeSet<&'static str> {
    found.map(Requirement::as_str).collect()
}

fn of(signature: &SignatureReport) -> BTreeSet<&'static str> {
    words(signature.level_findings.iter().map(|finding| finding.requirement))
}

fn verify(world: &World, file: &[u8]) -> Report {
    // Paths are known; what the file lacks of them is another matter.
    let mut evidence = Evidence::new();
    evidence.add_certificate(&certificates(&world.signer)[1]).unwrap();
    let report = world.verify_with(file, now().after(minutes(5)), &evidence);
    assert!(!report.signatures.is_empty(), "{report:#?}");
    report
}

/// A store with these values, each a stream of its own, in one more revision of a file with the catalog of `pdf::table`.
fn stored(file: &[u8], evidence: &str, values: &[&[u8]]) -> Vec<u8> {
    let first = 40;
    let catalog = format!("<</Type/Catalog/Pages 2 0 R/AcroForm 4 0 R/DSS {}>>", evidence);
    let streams: Vec<(usize, String)> = values
        .iter()
        .enumerate()
        .map(|(index, der)| {
            let text: String = der.iter().map(|byte| format!("{byte:02x}")).collect();
            let length = text.len() + 1;
            (first + index, format!("<</Filter/ASCIIHexDecode/Length {length}>>stream\n{text}>\nendstream"))
        })
        .collect();
    let mut objects: Vec<(usize, &str)> = vec![(1, catalog.as_str())];
    objects.extend(streams.iter().map(|(number, body)| (*number, body.as_str())));
    pdf::append(file, &objects)
}

fn dictionaries(forge: &Forge) -> Vec<Case> {
    use Requirement::{ByteRange, ClaimedTime, Filter, NoCertEntry, SubFilter};
    let with = |entries: String, expected: &[Requirement]| {
        let dictionary = format!("<<{entries}/ByteRange @range/Contents @contents>>");
        case(forge.dictionary(&dictionary, whole), expected)
    };
    let short = format!("<<{ENTRIES}/ByteRange @range/Contents @contents>>");
    let short = forge.dictionary(&short, |hole, length| {
        let end = length - hole.end - 30;
        let text = format!("[0 {} {} {end}]", hole.start, hole.end);
        crate::forge::Cover { text, ranges: vec![0..hole.start, hole.end..hole.end + end] }
    });
    vec![
        with(ENTRIES.to_owned(), &[]),
        with(ENTRIES.replace("ETSI.CAdES.detached", "adbe.pkcs7.detached"), &[SubFilter]),
        with(ENTRIES.replace("/Filter/Adobe.PPKLite", ""), &[Filter]),
        with(ENTRIES.replace("/M(D:20261007092523+09'00')", ""), &[ClaimedTime]),
        with(ENTRIES.replace("D:20261007092523+09'00'", "7 October 2026"), &[ClaimedTime]),
        with(format!("{ENTRIES}/Cert(x)"), &[NoCertEntry]),
        case(short, &[ByteRange]),
    ]
}

fn messages(forge: &Forge) -> Vec<Case> {
    use Requirement::{
        ContentType, Detached, Encoding, MessageDigest, NoReason, NoSigningTime, PathIncluded, Room,
        SigningCertificateAttribute, SigningCertificateIncluded, SigningCertificateVersion,
    };
    let chain = certificates(&forge.world.signer);
    let with = |change: &dyn Fn(&mut Cms), expected: &[Requirement]| case(forge.with_attributes(change), expected);
    let time = tlv(0x17, &[b"261007002523Z"]);
    let commitment = tlv(SEQUENCE, &[&tlv(OID, &[&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 6, 5]])]);
    let v1 = {
        // SHA-1 of the signer's certificate, as version 1 has it; its version is said even where it names nobody.
        let id = tlv(SEQUENCE, &[&tlv(OCTET_STRING, &[&[7; 20]])]);
        tlv(SEQUENCE, &[&tlv(SEQUENCE, &[&id])])
    };
    let in_a_dictionary = |change: &dyn Fn(&mut Cms)| {
        let dictionary = format!("<<{ENTRIES}/Reason(agreed)/ByteRange @range/Contents @contents>>");
        let mut file = forge.dictionary(&dictionary, whole);
        let hole = pdf::holes(&file)[0].clone();
        let content = [&file[..hole.start], &file[hole.end..]].concat();
        pdf::fill(&mut file, &hole, &forge.cms(&content, change).to_der());
        file
    };
    vec![
        with(&|_| {}, &[]),
        with(&|cms| cms.certificates.retain(|one| *one != chain[0]), &[SigningCertificateIncluded]),
        with(&|cms| cms.certificates.retain(|one| *one == chain[0]), &[PathIncluded]),
        with(&|cms| set(cms, asn1::CONTENT_TYPE, &[&tlv(OID, &[&[0x2a, 3]])]), &[ContentType]),
        with(&|cms| remove(cms, asn1::MESSAGE_DIGEST), &[MessageDigest]),
        with(&|cms| remove(cms, asn1::SIGNING_CERTIFICATE_V2), &[SigningCertificateAttribute]),
        with(
            &|cms| {
                remove(cms, asn1::SIGNING_CERTIFICATE_V2);
                add(cms, asn1::SIGNING_CERTIFICATE, &[&v1]);
            },
            &[SigningCertificateVersion, SigningCertificateIncluded],
        ),
        with(&|cms| add(cms, asn1::SIGNING_TIME, &[&time]), &[NoSigningTime]),
        case(in_a_dictionary(&|cms| add(cms, COMMITMENT_TYPE, &[&commitment])), &[NoReason]),
        case(
            forge.with_cms(|forge, content| {
                let der = forge.cms(content, |_| {}).to_der();
                [&[SEQUENCE, 0x80], Value::read(&der).content, &[0, 0]].concat()
            }),
            &[Encoding],
        ),
        case(
            forge.with_cms(|forge, content| {
                let mut cms = forge.cms(content, |_| {});
                let octets = tlv(asn1::CONTEXT_0, &[&tlv(OCTET_STRING, &[b"another document"])]);
                cms.content = tlv(SEQUENCE, &[&tlv(OID, &[asn1::ID_DATA]), &octets]);
                cms.to_der()
            }),
            &[Detached],
        ),
        case(forge.signed(), &[Room]),
    ]
}

/// Timestamps, and what is to be verified with them.
fn evidence(forge: &Forge) -> Vec<Case> {
    use Requirement::{
        EvidenceBeforeTimestamp, NoDuplicates, NoVri, NoVriTime, PathIncluded, PathValues, RevocationValues,
        StoreEncoding, StoreStructure, VriInStore,
    };
    let world = &forge.world;
    let chain = certificates(&world.signer);
    let (issuer, root) = (chain[1].as_slice(), certificates(&world.authority.issue("Other").unwrap())[0].clone());
    let stamped = world.stamped(&pdf::table(&["<</Fields[]>>"]), now());
    let plain = format!("<<{ENTRIES}/ByteRange @range/Contents @contents>>");
    let kept = |dss: &str, values: &[&[u8]]| stored(&forge.dictionary(&plain, whole), dss, values);
    let late = world.extended(&world.sealed(&stamped, now()), now().after(minutes(1)));
    let lonely = {
        // The timestamp is of another authority, so that nothing in the file leads from the signer to an anchor.
        let bare = forge.with_attributes(|cms| cms.certificates.retain(|one| *one == chain[0]));
        let elsewhere = Authority::new("elsewhere", now()).unwrap();
        let document = Document::open(bare.as_slice()).unwrap();
        let stamping = Timestamping::new(&document, now()).token_room(ROOM);
        stamping.timestamp(&elsewhere.at(now())).unwrap().apply(&bare).unwrap()
    };
    vec![
        case(world.archived(&stamped, now()), &[]),
        case(late, &[EvidenceBeforeTimestamp]),
        case(world.sealed(&stamped, now()), &[RevocationValues]),
        case(lonely, &[PathIncluded, PathValues]),
        case(kept("<</Certs[40 0 R 41 0 R]>>", &[issuer, issuer]), &[NoDuplicates]),
        case(kept("<</Certs[(x)]>>", &[]), &[StoreStructure]),
        case(kept("<</Certs[40 0 R]>>", &[b"no DER"]), &[StoreEncoding]),
        case(kept(&format!("<</Certs[40 0 R]/VRI<</{}<</Cert[40 0 R]>>>>>>", "A".repeat(40)), &[issuer]), &[NoVri]),
        case(
            kept(
                &format!("<</Certs[40 0 R]/VRI<</{}<</Cert[41 0 R]/TU(D:2026)>>>>>>", "A".repeat(40)),
                &[issuer, &root],
            ),
            &[NoVri, VriInStore, NoVriTime],
        ),
    ]
}

/// Document timestamps with other dictionaries; the token is one of another file.
fn document_timestamps(world: &World) -> Vec<Case> {
    use Requirement::{TimestampEncoding, TimestampEntries, TimestampSubFilter, TimestampTexts};
    let base = pdf::table(&[]);
    let document = Document::open(base.as_slice()).unwrap();
    let update = Timestamping::new(&document, now()).token_room(ROOM).timestamp(&world.authority.at(now())).unwrap();
    let sealed = update.apply(&base).unwrap();
    let token = pdf::contents(&sealed, &pdf::holes(&sealed)[0]);
    let token = Value::read(&token).whole.to_vec();
    let ber = [&[SEQUENCE, 0x80], Value::read(&token).content, &[0, 0]].concat();
    let with = |token: &[u8], entries: &str, expected: &[Requirement]| {
        let hole = format!("<{}>", "0".repeat(2 * token.len()));
        let range = "#".repeat(64);
        let mut file = signed_base(&format!("<</Type/DocTimeStamp{entries}/ByteRange {range}/Contents {hole}>>"));
        let hole = pdf::holes(&file)[0].clone();
        let text = whole(&hole, file.len()).text;
        let place = file.windows(64).position(|window| window.iter().all(|byte| *byte == b'#')).unwrap();
        file[place..place + 64].copy_from_slice(format!("{text:64}").as_bytes());
        pdf::fill(&mut file, &hole, token);
        case(file, expected)
    };
    let make = |entries: &str, expected: &[Requirement]| with(&token, entries, expected);
    let good = "/Filter/Adobe.PPKLite/SubFilter/ETSI.RFC3161";
    vec![
        make(good, &[]),
        with(&ber, good, &[TimestampEncoding]),
        make("/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached", &[TimestampSubFilter]),
        make(&format!("{good}/Cert(x)"), &[TimestampEntries]),
        make(&format!("{good}/Reason(because)/M(D:20261007)"), &[TimestampTexts]),
    ]
}

#[test]
fn every_requirement_is_missed_by_some_file() {
    let forge = Forge::new();
    let mut missed = BTreeSet::new();
    let cases = [dictionaries(&forge), messages(&forge), evidence(&forge), document_timestamps(&forge.world)];
    for (index, case) in cases.iter().flatten().enumerate() {
        let report = verify(&forge.world, &case.file);
        let signature = &report.signatures[0];
        let (mut found, expected) = (of(signature), words(case.expected.iter().copied()));
        if !case.expected.contains(&Requirement::Room) {
            // Forged files have no more room than they need.
            found.remove(Requirement::Room.as_str());
        }
        assert_eq!(found, expected, "case {index}: {:#?}\n{:#?}", signature.level_findings, signature.findings);
        // What shall be and is not costs the level, as far as it is one of it.
        let broken = signature.level_findings.iter().filter(|finding| finding.is_nonconformity());
        if let Some(lowest) = broken.map(|finding| finding.requirement.level()).min() {
            let is_t =
                lowest == Level::T || lowest == Level::Lt && signature.level_findings.iter().all(is_of_the_store);
            assert!(is_t || signature.level.is_none_or(|level| level < lowest), "case {index}: {signature:#?}");
        }
        missed.extend(found);
    }
    let all: BTreeSet<&str> = words(Requirement::ALL.iter().copied());
    let unmissed: Vec<&&str> = all.difference(&missed).collect();
    assert!(unmissed.is_empty(), "no file misses {unmissed:?}");
}

/// Findings about the store stand beside the level, which is told from what can be read.
fn is_of_the_store(finding: &pades_ltv::report::LevelFinding) -> bool {
    use Requirement::{NoDuplicates, NoVri, NoVriTime, StoreEncoding, StoreStructure, VriInStore};
    [NoDuplicates, NoVri, NoVriTime, StoreEncoding, StoreStructure, VriInStore].contains(&finding.requirement)
}

#[test]
fn requirements_have_names_and_clauses_of_their_own() {
    let words: BTreeSet<&str> = Requirement::ALL.iter().map(|one| one.as_str()).collect();
    assert_eq!(words.len(), Requirement::ALL.len());
    for requirement in Requirement::ALL {
        assert!(requirement.clause().starts_with("EN 319 142-1, "), "{requirement:?}");
    }
    assert_eq!(Requirement::NoVri.presence(), Presence::Should);
}

#[test]
fn nothing_is_missing_at_any_level_of_ours() {
    let world = World::new();
    let base = pdf::table(&[]);
    let bare = Document::open(base.as_slice()).unwrap();
    let signing = pades_ltv::Signing::new(&bare, now());
    let signed = signing.sign(&world.signer).unwrap().finish().unwrap().apply(&base).unwrap();
    let stamped = world.stamped(&base, now());
    let extended = world.extended(&stamped, now());
    let archived = world.sealed(&extended, now());
    for (file, level) in [(&signed, Level::B), (&stamped, Level::T), (&extended, Level::Lt), (&archived, Level::Lta)] {
        let report = world.verify_with(file, now().after(minutes(5)), &Evidence::new());
        for signature in &report.signatures {
            assert_eq!(of(signature), BTreeSet::new(), "{level:?}: {:#?}", signature.level_findings);
        }
        assert_eq!(report.signatures[0].level, Some(level));
    }
}
