"""Tasks that log, recorded: `actions_recorded.py processes|threads [options as JSON]`."""

import json
import pathlib
import sys

from dask import delayed
from dask.distributed import Client

from taskprov import ProvTracker, compute_with_trace, log_call, log_message, start_action


@log_call(action_type="multiply")
def multiply(x, y):
    return x * y


def quiet(n):
    return n


def part(name):
    log_message("begin", name=name, password={"old": 1}, url="x?token=abc", big=2**70)
    return multiply(len(name), 2)


def failing(text):
    log_message("before", text=text)
    raise ValueError(text)


def flaky(path):
    tries = pathlib.Path(path)
    number = 1 + (int(tries.read_text()) if tries.exists() else 0)
    tries.write_text(str(number))
    log_message("trying", number=number)
    if number < 3:
        raise ValueError("transient")
    return "fine"


def chatter(count, chars):
    for i in range(count):
        log_message("note", i=i, text="x" * chars)


def main(mode, options):
    with Client(
        processes=mode == "processes", n_workers=1, threads_per_worker=2, dashboard_address=None
    ) as client:
        client.register_plugin(ProvTracker(**options))
        log_message("outside any task")
        client.gather([client.submit(part, name, key=name) for name in ("a", "bb")])
        client.submit(quiet, 1, key="quiet").result()
        try:
            client.submit(failing, "no", key="failing").result()
        except ValueError:
            pass
        client.submit(flaky, str(pathlib.Path("tries").resolve()), key="flaky", retries=3).result()
        client.submit(chatter, 500, 1, key="many").result()
        client.submit(chatter, 20, 3500, key="long").result()
        client.submit(chatter, 1, 100_000, key="huge").result()
        with start_action(action_type="main"):
            print(compute_with_trace(delayed(part)("traced", dask_key_name="traced")))


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]) if len(sys.argv) > 2 else {})
