//! What a field's author asks for is done, or said to be not done (ISO 32000-2, 12.7.5.5).

use pades_ltv::{Certification, Document, ErrorKind, FieldLock, Prepared, Signer, Signing, Time};

use crate::base::{World, appended, check, pdf, text, with_field};

/// Those that a plain signature with the reason 承認 meets.
const MET: [&str; 12] = [
    "/Ff 1 /Filter /Adobe.PPKLite",
    "/Ff 2 /SubFilter [/adbe.pkcs7.detached /ETSI.CAdES.detached]",
    "/Ff 4 /V 3",
    "/Ff 8 /Reasons [(approved) <FEFF627F8A8D>]",
    "/Ff 32 /AddRevInfo false",
    "/Ff 64 /DigestMethod [/SHA512 /SHA256]",
    "/Ff 128 /LockDocument /false",
    "/MDP << /P 0 >>",
    "/Cert << /Ff 32 /KeyUsage [(011) (11)] >>",
    "/Cert << /Ff 4 /OID [(1.3.6.1.4.1.32473.1.1)] >>",
    "/Cert << /Ff 8 /SubjectDN [<< /CN <FEFF7532 91CE 592A 90CE> >>] >>",
    "/Filter /x /SubFilter [/x] /V 9 /Reasons [(x)] /AddRevInfo true /DigestMethod [/SHA512] /LockDocument /true
     /AppearanceFilter (x) /LegalAttestation [(x)] /Cert << /Subject [<30>] /Issuer [<30>] /OID [(1.2)] /URL (x) >>",
];

/// Those that it does not meet, and what is named.
const NOT_MET: [(&str, &str); 19] = [
    ("/Ff 1 /Filter /CICI.SignIt", "/Filter"),
    ("/Ff 2 /SubFilter [/adbe.pkcs7.detached]", "/SubFilter"),
    ("/Ff 4 /V 4", "/V"),
    ("/Ff 8 /Reasons [(approved)]", "/Reasons"),
    ("/Ff 8 /Reasons [(.)]", "/Reasons"),
    ("/Ff 8", "/Reasons"),
    ("/Ff 16 /LegalAttestation [(all is well)]", "/LegalAttestation"),
    ("/Ff 32 /AddRevInfo true", "/AddRevInfo"),
    ("/Ff 64 /DigestMethod [/SHA512]", "/DigestMethod"),
    ("/Ff 128 /LockDocument /true", "/LockDocument"),
    ("/Ff 256 /AppearanceFilter (seal)", "/AppearanceFilter"),
    ("/Ff 512", "/Ff"),
    ("/MDP << /P 2 >>", "/MDP"),
    ("/Cert << /Ff 1 /Subject [<30>] >>", "/Cert /Subject"),
    ("/Cert << /Ff 2 /Issuer [<30>] >>", "/Cert /Issuer"),
    ("/Cert << /Ff 4 /OID [(1.2.3)] >>", "/Cert /OID"),
    ("/Cert << /Ff 8 /SubjectDN [<< /cn (Somebody else) >>] >>", "/Cert /SubjectDN"),
    ("/Cert << /Ff 32 /KeyUsage [(10)] >>", "/Cert /KeyUsage"),
    ("/Cert << /SignaturePolicyOID (1.2.3) >>", "/Cert /SignaturePolicyOID"),
];

fn reason<'d>(signing: Signing<'d>) -> Signing<'d> {
    signing.field("Sign").reason("承認")
}

#[test]
fn required_constraints_are_met_or_named() {
    let world = World::new();
    for seed in MET {
        let base = with_field(&format!("/SV << {seed} >>"));
        world.sign(&base, reason).unwrap_or_else(|error| panic!("{seed}: {error}"));
    }
    for (seed, entry) in NOT_MET {
        let error = world.refused(&with_field(&format!("/SV << {seed} >>")), reason);
        assert!(error.contains(&format!("SV {entry}")) && error.contains("field \"Sign\""), "{seed}: {error}");
    }
}

#[test]
fn the_advice_works() {
    let world = World::new();
    let base = with_field("/SV << /MDP << /P 1 >> /Ff 136 /LockDocument /true >>");
    assert!(world.refused(&base, |signing| signing.field("Sign")).contains("certify(Certification::NoChanges)"));
    check(&world.sign(&base, |signing| signing.field("Sign").certify(Certification::NoChanges)).unwrap());

    let base = with_field("/SV << /Ff 128 /LockDocument /true >>");
    let lock = FieldLock::all().permission(Certification::NoChanges);
    check(&world.sign(&base, |signing| signing.field("Sign").lock(lock)).unwrap());

    let base = pdf(
        "/AcroForm << /Fields [4 0 R] >> /Legal << /Attestation (all is well) >>",
        &["<< /FT /Sig /T (Sign) /SV << /Ff 16 /LegalAttestation [(all is well)] >> >>"],
    );
    check(&world.sign(&base, |signing| signing.field("Sign")).unwrap());
}

