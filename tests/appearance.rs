//! Visible signatures before outside judges: poppler must show the seal where and as it was asked for, qpdf must find nothing wrong.
//!
//! Fonts: IPAex where Debian puts it, or the file that PADES_TEST_FONT names. With PADES_SEALS=folder, what poppler shows is kept there.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use pades_ltv::authority::Authority;
use pades_ltv::{
    Align, Appearance, Color, Document, ErrorKind, FieldLock, Font, Image, Indication, Page, Placement, Signing, Text,
    Time, Verification, VerticalAlign,
};

const GOTHIC: &str = "/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf";
const CFF: &str = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";
const MINCHO: &str = "/usr/share/fonts/opentype/ipaexfont-mincho/ipaexm.ttf";
const DPI: u32 = 96;
/// A red stamp on white.
const JPEG: &[u8] = include_bytes!("appearance/stamp.jpg");

fn now() -> Time {
    "2026-10-07T09:25:23+09:00".parse().unwrap()
}

/// A font with Japanese letters, if there is one here.
fn font(path: &str) -> Option<Font> {
    let path = std::env::var("PADES_TEST_FONT").unwrap_or_else(|_| path.to_owned());
    match std::fs::read(path) {
        Ok(file) => Some(Font::from_bytes(file, 0).unwrap()),
        Err(_) => {
            println!("skipped: no font");
            None
        }
    }
}

/// A page with a frame along its crop box and a line of text.
fn page(entries: &str) -> Vec<u8> {
    file(entries, "", &[])
}

/// As [`page`], with entries in the catalog and further objects, the first of which is object 5.
fn file(entries: &str, catalog: &str, others: &[&str]) -> Vec<u8> {
    let content = "0.6 G 2 w 41 41 318 218 re S BT /F 12 Tf 60 220 Td (Contract 2026-10) Tj ET";
    let mut objects = vec![
        format!("<< /Type /Catalog /Pages 2 0 R {catalog} >>"),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        format!(
            "<< /Type /Page /Parent 2 0 R {entries} /Contents 4 0 R
             /Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
        ),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
    ];
    objects.extend(others.iter().map(|other| (*other).to_owned()));
    let size = objects.len() + 1;
    let mut pdf = "%PDF-1.7\n%\u{e2}\u{e3}\n".to_owned();
    let mut xref = format!("xref\n0 {size}\n0000000000 65535 f \n");
    for (index, object) in objects.iter().enumerate() {
        xref += &format!("{:010} 00000 n \n", pdf.len());
        pdf += &format!("{} 0 obj\n{object}\nendobj\n", index + 1);
    }
    let start = pdf.len();
    let id = "<00112233445566778899AABBCCDDEEFF>";
    pdf += &format!("{xref}trailer\n<< /Size {size} /Root 1 0 R /ID [{id} {id}] >>\nstartxref\n{start}\n%%EOF\n");
    pdf.into_bytes()
}

const CROPPED: &str = "/MediaBox [0 0 400 300] /CropBox [40 40 360 260]";

/// A round red seal with a transparent ground, as a PNG file.
fn round_seal() -> Vec<u8> {
    const SIZE: u32 = 240;
    let mut pixels = Vec::new();
    for y in 0..SIZE {
        for x in 0..SIZE {
            let (dx, dy) = (f64::from(x) - 119.5, f64::from(y) - 119.5);
            let radius = dx.hypot(dy);
            let band = |distance: f64, half: f64| (half + 0.5 - distance.abs()).clamp(0.0, 1.0);
            let ring = band(radius - 108.0, 8.0);
            let inside = if radius < 96.0 { 1.0 } else { 0.0 };
            // Not the same in any other orientation: a long and a short stroke, and a third from the upper right.
            let strokes =
                band(dx + 30.0, 6.0).max(band(dy - 35.0, 6.0)).max(if dx > -30.0 { band(dx + dy, 8.0) } else { 0.0 });
            pixels.extend([0xD3, 0x2F, 0x1E, (ring.max(strokes * inside) * 255.0) as u8]);
        }
    }
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, SIZE, SIZE);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
    file
}

