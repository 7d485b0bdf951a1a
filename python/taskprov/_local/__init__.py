"""Records what Dask's local schedulers (threads, sync, processes) do; imports no `distributed`.

`hook` listens in on `dask.local.get_async`, through which every local scheduler goes; a
`Computation` is one call of it; a `Recording` is the journal of a process.
"""
