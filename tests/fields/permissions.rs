//! Certifications and locks: written, kept, and heeded (ISO 32000-2, 12.8.2; 12.7.5.5, table 236).

use pades_ltv::{Certification, Document, FieldLock, Indication, Signing, Timestamping, Verification};

use crate::base::{World, appended, check, pdf, with_field};

const ALL: [Certification; 3] = [Certification::NoChanges, Certification::FillForms, Certification::Annotate];

pub(crate) fn verdict(world: &World, signed: &[u8]) -> Option<Indication> {
    let document = Document::open(signed).unwrap();
    let report = Verification::new(&document, &world.authority.anchors(), world.now)
        .evidence(
            &pades_ltv::Evidence::collect(
                &document,
                &world.authority.anchors(),
                &world.authority.at(world.now),
                world.now,
            )
            .unwrap(),
        )
        .verify();
    report.verdict()
}

#[test]
fn a_certification_stands_in_the_signature_and_in_the_catalog() {
    let world = World::new();
    for (level, certification) in (1..).zip(ALL) {
        for catalog in ["", "/Perms << /UR3 3 0 R >>", "/Perms 4 0 R"] {
            let base = pdf(catalog, &["<< >>"]);
            let signed = world.sign(&base, |signing| signing.certify(certification)).unwrap();
            let update = appended(&base, &signed);
            let reference = format!(
                "/Reference [<< /Type /SigRef /TransformMethod /DocMDP \
                 /TransformParams << /Type /TransformParams /V /1.2 /P {level} >> >>]"
            );
            assert!(update.contains(&reference), "{update}");
            assert!(update.contains("/DocMDP 5 0 R") && update.contains("5 0 obj << /Type /Sig "), "{update}");
            check(&signed);
        }
    }
}

#[test]
fn a_certification_is_the_first_signature() {
    let world = World::new();
    let base = pdf("", &[]);
    for first in [
        world.sign(&base, |signing| signing).unwrap(),
        world.sign(&base, |signing| signing.certify(Certification::Annotate)).unwrap(),
    ] {
        let error = world.refused(&first, |signing| signing.certify(Certification::FillForms));
        assert!(error.contains("first signature") && error.contains("\"Signature1\""), "{error}");
        world.refused(&first, |signing| signing.certify(Certification::FillForms).danger_ignore_permissions());
    }
}

#[test]
fn what_a_certification_permits_is_heeded() {
    let world = World::new();
    let base = with_field("");
    for certification in ALL {
        let certified = world.sign(&base, |signing| signing.certify(certification)).unwrap();
        assert_eq!(verdict(&world, &certified), Some(Indication::TotalPassed));
        if certification == Certification::NoChanges {
            for field in ["Sign", "New"] {
                let error = world.refused(&certified, |signing| signing.field(field));
                assert!(error.contains("no changes") && error.contains("danger_ignore_permissions"), "{error}");
            }
        } else {
            let signed = world.sign(&certified, |signing| signing.field("Sign")).unwrap();
            check(&signed);
            assert_eq!(verdict(&world, &signed), Some(Indication::TotalPassed), "{certification}");
        }
        // A document timestamp is no change (12.8.2.2.1).
        let document = Document::open(&certified).unwrap();
        let stamped = Timestamping::new(&document, world.now).timestamp(&world.authority.at(world.now)).unwrap();
        let stamped = stamped.apply(&certified).unwrap();
        check(&stamped);
        assert_eq!(verdict(&world, &stamped), Some(Indication::TotalPassed), "{certification}");
    }
}

#[test]
fn the_lock_of_a_field_comes_into_force() {
    let world = World::new();
    for (lock, parameters) in [
        ("/Action /All", "/Action /All"),
        ("/Action /Include /Fields [(a) <FEFF65E5>] /P 2", "/Action /Include /Fields [(a) <FEFF65E5>] /P 2"),
        ("/Action /Exclude /Fields []", "/Action /Exclude /Fields []"),
        ("/Action /Nonsense", "/Action /All"),
    ] {
        let base = with_field(&format!("/Lock << {lock} >>"));
        let signed = world.sign(&base, |signing| signing.field("Sign")).unwrap();
        let update = appended(&base, &signed);
        let reference = format!(
            "/Reference [<< /Type /SigRef /TransformMethod /FieldMDP \
             /TransformParams << /Type /TransformParams /V /1.2 {parameters} >> /Data 1 0 R >>]"
        );
        assert!(update.contains(&reference), "{lock}: {update}");
        assert!(update.contains(&format!("/Lock << {lock} >>")), "the lock is kept: {update}");
        check(&signed);
    }
}

