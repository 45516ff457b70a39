//! PINs: asked for when needed, tried once, never shown.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use pades_ltv::authority::KeyType;
use pades_ltv::pkcs11::{Pin, PinPurpose, Pkcs11Key};
use pades_ltv::{Document, ErrorClass, ErrorKind, Signing};

use crate::common::{CONTRACT, now};
use crate::softhsm::{Access, PIN, module, refusal, subscriber, wanted, with_softhsm};

/// Flags of `CK_TOKEN_INFO` (PKCS #11 v2.40, 3.2).
const CKF_USER_PIN_FINAL_TRY: u64 = 0x0002_0000;
const CKF_USER_PIN_LOCKED: u64 = 0x0004_0000;

/// The key `seal`, its PINs one after the other, and how many were asked for.
fn asked(pins: &'static [&'static str]) -> (Pkcs11Key, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let key = Pkcs11Key::new(module().unwrap()).label("seal").pin_from(move |request| {
        assert!(request.purpose() == PinPurpose::Login && request.token().contains("`contracts`"));
        Ok(Pin::new(pins[counted.fetch_add(1, Ordering::SeqCst)]))
    });
    (key, count)
}

#[test]
fn a_wrong_pin_is_tried_once() {
    with_softhsm("login::a_wrong_pin_is_tried_once", "", |hsm| {
        hsm.token("contracts");
        hsm.key("contracts", "seal", "01", &subscriber(KeyType::P256));
        let chain = || hsm.chain(&subscriber(KeyType::P256));
        let (key, count) = asked(&["31415926", "never asked for"]);
        let error = refusal(key.certificates(chain()));
        assert!((error.kind(), error.class()) == (ErrorKind::Signer, ErrorClass::Operator), "{error}");
        assert!(error.to_string().contains("CKR_PIN_INCORRECT") && !error.to_string().contains("31415926"), "{error}");
        assert_eq!(count.load(Ordering::SeqCst), 1);

        let error = refusal(Pkcs11Key::new(module().unwrap()).label("seal"));
        assert!(error.class() == ErrorClass::Operator && error.to_string().contains("wants a PIN"), "{error}");
        let error = refusal(Pkcs11Key::new(module().unwrap()).label("seal").pin(Pin::new("")));
        assert!(error.class() == ErrorClass::Operator && error.to_string().contains("the PIN is empty"), "{error}");
        let failing = Pkcs11Key::new(module().unwrap())
            .pin_from(|_| Err(pades_ltv::Error::new(ErrorKind::Io, "the vault is closed")));
        assert_eq!(refusal(failing).kind(), ErrorKind::Io);

        // The right one, a logout behind its back, a wrong one: refused, and not tried again.
        let (key, count) = asked(&[PIN, PIN, "31415926", "never asked for"]);
        let signer = key.certificates(chain()).open().unwrap();
        let document = Document::open(CONTRACT).unwrap();
        let sign = || Signing::new(&document, now()).sign(&signer).map(drop);
        let access = Access::new("contracts");
        sign().unwrap();
        assert_eq!(count.load(Ordering::SeqCst), 1);
        access.log_out();
        sign().unwrap();
        assert_eq!(count.load(Ordering::SeqCst), 2);
        access.log_out();
        assert!(sign().unwrap_err().to_string().contains("CKR_PIN_INCORRECT"));
        for _ in 0..3 {
            let error = sign().unwrap_err();
            assert!(error.class() == ErrorClass::Operator && error.to_string().contains("refused before"), "{error}");
        }
        assert_eq!(count.load(Ordering::SeqCst), 3);
        // A new signer may.
        assert!(wanted("seal").certificates(chain()).open().is_ok());
    });
}

#[test]
fn nobody_is_asked_where_the_process_is_logged_in() {
    with_softhsm("login::nobody_is_asked_where_the_process_is_logged_in", "", |hsm| {
        hsm.token("contracts");
        hsm.key_with_chain("contracts", "seal", "01", &subscriber(KeyType::P256));
        let first = wanted("seal").open().unwrap();
        let (key, count) = asked(&[]);
        let second = key.open().unwrap();
        assert_eq!(count.load(Ordering::SeqCst), 0);
        drop(first);
        let document = Document::open(CONTRACT).unwrap();
        Signing::new(&document, now()).sign(&second).unwrap();
        assert_eq!(count.load(Ordering::SeqCst), 0);
    });
}

/// SoftHSM never locks a token of its own accord, but says what its file says.
#[test]
fn a_locked_pin_is_not_tried() {
    with_softhsm("login::a_locked_pin_is_not_tried", "", |hsm| {
        hsm.token("contracts");
        hsm.key("contracts", "seal", "01", &subscriber(KeyType::P256));
        hsm.set_flag(CKF_USER_PIN_LOCKED);
        let (key, count) = asked(&[]);
        let error = refusal(key.certificates(hsm.chain(&subscriber(KeyType::P256))));
        assert!((error.kind(), error.class()) == (ErrorKind::Signer, ErrorClass::Operator), "{error}");
        let text = error.to_string();
        assert!(
            text.contains("the token's PIN is locked") && text.contains("the security officer unlocks it"),
            "{text}"
        );
        assert_eq!(count.load(Ordering::SeqCst), 0);
    });
}

/// One more wrong PIN would lock the token: what is merely stored is not tried, whoever is asked may.
#[test]
fn the_last_try_is_left_to_people() {
    with_softhsm("login::the_last_try_is_left_to_people", "", |hsm| {
        hsm.token("contracts");
        hsm.key("contracts", "seal", "01", &subscriber(KeyType::P256));
        hsm.set_flag(CKF_USER_PIN_FINAL_TRY);
        let chain = || hsm.chain(&subscriber(KeyType::P256));
        let error = refusal(wanted("seal").certificates(chain()));
        assert!((error.kind(), error.class()) == (ErrorKind::Signer, ErrorClass::Operator), "{error}");
        assert!(error.to_string().contains("would be locked by one more wrong PIN"), "{error}");
        let (key, count) = asked(&[PIN]);
        assert!(key.certificates(chain()).open().is_ok());
        assert_eq!(count.load(Ordering::SeqCst), 1);
    });
}
