use base64ct::{Base64, Encoding};
use serde_json::{Value, json};

use super::*;
use crate::authority::{Authority, Device, KeyType, Subscriber};
use crate::digest::DigestAlgorithm;
use crate::error::{Error, ErrorClass, ErrorKind};
use crate::pki::algorithm::SignatureAlgorithm;
use crate::port::{Signer, SigningInput};
use crate::time::Time;

const SECRETS: [&str; 4] = ["TOKEN-1", "PIN-2", "OTP-3", "SAD-4"];

fn now() -> Time {
    "2026-10-07T00:25:23Z".parse().unwrap()
}

fn device() -> Device {
    Authority::new("csc", now()).unwrap().device("甲野サービス").unwrap()
}

fn service(version: &str) -> Service {
    Service::new(&format!("https://signing.example.jp/csc/{version}/"), "TOKEN-1").unwrap()
}

/// What a service of version 2 says of a credential.
fn info() -> Value {
    let certificates: Vec<String> = device().certificates().iter().map(|der| Base64::encode_string(der)).collect();
    json!({
        "description": "a key",
        "key": {"status": "enabled", "algo": ["1.2.840.10045.4.3.2"], "len": 256, "curve": "1.2.840.10045.3.1.7"},
        "cert": {"status": "valid", "certificates": certificates},
        "auth": {"mode": "explicit", "expression": "PIN AND OTP", "objects": [
            {"type": "Password", "id": "PIN", "format": "N"}, {"type": "Password", "id": "OTP"}]},
        "SCAL": "2",
        "multisign": 20,
    })
}

fn read_info(info: &Value) -> Result<Credential, Error> {
    service("v2").credential("GX01").read(&Answer::new(200, info.to_string().as_bytes()))
}

fn credential() -> Credential {
    read_info(&info()).unwrap()
}

fn input(message: &[u8]) -> SigningInput {
    SigningInput::new(message.to_vec(), SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256))
}

fn json_of<A>(request: &Request<A>) -> Value {
    serde_json::from_slice(&request.body()).unwrap()
}

fn authorization() -> Authorization {
    Authorization::new("SAD-4", now().after(std::time::Duration::from_secs(60)))
}

#[test]
fn a_credential_is_read_in_either_version() {
    let credential = credential();
    assert_eq!((credential.id(), credential.scal(), credential.multisign()), ("GX01", Scal::Two, 20));
    let objects = vec!["PIN".to_owned(), "OTP".to_owned()];
    let expression = Some("PIN AND OTP".to_owned());
    assert_eq!(*credential.mode(), AuthorizationMode::Explicit { objects: objects.clone(), expression });
    assert!(credential.identity().certificates().eq(device().certificates().iter().map(Vec::as_slice)));

    let mut old = info();
    old["auth"].take();
    old["authMode"] = json!("explicit");
    old["PIN"] = json!({"presence": "true", "format": "N"});
    old["OTP"] = json!({"presence": "optional", "type": "online"});
    old["SCAL"].take();
    let request = service("v1").credential("GX01");
    assert_eq!(request.url(), "https://signing.example.jp/csc/v1/credentials/info");
    let credential = request.read(&Answer::new(200, old.to_string().as_bytes())).unwrap();
    assert_eq!(*credential.mode(), AuthorizationMode::Explicit { objects, expression: None });
    assert_eq!(credential.scal(), Scal::One);
}

