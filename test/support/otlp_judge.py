"""Reads OTLP as JSON lines and as protobuf with OpenTelemetry's own messages, and compares them.

Arguments: the file of JSON lines, the file of protobuf. Prints one JSON object:
    {"problems": […], "spans": n, "names": […], "parents": […], "traces": […], "states": […],
     "links": n, "exceptions": n}
"""

import base64
import json
import sys

from google.protobuf import json_format
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

IDS = {"traceId", "spanId", "parentSpanId"}


def with_base64_ids(value):
    """OTLP writes ids as hex where protobuf's JSON has base64."""
    if isinstance(value, list):
        return [with_base64_ids(item) for item in value]
    if isinstance(value, dict):
        return {
            name: base64.b64encode(bytes.fromhex(item)).decode()
            if name in IDS
            else with_base64_ids(item)
            for name, item in value.items()
        }
    return value


def main():
    from_json, problems = TracesData(), []
    with open(sys.argv[1], encoding="utf-8") as lines:
        for line in lines:
            part = TracesData()
            json_format.ParseDict(with_base64_ids(json.loads(line)), part)
            from_json.MergeFrom(part)
    with open(sys.argv[2], "rb") as file:
        from_bytes = TracesData.FromString(file.read())
    if from_bytes != from_json:
        problems.append("JSON and protobuf differ")
    spans = [
        span
        for resource in from_bytes.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]
    for span in spans:
        if len(span.trace_id) != 16 or len(span.span_id) != 8:
            problems.append("ids of a wrong length")
    print(
        json.dumps(
            {
                "problems": problems,
                "spans": len(spans),
                "names": [span.name for span in spans],
                "parents": [span.parent_span_id.hex() for span in spans],
                "traces": sorted({span.trace_id.hex() for span in spans}),
                "states": sorted({span.trace_state for span in spans}),
                "links": sum(len(span.links) for span in spans),
                "exceptions": sum(len(span.events) for span in spans),
            }
        )
    )


main()
