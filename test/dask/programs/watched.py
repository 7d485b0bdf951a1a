"""Tasks whose results, files and output only their workers can see."""

import asyncio
import os
import sys
import threading

import dask
from distributed import wait
from truth import start


def number():
    return 7


def pair():
    return 1, "a", [2.0, 3.0]


def table():
    return {"a": [1, 2], "b": [3]}


def mixed(n):
    return [i if i % 2 else str(i) for i in range(n)]


def nothing():
    return None


class Odd:
    """Raises whatever is asked of it."""

    def __len__(self):
        raise RuntimeError("asked for its length")

    def __repr__(self):
        raise RuntimeError("asked for its text")

    @property
    def shape(self):
        raise RuntimeError("asked for its shape")

    def __reduce__(self):
        return Odd, ()


async def later():
    await asyncio.sleep(0.01)
    return [1, 2, 3]


def save(text, path):
    with open(path, "w") as file:
        file.write(text)
    return path


def load(path):
    with open(path) as file:
        return file.read()


def replace(text, path):
    """As careful programs write: under another name first."""
    with open(f"{path}.part", "w") as file:
        file.write(text)
    os.replace(f"{path}.part", path)
    return path


def extend(path, text, *_after):
    with open(path, "a") as file:
        file.write(text)
    return len(text)


def scratch(path):
    """A temporary file that is gone afterwards, and a module that is imported."""
    with open(path, "w+") as file:
        file.write("x")
        file.seek(0)
        found = file.read()
    os.unlink(path)
    import this_module  # noqa: F401

    return found


def in_a_loop(path):
    """Opened by an event loop in another thread, as zarr does."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()

    async def read():
        return await asyncio.to_thread(load, path)

    found = asyncio.run_coroutine_threadsafe(read(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    return found


def speak(words):
    print(words)
    print(f"{words}!", file=sys.stderr)
    return words


def chatter():
    print("x" * 100_000)


def fail(folder, path):
    tries = len(os.listdir(folder))
    open(os.path.join(folder, str(tries)), "w").close()
    load(path)
    print(f"try {tries}")
    raise OSError(28, "No space left on device")


if __name__ == "__main__":
    with open("this_module.py", "w") as file:
        file.write("")
    sys.path.insert(0, os.getcwd())
    client, truth = start(sys.argv[1])
    client.run(sys.path.insert, 0, os.getcwd())
    os.mkdir("tries")
    one = client.submit(number, key="number")
    kept = [
        one,
        client.submit(number, key="number-again"),
        client.submit(pair, key=("pair", 0)),
        client.submit(table, key="table"),
        client.submit(mixed, 500, key="mixed"),
        client.submit(nothing, key="nothing"),
        client.submit(Odd, key="odd"),
        client.submit(later, key="later"),
    ]
    wait(kept)
    saved = client.submit(save, "some text", "saved.txt", key="save")
    loaded = client.submit(load, saved, key="load")
    moved = client.submit(replace, "careful", "replaced.txt", key="replace")
    grown = client.submit(extend, saved, " and more", loaded, key="extend")
    wait([loaded, moved, grown])
    after = client.submit(load, "./saved.txt", key="load-after", pure=False)
    looped = client.submit(in_a_loop, moved, key="in-a-loop")
    gone = client.submit(scratch, "gone.tmp", key="scratch")
    url = "s3://me:hunter2@bucket/data.parquet?X-Amz-Signature=hunter3"
    named = client.submit(len, url, key="named")
    spoken = client.submit(speak, "hello", key="speak")
    wait([after, looped, gone, named, spoken])
    # Alone: what two threads print at once is mixed, with and without being watched.
    wait(client.submit(chatter, key="chatter"))
    failed = client.submit(fail, "tries", "replaced.txt", retries=1, key="fail")
    wait(failed)
    truth.write()
    print(after.result(), looped.result(), gone.result(), failed.status)
