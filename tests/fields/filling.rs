//! Fields filled in the revision of a signature: check boxes, radio buttons, combo and list boxes (ISO 32000-2, 12.7.5).

use pades_ltv::{Certification, ErrorKind, FieldLock, Font, Indication, Signing};

use crate::base::{World, appended, check, pdf_with};
use crate::outside::pyhanko;
use crate::permissions::verdict;

const GOTHIC: &str = "/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf";

fn font() -> Option<Font> {
    let path = std::env::var("PADES_TEST_FONT").unwrap_or_else(|_| GOTHIC.to_owned());
    let file = std::fs::read(path).ok();
    if file.is_none() {
        println!("skipped: no font");
    }
    file.map(|file| Font::from_bytes(file, 0).unwrap())
}

/// A contract's form: an agreement, who signs, what is ordered, what else, and a price that is there already.
fn form() -> Vec<u8> {
    let look = |ink: &str| {
        let content = format!("{ink} 2 2 10 10 re f");
        format!(
            "<< /Type /XObject /Subtype /Form /BBox [0 0 14 14] /Length {} >>\nstream\n{content}\nendstream",
            content.len()
        )
    };
    let widget = |rest: &str| format!("<< /Type /Annot /Subtype /Widget /F 4 /P 3 0 R {rest} >>");
    let states = |state: &str| format!("/AP << /N << /{state} 16 0 R /Off 17 0 R >> >> /AS /Off");
    let objects = [
        widget(&format!("/FT /Btn /T (agreed) /V /Off /Rect [60 760 74 774] {}", states("Yes"))),
        "<< /FT /Btn /Ff 49152 /T (kind) /Opt [<FEFF6CD54EBA> <FEFF500B4EBA>] /Kids [6 0 R 7 0 R] >>".to_owned(),
        widget(&format!("/Parent 5 0 R /Rect [60 730 74 744] {}", states("0"))),
        widget(&format!("/Parent 5 0 R /Rect [80 730 94 744] {}", states("1"))),
        widget(
            "/FT /Ch /Ff 131072 /T (work) /Opt [[(construction) <FEFF5DE54E8B>] [(services) <FEFF59D48A17>]] /Rect [60 700 160 716]",
        ),
        widget("/FT /Ch /Ff 393216 /T (place) /Opt [(Tokyo) (Osaka)] /Rect [60 680 160 696]"),
        widget(
            "/FT /Ch /Ff 2097152 /T (papers) /Opt [(plan) (price) (terms) (other)] /Rect [60 610 160 660] /DA (/F 10 Tf)",
        ),
        widget("/FT /Ch /T (bank) /Opt [(A) (B) (C) (D) (E) (F)] /TI 1 /Rect [60 560 160 600] /DA (/F 10 Tf)"),
        widget("/FT /Tx /T (price) /V (100) /Rect [60 530 160 546]"),
        widget("/FT /Btn /Ff 65536 /T (print) /Rect [60 500 160 516]"),
        widget(&format!("/FT /Btn /Ff 1 /T (seen) /Rect [80 760 94 774] {}", states("Yes"))),
        widget(
            "/FT /Tx /T (date) /Rect [60 470 160 486] /AA << /F << /S /JavaScript /JS (AFDate_FormatEx\\(\"yyyy/mm/dd\"\\);) >> >>",
        ),
        look("0 g"),
        look("1 g"),
    ];
    let objects: Vec<&str> = objects.iter().map(String::as_str).collect();
    let form =
        "/AcroForm << /Fields [4 0 R 5 0 R 8 0 R 9 0 R 10 0 R 11 0 R 12 0 R 13 0 R 14 0 R 15 0 R] /DA (/F 0 Tf) >>";
    let page = "/Annots [4 0 R 6 0 R 7 0 R 8 0 R 9 0 R 10 0 R 11 0 R 12 0 R 13 0 R 14 0 R 15 0 R]";
    pdf_with(form, page, &objects)
}

fn fill_all<'d>(signing: Signing<'d>, font: &Font) -> Signing<'d> {
    signing
        .check("agreed", "Yes")
        .check("kind", "個人")
        .fill("work", "委託", font)
        .fill("place", "名古屋", font)
        .fill("bank", "F", font)
        .fill("date", "2026/10/07", font)
}

#[test]
fn every_kind_of_field_is_filled_with_the_last_signature() {
    let Some(font) = font() else { return };
    let world = World::new();
    let base = form();
    for certification in [None, Some(Certification::FillForms)] {
        let first = world
            .sign(&base, |signing| match certification {
                Some(level) => signing.certify(level),
                None => signing,
            })
            .unwrap();
        let last = world.sign(&first, |signing| fill_all(signing, &font)).unwrap();
        check(&last);
        let update = appended(&first, &last);
        for expected in [
            "/V /Yes",
            "/AS /Yes",
            "/V /1",
            "/AS /1",
            "/V (services)",
            "/V <FEFF540D53E45C4B>",
            "/V (F)",
            "/TI 5",
            "/V (2026/10/07)",
        ] {
            assert!(update.contains(expected), "{expected}: {update}");
        }
        assert!(!update.contains("/I ["), "one value needs no indices: {update}");
        assert_eq!(verdict(&world, &last), Some(Indication::TotalPassed));
    }
}

