//! Every structure and encryption, signed and archived, before judges that nobody here wrote.

use std::path::Path;

use pades_ltv::report::Modification;
use pades_ltv::{Document, Indication};

use crate::common::{CONTRACT, World, all, now, pdf};
use crate::corpus::{Exceptions, folder, name, on_two_threads, pdfs};
use crate::tools::{self, Tools};
use crate::{LEVELS, archived, verified};

/// What qpdf makes of the contract, by name.
const BY_QPDF: [(&str, &[&str]); 10] = [
    ("table", &["--object-streams=disable"]),
    ("object-streams", &["--object-streams=generate"]),
    ("linearized", &["--linearize"]),
    ("linearized-streams", &["--linearize", "--object-streams=generate"]),
    ("pdf-1.4", &["--object-streams=disable", "--force-version=1.4"]),
    ("pdf-1.7", &["--force-version=1.7"]),
    ("pdf-2.0", &["--force-version=2.0"]),
    ("aes-128", &["--encrypt", "", "owner", "128", "--use-aes=y", "--"]),
    ("aes-256-r6", &["--encrypt", "", "owner", "256", "--"]),
    ("rc4-128", &["--allow-weak-crypto", "--encrypt", "", "owner", "128", "--use-aes=n", "--"]),
];

#[test]
fn every_structure_is_signed_and_archived_before_outside_judges() {
    let (world, output) = (World::new(), tempfile::tempdir().unwrap());
    let tools = Tools::new(output.path(), now());
    tools.write("anchor.pem", world.authority.root_pem().as_bytes());
    let mut requests = Vec::new();
    for (name, base) in bases(&tools) {
        for (level, make) in LEVELS {
            let made = make(&world, &base).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(made.starts_with(&base));
            let report = verified(&world, &Document::open(&made).unwrap()).unwrap();
            assert_eq!(report.verdict(), Some(Indication::TotalPassed), "{name} {level}: {report:#?}");
            assert_eq!(report.signatures[0].level.map(|found| found.as_str()), Some(level), "{name}");
            assert!(report.findings.is_empty(), "{name} {level}: {report:#?}");
            let file = format!("{name}-{level}.pdf");
            tools.write(&file, &made);
            judge(&tools, &file);
            // The empty password opens what is encrypted. When strict, pyHanko judges no hybrid files.
            let strictness = if name.contains("hybrid") { "lenient" } else { "strict" };
            requests.push(format!("{file}={level}=={strictness}"));
            if name.starts_with("pdf-a") {
                stays_pdf_a(&base, &made);
            }
        }
    }
    println!("{} files", requests.len());
    let Some(python) = tools::pyhanko() else { return };
    let words = tools::python(&python, "judge.py", output.path(), now(), requests.clone());
    let good = words.lines().filter(|line| line.ends_with(": good")).count();
    assert_eq!(good, requests.len(), "{words}");
}

/// A file of every structure that the tools and corpora at hand give.
fn bases(tools: &Tools<'_>) -> Vec<(String, Vec<u8>)> {
    let mut bases = vec![
        ("stream".to_owned(), pdf::xref_stream(&[])),
        ("packed".to_owned(), pdf::packed(&[])),
        ("hybrid".to_owned(), hybrid()),
        ("old-hybrid".to_owned(), pdf::append(&hybrid(), &[(8, "(a later table)")])),
    ];
    tools.write("contract.pdf", CONTRACT);
    for (name, options) in BY_QPDF {
        let arguments = [options, &["--deterministic-id", "contract.pdf", "base.pdf"]].concat();
        // Encryption and a deterministic identifier exclude each other.
        let arguments: Vec<_> = match options.contains(&"--encrypt") {
            true => arguments.into_iter().filter(|argument| *argument != "--deterministic-id").collect(),
            false => arguments,
        };
        if let Some(words) = tools.run("qpdf", &arguments) {
            assert!(words.is_good, "{name}: {}", words.text);
            bases.push((name.to_owned(), tools.read("base.pdf")));
        }
    }
    // It says that it is PDF/A-2b, and has an output intent.
    if let Some(folder) = folder("hostile/pdfjs") {
        bases.push(("pdf-a-2b".to_owned(), std::fs::read(folder.join("issue13242.pdf")).unwrap()));
    }
    bases
}

