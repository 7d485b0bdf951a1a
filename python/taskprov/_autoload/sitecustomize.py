# Python runs this file at its start, because `taskprov run` puts its folder onto PYTHONPATH. It
# records Dask's local schedulers when the program imports Dask; until then it costs nothing. The
# user's own sitecustomize runs as it would without us.
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
    """Is asked for each module that is imported, and waits for `dask.local`."""

    def __init__(self, package):
        self._package = package

    def find_spec(self, fullname, path=None, target=None):
        if fullname != "dask.local":
            return None
        sys.meta_path.remove(self)
        from importlib.util import find_spec

        spec = find_spec(fullname)
        if spec is not None and spec.loader is not None:
            self._follow(spec.loader)
        return spec

    def _follow(self, loader):
        run = loader.exec_module

        def exec_module(module):
            del loader.exec_module
            run(module)
            try:
                self._hook(module)
            except Exception as error:
                line = "taskprov: Dask's local schedulers are not recorded: %s\n" % (error,)
                sys.stderr.write(line)

        loader.exec_module = exec_module

    def _hook(self, module):
        # Under a name of its own: the program may have installed another version of the package.
        from importlib import import_module
        from importlib.util import module_from_spec, spec_from_file_location

        name = "_taskprov_run"
        spec = spec_from_file_location(
            name,
            os.path.join(self._package, "__init__.py"),
            submodule_search_locations=[self._package],
        )
        sys.modules[name] = module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
        import_module(name + "._local.program").install(module)


def _start():
    folder = os.path.dirname(os.path.abspath(__file__))
    if sys.version_info >= (3, 10) and "TASKPROV_BRIDGE" in os.environ:
        sys.meta_path.insert(0, _Finder(os.path.dirname(folder)))
    _chain(folder)


_start()
