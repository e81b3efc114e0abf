"""Questions and answers between the grader and a kernel: JSON over a socket.

The kernel listens beside its own sockets and lets the grader in before any code of a
student's has run, so nothing can stand in for either end later. A question costs a
tenth of what the same costs as a cell.
"""

import asyncio
import json
import os
import socket
import struct
from typing import Any

from ipykernel.connect import get_connection_info

SUFFIX = "-wire"  # of the socket's name, after what the kernel's own begin with
MAX_FRAME = 150_000_000  # bytes

listener: socket.socket


class Wire:
    """The kernel's end; it waits for what it reads."""

    def __init__(self, connection: socket.socket):
        self.file = connection.makefile("rwb")

    def send(self, message: bytes) -> None:
        self.file.write(frame(message))
        self.file.flush()

    def receive(self) -> bytes:
        (size,) = struct.unpack("!Q", self.file.read(8))
        return self.file.read(size)

    def ask(self, message: dict) -> dict:
        self.send(json.dumps(message).encode())
        return json.loads(self.receive())


def listen() -> None:
    """In a kernel: open the door."""
    global listener
    listener = socket.socket(socket.AF_UNIX)
    connection: Any = get_connection_info(unpack=True)
    listener.bind(connection["ip"] + SUFFIX)
    listener.listen(1)


def accept() -> Wire:
    """In a kernel: let the grader in, who has knocked by now, and close the door."""
    with listener:
        os.unlink(listener.getsockname())
        return Wire(listener.accept()[0])


def frame(message: bytes) -> bytes:
    return struct.pack("!Q", len(message)) + message


class Unreadable(Exception):
    """What came over the wire is no message; the text says what it is."""


class FarEnd:
    """The grader's end."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self.reader = reader
        self.writer = writer

    @classmethod
    async def of(cls, sockets: str) -> "FarEnd":
        """Knock at a kernel's door; `sockets` is how its sockets' names begin."""
        return cls(*await asyncio.open_unix_connection(sockets + SUFFIX))

    async def send(self, message: dict) -> None:
        self.writer.write(frame(json.dumps(message).encode()))
        await self.writer.drain()

    async def receive(self) -> Any:
        """The next message; raises Unreadable, or EOFError when there is none."""
        (size,) = struct.unpack("!Q", await self.reader.readexactly(8))
        if size > MAX_FRAME:
            while size > 0 and (part := await self.reader.read(min(size, 2**20))):
                size -= len(part)
            raise Unreadable("the answer is too large")
        try:
            return json.loads(await self.reader.readexactly(size))
        except (ValueError, RecursionError):
            raise Unreadable("the answer is none") from None

    def hang_up(self) -> None:
        """Whoever waits for a message gets an EOFError, now and later."""
        self.reader.feed_eof()

    def close(self) -> None:
        self.writer.close()
