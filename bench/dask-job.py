"""One job of bench/dask.mjs; prints one line of JSON: CPU and memory of scheduler and client."""

import json
import resource
import sys
import time

import dask
from distributed import Client, LocalCluster, wait


def inc(x):
    return x + 1


def run_map(client, size):
    futures = client.map(inc, range(size), pure=False)
    wait(futures)
    return size


def run_chain(client, size):
    futures = [client.submit(inc, 0, pure=False)]
    for _ in range(size - 1):
        futures.append(client.submit(inc, futures[-1], pure=False))
    wait(futures)
    return size


def run_array(client, size):
    import dask.array as da

    x = da.ones((size, 10), chunks=(1, 10))
    (x + 1).sum().compute()
    return size


def run_tree(client, size):
    level = [dask.delayed(inc)(n) for n in range(size)]
    while len(level) > 1:
        level = [dask.delayed(max)(*level[at : at + 2]) for at in range(0, len(level), 2)]
    level[0].compute()
    return 2 * size


def run_argument(client, size):
    import numpy as np

    client.submit(np.sum, np.ones(size * 1_000_000 // 8)).result()
    return 1


if __name__ == "__main__":
    job, size = sys.argv[1], int(sys.argv[2])
    cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
    client = Client(cluster)
    client.submit(inc, 0).result()
    before, began = time.process_time(), time.perf_counter()
    tasks = globals()[f"run_{job}"](client, size)
    ran = time.perf_counter()
    spent = time.process_time() - before
    client.close()
    cluster.close()
    report = {
        "tasks": tasks,
        "cpu": time.process_time() - before,
        "cpuRunning": spent,
        "wall": ran - began,
        "closing": time.perf_counter() - ran,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(report), flush=True)
