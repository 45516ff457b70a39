//! THREATS, C and D: signatures that are cryptographically right, over the right document, and wrong all the same.

use pades_ltv::{Document, Signing};

use crate::common::asn1::{
    self, Cms, INTEGER, OCTET_STRING, OID, SEQUENCE, SET, Value, attribute, sha256, slices, tlv,
};
use crate::common::{certificates, minutes, now, pdf};
use crate::forge::{Forge, add, remove, set};
use crate::{Vector, vector};

/// `id-aa-CMSAlgorithmProtection` (RFC 6211, 2).
const ALGORITHM_PROTECTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 52];
const SHA512: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3];
const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];

pub(crate) fn vectors(forge: &Forge) -> Vec<Vector> {
    [signers(forge), attributes(forge), certificates_named(forge), encodings(forge), stamps(forge)].concat()
}

/// How many signers there are, and what they sign.
fn signers(forge: &Forge) -> Vec<Vector> {
    let with = |name: &'static str, make: &dyn Fn(&Forge, &[u8]) -> Vec<u8>| vector(name, forge.with_cms(make));
    let octets = |bytes: &[u8]| tlv(asn1::CONTEXT_0, &[&tlv(OCTET_STRING, &[bytes])]);
    let attach = |cms: &mut Cms, bytes: &[u8]| {
        cms.content = tlv(SEQUENCE, &[&tlv(OID, &[asn1::ID_DATA]), &octets(bytes)]);
    };
    vec![
        with("cms_good", &|forge, content| forge.cms(content, |_| {}).to_der()),
        with("cms_no_signer", &|forge, content| {
            let mut cms = forge.cms(content, |_| {});
            cms.signers.clear();
            cms.to_der()
        }),
        with("cms_two_signers", &|forge, content| {
            let mut cms = forge.cms(content, |_| {});
            cms.signers.push(cms.signers[0].clone());
            cms.to_der()
        }),
        with("cms_two_signers_second_broken", &|forge, content| {
            let mut cms = forge.cms(content, |_| {});
            let mut broken = cms.signers[0].clone();
            *broken.signature.last_mut().unwrap() ^= 1;
            cms.signers.push(broken);
            cms.to_der()
        }),
        with("cms_no_signed_attributes", &|forge, content| {
            let mut cms = forge.cms(content, |_| {});
            cms.signer().signed = None;
            cms.signer().signature = forge.value(content);
            cms.to_der()
        }),
        with("cms_content_attached", &|forge, content| {
            let mut cms = forge.cms(content, |_| {});
            attach(&mut cms, b"another document");
            cms.to_der()
        }),
        with("cms_content_attached_and_signed", &|forge, _| {
            let mut cms = forge.cms(b"another document", |_| {});
            attach(&mut cms, b"another document");
            cms.to_der()
        }),
        with("cms_value_flipped", &|forge, content| {
            let mut cms = forge.cms(content, |_| {});
            *cms.signer().signature.last_mut().unwrap() ^= 1;
            cms.to_der()
        }),
        with("cms_value_empty", &|forge, content| {
            let mut cms = forge.cms(content, |_| {});
            cms.signer().signature.clear();
            cms.to_der()
        }),
        with("cms_content_type_announced_wrong", &|forge, content| {
            let mut cms = forge.cms(content, |_| {});
            cms.content = tlv(SEQUENCE, &[&tlv(OID, &[SIGNED_DATA])]);
            cms.to_der()
        }),
        with("cms_digest_algorithm_unreadable", &|forge, content| {
            let mut cms = forge.cms(content, |_| {});
            cms.digest_algorithms = tlv(SET, &[&tlv(SET, &[])]);
            cms.to_der()
        }),
        with("cms_signer_no_sequence", &|forge, content| {
            let der = forge.cms(content, |_| {}).to_der();
            let signer = Value::read(&der).child(1).child(0).children().last().unwrap().child(0).whole.to_vec();
            let at = der.len() - signer.len();
            [&der[..at], &[SET], &signer[1..]].concat()
        }),
        with("cms_of_another_document", &|forge, _| forge.cms(b"another document", |_| {}).to_der()),
    ]
}

