//! EN 319 142-1, Table 1, row by row, as far as it can be seen from outside (rows and letters as in STANDARDS, 1.1 and 1.2).

use pades_ltv::authority::KeyType;
use pades_ltv::{Document, Signing, UtcOffset};

use crate::common::asn1::{self, Cms, OCTET_STRING, Value, sha256, tlv};
use crate::common::{World, all, certificates, minutes, now, only, pdf};

const REASON: &str = "甲野太郎 様 taro@example.jp が承認しました";

/// The contract, signed by `world` with everything that can be said, and the bytes appended.
fn signed(world: &World) -> (Vec<u8>, Vec<u8>) {
    let base = crate::common::CONTRACT;
    let document = Document::open(base).unwrap();
    let signing = Signing::new(&document, now())
        .field("FIELD_2336416_0")
        .reason(REASON)
        .location("日本")
        .name("甲野 太郎")
        .contact_info("taro@example.jp")
        .utc_offset(UtcOffset::east(9, 0));
    let update = signing.sign(&world.signer).unwrap().timestamp(&world.authority.at(now())).unwrap().finish().unwrap();
    (update.apply(base).unwrap(), update.bytes().to_vec())
}

fn utf16_hex(text: &str) -> String {
    let digits: String = text.encode_utf16().map(|unit| format!("{unit:04X}")).collect();
    format!("<FEFF{digits}>")
}

/// T12 and g, T15, T17 and l, T18 to T22.
#[test]
fn the_dictionary_says_what_the_baseline_asks() {
    let (_, update) = signed(&World::new());
    let text = String::from_utf8_lossy(&update);
    let reason = format!("/Reason {}\n", utf16_hex(REASON));
    let (location, name) =
        (format!("/Location {}\n", utf16_hex("日本")), format!("/Name {}\n", utf16_hex("甲野 太郎")));
    for entry in [
        "/Type /Sig\n",
        "/Filter /Adobe.PPKLite\n",
        "/SubFilter /ETSI.CAdES.detached\n",
        "/M (D:20261007092523+09'00')\n",
        "/ContactInfo (taro@example.jp)\n",
        &reason,
        &location,
        &name,
    ] {
        only(&update, entry.as_bytes());
    }
    assert_eq!((text.matches("/Cert ").count(), text.matches("/Cert[").count()), (0, 0), "T22");
}

/// STANDARDS 6, rows 13 and 14.
#[test]
fn the_field_is_an_invisible_widget_of_the_page() {
    let base = pdf::table(&[]);
    let file = World::new().signed(&base, now());
    let update = &file[base.len()..];
    for entry in ["/FT /Sig", "/Subtype /Widget", "/F 132", "/P 3 0 R", "/Rect [0 0 0 0]", "/SigFlags 3"] {
        only(update, entry.as_bytes());
    }
    only(update, b"/T (Signature1)");
    let widget = all(update, b" 0 obj\n<<\n/Type /Annot");
    let number = String::from_utf8_lossy(&update[..widget[0]]).rsplit('\n').next().unwrap().to_owned();
    only(update, format!("/Annots [{number} 0 R]").as_bytes());
    only(update, format!("/Fields [{number} 0 R]").as_bytes());
    only(update, b"/ESIC");
}

/// T14 and h, T16 and k: STANDARDS 6, rows 6 and 8.
#[test]
fn the_byte_range_covers_all_but_the_hole() {
    let world = World::new();
    let (file, update) = signed(&world);
    let [hole] = pdf::holes(&file).try_into().unwrap();
    let range = only(&update, b"/ByteRange [");
    let numbers = String::from_utf8_lossy(&update[range + 12..]).split(']').next().unwrap().to_owned();
    let numbers: Vec<usize> = numbers.split_whitespace().map(|number| number.parse().unwrap()).collect();
    assert_eq!(numbers, [0, hole.start, hole.end, file.len() - hole.end]);
    let contents = pdf::contents(&file, &hole);
    let cms = Value::read(&contents).whole;
    assert!(contents[cms.len()..].iter().all(|byte| *byte == 0), "padding is zeros");
    assert!(contents.len() - cms.len() < 10 * 1024, "the room is for a timestamp, no more");
}

