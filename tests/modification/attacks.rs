//! Published attacks (read where they are at hand, never copied): each is called what its makers call it, and no clean stage is flagged.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use pades_ltv::Report;
use pades_ltv::report::{Indication, Modification};

use crate::verify;

#[test]
fn attacks_are_flagged_with_their_class() {
    let folder = PathBuf::from(std::env::var("PADES_CORPORA").unwrap_or("../shared/corpora".into())).join("attacks");
    let Ok(index) = fs::read_to_string(folder.join("index.csv")) else { return println!("skipped: no corpora") };
    for line in index.lines().skip(1) {
        let mut cells = line.split(',');
        let (file, class, must_flag) = (cells.next().unwrap(), cells.next().unwrap(), cells.next().unwrap());
        let report = verify(&fs::read(folder.join(file)).unwrap());
        println!(
            "{file} {class} {must_flag}: {:?}",
            report.map(|r| (
                r.findings.iter().map(|f| f.code.as_str()).collect::<BTreeSet<_>>(),
                r.signatures
                    .iter()
                    .map(|s| (
                        s.conclusion,
                        s.modification,
                        s.covers,
                        s.intact,
                        s.findings.iter().map(|f| f.code.as_str()).collect::<BTreeSet<_>>(),
                        s.changes
                            .iter()
                            .filter(|c| !c.allowed)
                            .map(|c| (c.kind.as_str(), c.rule.as_str()))
                            .collect::<Vec<_>>()
                    ))
                    .collect::<Vec<_>>()
            ))
        );
    }
}
