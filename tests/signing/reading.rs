//! How much of a file is read: its base once, however many signatures are made or checked.

use std::sync::atomic::{AtomicU64, Ordering};

use pades_ltv::{Augmentation, Document, Evidence, Signing, Source, Update, Verification};

use crate::common::{ROOM, World, minutes, now, pdf};

const LENGTH: u64 = 16 << 20;

/// Bytes that count what is read of them.
struct Counted {
    bytes: Vec<u8>,
    read: AtomicU64,
}

impl Counted {
    fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, read: AtomicU64::new(0) }
    }

    /// What was read since this was last asked, in bytes.
    fn taken(&self) -> u64 {
        self.read.swap(0, Ordering::Relaxed)
    }
}

impl Source for Counted {
    fn len(&self) -> std::io::Result<u64> {
        Source::len(&self.bytes)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<()> {
        self.read.fetch_add(u64::try_from(buffer.len()).unwrap(), Ordering::Relaxed);
        self.bytes.read_at(offset, buffer)
    }
}

/// A file of which nearly everything is one stream.
fn large() -> Vec<u8> {
    let length = usize::try_from(LENGTH).unwrap();
    pdf::table(&[&format!("<</Length {length}>>\nstream\n{}\nendstream", "x".repeat(length))])
}

/// `count` further signatures and then the archive, made without writing the file in between.
fn sign(world: &World, base: &Document<'_>, count: u64) -> Update {
    let mut update: Option<Update> = None;
    for turn in 0..count {
        let document = update.as_ref().map(|update| update.document(base).unwrap());
        let time = now().after(minutes(turn));
        let signing = Signing::new(document.as_ref().unwrap_or(base), time).timestamp_room(ROOM);
        let signed = signing.sign(&world.signer).unwrap().timestamp(&world.authority.at(time)).unwrap();
        let next = signed.finish().unwrap();
        update = Some(update.map_or(next.clone(), |update| update.then(next).unwrap()));
    }
    let (update, time) = (update.unwrap(), now().after(minutes(count)));
    let document = update.document(base).unwrap();
    let evidence = Evidence::collect(&document, &world.trust, &world.authority.at(time), time).unwrap();
    let augmentation = Augmentation::new(&document, time).evidence(&evidence);
    let archive = augmentation.timestamp(&world.authority.at(time)).unwrap();
    update.then(archive).unwrap()
}

#[test]
fn a_base_is_read_once_for_many_signatures_and_so_is_what_is_verified() {
    let world = World::new();
    let base = Counted::new(large());
    let document = Document::open(&base).unwrap();
    document.form_fields().unwrap();
    let read = base.taken();
    assert!(read < 256 << 10, "opened by reading {read} bytes");

    let update = sign(&world, &document, 5);
    let read = base.taken();
    assert!((LENGTH..LENGTH + (1 << 20)).contains(&read), "signed five times by reading {read} of {LENGTH} bytes");

    let signed = Counted::new(update.apply(&base.bytes).unwrap());
    let report = Verification::new(&Document::open(&signed).unwrap(), &world.trust, now().after(minutes(6))).verify();
    assert_eq!(report.signatures.iter().filter(|signature| signature.conclusion.is_passed()).count(), 6);
    let read = signed.taken();
    assert!((LENGTH..LENGTH + (2 << 20)).contains(&read), "verified by reading {read} of {LENGTH} bytes");
}