fn image() -> Image {
    Image::from_bytes(&round_seal()).unwrap()
}

fn sealed(pdf: &[u8], appearance: &Appearance, placement: Placement) -> Vec<u8> {
    sealed_with(pdf, |signing| signing.seal(appearance.clone(), placement))
}

/// `pdf`, signed and stamped as `say` says.
fn sealed_with(pdf: &[u8], say: impl FnOnce(Signing<'_>) -> Signing<'_>) -> Vec<u8> {
    let document = Document::open(pdf).unwrap();
    let authority = Authority::new("seals", now()).unwrap();
    let signer = authority.issue("甲野太郎").unwrap();
    let signed = say(Signing::new(&document, now())).sign(&signer).unwrap().timestamp(&authority.at(now())).unwrap();
    signed.finish().unwrap().apply(pdf).unwrap()
}

fn refused(appearance: Appearance, placement: Placement) -> pades_ltv::Error {
    let pdf = page(CROPPED);
    let document = Document::open(pdf.as_slice()).unwrap();
    let signer = Authority::new("seals", now()).unwrap().issue("甲野太郎").unwrap();
    Signing::new(&document, now()).seal(appearance, placement).sign(&signer).map(drop).unwrap_err()
}

/// Pixels of a page, as poppler shows it.
struct Shown {
    width: u32,
    height: u32,
    rgb: Vec<u8>,
}

impl Shown {
    /// `None`, and a word about it, where there is no pdftoppm.
    fn new(pdf: &[u8], name: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("in.pdf");
        std::fs::write(&file, pdf).unwrap();
        let out = folder.path().join("out");
        let dpi = DPI.to_string();
        let run = Command::new("pdftoppm")
            .args(["-png", "-singlefile", "-cropbox", "-r", &dpi])
            .arg(&file)
            .arg(&out)
            .output();
        let Ok(run) = run else {
            println!("skipped: no pdftoppm");
            return None;
        };
        assert!(run.status.success() && run.stderr.is_empty(), "{name}: {}", String::from_utf8_lossy(&run.stderr));
        let file = std::fs::read(out.with_extension("png")).unwrap();
        if let Ok(folder) = std::env::var("PADES_SEALS") {
            std::fs::write(PathBuf::from(folder).join(name).with_extension("png"), &file).unwrap();
        }
        let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
        let mut rgb = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut rgb).unwrap();
        assert_eq!(frame.color_type, png::ColorType::Rgb);
        Some(Self { width: frame.width, height: frame.height, rgb })
    }

    fn pixel(&self, x: u32, y: u32) -> [u8; 3] {
        let at = ((y * self.width + x) * 3) as usize;
        self.rgb[at..at + 3].try_into().unwrap()
    }

    /// Pixels of an area: left, bottom, right and top in points from the lower left corner, row by row.
    fn area(&self, [left, bottom, right, top]: [f64; 4]) -> Vec<[u8; 3]> {
        let pixels = |points: f64| (points * f64::from(DPI) / 72.0).round() as u32;
        let rows = self.height - pixels(top)..self.height - pixels(bottom);
        rows.flat_map(|y| (pixels(left)..pixels(right)).map(move |x| self.pixel(x, y))).collect()
    }
}

fn reds(pixels: &[[u8; 3]]) -> usize {
    pixels.iter().filter(|[r, g, b]| *r > 150 && *g < 120 && *b < 120).count()
}

/// How much two pictures of one size differ, from 0 to 255.
fn difference(one: &[[u8; 3]], other: &[[u8; 3]]) -> f64 {
    assert_eq!(one.len(), other.len());
    let sum: u32 = one.iter().flatten().zip(other.iter().flatten()).map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
    f64::from(sum) / (one.len() as f64 * 3.0)
}

