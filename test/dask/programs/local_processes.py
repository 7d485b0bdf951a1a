"""A program that forks, spawns and starts sub-programs; each computes a little."""

import multiprocessing
import os
import subprocess
import sys

from dask import delayed


def inc(x):
    return x + 1


def compute(key, x=1):
    # A pool of threads does not survive a fork.
    return delayed(inc)(x, dask_key_name=key).compute(scheduler="sync")


def idle():
    pass


if __name__ == "__main__":
    compute("parent-before")
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        compute("forked")
        sys.exit(0)
    os.waitpid(pid, 0)
    pid = os.fork()
    if pid == 0:
        os._exit(0)  # Computes nothing, ends at once.
    os.waitpid(pid, 0)
    for method in ("fork", "spawn"):
        context = multiprocessing.get_context(method)
        for target, args in ((compute, (f"child-{method}",)), (idle, ())):
            process = context.Process(target=target, args=args)
            process.start()
            process.join()
    code = "from dask import delayed; delayed(int)('3', dask_key_name='sub').compute()"
    subprocess.run([sys.executable, "-c", code], check=True)
    compute("parent-after")
