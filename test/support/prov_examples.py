"""Prints the example documents of Python `prov` in all its syntaxes, one JSON object a line."""

import json
import sys
import warnings

from prov.tests import examples

SYNTAXES = {
    "prov-json": {"format": "json"},
    "prov-xml": {"format": "xml"},
    "trig": {"format": "rdf", "rdf_format": "trig"},
    "prov-n": {"format": "provn"},
}

warnings.simplefilter("ignore")
for name, make in examples.tests:
    document = make()
    texts = {syntax: document.serialize(**options) for syntax, options in SYNTAXES.items()}
    sys.stdout.write(json.dumps({"name": name, "texts": texts}) + "\n")
