//! Which token, key and certificate; and what is said where that is not clear.

use cryptoki::object::ObjectClass;
use pades_ltv::authority::KeyType;
use pades_ltv::pkcs11::{Pin, Pkcs11Key};
use pades_ltv::{ErrorClass, ErrorKind, Signer};

use crate::softhsm::{Access, PIN, module, refusal, subscriber, wanted, with_softhsm};

#[test]
fn a_key_is_found_by_all_that_it_has() {
    with_softhsm("finding::a_key_is_found_by_all_that_it_has", "", |hsm| {
        let subscriber = subscriber(KeyType::P256);
        hsm.token("first token");
        hsm.token("second");
        hsm.key_with_chain("first token", "印 1", "0a3b", &subscriber);
        hsm.key_with_chain("second", "印 1", "0c", &subscriber);
        let module_path = module().unwrap();
        let at = || Pkcs11Key::new(&module_path).pin(Pin::new(PIN));
        let access = Access::new("second");
        let slot = access.session().get_session_info().unwrap().slot_id();
        let serial = access.module.get_token_info(slot).unwrap().serial_number().to_owned();
        let path = module_path.display();
        for (key, id) in [
            (at().token("first token"), "0a3b"),
            (at().token("first token").label("印 1").id([0x0a, 0x3b]), "0a3b"),
            (at().serial(serial.clone()), "0c"),
            (at().slot(slot.id()).label("印 1"), "0c"),
            (
                Pkcs11Key::from_uri(&format!(
                    "pkcs11:token=second;object=%E5%8D%B0%201?module-path={path}&pin-value={PIN}"
                ))
                .unwrap(),
                "0c",
            ),
            (
                Pkcs11Key::from_uri("pkcs11:token=first%20token;id=%0a%3B;type=private")
                    .unwrap()
                    .module(&module_path)
                    .pin(Pin::new(PIN)),
                "0a3b",
            ),
            (
                Pkcs11Key::from_uri(&format!("pkcs11:slot-id={};serial={serial}", slot.id()))
                    .unwrap()
                    .module(&module_path)
                    .pin(Pin::new(PIN)),
                "0c",
            ),
        ] {
            let shown = format!("{key:?}");
            let signer = key.open().unwrap_or_else(|error| panic!("{shown}: {error}"));
            let place = format!("{signer:?}");
            assert!(place.contains(&format!("id `{id}`")), "{shown}: {place}");
            assert!(!shown.contains(PIN) && place.contains("電子契約サービス"), "{shown} {place}");
        }

        let error = refusal(at().label("印 1"));
        assert!((error.kind(), error.class()) == (ErrorKind::Key, ErrorClass::Operator), "{error}");
        assert!(error.to_string().contains("2 tokens fit") && error.to_string().contains("`first token`"), "{error}");
        let error = refusal(at().token("third"));
        assert!(
            error.to_string().contains("no token fits: label `third`") && error.to_string().contains("`second`"),
            "{error}"
        );
        let error = refusal(at().token("second").label("印 2"));
        assert!(
            error.to_string().contains("fits: label `印 2`") && error.to_string().contains("`印 1`, id `0c`"),
            "{error}"
        );
        let error = refusal(Pkcs11Key::from_uri("pkcs11:token=second").unwrap());
        assert!(error.to_string().contains("module-path"), "{error}");
        let error = refusal(Pkcs11Key::new("/no/such/module.so"));
        assert!((error.kind(), error.class()) == (ErrorKind::Signer, ErrorClass::Operator), "{error}");
        assert!(error.to_string().contains("/no/such/module.so"), "{error}");
    });
}

#[test]
fn an_ambiguous_label_lists_what_there_is() {
    with_softhsm("finding::an_ambiguous_label_lists_what_there_is", "", |hsm| {
        hsm.token("contracts");
        hsm.key_with_chain("contracts", "seal", "01", &subscriber(KeyType::P256));
        hsm.key_with_chain("contracts", "seal", "02", &subscriber(KeyType::P384));
        let error = refusal(wanted("seal"));
        let text = error.to_string();
        assert!((error.kind(), error.class()) == (ErrorKind::Key, ErrorClass::Operator), "{error}");
        assert!(text.contains("2 private keys fit") && text.contains("id `01`") && text.contains("id `02`"), "{text}");
        assert!(wanted("seal").id([2]).open().is_ok());
    });
}

