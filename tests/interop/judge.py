"""What pyHanko says of signed files. usage: judge.py TIME FILE=LEVEL[=PASSWORD[=lenient]]...  (the anchor is anchor.pem, beside the files)

At the level "archival" that process alone is asked: what else looks at the present, where a signer may have expired.
One line per file: "FILE: good", or what is wrong. From B-LT on, revocation data must be in the file. At B-LTA its archival process
(EN 319 102-1, 5.6) must say PASSED too. When strict it judges no hybrid files at all: those are for `lenient`.
"""
import asyncio
import logging
import sys
from datetime import datetime

from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import DocumentSecurityStore, ades, validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.policy_decl import (
    LocalKnowledge,
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator import ValidationContext, policy_decl
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

logging.disable(logging.CRITICAL)
TIME = datetime.fromisoformat(sys.argv[1].replace("Z", "+00:00"))
ANCHOR = load_cert_from_pemder("anchor.pem")


def context(reader, level):
    settings = {"trust_roots": [ANCHOR], "moment": TIME, "allow_fetching": False, "revocation_mode": "hard-fail"}
    if level in ("B-B", "B-T"):
        return ValidationContext(**settings | {"revocation_mode": "soft-fail"})
    return DocumentSecurityStore.read_dss(reader).as_validation_context(settings)


def archival(signature):
    policy = CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build([ANCHOR]),
        revinfo_policy=CertRevTrustPolicy(revocation_checking_policy=policy_decl.REQUIRE_REVINFO),
    )
    offline = RevocationInfoGatheringSpec(online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY)
    basic = SignatureValidationSpec(policy, revinfo_gathering_policy=offline, local_knowledge=LocalKnowledge())
    timing = ValidationTimingInfo(validation_time=TIME, best_signature_time=TIME, point_in_time_validation=False)
    return asyncio.run(ades.ades_lta_validation(signature, PdfSignatureValidationSpec(basic), timing))


def faults(path, level, password=None, strictness="strict"):
    reader = PdfFileReader(open(path, "rb"), strict=strictness == "strict")
    if password is not None and reader.encrypted and reader.decrypt(password).status.name == "FAILED":
        yield "the password is refused"
    if not reader.embedded_signatures:
        yield "no signature"
    for signature in reader.embedded_signatures:
        is_timestamp = signature.sig_object_type == "/DocTimeStamp"
        if level != "archival":
            check = validate_pdf_timestamp if is_timestamp else validate_pdf_signature
            status = check(signature, context(reader, level))
            is_good = status.intact and status.valid and status.trusted and getattr(status, "bottom_line", True)
            if not is_good:
                yield f"{signature.field_name} {status.summary()}"
        if level in ("B-LTA", "archival") and not is_timestamp:
            result = archival(signature)
            if str(result.ades_subindic) != "AdESPassed.OK":
                yield f"{signature.field_name} {result.ades_subindic} {result.failure_msg}"


for argument in sys.argv[2:]:
    path, *settings = argument.split("=")
    try:
        found = list(faults(path, *settings))
    except Exception as fault:
        found = [f"{type(fault).__name__}: {fault}"]
    print(f"{path}: {'; '.join(found) or 'good'}")
