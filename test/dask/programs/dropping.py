"""More events at once than a tiny buffer holds."""

import json
import os

settings = json.loads(os.environ["TASKPROV_BRIDGE"])
os.environ["TASKPROV_BRIDGE"] = json.dumps({**settings, "bufferedEvents": 60})

import disk  # noqa: E402
from distributed import Client  # noqa: E402


def inc(x):
    return x + 1


if __name__ == "__main__":
    with Client(processes=False, n_workers=1, dashboard_address=None) as client:
        futures = client.map(inc, range(100))
        print(sum(client.gather(futures)))
        # Told in one go, so that however slow the machine is, the buffer is not written between.
        put = client.scatter({f"put-{i}": i for i in range(5000)})
        disk.await_recorded(b"dropped")
        print(client.submit(sum, futures[:49] + [51 - 1], key="after").result())
        del put
