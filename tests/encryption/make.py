#!/usr/bin/env python3
"""Makes the encrypted files in `vectors`, with qpdf and pyHanko: usage: make.py

Each file is the same small document in another encryption; beside it stands what this crate must say of it.
Keys and vectors are random: a second run makes other files of the same kinds."""

import datetime
import pathlib
import subprocess

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.crypt import (
    STD_CF, CryptFilterConfiguration, PubKeySecurityHandler, StandardAESCryptFilter, StandardSecurityHandler,
)
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer

HERE = pathlib.Path(__file__).parent / "vectors"


def plain():
    """A page, a form with an empty signature field and a text field, a title, metadata, an attached file."""
    def stream(entries, data):
        return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(data), data)

    metadata = (
        b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta><?xpacket end="r"?>'
    )
    field = "署名欄".encode("utf-16-be").hex().encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[5 0 R 6 0 R]/SigFlags 1>>/Metadata 8 0 R"
        b"/Names<</EmbeddedFiles<</Names[(a) 9 0 R]>>>>>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 200 100]>>",
        b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Annots[5 0 R 6 0 R]>>",
        stream(b"", b"0 0 200 100 re S"),
        b"<</Type/Annot/Subtype/Widget/FT/Sig/T<FEFF%s>/Rect[0 0 0 0]/F 132/P 3 0 R>>" % field,
        b"<</Type/Annot/Subtype/Widget/FT/Tx/T(text)/V(a \\(value\\))/Rect[0 0 9 9]/F 132/P 3 0 R>>",
        b"<</Title(An encrypted \\(small\\) document)/Author()>>",
        stream(b"/Type/Metadata/Subtype/XML", metadata),
        b"<</Type/Filespec/F(a)/UF(a)/EF<</F 10 0 R>>>>",
        stream(b"/Type/EmbeddedFile", b"the attached file"),
    ]
    out, offsets = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Root 1 0 R/Info 7 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n"
    return out + end % (len(objects) + 1, table, len(objects) + 1, len(out))


def say(name, **facts):
    (HERE / f"{name}.txt").write_text("".join(f"{key}: {value}\n" for key, value in facts.items()))


def qpdf(name, options, user, owner, method, permissions="all"):
    source = HERE / "plain.tmp"
    source.write_bytes(plain())
    before, _, after = options.partition("|")
    command = ["qpdf", "--allow-weak-crypto", *before.split(), "--encrypt", user, owner, *after.split(), "--"]
    subprocess.run([*command, source, HERE / f"{name}.pdf"], check=True)
    source.unlink()
    say(name, method=method, user=user, owner=owner, permissions=permissions)


def pyhanko(name, encrypt, method, **facts):
    with open(HERE / "plain.tmp", "w+b") as file:
        file.write(plain())
        writer = copy_into_new_writer(PdfFileReader(file))
        encrypt(writer)
        with open(HERE / f"{name}.pdf", "wb") as out:
            writer.write(out)
    (HERE / "plain.tmp").unlink()
    say(name, method=method, **facts)


def certificate():
    """Somebody's, whose key nobody has."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "recipient")])
    start = datetime.datetime(2026, 1, 1)
    usage = x509.KeyUsage(False, False, True, False, False, False, False, False, False)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, start, start + datetime.timedelta(days=9999))
    made = builder.add_extension(usage, critical=True).sign(key, hashes.SHA256())
    return asn1_x509.Certificate.load(made.public_bytes(serialization.Encoding.DER))


def assign(handler):
    def encrypt(writer):
        writer._assign_security_handler(handler)
    return encrypt


def main():
    everything = {"user": "user", "owner": "owner", "permissions": "all"}
    qpdf("rc4-40", "|40", "user", "owner", "RC4-40 (revision 2)")
    qpdf("rc4-40-restricted", "|40 --modify=n --annotate=n", "", "owner", "RC4-40 (revision 2)", "none")
    qpdf("rc4-128", "|128 --use-aes=n", "user", "owner", "RC4-128 (revision 3)")
    qpdf("rc4-128-filter", "|128 --use-aes=n --force-V4", "user", "owner", "RC4-128 (revision 4)")
    qpdf("aes-128", "|128 --use-aes=y", "user", "owner", "AES-128 (revision 4)")
    qpdf("aes-128-latin", "|128 --use-aes=y", "café", "Größe", "AES-128 (revision 4)")
    qpdf("aes-128-clear-metadata", "|128 --use-aes=y --cleartext-metadata", "user", "owner", "AES-128 (revision 4)")
    qpdf("aes-128-form", "|128 --use-aes=y --modify=form", "", "owner", "AES-128 (revision 4)", "fill")
    qpdf("aes-256-r5", "|256 --force-R5", "user", "owner", "AES-256 (revision 5)")
    qpdf("aes-256", "|256", "user", "owner", "AES-256 (revision 6)")
    qpdf("aes-256-empty", "|256", "", "owner", "AES-256 (revision 6)")
    qpdf("aes-256-restricted", "|256 --modify=none", "", "owner", "AES-256 (revision 6)", "none")
    qpdf("aes-256-japanese", "|256", "利用者", "所有者パスワード", "AES-256 (revision 6)")
    qpdf("aes-256-object-streams", "--object-streams=generate|256", "user", "owner", "AES-256 (revision 6)")
    qpdf("aes-256-linearized", "--linearize --object-streams=generate|256", "user", "owner", "AES-256 (revision 6)")
    qpdf("aes-256-clear-metadata", "|256 --cleartext-metadata", "user", "owner", "AES-256 (revision 6)")
    handler = StandardSecurityHandler
    pyhanko("aes-256-gcm", assign(handler.build_from_pw("owner", "user", use_gcm=True, pdf_mac=False)),
            "AES-256-GCM (revision 7)", **everything)
    pyhanko("aes-256-code", assign(handler.build_from_pw("owner", "user")), "AES-256 (revision 6)",
            **everything, update="integrity code")

    def files_only(writer):
        filters = CryptFilterConfiguration({STD_CF: StandardAESCryptFilter(keylen=32)}, default_file_filter=STD_CF)
        made = handler.build_from_pw("owner", "user", pdf_mac=False, crypt_filter_config=filters)
        writer._assign_security_handler(made)
        for held in writer.objects.values():
            if isinstance(held, generic.StreamObject) and held.get("/Type") == "/EmbeddedFile":
                held.add_crypt_filter(name=STD_CF, handler=made)

    pyhanko("aes-256-files-only", files_only, "none by default (revision 6)", **everything)

    pyhanko("certificates", assign(PubKeySecurityHandler.build_from_certs([certificate()], pdf_mac=False)),
            "unknown", update="certificates")


if __name__ == "__main__":
    main()