/// qpdf finds nothing wrong, poppler finds the signature good, and so do we.
fn judge(pdf: &[u8], name: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("in.pdf");
    std::fs::write(&file, pdf).unwrap();
    let judge = |program: &str, arguments: &[&str]| {
        let run = Command::new(program).args(arguments).arg(&file).output().ok();
        if run.is_none() {
            println!("skipped: no {program}");
        }
        run.map(|run| (run.status.success(), String::from_utf8_lossy(&[run.stdout, run.stderr].concat()).into_owned()))
    };
    if let Some((is_clean, words)) = judge("qpdf", &["--check"]) {
        assert!(is_clean && !words.contains("WARNING"), "{name}: {words}");
    }
    if let Some((_, words)) = judge("pdfsig", &["-nocert"]) {
        assert!(words.contains("Signature is Valid") && !words.contains("Invalid"), "{name}: {words}");
    }
    let authority = Authority::new("seals", now()).unwrap();
    let document = Document::open(pdf).unwrap();
    let report = Verification::new(&document, &authority.anchors(), now()).verify();
    assert_ne!(report.verdict(), Some(Indication::TotalFailed), "{name}");
    assert!(!report.signatures.is_empty());
}

/// What poppler reads when somebody copies the text.
fn copied(pdf: &[u8]) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("in.pdf");
    std::fs::write(&file, pdf).unwrap();
    let run = Command::new("pdftotext").arg(&file).arg("-").output().ok()?;
    Some(String::from_utf8(run.stdout).unwrap())
}

/// A seal with a picture, a name, a date and a drawing.
fn city(gothic: &Font, mincho: &Font) -> Appearance {
    let seal = Appearance::new().image(&image());
    let name = Text::new("架空市長 甲野太郎", mincho).size_at_most(14.0).vertical_align(VerticalAlign::Bottom);
    let date = Text::new("Signed 2026-10-07 09:25 +09:00", gothic).size_at_most(8.0).vertical_align(VerticalAlign::Top);
    Appearance::new()
        .part([0.0, 0.0, 0.35, 1.0], seal)
        .part([0.38, 0.5, 1.0, 1.0], Appearance::new().text(name))
        .part([0.38, 0.0, 1.0, 0.45], Appearance::new().text(date))
        .part(
            [0.38, 0.46, 1.0, 0.49],
            Appearance::new().draw(|canvas| {
                let (width, middle) = (canvas.width(), canvas.height() / 2.0);
                canvas.move_to(0.0, middle).line_to(width, middle).stroke(Color::rgb(90, 90, 90), 0.6);
            }),
        )
}

#[test]
fn a_seal_is_upright_in_its_corner_however_the_page_is_turned() {
    let (Some(gothic), Some(mincho)) = (font(GOTHIC), font(MINCHO)) else { return };
    let appearance = city(&gothic, &mincho);
    let mut upright: Option<Vec<[u8; 3]>> = None;
    for rotate in [0, 90, 180, 270] {
        let pdf = page(&format!("{CROPPED} /Rotate {rotate}"));
        let name = format!("rotated-{rotate}");
        let signed = sealed(&pdf, &appearance, Placement::bottom_right(Page::Last, 150.0, 60.0, 12.0));
        judge(&signed, &name);
        let (Some(before), Some(after)) = (Shown::new(&pdf, "before"), Shown::new(&signed, &name)) else { return };
        let width = f64::from(after.width) * 72.0 / f64::from(DPI);
        let place = [width - 162.0, 12.0, width - 12.0, 72.0];
        let seen = after.area(place);
        assert!(reds(&seen) > 500, "{name}: {} red pixels", reds(&seen));
        assert!(reds(&after.area([width - 162.0, 12.0, width - 105.0, 72.0])) > 500, "the picture is at the left");
        let all = [0.0, 0.0, width, f64::from(after.height) * 72.0 / f64::from(DPI)];
        let changed = |shown: &Shown| reds(&shown.area(all));
        assert_eq!((changed(&before), changed(&after)), (0, reds(&seen)), "{name}: nothing is red outside its place");
        let reference = upright.get_or_insert_with(|| seen.clone());
        let difference = difference(reference, &seen);
        assert!(difference < 6.0, "{name}: differs by {difference}");
    }
}

