"""Executes cells in a real kernel, as a front end does.

kernel.py CELLS.json --name=KERNEL: a list of {"source", "id"?, "awaits"?}; prints one line of JSON a
cell: {"count", "status", "text", "error", "shown"}. The kernel's working directory is the current one.
A cell has ended when the kernel is idle and has shown the texts that are awaited: Deno's kernel may
be idle before it shows what a cell came to.
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
    idle, awaited = False, cell.get("awaits", [])
    while not idle or (awaited and error is None):
        told = client.get_iopub_msg(timeout=SECONDS)
        if told["parent_header"].get("msg_id") != asked:
            continue
        kind, content = told["msg_type"], told["content"]
        if kind == "stream":
            text.append(content["text"])
        elif kind in ("display_data", "update_display_data", "execute_result"):
            place = content.get("transient", {}).get("display_id")
            shown.append({"kind": kind, "place": place, "data": content["data"]})
            said = "\n".join(map(str, content["data"].values()))
            awaited = [each for each in awaited if each not in said]
        elif kind == "error":
            error = "\n".join(content["traceback"])
        elif kind == "status":
            idle = content["execution_state"] == "idle"
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
    manager = KernelManager(kernel_name=sys.argv[2].removeprefix("--name="))
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=SECONDS)
        for cell in cells:
            print(json.dumps(execute(client, cell)), flush=True)
    except Empty:
        print(f"the kernel says nothing any more of {cell['source']!r}", file=sys.stderr)
        return 1
    finally:
        client.stop_channels()
        manager.shutdown_kernel()
    return 0


sys.exit(main())