/// Without the radio buttons: pyHanko 0.38 knows no widgets that are objects of their own, and calls every change of one suspicious.
#[test]
fn pyhanko_calls_it_filling_in_forms() {
    let Some(font) = font() else { return };
    let (world, folder) = (World::new(), tempfile::tempdir().unwrap());
    std::fs::write(folder.path().join("root.pem"), world.authority.root_pem()).unwrap();
    let certified = world.sign(&form(), |signing| signing.certify(Certification::FillForms)).unwrap();
    let last = world
        .sign(&certified, |signing| {
            let signing = signing.check("agreed", "Yes").fill("work", "委託", &font).fill("place", "名古屋", &font);
            signing.fill("bank", "B", &font).fill("papers", "plan", &font)
        })
        .unwrap();
    std::fs::write(folder.path().join("filled.pdf"), &last).unwrap();
    let Some(words) = pyhanko(folder.path(), &["levels", &world.now.to_string(), "root.pem", "filled.pdf"]) else {
        return;
    };
    let expected = "filled.pdf Signature1: FORM_FILLING permitted\nfilled.pdf Signature2: NONE permitted\n";
    assert_eq!(words, expected);
}

/// Departs: pyHanko 0.38 knows no /I and no /TI, which table 234 asks for; we and others do.
#[test]
fn several_options_have_their_indices() {
    let Some(font) = font() else { return };
    let world = World::new();
    let first = world.sign(&form(), |signing| signing).unwrap();
    let last = world.sign(&first, |signing| signing.fill("papers", "terms\nplan", &font)).unwrap();
    let update = appended(&first, &last);
    assert!(update.contains("/I [0 2]") && update.contains("/V [(plan) (terms)]"), "{update}");
    check(&last);
    assert_eq!(verdict(&world, &last), Some(Indication::TotalPassed));
}

#[test]
fn what_a_field_does_not_take_is_named() {
    let Some(font) = font() else { return };
    let world = World::new();
    let base = form();
    for (name, value, why) in [
        ("agreed", "はい", "it takes \"Yes\", \"Off\""),
        ("kind", "2", "it takes \"法人\", \"個人\""),
        ("kind", "Off", "it takes \"法人\", \"個人\""),
        ("work", "物品", "it takes \"工事\", \"委託\""),
        ("bank", "G", "it takes \"A\", \"B\""),
        ("bank", "A\nB", "it takes \"A\""),
        ("papers", "plan\nmap", "does not take \"map\""),
        ("print", "Yes", "push button"),
        ("seen", "Yes", "read-only"),
        ("nobody", "Yes", "no field has this name"),
    ] {
        let error = world.refused(&base, |signing| signing.fill(name, value, &font));
        assert!(error.contains(why) && error.contains(name), "{error}");
    }
    let error = world.refused(&base, |signing| signing.check("work", "工事"));
    assert!(error.contains("takes a font"), "{error}");
    let signing = |value: &str| {
        let document = pades_ltv::Document::open(&base).unwrap();
        let signing = Signing::new(&document, world.now).fill("papers", value, &font);
        signing.preflight(&world.identity()).map(drop)
    };
    assert!(signing("plan\nother").is_ok());
    let narrow = signing("plan\nprice\nterms\nother");
    assert!(narrow.is_ok(), "{narrow:?}");
}

#[test]
fn what_was_signed_is_not_filled_again() {
    let Some(font) = font() else { return };
    let world = World::new();
    let base = form();
    let error_of =
        |base: &[u8], name: &str, value: &str| world.refused(base, |signing| signing.fill(name, value, &font));
    let first = world.sign(&base, |signing| signing.check("agreed", "Yes")).unwrap();
    for (name, value) in [("price", "200"), ("agreed", "Off")] {
        let error = error_of(&first, name, value);
        assert!(error.contains("was made when this field had a value"), "{error}");
    }
    // ISO 32000-2, 12.8.2.2, table 257 permits what we do not do unasked; the report tells it.
    let again = world.sign(&first, |signing| signing.check("agreed", "Off").danger_ignore_permissions()).unwrap();
    assert_eq!(verdict(&world, &again), Some(Indication::TotalPassed));
    assert!(world.sign(&base, |signing| signing.fill("price", "200", &font)).is_ok(), "nobody has signed it");
    let locked = world.sign(&base, |signing| signing.lock(FieldLock::include(["agreed", "work"]))).unwrap();
    for (name, value) in [("agreed", "Yes"), ("work", "工事")] {
        let error = error_of(&locked, name, value);
        assert!(error.contains("has locked this field"), "{error}");
    }
    assert!(world.sign(&locked, |signing| signing.check("kind", "法人")).is_ok());
}

