"""More events at once than a tiny buffer holds."""

import json
import os
import time

settings = json.loads(os.environ["TASKPROV_BRIDGE"])
os.environ["TASKPROV_BRIDGE"] = json.dumps({**settings, "bufferedEvents": 60})

from distributed import Client  # noqa: E402


def inc(x):
    return x + 1


if __name__ == "__main__":
    with Client(processes=False, n_workers=1, dashboard_address=None) as client:
        futures = client.map(inc, range(100))
        print(sum(client.gather(futures)))
        time.sleep(0.5)  # The buffer is written.
        print(client.submit(sum, futures[:49] + [51 - 1], key="after").result())
