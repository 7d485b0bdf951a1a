"""A Dask of the future, of which parts have other names; the program argument says which."""

import sys

from distributed import Client, Scheduler

make = Scheduler.__init__


def changed(self, *args, **kwargs):
    make(self, *args, **kwargs)
    if sys.argv[1] == "handler":
        # Failures come another way.
        self.stream_handlers["task-failed"] = self.stream_handlers.pop("task-erred")
    elif sys.argv[1] == "hooks":
        # Plugins hear nothing any more.
        self.add_plugin = lambda plugin, **_more: self.plugins.setdefault(
            plugin.name, Deaf(plugin)
        )


class Deaf:
    """Stands between the scheduler and a plugin and hands on its end only."""

    def __init__(self, plugin):
        self.before_close = plugin.before_close
        self.close = plugin.close
        self.start = plugin.start
        self.name = plugin.name

    def __getattr__(self, name):
        if name in ("__wrapped__",) or name.startswith("_"):
            raise AttributeError(name)
        return lambda *args, **more: None


Scheduler.__init__ = changed


def inc(x):
    return x + 1


if __name__ == "__main__":
    with Client(processes=False, n_workers=1, dashboard_address=None) as client:
        print(sum(client.gather(client.map(inc, range(10)))))
