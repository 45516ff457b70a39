//! Keys as OpenSSL writes them, in every form, plain and encrypted.

use pades_ltv::{Document, ErrorKind, Signer, Signing, SoftwareSigner, Time};

use crate::common::{now, pdf};
use crate::tools::Tools;

const PASSWORD: &str = "秘密 geheim";

/// A key and a certificate of each kind; `None` where OpenSSL is not there.
fn lay_out(tools: &Tools<'_>) -> Option<Vec<&'static str>> {
    let kinds = [
        ("rsa", "RSA -pkeyopt rsa_keygen_bits:2048"),
        ("pss", "RSA-PSS -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_pss_keygen_md:sha384"),
        (
            "pss-mixed",
            "RSA-PSS -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_pss_keygen_md:sha512 -pkeyopt rsa_pss_keygen_mgf1_md:sha256 \
             -pkeyopt rsa_pss_keygen_saltlen:20",
        ),
        ("p256", "EC -pkeyopt ec_paramgen_curve:P-256"),
        ("p384", "EC -pkeyopt ec_paramgen_curve:P-384"),
        ("p521", "EC -pkeyopt ec_paramgen_curve:P-521"),
        ("bp256", "EC -pkeyopt ec_paramgen_curve:brainpoolP256r1"),
        ("bp384", "EC -pkeyopt ec_paramgen_curve:brainpoolP384r1"),
        ("bp512", "EC -pkeyopt ec_paramgen_curve:brainpoolP512r1"),
        ("ed25519", "ED25519"),
        ("ed448", "ED448"),
    ];
    tools.write("password", PASSWORD.as_bytes());
    for (name, kind) in kinds {
        tools.openssl(&format!("genpkey -algorithm {kind} -out {name}.pem"))?;
        tools.openssl(&format!("req -x509 -new -key {name}.pem -subj /CN={name} -out {name}-chain.pem"))?;
    }
    Some(kinds.into_iter().map(|(name, _)| name).collect())
}

/// Signs; the value is verified under the certificate before it is used.
fn assert_signs(name: &str, signer: &SoftwareSigner) {
    let base = pdf::table(&["(agreed)"]);
    let document = Document::open(base.as_slice()).unwrap();
    let signed = Signing::new(&document, Time::from(std::time::SystemTime::now())).timestamp_room(0).sign(signer);
    assert!(signed.is_ok(), "{name}: {signed:?}");
}

fn certificates(signer: &SoftwareSigner) -> Vec<Vec<u8>> {
    signer.identity().unwrap().certificates().map(<[u8]>::to_vec).collect()
}

#[test]
fn every_form_that_openssl_writes_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let tools = Tools::new(folder.path(), now());
    let Some(names) = lay_out(&tools) else { return };
    for name in names {
        let chain = tools.read(&format!("{name}-chain.pem"));
        let plain = SoftwareSigner::from_pem(&tools.read(&format!("{name}.pem")), &chain).unwrap();
        assert_signs(name, &plain);
        let same = |form: &str, signer: SoftwareSigner| {
            assert_eq!(certificates(&plain), certificates(&signer), "{name} {form}");
            assert_signs(name, &signer);
        };
        tools.openssl(&format!("pkey -in {name}.pem -outform DER -out key.der")).unwrap();
        same("DER", SoftwareSigner::from_der(&tools.read("key.der"), certificates(&plain)).unwrap());
        if !["pss", "pss-mixed", "ed25519", "ed448"].contains(&name) {
            tools.openssl(&format!("pkey -in {name}.pem -traditional -out old.pem")).unwrap();
            same("traditional PEM", SoftwareSigner::from_pem(&tools.read("old.pem"), &chain).unwrap());
            tools.openssl(&format!("pkey -in {name}.pem -traditional -outform DER -out old.der")).unwrap();
            same("traditional DER", SoftwareSigner::from_der(&tools.read("old.der"), certificates(&plain)).unwrap());
        }
    }
}

/// Each way to encrypt a PKCS#8 key, as arguments of `openssl pkcs8`.
const ENCRYPTIONS: [&str; 8] = [
    "-v2 aes-128-cbc",
    "-v2 aes-192-cbc",
    "-v2 aes-256-cbc -v2prf hmacWithSHA1",
    "-v2 aes-256-cbc -v2prf hmacWithSHA512",
    "-v2 des3",
    "-scrypt",
    "-v1 PBE-SHA1-3DES",
    "-v1 PBE-SHA1-2DES",
];

