//! What a document is about, as others read it; and metadata that others wrote.

use pades_ltv::report::Level;
use pades_ltv::{Amount, Certification, Document, Signing, Transaction};

use crate::common::{ROOM, World, now, pdf};
use crate::tools::Tools;
use crate::{judge_structure, judge_with_pyhanko, tools};

fn about() -> Transaction {
    let transaction = Transaction::new("架空市 <財政課>", "2026-10-07".parse().unwrap()).unwrap();
    let transaction = transaction.with_counterparty("㈱甲野商店").unwrap().with_title("業務委託契約書").unwrap();
    transaction.with_amount(Amount::new("1234567", "JPY").unwrap())
}

fn sign(world: &World, pdf: &[u8], say: impl Fn(Signing<'_>) -> Signing<'_>) -> Vec<u8> {
    let document = Document::open(pdf).unwrap();
    let signed = say(Signing::new(&document, now()).timestamp_room(ROOM)).sign(&world.signer).unwrap();
    signed.timestamp(&world.authority.at(now())).unwrap().finish().unwrap().apply(pdf).unwrap()
}

/// Written by the first signature, by a later one, and by one behind a certification: all stay valid for the judges.
#[test]
fn outside_judges_accept_and_read_it() {
    let (world, folder) = (World::new(), tempfile::tempdir().unwrap());
    let tools = Tools::new(folder.path(), now());
    tools.write("anchor.pem", world.authority.root_pem().as_bytes());
    let stating = |pdf: &[u8]| sign(&world, pdf, |signing| signing.transaction(about()));
    let mut files = Vec::new();
    let packet = "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF \
        xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"></rdf:RDF></x:xmpmeta>";
    let stream = format!("<</Type/Metadata/Subtype/XML/Length {}>>\nstream\n{packet}\nendstream", packet.len());
    let catalog = "<</Type/Catalog/Pages 2 0 R/Metadata 90 0 R>>";
    let described = pdf::append(&pdf::table(&[]), &[(1, catalog), (90, &stream)]);
    for (style, base) in pdf::bases().into_iter().chain([("with metadata", described)]) {
        let first = sign(&world, &stating(&base), |signing| signing);
        let later = stating(&sign(&world, &base, |signing| signing));
        let behind = stating(&sign(&world, &base, |signing| signing.certify(Certification::FillForms)));
        for (how, pdf) in [("first", first), ("later", later), ("behind", behind)] {
            let (name, pdf) = (format!("{}-{how}.pdf", style.replace(' ', "-")), world.archived(&pdf, now()));
            tools.write(&name, &pdf);
            judge_structure(&tools, &name, &pdf);
            readers(&tools, &name);
            files.push((name, Level::Lta));
        }
    }
    judge_with_pyhanko(folder.path(), &files);
}

/// Each reads the metadata without us.
fn readers(tools: &Tools<'_>, name: &str) {
    let readers: [(&str, &[&str]); 3] = [
        ("pdfinfo", &["-meta", name]),
        ("exiftool", &["-a", "-charset", "utf8", "-XMP-txn:all", name]),
        ("mutool", &["show", "-b", name, "trailer/Root/Metadata"]),
    ];
    for (program, arguments) in readers {
        let Some(words) = tools.run(program, arguments) else { continue };
        for value in ["㈱甲野商店", "架空市", "財政課", "2026-10-07", "1234567", "JPY", "業務委託契約書"]
        {
            assert!(words.text.contains(value), "{program}, {name}: {value} is not in {}", words.text);
        }
    }
}

/// pikepdf's and exiftool's own metadata: ours comes beside it, and survives when they write the packet anew.
#[test]
fn metadata_of_others_is_kept_and_they_keep_ours() {
    let (world, folder) = (World::new(), tempfile::tempdir().unwrap());
    let tools = Tools::new(folder.path(), now());
    tools.write("base.pdf", &pdf::table(&[]));
    if let Some(words) =
        tools.run("exiftool", &["-charset", "utf8", "-XMP-dc:Creator=乙川", "-o", "theirs.pdf", "base.pdf"])
    {
        assert!(words.is_good, "{}", words.text);
        let signed = sign(&world, &tools.read("theirs.pdf"), |signing| signing.transaction(about()));
        assert_eq!(Document::open(&signed).unwrap().transaction().unwrap(), Some(about()));
        tools.write("signed.pdf", &signed);
        let words = tools.run("exiftool", &["-charset", "utf8", "-XMP-dc:Creator", "signed.pdf"]).unwrap();
        assert!(words.text.contains("乙川"), "{}", words.text);
        // It cannot write what it does not know, but rewrites the packet.
        let words = tools.run("exiftool", &["-XMP-dc:Title=x", "-o", "rewritten.pdf", "signed.pdf"]).unwrap();
        assert!(words.is_good, "{}", words.text);
        assert_eq!(Document::open(tools.read("rewritten.pdf")).unwrap().transaction().unwrap(), Some(about()));
    }
    let Some(python) = tools::pyhanko() else { return };
    let script = "import sys\ntry: import pikepdf\nexcept ImportError: print('none'); sys.exit()\n\
        with pikepdf.open(sys.argv[1]) as pdf:\n    with pdf.open_metadata() as meta: meta['dc:title'] = '題'\n    \
        pdf.save(sys.argv[2])\n";
    let run = |from: &str, to: &str| {
        let words = tools.run(&python, &["-c", script, from, to]).unwrap();
        assert!(words.is_good, "{}", words.text);
        !words.text.contains("none")
    };
    if !run("base.pdf", "theirs.pdf") {
        println!("skipped: no pikepdf");
        return;
    }
    let theirs = tools.read("theirs.pdf");
    let signed = sign(&world, &theirs, |signing| signing.transaction(about()));
    tools.write("signed.pdf", &signed);
    assert!(run("signed.pdf", "rewritten.pdf"));
    assert_eq!(Document::open(tools.read("rewritten.pdf")).unwrap().transaction().unwrap(), Some(about()));
}
