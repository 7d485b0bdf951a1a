"""The form of a journal: frames of events, each with sequence number and checksum."""

from __future__ import annotations

import struct
import zlib
from time import sleep
from typing import Any

from .pack import Packer
from .sinks import Sink

MAGIC = b"TPJRNL1\n"
MAX_FRAME_EVENTS = 2_000
MAX_FRAME_BYTES = 4 * 1024 * 1024


def array_header(count: int) -> bytes:
    if count < 16:
        return bytes([0x90 | count])
    return b"\xdc" + struct.pack(">H", count) if count < 65_536 else b"\xdd" + struct.pack(">I", count)


class Journal:
    """Puts packed events into frames and the frames into a sink."""

    def __init__(self, sink: Sink, header: dict[str, Any]) -> None:
        self._sink = sink
        self._sequence = 0
        sink.write(MAGIC + self._frame(Packer().pack(header)))

    def append(self, events: list[bytes]) -> int:
        """Writes packed events in order; returns how many were written before writing failed."""
        written = 0
        while written < len(events):
            batch = events[written : written + MAX_FRAME_EVENTS]
            while len(batch) > 1 and sum(map(len, batch)) > MAX_FRAME_BYTES:
                batch = batch[: len(batch) // 2]
            if written > 0:
                sleep(0)  # Gives the scheduler its turn.
            if not self._append_frame(batch):
                break
            written += len(batch)
        return written

    def close(self) -> None:
        self._sink.close()

    def _append_frame(self, batch: list[bytes]) -> bool:
        self._sequence += 1
        try:
            self._sink.write(self._frame(array_header(len(batch)) + b"".join(batch)))
        except OSError:
            self._sequence -= 1
            return False
        return True

    def _frame(self, payload: bytes) -> bytes:
        sequence = struct.pack("<I", self._sequence)
        checksum = zlib.crc32(payload, zlib.crc32(sequence))
        return struct.pack("<I", len(payload)) + sequence + struct.pack("<I", checksum) + payload