#[test]
fn encrypted_keys_open_with_their_password_alone() {
    let folder = tempfile::tempdir().unwrap();
    let tools = Tools::new(folder.path(), now());
    let Some(_) = lay_out(&tools) else { return };
    let chain = tools.read("p256-chain.pem");
    for encryption in ENCRYPTIONS {
        let encrypt = format!("pkcs8 -topk8 -in p256.pem -passout file:password {encryption}");
        tools.openssl(&format!("{encrypt} -out encrypted.pem")).unwrap();
        tools.openssl(&format!("{encrypt} -outform DER -out encrypted.der")).unwrap();
        let pem = tools.read("encrypted.pem");
        assert_signs(encryption, &SoftwareSigner::from_encrypted_pem(&pem, PASSWORD, &chain).unwrap());
        let der = tools.read("encrypted.der");
        let plain = SoftwareSigner::from_pem(&tools.read("p256.pem"), &chain).unwrap();
        let certificate = certificates(&plain);
        assert_signs(encryption, &SoftwareSigner::from_encrypted_der(&der, PASSWORD, &certificate).unwrap());

        for error in [
            SoftwareSigner::from_encrypted_pem(&pem, "another", &chain).unwrap_err(),
            SoftwareSigner::from_encrypted_pem(&pem, "", &chain).unwrap_err(),
            SoftwareSigner::from_pem(&pem, &chain).unwrap_err(),
            SoftwareSigner::from_encrypted_pem(&tools.read("p256.pem"), PASSWORD, &chain).unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Password, "{encryption}: {error}");
        }
        let error = SoftwareSigner::from_encrypted_der(&der[..der.len() - 1], PASSWORD, &certificate).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Key, "{encryption}: {error}");
    }
    // More rounds than anybody needs.
    let heavy = "pkcs8 -topk8 -in p256.pem -passout file:password -iter 10000001 -out heavy.pem";
    tools.openssl(heavy).unwrap();
    let error = SoftwareSigner::from_encrypted_pem(&tools.read("heavy.pem"), PASSWORD, &chain).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit, "{error}");
}

/// Each way to make a PKCS#12 file, as arguments of `openssl pkcs12 -export`.
const CONTAINERS: [&str; 7] = [
    "",
    "-macalg sha512",
    "-legacy",
    "-legacy -descert",
    "-legacy -certpbe PBE-SHA1-RC2-128 -keypbe PBE-SHA1-RC2-40",
    "-certpbe NONE -keypbe AES-256-CBC",
    "-certpbe NONE -keypbe NONE",
];

#[test]
fn pkcs12_files_open_with_their_password_alone() {
    let folder = tempfile::tempdir().unwrap();
    let tools = Tools::new(folder.path(), now());
    let Some(names) = lay_out(&tools) else { return };
    let export = |name: &str, how: &str| {
        let make = format!("pkcs12 -export -inkey {name}.pem -in {name}-chain.pem -passout file:password -out key.p12");
        tools.openssl(format!("{make} {how}").trim()).unwrap();
        tools.read("key.p12")
    };
    for name in names {
        assert_signs(name, &SoftwareSigner::from_pkcs12(&export(name, ""), PASSWORD).unwrap());
    }
    for how in CONTAINERS {
        let bytes = export("p256", how);
        assert_signs(how, &SoftwareSigner::from_pkcs12(&bytes, PASSWORD).unwrap());
        for password in ["another", "", "秘密 Geheim"] {
            let error = SoftwareSigner::from_pkcs12(&bytes, password).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Password, "{how} {password:?}: {error}");
        }
        let error = SoftwareSigner::from_pkcs12(&bytes[..bytes.len() - 1], PASSWORD).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Key, "{how}: {error}");
    }
    let bytes = export("p256", "-nomac");
    assert_eq!(SoftwareSigner::from_pkcs12(&bytes, PASSWORD).unwrap_err().kind(), ErrorKind::Unsupported);
    let make = "pkcs12 -export -nokeys -in p256-chain.pem -passout file:password -out key.p12";
    tools.openssl(make).unwrap();
    let error = SoftwareSigner::from_pkcs12(&tools.read("key.p12"), PASSWORD).unwrap_err();
    assert!(error.kind() == ErrorKind::Key && error.to_string().contains("0 private keys"), "{error}");
    // The key's own certificate may stand beside the file.
    tools.openssl("pkcs12 -export -nocerts -inkey p256.pem -passout file:password -out key.p12").unwrap();
    let bare = tools.read("key.p12");
    let error = SoftwareSigner::from_pkcs12(&bare, PASSWORD).unwrap_err();
    assert!(error.kind() == ErrorKind::Certificate && error.to_string().contains("no certificate"), "{error}");
    let chain = certificates(&SoftwareSigner::from_pkcs12(&export("p256", ""), PASSWORD).unwrap());
    let twice = chain.iter().chain(&chain);
    let signer = SoftwareSigner::from_pkcs12_and_chain(&bare, PASSWORD, twice).unwrap();
    assert_signs("beside the file", &signer);
    assert_eq!(certificates(&signer), chain);
    let make = "pkcs12 -export -inkey p256.pem -in p256-chain.pem -passout pass: -out key.p12";
    tools.openssl(make).unwrap();
    assert_signs("no password", &SoftwareSigner::from_pkcs12(&tools.read("key.p12"), "").unwrap());
}

