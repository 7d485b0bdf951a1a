# Python runs this file at its start, because `taskprov run` puts its folder onto PYTHONPATH. It
# waits until the program imports Dask, to record its local schedulers, clusters that do not load
# our preload, and the lines from which work comes, and to keep our preload from other hosts; until
# then it costs nothing. The user's own sitecustomize runs as without us.
#
# Any Python may come by, also an old one that the program starts: hence no newer syntax, and no
# type hints, in here.
import os
import sys


def _chain(folder):
    """Runs the sitecustomize that this one hides, and takes this folder out of sight."""
    sys.path[:] = [
        entry for entry in sys.path if os.path.abspath(entry or os.getcwd()) != folder
    ]
    ours = sys.modules.pop("sitecustomize", None)
    try:
        import sitecustomize  # noqa: F401
    except ImportError as error:
        if getattr(error, "name", None) != "sitecustomize":
            raise
    finally:
        if ours is not None:
            sys.modules.setdefault("sitecustomize", ours)


class _Finder(object):
    """Is asked for each module that is imported, and waits for some of Dask's."""

    def __init__(self, package):
        self._package = package
        # What is called with the module of Dask once it has been imported.
        self._hooks = {
            "dask.config": "_inherited_config",
            "dask.local": "_local.program",
            "distributed.client": "_call_sites",
            "distributed.scheduler": "_run_scheduler",
        }

    def find_spec(self, fullname, path=None, target=None):
        if fullname not in self._hooks:
            return None
        hook = self._hooks.pop(fullname)
        from importlib.util import find_spec

        spec = find_spec(fullname)
        if not self._hooks:
            sys.meta_path.remove(self)
        if spec is not None and spec.loader is not None:
            self._follow(spec.loader, hook)
        return spec

    def _follow(self, loader, hook):
        run = loader.exec_module

        def exec_module(module):
            del loader.exec_module
            run(module)
            try:
                self._call(hook, module)
            except Exception as error:
                self._tell("what %s does is not recorded: %s" % (module.__name__, error))

        loader.exec_module = exec_module

    def _tell(self, line):
        """Warns the user, as the rest of taskprov does."""
        try:
            path = os.path.join(self._package, "_bridge", "own_log.py")
            own_log = {"__name__": "taskprov_own_log"}
            with open(path, encoding="utf-8") as file:
                exec(compile(file.read(), path, "exec"), own_log)
            own_log["tell"](line, "warning")
        except Exception:
            sys.stderr.write("taskprov: %s\n" % line)

    def _call(self, hook, module):
        # Under a name of its own: the program may have installed another version of the package.
        from importlib import import_module
        from importlib.util import module_from_spec, spec_from_file_location

        name = "_taskprov_run"
        if name not in sys.modules:
            spec = spec_from_file_location(
                name,
                os.path.join(self._package, "__init__.py"),
                submodule_search_locations=[self._package],
            )
            sys.modules[name] = module_from_spec(spec)
            spec.loader.exec_module(sys.modules[name])
        import_module(name + "." + hook).install(module)


def _start():
    folder = os.path.dirname(os.path.abspath(__file__))
    if sys.version_info >= (3, 10) and "TASKPROV_BRIDGE" in os.environ:
        sys.meta_path.insert(0, _Finder(os.path.dirname(folder)))
    _chain(folder)


_start()
