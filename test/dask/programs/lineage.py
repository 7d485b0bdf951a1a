"""One workload, named on the command line, on a cluster of two workers.

Every version of Dask runs what it can: workloads that need a library are asked for only where it
is installed. What the scheduler made from what goes into truth.json.
"""

import sys
import time

import dask
from distributed import as_completed, wait
from truth import Results, start


def inc(x):
    return x + 1


def add(x, y):
    return x + y


def total(xs):
    return sum(xs)


def array(shape=(40, 40), chunks=(10, 10)):
    import dask.array as da

    return da.arange(shape[0] * shape[1], chunks=shape[0] * chunks[1]).reshape(shape).rechunk(chunks)


def elementwise(client):
    x = array()
    return ((x + 1) * x - x.T).sum().compute()


def array_sum(client):
    import dask.array as da

    return da.ones((40, 40), chunks=(10, 10)).sum().compute()


def mean_axis(client):
    return array().mean(axis=0).persist().compute().sum()


def matmul(client):
    x = array()
    return (x @ x.T).sum().compute()


def rechunk(client):
    x = array().rechunk((40, 5)).persist()
    return x.rechunk((8, 40)).max().compute()


def overlap(client):
    return array().map_overlap(lambda block: block + 1, depth=1, boundary="reflect").sum().compute()


def zarr(client):
    import dask.array as da

    array().to_zarr("array.zarr")
    return (da.from_zarr("array.zarr") + 1).sum().compute()


def bag_map(client):
    import dask.bag as db

    return sum(db.from_sequence(range(20), npartitions=4).map(inc).filter(bool).compute())


def bag_fold(client):
    import dask.bag as db

    return db.from_sequence(range(20), npartitions=4).map(inc).fold(add).compute()


def bag_groupby(client):
    import dask.bag as db

    grouped = db.from_sequence(range(20), npartitions=4).groupby(lambda x: x % 3)
    return sorted((k, sum(v)) for k, v in grouped.compute())


def frame():
    import dask.dataframe as dd
    import pandas as pd

    data = pd.DataFrame({"name": list("abcd") * 10, "x": range(40), "y": [0.5] * 40})
    return dd.from_pandas(data, npartitions=4)


def frame_groupby(client):
    return int(frame().groupby("name").x.sum().compute().sum())


def frame_merge(client):
    left = frame()
    right = frame()[["name", "y"]].drop_duplicates()
    return len(left.merge(right, on="name").compute())


def frame_set_index(client):
    return int(frame().set_index("x").y.sum().compute())


def frame_parquet(client):
    import dask.dataframe as dd

    frame().to_parquet("frame.parquet")
    return int(dd.read_parquet("frame.parquet").x.sum().compute())


def frame_csv(client):
    import dask.dataframe as dd

    frame().to_csv("frame-*.csv", index=False)
    return int(dd.read_csv("frame-*.csv").groupby("name").x.mean().compute().sum())


def dataset():
    import numpy as np
    import xarray as xr

    values = np.random.default_rng(1).random((24, 6, 8))
    data = xr.Dataset(
        {"t": (("time", "lat", "lon"), values), "p": (("time", "lat", "lon"), values[::-1])},
        coords={"time": np.arange(24)},
    )
    return data.chunk({"time": 6, "lat": 3})


def xarray_mean(client):
    return float(dataset().t.mean("time").sum().compute())


def xarray_correlation(client):
    """Spearman's, as climate notebooks do it: ranks along time, then Pearson's of the ranks."""
    import xarray as xr
    from scipy.stats import rankdata

    def ranks(values):
        return xr.apply_ufunc(
            rankdata,
            values,
            input_core_dims=[["time"]],
            output_core_dims=[["time"]],
            kwargs={"axis": -1},
            dask="parallelized",
            output_dtypes=[float],
        )

    data = dataset().chunk({"time": -1})
    return float(xr.corr(ranks(data.t), ranks(data.p), dim="time").mean().compute())


def xarray_groupby(client):
    import numpy as np

    data = dataset().assign_coords(month=("time", np.arange(24) % 12))
    return float(data.t.groupby("month").mean().sum().compute())


def xarray_netcdf(client):
    import xarray as xr

    dataset().to_netcdf("data.nc")
    return float(xr.open_dataset("data.nc", chunks={"time": 6}).t.mean().compute())


def delayed_tree(client):
    level = [dask.delayed(inc)(n) for n in range(8)]
    while len(level) > 1:
        level = [dask.delayed(add)(*pair) for pair in zip(level[::2], level[1::2])]
    return level[0].compute()


