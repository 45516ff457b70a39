//! Bytes to append: put together, written, and taken back where writing failed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};

use pades_ltv::{Document, ErrorKind, Signing, Timestamping, Update};

use crate::common::{CONTRACT, World, minutes, now, pdf};

fn sign(world: &World, document: &Document<'_>) -> Update {
    Signing::new(document, now()).sign(&world.signer).unwrap().finish().unwrap()
}

#[test]
fn two_updates_make_one() {
    let world = World::new();
    for (name, base) in pdf::bases() {
        let document = Document::open(base.as_slice()).unwrap();
        let first = sign(&world, &document);
        let with_first = first.document(&document).unwrap();
        let second = Timestamping::new(&with_first, now()).timestamp(&world.authority.at(now())).unwrap();
        assert_eq!(second.base_len(), first.file_len(), "{name}");
        let step_by_step = second.apply(&first.apply(&base).unwrap()).unwrap();
        let both = first.clone().then(second.clone()).unwrap();
        assert_eq!((both.base_len(), both.file_len()), (first.base_len(), second.file_len()), "{name}");
        assert_eq!(both.apply(&base).unwrap(), step_by_step, "{name}");
        for (one, next) in [(&second, &first), (&first, &first), (&both, &second)] {
            assert_eq!(one.clone().then(next.clone()).unwrap_err().kind(), ErrorKind::Base, "{name}");
        }
    }
}

#[test]
fn an_update_belongs_to_its_base_alone() {
    let world = World::new();
    let document = Document::open(CONTRACT).unwrap();
    let update = sign(&world, &document);
    let other = pdf::table(&[]);
    let other_document = Document::open(other.as_slice()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.pdf");
    fs::write(&path, &other).unwrap();
    let mut file = OpenOptions::new().read(true).write(true).open(&path).unwrap();
    let words = format!("this was made for a file of {} bytes, but this file has {}", CONTRACT.len(), other.len());
    for error in [
        update.apply(&other).unwrap_err(),
        update.append_to(&mut file).unwrap_err(),
        update.write_to(&other_document, Vec::new()).unwrap_err(),
        update.document(&other_document).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Base);
        assert!(error.to_string().contains(&words), "{error}");
    }
    assert_eq!(fs::read(&path).unwrap(), other);
}

#[test]
fn every_way_of_writing_gives_the_same_file() {
    let world = World::new();
    let document = Document::open(CONTRACT).unwrap();
    let update = sign(&world, &document);
    let expected = update.apply(CONTRACT).unwrap();
    let mut written = Vec::new();
    update.write_to(&document, &mut written).unwrap();
    assert!(written == expected);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("contract.pdf");
    fs::write(&path, CONTRACT).unwrap();
    update.append_to(&mut OpenOptions::new().read(true).write(true).open(&path).unwrap()).unwrap();
    assert!(fs::read(&path).unwrap() == expected);
    // A second time it is another file.
    let again = update.append_to(&mut OpenOptions::new().write(true).open(&path).unwrap()).unwrap_err();
    assert_eq!(again.kind(), ErrorKind::Base);
    assert!(fs::read(&path).unwrap() == expected);
}

#[test]
fn a_file_that_cannot_be_written_stays_as_it_was() {
    let world = World::new();
    let document = Document::open(CONTRACT).unwrap();
    let update = sign(&world, &document);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("contract.pdf");
    fs::write(&path, CONTRACT).unwrap();
    let error = update.append_to(&mut File::open(&path).unwrap()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.to_string().starts_with("the update cannot be appended: "), "{error}");
    assert_eq!(error.advice(), Some("the file is as it was"), "{error}");
    assert!(fs::read(&path).unwrap() == CONTRACT);
}

/// A sink that takes some bytes and then no more.
struct Full {
    room: usize,
}

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(self.room);
        self.room -= taken;
        if taken == 0 { Err(io::Error::new(io::ErrorKind::StorageFull, "no room")) } else { Ok(taken) }
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.room == 0 { Err(io::Error::other("not flushed")) } else { Ok(()) }
    }
}

#[test]
fn a_sink_that_fails_is_an_error() {
    let world = World::new();
    let document = Document::open(CONTRACT).unwrap();
    let update = sign(&world, &document);
    let whole = CONTRACT.len() + update.bytes().len();
    for (room, words) in [(0, "no room"), (CONTRACT.len(), "no room"), (whole - 1, "no room"), (whole, "not flushed")] {
        let error = update.write_to(&document, Full { room }).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(error.to_string().contains(words), "{error}");
    }
    assert!(update.write_to(&document, Full { room: whole + 1 }).is_ok());
}

/// What an update makes of its base can be read on without writing it anywhere.
#[test]
fn an_update_can_be_read_on_at_once() {
    let world = World::new();
    let document = Document::open(CONTRACT).unwrap();
    let update = sign(&world, &document);
    let appended = update.document(&document).unwrap();
    assert_eq!(appended.len(), update.file_len());
    let file = update.apply(CONTRACT).unwrap();
    let time = now().after(minutes(1));
    let of_both = [appended, Document::open(file.as_slice()).unwrap()]
        .map(|document| pades_ltv::Verification::new(&document, &world.trust, time).verify());
    assert_eq!(of_both[0], of_both[1]);
}
