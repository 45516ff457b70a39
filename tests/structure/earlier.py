"""What pyHanko says of every signature in files, whoever made it. usage: earlier.py TIME FILE...

One line per signature: "FILE FIELD: sound", or what is wrong: its digest, its value, or what was changed later. Trust is not the question.
"""
import logging
import sys

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.status import SignatureCoverageLevel

logging.disable(logging.CRITICAL)

for path in sys.argv[2:]:
    try:
        reader = PdfFileReader(open(path, "rb"))
        if reader.encrypted:
            reader.decrypt("")
        for signature in reader.embedded_signatures:
            try:
                signature.compute_integrity_info()
                said = signature.summarise_integrity_info()
                is_sound = (
                    said["coverage"] != SignatureCoverageLevel.UNCLEAR
                    and said.get("docmdp_ok") is not False
                    and signature.compute_digest() is not None
                )
                words = "sound" if is_sound else f"{said.get('coverage')} {signature.diff_result}"
            except Exception as fault:
                words = f"{type(fault).__name__}: {fault}"
            print(f"{path} {signature.field_name}: {words}".replace("\n", " "))
    except Exception as fault:
        print(f"{path} ?: {type(fault).__name__}: {fault}".replace("\n", " "))
