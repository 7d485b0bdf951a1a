"""Arguments that have been trouble for those who look at them."""

from distributed import Client


class Evil:
    """Raises in its own code whenever somebody looks at it."""

    def __repr__(self):
        raise RuntimeError("repr")

    def __getattr__(self, name):
        raise RuntimeError(name) if not name.startswith("_") else AttributeError(name)

    def __reduce__(self):
        return Evil, ()


def count(*args):
    return len(args)


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


if __name__ == "__main__":
    with Client(processes=False, n_workers=1, dashboard_address=None) as client:
        odd = {"a\udc80": "b\udc80", ("k", 1): {1}, None: b"\0"}
        print(client.submit(count, Evil(), [Evil()], odd, "\udc80", 10**400, key="odd").result())
        print(client.submit(count, b"x" * 5_000_000, key="large").result())
        print(client.submit(count, nested(200), list(range(10**6)), key="deep").result())
