"""MessagePack: msgpack's own where it is installed (distributed needs it), else a small one.

Dask alone, without distributed, does not bring msgpack.
"""

from __future__ import annotations

import struct
from typing import Any

try:
    from msgpack import Packer, unpackb

    IS_FAST = True
except ImportError:
    IS_FAST = False

    def unpackb(packed: bytes, **_options: Any) -> Any:
        """Cannot be had without msgpack."""
        raise ValueError("msgpack is not installed")

    class Packer:  # type: ignore[no-redef]
        """Packs what journals hold: None, booleans, numbers, texts, bytes, lists and maps."""

        def __init__(self, unicode_errors: str = "strict") -> None:
            self._errors = unicode_errors

        def pack(self, value: Any) -> bytes:
            parts: list[bytes] = []
            self._put(parts, value)
            return b"".join(parts)

        def _put(self, parts: list[bytes], value: Any) -> None:
            if value is None:
                parts.append(b"\xc0")
            elif value is False or value is True:
                parts.append(b"\xc3" if value else b"\xc2")
            elif isinstance(value, int):
                parts.append(_int(value))
            elif isinstance(value, float):
                parts.append(b"\xcb" + struct.pack(">d", value))
            elif isinstance(value, str):
                text = value.encode("utf-8", self._errors)
                parts += [_head(len(text), 0xA0, 32, b"\xd9", b"\xda", b"\xdb"), text]
            elif isinstance(value, (bytes, bytearray)):
                parts += [_head(len(value), 0, 0, b"\xc4", b"\xc5", b"\xc6"), bytes(value)]
            elif isinstance(value, (list, tuple)):
                parts.append(_head(len(value), 0x90, 16, b"", b"\xdc", b"\xdd"))
                for item in value:
                    self._put(parts, item)
            elif isinstance(value, dict):
                parts.append(_head(len(value), 0x80, 16, b"", b"\xde", b"\xdf"))
                for pair in value.items():
                    self._put(parts, pair[0])
                    self._put(parts, pair[1])
            else:
                raise TypeError(f"can not serialize {type(value).__name__!r} object")

    def _head(size: int, fix: int, limit: int, one: bytes, two: bytes, four: bytes) -> bytes:
        if size < limit:
            return bytes([fix + size])
        if one and size < 256:
            return one + bytes([size])
        if size < 65_536:
            return two + struct.pack(">H", size)
        return four + struct.pack(">I", size)

    def _int(value: int) -> bytes:
        if -32 <= value < 128:
            return struct.pack("b", value) if value < 0 else bytes([value])
        return b"\xd3" + struct.pack(">q", value) if value < 0 else b"\xcf" + struct.pack(">Q", value)


__all__ = ["IS_FAST", "Packer", "unpackb"]
