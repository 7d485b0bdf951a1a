"""Executes cells in a real kernel, as a front end does.

kernel.py CELLS.json: a list of {"source", "id"?}; prints one line of JSON a cell:
{"count", "status", "text", "error", "shown"}. The kernel's working directory is the current one.
"""

import json
import sys
from queue import Empty

from jupyter_client.manager import KernelManager

SECONDS = 100


def execute(client, cell):
    content = {"code": cell["source"], "silent": False, "store_history": True,
               "user_expressions": {}, "allow_stdin": False, "stop_on_error": False}
    message = client.session.msg("execute_request", content)
    if "id" in cell:
        message["metadata"]["cellId"] = cell["id"]
    client.shell_channel.send(message)
    asked = message["header"]["msg_id"]
    text, error, shown = [], None, []
    while True:
        told = client.get_iopub_msg(timeout=SECONDS)
        if told["parent_header"].get("msg_id") != asked:
            continue
        kind, content = told["msg_type"], told["content"]
        if kind == "stream":
            text.append(content["text"])
        elif kind in ("display_data", "update_display_data", "execute_result"):
            place = content.get("transient", {}).get("display_id")
            shown.append({"kind": kind, "place": place, "data": content["data"]})
        elif kind == "error":
            error = "\n".join(content["traceback"])
        elif kind == "status" and content["execution_state"] == "idle":
            break
    while True:
        reply = client.get_shell_msg(timeout=SECONDS)
        if reply["parent_header"].get("msg_id") == asked:
            break
    count = reply["content"].get("execution_count")
    return {"count": count, "status": reply["content"]["status"], "text": "".join(text), "error": error,
            "shown": shown}


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        cells = json.load(file)
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=SECONDS)
        for cell in cells:
            print(json.dumps(execute(client, cell)), flush=True)
    except Empty:
        print("the kernel says nothing any more", file=sys.stderr)
        return 1
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now="--kill" in sys.argv)
    return 0


sys.exit(main())
