"""Traced graphs of which some tasks never run; its argument is how it runs."""

import inspect
import json
import pathlib
import sys
import time

import dask
from dask import annotate, delayed

from taskprov import compute_with_trace, log_message, persist_with_trace, start_action, to_file


@delayed
def one(n):
    return n


@delayed
def failing(n):
    raise ValueError(f"bad {n}")


@delayed
def add(*parts):
    return sum(parts)


def blocked(options):
    bad = failing(one(1, dask_key_name="one"), dask_key_name="failing")
    after = add(bad, one(2, dask_key_name="two"), dask_key_name="after")
    try:
        compute_with_trace(add(after, 3, dask_key_name="last"), **options)
    except ValueError as error:
        log_message("raised", text=str(error))


class Unreadable:
    """Cannot be unpickled on a worker."""

    def __dask_tokenize__(self):
        return "unreadable"

    def __reduce__(self):
        return _raise, ()


def _raise():
    raise RuntimeError("unreadable")


def known(client):
    left = one(10, dask_key_name="ten")
    kept = client.persist(left)
    kept.compute()
    print(compute_with_trace(add(left, one(11), dask_key_name="sum")))
    (persisted,) = persist_with_trace(add(left, 5, dask_key_name="fifteen"))
    print(persisted.compute())
    print(compute_with_trace(add(persisted, left, dask_key_name="again")))
    # The same graph once more, all of it known.
    print(compute_with_trace(persisted))


def persisted_failure(client):
    bad = failing(2, dask_key_name="failing-too")
    (kept,) = persist_with_trace(add(bad, dask_key_name="after-too"))
    try:
        kept.compute()
    except ValueError:
        pass


def left_waiting(client):
    """Persisted, and never begun before the client goes: no worker is allowed to run it."""
    with annotate(workers=["127.0.0.1:1"], allow_other_workers=False):
        waiting = one(7, dask_key_name="waiting")
    (kept,) = persist_with_trace(add(waiting, dask_key_name="never"), optimize_graph=False)
    return kept


@delayed
def gate(folder):
    until(lambda: pathlib.Path(folder, "failing").exists())


@delayed
def slow(n, folder, _opened):
    pathlib.Path(folder, f"begun-{n}").touch()
    until(lambda: pathlib.Path(folder, "go").exists())


@delayed
def fails_while_others_run(folder):
    pathlib.Path(folder, "failing").touch()
    until(lambda: list(pathlib.Path(folder).glob("begun-*")))
    raise ValueError("meanwhile")


def cancelled_on_workers():
    """Some of the tasks have begun when it fails, the others wait on workers."""
    folder = str(pathlib.Path("signals").resolve())
    pathlib.Path(folder).mkdir()
    # One thread is left for what will fail.
    opened = gate(folder, dask_key_name="gate")
    parts = [slow(n, folder, opened, dask_key_name=f"slow-{n}") for n in range(12)]
    bad = fails_while_others_run(folder, dask_key_name="meanwhile")
    try:
        compute_with_trace(add(bad, *parts, dask_key_name="all"), optimize_graph=False)
    except ValueError as error:
        log_message("raised", text=str(error))
    pathlib.Path(folder, "go").touch()
    until(lambda: ends_of_tasks("started") == ends_of_tasks("succeeded", "failed"))


def ends_of_tasks(*states):
    lines = [line for path in pathlib.Path().glob("*.log") for line in path.read_text().split("\n")]
    messages = [json.loads(line) for line in lines if "eliot:remote_task" in line]
    return sum(message["action_status"] in states for message in messages)


def until(condition):
    while not condition():
        time.sleep(0.01)


def recomputed(client):
    (kept,) = persist_with_trace(one(20, dask_key_name="lost"))
    kept.compute()
    before = set(client.scheduler_info(**({"n_workers": -1} if _asks_for_all(client) else {}))["workers"])
    client.restart_workers(list(before))
    print(kept.compute())


def _asks_for_all(client):
    return "n_workers" in inspect.signature(client.scheduler_info).parameters


def main(mode):
    to_file("run.log")
    if mode in ("threads", "sync", "processes"):
        with start_action(action_type="main"):
            blocked({"scheduler": mode})
        return
    from dask.distributed import Client

    # Workers have tasks of their own that wait.
    dask.config.set({"distributed.scheduler.worker-saturation": float("inf")})
    with Client(
        processes=mode == "cluster", n_workers=2, threads_per_worker=1, dashboard_address=None
    ) as client:
        with start_action(action_type="main"):
            blocked({})
            known(client)
            persisted_failure(client)
            try:
                compute_with_trace(add(Unreadable(), dask_key_name="unreadable"))
            except Exception as error:
                log_message("raised", text=type(error).__name__)
            cancelled_on_workers()
            kept = left_waiting(client)
            if mode == "cluster":
                recomputed(client)
        del kept


if __name__ == "__main__":
    main(sys.argv[1])
