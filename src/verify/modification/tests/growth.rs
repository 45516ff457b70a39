//! Files made to cost more than they are long: what is looked at stays in proportion.

use std::fmt::Write;

use super::*;
use crate::verify::modification::{Analysis, analyse, meter};

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

/// What it takes to analyse a file.
#[derive(Debug)]
struct Cost {
    length: u64,
    /// How many values were charged for.
    charged: u64,
    /// How many the loops went through.
    steps: u64,
    found: Modification,
    /// Whether that is what the report says of the reason.
    is_limited: bool,
}

fn cost(file: &[u8]) -> Cost {
    let document = Document::open(file).unwrap();
    meter::taken();
    let Analysis { modified: found, work: charged, .. } = analyse(&document, &[Some(0)]);
    let is_limited = found[0].findings.iter().any(|finding| finding.code == Code::Limit);
    assert!(!is_limited || found[0].modification == Modification::Unknown);
    Cost { length: document.len(), charged, steps: meter::taken(), found: found[0].modification, is_limited }
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
const FAMILIES: [(&str, Family); 15] = [
    ("a long form in the catalog", |size| {
        let mut file = Long::new(&page(&format!("/AcroForm<</Fields[{}]/DR 9 0 R>>", refs(10..10 + size * 10)), ""));
        (0..size).for_each(|_| file.revise(&objects([(5, "null")])));
        file
    }),
    ("long default resources", |size| {
        let names: String = (0..size * 10).map(|name| format!("/F{name} 4 0 R")).collect();
        let mut file = Long::new(&page(&format!("/AcroForm<</Fields 8 0 R/DR<</Font<<{names}>>>>>>"), ""));
        (0..size).for_each(|_| file.revise(&objects([(5, "null")])));
        file
    }),
    ("a long store", |size| {
        let values = refs(10..10 + size * 10);
        let mut file = Long::new(&page(&format!("/DSS<</Certs[{values}]/VRI<</A 6 0 R>>>>"), ""));
        (0..size).for_each(|at| file.revise(&[(6, format!("<</Type/VRI/TU(D:{at})>>"))]));
        file
    }),
    ("many entries of /VRI", |size| {
        let entries: String = (0..size * 10).map(|entry| format!("/A{entry} 6 0 R")).collect();
        let mut file = Long::new(&page(&format!("/DSS<</VRI<<{entries}>>>>"), ""));
        (0..size).for_each(|at| file.revise(&[(6, format!("<</Type/VRI/TU(D:{at})>>"))]));
        file
    }),
    ("long extensions and metadata", |size| {
        let names: String = (0..size * 10).map(|name| format!("/F{name}<<>>")).collect();
        let mut file = Long::new(&page(&format!("/Extensions<<{names}>>/Names<<{names}>>"), ""));
        (0..size).for_each(|_| file.revise(&objects([(5, "null")])));
        file
    }),
    ("an object that is placed again and again", |size| {
        let mut long = page("", "");
        long.push((5, format!("[{}]", refs(10..10 + size * 10))));
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
        let options: String = (0..size * 10).map(|option| format!("(o{option})")).collect();
        let kids = 10..10 + size;
        let mut all = page("/AcroForm<</Fields[4 0 R]>>", "");
        all.push((4, format!("<</T(g)/FT/Ch/Ff 131072/Opt[{options}]/Kids[{}]>>", refs(kids.clone()))));
        all.extend(kids.clone().map(|kid| (kid, format!("<</T(k{kid})/Parent 4 0 R>>"))));
        let mut file = Long::new(&all);
        kids.for_each(|kid| file.revise(&[(kid, format!("<</T(k{kid})/Parent 4 0 R/V(o1)>>"))]));
        file
    }),
    ("a lock of many names", |size| {
        let names: String = (0..size * 10).map(|name| format!("(n{name})")).collect();
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
    ("signatures that lock a field each", |size| {
        let (locks, kids) = (10_000..10_000 + size, 1_000_000..1_000_000 + size);
        let fields = format!("{}{}", refs(locks.clone()), refs(kids.clone()));
        let mut all = page(&format!("/AcroForm<</Fields[{fields}]>>"), "");
        all.extend(locks.map(|lock| {
            let frozen = "/TransformParams<</Action/Include/Fields[(n)]>>";
            let rule = format!("/Reference[<</TransformMethod/FieldMDP{frozen}>>]");
            let value = format!("<</Type/Sig/Filter/X/ByteRange[0 9 9 9]/Contents<00>{rule}>>");
            (lock, format!("<</T(s{lock})/FT/Sig/V{value}>>"))
        }));
        all.extend(kids.clone().map(|kid| (kid, format!("<</T(k{kid})/FT/Tx>>"))));
        let mut file = Long::new(&all);
        kids.for_each(|kid| file.revise(&[(kid, format!("<</T(k{kid})/FT/Tx/V(o)>>"))]));
        file
    }),
    ("annotations that are switched", |size| {
        let mut all = page("", "/Annots 4 0 R");
        all.extend([4, 5].map(|list| (list, format!("[{}]", refs(10..10 + size * 10)))));
        let mut file = Long::new(&all);
        let switched = |list| (3, format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Annots {list} 0 R>>"));
        (0..size).for_each(|at| file.revise(&[switched(5 - at % 2)]));
        file
    }),
    ("a store that is switched", |size| {
        let values = |list| format!("<</Certs[{}]/VRI<</A{list} 6 0 R>>>>", refs(10..10 + size * 10));
        let mut all = page("/DSS 4 0 R", "");
        all.extend([4, 5].map(|store| (store, values(store))));
        let mut file = Long::new(&all);
        (0..size).for_each(|at| file.revise(&[(1, format!("<</Type/Catalog/Pages 2 0 R/DSS {} 0 R>>", 5 - at % 2))]));
        file
    }),
    ("a comment that can look in many ways", |size| {
        let states: String = (0..size * 10).map(|state| format!("/S{state} 4 0 R")).collect();
        let mut all = page("", "/Annots[9 0 R]");
        all.push((8, format!("<<{states}>>")));
        let comment = |at| format!("<</Type/Annot/Subtype/Text/Rect[0 0 1 1]/AP<</N 8 0 R>>/Contents({at})>>");
        all.push((9, comment(0)));
        let mut file = Long::new(&all);
        (1..=size).for_each(|at| file.revise(&[(9, comment(at))]));
        file
    }),
    ("a group of many nameless kids", |size| {
        let kids = 10..10 + size * 10;
        let mut all = page("/AcroForm<</Fields[4 0 R]>>", "");
        all.push((4, "<</T(g)/Kids 5 0 R>>".into()));
        all.push((5, format!("[{}]", refs(kids.clone()))));
        let mut file = Long::new(&all);
        (0..size).for_each(|at| file.revise(&[(4, format!("<</T(g)/Kids 5 0 R/TU({at})>>"))]));
        file
    }),
    ("signatures in new fields", |size| {
        let mut file = Long::new(&page("/AcroForm 4 0 R", ""));
        for at in 0..size {
            let field = "<</FT/Sig/T(s)/Type/Annot/Subtype/Widget/Rect[0 0 0 0]/P 3 0 R>>".to_owned();
            let list = refs(10..11 + at);
            file.revise(&[
                (3, format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Annots[{list}]>>")),
                (4, format!("<</Fields[{list}]>>")),
                (10 + at, field),
            ]);
        }
        file
    }),
];

/// The families whose rules look at the same values again in each revision: they end in the limit, and say so.
const LIMITED: [&str; 6] = [
    "a long store",
    "many entries of /VRI",
    "options that many fields share",
    "annotations that are switched",
    "a store that is switched",
    "a comment that can look in many ways",
];
/// How many values are gone through for each byte of any family of which something can be told; and charged for in others (`Work`), but
/// for the last one that is looked at.
const STEPS_EACH_BYTE: u64 = 2;
const CHARGED_EACH_BYTE: u64 = 17;
const CHARGED: u64 = 1 << 16;
/// How many steps there are for each value that is charged for, and each byte: the law of the fuzz target, where a loop that is not
/// charged for is seen.
const STEPS_EACH: u64 = 8;

#[test]
fn no_family_grows_faster_than_its_file() {
    let (mut faults, mut limited) = (String::new(), Vec::new());
    for (name, family) in FAMILIES {
        let [short, long] = [120, 480].map(|size| cost(&family(size).bytes));
        if long.is_limited {
            limited.push(name);
        }
        // Four times as many revisions take four times as many steps, or as many more as the file has bytes; and the steps that any
        // file takes.
        let is_linear = long.steps <= short.steps * long.length / short.length * 5 / 4 + (1 << 12);
        let is_within = match long.found == Modification::Unknown {
            true => long.charged <= CHARGED_EACH_BYTE * long.length + CHARGED,
            false => is_linear && long.steps <= STEPS_EACH_BYTE * long.length,
        };
        if !is_within || long.steps > STEPS_EACH * (long.charged + long.length) {
            writeln!(faults, "{name}: {short:?}, {long:?}").unwrap();
        }
    }
    assert!(faults.is_empty(), "{faults}");
    assert_eq!(limited, LIMITED);
}
