"""Two clients of one cluster, one after the other; the cluster closes after the second."""

from distributed import Client, LocalCluster


def inc(x):
    return x + 1


def work(client, name):
    """Futures that go out of scope when it returns."""
    below = client.submit(inc, 1, key=f"{name}-below")
    client.submit(inc, below, key=f"{name}-above").result()


if __name__ == "__main__":
    with LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
    ) as cluster:
        with Client(cluster) as first:
            work(first, "first")
        with Client(cluster) as second:
            dropped = second.submit(inc, 2, key="dropped")
            dropped.result()
            dropped.release()
            kept = second.submit(inc, 3, key="kept")
            kept.result()
            work(second, "second")
