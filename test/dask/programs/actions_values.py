"""Prints how values stand in the action log, and what the log says of errors."""

import asyncio
import datetime
import enum
import io
import json
import pathlib
import sys

import taskprov


class Colour(enum.Enum):
    RED = 1


class Loud:
    def __repr__(self):
        raise RuntimeError("no")


values = {
    "complex": 1 + 2j,
    "nan": float("nan"),
    "big": 2**70,
    "set": {1},
    "date": datetime.date(2020, 1, 2),
    "delta": datetime.timedelta(seconds=1.5),
    "path": pathlib.Path("/a/b"),
    "enum": Colour.RED,
    "error": ValueError("bad"),
    "bytes": b"ab",
    "surrogate": "\ud800",
    "loud": Loud(),
    "nested": {"a": (1, [None, True])},
    1: "a number as name",
}
try:
    import numpy as np
    import pandas as pd

    values |= {
        "np_int": np.int8(3),
        "np_float": np.float32(1.5),
        "np_bool": np.bool_(True),
        "np_array": np.array([[1, 2], [3, 4]]),
        "np_long": np.zeros((200, 100)),
        "np_date": np.datetime64("2020-01-02"),
        "pd_frame": pd.DataFrame({"a": [1, 2]}),
        "pd_series": pd.Series([1.0, float("nan")]),
        "pd_time": pd.Timestamp("2020-01-02"),
    }
except ImportError:
    pass

out = io.StringIO()
taskprov.to_file(out, json_default=lambda value: "custom" if value == b"ab" else None)
messages = []
taskprov.add_destinations(messages.append)
taskprov.add_global_fields(host="here")
taskprov.log_message("values", **{str(name): value for name, value in values.items()})


@taskprov.log_call(include_args=["x"], include_result=False)
def half(x, secret):
    return x / 2


@taskprov.log_call(action_type="later")
async def later(action_type, message_type=1):
    await asyncio.sleep(0)
    taskprov.log_message("inside")
    return action_type


class HttpError(Exception):
    pass


async def both():
    with taskprov.start_action(action_type="both"):
        await asyncio.gather(later("a"), later("b"))


taskprov.register_exception_extractor(HttpError, lambda error: {"status": 404})
half(2, secret="x")
asyncio.run(both())
for problem in (HttpError("gone"), FileNotFoundError(2, "none")):
    try:
        with taskprov.start_action(action_type="failing"):
            raise problem
    except Exception:
        taskprov.write_traceback()
bound = None
with taskprov.start_action(action_type="binding"):
    bound = taskprov.preserve_context(lambda: taskprov.current_action().action_type)
assert bound() == "eliot:remote_task"
try:
    bound()
except RuntimeError as error:
    print(error, file=sys.stderr)
for wrong in ("x", b"u@/0"):
    try:
        taskprov.continue_task(wrong)
    except ValueError as error:
        print(error, file=sys.stderr)
sys.stdout.write(out.getvalue())
assert len(messages) == len(out.getvalue().splitlines())
json.loads(out.getvalue().splitlines()[0])
