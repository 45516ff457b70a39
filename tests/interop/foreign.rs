//! The other direction: pyHanko signs with keys of OpenSSL's making, and we verify.

use std::time::SystemTime;

use pades_ltv::report::{Level, SubIndication};
use pades_ltv::{Document, Evidence, Indication, Report, Time, TrustStore, Verification};

use crate::base::{self, Style};
use crate::tools::{self, Tools};

/// A root with `openssl ca` above a signer of each key type and a timestamp authority.
const CONFIGURATION: &str = "\
[ca]\ndefault_ca=authority\n[authority]\ndatabase=index.txt\nserial=serial\ncertificate=anchor.pem\nprivate_key=anchor-key.pem\n\
new_certs_dir=.\ndefault_md=sha256\npolicy=anybody\ndefault_days=30\ndefault_crl_days=30\nunique_subject=no\n\
[anybody]\ncommonName=supplied\n[req]\ndistinguished_name=name\n[name]\n\
[root]\nbasicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n\
[signer]\nkeyUsage=critical,digitalSignature,nonRepudiation\nauthorityKeyIdentifier=keyid\n\
[tsa]\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\nauthorityKeyIdentifier=keyid\n";
const P256: &str = "ec -pkeyopt ec_paramgen_curve:P-256";

/// `None` where OpenSSL is not there.
fn lay_out(tools: &Tools<'_>) -> Option<()> {
    tools.write("ca.conf", CONFIGURATION.as_bytes());
    tools.write("index.txt", b"");
    tools.write("serial", b"1000");
    let root = "req -x509 -config ca.conf -extensions root -subj /CN=Root -days 30 -nodes -out anchor.pem";
    tools.openssl(&format!("{root} -keyout anchor-key.pem -newkey {P256}"))?;
    // Its timestamp authority can RSA only.
    for (name, key, extensions) in [("rsa", "rsa:2048", "signer"), ("p256", P256, "signer"), ("tsa", "rsa:2048", "tsa")]
    {
        let request = format!("req -config ca.conf -subj /CN={name} -nodes -keyout {name}.pem -out {name}.csr");
        tools.openssl(&format!("{request} -newkey {key}"))?;
        let issue = format!("ca -batch -config ca.conf -extensions {extensions} -in {name}.csr");
        tools.openssl(&format!("{issue} -notext -out {name}-certificate.pem"))?;
    }
    tools.openssl("ca -config ca.conf -gencrl -out list.crl")?;
    tools.openssl("crl -in list.crl -outform DER -out list.der")
}

fn verify(tools: &Tools<'_>, name: &str, evidence: &Evidence) -> Report {
    let pdf = tools.read(name);
    let document = Document::open(pdf.as_slice()).unwrap();
    let mut trust = TrustStore::new();
    trust.add_pem(&tools.read("anchor.pem"), "the root of OpenSSL").unwrap();
    Verification::new(&document, &trust, Time::from(SystemTime::now())).evidence(evidence).verify()
}

#[test]
fn what_pyhanko_signs_passes_here() {
    let folder = tempfile::tempdir().unwrap();
    let tools = Tools::new(folder.path(), Time::from(SystemTime::now()));
    let Some(python) = tools::pyhanko() else { return };
    if lay_out(&tools).is_none() {
        return;
    }
    let (nothing, mut list) = (Evidence::new(), Evidence::new());
    list.add_crl(&tools.read("list.der")).unwrap();
    for style in [Style::Table, Style::Stream] {
        tools.write("in.pdf", &base::pdf(style));
        for key in ["rsa", "p256"] {
            for level in crate::LEVELS {
                let arguments = ["in.pdf", "out.pdf", key, level.as_str()].map(str::to_owned);
                let words = tools::python(&python, "sign.py", folder.path(), tools.now, arguments);
                assert_eq!(words.trim(), "signed", "{key} {style:?} {level:?}");
                let evidence = if level >= Level::Lt { &nothing } else { &list };
                let report = verify(&tools, "out.pdf", evidence);
                let signature = &report.signatures[0];
                assert!(report.signatures.iter().all(|one| one.intact), "{report:#?}");
                assert_eq!(report.verdict(), Some(Indication::TotalPassed), "{key} {style:?} {level:?} {report:#?}");
                assert_eq!(signature.level, Some(level), "{report:#?}");
            }
        }
    }
    tools.openssl("ca -config ca.conf -revoke p256-certificate.pem -crl_reason keyCompromise").unwrap();
    tools.openssl("ca -config ca.conf -gencrl -out list.crl").unwrap();
    tools.openssl("crl -in list.crl -outform DER -out list.der").unwrap();
    let mut list = Evidence::new();
    list.add_crl(&tools.read("list.der")).unwrap();
    let words = tools::python(
        &python,
        "sign.py",
        folder.path(),
        tools.now,
        ["in.pdf", "out.pdf", "p256", "B-B"].map(str::to_owned),
    );
    assert_eq!(words.trim(), "signed");
    let conclusion = verify(&tools, "out.pdf", &list).signatures[0].conclusion;
    assert_eq!(conclusion.sub_indication, Some(SubIndication::RevokedNoPoe));
}
