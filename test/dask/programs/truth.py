"""What the scheduler itself knows, written down by other means than the bridge."""

import json
import time

import dask
from distributed import Client, LocalCluster
from distributed.core import Status
from distributed.diagnostics.plugin import SchedulerPlugin


class Truth(SchedulerPlugin):
    """Every task with its dependencies, as the scheduler has them when it takes a graph."""

    name = "truth"

    def __init__(self):
        self.graph = {}

    def update_graph(self, scheduler, *, tasks=(), **_more):
        for key in tasks:
            needed = scheduler.tasks[key].dependencies
            self.graph[json.dumps(key)] = sorted(json.dumps(ts.key) for ts in needed)

    def write(self, **more):
        with open("truth.json", "w") as file:
            json.dump({"graph": self.graph, **more}, file)


class Results(SchedulerPlugin):
    """Every result with those that it was made from, as the scheduler has them when it is there.

    A key can have several: it can be computed again, and submitted again with other dependencies.
    """

    name = "results"

    def __init__(self, scheduler):
        self.scheduler = scheduler
        self.counts = {}
        self.made = []
        scheduler.add_plugin(self)

    def transition(self, key, start, finish, *_args, **_more):
        if finish == "memory" and start != "memory":
            needed = [ts.key for ts in self.scheduler.tasks[key].dependencies]
            self.counts[key] = self.counts.get(key, 0) + 1
            self.made.append([self._result(key), [self._result(other) for other in needed]])

    def _result(self, key):
        return [key, self.counts[key]]


def start(mode, **options):
    """A client with a cluster of its own, in threads or in processes."""
    # A worker that is not back after 15 s is given up by its cluster for good: on a busy machine
    # that is not long for a new process.
    dask.config.set({"distributed.deploy.lost-worker-timeout": "10 minutes"})
    cluster = LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=mode == "processes",
        dashboard_address=None,
        **options,
    )
    truth = Truth()
    cluster.scheduler.add_plugin(truth)
    return Client(cluster), truth


def await_processing(client, key):
    """Returns when the scheduler has sent a task to a worker."""
    tasks = client.cluster.scheduler.tasks
    while key not in tasks or tasks[key].state != "processing":
        time.sleep(0.01)


def await_workers(client, count):
    """Returns when so many worker processes are up, for the scheduler and for their nannies.

    A worker that dies after it came to the scheduler and before its nanny has word of that, which
    takes seconds on a busy machine, can leave the nanny waiting for ever for a word of the next.
    """
    nannies = client.cluster.workers
    workers = client.cluster.scheduler.workers
    deadline = time.monotonic() + 200
    while sum(_is_up(nanny, workers) for nanny in list(nannies.values())) < count:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{count} workers are not up after 200 s: {nannies}")
        time.sleep(0.01)


def _is_up(nanny, workers):
    process = nanny.process
    return (
        process is not None
        and process.status == Status.running
        and process.worker_address in workers
    )
