"""Works on when `taskprov run` is killed."""

import os
import sys
import time

from truth import start


def inc(x):
    return x + 1


if __name__ == "__main__":
    client, truth = start("threads")
    parent = os.getppid()
    print(client.submit(inc, 1, key="before").result(), flush=True)
    while os.getppid() == parent:
        time.sleep(0.02)
    print(client.submit(inc, 2, key="after").result(), flush=True)
    truth.write()
    client.close()
    sys.exit(0)
