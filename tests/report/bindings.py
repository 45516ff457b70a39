"""What other people's bindings of TS 119 102-2 (pyHanko's, made by xsdata) read. usage: bindings.py FILE...

They are of the namespace of V1.2.1 and V1.3.1. What we write of V1.4.1 differs from those in nothing else.
One line per file: its name, then the indications of its signatures; or its name and what is wrong. Strict: unknown elements and
attributes, values that do not convert, required things that are not there, and whatever comes out otherwise than it went in.
"""
import dataclasses
import sys
import xml.etree.ElementTree as etree

from pyhanko.generated.etsi.ts_11910202 import ValidationReport
from xsdata.formats.dataclass.context import XmlContext
from xsdata.formats.dataclass.parsers import XmlParser
from xsdata.formats.dataclass.parsers.config import ParserConfig
from xsdata.formats.dataclass.serializers import XmlSerializer

OURS, THEIRS = "http://uri.etsi.org/19102/v1.4.1#", "http://uri.etsi.org/19102/v1.2.1#"
CONTEXT = XmlContext()
STRICT = ParserConfig(
    fail_on_unknown_properties=True, fail_on_unknown_attributes=True, fail_on_converter_warnings=True
)


def missing(value, path):
    """The required things below `value` that are not there."""
    if not dataclasses.is_dataclass(value):
        return
    for field in dataclasses.fields(value):
        inner, place = getattr(value, field.name), f"{path}/{field.name}"
        if inner is None and field.metadata.get("required"):
            yield place
        items = inner if isinstance(inner, (list, tuple)) else [inner]
        # Of the choice in SignersDocument the bindings make things that are all required.
        is_chosen = field.name == "signers_document_representation"
        if len(items) < field.metadata.get("min_occurs", 0) and not is_chosen:
            yield place
        for item in items:
            yield from missing(item, place)


def plain(element):
    """What an element says. Attributes of signatures stand in any order (a choice that repeats)."""
    inside = [plain(one) for one in element]
    if element.tag.endswith("}SignatureAttributes"):
        inside.sort(key=repr)
    return element.tag, sorted(element.attrib.items()), (element.text or "").strip(), inside


def indications(report):
    for signature in report.signature_validation_report:
        status = signature.signature_validation_status
        yield ":".join(uri.rsplit(":", 1)[1] for uri in (status.main_indication, *status.sub_indication))


def read(text):
    if OURS not in text:
        raise ValueError("another namespace")
    text = text.replace(OURS, THEIRS)
    report = XmlParser(context=CONTEXT, config=STRICT).from_string(text, ValidationReport)
    if lacking := list(missing(report, "")):
        raise ValueError(f"missing: {lacking}")
    again = XmlSerializer(context=CONTEXT).render(report)
    if plain(etree.fromstring(text)) != plain(etree.fromstring(again)):
        raise ValueError("comes out otherwise")
    return report


for name in sys.argv[1:]:
    with open(name, encoding="utf-8") as file:
        text = file.read()
    try:
        print(name, *indications(read(text)))
    except Exception as fault:
        print(f"{name} {type(fault).__name__}: {fault}")