/// Signed attributes that are missing, double or of another type; all signed.
fn attributes(forge: &Forge) -> Vec<Vector> {
    let with = |name: &'static str, change: &dyn Fn(&mut Cms)| vector(name, forge.with_attributes(change));
    let protection = |digest: &[u8]| {
        let ecdsa = tlv(OID, &[&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2]]);
        tlv(SEQUENCE, &[&tlv(SEQUENCE, &[&tlv(OID, &[digest])]), &tlv(0xa1, &[&ecdsa])])
    };
    let sha256_oid: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];
    let time = tlv(0x17, &[b"261007002523Z"]);
    vec![
        with("attribute_message_digest_missing", &|cms| remove(cms, asn1::MESSAGE_DIGEST)),
        with("attribute_message_digest_twice", &|cms| {
            add(cms, asn1::MESSAGE_DIGEST, &[&tlv(OCTET_STRING, &[&[0; 32]])]);
        }),
        with("attribute_message_digest_two_values", &|cms| {
            let [digest] = cms.signer().values(asn1::MESSAGE_DIGEST).try_into().unwrap();
            set(cms, asn1::MESSAGE_DIGEST, &[&tlv(OCTET_STRING, &[&[0; 32]]), &digest]);
        }),
        with("attribute_message_digest_no_value", &|cms| set(cms, asn1::MESSAGE_DIGEST, &[])),
        with("attribute_message_digest_integer", &|cms| {
            let [digest] = cms.signer().values(asn1::MESSAGE_DIGEST).try_into().unwrap();
            set(cms, asn1::MESSAGE_DIGEST, &[&tlv(INTEGER, &[Value::read(&digest).content])]);
        }),
        with("attribute_message_digest_short", &|cms| {
            let [digest] = cms.signer().values(asn1::MESSAGE_DIGEST).try_into().unwrap();
            set(cms, asn1::MESSAGE_DIGEST, &[&tlv(OCTET_STRING, &[&Value::read(&digest).content[..31]])]);
        }),
        with("attribute_content_type_missing", &|cms| remove(cms, asn1::CONTENT_TYPE)),
        with("attribute_content_type_wrong", &|cms| set(cms, asn1::CONTENT_TYPE, &[&tlv(OID, &[SIGNED_DATA])])),
        with("attribute_signing_time", &|cms| add(cms, asn1::SIGNING_TIME, &[&time])),
        with("attribute_protection_good", &|cms| add(cms, ALGORITHM_PROTECTION, &[&protection(sha256_oid)])),
        with("attribute_protection_of_another_digest", &|cms| add(cms, ALGORITHM_PROTECTION, &[&protection(SHA512)])),
    ]
}

/// Who signed: the ESS attribute, the signer identifier and the certificates inside.
fn certificates_named(forge: &Forge) -> Vec<Vector> {
    let with = |name: &'static str, change: &dyn Fn(&mut Cms)| vector(name, forge.with_attributes(change));
    let ess = |hash: &[u8], rest: &[u8]| {
        tlv(SEQUENCE, &[&tlv(SEQUENCE, &[&tlv(SEQUENCE, &[&tlv(OCTET_STRING, &[hash]), rest])])])
    };
    let chain = certificates(&forge.world.signer);
    let stranger = certificates(&forge.world.authority.issue("Stranger").unwrap());
    let (own, issuer) = (sha256(&chain[0]), sha256(&chain[1]));
    let name = |certificate: &[u8]| Value::read(certificate).child(0).child(3).whole.to_vec();
    let general_name = tlv(SEQUENCE, &[&tlv(0xa4, &[&name(&chain[0])])]);
    let issuer_serial = tlv(SEQUENCE, &[&general_name, &[INTEGER, 1, 7]]);
    let other_identifier = tlv(SEQUENCE, &[&name(&stranger[0]), Value::read(&stranger[0]).child(0).child(1).whole]);
    vec![
        with("ess_missing", &|cms| remove(cms, asn1::SIGNING_CERTIFICATE_V2)),
        with("ess_without_issuer_good", &|cms| set(cms, asn1::SIGNING_CERTIFICATE_V2, &[&ess(&own, &[])])),
        with("ess_of_the_issuer", &|cms| set(cms, asn1::SIGNING_CERTIFICATE_V2, &[&ess(&issuer, &[])])),
        with("ess_of_nobody", &|cms| set(cms, asn1::SIGNING_CERTIFICATE_V2, &[&ess(&[7; 32], &[])])),
        with("ess_other_serial_number", &|cms| {
            set(cms, asn1::SIGNING_CERTIFICATE_V2, &[&ess(&own, &issuer_serial)]);
        }),
        with("ess_empty", &|cms| {
            set(cms, asn1::SIGNING_CERTIFICATE_V2, &[&tlv(SEQUENCE, &[&tlv(SEQUENCE, &[])])]);
        }),
        with("ess_twice", &|cms| add(cms, asn1::SIGNING_CERTIFICATE_V2, &[&ess(&issuer, &[])])),
        with("ess_two_versions", &|cms| {
            let id = tlv(SEQUENCE, &[&tlv(OCTET_STRING, &[&[7; 20]])]);
            add(cms, asn1::SIGNING_CERTIFICATE, &[&tlv(SEQUENCE, &[&tlv(SEQUENCE, &[&id])])]);
        }),
        with("identifier_of_another", &|cms| {
            cms.certificates.push(stranger[0].clone());
            cms.signer().identifier = other_identifier.clone();
        }),
        with("identifier_and_ess_of_another", &|cms| {
            cms.certificates.push(stranger[0].clone());
            cms.signer().identifier = other_identifier.clone();
            set(cms, asn1::SIGNING_CERTIFICATE_V2, &[&ess(&sha256(&stranger[0]), &[])]);
        }),
        with("certificate_missing", &|cms| cms.certificates.retain(|one| *one != chain[0])),
        with("certificates_missing", &|cms| cms.certificates.clear()),
    ]
}

