//! Files made to cost more than they are long: what is looked at stays in proportion.

use std::fmt::Write;

use super::*;
use crate::verify::modification::{analyse_counted, meter};

/// A file with a signature that no one checks, and revisions behind it that are as short as they can be.
struct Long {
    bytes: Vec<u8>,
    last: usize,
}

impl Long {
    fn new(objects: &[(u32, String)]) -> Self {
        let mut file = Self { bytes: b"%PDF-1.7\n".to_vec(), last: 0 };
        file.revise(objects);
        file
    }

    fn revise(&mut self, objects: &[(u32, String)]) {
        let mut table = String::from("xref\n0 1\n0000000000 65535 f \n");
        for (number, body) in objects {
            writeln!(table, "{number} 1\n{:010} 00000 n ", self.bytes.len()).unwrap();
            self.bytes.extend(format!("{number} 0 obj {body} endobj\n").into_bytes());
        }
        let previous = if self.last > 0 { format!("/Prev {}", self.last) } else { String::new() };
        self.last = self.bytes.len();
        let last = self.last;
        write!(table, "trailer<</Size 1000000/Root 1 0 R{previous}>>\nstartxref\n{last}\n%%EOF\n").unwrap();
        self.bytes.extend(table.into_bytes());
    }
}

/// The length of a file, how many values were charged for, how many the loops went through, and what was found.
fn cost(file: &[u8]) -> (u64, u64, u64, Modification) {
    let document = Document::open(file).unwrap();
    meter::taken();
    let (found, charged) = analyse_counted(&document, &[Some(0)]);
    (document.len(), charged, meter::taken(), found[0].modification)
}

fn objects<const N: usize>(objects: [(u32, &str); N]) -> Vec<(u32, String)> {
    objects.into_iter().map(|(number, body)| (number, body.to_owned())).collect()
}

fn refs(numbers: std::ops::Range<u32>) -> String {
    numbers.fold(String::new(), |mut text, number| {
        write!(text, "{number} 0 R ").unwrap();
        text
    })
}

