//! Adding values to the document security store (ISO 32000-2, 12.8.4.3; EN 319 142-1, 5.4.2).
//!
//! Invariant: what the store holds stays, in its place and order, VRI too; a value that is already there is not added
//! again.

use std::collections::{HashMap, HashSet};

use crate::error::{Error, ErrorKind, Result};
use crate::pdf::dss::{Dss, DssValue};
use crate::pdf::extensions::declare_extensions;
use crate::pdf::object::{Dictionary, Object, Ref};
use crate::pdf::text::text_string;
use crate::pdf::update::{Place, UpdateWriter};

/// Values to add, each one DER object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DssAdditions {
    pub(crate) certs: Vec<Vec<u8>>,
    pub(crate) crls: Vec<Vec<u8>>,
    /// Whole `OCSPResponse`s.
    pub(crate) ocsps: Vec<Vec<u8>>,
    /// Which of them belong to which signature. Values that are not among the others are not related.
    pub(crate) vri: Vec<VriAddition>,
}

/// Values that belong to one signature (12.8.4.4).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct VriAddition {
    pub(crate) key: String,
    pub(crate) certs: Vec<Vec<u8>>,
    pub(crate) crls: Vec<Vec<u8>>,
    pub(crate) ocsps: Vec<Vec<u8>>,
    /// When the entry was made, a PDF date; one that is there stays.
    pub(crate) tu: Option<String>,
}

/// How many values were new to the store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct AddedCounts {
    pub(crate) certs: usize,
    pub(crate) crls: usize,
    pub(crate) ocsps: usize,
    /// Signatures that are named for the first time.
    pub(crate) vri: usize,
}

impl Dss {
    /// Adds to the store what is not in it yet, each value as a stream of its own; makes the store where there is none.
    /// With nothing new, nothing is changed. Once per update: values added by the same update are not looked at.
    ///
    /// # Errors
    /// [`ErrorKind::Syntax`] where the store or one of its lists is not made as it should; [`ErrorKind::Limit`].
    pub(crate) fn append(writer: &mut UpdateWriter<'_>, additions: &DssAdditions) -> Result<AddedCounts> {
        let old = Self::read(writer.view())?.unwrap_or_default();
        let lists = [
            ("Certs", missing(&old.certs, &additions.certs)),
            ("CRLs", missing(&old.crls, &additions.crls)),
            ("OCSPs", missing(&old.ocsps, &additions.ocsps)),
        ];
        let [certs, crls, ocsps] = lists.each_ref().map(|(_, new)| new.len());
        let vri: Vec<&VriAddition> = additions.vri.iter().filter(|one| !one.is_in(&old)).collect();
        let is_new = |one: &&&VriAddition| old.vri.iter().all(|vri| vri.key != one.key);
        let counts = AddedCounts { certs, crls, ocsps, vri: vri.iter().filter(is_new).count() };
        if [certs, crls, ocsps, vri.len()] == [0; 4] {
            return Ok(counts);
        }
        let store = store(writer)?;
        let mut known: HashMap<Vec<u8>, Object> = HashMap::new();
        for value in [&old.certs, &old.crls, &old.ocsps].into_iter().flatten() {
            if let Some(id) = value.id {
                known.insert(value.der.to_vec(), Object::Reference(id));
            }
        }
        for (key, new) in lists {
            if !new.is_empty() {
                let mut streams = Vec::new();
                for der in new {
                    let stream = put(writer, der)?;
                    known.insert(der.to_vec(), stream.clone());
                    streams.push(stream);
                }
                writer.append(&store, key, streams)?;
            }
        }
        for one in vri {
            one.write(writer, &store, &old, &known)?;
        }
        declare_extensions(writer)?;
        Ok(counts)
    }
}

impl VriAddition {
    /// Whether the store says all of it already.
    fn is_in(&self, store: &Dss) -> bool {
        store.vri.iter().find(|vri| vri.key == self.key).is_some_and(|vri| {
            let lists = [(&self.certs, &vri.certs), (&self.crls, &vri.crls), (&self.ocsps, &vri.ocsps)];
            lists.into_iter().all(|(new, old)| missing(old, new).is_empty())
        })
    }

