"""pyHanko makes fields that ask for something, and judges what became of them.

usage: outside.py make ROOT.pem BASE OUT      adds the fields `approval` and `certification`, with seed values and locks
       outside.py judge TIME ROOT.pem FILE... one line per signature: "FILE FIELD P=LEVEL: good", or what is wrong
       outside.py levels TIME ROOT.pem FILE... one line per signature: "FILE FIELD: LEVEL permitted", or "not permitted"
"""
import logging
import sys
from datetime import datetime

from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import (
    FieldMDPAction,
    FieldMDPSpec,
    MDPPerm,
    SeedSignatureType,
    SigCertConstraintFlags,
    SigCertConstraints,
    SigCertKeyUsage,
    SigFieldSpec,
    SigSeedSubFilter,
    SigSeedValFlags,
    SigSeedValueSpec,
    append_signature_field,
)
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext

logging.disable(logging.CRITICAL)


def make(root, base, out):
    constraints = SigCertConstraints(
        flags=SigCertConstraintFlags.ISSUER | SigCertConstraintFlags.KEY_USAGE,
        issuers=[load_cert_from_pemder(root)],
        key_usage=[SigCertKeyUsage.from_sets(must_have={"non_repudiation"}, forbidden={"key_cert_sign"})],
    )
    approval = SigSeedValueSpec(
        flags=SigSeedValFlags.REASONS | SigSeedValFlags.SUBFILTER | SigSeedValFlags.DIGEST_METHOD,
        reasons=["承認", "approved"],
        subfilters=[SigSeedSubFilter.PADES],
        digest_methods=["sha256", "sha512"],
        seed_signature_type=SeedSignatureType(None),
        cert=constraints,
    )
    certification = SigSeedValueSpec(
        flags=SigSeedValFlags.REASONS,
        reasons=["."],
        seed_signature_type=SeedSignatureType(MDPPerm.FILL_FORMS),
    )
    lock = FieldMDPSpec(FieldMDPAction.INCLUDE, fields=["never"])
    with open(base, "rb") as stream:
        writer = IncrementalPdfFileWriter(stream)
        append_signature_field(
            writer,
            SigFieldSpec("approval", seed_value_dict=approval, field_mdp_spec=lock, doc_mdp_update_value=MDPPerm.FILL_FORMS),
        )
        append_signature_field(writer, SigFieldSpec("certification", box=(10, 10, 90, 40), seed_value_dict=certification))
        with open(out, "wb") as output:
            writer.write(output)


def levels(time, root, paths):
    """What changed after each signature, in pyHanko's words, and whether it may."""
    moment = datetime.fromisoformat(time.replace("Z", "+00:00"))
    context = ValidationContext(trust_roots=[load_cert_from_pemder(root)], moment=moment, revocation_mode="soft-fail")
    for path in paths:
        for signature in PdfFileReader(open(path, "rb")).embedded_signatures:
            try:
                status = validate_pdf_signature(signature, context)
                level = status.modification_level
                word = f"{level.name if level else None} {'permitted' if status.docmdp_ok else 'not permitted'}"
            except Exception as fault:
                word = f"{type(fault).__name__}: {fault}"
            print(f"{path} {signature.field_name}: {word}")


def judge(time, root, paths):
    moment = datetime.fromisoformat(time.replace("Z", "+00:00"))
    context = ValidationContext(trust_roots=[load_cert_from_pemder(root)], moment=moment, revocation_mode="soft-fail")
    for path in paths:
        reader = PdfFileReader(open(path, "rb"))
        for signature in reader.embedded_signatures:
            is_timestamp = signature.sig_object_type == "/DocTimeStamp"
            try:
                check = validate_pdf_timestamp if is_timestamp else validate_pdf_signature
                status = check(signature, context)
                is_good = status.intact and status.valid and status.trusted
                is_good = is_good and (is_timestamp or status.bottom_line and status.seed_value_ok)
                word = "good" if is_good else status.pretty_print_details()
            except Exception as fault:
                word = f"{type(fault).__name__}: {fault}"
            level = signature.docmdp_level
            print(f"{path} {signature.field_name} P={level.value if level else None}: {word}")


if sys.argv[1] == "make":
    make(*sys.argv[2:])
elif sys.argv[1] == "levels":
    levels(sys.argv[2], sys.argv[3], sys.argv[4:])
else:
    judge(sys.argv[2], sys.argv[3], sys.argv[4:])
