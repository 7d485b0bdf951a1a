"""Digests of many values, as JSON: equal ones under one name, none where there must be none."""

import collections
import dataclasses
import datetime
import decimal
import json
import sys
import types
import uuid

import numpy as np
import pandas as pd

# As it runs on workers: a module of a package that is not there.
package = types.ModuleType("bridge")
package.__path__ = [f"{sys.argv[1]}/taskprov/_bridge"]
sys.modules["bridge"] = package
from bridge.value_digest import value_digest  # noqa: E402

times = pd.date_range("2020-01-01", periods=3, tz="Europe/Rome")


def table(**changes):
    columns = {
        "n": [1, 2, 3],
        "x": [0.5, float("nan"), 2.0],
        "s": ["a", None, "c"],
        "c": pd.Categorical(["u", "v", "u"]),
        "t": times,
        "i": pd.array([1, None, 3], dtype="Int64"),
        **changes,
    }
    return pd.DataFrame(columns, index=pd.Index([7, 8, 9], name="id"))


def masked(hidden):
    return np.ma.masked_array([1, hidden, 3], mask=[0, 1, 0])


def padded(garbage):
    """A record with bytes between its fields that belong to none."""
    raw = np.full(2, garbage, dtype=np.uint8).repeat(16)
    records = raw.view(np.dtype([("a", "u1"), ("b", "<f8")], align=True)).copy()
    records["a"], records["b"] = 1, 2.0
    return records


grid = np.arange(12.0).reshape(3, 4)

# Each line: values that are the same.
same = {
    "none": [None],
    "true": [True],
    "one": [1],
    "one float": [1.0, float("1")],
    "minus zero": [-0.0],
    "zero": [0.0],
    "nan": [float("nan"), float("inf") - float("inf")],
    "big": [2**200],
    "complex": [1 + 2j],
    "text": ["1"],
    "surrogate": ["\ud800"],
    "bytes": [b"1"],
    "bytearray": [bytearray(b"1")],
    "list": [[1, 2]],
    "nested list": [[1, [2]]],
    "tuple": [(1, 2)],
    "dict": [{"a": 1, "b": {2: 3}}, {"b": {2: 3}, "a": 1}],
    "other dict": [{"a": 1, "b": {3: 2}}],
    "set": [set("abcdefgh"), set("hgfedcba"), set(list("abcdefgh") * 2)],
    "frozenset": [frozenset("abc")],
    "range": [range(3)],
    "date": [datetime.date(2020, 1, 1)],
    "datetime": [datetime.datetime(2020, 1, 1)],
    "datetime in UTC": [datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)],
    "timedelta": [datetime.timedelta(1)],
    "decimal": [decimal.Decimal("1.0")],
    "other decimal": [decimal.Decimal("1.00")],
    "uuid": [uuid.UUID(int=1)],
    "array": [grid, grid.copy(order="F"), grid.astype(">f8"), np.tile(grid, 2)[:, :4]],
    "flat array": [grid.reshape(-1)],
    "other type": [grid.astype("f4")],
    "integers": [grid.astype("i8")],
    "scalar": [np.float64(1)],
    "array of one": [np.array(1.0)],
    "texts": [np.array(["a", "bc"])],
    "objects": [np.array([1, "a", None], dtype=object)],
    "times": [np.array(["2020-01-01"], "M8[ns]")],
    "times in days": [np.array(["2020-01-01"], "M8[D]")],
    "masked": [masked(2), masked(99)],
    "masked elsewhere": [np.ma.masked_array([1, 2, 3], mask=[0, 0, 1])],
    "records": [padded(0), padded(255)],
    "table": [table(), table(c=pd.Categorical(["u", "v", "u"]))],
    "table with another number": [table(n=[1, 2, 4])],
    "table with another type": [table(n=[1.0, 2.0, 3.0])],
    "table with another text": [table(s=["a", None, "d"])],
    "table with other categories": [table(c=pd.Categorical(["u", "v", "u"], ["v", "u"]))],
    "table with another zone": [table(t=times.tz_convert("UTC"))],
    "table without a value": [table(i=pd.array([1, None, None], dtype="Int64"))],
    "table in another order": [table()[["x", "n", "s", "c", "t", "i"]]],
    "table with another index": [table().reset_index(drop=True)],
    "series": [pd.Series([1, 2], name="a")],
    "series of another name": [pd.Series([1, 2], name="b")],
    "index": [pd.Index([1, 2])],
    "levels": [pd.MultiIndex.from_tuples([(1, "a"), (2, "b")])],
    "timestamp": [pd.Timestamp("2020-01-01")],
    "not a time": [pd.NaT],
    "not there": [pd.NA],
}


class Odd:
    def __reduce__(self):
        raise RuntimeError("asked for its pickle")

    def __repr__(self):
        raise RuntimeError("asked for its text")

    def __eq__(self, other):
        raise RuntimeError("compared")

    __hash__ = object.__hash__


class Number(int):
    pass


@dataclasses.dataclass
class Point:
    x: int


circle = []
circle.append(circle)
deep = []
for _ in range(70):
    deep = [deep]

nothing = [
    *(Odd(), object(), len, Odd, Number(1), Point(1), circle, deep, np.longdouble(1)),
    *(np.array([Odd()], dtype=object), pd.Series([Odd()]), collections.OrderedDict(a=1)),
    *([1] * 1_000_001, np.zeros(300 * 1024 * 1024, dtype="u1"), iter([1]), types, Ellipsis.__class__),
]

told = {name: [value_digest(value) for value in values] for name, values in same.items()}
none = [value_digest(value) for value in nothing]
none += [value_digest([value]) for value in nothing] + [value_digest({1: v}) for v in nothing]
print(json.dumps({"same": told, "none": none}))
