"""Signs with pyHanko, with every algorithm that it knows. usage: foreign.py TIME

Reads in.pdf and rsa8192.pem. Writes anchor.pem, list.der, and for each algorithm NAME-B-B.pdf and NAME-B-LTA.pdf, and
NAME.p12 with its key. A line per algorithm: "NAME: signed", or what went wrong. The clock is the machine's.
"""
import datetime
import functools
import logging
import sys

from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, mldsa, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.keys import load_private_key_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

logging.disable(logging.CRITICAL)
# Checking the primes of 8192 bits at every loading takes most of the time.
serialization.load_der_private_key = functools.partial(
    serialization.load_der_private_key, unsafe_skip_rsa_key_validation=True)
NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
DAY = datetime.timedelta(days=1)
DER, PEM = serialization.Encoding.DER, serialization.Encoding.PEM
PASSWORD = "秘密 geheim".encode()


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def certify(common_name, key, issuer=None, tsa=False):
    is_root = issuer is None
    usage = dict.fromkeys(
        "digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign crl_sign"
        " encipher_only decipher_only".split(), False)
    usage |= {"key_cert_sign": True, "crl_sign": True} if is_root else {"digital_signature": True}
    if not is_root and not tsa:
        usage["content_commitment"] = True
    builder = (
        x509.CertificateBuilder().subject_name(name(common_name)).issuer_name(name("Root"))
        .public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(NOW - DAY).not_valid_after(NOW + 30 * DAY)
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if tsa:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return builder.sign(issuer or key, hashes.SHA256())


def to_asn1(certificate):
    return asn1_x509.Certificate.load(certificate.public_bytes(DER))


def to_pyhanko(key):
    return load_private_key_from_pemder_data(
        key.private_bytes(DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()), None)


root_key, tsa_key = ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)
root = certify("Root", root_key)
tsa = certify("TSA", tsa_key, root_key, tsa=True)
revoked = (
    x509.CertificateRevocationListBuilder().issuer_name(name("Root")).last_update(NOW - DAY).next_update(NOW + 30 * DAY)
    .sign(root_key, hashes.SHA256())
)
open("anchor.pem", "wb").write(root.public_bytes(PEM))
open("list.der", "wb").write(revoked.public_bytes(DER))
above = SimpleCertificateStore()
above.register(to_asn1(root))
stamper = DummyTimeStamper(to_asn1(tsa), to_pyhanko(tsa_key), certs_to_embed=above, override_md="sha256")

rsa_key = rsa.generate_private_key(65537, 2048)
# Finding one takes a minute.
long_key = serialization.load_pem_private_key(
    open("rsa8192.pem", "rb").read(), None, unsafe_skip_rsa_key_validation=True)
ALGORITHMS = {
    **{f"rsa-{digest}": (rsa_key, digest, False) for digest in ("sha256", "sha384", "sha512")},
    **{f"pss-{digest}": (rsa_key, digest, True) for digest in ("sha256", "sha384", "sha512")},
    **{f"pss-sha3-{size}": (rsa_key, f"sha3_{size}", True) for size in (256, 384, 512)},
    "rsa3072": (rsa.generate_private_key(65537, 3072), "sha384", False),
    "rsa4096": (rsa.generate_private_key(65537, 4096), "sha512", False),
    "rsa8192": (long_key, "sha512", False),
    "pss8192": (long_key, "sha512", True),
    "p256": (ec.generate_private_key(ec.SECP256R1()), "sha256", False),
    "p384": (ec.generate_private_key(ec.SECP384R1()), "sha384", False),
    "p521": (ec.generate_private_key(ec.SECP521R1()), "sha512", False),
    "p256-sha3": (ec.generate_private_key(ec.SECP256R1()), "sha3_256", False),
    "p384-sha3": (ec.generate_private_key(ec.SECP384R1()), "sha3_384", False),
    "p521-sha3": (ec.generate_private_key(ec.SECP521R1()), "sha3_512", False),
    "bp256-sha3": (ec.generate_private_key(ec.BrainpoolP256R1()), "sha3_256", False),
    "bp384-sha3": (ec.generate_private_key(ec.BrainpoolP384R1()), "sha3_384", False),
    "bp512-sha3": (ec.generate_private_key(ec.BrainpoolP512R1()), "sha3_512", False),
    "bp256": (ec.generate_private_key(ec.BrainpoolP256R1()), "sha256", False),
    "bp384": (ec.generate_private_key(ec.BrainpoolP384R1()), "sha384", False),
    "bp512": (ec.generate_private_key(ec.BrainpoolP512R1()), "sha512", False),
    "ed25519": (ed25519.Ed25519PrivateKey.generate(), "sha512", False),
    "ed448": (ed448.Ed448PrivateKey.generate(), "shake256", False),
}
for size in (44, 65, 87):
    ALGORITHMS[f"mldsa{size}"] = (getattr(mldsa, f"MLDSA{size}PrivateKey").generate, "sha512", False)


def sign(title, key, digest, pss, level):
    metadata = signers.PdfSignatureMetadata(
        field_name="Foreign",
        subfilter=SigSeedSubFilter.PADES,
        md_algorithm=digest,
        validation_context=ValidationContext(
            trust_roots=[to_asn1(root)], crls=[asn1_crl.CertificateList.load(revoked.public_bytes(DER))],
            allow_fetching=False, revocation_mode="hard-fail"),
        embed_validation_info=level == "B-LTA",
        use_pades_lta=level == "B-LTA",
    )
    certificate = certify(title, key, root_key)
    signer = signers.SimpleSigner(
        signing_cert=to_asn1(certificate), signing_key=to_pyhanko(key), cert_registry=above, prefer_pss=pss)
    with open("in.pdf", "rb") as source, open(f"{title}-{level}.pdf", "wb") as target:
        writer = IncrementalPdfFileWriter(source)
        pdf_signer = signers.PdfSigner(metadata, signer=signer, timestamper=stamper if level == "B-LTA" else None)
        pdf_signer.sign_pdf(writer, output=target)
    return certificate


for title, (key, digest, pss) in ALGORITHMS.items():
    try:
        key = key() if callable(key) else key
        for level in ("B-B", "B-LTA"):
            certificate = sign(title, key, digest, pss, level)
        words = "signed"
    except Exception as fault:
        words = f"{type(fault).__name__}: {fault}"
    try:
        protection = serialization.BestAvailableEncryption(PASSWORD)
        container = pkcs12.serialize_key_and_certificates(title.encode(), key, certificate, [root], protection)
        open(f"{title}.p12", "wb").write(container)
        words += " and kept"
    except Exception as fault:
        words += f", not kept: {fault}"
    print(f"{title}: {words}")
