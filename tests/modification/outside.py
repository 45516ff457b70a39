"""Other programs change files as they do: what they write is what a rule must know.

usage: outside.py HOW IN OUT
"""
import datetime
import logging
import sys

logging.disable(logging.CRITICAL)


def mupdf_comments(source, target):
    import pymupdf

    document = pymupdf.open(source)
    page = document[0]
    note = page.add_text_annot((100, 150), "is this right?")
    note.set_info(title="reader")
    note.update()
    box = page.add_freetext_annot(pymupdf.Rect(20, 150, 90, 170), "see above")
    box.update()
    mark = page.add_highlight_annot(pymupdf.Rect(10, 30, 60, 40))
    mark.update()
    page.add_rect_annot(pymupdf.Rect(120, 10, 150, 30)).update()
    page.add_ink_annot([[(10, 10), (20, 20)]]).update()
    page.add_stamp_annot(pymupdf.Rect(120, 40, 160, 60)).update()
    document.save(target, incremental=True, encryption=pymupdf.PDF_ENCRYPT_KEEP)


def mupdf_fill(source, target):
    import pymupdf

    document = pymupdf.open(source)
    for widget in document[0].widgets():
        if widget.field_name == "date":
            widget.field_value = "2026-10-07"
            widget.update()
        if widget.field_name == "agreed":
            widget.field_value = True
            widget.update()
    document.save(target, incremental=True, encryption=pymupdf.PDF_ENCRYPT_KEEP)


def pypdf_comments(source, target):
    from pypdf import PdfWriter
    from pypdf.annotations import FreeText, Highlight, Rectangle, Text
    from pypdf.generic import ArrayObject, FloatObject

    writer = PdfWriter(source, incremental=True)
    writer.add_annotation(0, Text(rect=(100, 150, 110, 160), text="is this right?", open=False))
    writer.add_annotation(0, FreeText(rect=(20, 150, 90, 170), text="see above"))
    quads = ArrayObject(FloatObject(one) for one in (10, 40, 60, 40, 10, 30, 60, 30))
    writer.add_annotation(0, Highlight(rect=(10, 30, 60, 40), quad_points=quads))
    writer.add_annotation(0, Rectangle(rect=(120, 10, 150, 30)))
    writer.write(target)


def pypdf_fill(source, target):
    from pypdf import PdfWriter

    writer = PdfWriter(source, incremental=True)
    writer.update_page_form_field_values(writer.pages[0], {"date": "2026-10-07"}, auto_regenerate=False)
    writer.write(target)


def pyhanko_fill(source, target):
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    with open(source, "rb") as opened:
        writer = IncrementalPdfFileWriter(opened)
        fields = writer.root["/AcroForm"]["/Fields"]
        for field in (fields[index] for index in range(len(fields))):
            if field["/T"] == "date":
                field["/V"] = generic.pdf_string("2026-10-07")
                writer.update_container(field)
        with open(target, "wb") as output:
            writer.write(output)


def key_and_certificate(name, purpose=None):
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from pyhanko.keys import load_cert_from_pemder, load_private_key_from_pemder

    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    day = datetime.timedelta(days=1)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(now - day).not_valid_after(now + day)
    if purpose:
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
    pem = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with open(f"{name}.key", "wb") as output:
        output.write(private)
    with open(f"{name}.pem", "wb") as output:
        output.write(pem)
    return load_private_key_from_pemder(f"{name}.key", None), load_cert_from_pemder(f"{name}.pem")


def signer():
    from pyhanko.sign import signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    key, certificate = key_and_certificate("signer")
    return signers.SimpleSigner(signing_cert=certificate, signing_key=key, cert_registry=SimpleCertificateStore())


def pyhanko_signs(source, target, count=20):
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers
    from pyhanko.sign.fields import SigFieldSpec, append_signature_field

    one = signer()
    with open(source, "rb") as opened:
        current = opened.read()
    import io

    for number in range(count):
        writer = IncrementalPdfFileWriter(io.BytesIO(current))
        name = f"Foreign{number}"
        if number % 4 == 0:
            append_signature_field(writer, SigFieldSpec(name, box=(10, 10, 60, 40), on_page=0))
        metadata = signers.PdfSignatureMetadata(field_name=name)
        current = signers.PdfSigner(metadata, signer=one).sign_pdf(writer).getvalue()
    with open(target, "wb") as output:
        output.write(current)


def pyhanko_archives(source, target):
    import io

    from cryptography import x509
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers
    from pyhanko.sign.timestamps import DummyTimeStamper
    from pyhanko.sign.validation.dss import DocumentSecurityStore
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    key, certificate = key_and_certificate("tsa", x509.ExtendedKeyUsageOID.TIME_STAMPING)
    with open(source, "rb") as opened:
        current = opened.read()
    for _ in range(3):
        writer = IncrementalPdfFileWriter(io.BytesIO(current))
        DocumentSecurityStore.supply_dss_in_writer(writer, None, certs=[certificate])
        output = io.BytesIO()
        writer.write(output)
        writer = IncrementalPdfFileWriter(io.BytesIO(output.getvalue()))
        stamper = DummyTimeStamper(certificate, key, certs_to_embed=SimpleCertificateStore())
        current = signers.PdfTimeStamper(stamper).timestamp_pdf(writer, "sha256").getvalue()
    with open(target, "wb") as output:
        output.write(current)


how, source, target = sys.argv[1:]
globals()[how](source, target)
print("done")
