//! OpenSSL as an outside judge: it reads what we write, and we read what it writes.

use std::path::Path;
use std::process::Command;

use super::fixture::{ID_DATA, Party, tst};
use super::signer_info::SignerIdentifier;
use super::{CmsFault, SignedData, add_timestamp};
use crate::digest::DigestAlgorithm;
use crate::limits::Limits;
use crate::pki::timestamp::TimestampToken;

const CONTENT: &[u8] = b"the content";

/// Runs `openssl` in `folder`; `None` where it is not installed.
fn openssl(folder: &Path, arguments: &str) -> Option<()> {
    let output = Command::new("openssl").current_dir(folder).args(arguments.split(' ')).output();
    let Ok(output) = output else {
        println!("skipped: no openssl");
        return None;
    };
    assert!(output.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&output.stderr));
    Some(())
}

fn write_certificate(folder: &Path, party: &Party) {
    let pem = der::pem::encode_string("CERTIFICATE", der::pem::LineEnding::LF, party.certificate.der());
    std::fs::write(folder.join("certificate.pem"), pem.unwrap()).unwrap();
}

#[test]
fn openssl_verifies_what_is_built() {
    let (folder, party) = (tempfile::tempdir().unwrap(), Party::new(1));
    let folder = folder.path();
    write_certificate(folder, &party);
    std::fs::write(folder.join("content"), CONTENT).unwrap();
    let cms = party.cms(CONTENT);
    let stamped = add_timestamp(&cms, &Party::tsa(2).token(&tst(&[0; 32]), &Party::tsa(2).certificate)).unwrap();
    for bytes in [cms, stamped] {
        std::fs::write(folder.join("cms.der"), bytes).unwrap();
        let command = "cms -verify -cades -inform DER -in cms.der -content content -binary \
                       -no_check_time -purpose any -CAfile certificate.pem -out verified";
        if openssl(folder, command).is_none() {
            return;
        }
        assert_eq!(std::fs::read(folder.join("verified")).unwrap(), CONTENT);
    }
}

#[test]
fn openssl_verifies_a_token() {
    let (folder, tsa) = (tempfile::tempdir().unwrap(), Party::tsa(2));
    let folder = folder.path();
    write_certificate(folder, &tsa);
    std::fs::write(folder.join("token.der"), tsa.token(&tst(&[7; 32]), &tsa.certificate)).unwrap();
    let digest = "07".repeat(32);
    let command = format!("ts -verify -digest {digest} -in token.der -token_in -no_check_time -CAfile certificate.pem");
    let _ = openssl(folder, &command);
}

/// Each way in which OpenSSL signs, read and verified.
#[test]
fn what_openssl_builds_is_verified() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("content"), CONTENT).unwrap();
    for (key, options) in [
        ("ec -pkeyopt ec_paramgen_curve:P-256", ""),
        ("ec -pkeyopt ec_paramgen_curve:P-384", " -md sha384 -cades"),
        ("ec -pkeyopt ec_paramgen_curve:P-521", " -md sha512 -keyid"),
        ("rsa:2048", " -cades -md sha512"),
        ("rsa:2048", " -noattr"),
        ("rsa:2048", " -keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:digest"),
        ("rsa:2048", " -nodetach -stream -indef"),
    ] {
        let new_key = format!("req -x509 -newkey {key} -nodes -keyout key.pem -out certificate.pem -subj /CN=Signer");
        let sign = "cms -sign -binary -in content -signer certificate.pem -inkey key.pem -outform DER -out cms.der";
        if openssl(folder, &new_key).is_none() {
            return;
        }
        openssl(folder, &format!("{sign}{options}"));
        check(&std::fs::read(folder.join("cms.der")).unwrap(), options);
    }
}

fn check(cms: &[u8], options: &str) {
    let signed = SignedData::from_der(cms, &Limits::default()).unwrap();
    assert_eq!(signed.is_der(), !options.contains("-indef"), "{options}");
    assert_eq!(signed.content().is_some(), options.contains("-nodetach"), "{options}");
    let signer = signed.signer().unwrap();
    let by_key = matches!(signer.identifier(), SignerIdentifier::SubjectKeyId(_));
    assert_eq!(by_key, options.contains("-keyid"), "{options}");
    let certificate = signer.identified_certificate_in(signed.certificates()).unwrap();
    if options.contains("-cades") {
        assert_eq!(signer.signing_certificate_in(signed.certificates()), Ok(certificate), "{options}");
    } else {
        assert_eq!(signer.signing_certificate(), Err(CmsFault::NoSigningCertificate), "{options}");
    }
    let digest = signer.digest_algorithm().unwrap();
    assert_eq!(signer.verify(certificate, &digest.digest(CONTENT), ID_DATA), Ok(()), "{options}");
    assert!(signer.verify(certificate, &digest.digest(b"other"), ID_DATA).is_err(), "{options}");
}

#[test]
fn what_openssls_tsa_stamps_is_verified() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let request = crate::pki::timestamp::TimestampRequest::new(
        DigestAlgorithm::Sha256,
        &DigestAlgorithm::Sha256.digest(CONTENT),
        &[0xff; 8],
    );
    std::fs::write(folder.join("request.der"), request.to_der()).unwrap();
    std::fs::write(folder.join("serial"), "01").unwrap();
    let configuration = "[tsa]\nserial = serial\nsigner_digest = sha256\ndefault_policy = 1.2.3.4\ndigests = sha256\n\
                         accuracy = secs:1, millisecs:500\nclock_precision_digits = 3\ntsa_name = yes\n\
                         ess_cert_id_alg = sha256\n";
    std::fs::write(folder.join("tsa.cnf"), configuration).unwrap();
    let new_key = "req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out certificate.pem -subj /CN=TSA \
                   -addext extendedKeyUsage=critical,timeStamping";
    if openssl(folder, new_key).is_none() {
        return;
    }
    let reply = "ts -reply -config tsa.cnf -section tsa -queryfile request.der -signer certificate.pem \
                 -inkey key.pem -out response.der";
    openssl(folder, reply);
    let response = std::fs::read(folder.join("response.der")).unwrap();
    let token = request.accept(&response, &Limits::default()).unwrap();
    assert_eq!(token.tst().accuracy.unwrap().millis, Some(500));
    assert_eq!(TimestampToken::from_der(token.der(), &Limits::default()).unwrap().gen_time(), token.gen_time());
}
