"""Signs with pyHanko, with the keys that lie in the folder. usage: sign.py TIME IN OUT KEY LEVEL

KEY.pem and KEY-certificate.pem are the signer's; tsa.pem, anchor.pem and list.crl the authority's. The clock is the machine's.
"""
import logging
import sys

from asn1crypto import crl, pem
from pyhanko.keys import load_cert_from_pemder, load_private_key_from_pemder
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

# It warns that nothing will be fetched: as meant.
logging.disable(logging.CRITICAL)
_, source, target, key, level = sys.argv[1:]


def key_and_certificate(name):
    return load_private_key_from_pemder(f"{name}.pem", None), load_cert_from_pemder(f"{name}-certificate.pem")


signer_key, signer_certificate = key_and_certificate(key)
tsa_key, tsa_certificate = key_and_certificate("tsa")
anchor = load_cert_from_pemder("anchor.pem")
above = SimpleCertificateStore()
above.register(anchor)
revoked = crl.CertificateList.load(pem.unarmor(open("list.crl", "rb").read())[2])
context = ValidationContext(trust_roots=[anchor], crls=[revoked], allow_fetching=False, revocation_mode="hard-fail")
metadata = signers.PdfSignatureMetadata(
    field_name="Foreign",
    subfilter=SigSeedSubFilter.PADES,
    md_algorithm="sha256",
    validation_context=context,
    embed_validation_info=level in ("B-LT", "B-LTA"),
    use_pades_lta=level == "B-LTA",
)
signer = signers.SimpleSigner(signing_cert=signer_certificate, signing_key=signer_key, cert_registry=above)
stamper = None if level == "B-B" else DummyTimeStamper(tsa_certificate, tsa_key, certs_to_embed=above)
with open(source, "rb") as opened, open(target, "wb") as output:
    writer = IncrementalPdfFileWriter(opened)
    signers.PdfSigner(metadata, signer=signer, timestamper=stamper).sign_pdf(writer, output=output)
print("signed")