/// A page for all readers, and a form that only readers of object streams see (ISO 32000-2, 7.5.8.4).
pub(crate) fn hybrid() -> Vec<u8> {
    let mut pdf = b"%PDF-1.5\n".to_vec();
    let mut offsets = Vec::new();
    let bodies = [
        "<</Type/Catalog/Pages 2 0 R/Lang(ja)/PieceInfo 6 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>",
        "<</Type/ObjStm/N 1/First 4/Length 8>>\nstream\n6 0 <<>>\nendstream",
    ];
    for (number, body) in (1..).zip(bodies) {
        offsets.push(pdf.len());
        pdf.extend(format!("{number} 0 obj\n{body}\nendobj\n").into_bytes());
    }
    // Object 7 is the stream of the hidden section: it lists object 6, and itself.
    let hidden = pdf.len();
    let row = |kind: u8, second: usize, third: u8| {
        let second = u16::try_from(second).unwrap().to_be_bytes();
        [kind, second[0], second[1], third]
    };
    let rows = [row(2, 4, 0), row(1, hidden, 0)].concat();
    pdf.extend(b"7 0 obj\n<</Type/XRef/Size 8/Index[6 2]/W[1 2 1]/Length 8>>\nstream\n".iter().chain(&rows));
    pdf.extend(b"\nendstream\nendobj\n");
    let table = pdf.len();
    pdf.extend(b"xref\n0 8\n0000000005 65535 f \n");
    offsets.iter().for_each(|offset| pdf.extend(format!("{offset:010} 00000 n \n").into_bytes()));
    for next in [6, 7, 0] {
        pdf.extend(format!("{next:010} 00000 f \n").into_bytes());
    }
    let id = "/ID[<00112233445566778899AABBCCDDEEFF><00112233445566778899AABBCCDDEEFF>]";
    let trailer = format!("trailer\n<</Size 8/Root 1 0 R/XRefStm {hidden}{id}>>\nstartxref\n{table}\n%%EOF\n");
    pdf.extend(trailer.into_bytes());
    pdf
}

/// What qpdf and poppler say.
fn judge(tools: &Tools<'_>, file: &str) {
    if let Some(words) = tools.run("qpdf", &["--check", file]) {
        assert!(words.is_good && !words.text.contains("WARNING"), "{file}: {}", words.text);
    }
    if let Some(words) = tools.run("pdfsig", &["-nocert", file]) {
        assert_eq!(words.count("Signature is Valid"), 1, "{file}: {}", words.text);
    }
}

/// What ISO 19005-2 asks of an update, as far as one can say without a validator: none is to be had from the registries at hand.
fn stays_pdf_a(base: &[u8], made: &[u8]) {
    let appended = &made[base.len()..];
    let holds = |needle: &str| !all(appended, needle.as_bytes()).is_empty();
    assert!(
        base.ends_with(b"\n") || base.ends_with(b"\r") || appended.starts_with(b"\n"),
        "6.1.3: no line end before it"
    );
    assert!(holds("/ID"), "6.1.3: no /ID");
    assert!(!holds("LZW") && !holds("/Encrypt") && !holds("/JavaScript") && !holds("/XFA"), "6.1.3, 6.1.7.2, 6.4");
    assert!(!holds("/NeedAppearances true"), "6.4.1");
    assert!(!holds("/AP") || holds("/Resources"), "6.3.3: an appearance without resources");
    // 6.3.2: Print is set; Invisible, Hidden, ToggleNoView and NoView are not.
    let flags: Vec<u32> = all(appended, b"/F ").into_iter().map(|at| number(&appended[at + 3..])).collect();
    assert!(!flags.is_empty() && flags.iter().all(|flags| flags & 0b1_0010_0111 == 0b100), "{flags:?}");
    // 6.1.4: entries of 20 bytes, which the tables of the update have.
    assert!(!holds(" n\n") && !holds(" f\n"), "6.1.4");
}