#[test]
fn issuers_count_wherever_they_stand_in_the_chain() {
    let world = World::new();
    let hex = |der: &[u8]| der.iter().map(|byte| format!("{byte:02X}")).collect::<String>();
    let certificates: Vec<Vec<u8>> = world.identity().certificates().map(<[u8]>::to_vec).collect();
    let root = world.authority.root_der();
    for accepted in [certificates[0].as_slice(), &certificates[1], root] {
        let key = if accepted == certificates[0] { "/Ff 1 /Subject" } else { "/Ff 2 /Issuer" };
        let base = with_field(&format!("/SV << /Cert << {key} [<30> <{}>] >> >>", hex(accepted)));
        world.sign(&base, |signing| signing.field("Sign")).unwrap();
    }
    let other = pades_ltv::authority::Authority::new("another", world.now).unwrap();
    let base = with_field(&format!("/SV << /Cert << /Ff 2 /Issuer [<{}>] >> >>", hex(other.root_der())));
    assert!(world.refused(&base, |signing| signing.field("Sign")).contains("/Cert /Issuer"));
}

#[test]
fn a_required_timestamp_is_waited_for_even_in_another_process() {
    let world = World::new();
    let base = with_field("/SV << /TimeStamp << /URL (http://tsa.example) /Ff 1 >> >>");
    let document = Document::open(&base).unwrap();
    let signing = Signing::new(&document, world.now).field("Sign");
    assert!(world.refused(&base, |signing| signing.field("Sign").timestamp_room(0)).contains("/TimeStamp"));

    let preflight = signing.preflight(&world.identity()).unwrap();
    assert!(preflight.timestamp.required);
    assert_eq!(preflight.timestamp.url.as_deref(), Some("http://tsa.example"));

    let prepared = signing.prepare(&world.identity()).unwrap();
    let stored = Prepared::from_bytes(&prepared.to_bytes().unwrap()).unwrap();
    let value = world.signer.sign(stored.input()).unwrap();
    let error = stored.clone().complete(&document, &value).unwrap().finish().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Field);
    assert!(error.to_string().contains("/TimeStamp") && error.to_string().contains("timestamp(&tsa)"), "{error}");

    let stamped = stored.complete(&document, &value).unwrap().timestamp(&world.authority.at(world.now)).unwrap();
    let update = stamped.finish().unwrap();
    assert_eq!(update.file_len(), preflight.file_len);

    let optional = with_field("/SV << /TimeStamp << /URL (http://tsa.example) >> >>");
    world.sign(&optional, |signing| signing.field("Sign")).unwrap();
}

#[test]
fn a_document_timestamp_does_not_take_a_field_meant_for_a_signature() {
    let world = World::new();
    let stamp = |base: &[u8], field: Option<&str>| {
        let document = Document::open(base).unwrap();
        let mut stamping = pades_ltv::Timestamping::new(&document, world.now);
        if let Some(field) = field {
            stamping = stamping.field(field);
        }
        stamping.timestamp(&world.authority.at(world.now)).map(|update| update.apply(base).unwrap())
    };
    let asked = with_field("/SV << /Ff 8 /Reasons [(x)] >>");
    let locked = with_field("/Lock << /Action /All >>");
    for base in [&asked, &locked] {
        assert_eq!(stamp(base, Some("Sign")).unwrap_err().kind(), ErrorKind::Field);
        check(&stamp(base, None).unwrap());
    }
    check(&stamp(&with_field(""), Some("Sign")).unwrap());
}

#[test]
fn a_field_without_widget_stays_without_and_nested_ones_are_found() {
    let world = World::new();
    let base = pdf(
        "/AcroForm << /Fields [4 0 R] >>",
        &[
            "<< /T <FEFF5951> /Kids [5 0 R] >>",
            "<< /FT /Sig /T (party.1) /Parent 4 0 R /SV << /Ff 8 /Reasons [(.)] >> >>",
        ],
    );
    let signed = world.sign(&base, |signing| signing.field("契.party.1")).unwrap();
    let update = appended(&base, &signed);
    assert!(!update.contains("/Widget") && !update.contains("/Annots") && !update.contains(" 3 0 obj"), "{update}");
    assert!(update.contains("5 0 obj << /FT /Sig /T (party.1) /Parent 4 0 R /SV"), "{update}");
    check(&signed);
    assert!(world.refused(&base, |signing| signing.field("契.party.1").reason("x")).contains("/Reasons"));
}

#[test]
fn an_expired_certificate_is_said_first() {
    let world = World::new();
    let base = with_field("/SV 1");
    let document = Document::open(&base).unwrap();
    let later: Time = "2036-10-07T00:00:00Z".parse().unwrap();
    let error = Signing::new(&document, later).field("Sign").preflight(&world.identity()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Certificate);
    let update = Signing::new(&document, world.now).sign(&world.signer).unwrap().finish().unwrap();
    assert!(text(&update).contains("/T (Signature1)"), "other fields are free");
}