    fn write(
        &self,
        writer: &mut UpdateWriter<'_>,
        store: &Place,
        old: &Dss,
        known: &HashMap<Vec<u8>, Object>,
    ) -> Result<()> {
        let (_, there) = writer.look(store, "VRI", |map| match map {
            Object::Null => Some(None),
            Object::Dictionary(entries) => Some(entries.get(&self.key).cloned()),
            _ => None,
        })?;
        let there = there.ok_or_else(|| Error::new(ErrorKind::Syntax, "/VRI is not a dictionary"))?;
        // An entry that stands directly in the map becomes an object of its own, so that it can grow.
        let entry = match there {
            Some(Object::Reference(id)) => Place::object(id),
            other => {
                let id = writer.allocate()?;
                writer.put(id, Object::Dictionary(self.entry(other)));
                writer.dictionary(store, "VRI")?.set(&self.key, Object::Reference(id));
                Place::object(id)
            }
        };
        let before = old.vri.iter().find(|vri| vri.key == self.key);
        let lists = [
            ("Cert", missing(before.map_or(&[][..], |vri| &vri.certs), &self.certs)),
            ("CRL", missing(before.map_or(&[][..], |vri| &vri.crls), &self.crls)),
            ("OCSP", missing(before.map_or(&[][..], |vri| &vri.ocsps), &self.ocsps)),
        ];
        for (key, new) in lists {
            let streams: Vec<Object> = new.into_iter().filter_map(|der| known.get(der).cloned()).collect();
            if !streams.is_empty() {
                writer.append(&entry, key, streams)?;
            }
        }
        Ok(())
    }

    /// The entry as it was, or a new one.
    fn entry(&self, there: Option<Object>) -> Dictionary {
        if let Some(Object::Dictionary(there)) = there {
            return there;
        }
        let mut new = Dictionary::of([("Type", Object::name("VRI"))]);
        if let Some(tu) = &self.tu {
            new.set("TU", Object::String(text_string(tu)));
        }
        new
    }
}

/// The additions that are not among the old values, each once.
fn missing<'a>(old: &[DssValue], additions: &'a [Vec<u8>]) -> Vec<&'a [u8]> {
    let mut there: HashSet<&[u8]> = old.iter().map(|value| &*value.der).collect();
    additions.iter().map(Vec::as_slice).filter(|der| there.insert(der)).collect()
}

fn put(writer: &mut UpdateWriter<'_>, der: &[u8]) -> Result<Object> {
    let id = writer.allocate()?;
    writer.put_stream(id, der)?;
    Ok(Object::Reference(id))
}

