"""A program that logs actions; its argument is how it runs: none, threads or processes."""

import pathlib
import sys

import dask.bag as db
from dask import delayed

from taskprov import (
    compute_with_trace,
    log_call,
    log_message,
    persist_with_trace,
    start_action,
    to_file,
)


@log_call
def multiply(x, y=3):
    return x * y


@delayed
def part(n):
    log_message("in-part", n=n)
    return multiply(n)


@delayed
def total(parts):
    return sum(parts)


@delayed
def flaky(path):
    log_message("trying")
    tries = pathlib.Path(path)
    number = int(tries.read_text()) if tries.exists() else 0
    tries.write_text(str(number + 1))
    if number < 2:
        raise ValueError(f"transient {number}")
    return "fine"


def main(client):
    to_file("run.log")
    with start_action(action_type="main_computation", n=3):
        print(compute_with_trace(total([part(1), part(2)])))
        if client is not None:
            print(compute_with_trace(flaky(str(pathlib.Path("tries").resolve())), retries=5))
        try:
            compute_with_trace(part([1]) + 3)
        except TypeError:
            print("failed")
        bag = db.from_sequence([1, 2, 3], npartitions=2).map(multiply).sum()
        scheduler = {} if client is not None else {"scheduler": "threads"}
        (kept,) = persist_with_trace(bag, **scheduler)
        print(compute_with_trace(kept, **scheduler))
        data_frames()


def data_frames():
    try:
        import dask.array as da
        import dask.dataframe as dd
        import numpy as np
        import pandas as pd
    except ImportError:
        return
    print(float(compute_with_trace(da.ones((4, 4), chunks=2).sum())[0]))
    frame = dd.from_pandas(pd.DataFrame({"a": [1, 2, 3]}), npartitions=2)
    print([float(each) for each in compute_with_trace(frame.a.sum(), frame.a.mean())])
    log_message(
        "values",
        array=np.arange(3),
        many=np.zeros((200, 100), dtype="int8"),
        nan=np.float64("nan"),
        flag=np.bool_(True),
        frame=pd.DataFrame({"a": [1]}),
        when=pd.Timestamp("2020-01-01"),
    )


if __name__ == "__main__":
    if sys.argv[1] == "none":
        main(None)
    else:
        from distributed import Client, LocalCluster

        with (
            LocalCluster(
                n_workers=2,
                threads_per_worker=1,
                processes=sys.argv[1] == "processes",
                dashboard_address=None,
            ) as cluster,
            Client(cluster) as client,
        ):
            main(client)
