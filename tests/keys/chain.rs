//! Whose key it is: a chain in parts, and what does not belong to it.

use pades_ltv::authority::Authority;
use pades_ltv::{ErrorKind, Identity, Signer};

use crate::common::now;

fn identity(name: &str) -> Identity {
    Authority::new(name, now()).unwrap().issue(name).unwrap().identity().unwrap()
}

#[test]
fn a_chain_is_completed_and_what_does_not_belong_to_it_is_told() {
    let whole = identity("one");
    let all: Vec<&[u8]> = whole.certificates().collect();
    assert!(all.len() > 1 && whole.unrelated().is_empty());
    let alone = Identity::new(&all[..1]).unwrap();
    let completed = alone.with_certificates(all.iter().chain(&all)).unwrap();
    assert!(completed.certificates().eq(whole.certificates()));
    // Names alone do not make an issuer: the other authority has the same.
    let other = identity("other");
    let mixed = completed.with_certificates(other.certificates()).unwrap();
    let subjects: Vec<String> = other.certificates().map(|der| Identity::new([der]).unwrap().subject()).collect();
    assert_eq!(mixed.unrelated(), subjects);
    assert_eq!(whole.with_certificates([b"no certificate"]).unwrap_err().kind(), ErrorKind::Certificate);
}
