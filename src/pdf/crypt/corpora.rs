//! Encrypted files of other writers, where they are at hand.

use crate::corpora;
use crate::error::ErrorKind;
use crate::pdf::crypt::Access;
use crate::pdf::document::Document;
use crate::pdf::object::Object;

/// A file, a password, and whose it is; nobody's where nothing stands there.
const FILES: &[(&str, &str, Option<Access>)] = &[
    ("hostile/lopdf/encrypted.pdf", "", Some(Access::User)),
    ("hostile/pdfjs/bug1815476.pdf", "", Some(Access::User)),
    ("hostile/pdfjs/bug900822.pdf", "", Some(Access::User)),
    ("hostile/pdfjs/empty_protected.pdf", "", Some(Access::User)),
    ("hostile/pdfjs/issue17215.pdf", "", Some(Access::User)),
    ("hostile/pdfjs/issue3371.pdf", "ELXRTQWS", Some(Access::Owner)),
    ("hostile/pdfjs/issue7665.pdf", "", Some(Access::User)),
    ("foreign/blobs/6eb9a9e729bd103d582d.pdf", "usersecret", Some(Access::User)),
    ("foreign/blobs/d45c13b4b3525fdf39a7.pdf", "ownersecret", Some(Access::Owner)),
    ("foreign/blobs/4055f533eeb1a3abc1bc.pdf", "usersecret", Some(Access::User)),
    ("foreign/blobs/c9dfd2511bcd9c937750.pdf", "ownersecret", Some(Access::Owner)),
    ("foreign/blobs/ba1bc4f11d2da1125e4a.pdf", "usersecret", Some(Access::User)),
    // Passwords in Unicode 3.2, as PDF has them. A password that another writer normalised by a later Unicode opens, too.
    ("hostile/safedocs/unicode-test-U2F874-correct.pdf", "Password\u{2F874}!", Some(Access::Owner)),
    ("hostile/safedocs/unicode-test-U2F874-correct.pdf", "Password\u{5F33}!", Some(Access::Owner)),
    ("hostile/safedocs/unicode-test-U2F874-wrong.pdf", "Password\u{2F874}!", Some(Access::Owner)),
    ("hostile/safedocs/unicode-test-U2F874-wrong.pdf", "Password\u{5F53}!", Some(Access::Owner)),
    ("hostile/safedocs/unicode-corrigendum5-fixed.pdf", "\u{1100}\u{300}\u{1161}\u{323}", Some(Access::Owner)),
    ("hostile/safedocs/unicode-corrigendum5-unicode32-twice.pdf", "\u{1100}\u{300}\u{1161}\u{323}", None),
    ("hostile/safedocs/unicode-corrigendum5-unicode32-twice.pdf", "\u{AC00}\u{300}\u{323}", Some(Access::Owner)),
    ("hostile/safedocs/unicode-corrigendum5-unicode32-twice.pdf", "\u{AC00}\u{323}\u{300}", Some(Access::Owner)),
];

#[test]
fn files_of_other_writers_open_and_all_of_them_decrypts() {
    let Some(root) = corpora::folder("") else { return };
    for (name, password, access) in FILES {
        let pdf = std::fs::read(root.join(name)).unwrap();
        let document = match Document::open_with_password(&pdf, password) {
            Err(error) if access.is_none() => {
                assert_eq!(error.kind(), ErrorKind::Encrypted);
                continue;
            }
            opened => opened.unwrap_or_else(|error| panic!("{name}: {error}")),
        };
        assert_eq!(document.encryption().map(|encryption| encryption.access()), *access, "{name}");
        let view = document.latest();
        for id in view.live_objects() {
            let object = view.get(id).unwrap_or_else(|error| panic!("{name}: {error}"));
            let Object::Stream(stream) = object else { continue };
            // Images stay as they are: their filters are not ours.
            if let Err(error) = view.stream_data(&stream) {
                assert_eq!(error.kind(), ErrorKind::Unsupported, "{name} {id}: {error}");
            }
        }
    }
}