#[test]
fn texts_can_be_copied() {
    for (name, path) in [("text", MINCHO), ("text-cff", CFF)] {
        if let Some(font) = font(path) {
            text_can_be_copied(name, &font);
        }
    }
}

fn text_can_be_copied(name: &str, font: &Font) {
    let text = Text::new("架空市之印\nCity of 架空 (見本)", font).align(Align::Center).color(Color::VERMILION);
    let appearance = Appearance::new().border(Color::VERMILION, 2.0).padding(4.0).text(text);
    let signed = sealed(&page(CROPPED), &appearance, Placement::at(1, [200.0, 60.0, 340.0, 110.0]));
    judge(&signed, name);
    let Some(words) = copied(&signed) else { return println!("skipped: no pdftotext") };
    assert!(words.contains("架空市之印") && words.contains("City of 架空 (見本)"), "{words}");
    assert!(signed.len() < 40_000, "the font is a subset: {} bytes", signed.len());
    let Some(shown) = Shown::new(&signed, name) else { return };
    assert!(reds(&shown.area([160.0, 20.0, 300.0, 70.0])) > 1_000);
}

#[test]
fn letters_of_an_official_seal_stand_in_columns() {
    let Some(mincho) = font(MINCHO) else { return };
    let column =
        |text: &str| Appearance::new().text(Text::new(text, &mincho).color(Color::VERMILION).align(Align::Center));
    let frame = Appearance::new().draw(|canvas| {
        let (width, height) = (canvas.width(), canvas.height());
        canvas.rect(0.0, 0.0, width, height).rect(3.0, 3.0, width - 6.0, height - 6.0).fill(Color::VERMILION);
    });
    let appearance =
        frame.part([0.52, 0.06, 0.94, 0.94], column("架\n空\n市")).part([0.06, 0.06, 0.48, 0.94], column("長\n之\n印"));
    let signed = sealed(&page(CROPPED), &appearance, Placement::top_right(1, 66.0, 66.0, 20.0));
    judge(&signed, "square");
    let Some(shown) = Shown::new(&signed, "square") else { return };
    assert!(reds(&shown.area([234.0, 134.0, 300.0, 200.0])) > 1_500);
}

#[test]
fn several_seals_follow_each_other_and_stay_good() {
    let Some(gothic) = font(GOTHIC) else { return };
    let authority = Authority::new("seals", now()).unwrap();
    let first = Placement::bottom_right(Page::Last, 54.0, 54.0, 10.0);
    let mut pdf = page(CROPPED);
    for (index, name) in ["乙野建設", "架空市"].into_iter().enumerate() {
        let label = Text::new(name, &gothic).size(9.0).align(Align::Center).vertical_align(VerticalAlign::Bottom);
        let appearance = Appearance::new().image(&image()).text(label);
        pdf = sealed(&pdf, &appearance, first.moved(-60.0 * index as f64, 0.0));
        judge(&pdf, name);
    }
    let pdf = passed(&pdf, &authority);
    if let Ok(folder) = std::env::var("PADES_SEALS_PDF") {
        std::fs::write(Path::new(&folder).join("two-seals.pdf"), &pdf).unwrap();
    }
    let Some(shown) = Shown::new(&pdf, "two-seals") else { return };
    for left in [256.0, 196.0] {
        assert!(reds(&shown.area([left, 10.0, left + 54.0, 64.0])) > 700, "{left}");
    }
}

