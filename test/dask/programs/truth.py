"""What the scheduler itself knows, written down by other means than the bridge."""

import json
import time

from distributed import Client, LocalCluster
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
