"""Functions whose file is edited after it was imported, and functions that share a line."""

import sys
from pathlib import Path

sys.path.insert(0, "")

TEXT = """
def kept(x):
    return x + 1

def altered(x):
    return x + 10

def moved(x):
    return x + 100

"""

if __name__ == "__main__":
    module = Path("edited_module.py")
    module.write_text(TEXT)
    import edited_module
    from distributed import Client

    # The names and the shapes of all functions are still there.
    edited = TEXT.replace("+ 10\n", "+ 20\n").replace("def moved", "\ndef moved")
    module.write_text(edited)
    pair = [lambda x: x + 1, lambda x: x + 2]
    with Client(processes=False, n_workers=1, dashboard_address=None) as client:
        tasks = {
            "kept": edited_module.kept,
            "altered": edited_module.altered,
            "moved": edited_module.moved,
            "one": pair[0],
            "two": pair[1],
        }
        futures = [client.submit(func, 1, key=key) for key, func in tasks.items()]
        print(client.gather(futures))
