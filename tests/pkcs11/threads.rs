//! Many threads, one signer; and a token that goes away under them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};
use pades_ltv::authority::KeyType;
use pades_ltv::{Document, ErrorClass, ErrorKind, Signer, Signing, SigningInput};

use crate::common::{CONTRACT, now};
use crate::softhsm::{Access, subscriber, wanted, with_softhsm};

const THREADS: usize = 8;
const EACH: usize = 250;

/// What `thread` signs.
fn input(signer: &impl Signer, thread: usize) -> SigningInput {
    let document = Document::open(CONTRACT).unwrap();
    let prepared = Signing::new(&document, now()).reason(format!("{thread}")).prepare(&signer.identity().unwrap());
    prepared.unwrap().input().clone()
}

fn verifying_key(signer: &impl Signer) -> VerifyingKey {
    let identity = signer.identity().unwrap();
    let certificate: x509_cert::Certificate = der::Decode::from_der(identity.certificates().next().unwrap()).unwrap();
    let key = &certificate.tbs_certificate().subject_public_key_info().subject_public_key;
    VerifyingKey::from_sec1_bytes(key.raw_bytes()).unwrap()
}

#[test]
fn eight_threads_sign_two_thousand_times_while_the_token_is_lost_and_found() {
    let name = "threads::eight_threads_sign_two_thousand_times_while_the_token_is_lost_and_found";
    with_softhsm(name, "", |hsm| {
        hsm.token("contracts");
        hsm.key_with_chain("contracts", "seal", "01", &subscriber(KeyType::P256));
        let signer = wanted("seal").sessions(3).open().unwrap();
        let key = verifying_key(&signer);
        let (half, done) = (EACH / 2, AtomicUsize::new(0));
        let work = |behind_their_backs: &dyn Fn()| {
            let work = |thread: usize| {
                let input = input(&signer, thread);
                for round in 0..half {
                    let value = signer.sign(&input).unwrap_or_else(|error| panic!("{thread}, {round}: {error}"));
                    key.verify(input.message(), &Signature::from_slice(&value).unwrap()).unwrap();
                    done.fetch_add(1, Ordering::SeqCst);
                }
            };
            thread::scope(|scope| {
                let work = &work;
                let threads: Vec<_> = (0..THREADS).map(|thread| scope.spawn(move || work(thread))).collect();
                behind_their_backs();
                threads.into_iter().for_each(|thread| thread.join().unwrap());
            });
        };
        // A logout in the middle of the work of all.
        work(&|| {
            while done.load(Ordering::SeqCst) < THREADS * half / 2 {
                thread::yield_now();
            }
            Access::new("contracts").log_out();
        });
        // All sessions die, which SoftHSM stands only while nobody works; another token with the same label and key stands in another
        // slot.
        Access::new("contracts").finalize();
        hsm.destroy_tokens();
        hsm.token("contracts");
        hsm.key("contracts", "seal", "01", &subscriber(KeyType::P256));
        work(&|| {});
        assert_eq!(done.load(Ordering::SeqCst), THREADS * EACH);
    });
}

#[test]
fn a_token_that_does_not_come_back_is_said_and_another_key_is_not_used() {
    let name = "threads::a_token_that_does_not_come_back_is_said_and_another_key_is_not_used";
    with_softhsm(name, "", |hsm| {
        hsm.token("contracts");
        hsm.key_with_chain("contracts", "seal", "01", &subscriber(KeyType::P256));
        let signer = wanted("seal").token("contracts").open().unwrap();
        let input = input(&signer, 0);
        Access::new("contracts").finalize();
        hsm.destroy_tokens();
        let error = signer.sign(&input).unwrap_err();
        assert!((error.kind(), error.class()) == (ErrorKind::Key, ErrorClass::Operator), "{error}");
        assert!(error.to_string().contains("no token fits: label `contracts`"), "{error}");

        // SoftHSM sees new tokens when it starts.
        let other = pades_ltv::authority::Subscriber::new("somebody else");
        hsm.token("contracts");
        hsm.key("contracts", "seal", "01", &other);
        let module = cryptoki::context::Pkcs11::new(crate::softhsm::module().unwrap()).unwrap();
        module.finalize().unwrap();
        let error = signer.sign(&input).unwrap_err();
        assert!(
            error.kind() == ErrorKind::Key && error.to_string().contains("not the key that this signer began with"),
            "{error}"
        );
    });
}
