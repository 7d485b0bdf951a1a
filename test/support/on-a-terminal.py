"""Runs a command on a terminal of 80 columns and 24 rows, and passes on what it writes there.

SIGINT is Ctrl-C on that terminal.
"""

import fcntl
import os
import pty
import signal
import struct
import sys
import termios

pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    os.execvp(sys.argv[1], sys.argv[1:])
signal.signal(signal.SIGINT, lambda *_: os.write(terminal, b"\x03"))
while True:
    try:
        written = os.read(terminal, 65536)
    except OSError:  # Linux says so when the other end is closed.
        break
    if not written:
        break
    sys.stdout.buffer.write(written)
    sys.stdout.buffer.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