/// T01 to T03, T08 to T10, T13 and their letters.
#[test]
fn the_cms_is_what_the_baseline_asks() {
    let world = World::new();
    let (file, _) = signed(&world);
    let [hole] = pdf::holes(&file).try_into().unwrap();
    let mut cms = Cms::read(&pdf::contents(&file, &hole));
    let chain = certificates(&world.signer);
    assert!(chain.iter().all(|one| cms.certificates.contains(one)) && cms.certificates.is_sorted(), "a, b");
    assert_eq!(cms.content, tlv(asn1::SEQUENCE, &[&tlv(asn1::OID, &[asn1::ID_DATA])]), "detached");
    assert_eq!(cms.version, [asn1::INTEGER, 1, 1]);
    let signer = cms.signer().clone();
    let attributes = signer.signed.as_ref().unwrap();
    assert!(attributes.is_sorted(), "DER's order of a SET OF");
    assert_eq!(attributes.len(), 3);
    assert_eq!(signer.values(asn1::CONTENT_TYPE), [tlv(asn1::OID, &[asn1::ID_DATA])], "c");
    let covered = sha256(&[&file[..hole.start], &file[hole.end..]].concat());
    assert_eq!(signer.values(asn1::MESSAGE_DIGEST), [tlv(OCTET_STRING, &[&covered])]);
    let [ess] = signer.values(asn1::SIGNING_CERTIFICATE_V2).try_into().unwrap();
    let id = Value::read(&ess).child(0).child(0).children();
    assert_eq!((id[0].tag, id[0].content), (OCTET_STRING, sha256(&chain[0]).as_slice()), "the default is left out");
    assert_eq!(id.len(), 2, "issuerSerial");
    let [stamp] = signer.unsigned.as_slice() else { panic!() };
    assert_eq!(Value::read(stamp).child(0).content, asn1::SIGNATURE_TIMESTAMP);
    for forbidden in [asn1::SIGNING_TIME, asn1::SIGNING_CERTIFICATE] {
        assert_eq!(signer.place(forbidden), None);
    }
    // The token may have a signing time of its own: look at the signature alone.
    cms.signer().unsigned.clear();
    assert_eq!(all(&cms.to_der(), asn1::SIGNING_TIME), Vec::<usize>::new());
}

/// STANDARDS 6, rows 1 and 5.
#[test]
fn rsa_has_null_parameters_and_its_own_digest() {
    let world = World::with_key(KeyType::Rsa2048);
    let file = world.signed(&pdf::table(&[]), now());
    let [hole] = pdf::holes(&file).try_into().unwrap();
    let signer = Cms::read(&pdf::contents(&file, &hole)).signer().clone();
    let sha256_with_rsa = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11];
    assert_eq!(signer.signature_algorithm, tlv(asn1::SEQUENCE, &[&tlv(asn1::OID, &[&sha256_with_rsa]), &[5, 0]]));
    assert_eq!(signer.signature.len(), 256);
}

/// T26 to T30, u to y: the store, then the timestamp over it.
#[test]
fn evidence_and_document_timestamp_are_what_the_baseline_asks() {
    let world = World::new();
    let stamped = world.stamped(&pdf::table(&[]), now());
    let extended = world.extended(&stamped, now());
    let store = &extended[stamped.len()..];
    for entry in ["/DSS ", "/Certs [", "/OCSPs ["] {
        only(store, entry.as_bytes());
    }
    // OCSP answered everything: neither CRLs nor empty arrays, and no VRI.
    for entry in ["/CRLs", "/VRI"] {
        assert_eq!(all(store, entry.as_bytes()), Vec::<usize>::new(), "{entry}");
    }
    let sealed = world.sealed(&extended, now().after(minutes(1)));
    let stamp = &sealed[extended.len()..];
    for entry in ["/Type /DocTimeStamp\n", "/V 0\n", "/SubFilter /ETSI.RFC3161\n", "/T (Timestamp1)"] {
        only(stamp, entry.as_bytes());
    }
    for entry in ["/M ", "/Name ", "/Reason ", "/Location ", "/ContactInfo ", "/Cert ", "/Reference"] {
        assert_eq!(all(stamp, entry.as_bytes()), Vec::<usize>::new(), "{entry}");
    }
    let hole = pdf::holes(&sealed).pop().unwrap();
    let imprint = sha256(&[&sealed[..hole.start], &sealed[hole.end..]].concat());
    only(&pdf::contents(&sealed, &hole), &tlv(OCTET_STRING, &[&imprint]));
}
