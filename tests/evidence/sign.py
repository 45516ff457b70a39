"""Signs with pyHanko, offline, with the key and chain that lie in the folder. usage: sign.py TIME IN OUT LEVEL ROOM

B-B leaves ROOM bytes for the CMS; B-T stamps with pyHanko's own dummy authority. The clock is the machine's.
"""
import sys

from pyhanko.keys import load_certs_from_pemder, load_private_key_from_pemder
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

_, source, target, subfilter, room = sys.argv[1:]
certificates = list(load_certs_from_pemder(["chain.pem"]))
store = SimpleCertificateStore()
store.register_multiple(certificates[1:])
signer = signers.SimpleSigner(
    signing_cert=certificates[0], signing_key=load_private_key_from_pemder("key.pem", None), cert_registry=store
)
metadata = signers.PdfSignatureMetadata(
    field_name="Foreign", subfilter=SigSeedSubFilter[subfilter], md_algorithm="sha256"
)
with open(source, "rb") as opened, open(target, "wb") as output:
    writer = IncrementalPdfFileWriter(opened)
    signers.PdfSigner(metadata, signer=signer).sign_pdf(writer, output=output, bytes_reserved=int(room))
print("signed")