/// A page, and what a catalog has besides it.
fn page(catalog: &str, page: &str) -> Vec<(u32, String)> {
    let mut all = objects([(2, "<</Type/Pages/Kids[3 0 R]/Count 1>>")]);
    all.push((1, format!("<</Type/Catalog/Pages 2 0 R{catalog}>>")));
    all.push((3, format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]{page}>>")));
    all
}

type Family = fn(u32) -> Long;

/// So large a part that every revision touches, and so many revisions.
const FAMILIES: [(&str, Family); 9] = [
    ("a long form in the catalog", |size| {
        let mut file = Long::new(&page(&format!("/AcroForm<</Fields[{}]/DR 9 0 R>>", refs(10..10 + size * 8)), ""));
        (0..size).for_each(|_| file.revise(&objects([(5, "null")])));
        file
    }),
    ("long default resources", |size| {
        let names: String = (0..size * 8).map(|name| format!("/F{name} 4 0 R")).collect();
        let mut file = Long::new(&page(&format!("/AcroForm<</Fields 8 0 R/DR<</Font<<{names}>>>>>>"), ""));
        (0..size).for_each(|_| file.revise(&objects([(5, "null")])));
        file
    }),
    ("a long store", |size| {
        let values = refs(10..10 + size * 8);
        let mut file = Long::new(&page(&format!("/DSS<</Certs[{values}]/VRI<</A 6 0 R>>>>"), ""));
        (0..size).for_each(|at| file.revise(&[(6, format!("<</Type/VRI/TU(D:{at})>>"))]));
        file
    }),
    ("many entries of /VRI", |size| {
        let entries: String = (0..size * 8).map(|entry| format!("/A{entry} 6 0 R")).collect();
        let mut file = Long::new(&page(&format!("/DSS<</VRI<<{entries}>>>>"), ""));
        (0..size).for_each(|at| file.revise(&[(6, format!("<</Type/VRI/TU(D:{at})>>"))]));
        file
    }),
    ("long extensions and metadata", |size| {
        let names: String = (0..size * 8).map(|name| format!("/F{name}<<>>")).collect();
        let mut file = Long::new(&page(&format!("/Extensions<<{names}>>/Names<<{names}>>"), ""));
        (0..size).for_each(|_| file.revise(&objects([(5, "null")])));
        file
    }),
    ("an object that is placed again and again", |size| {
        let mut long = page("", "");
        long.push((5, format!("[{}]", refs(10..10 + size * 8))));
        let mut file = Long::new(&long);
        let place = file.bytes.windows(8).position(|window| window == b"5 0 obj ").unwrap();
        for round in 0..size {
            file.revise(&[]);
            let number = 5 + round % 2;
            let table = format!(
                "xref\n{number} 1\n{place:010} 00000 n \ntrailer<</Size 1000000/Root 1 0 R/Prev {}>>\n",
                file.last
            );
            file.last = file.bytes.len();
            file.bytes.extend(format!("{table}startxref\n{}\n%%EOF\n", file.last).into_bytes());
        }
        file
    }),
    ("options that many fields share", |size| {
        let options: String = (0..size * 8).map(|option| format!("(o{option})")).collect();
        let kids = 10..10 + size;
        let mut all = page("/AcroForm<</Fields[4 0 R]>>", "");
        all.push((4, format!("<</T(g)/FT/Ch/Ff 131072/Opt[{options}]/Kids[{}]>>", refs(kids.clone()))));
        all.extend(kids.clone().map(|kid| (kid, format!("<</T(k{kid})/Parent 4 0 R>>"))));
        let mut file = Long::new(&all);
        kids.for_each(|kid| file.revise(&[(kid, format!("<</T(k{kid})/Parent 4 0 R/V(o1)>>"))]));
        file
    }),
    ("a lock of many names", |size| {
        let names: String = (0..size * 8).map(|name| format!("(n{name})")).collect();
        let kids = 10..10 + size;
        let lock =
            format!("/Reference[<</TransformMethod/FieldMDP/TransformParams<</Action/Include/Fields[{names}]>>>>]");
        let mut all = page(&format!("/AcroForm<</Fields[4 0 R {}]>>", refs(kids.clone())), "");
        all.push((4, "<</T(s)/FT/Sig/V 5 0 R>>".into()));
        all.push((5, format!("<</Type/Sig/Filter/X/ByteRange[0 9 9 9]/Contents<00>{lock}>>")));
        all.extend(kids.clone().map(|kid| (kid, format!("<</T(k{kid})/FT/Tx>>"))));
        let mut file = Long::new(&all);
        kids.for_each(|kid| file.revise(&[(kid, format!("<</T(k{kid})/FT/Tx/V(o)>>"))]));
        file
    }),
    ("a deep group", |size| {
        let depth = 200;
        let mut all = page("/AcroForm<</Fields[100 0 R]>>", "");
        all.push((100, "<</T(g)/FT/Tx/Kids[101 0 R]>>".into()));
        all.extend((101..100 + depth).map(|at| (at, format!("<</T(g)/Parent {} 0 R/Kids[{} 0 R]>>", at - 1, at + 1))));
        let kids = 1000..1000 + size;
        all.push((100 + depth, format!("<</T(g)/Parent {} 0 R/Kids[{}]>>", 99 + depth, refs(kids.clone()))));
        all.extend(kids.clone().map(|kid| (kid, format!("<</T(k{kid})/Parent {} 0 R>>", 100 + depth))));
        let mut file = Long::new(&all);
        kids.for_each(|kid| file.revise(&[(kid, format!("<</T(k{kid})/Parent {} 0 R/V(o)>>", 100 + depth))]));
        file
    }),
];

/// The law of the fuzz target, where a loop that is not charged for would be seen.
#[test]
fn every_loop_is_charged_for() {
    let mut faults = String::new();
    for (name, family) in FAMILIES {
        let (length, charged, steps, found) = cost(&family(400).bytes);
        let said = format!("{name}: {steps} steps, {charged} charged, {length} bytes: {found:?}\n");
        print!("{said}");
        if steps > 8 * (charged + length) {
            faults += &said;
        }
    }
    assert!(faults.is_empty(), "{faults}");
}
