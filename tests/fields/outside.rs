//! What pyHanko, where it is installed, says of what we certify and lock, and of what we make of its fields.
//!
//! It is looked for in the python that `PYHANKO_PYTHON` names, or in `python3`.

use std::path::Path;
use std::process::Command;

use pades_ltv::{Certification, Document, FieldLock, Timestamping};

use crate::base::{World, pdf, with_field};

/// Runs the script in `folder`; `None`, and a word about it, where there is no pyHanko.
pub(crate) fn pyhanko(folder: &Path, arguments: &[&str]) -> Option<String> {
    let python = std::env::var("PYHANKO_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has_it = Command::new(&python).args(["-c", "import pyhanko"]).output().is_ok_and(|run| run.status.success());
    if !has_it {
        println!("skipped: no pyHanko in {python}");
        return None;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fields/outside.py");
    let output = Command::new(python).arg(script).args(arguments).current_dir(folder).output().unwrap();
    Some(String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr))
}

#[test]
fn pyhanko_finds_certifications_and_locks_good() {
    let (world, folder) = (World::new(), tempfile::tempdir().unwrap());
    let time = world.now.to_string();
    let mut arguments = vec!["judge", &time, "root.pem"];
    std::fs::write(folder.path().join("root.pem"), world.authority.root_pem()).unwrap();
    let write = |name: &str, pdf: &[u8]| std::fs::write(folder.path().join(name), pdf).unwrap();

    let base = with_field("/Lock << /Action /Exclude /Fields [(Last)] >>");
    let certify = |level| world.sign(&base, |signing| signing.certify(level)).unwrap();
    write("one.pdf", &certify(Certification::NoChanges));
    for (name, level) in [("two.pdf", Certification::FillForms), ("three.pdf", Certification::Annotate)] {
        let signed = world.sign(&certify(level), |signing| signing.field("Sign")).unwrap();
        let signed = world.sign(&signed, |signing| signing.field("Last")).unwrap();
        let document = Document::open(&signed).unwrap();
        let stamped = Timestamping::new(&document, world.now).timestamp(&world.authority.at(world.now)).unwrap();
        write(name, &stamped.apply(&signed).unwrap());
    }
    let lock = FieldLock::include(["x"]).permission(Certification::FillForms);
    let locked = world.sign(&pdf("", &[]), |signing| signing.lock(lock)).unwrap();
    write("lock.pdf", &world.sign(&locked, |signing| signing).unwrap());

    arguments.extend(["one.pdf", "two.pdf", "three.pdf", "lock.pdf"]);
    let Some(words) = pyhanko(folder.path(), &arguments) else { return };
    let expected = "one.pdf Signature1 P=1: good
two.pdf Signature1 P=2: good
two.pdf Sign P=None: good
two.pdf Last P=None: good
two.pdf Timestamp1 P=None: good
three.pdf Signature1 P=3: good
three.pdf Sign P=None: good
three.pdf Last P=None: good
three.pdf Timestamp1 P=None: good
lock.pdf Signature1 P=2: good
lock.pdf Signature2 P=None: good
";
    assert_eq!(words, expected);
}

#[test]
fn pyhanko_finds_its_own_wishes_met() {
    let (world, folder) = (World::new(), tempfile::tempdir().unwrap());
    let time = world.now.to_string();
    std::fs::write(folder.path().join("root.pem"), world.authority.root_pem()).unwrap();
    std::fs::write(folder.path().join("plain.pdf"), pdf("", &[])).unwrap();
    let Some(words) = pyhanko(folder.path(), &["make", "root.pem", "plain.pdf", "fields.pdf"]) else { return };
    assert_eq!(words, "");
    let base = std::fs::read(folder.path().join("fields.pdf")).unwrap();

    let error = world.refused(&base, |signing| signing.field("approval"));
    assert!(error.contains("/Reasons") && error.contains("承認"), "{error}");
    let error =
        world.refused(&base, |signing| signing.field("approval").reason("承認").certify(Certification::FillForms));
    assert!(error.contains("/MDP"), "{error}");
    let error = world.refused(&base, |signing| signing.field("certification").certify(Certification::Annotate));
    assert!(error.contains("/MDP") && error.contains("Certification::FillForms"), "{error}");

    let certified =
        world.sign(&base, |signing| signing.field("certification").certify(Certification::FillForms)).unwrap();
    let signed = world.sign(&certified, |signing| signing.field("approval").reason("承認")).unwrap();
    std::fs::write(folder.path().join("signed.pdf"), &signed).unwrap();
    let words = pyhanko(folder.path(), &["judge", &time, "root.pem", "signed.pdf"]).unwrap();
    assert_eq!(words, "signed.pdf certification P=2: good\nsigned.pdf approval P=2: good\n");
}
