"""A traced graph with annotations; prints those that its tasks have on their worker."""

import json

import dask
from distributed import Client, LocalCluster, get_worker

from taskprov import compute_with_trace


@dask.delayed
def annotations_of(_name):
    worker = get_worker()
    known = worker.state.tasks[worker.get_current_task()].annotations or {}
    return {name: known[name] for name in ("team", "priority", "retries") if name in known}


if __name__ == "__main__":
    with (
        LocalCluster(n_workers=1, processes=False, dashboard_address=None) as cluster,
        Client(cluster),
    ):
        with dask.annotate(team="weather", priority=7, retries=2):
            marked = annotations_of("marked")
        plain = annotations_of("plain")
        print(json.dumps(compute_with_trace(marked, plain)))
