"""Tells, in a notebook's kernel, from which line of which cell work is submitted.

`hook` wraps the places through which Dask takes work: `Client._graph_to_futures` of distributed
and, through `taskprov._local`, the local schedulers. `cells` knows what the kernel executes,
`frames` reads the calling frames, `telling` hands both to whoever records. Nothing here waits, and
nothing here raises into the user's code.
"""