/// The file with evidence and a document timestamp, after every signature in it has passed.
fn passed(pdf: &[u8], authority: &Authority) -> Vec<u8> {
    let document = Document::open(pdf).unwrap();
    let evidence = pades_ltv::Evidence::collect(&document, &authority.anchors(), &authority.at(now()), now()).unwrap();
    let update =
        pades_ltv::Augmentation::new(&document, now()).evidence(&evidence).timestamp(&authority.at(now())).unwrap();
    let pdf = update.apply(pdf).unwrap();
    let report = Verification::new(&Document::open(pdf.as_slice()).unwrap(), &authority.anchors(), now()).verify();
    assert_eq!(report.verdict(), Some(Indication::TotalPassed), "{report:#?}");
    pdf
}

#[test]
fn the_contract_date_comes_with_the_last_signature() {
    let Some(gothic) = font(GOTHIC) else { return };
    let form = "/AcroForm << /Fields [5 0 R 6 0 R] /DA (/Helv 12 Tf 0 0 0.5 rg) >>";
    let field = |rest: &str| {
        let style = "/MK << /BC [0.5] /BG [1 1 0.85] >>";
        format!(
            "<< /Type /Annot /Subtype /Widget /FT /Tx /T (date) /Rect [60 150 220 176] /F 4 /P 3 0 R {style} {rest} >>"
        )
    };
    let city = "<< /Type /Annot /Subtype /Widget /FT /Sig /T (city) /Rect [280 50 340 110] /F 4 /P 3 0 R >>";
    let template = |rest: &str| file(&format!("{CROPPED} /Annots [5 0 R 6 0 R]"), form, &[&field(rest), city]);
    let blank = template("");
    let authority = Authority::new("seals", now()).unwrap();
    let (contractor, mayor) = (authority.issue("乙野建設").unwrap(), authority.issue("架空市").unwrap());

    let first = Document::open(blank.as_slice()).unwrap();
    let update = Signing::new(&first, now()).sign(&contractor).unwrap().timestamp(&authority.at(now())).unwrap();
    let signed = update.finish().unwrap().apply(&blank).unwrap();
    let document = Document::open(signed.as_slice()).unwrap();
    let signing = Signing::new(&document, now())
        .field("city")
        .fill("date", "2026年10月7日", &gothic)
        .seal(Appearance::new().image(&image()), Placement::in_field());
    let update = signing.sign(&mayor).unwrap().timestamp(&authority.at(now())).unwrap();
    let pdf = update.finish().unwrap().apply(&signed).unwrap();
    judge(&pdf, "contract-date");

    let pdf = passed(&pdf, &authority);
    if let Ok(folder) = std::env::var("PADES_SEALS_PDF") {
        std::fs::write(Path::new(&folder).join("contract-date.pdf"), &pdf).unwrap();
    }
    if let Some(words) = copied(&pdf) {
        assert!(words.contains("2026年10月7日"), "{words}");
    }
    if let Some(shown) = Shown::new(&pdf, "contract-date") {
        let blue = shown.area([20.0, 110.0, 180.0, 136.0]).iter().filter(|[r, _, b]| *r < 60 && *b > 90).count();
        assert!(blue > 100, "{blue} blue pixels");
        assert!(reds(&shown.area([240.0, 10.0, 300.0, 70.0])) > 700, "in the field's own place");
    }

    for (rest, name, why) in [
        ("", "nobody", "no field has this name"),
        ("", "city", "for a signature"),
        ("/Ff 1", "date", "read-only"),
        ("/MaxLen 4", "date", "takes 4"),
    ] {
        let pdf = template(rest);
        let document = Document::open(pdf.as_slice()).unwrap();
        let signing = Signing::new(&document, now()).fill(name, "2026年10月7日", &gothic);
        let error = signing.sign(&mayor).map(drop).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Field);
        assert!(error.to_string().contains(why), "{error}");
    }
    let document = Document::open(blank.as_slice()).unwrap();
    let locking = Signing::new(&document, now()).lock(FieldLock::all());
    let locked = locking.sign(&contractor).unwrap().finish().unwrap().apply(&blank).unwrap();
    let document = Document::open(locked.as_slice()).unwrap();
    let error = Signing::new(&document, now()).fill("date", "1", &gothic).sign(&mayor).map(drop).unwrap_err();
    assert!(error.to_string().contains("has locked this field"), "{error}");
}

