"""One job of bench/dask.mjs; prints one line of JSON: CPU and memory of scheduler and client."""

import asyncio
import json
import os
import resource
import sys
import threading
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


def track_with_yprov4dask(client):
    from prov_tracking.plugin import ProvTracker

    tracker = ProvTracker(destination="output", file_name="document.json")
    client.register_plugin(tracker)
    tracker.start(client.scheduler)


def track_with_eliot(client):
    """One action of a log a task, as Eliot's documentation logs functions."""
    from eliot import log_call

    def to_a_file():
        from eliot import to_file

        to_file(open("document.json", "a"))

    client.run(to_a_file)
    globals()["inc"] = log_call(inc)


class LoopProbe:
    """The longest time that the scheduler's event loop takes no turn, from now on."""

    def __init__(self, cluster):
        self.longest = 0.0
        self._seen = time.perf_counter()
        cluster.scheduler.loop.add_callback(self._watch)

    async def _watch(self):
        while True:
            await asyncio.sleep(0.001)
            self._turn()

    def _turn(self):
        now = time.perf_counter()
        self.longest = max(self.longest, now - self._seen - 0.001)
        self._seen = now

    def end(self):
        """Once the loop has ended: what came after its last turn counts too."""
        self._turn()
        return self.longest


class HookClock:
    """What the hook of the tracker and the thread that writes take themselves.

    Reading the clock is part of it, and that costs as much as the shortest hooks: the truth is below.
    """

    def __init__(self, scheduler):
        self.nanoseconds = 0
        plugin = scheduler.plugins["taskprov"]
        plugin.transition = self._timed(plugin.transition)

    def _timed(self, hook):
        def timed(*args, **kwargs):
            began = time.thread_time_ns()
            hook(*args, **kwargs)
            self.nanoseconds += time.thread_time_ns() - began

        return timed

    def per_task(self, tasks):
        """Microseconds of the hook, and of the thread."""
        writer = next(thread for thread in threading.enumerate() if thread.name == "taskprov")
        seconds = time.clock_gettime(time.pthread_getcpuclockid(writer.ident))
        return [self.nanoseconds / 1e3 / tasks, seconds * 1e6 / tasks]


def stay_on(core):
    """Keeps this process, which has its threads by now, on one core; its workers may use all."""
    for thread in os.listdir("/proc/self/task"):
        os.sched_setaffinity(int(thread), {core})


if __name__ == "__main__":
    job, size, *tracker = sys.argv[1:]
    size = int(size)
    cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
    client = Client(cluster)
    if tracker:
        globals()[f"track_with_{tracker[0]}"](client)
    client.submit(inc, 0).result()
    if "BENCH_CORE" in os.environ:
        stay_on(int(os.environ["BENCH_CORE"]))
    clock = HookClock(cluster.scheduler) if "BENCH_HOOKS" in os.environ else None
    before, began = time.process_time(), time.perf_counter()
    tasks = globals()[f"run_{job}"](client, size)
    ran = time.perf_counter()
    spent = time.process_time() - before
    hooks = clock and clock.per_task(tasks)
    probe = LoopProbe(cluster)
    client.close()
    cluster.close()
    blocked, closed = probe.end(), time.time()
    report = {
        "tasks": tasks,
        "cpu": time.process_time() - before,
        "cpuRunning": spent,
        "wall": ran - began,
        "closing": time.perf_counter() - ran,
        "blocked": blocked,
        "closed": closed,
        "hooks": hooks,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(report), flush=True)
