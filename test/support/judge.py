"""Reads PROV-JSON documents with the Python package `prov` and says what it makes of them.

One request per line on stdin, one verdict per line on stdout, both JSON:
    {"name": …, "text": …, "equalTo": … or absent}
    {"name": …, "problems": […], "notes": […], "counts": {kind: n}, "attributes": n}
A problem is something the document's author must mend; a note is a limit of `prov` itself.
"""

import json
import sys
import warnings

from prov.constants import PROV_N_MAP
from prov.model import ProvDocument

try:
    from lxml import etree
except ImportError:
    etree = None

warnings.simplefilter("error")


def bundles_of(document):
    return [document, *document.bundles]


def count(document):
    counts, attributes = {}, 0
    for bundle in bundles_of(document):
        for record in bundle.get_records():
            kind = PROV_N_MAP[record.get_type()]
            counts[kind] = counts.get(kind, 0) + 1
            attributes += len(record.attributes)
    return counts, attributes


def again(document, form):
    text = document.serialize(format=form)
    if form == "xml" and isinstance(text, str):
        text = text.encode("utf-8")
    return ProvDocument.deserialize(content=text, format=form), text


def judge(request, schema):
    problems, notes, counts, attributes = [], [], {}, 0
    try:
        document = ProvDocument.deserialize(content=request["text"], format="json")
        counts, attributes = count(document)
        if again(document, "json")[0] != document:
            problems.append("the document differs after writing and reading it as JSON")
        if "equalTo" in request:
            other = ProvDocument.deserialize(content=request["equalTo"], format="json")
            if other != document:
                problems.append("the document differs from the one it was compared with")
    except Exception as error:  # whatever prov throws is its verdict
        problems.append("%s: %s" % (type(error).__name__, error))
    else:
        try:
            copy, xml = again(document, "xml")
            if copy != document:
                notes.append("XML: the document differs after writing and reading it")
            if schema is not None and not schema.validate(etree.fromstring(xml)):
                notes.append("XML: %s" % schema.error_log[0])
        except Exception as error:  # prov's XML has limits that JSON has not
            notes.append("XML: %s: %s" % (type(error).__name__, error))
    return {
        "name": request["name"],
        "problems": problems,
        "notes": notes,
        "counts": counts,
        "attributes": attributes,
    }


def main():
    schema = None
    if etree is not None and len(sys.argv) > 1:
        schema = etree.XMLSchema(etree.parse(sys.argv[1]))
    for line in sys.stdin:
        print(json.dumps(judge(json.loads(line), schema)), flush=True)


main()
