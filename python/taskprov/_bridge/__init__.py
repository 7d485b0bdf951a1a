"""What taskprov puts into a Dask scheduler: a plugin that records what it does.

It imports the standard library, dask, distributed and msgpack only, and its own modules only
relatively, because it never runs as an installed package: its sources travel, and are made into
a package of the unique name `_taskprov_bridge_HASH` where the scheduler is (`loader.load`).
There are three ways onto a scheduler:

- as a preload: `_taskprov_preload.py` reads the files beside it; settings in `TASKPROV_BRIDGE`;
- as a pickle made by Node: `eval(EXPR)(SRC, CFG)`, SRC being the text of `loader.py` and CFG the
  JSON `{"sources": {module: text}, "settings": {...}}`; `loader.make(CFG)` is the plugin;
- as a pickle made by Python: an object whose `__reduce__` gives the same.

`start.make(settings)` is a plugin that is not open yet: `await plugin.start(scheduler)` (Dask
calls it) or `plugin.open(scheduler)` opens it, once; `plugin.detach()` undoes everything.
Settings are those of `src/engines/dask/bridge.ts`; `"sink"` is `"file"` (the default: a journal
`STEM.RUNID.journal` in `folder`) or `"queue"` (frames in memory, taken by the comm handlers
`taskprov_attach` and `taskprov_detach`, see `comm.py`).
"""
