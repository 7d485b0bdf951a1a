"""Writes reports of blocks; the argument says how: cluster, local, async, failing."""

import sys

import dask
from taskprov import performance_report


def inc(x):
    return x + 1


def before(x):
    return x


def main(how):
    if how == "local":
        with performance_report(filename="report.html"):
            print(dask.delayed(inc)(1, dask_key_name="in-block").compute())
        return
    if how == "async":
        import asyncio

        asyncio.run(in_async())
        return
    from distributed import Client

    with Client(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=":0") as c:
        c.submit(before, 0, key="outside").result()
        try:
            with performance_report(filename="report.html"):
                print(c.gather(c.map(inc, range(5), key="in-block")))
                if how == "failing":
                    raise ValueError("the block's own")
        except ValueError as error:
            print(error)
        c.submit(before, 0, key="after").result()


async def in_async():
    from distributed import Client

    options = dict(n_workers=1, processes=False, dashboard_address=":0", asynchronous=True)
    async with Client(**options) as client:
        async with performance_report(filename="report.html"):
            print(await client.submit(inc, 1, key="in-block"))


if __name__ == "__main__":
    main(sys.argv[1])