#[test]
fn requests_have_the_fields_of_their_version() {
    let credential = credential();
    let (one, two) = (input(b"one"), input(b"two"));
    let inputs = [&one, &two];
    let hashes = json!([Base64::encode_string(&one.digest()), Base64::encode_string(&two.digest())]);
    let auth = AuthData::new().pin("PIN-2").otp("OTP-3");
    let (new, old) = (service("v2"), service("v1"));
    let sha256 = "2.16.840.1.101.3.4.2.1";

    let request = new.authorize(&credential, &inputs, &auth, now()).unwrap().description("契約書").client_data("c");
    assert_eq!(request.headers()[2], ("Authorization", "Bearer TOKEN-1"));
    assert_eq!(
        json_of(&request),
        json!({"credentialID": "GX01", "numSignatures": 2, "hashes": hashes, "hashAlgorithmOID": sha256,
            "authData": [{"id": "PIN", "value": "PIN-2"}, {"id": "OTP", "value": "OTP-3"}],
            "description": "契約書", "clientData": "c"})
    );
    assert_eq!(
        json_of(&old.authorize(&credential, &inputs, &auth, now()).unwrap()),
        json!({"credentialID": "GX01", "numSignatures": 2, "hash": hashes, "PIN": "PIN-2", "OTP": "OTP-3"})
    );
    assert_eq!(
        json_of(&new.extend(&credential, &authorization(), &inputs, now()).unwrap()),
        json!({"credentialID": "GX01", "hashes": hashes, "hashAlgorithmOID": sha256, "SAD": "SAD-4"})
    );
    assert_eq!(
        json_of(&new.sign_hash(&credential, &authorization(), &inputs, now()).unwrap()),
        json!({"credentialID": "GX01", "SAD": "SAD-4", "hashes": hashes, "hashAlgorithmOID": sha256,
            "signAlgo": "1.2.840.10045.4.3.2"})
    );
    assert_eq!(
        json_of(&old.sign_hash(&credential, &authorization(), &inputs, now()).unwrap()),
        json!({"credentialID": "GX01", "SAD": "SAD-4", "hash": hashes, "hashAlgo": sha256,
            "signAlgo": "1.2.840.10045.4.3.2"})
    );
    assert_eq!(json_of(&new.credentials().user("taro")), json!({"userID": "taro"}));
    assert_eq!(json_of(&new.send_otp(&credential)), json!({"credentialID": "GX01", "authObjectID": "OTP"}));
    assert!(old.send_otp(&credential).url().ends_with("/csc/v1/credentials/sendOTP"));
    let objects = AuthData::new().out_of_band("SMS");
    let request = new.authorize(&credential, &inputs, &objects, now()).unwrap();
    assert_eq!(json_of(&request)["authData"], json!([{"id": "SMS"}]));
    let error = old.authorize(&credential, &inputs, &objects, now()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
}

/// What the key offers decides: its own algorithm, that of the key alone, another digest, or nothing.
#[test]
fn the_algorithm_is_one_that_the_key_offers() {
    let with = |algo: Value| {
        let mut info = info();
        info["key"]["algo"] = algo;
        read_info(&info)
    };
    let sign_algo = |credential: &Credential| credential.sign_algo(credential.identity().algorithm()).unwrap();
    let generic = with(json!(["1.2.840.10045.2.1"])).unwrap();
    assert_eq!(sign_algo(&generic), ("1.2.840.10045.2.1".to_owned(), None));
    let other = with(json!(["1.2.840.113549.1.1.1", "1.2.840.10045.4.3.4", "0.4.0.127.0.7.1.1.4.1.3"])).unwrap();
    assert_eq!(other.identity().algorithm(), SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha512));
    // What is broken is passed over, wherever it stands.
    let old = with(json!(["1.2.840.10045.4.1", "1.2.840.10045.4.3.3"])).unwrap();
    assert_eq!(old.identity().algorithm(), SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha384));
    assert!(old.with_algorithm(SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha1)).is_err());
    assert!(with(json!(["1.2.840.10045.4.1"])).is_err());
    let error = other.with_algorithm(SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256)).unwrap_err();
    assert_eq!((error.kind(), error.class()), (ErrorKind::Key, ErrorClass::Operator), "{error}");
    let error = with(json!(["1.2.840.113549.1.1.11", "1.2.3"])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Key, "{error}");
    assert!(error.to_string().contains("1.2.840.113549.1.1.11, 1.2.3"), "{error}");
}

