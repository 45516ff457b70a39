//! What is said before signing is what comes of it.

use pades_ltv::authority::Subscriber;
use pades_ltv::preflight::{Chain, FieldOrigin};
use pades_ltv::{Certification, Document, Identity, Signing};

use crate::base::{Untouched, World, pdf, with_field};

#[test]
fn the_length_is_exact() {
    let world = World::new();
    let lock = pades_ltv::FieldLock::all();
    for base in [pdf("", &[]), with_field(""), pdf("/AcroForm 4 0 R", &["<< /Fields [] >>"])] {
        let document = Document::open(&base).unwrap();
        let plain = Signing::new(&document, world.now);
        for signing in [
            plain.clone(),
            plain.clone().reason("甲野太郎 様が承認しました").timestamp_room(0),
            plain.clone().certify(Certification::FillForms).lock(lock.clone()),
        ] {
            let preflight = signing.preflight(&world.identity()).unwrap();
            let signed = signing.sign(&world.signer).unwrap();
            let update = signed.finish().unwrap();
            assert_eq!(preflight.file_len, update.file_len());
            assert_eq!(preflight.base_len + preflight.update_len, preflight.file_len);
            assert_eq!(preflight.base_len, base.len() as u64);
        }
        let preflight = plain.preflight(&world.identity()).unwrap();
        let stamped = plain.sign(&world.signer).unwrap().timestamp(&world.authority.at(world.now)).unwrap();
        assert_eq!(preflight.file_len, stamped.finish().unwrap().file_len(), "the room is there already");
    }
}

#[test]
fn the_field_is_the_one_that_is_signed() {
    let world = World::new();
    let visible = "/Subtype /Widget /Type /Annot /Rect [10 10 100 50] /P 3 0 R";
    for (base, name, origin, is_visible) in [
        (pdf("", &[]), "Signature1", FieldOrigin::New, false),
        (with_field(""), "Sign", FieldOrigin::Existing, false),
        (with_field(visible), "Sign", FieldOrigin::Existing, true),
    ] {
        let document = Document::open(&base).unwrap();
        let mut signing = Signing::new(&document, world.now);
        if origin == FieldOrigin::Existing {
            signing = signing.field(name);
        }
        let field = signing.preflight(&world.identity()).unwrap().field;
        assert_eq!((field.name.as_str(), field.origin, field.visible), (name, origin, is_visible));
    }
}

#[test]
fn the_certificate_and_its_chain() {
    let world = World::new();
    let base = pdf("", &[]);
    let document = Document::open(&base).unwrap();
    let signing = Signing::new(&document, world.now);
    let hours = std::time::Duration::from_secs(3_600);
    let short = Subscriber::new("乙川").valid(world.now, world.now.after(hours * 49));
    let short = pades_ltv::Signer::identity(&world.authority.issue(short).unwrap()).unwrap();
    let found = signing.preflight(&short).unwrap();
    assert_eq!(found.certificate.days_left, 2);
    assert!(found.certificate.subject.contains("乙川"), "{found:?}");

    let own: Vec<Vec<u8>> = world.identity().certificates().map(<[u8]>::to_vec).collect();
    let root = world.authority.root_der().to_vec();
    let identity = |certificates: &[&Vec<u8>]| Identity::new(certificates).unwrap();
    let chain = |identity: &Identity| signing.preflight(identity).unwrap().chain;
    assert_eq!(chain(&identity(&[&own[0], &root, &own[1]])), Chain::ToRoot);
    let without = chain(&identity(&[&own[0], &own[1]]));
    assert!(matches!(&without, Chain::EndsBelow(issuer) if issuer.contains("Root CA")), "{without:?}");
    assert!(matches!(chain(&identity(&[&own[0]])), Chain::EndsBelow(_)));
    assert!(matches!(chain(&identity(&[&own[0], &root])), Chain::EndsBelow(_)));

    let tsa = identity(&[&root]);
    let warnings = signing.preflight(&tsa).unwrap().warnings;
    assert!(warnings.iter().any(|warning| warning.code() == "certificate"), "a CA's key usage: {warnings:?}");
}

#[test]
fn warnings_say_what_is_a_trap() {
    let world = World::new();
    let codes = |base: &[u8], say: &dyn Fn(Signing<'_>) -> Signing<'_>| -> Vec<String> {
        let document = Document::open(base).unwrap();
        let own: Vec<Vec<u8>> = world.identity().certificates().map(<[u8]>::to_vec).collect();
        let whole = Identity::new(own.iter().map(Vec::as_slice).chain([world.authority.root_der()])).unwrap();
        let preflight = say(Signing::new(&document, world.now)).preflight(&whole).unwrap();
        preflight.warnings.iter().map(|warning| warning.code().to_owned()).collect()
    };
    let plain = pdf("", &[]);
    assert_eq!(codes(&plain, &|signing| signing), [""; 0]);
    assert_eq!(codes(&plain, &|signing| signing.certify(Certification::NoChanges)), ["no_long_term"]);
    let locked = with_field("/Lock << /Action /All /P 1 >>");
    assert_eq!(codes(&locked, &|signing| signing.field("Sign")), ["no_long_term"]);
    let seeded = with_field("/SV << /Reasons [(x)] /DigestMethod [/SHA512] /TimeStamp << /Ff 1 >> >>");
    assert_eq!(codes(&seeded, &|signing| signing.field("Sign")), ["seed_value", "seed_value", "timestamp_required"]);
    assert_eq!(codes(&pdf("/Perms << /UR3 4 0 R >>", &["<< >>"]), &|signing| signing), ["usage_rights"]);
    let certified = world.sign(&with_field(""), |signing| signing.certify(Certification::FillForms)).unwrap();
    assert_eq!(codes(&certified, &|signing| signing), ["new_field_in_certified"]);
    assert_eq!(codes(&certified, &|signing| signing.field("Sign")), [""; 0]);
}

#[test]
fn json_has_every_key() {
    let world = World::new();
    let base = with_field("/SV << /Reasons [(x)] >>");
    let document = Document::open(&base).unwrap();
    let signing = Signing::new(&document, world.now).field("Sign").certify(Certification::NoChanges);
    let preflight = signing.preflight(&Untouched(world.identity()).0).unwrap();
    let json: serde_json::Value = serde_json::from_str(&preflight.to_json("契約.pdf")).unwrap();
    let keys: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
    let mut expected = [
        "schema",
        "file",
        "field",
        "certificate",
        "algorithm",
        "chain_complete",
        "permission",
        "earlier",
        "timestamp",
        "base_len",
        "update_len",
        "file_len",
        "warnings",
    ];
    expected.sort_unstable();
    assert_eq!(keys, expected);
    assert_eq!(json["schema"], "pades-ltv/preflight/1");
    assert_eq!(json["file"], "契約.pdf");
    assert_eq!((json["field"]["name"].as_str(), json["field"]["origin"].as_str()), (Some("Sign"), Some("existing")));
    assert_eq!(json["permission"], serde_json::Value::Null);
    assert_eq!(json["file_len"].as_u64(), Some(preflight.file_len));
    let codes: Vec<&str> = json["warnings"].as_array().unwrap().iter().filter_map(|one| one["code"].as_str()).collect();
    assert_eq!(codes, ["chain_incomplete", "no_long_term", "seed_value"]);
}