/// The same signature in other bytes, and algorithms that do not belong together.
fn encodings(forge: &Forge) -> Vec<Vector> {
    let with = |name: &'static str, make: &dyn Fn(&Forge, &[u8]) -> Vec<u8>| vector(name, forge.with_cms(make));
    let sha512 = tlv(SEQUENCE, &[&tlv(OID, &[SHA512])]);
    vec![
        with("encoding_attributes_not_sorted", &|forge, content| {
            forge.cms(content, |cms| cms.signer().signed.as_mut().unwrap().reverse()).to_der()
        }),
        with("encoding_attributes_sorted_after_signing", &|forge, content| {
            let mut cms = forge.cms(content, |cms| cms.signer().signed.as_mut().unwrap().reverse());
            cms.signer().signed.as_mut().unwrap().reverse();
            cms.to_der()
        }),
        with("encoding_indefinite_length", &|forge, content| {
            let der = forge.cms(content, |_| {}).to_der();
            [&[SEQUENCE, 0x80], Value::read(&der).content, &[0, 0]].concat()
        }),
        with("encoding_long_length", &|forge, content| {
            let der = forge.cms(content, |_| {}).to_der();
            let inside = Value::read(&der).content;
            [&[SEQUENCE, 0x84, 0, 0], &u16::try_from(inside.len()).unwrap().to_be_bytes()[..], inside].concat()
        }),
        with("encoding_something_behind", &|forge, content| {
            [forge.cms(content, |_| {}).to_der(), b"\x30\x00".to_vec()].concat()
        }),
        with("encoding_something_behind_the_padding", &|forge, content| {
            [forge.cms(content, |_| {}).to_der(), vec![0; 16], b"\x01".to_vec()].concat()
        }),
        with("encoding_cut", &|forge, content| {
            let der = forge.cms(content, |_| {}).to_der();
            der[..der.len() - 40].to_vec()
        }),
        with("encoding_not_signed_data", &|_, content| {
            let octets = tlv(asn1::CONTEXT_0, &[&tlv(OCTET_STRING, &[&sha256(content)])]);
            tlv(SEQUENCE, &[&tlv(OID, &[asn1::ID_DATA]), &octets])
        }),
        with("encoding_nested_deeply", &|_, _| (0..400).fold(Vec::new(), |inside, _| tlv(SEQUENCE, &[&inside]))),
        with("algorithm_other_digest", &|forge, content| {
            forge.cms(content, |cms| cms.signer().digest_algorithm = sha512.clone()).to_der()
        }),
        with("algorithm_other_set_of_digests_good", &|forge, content| {
            let mut cms = forge.cms(content, |_| {});
            cms.digest_algorithms = tlv(SET, &[&sha512]);
            cms.to_der()
        }),
        with("algorithm_unknown", &|forge, content| {
            let unknown = tlv(SEQUENCE, &[&tlv(OID, &[&[0x2a, 3, 4]])]);
            let mut cms = forge.cms(content, |_| {});
            cms.signer().signature_algorithm = unknown;
            cms.to_der()
        }),
    ]
}

/// Timestamps of something else.
fn stamps(forge: &Forge) -> Vec<Vector> {
    let world = &forge.world;
    let base = pdf::table(&[]);
    let document = Document::open(base.as_slice()).unwrap();
    let signed = Signing::new(&document, now()).timestamp_room(4_700).sign(&world.signer).unwrap();
    let stamped = signed.timestamp(&world.authority.at(now())).unwrap().finish().unwrap().apply(&base).unwrap();
    let hole = pdf::holes(&stamped)[0].clone();
    let token = Cms::read(&pdf::contents(&stamped, &hole)).signer().unsigned[0].clone();
    let with_token = |token: Vec<u8>| {
        let mut file = stamped.clone();
        let mut cms = Cms::read(&pdf::contents(&file, &hole));
        cms.signer().unsigned = vec![token];
        pdf::fill(&mut file, &hole, &cms.to_der());
        file
    };
    let other = world.stamped(&pdf::table(&[]), now().after(minutes(1)));
    let foreign = Cms::read(&pdf::contents(&other, &pdf::holes(&other)[0])).signer().unsigned[0].clone();
    let sealed = world.sealed(&forge.signed(), now());
    let copied = {
        // The token of one document timestamp in the hole of another, which covers more.
        let mut file = world.sealed(&sealed, now());
        let holes = pdf::holes(&file);
        let token = pdf::contents(&file, &holes[1]);
        pdf::fill(&mut file, &holes[2].clone(), Value::read(&token).whole);
        file
    };
    let value = |token: &[u8]| Value::read(token).child(1).child(0).whole.to_vec();
    vec![
        vector("stamp_good", stamped.clone()),
        vector("stamp_of_another_signature", with_token(foreign)),
        vector("stamp_twice_good", with_token(attribute(asn1::SIGNATURE_TIMESTAMP, &[&value(&token), &value(&token)]))),
        vector("stamp_unreadable", with_token(attribute(asn1::SIGNATURE_TIMESTAMP, &slices(&[tlv(SEQUENCE, &[])])))),
        vector("stamp_of_the_document_good", sealed),
        vector("stamp_of_the_document_copied", copied),
    ]
}
