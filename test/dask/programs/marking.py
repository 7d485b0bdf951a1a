"""A preload of the user's own."""


def dask_setup(scheduler):
    print("the user's preload was loaded", flush=True)


def dask_teardown(scheduler):
    print("the user's preload was told of the end", flush=True)