/// The store as an indirect object, which it is made where it is not (12.8.4.3: the catalog refers to it).
fn store(writer: &mut UpdateWriter<'_>) -> Result<Place> {
    let (catalog, _) = writer.view().catalog()?;
    let catalog = Place::object(catalog);
    let (place, value) = writer.entry(&catalog, "DSS")?;
    let dictionary = match value {
        Object::Dictionary(_) if place.as_object().is_some() => return Ok(place),
        Object::Dictionary(direct) => direct,
        Object::Null => Dictionary::of([("Type", Object::name("DSS"))]),
        _ => return Err(Error::new(ErrorKind::Syntax, "/DSS is not a dictionary")),
    };
    let id: Ref = writer.allocate()?;
    writer.put(id, Object::Dictionary(dictionary));
    writer.edit_dictionary(&catalog)?.set("DSS", Object::Reference(id));
    Ok(Place::object(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::document::Document;
    use crate::pdf::dss::DssFault;
    use crate::pdf::specimen;

    fn additions(certs: &[&[u8]], crls: &[&[u8]], ocsps: &[&[u8]]) -> DssAdditions {
        let owned = |values: &[&[u8]]| values.iter().map(|value| value.to_vec()).collect();
        DssAdditions { certs: owned(certs), crls: owned(crls), ocsps: owned(ocsps), vri: Vec::new() }
    }

    fn dss(pdf: &[u8]) -> Dss {
        Dss::read(Document::open(pdf).unwrap().latest()).unwrap().unwrap()
    }

    fn ders(values: &[DssValue]) -> Vec<&[u8]> {
        values.iter().map(|value| &*value.der).collect()
    }

    fn both_styles(objects: &[(u32, &str)]) -> [Vec<u8>; 2] {
        let objects = specimen::one_page_with(objects);
        [specimen::table_pdf(&objects, ""), specimen::stream_pdf(&objects, "")]
    }

    #[test]
    fn values_are_added_once_and_old_ones_stay() {
        for pdf in both_styles(&[]) {
            assert_eq!(Dss::read(Document::open(&pdf).unwrap().latest()).unwrap(), None);
            let first = specimen::with_evidence(&pdf, &additions(&[b"a", b"b", b"a"], &[], &[&[9; 500]])).unwrap();
            let one = dss(&first);
            assert_eq!((ders(&one.certs), ders(&one.crls).len()), (vec![b"a".as_slice(), b"b"], 0));
            assert_eq!(ders(&one.ocsps), [[9; 500].as_slice()]);
            let second = specimen::with_evidence(&first, &additions(&[b"b", b"c"], &[b"a"], &[&[9; 500]])).unwrap();
            let two = dss(&second);
            assert_eq!(ders(&two.certs), [b"a".as_slice(), b"b", b"c"]);
            assert_eq!((ders(&two.crls), &two.ocsps), (vec![b"a".as_slice()], &one.ocsps));
            assert_eq!(two.certs[..2], one.certs, "the very same streams");
            assert_eq!(two.faults, []);
            let third = specimen::with_evidence(&second, &additions(&[b"a"], &[b"a"], &[])).unwrap();
            assert_eq!(third, second, "nothing new, nothing written");
        }
    }

    #[test]
    fn the_object_is_the_same_and_so_are_vri_and_broken_entries() {
        let objects = [
            (1, "<< /Type /Catalog /Pages 2 0 R /DSS 4 0 R >>"),
            (4, "<< /Certs 5 0 R /OCSPs [99 0 R 3 0 R] /VRI << /AB << /Cert [6 0 R] /TU (D:2026) >> >> /X (y) >>"),
            (5, "[6 0 R]"),
            (6, "<< /Length 3 >>\nstream\nold\nendstream"),
        ];
        for pdf in both_styles(&objects) {
            let before = dss(&pdf);
            let stray = |index| DssFault::NotStream { list: "OCSPs", index };
            assert_eq!(before.faults, [stray(0), stray(1)]);
            assert_eq!((before.vri[0].key.as_str(), before.vri[0].tu.as_deref()), ("AB", Some("D:2026")));
            assert_eq!(before.vri[0].certs, before.certs);
            let updated = specimen::with_evidence(&pdf, &additions(&[b"new"], &[], &[b"new"])).unwrap();
            let after = dss(&updated);
            assert_eq!(
                (ders(&after.certs), ders(&after.ocsps)),
                (vec![b"old".as_slice(), b"new"], vec![b"new".as_slice()])
            );
            assert_eq!((&after.vri, &after.faults), (&before.vri, &before.faults));
            let document = Document::open(&updated).unwrap();
            let (_, catalog) = document.latest().catalog().unwrap();
            assert_eq!(catalog.get("DSS"), Some(&Object::Reference(Ref { number: 4, generation: 0 })));
            let store = document.latest().entry(&catalog, "DSS").unwrap();
            let store = store.as_dictionary().unwrap();
            assert_eq!(store.get("Certs"), Some(&Object::Reference(Ref { number: 5, generation: 0 })));
            assert!(store.get("X").is_some());
        }
    }

    #[test]
    fn a_direct_store_becomes_an_object() {
        let objects = [
            (1, "<< /Type /Catalog /Pages 2 0 R /DSS << /CRLs [4 0 R] >> >>"),
            (4, "<< /Length 3 >>\nstream\nold\nendstream"),
        ];
        for pdf in both_styles(&objects) {
            let updated = specimen::with_evidence(&pdf, &additions(&[], &[b"new"], &[])).unwrap();
            assert_eq!(ders(&dss(&updated).crls), [b"old".as_slice(), b"new"]);
            let document = Document::open(&updated).unwrap();
            assert!(document.latest().catalog().unwrap().1.get("DSS").unwrap().as_reference().is_some());
        }
    }

    #[test]
    fn broken_stores_have_faults_and_are_not_added_to() {
        for (store, fault) in [
            ("[]", DssFault::NotDictionary),
            ("<< /Certs 1 >>", DssFault::WrongType("Certs".into())),
            ("<< /Certs [] /VRI [] >>", DssFault::WrongType("VRI".into())),
            ("<< /Certs [] /VRI << /A 1 >> >>", DssFault::WrongType("A".into())),
        ] {
            let catalog = format!("<< /Type /Catalog /Pages 2 0 R /DSS {store} >>");
            for pdf in both_styles(&[(1, &catalog)]) {
                assert_eq!(dss(&pdf).faults, std::slice::from_ref(&fault), "{store}");
                let added = specimen::with_evidence(&pdf, &additions(&[b"new"], &[], &[]));
                assert_eq!(added.is_ok(), store.contains("[] /"), "{store}");
            }
        }
    }

    #[test]
    fn too_many_values_are_a_fault_not_a_cut() {
        let limits = crate::Limits { certificates: 2, ..crate::Limits::default() };
        let pdf = specimen::table_pdf(&specimen::ONE_PAGE, "");
        let pdf = specimen::with_evidence(&pdf, &additions(&[b"a", b"b", b"c"], &[], &[])).unwrap();
        let document = Document::open_with(pdf, limits).unwrap();
        let dss = Dss::read(document.latest()).unwrap().unwrap();
        assert_eq!((dss.certs.len(), dss.faults), (2, vec![DssFault::TooMany("Certs", 2)]));
    }

    fn related(key: &str, certs: &[&[u8]], tu: Option<&str>) -> DssAdditions {
        let all = additions(certs, &[], &[]);
        let vri = VriAddition {
            key: key.into(),
            certs: all.certs.clone(),
            tu: tu.map(str::to_owned),
            ..VriAddition::default()
        };
        DssAdditions { vri: vec![vri], ..all }
    }

    #[test]
    fn what_refers_to_nothing_is_made() {
        for store in ["<< >>", "<< /VRI null >>", "<< /VRI 99 0 R /Certs 99 0 R >>", "<< /VRI 5 0 R >>"] {
            let catalog = format!("<< /Type /Catalog /Pages 2 0 R /DSS {store} /Extensions 99 0 R >>");
            for pdf in both_styles(&[(1, &catalog), (5, "null")]) {
                let after = dss(&specimen::with_evidence(&pdf, &related("AB", &[b"new"], None)).unwrap());
                assert_eq!((after.vri[0].key.as_str(), ders(&after.vri[0].certs)), ("AB", vec![b"new".as_slice()]));
                assert_eq!((&after.certs, after.faults), (&after.vri[0].certs, vec![]), "{store}");
            }
        }
    }

    #[test]
    fn vri_grows_wherever_it_stands_and_says_nothing_twice() {
        let objects = [
            (1, "<< /Type /Catalog /Pages 2 0 R /DSS 4 0 R >>"),
            (4, "<< /Certs [6 0 R] /VRI << /AB << /Cert [6 0 R] /TU (D:2026) >> /CD 5 0 R >> >>"),
            (5, "<< /Cert [6 0 R] /TS 6 0 R >>"),
            (6, "<< /Length 3 >>\nstream\nold\nendstream"),
        ];
        for pdf in both_styles(&objects) {
            for (key, tu) in [("AB", Some("D:2026")), ("CD", None), ("EF", Some("D:2027"))] {
                let more = specimen::with_evidence(&pdf, &related(key, &[b"old", b"new"], Some("D:2027"))).unwrap();
                let after = dss(&more);
                let entry = after.vri.iter().find(|vri| vri.key == key).unwrap();
                assert_eq!((ders(&entry.certs), entry.tu.as_deref()), (vec![b"old".as_slice(), b"new"], tu), "{key}");
                assert_eq!(ders(&after.certs), [b"old".as_slice(), b"new"]);
                // The very streams of the store; and everybody else's words.
                assert_eq!(entry.certs, after.certs);
                let others = |dss: &Dss| dss.vri.iter().filter(|vri| vri.key != key).cloned().collect::<Vec<_>>();
                assert_eq!(others(&after), others(&dss(&pdf)));
                assert_eq!(entry.ts.is_some(), key == "CD");
                let again = specimen::with_evidence(&more, &related(key, &[b"new", b"old"], Some("D:2028"))).unwrap();
                assert_eq!(again, more, "nothing new, nothing written");
            }
        }
    }
}
