"""Reads documents in any syntax with the Python package `prov`, compares and rewrites them.

One request per line on stdin, one verdict per line on stdout, both JSON:
    {"name": …, "text": …, "format": …, "equalTo": PROV-JSON or absent, "writes": [format, …]}
    {"name": …, "problems": […], "written": {format: text}}
Formats are named as `prov` names them. The first argument is the W3C's prov.xsd: XML is validated.
"""

import json
import sys
import warnings

from prov.model import ProvDocument

try:
    from lxml import etree
except ImportError:
    etree = None

warnings.simplefilter("error")
# prov calls what rdflib has renamed since: no fault of the document.
warnings.filterwarnings("ignore", category=DeprecationWarning)


def written(document, form):
    text = document.serialize(format=form)
    return text.decode("utf-8") if isinstance(text, bytes) else text


def judge(request, schema):
    problems, texts = [], {}
    form, text = request["format"], request["text"]
    content = text.encode("utf-8") if form == "xml" else text
    try:
        document = ProvDocument.deserialize(content=content, format=form)
        if "equalTo" in request:
            other = ProvDocument.deserialize(content=request["equalTo"], format="json")
            if other != document:
                problems.append("the document differs from the one it was compared with")
        for wanted in request.get("writes", []):
            texts[wanted] = written(document, wanted)
        if form == "xml" and schema is not None and not schema.validate(etree.fromstring(content)):
            problems.append("not valid against the schema: %s" % schema.error_log[0])
    except Exception as error:  # whatever prov throws is its verdict
        problems.append("%s: %s" % (type(error).__name__, error))
    return {"name": request["name"], "problems": problems, "written": texts}


def main():
    schema = None
    if etree is not None:
        schema = etree.XMLSchema(etree.parse(sys.argv[1]))
    for line in sys.stdin:
        print(json.dumps(judge(json.loads(line), schema)), flush=True)


main()