/// A page of a form, blank, then filled by the one who signs last.
#[test]
fn every_kind_of_field_shows_what_was_chosen() {
    let Some(gothic) = font(GOTHIC) else { return };
    let look = |content: &str| {
        let length = content.len();
        format!("<< /Type /XObject /Subtype /Form /BBox [0 0 14 14] /Length {length} >>\nstream\n{content}\nendstream")
    };
    let style = "/MK << /BC [0.5] /BG [1 1 0.92] >> /F 4 /P 3 0 R";
    let widget = |rest: &str| format!("<< /Type /Annot /Subtype /Widget {style} {rest} >>");
    let states = |state: &str| format!("/AP << /N << /{state} 12 0 R /Off 13 0 R >> >> /AS /Off");
    let radio = "<< /FT /Btn /Ff 49152 /T (party) /Opt [<FEFF6CD54EBA> <FEFF500B4EBA>] /Kids [7 0 R 8 0 R] >>";
    let objects = [
        widget(&format!("/FT /Btn /T (agreed) /Rect [60 160 74 174] {}", states("Yes"))),
        radio.to_owned(),
        widget(&format!("/Parent 6 0 R /Rect [60 140 74 154] {}", states("0"))),
        widget(&format!("/Parent 6 0 R /Rect [80 140 94 154] {}", states("1"))),
        widget("/FT /Ch /Ff 131072 /T (work) /Opt [[(c) <FEFF5DE54E8B>] [(s) <FEFF59D48A17>]] /Rect [60 110 160 128]"),
        widget(
            "/FT /Ch /Ff 2097152 /T (papers) /Opt [<FEFF56F39762> <FEFF898B7A4D66F8> <FEFF7D046B3E>] /Rect [180 110 300 174] /DA (/F 12 Tf)",
        ),
        widget("/FT /Tx /Ff 16777216 /MaxLen 8 /T (number) /Rect [60 70 220 90]"),
        look("0.2 w 0.5 0.5 13 13 re S 1.6 w 3 7 m 6 3.5 l 11.5 11.5 l S"),
        look("0.2 w 0.5 0.5 13 13 re S"),
    ];
    let objects: Vec<&str> = objects.iter().map(String::as_str).collect();
    let form = "/AcroForm << /Fields [5 0 R 6 0 R 9 0 R 10 0 R 11 0 R] /DA (/F 0 Tf 0 0 0.5 rg) >>";
    let blank = file(&format!("{CROPPED} /Annots [5 0 R 7 0 R 8 0 R 9 0 R 10 0 R 11 0 R]"), form, &objects);
    let signed = sealed_with(&blank, |signing| signing);
    let filled = sealed_with(&signed, |signing| {
        let signing = signing.check("agreed", "Yes").check("party", "個人").fill("work", "委託", &gothic);
        signing.fill("papers", "図面\n約款", &gothic).fill("number", "20261007", &gothic)
    });
    judge(&filled, "form");
    let filled = passed(&filled, &Authority::new("seals", now()).unwrap());
    if let Some(words) = copied(&filled) {
        assert!(words.contains("委託") && words.contains("約款") && words.contains('7'), "{words}");
    }
    let Some(after) = Shown::new(&filled, "form") else { return };
    let dark =
        |shown: &Shown, area| shown.area(area).iter().filter(|pixel| pixel.iter().all(|part| *part < 90)).count();
    for (area, is_on) in
        [([22.0, 122.0, 32.0, 132.0], true), ([22.0, 102.0, 32.0, 112.0], false), ([42.0, 102.0, 52.0, 112.0], true)]
    {
        assert_eq!(dark(&after, area) > 5, is_on, "{area:?}: {}", dark(&after, area));
    }
    let marked = after.area([142.0, 72.0, 258.0, 132.0]);
    assert!(
        marked.iter().filter(|pixel| **pixel == [153, 193, 218] || **pixel == [154, 194, 219]).count() > 2_000,
        "two of three lines are marked"
    );
}