def delayed_nested(client):
    leaves = [dask.delayed(inc)(n) for n in range(6)]
    inside = dask.delayed(total)([leaves[0], [leaves[1]][0], *leaves[2:4]])
    named = dask.delayed(lambda given: given["a"] + given["b"][0])({"a": inside, "b": (leaves[4],)})
    return dask.delayed(add)(named, y=leaves[5]).compute()


def futures_map(client):
    futures = client.map(inc, range(10))
    sums = [client.submit(add, a, y=b) for a, b in zip(futures[::2], futures[1::2])]
    nested = client.submit(total, [sums[0], *sums[1:]])
    return nested.result() + sum(client.gather(sums))


def futures_as_completed(client):
    found = 0
    for future in as_completed(client.map(inc, range(6))):
        found += client.submit(add, {"x": future}["x"], 1).result()
    return found


def futures_in_dicts(client):
    futures = client.map(inc, range(4), key=["a", ("b", 0), ("b", 1), "c d"])
    made = client.submit(
        lambda given, *, extra: given["p"] + sum(given["q"]) + extra[0]["deep"],
        {"p": futures[0], "q": [futures[1], futures[2]]},
        extra=[{"deep": futures[3]}],
        key="made",
    )
    return made.result()


def keys_redefined(client):
    """A key comes again with another input: while the scheduler knows it, and when it does not."""
    tasks = client.cluster.scheduler.tasks
    first = client.get({"a": (inc, 1), "x": (inc, "a")}, "x", sync=False)
    wait(first)
    second = client.get({"b": (inc, 10), "x": (inc, "b"), "y": (inc, "x")}, "y", sync=False)
    found = [first.result(), second.result()]
    del first, second
    while "x" in tasks:
        time.sleep(0.01)
    third = client.get({"b": (inc, 10), "x": (inc, "b"), "y": (inc, "x")}, "y", sync=False)
    return [*found, third.result()]


def joblib_search(client):
    import joblib
    import numpy as np
    from sklearn.model_selection import GridSearchCV
    from sklearn.tree import DecisionTreeClassifier

    rows = np.random.default_rng(0).random((40, 3))
    search = GridSearchCV(DecisionTreeClassifier(), {"max_depth": [1, 2, 3]}, cv=2)
    with joblib.parallel_backend("dask"):
        search.fit(rows, rows[:, 0] > 0.5)
    return len(search.cv_results_["params"])


def ml_search(client):
    import numpy as np
    from dask_ml.model_selection import GridSearchCV
    from sklearn.tree import DecisionTreeClassifier

    rows = np.random.default_rng(0).random((40, 3))
    search = GridSearchCV(DecisionTreeClassifier(), {"max_depth": [1, 2, 3]}, cv=2)
    search.fit(rows, rows[:, 0] > 0.5)
    return len(search.cv_results_["params"])


def ml_incremental(client):
    import dask.array as da
    import numpy as np
    from dask_ml.model_selection import IncrementalSearchCV
    from sklearn.linear_model import SGDClassifier

    rows = da.from_array(np.random.default_rng(0).random((80, 3)), chunks=(20, 3))
    search = IncrementalSearchCV(
        SGDClassifier(random_state=0),
        {"alpha": [1e-4, 1e-2]},
        n_initial_parameters=2,
        max_iter=3,
        test_size=0.25,
        random_state=0,
    )
    search.fit(rows, rows[:, 0] > 0.5, classes=[False, True])
    return len(search.cv_results_["params"])


def ml_scaler(client):
    """Moments first, then sums: the second graph has keys of the first with other dependencies."""
    from dask_ml.preprocessing import StandardScaler

    rows = array((40, 4), (10, 4))
    return float(StandardScaler().fit_transform(rows).sum().compute().round())


def ml_predict(client):
    import numpy as np
    from dask_ml.wrappers import ParallelPostFit
    from sklearn.tree import DecisionTreeClassifier

    few = np.random.default_rng(0).random((20, 4))
    model = ParallelPostFit(DecisionTreeClassifier()).fit(few, few[:, 0] > 0.5)
    return len(model.predict(array((40, 4), (10, 4))).compute())


if __name__ == "__main__":
    client, truth = start("threads")
    results = Results(client.cluster.scheduler)
    with client:
        result = globals()[sys.argv[1]](client)
        wait([])
        truth.write(results=results.made)
        print(result)
