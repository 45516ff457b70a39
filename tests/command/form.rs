//! PDFs with forms, a font and an image, to sign, to fill and to seal.

use std::process::Command;

use crate::bench::Bench;
use crate::fixture::font_file;

/// A seal that somebody drew.
pub(crate) const SEAL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/seals/square.png");
/// A place on the first page.
pub(crate) const RECT: &str = "400,700,480,780";

/// A PDF of these objects, numbered from 1; the first is the catalog.
pub(crate) fn pdf(objects: &[&str]) -> Vec<u8> {
    let mut pdf = "%PDF-1.7\n".to_owned();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (index, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", pdf.len()));
        pdf.push_str(&format!("{} 0 obj\n{object}\nendobj\n", index + 1));
    }
    let size = objects.len() + 1;
    format!("{pdf}{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{}\n%%EOF\n", pdf.len()).into()
}

/// `form.pdf`: a page with the text fields 契約日 and `Fixed` (read-only), the signature field `City`, a text field
/// `party.name` and the check box `agree`; and `font.ttf`, which has the letters of a date and of the alphabet.
pub(crate) fn with_form() -> Bench {
    let bench = Bench::new();
    let date: String = "契約日".encode_utf16().map(|unit| format!("{unit:04X}")).collect();
    let date = format!(
        "<< /Type /Annot /Subtype /Widget /FT /Tx /T <FEFF{date}> /DA (/Helv 12 Tf 0 g) /Rect [50 700 250 720] /P 3 0 R >>"
    );
    let form = pdf(&[
        "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R 5 0 R 6 0 R 7 0 R 9 0 R] /DA (/Helv 0 Tf 0 g) >> >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Annots [4 0 R 5 0 R 6 0 R 8 0 R 9 0 R] >>",
        &date,
        "<< /Type /Annot /Subtype /Widget /FT /Tx /Ff 1 /T (Fixed) /DA (/Helv 12 Tf 0 g) /Rect [50 600 250 620] /P 3 0 R >>",
        "<< /Type /Annot /Subtype /Widget /FT /Sig /T (City) /Rect [300 600 460 660] /P 3 0 R >>",
        "<< /T (party) /Kids [8 0 R] >>",
        "<< /Type /Annot /Subtype /Widget /Parent 7 0 R /FT /Tx /T (name) /DA (/Helv 12 Tf 0 g) /Rect [50 500 250 520] /P 3 0 R >>",
        "<< /Type /Annot /Subtype /Widget /FT /Btn /T (agree) /AP << /N << /Yes 10 0 R /Off 10 0 R >> >> /AS /Off \
         /Rect [300 500 320 520] /P 3 0 R >>",
        "<< /Type /XObject /Subtype /Form /BBox [0 0 20 20] /Length 0 >>\nstream\n\nendstream",
    ]);
    bench.write("form.pdf", form);
    bench.write(
        "font.ttf",
        font_file("令和年月日0123456789 ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz架空市長印", 0),
    );
    bench
}

/// `name`, encrypted with the user password `user` (or none), the owner password `owner`, and what `how` says besides.
/// Whether it could be done: it takes qpdf.
pub(crate) fn encrypt(bench: &Bench, from: &str, name: &str, user: &str, how: &[&str]) -> bool {
    let mut qpdf = Command::new("qpdf");
    qpdf.args(["--encrypt", user, "owner", "256"]).args(how).args(["--", from, name]);
    match qpdf.current_dir(bench.path("")).status() {
        Ok(status) if status.success() => true,
        other => {
            println!("skipped: no qpdf to encrypt a file ({other:?})");
            false
        }
    }
}