/// More keys than one call of `C_FindObjects` gives.
#[test]
fn every_key_of_a_full_token_is_found() {
    with_softhsm("finding::every_key_of_a_full_token_is_found", "", |hsm| {
        hsm.token("contracts");
        let subscriber = subscriber(KeyType::P256);
        hsm.key_with_chain("contracts", "seal", "01", &subscriber);
        let pem = hsm.authority.private_key_pem(subscriber.clone()).unwrap();
        let access = Access::new("contracts");
        for number in 0..300 {
            access.write_wary_key(&format!("other {number}"), &pem);
        }
        let error = refusal(wanted("none")).to_string();
        assert!(error.matches(" key label ").count() == 256 && error.contains("; and 45 more"), "{error}");
        let error = refusal(Pkcs11Key::new(module().unwrap()).pin(Pin::new(PIN))).to_string();
        assert!(error.contains("301 private keys fit where one must"), "{error}");
        assert!(wanted("seal").open().is_ok());
    });
}

#[test]
fn key_and_certificate_belong_together() {
    with_softhsm("finding::key_and_certificate_belong_together", "", |hsm| {
        hsm.token("contracts");
        let (mine, other, rsa) = (subscriber(KeyType::P256), subscriber(KeyType::P384), subscriber(KeyType::Rsa2048));
        hsm.key("contracts", "seal", "01", &mine);
        let error = refusal(wanted("seal"));
        assert!((error.kind(), error.class()) == (ErrorKind::Certificate, ErrorClass::Operator), "{error}");
        assert!(
            error.to_string().contains("has no certificate on the token") && error.to_string().contains("CKA_ID 01"),
            "{error}"
        );

        // The caller's certificates, in any order.
        let mut chain = hsm.chain(&mine);
        chain.reverse();
        let signer = wanted("seal").certificates(chain).open().unwrap();
        assert!(signer.identity().unwrap().certificates().eq(hsm.chain(&mine)));
        let error = refusal(wanted("seal").certificates(hsm.chain(&other)));
        assert!(
            error.kind() == ErrorKind::Key && error.to_string().contains("belongs to another certificate"),
            "{error}"
        );
        let error = refusal(wanted("seal").certificates([b"no certificate".as_slice()]));
        assert_eq!(error.kind(), ErrorKind::Certificate);

        // Another's certificate with the key's identifier.
        let access = Access::new("contracts");
        access.write_certificate("seal", &[1], &hsm.chain(&other)[0]);
        let error = refusal(wanted("seal"));
        assert!((error.kind(), error.class()) == (ErrorKind::Key, ErrorClass::Operator), "{error}");
        assert!(error.to_string().contains("belongs to another certificate"), "{error}");

        // Also where the token does not show the public half: then the key is tried.
        access.session().destroy_object(access.find(ObjectClass::PUBLIC_KEY, "seal")).unwrap();
        assert!(refusal(wanted("seal")).to_string().contains("belongs to another certificate"));
        access.session().destroy_object(access.find(ObjectClass::CERTIFICATE, "seal")).unwrap();
        assert!(wanted("seal").certificates(hsm.chain(&mine)).open().is_ok());
        assert!(refusal(wanted("seal").certificates(hsm.chain(&rsa))).kind() == ErrorKind::Key);

        // Two certificates for one key, as after a renewal.
        access.write_certificate("old", &[1], &hsm.chain(&mine)[0]);
        let mut renewed = hsm.chain(&mine)[0].clone();
        *renewed.last_mut().unwrap() ^= 1;
        access.write_certificate("new", &[1], &renewed);
        let error = refusal(wanted("seal"));
        assert!(error.kind() == ErrorKind::Certificate && error.to_string().contains("has 2 certificates"), "{error}");
        assert!(wanted("seal").certificates(hsm.chain(&mine)).open().is_ok());
    });
}