#[test]
fn xfa_forms_are_refused() {
    let world = World::new();
    let field = "<< /FT /Btn /T (a) /AP << /N << /Yes 3 0 R >> >> >>";
    let base = pdf_with("/AcroForm << /Fields [4 0 R] /XFA [] >>", "", &[field]);
    let error = world.refused(&base, |signing| signing.check("a", "Yes"));
    assert!(error.contains("XFA"), "{error}");
    let document = pades_ltv::Document::open(&base).unwrap();
    let error = Signing::new(&document, world.now).check("b", "Yes").preflight(&world.identity()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Field);
}

/// A group, a name that is not Latin, two widgets, what is inherited from both sides, and no /DA and no /DR anywhere.
#[test]
fn nested_fields_are_filled_on_all_their_pages() {
    let Some(font) = font() else { return };
    let world = World::new();
    let objects = [
        "<< /T <FEFF59517D04> /FT /Tx /Q 1 /MaxLen 12 /Kids [5 0 R] >>",
        "<< /T <FEFF65E54ED8> /Parent 4 0 R /Kids [6 0 R 7 0 R] >>",
        "<< /Type /Annot /Subtype /Widget /Parent 5 0 R /Rect [160 100 60 116] /F 4 >>",
        "<< /Type /Annot /Subtype /Widget /Parent 5 0 R /Rect [60 60.5 200 .80E1] /F 4 >>",
        "<< /Type /Annot /Subtype /Widget /Parent 5 0 R /Rect [60 60 200 80] /F 4 >>",
    ];
    let good = [objects[0], objects[1], objects[2], objects[4]];
    let base = pdf_with("/AcroForm << /Fields [4 0 R] >>", "/Annots [6 0 R 7 0 R]", &good);
    let first = world.sign(&base, |signing| signing).unwrap();
    let last = world.sign(&first, |signing| signing.fill("契約.日付", "2026年10月7日", &font)).unwrap();
    let update = appended(&first, &last);
    assert_eq!((update.matches("/AP <<").count(), update.matches("/FontFile").count()), (2, 1), "{update}");
    check(&last);
    assert_eq!(verdict(&world, &last), Some(Indication::TotalPassed));

    let error = world.refused(&base, |signing| signing.fill("契約", "x", &font));
    assert!(error.contains("group of fields"), "{error}");
    let error = world.refused(&base, |signing| signing.fill("契約.日付", "2026年10月7日まで延長する", &font));
    assert!(error.contains("the field takes 12"), "{error}");
    let odd = pdf_with("/AcroForm << /Fields [4 0 R] >>", "", &[objects[0], objects[1], objects[2], objects[3]]);
    let error = world.refused(&odd, |signing| signing.fill("契約.日付", "1", &font));
    assert!(error.contains("not all of the form can be read"), "{error}");
}

#[test]
fn encrypted_forms_are_filled() {
    let Some(font) = font() else { return };
    let (world, folder) = (World::new(), tempfile::tempdir().unwrap());
    let (plain, encrypted) = (folder.path().join("plain.pdf"), folder.path().join("encrypted.pdf"));
    std::fs::write(&plain, form()).unwrap();
    for options in
        [&["--encrypt", "", "o", "256", "--"][..], &["--allow-weak-crypto", "--encrypt", "", "o", "128", "--"]]
    {
        let run = std::process::Command::new("qpdf").args(options).arg(&plain).arg(&encrypted).output();
        let Ok(run) = run else { return println!("skipped: no qpdf") };
        assert!(run.status.success(), "{run:?}");
        let base = std::fs::read(&encrypted).unwrap();
        let first = world.sign(&base, |signing| signing).unwrap();
        let last = world.sign(&first, |signing| fill_all(signing, &font)).unwrap();
        assert!(!appended(&first, &last).contains("(services)"), "strings are encrypted");
        check(&last);
        assert_eq!(verdict(&world, &last), Some(Indication::TotalPassed));
    }
}

/// Whatever is damaged in a form, filling it is an error, or what comes out is as good as any: it was read back.
#[test]
fn damaged_forms_do_no_harm() {
    let Some(font) = font() else { return };
    let (world, base) = (World::new(), form());
    let start = base.windows(5).position(|window| window == b"4 0 o").unwrap();
    let end = base.windows(4).position(|window| window == b"xref").unwrap();
    let replacements = *b"0 9/[]<>()-.";
    let (mut good, mut refused) = (0, 0);
    for step in 0..200_usize {
        let mut damaged = base.clone();
        for (index, factor) in [7_919, 104_729].into_iter().enumerate() {
            let at = start + (step * factor + index * 31) % (end - start);
            damaged[at] = replacements[(step + index * 5) % replacements.len()];
        }
        let Ok(document) = pades_ltv::Document::open(&damaged) else { continue };
        let signing = fill_all(Signing::new(&document, world.now), &font).fill("papers", "plan\nterms", &font);
        match signing.preflight(&world.identity()) {
            Ok(_) => good += 1,
            Err(_) => refused += 1,
        }
    }
    assert!(good > 5 && refused > 20, "{good} {refused}");
}