/// One key in each form, made by OpenSSL 3.0, for machines where OpenSSL is not.
#[test]
fn the_vectors_are_one_key_in_every_form() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keys/vectors");
    let chain = std::fs::read(folder.join("chain.pem")).unwrap();
    let mut read = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        let signer = match name {
            // The other keys are there to be refused (tests/command/keys.rs), and certificates alone to be verified.
            "chain.pem" | "dsa.pem" | "short.pem" | "pss-sha1.pem" | "pss-sha256.pem" => continue,
            "long-exponent.pem" | "spelled-out.pem" => continue,
            "modern.p12" | "legacy.p12" => SoftwareSigner::from_pkcs12(&bytes, PASSWORD),
            "pkcs8.pem" | "sec1.pem" => SoftwareSigner::from_pem(&bytes, &chain),
            "pbkdf2.pem" | "scrypt.pem" => SoftwareSigner::from_encrypted_pem(&bytes, PASSWORD, &chain),
            other => panic!("nothing is expected of {other}"),
        };
        assert_signs(name, &signer.unwrap());
        read += 1;
        if name.ends_with(".p12") {
            assert_signs(name, &SoftwareSigner::from_pkcs12(&indefinite(&bytes), PASSWORD).unwrap());
        }
    }
    assert_eq!(read, 6);
}

/// The outermost SEQUENCE in the indefinite form, as Windows and older Java write it.
fn indefinite(der: &[u8]) -> Vec<u8> {
    let [0x30, 0x82, _, _, content @ ..] = der else { panic!("{der:02x?}") };
    [&[0x30, 0x80], content, &[0, 0]].concat()
}

/// Bytes of a container that a MAC or an encryption covers, each changed in turn: an error, never a key and never a panic.
#[test]
fn a_changed_container_gives_no_key() {
    let folder = tempfile::tempdir().unwrap();
    let tools = Tools::new(folder.path(), now());
    let Some(_) = lay_out(&tools) else { return };
    let make = "pkcs12 -export -inkey p256.pem -in p256-chain.pem -passout file:password -iter 1 -out key.p12";
    tools.openssl(make).unwrap();
    let bytes = tools.read("key.p12");
    let mut opened = Vec::new();
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 0x04;
        if SoftwareSigner::from_pkcs12(&changed, PASSWORD).is_ok() {
            opened.push(at);
        }
    }
    assert!(opened.is_empty(), "bytes that may change: {opened:?}");
}

#[test]
fn no_secret_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let tools = Tools::new(folder.path(), now());
    let Some(names) = lay_out(&tools) else { return };
    for name in names {
        let pem = tools.read(&format!("{name}.pem"));
        let signer = SoftwareSigner::from_pem(&pem, &tools.read(&format!("{name}-chain.pem"))).unwrap();
        let shown = format!("{signer:?} {signer:#?}");
        assert!(shown.contains(&format!("CN={name}")) && shown.contains("private key"), "{shown}");
        // Nothing long enough to be a part of a key, in any base.
        let longest = shown.split(|one: char| !one.is_ascii_alphanumeric()).map(str::len).max().unwrap();
        assert!(longest <= 40, "{shown}");
    }
}