fn number(text: &[u8]) -> u32 {
    let digits: Vec<u8> = text.iter().copied().take_while(u8::is_ascii_digit).collect();
    String::from_utf8(digits).unwrap().parse().unwrap()
}

/// Files that others signed take our signature and archive, and theirs stand as before: to us, pyHanko and poppler.
#[test]
fn earlier_signatures_of_others_stay_as_they_are() {
    let Some(folder) = folder("foreign/blobs") else { return };
    let (world, output) = (World::new(), tempfile::tempdir().unwrap());
    let tools = Tools::new(output.path(), now());
    let paths: Vec<_> = pdfs(&folder).into_iter().step_by(3).collect();
    let answers = on_two_threads(&paths, |path| keeps(&world, &tools, path));
    let mut files = Vec::new();
    let mut kept = 0;
    let mut found = Vec::new();
    for (path, answer) in paths.iter().zip(answers) {
        match answer {
            Ok(0) => {}
            Ok(count) => {
                files.push(name(path));
                kept += count;
            }
            Err(why) => found.push((name(path), why)),
        }
    }
    println!("{} files signed over, {kept} signatures kept, {} files refused or else", files.len(), found.len());
    assert!(files.len() > 20);
    Exceptions::read("foreign.txt", include_str!("foreign.txt")).hold(found);
    if let Some(python) = tools::pyhanko() {
        pyhanko_keeps(&python, output.path(), &files);
    }
}

/// Signs over one file; how many signatures in it were intact, and are.
fn keeps(world: &World, tools: &Tools<'_>, path: &Path) -> Result<usize, String> {
    let base = std::fs::read(path).unwrap();
    let verified = |pdf: &[u8]| Document::open(pdf).and_then(|document| verified(world, &document));
    let before = verified(&base).map_err(|error| error.to_string())?;
    let intact: Vec<_> = before.signatures.iter().filter(|one| one.intact).collect();
    if intact.is_empty() {
        return Ok(0);
    }
    let made = archived(world, &base).map_err(|error| error.to_string())?;
    let after = verified(&made).map_err(|error| error.to_string())?;
    for one in &intact {
        let now = after.signatures.iter().find(|other| other.field == one.field).unwrap();
        if !now.intact || now.modification > one.modification.max(Modification::Form) {
            let findings: Vec<_> = now.findings.iter().map(ToString::to_string).collect();
            return Err(format!("{} is {:?} after it: {}", one.field, now.modification, findings.join("; ")));
        }
    }
    let (old, new) = (format!("before-{}", name(path)), format!("after-{}", name(path)));
    tools.write(&old, &base);
    tools.write(&new, &made);
    let valid = |file: &str| Some(tools.run("pdfsig", &["-nocert", file])?.count("Signature is Valid"));
    match (valid(&old), valid(&new)) {
        (Some(before), Some(after)) if after != before + 1 => Err(format!("poppler: {before} valid, then {after}")),
        _ => Ok(intact.len()),
    }
}

fn pyhanko_keeps(python: &str, folder: &Path, files: &[String]) {
    let script = "../structure/earlier.py";
    let said = |stage: &str| {
        let words = tools::python(python, script, folder, now(), files.iter().map(|name| format!("{stage}-{name}")));
        let lines = words.lines().map(|line| line.trim_start_matches(stage).to_owned());
        lines.collect::<Vec<_>>()
    };
    let after = said("after");
    let before: Vec<_> = said("before").into_iter().filter(|line| line.ends_with(": sound")).collect();
    let lost: Vec<_> = before.iter().filter(|line| !after.contains(line)).collect();
    println!("{} signatures sound to pyHanko before", before.len());
    assert!(lost.is_empty() && !before.is_empty(), "{lost:#?} {after:#?}");
}