#[test]
fn long_names_are_wrapped_and_fitted_and_photos_take_their_part() {
    let (Some(gothic), Some(mincho)) = (font(GOTHIC), font(MINCHO)) else { return };
    let name = "架空市水道局浄水管理課長 甲野太郎（株式会社乙野建設との工事請負契約に係る電子署名）";
    let text = |text: &str, font: &Font| Appearance::new().padding(3.0).text(Text::new(text, font));
    let appearance = Appearance::new()
        .border(Color::rgb(90, 90, 90), 0.5)
        .part([0.0, 0.0, 0.3, 1.0], Appearance::new().padding(3.0).image(&Image::from_jpeg(JPEG).unwrap()))
        .part([0.3, 0.4, 1.0, 1.0], text(name, &mincho))
        .part([0.3, 0.0, 1.0, 0.4], text("2026-10-07 09:25:23 +09:00 JST", &gothic));
    let signed = sealed(&page(CROPPED), &appearance, Placement::at(1, [60.0, 60.0, 340.0, 130.0]));
    judge(&signed, "wrapped");
    if let Some(words) = copied(&signed) {
        assert!(name.chars().filter(|c| !words.contains(*c)).count() == 0, "{words}");
    }
    let Some(shown) = Shown::new(&signed, "wrapped") else { return };
    assert!(reds(&shown.area([20.0, 20.0, 104.0, 90.0])) > 500, "the photo");
}

#[test]
fn an_archive_takes_no_more_than_it_may() {
    let archive = |part: u32, intent: &str| {
        let xmp = format!("<rdf:Description pdfaid:part=\"{part}\" pdfaid:conformance=\"B\"/>");
        let xmp = format!("<< /Type /Metadata /Subtype /XML /Length {} >>\nstream\n{xmp}\nendstream", xmp.len());
        let profile = "<< /N 3 /Length 0 >>\nstream\n\nendstream";
        file(CROPPED, &format!("/Metadata 5 0 R {intent}"), &[&xmp, profile])
    };
    let rgb = "/OutputIntents [<< /S /GTS_PDFA1 /DestOutputProfile 6 0 R >>]";
    let signer = Authority::new("seals", now()).unwrap().issue("甲野太郎").unwrap();
    let opaque = Image::from_jpeg(JPEG).unwrap();
    for (part, intent, image, why) in [
        (1, rgb, image(), "PDF/A-1 and knows no transparency"),
        (2, "", image(), "no output intent"),
        (2, rgb, image(), ""),
        (1, rgb, opaque.clone(), ""),
        (1, "", opaque, ""),
    ] {
        let pdf = archive(part, intent);
        let document = Document::open(pdf.as_slice()).unwrap();
        let place = Placement::bottom_right(1, 60.0, 60.0, 10.0);
        let result = Signing::new(&document, now()).seal(Appearance::new().image(&image), place).sign(&signer);
        match result {
            Ok(_) => assert_eq!(why, "", "{part} {intent}"),
            Err(error) => {
                assert!(!why.is_empty() && error.to_string().contains(why), "{error}");
                assert_eq!(error.kind(), ErrorKind::Appearance);
            }
        }
    }
}

