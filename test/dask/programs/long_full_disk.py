"""The disk is full for so long that events are dropped; then it is not."""

import json
import os
import time

settings = json.loads(os.environ["TASKPROV_BRIDGE"])
os.environ["TASKPROV_BRIDGE"] = json.dumps({**settings, "bufferedBytes": 2000})

import disk  # noqa: E402
from distributed import Client, wait  # noqa: E402


def inc(x):
    return x + 1


def boom(x):
    raise ValueError(x)


def hold(_x):
    import builtins

    while not getattr(builtins, "gate", False):
        time.sleep(0.01)
    return 1000


def open_gate():
    import builtins

    builtins.gate = True


if __name__ == "__main__":
    with Client(processes=False, n_workers=1, threads_per_worker=2, dashboard_address=None) as client:
        print(client.submit(inc, 1, key="disk-grows").result())
        disk.await_recorded(b"disk-grows")
        disk.fill()
        kept = [client.submit(inc, i, key=f"kept-{i}") for i in range(60)]
        held = client.submit(hold, 1, key="held")
        failed = client.submit(boom, 1, key="failed")
        wait([*kept, failed])
        gone = [client.submit(inc, i, key=f"gone-{i}") for i in range(60)]
        wait(gone)
        del gone
        scattered = client.scatter({"put-in": 7})
        disk.await_refused(3)
        disk.make_room()
        client.run_on_scheduler(open_gate)
        after = client.submit(sum, [*kept, held, *scattered.values()], key="after")
        blocked = client.submit(inc, failed, key="blocked")
        print(after.result(), wait(blocked) and blocked.status)