#[test]
fn a_new_field_is_given_a_lock() {
    let world = World::new();
    let base = with_field("");
    let lock = || FieldLock::exclude(["Sign"]).permission(Certification::FillForms);
    let signed = world.sign(&base, |signing| signing.lock(lock()).certify(Certification::Annotate)).unwrap();
    let update = appended(&base, &signed);
    assert!(update.contains("<< /Type /SigFieldLock /Action /Exclude /Fields [(Sign)] /P 2 >>"), "{update}");
    assert!(update.contains("/TransformMethod /DocMDP") && update.contains("/TransformMethod /FieldMDP"), "{update}");
    check(&signed);

    let error = world.refused(&signed, |signing| signing.field("Other"));
    assert!(error.contains("\"Signature1\" has locked this field"), "{error}");
    let both = world.sign(&signed, |signing| signing.field("Sign")).unwrap();
    assert_eq!(verdict(&world, &both), Some(Indication::TotalPassed));

    let error = world.refused(&signed, |signing| signing.field("Sign").lock(FieldLock::all()));
    assert!(error.contains("was signed as it is"), "{error}");
    let locked = with_field("/Lock << /Action /All >>");
    let error = world.refused(&locked, |signing| signing.field("Sign").lock(FieldLock::all()));
    assert!(error.contains("a lock of its own"), "{error}");
}

#[test]
fn locks_bind_the_fields_that_they_name() {
    let world = World::new();
    let base = pdf(
        "/AcroForm << /Fields [4 0 R 5 0 R] >>",
        &[
            "<< /FT /Sig /T (a) /Lock << /Action /Include /Fields [(group)] >> >>",
            "<< /T (group) /Kids [6 0 R 7 0 R] >>",
            "<< /FT /Sig /T (b) /Parent 5 0 R >>",
            "<< /FT /Sig /T (c) /Parent 5 0 R >>",
        ],
    );
    let signed = world.sign(&base, |signing| signing.field("a")).unwrap();
    assert!(world.refused(&signed, |signing| signing.field("group.b")).contains("\"a\" has locked"));
    check(&world.sign(&signed, |signing| signing.field("other")).unwrap());

    let all = with_field("/Lock << /Action /All /P 1 >>");
    let all = world.sign(&all, |signing| signing.field("Sign")).unwrap();
    assert!(world.refused(&all, |signing| signing).contains("no changes"), "an approval signature can lock, too");
}

/// `pdf` with AES-256 and no user password; `None`, and a word about it, where there is no qpdf.
fn encrypted(pdf: &[u8]) -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("plain.pdf"), pdf).unwrap();
    let arguments = ["--encrypt", "", "owner", "256", "--", "plain.pdf", "encrypted.pdf"];
    let Ok(run) = std::process::Command::new("qpdf").args(arguments).current_dir(folder.path()).output() else {
        println!("skipped: no qpdf");
        return None;
    };
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    Some(std::fs::read(folder.path().join("encrypted.pdf")).unwrap())
}

#[test]
fn encrypted_forms_are_read_and_locked_like_others() {
    let world = World::new();
    let lock = "/Lock << /Action /Include /Fields [<FEFF65E5>] >> /SV << /Ff 8 /Reasons [<FEFF627F8A8D>] >>";
    let base = pdf(
        "/AcroForm << /Fields [4 0 R 5 0 R] >>",
        &[&format!("<< /FT /Sig /T (Sign) {lock} >>"), "<< /FT /Sig /T <FEFF65E5> >>"],
    );
    let Some(base) = encrypted(&base) else { return };
    assert!(world.refused(&base, |signing| signing.field("Sign")).contains("\"承認\""));
    let document = Document::open(&base).unwrap();
    let signing = Signing::new(&document, world.now).field("Sign").reason("承認").certify(Certification::FillForms);
    let preflight = signing.preflight(&world.identity()).unwrap();
    let update = signing.sign(&world.signer).unwrap().finish().unwrap();
    assert_eq!(preflight.file_len, update.file_len());
    let signed = update.apply(&base).unwrap();
    check(&signed);
    assert_eq!(verdict(&world, &signed), Some(Indication::TotalPassed));
    assert!(world.refused(&signed, |signing| signing.field("日")).contains("has locked this field"));
    check(&world.sign(&signed, |signing| signing.field("Other")).unwrap());
}

#[test]
fn who_insists_may_break_what_is_there() {
    let world = World::new();
    let base = pdf("", &[]);
    let certified = world.sign(&base, |signing| signing.certify(Certification::NoChanges)).unwrap();
    let document = Document::open(&certified).unwrap();
    let signing = Signing::new(&document, world.now).danger_ignore_permissions();
    let preflight = signing.preflight(&world.identity()).unwrap();
    assert_eq!(preflight.permission, Some(Certification::NoChanges));
    assert_eq!(preflight.earlier.len(), 1);
    assert!(!preflight.earlier[0].survives);
    assert!(preflight.warnings.iter().any(|warning| warning.code() == "breaks"), "{:?}", preflight.warnings);
    let signed = signing.sign(&world.signer).unwrap().finish().unwrap().apply(&certified).unwrap();
    check(&signed);
    assert_ne!(verdict(&world, &signed), Some(Indication::TotalPassed), "our own verification says the same");

    let base = pdf(
        "/AcroForm << /Fields [4 0 R 5 0 R] >>",
        &["<< /FT /Sig /T (a) /Lock << /Action /Include /Fields [(b)] >> >>", "<< /FT /Sig /T (b) >>"],
    );
    let locked = world.sign(&base, |signing| signing.field("a")).unwrap();
    let signed = world.sign(&locked, |signing| signing.field("b").danger_ignore_permissions()).unwrap();
    assert_eq!(verdict(&world, &locked), Some(Indication::TotalPassed));
    assert_ne!(verdict(&world, &signed), Some(Indication::TotalPassed));
}