/// Poppler shows the same pixels of every page before and after.
#[test]
fn an_invisible_signature_changes_no_pixel() {
    let widget =
        "<< /Type /Annot /Subtype /Widget /FT /Tx /T (a) /V (x) /Rect [60 100 160 120] /MK << /BC [1 0 0] >> >>";
    let bases = [
        ("plain", page(CROPPED)),
        ("turned", page(&format!("{CROPPED} /Rotate 90 /UserUnit 1.5"))),
        ("annotated", file(&format!("{CROPPED} /Annots [5 0 R]"), "/AcroForm << /Fields [5 0 R] >>", &[widget])),
        ("contract", include_bytes!("../examples/contract.pdf").to_vec()),
        ("seal", {
            let draw = Appearance::new().draw(|canvas| canvas.ellipse(30.0, 30.0, 28.0, 28.0).fill(Color::VERMILION));
            sealed(&page(CROPPED), &draw, Placement::top_left(1, 60.0, 60.0, 10.0))
        }),
    ];
    for (name, base) in bases {
        let authority = Authority::new("seals", now()).unwrap();
        let signed = passed(&sealed_with(&base, |signing| signing), &authority);
        let Some(before) = pages(&base) else { return println!("skipped: no pdftoppm") };
        let after = pages(&signed).unwrap();
        assert!(!before.is_empty() && before.iter().all(|page| page.len() > 1_000));
        assert!(before == after, "{name}: a pixel was changed");
    }
}

/// Every page as poppler shows it, as PPM files.
fn pages(pdf: &[u8]) -> Option<Vec<Vec<u8>>> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("in.pdf");
    std::fs::write(&file, pdf).unwrap();
    let run = Command::new("pdftoppm").args(["-r", "72"]).arg(&file).arg(folder.path().join("page")).output().ok()?;
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let files = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|one| one == "ppm")).collect();
    files.sort();
    Some(files.iter().map(|path| std::fs::read(path).unwrap()).collect())
}

#[test]
fn seals_are_encrypted_where_the_file_is() {
    let Some(gothic) = font(GOTHIC) else { return };
    let folder = tempfile::tempdir().unwrap();
    let (plain, encrypted) = (folder.path().join("plain.pdf"), folder.path().join("encrypted.pdf"));
    std::fs::write(&plain, page(CROPPED)).unwrap();
    let options = ["--encrypt", "", "owner", "256", "--"];
    let Ok(run) = Command::new("qpdf").args(options).arg(&plain).arg(&encrypted).output() else {
        return println!("skipped: no qpdf");
    };
    assert!(run.status.success());
    let pdf = std::fs::read(&encrypted).unwrap();
    let appearance = Appearance::new().image(&image()).text(Text::new("架空市", &gothic).color(Color::VERMILION));
    let signed = sealed(&pdf, &appearance, Placement::bottom_right(1, 60.0, 60.0, 10.0));
    judge(&signed, "encrypted");
    let Some(shown) = Shown::new(&signed, "encrypted") else { return };
    assert!(reds(&shown.area([250.0, 10.0, 310.0, 70.0])) > 700);
    assert!(copied(&signed).is_none_or(|words| words.contains("架空市")));
}

#[test]
fn what_cannot_be_shown_is_said_before_anything_is_signed() {
    let corner = |width, height| Placement::bottom_right(1, width, height, 10.0);
    let draw = Appearance::new().draw(|canvas| canvas.rect(0.0, 0.0, f64::NAN, 1.0).fill(Color::BLACK));
    for (appearance, placement, why) in [
        (draw, corner(50.0, 50.0), "no number"),
        (Appearance::new(), corner(500.0, 50.0), "not within the visible page"),
        (Appearance::new().part([0.0, 0.0, 2.0, 1.0], Appearance::new()), corner(50.0, 50.0), "no part of a box"),
        (Appearance::new().padding(30.0), corner(50.0, 50.0), "nothing can be shown"),
    ] {
        let error = refused(appearance, placement);
        assert_eq!(error.kind(), ErrorKind::Appearance);
        assert!(error.to_string().contains(why), "{error}");
    }
    let Some(gothic) = font(GOTHIC) else { return };
    let error = refused(Appearance::new().text(Text::new("𓀀", &gothic)), corner(50.0, 50.0));
    assert!(error.to_string().contains("has no glyph for “𓀀” (U+13000)"), "{error}");
    let error = refused(Appearance::new().text(Text::new("契約書", &gothic).size(40.0)), corner(50.0, 50.0));
    assert!(error.to_string().contains("does not fit into 50.0 × 50.0 points at the size 40.0"), "{error}");
}