/// EdDSA signs the message itself (RFC 8419, 2.3), and `signatures/signHash` is given its digest.
#[test]
fn keys_that_sign_no_digest_are_refused() {
    let authority = Authority::new("csc", now()).unwrap();
    for (key, oid) in [(KeyType::Ed25519, "1.3.101.112"), (KeyType::Ed448, "1.3.101.113")] {
        let identity = authority.issue(Subscriber::new("乙野").key(key)).unwrap().identity().unwrap();
        let certificates: Vec<String> = identity.certificates().map(Base64::encode_string).collect();
        let mut info = info();
        info["cert"]["certificates"] = json!(certificates);
        for offered in [json!([oid]), json!([oid, "1.2.840.10045.4.3.2", "1.2.840.113549.1.1.11"])] {
            info["key"]["algo"] = offered;
            let error = read_info(&info).unwrap_err();
            assert_eq!((error.kind(), error.class()), (ErrorKind::Key, ErrorClass::Operator), "{error}");
            let text = error.to_string();
            assert!(text.contains("no algorithm for this key that signs hashes") && text.contains(oid), "{text}");
        }
    }
}

#[test]
fn what_cannot_be_asked_is_said_before_it_is_asked() {
    let (service, credential, one) = (service("v2"), credential(), input(b"one"));
    let auth = AuthData::new().pin("PIN-2");
    let many = vec![&one; 21];
    let other = SigningInput::new(Vec::new(), SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256));
    let mut oauth = info();
    oauth["auth"] = json!({"mode": "oauth2code"});
    let oauth = read_info(&oauth).unwrap();
    let late = now().after(std::time::Duration::from_secs(60));
    for (error, class, words) in [
        (service.authorize(&credential, &[], &auth, now()).unwrap_err(), ErrorClass::Permanent, "nothing to sign"),
        (
            service.authorize(&credential, &many, &auth, now()).unwrap_err(),
            ErrorClass::Permanent,
            "20 signatures, but 21",
        ),
        (
            service.authorize(&credential, &[&other], &auth, now()).unwrap_err(),
            ErrorClass::Permanent,
            "another algorithm",
        ),
        (
            service.authorize(&credential, &[&one], &AuthData::new(), now()).unwrap_err(),
            ErrorClass::Operator,
            "wants PIN, OTP",
        ),
        (service.authorize(&oauth, &[&one], &auth, now()).unwrap_err(), ErrorClass::Operator, "scope credential"),
        (
            service.sign_hash(&credential, &authorization(), &[&one], late).unwrap_err(),
            ErrorClass::Retryable,
            "expired at 2026-10-07",
        ),
        (
            service.extend(&credential, &authorization(), &[&one], late).unwrap_err(),
            ErrorClass::Retryable,
            "authorise again",
        ),
    ] {
        assert_eq!((error.kind(), error.class()), (ErrorKind::Signer, class), "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
    for (base, token) in [
        ("https://signing.example.jp/", "t"),
        ("https://signing.example.jp/csc/v3", "t"),
        ("https://signing.example.jp/csc/v2", ""),
        ("http://signing.example.jp/csc/v2", "t"),
        ("http://localhost@signing.example.jp/csc/v2", "t"),
        ("http://localhost:1@signing.example.jp/csc/v2", "t"),
        ("http://127.0.0.1.example.jp/csc/v2", "t"),
        ("ftp://127.0.0.1/csc/v2", "t"),
        ("https://signing.example.jp/csc/v2", "a\r\nX: y"),
    ] {
        assert_eq!(Service::new(base, token).unwrap_err().class(), ErrorClass::Permanent);
    }
    for base in
        ["http://127.0.0.1:8080/csc/v2", "http://localhost/csc/v1/", "http://[::1]/csc/v2", "http://[::1]:80/csc/v2"]
    {
        assert!(Service::new(base, "t").is_ok(), "{base}");
    }
    assert!(Service::danger_unencrypted("http://signing.example.jp/csc/v2", "t").is_ok());
    for base in ["https://kono:PIN-2@signing.example.jp/csc/v2", "http://PIN-2@signing.example.jp/", "PIN-2@x"] {
        let error = Service::danger_unencrypted(base, "t").unwrap_err().to_string();
        assert!(error.contains("a user name or password") && !error.contains("PIN-2"), "{error}");
    }
    assert!(Service::new("https://signing.example.jp/@tenant/csc/v2", "t").is_ok());
}

#[test]
fn keys_and_certificates_that_the_service_rules_out_are_named() {
    for (field, name, status, kind) in [
        ("key", "status", "disabled", ErrorKind::Key),
        ("cert", "status", "expired", ErrorKind::Certificate),
        ("cert", "status", "revoked", ErrorKind::Certificate),
        ("cert", "status", "suspended", ErrorKind::Certificate),
    ] {
        let mut info = info();
        info[field][name] = json!(status);
        let error = read_info(&info).unwrap_err();
        assert_eq!((error.kind(), error.class()), (kind, ErrorClass::Operator), "{error}");
        assert!(error.to_string().contains(status) && error.to_string().contains("GX01"), "{error}");
    }
}

/// An authorisation lasts as long as the service says, from when it was asked for, or an hour.
#[test]
fn authorisations_expire_or_are_pending() {
    let request =
        service("v2").authorize(&credential(), &[&input(b"one")], &AuthData::new().pin("PIN-2"), now()).unwrap();
    let read = |body: Value| request.read(&Answer::new(200, body.to_string().as_bytes()));
    let seconds = |authorization: Authorization| authorization.expires().to_unix() - now().to_unix();
    assert_eq!(seconds(read(json!({"SAD": "SAD-4", "expiresIn": 300})).unwrap().granted().unwrap()), 300);
    assert_eq!(seconds(read(json!({"SAD": "SAD-4", "expiresIn": null})).unwrap().granted().unwrap()), 3600);
    let AuthorizationState::Pending(handle) = read(json!({"handle": "878287"})).unwrap() else { panic!("not pending") };
    assert_eq!(json_of(&service("v2").authorize_check(&handle, now())), json!({"handle": "878287"}));
    let error = AuthorizationState::Pending(handle).granted().unwrap_err();
    assert_eq!(error.class(), ErrorClass::Operator, "{error}");
}

#[test]
fn refusals_keep_the_services_words_and_say_what_to_do() {
    use ErrorClass::{Operator, Permanent, Retryable};
    let request = service("v2").sign_hash(&credential(), &authorization(), &[&input(b"one")], now()).unwrap();
    let refusal =
        |error: &str, description: &str| json!({"error": error, "error_description": description}).to_string();
    for (status, body, class, words) in [
        (
            400,
            refusal("invalid_request", "SAD expired"),
            Retryable,
            "400 invalid_request: \"SAD expired\"; authorise again",
        ),
        (400, refusal("invalid_request", "Invalid parameter SAD"), Permanent, "\"Invalid parameter SAD\""),
        (400, refusal("invalid_request", "Hash is not authorized by the SAD"), Permanent, "not authorized by the SAD"),
        (400, refusal("invalid_pin", "The PIN is invalid"), Operator, "give the right PIN"),
        (
            400,
            refusal("invalid_authentication_data", ""),
            Operator,
            "400 invalid_authentication_data; give the right PIN",
        ),
        (400, refusal("invalid_request", "Credential locked"), Operator, "unlock"),
        (400, refusal("invalid_request", "PIN locked"), Operator, "unlock"),
        (400, refusal("access_denied", "The user declined"), Operator, "\"The user declined\""),
        (401, refusal("invalid_token", "expired"), Operator, "new access token"),
        (403, String::new(), Operator, "403; get a new access token"),
        (429, String::new(), Retryable, "429; try again later (Retry-After: 120)"),
        (
            503,
            "<html><title>503</title>Maintenance until 09:00</html>".to_owned(),
            Retryable,
            "503: \"503 Maintenance until 09:00\"",
        ),
        (400, refusal("server_error", ""), Retryable, "try again later"),
        (501, String::new(), Permanent, "501"),
        (302, String::new(), Permanent, "302; check the service's address"),
        (404, "<h1>Not Found</h1>".to_owned(), Permanent, "404: \"Not Found\"; check the service's address"),
        (404, refusal("invalid_request", "No such credential"), Permanent, "No such credential"),
        (400, refusal("invalid_request", "Invalid PIN"), Operator, "give the right PIN"),
        (400, refusal("invalid_request", "Incorrect password."), Operator, "give the right PIN"),
        (400, "<<<\u{7}".to_owned(), Permanent, "400"),
        (400, json!({"error": 7}).to_string(), Permanent, "400"),
        (400, refusal("invalid_request", &"長".repeat(500)), Permanent, "長…"),
    ] {
        let error = request.read(&Answer::new(status, body.as_bytes()).retry_after("120")).unwrap_err();
        assert_eq!((error.kind(), error.class()), (ErrorKind::Signer, class), "{error}");
        let text = error.to_string();
        assert!(text.contains(words) && text.contains("/csc/v2/signatures/signHash"), "{text}");
        assert!(text.chars().count() < 600 && !text.chars().any(char::is_control), "{text}");
    }
    // Not what they were told in confidence.
    let auth = AuthData::new().pin("PIN-2").otp("OTP-3");
    for version in ["v1", "v2"] {
        let service = service(version);
        let unlock = service.authorize(&credential(), &[&input(b"one")], &auth, now()).unwrap();
        let body = refusal("PIN-2", &format!("{}{SECRETS:?}", " ".repeat(194)));
        for body in [body, format!("<p>TOKEN-1: {SECRETS:?}</p>")] {
            let answer = Answer::new(400, body.as_bytes());
            let (unlock, sign) = (unlock.read(&answer).unwrap_err(), request.read(&answer).unwrap_err());
            let (unlock, sign) = (unlock.to_string(), sign.to_string());
            assert!(["TOKEN", "PIN-", "OTP-"].iter().all(|secret| !unlock.contains(secret)), "{unlock}");
            assert!(["TOKEN", "SAD-"].iter().all(|secret| !sign.contains(secret)), "{sign}");
        }
    }
    let disabled = refusal("invalid_request", "The credential identified by credentialID is disabled");
    let expired = refusal("invalid_request", "Signing certificate is expired");
    for (body, kind) in [(disabled, ErrorKind::Key), (expired, ErrorKind::Certificate)] {
        let error = request.read(&Answer::new(400, body.as_bytes())).unwrap_err();
        assert_eq!((error.kind(), error.class()), (kind, Operator), "{error}");
        let refused = std::error::Error::source(&error).unwrap().downcast_ref::<Refused>().unwrap();
        assert_eq!((refused.status, refused.error.as_str()), (400, "invalid_request"));
    }
}

#[test]
fn answers_of_another_shape_are_named_by_field() {
    let request =
        service("v2").sign_hash(&credential(), &authorization(), &[&input(b"1"), &input(b"2")], now()).unwrap();
    let page = "<!DOCTYPE html><title>Log in</title>".to_owned();
    for (body, class, words) in [
        (page, ErrorClass::Operator, "a page instead of JSON: \"Log in\""),
        ("not JSON".to_owned(), ErrorClass::Permanent, "no JSON object"),
        ("[]".to_owned(), ErrorClass::Permanent, "no JSON object"),
        ("{} {}".to_owned(), ErrorClass::Permanent, "no JSON object"),
        ("[".repeat(100_000), ErrorClass::Permanent, "no JSON object"),
        (String::new(), ErrorClass::Permanent, "lacks signatures"),
        (json!({"signatures": null}).to_string(), ErrorClass::Permanent, "lacks signatures"),
        (
            json!({"signatures": "AA=="}).to_string(),
            ErrorClass::Permanent,
            "no array of strings where one is expected in signatures",
        ),
        (json!({"signatures": ["AA==", 7]}).to_string(), ErrorClass::Permanent, "no array of strings"),
        (json!({"signatures": ["AA==", "SAD-4"]}).to_string(), ErrorClass::Permanent, "no Base64"),
        (json!({"signatures": ["AA=="]}).to_string(), ErrorClass::Permanent, "1 signatures, where 2 were asked for"),
        (json!({"responseID": "158112"}).to_string(), ErrorClass::Permanent, "lacks signatures"),
        (" ".repeat(ANSWER_LIMIT + 1), ErrorClass::Permanent, "longer than 4194304 bytes"),
    ] {
        let error = request.read(&Answer::new(200, body.as_bytes())).unwrap_err();
        assert_eq!((error.kind(), error.class()), (ErrorKind::Signer, class), "{error}");
        let text = error.to_string();
        assert!(text.contains(words) && text.len() < 600 && !text.contains("SAD-4"), "{text}");
    }

    for (field, name, value, words) in [
        ("key", "algo", json!("1.2.3"), "in key/algo"),
        ("key", "status", json!(null), "lacks key/status"),
        ("cert", "certificates", json!(["%"]), "in cert/certificates"),
        ("auth", "mode", json!("telepathy"), "telepathy"),
        ("auth", "objects", json!({"id": "PIN"}), "in auth/objects"),
        ("auth", "objects", json!([{"type": "Password"}]), "lacks auth/objects/id"),
    ] {
        let mut info = info();
        info[field][name] = value;
        let error = read_info(&info).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
    for (name, value, words) in [
        ("SCAL", json!("3"), "SCAL"),
        ("SCAL", json!(2), "SCAL"),
        ("multisign", json!(0), "multisign"),
        ("multisign", json!(-1), "multisign"),
        ("key", json!(null), "lacks key"),
        ("cert", json!([]), "no object where one is expected in cert"),
    ] {
        let mut info = info();
        info[name] = value;
        let error = read_info(&info).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
    for certificates in [json!([]), json!(["MAA="])] {
        let mut info = info();
        info["cert"]["certificates"] = certificates;
        assert_eq!(read_info(&info).unwrap_err().kind(), ErrorKind::Certificate);
    }
}

#[test]
fn secrets_are_shown_nowhere() {
    let service = service("v2");
    let auth = AuthData::new().pin("PIN-2").otp("OTP-3");
    let request = service.authorize(&credential(), &[&input(b"one")], &auth, now()).unwrap();
    let answer = br#"{"SAD": "SAD-4"}"#;
    let state = request.read(&Answer::new(200, answer)).unwrap();
    let error = request.read(&Answer::new(200, br#"{"SAD": ["SAD-4"]}"#)).unwrap_err();
    let authorization = state.clone().granted().unwrap();
    let signing = service.sign_hash(&credential(), &authorization, &[&input(b"one")], now()).unwrap();
    let pending = request.read(&Answer::new(200, br#"{"handle": "HANDLE-5"}"#)).unwrap();
    let refused = request.read(&Answer::new(400, br#"{"SAD": "SAD-4", "error": "invalid_request"}"#)).unwrap_err();
    let mut shown =
        format!("{service:?} {auth:?} {request:?} {state:?} {:?} {error} {error:?}", Answer::new(200, answer));
    shown += &format!("{authorization:?} {signing:?} {pending:?} {refused} {refused:?} {:?}", credential());
    assert!(shown.contains("Pending") && shown.contains("Authorization(until") && shown.contains("\"PIN\""), "{shown}");
    for secret in SECRETS.into_iter().chain(["HANDLE-5"]) {
        assert!(!shown.contains(secret), "{secret} is in {shown}");
    }
}

proptest::proptest! {
    #[test]
    fn no_answer_makes_it_panic(status in 0_u16..700, body: Vec<u8>, text in r#"[\{\}\[\]",:a-zA-Z0-9 ]{0,60}"#) {
        let request = service("v2").credential("GX01");
        for body in [body.as_slice(), text.as_bytes()] {
            if let Err(error) = request.read(&Answer::new(status, body)) {
                proptest::prop_assert!(error.to_string().len() < 2_000);
            }
        }
    }
}
