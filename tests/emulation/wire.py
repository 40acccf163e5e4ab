"""Protocol between the Python server and the preloaded library. preloaded/wire.h is the other side."""

from __future__ import annotations

import errno
import socketserver
import struct
import sys
from collections.abc import Callable
from enum import IntEnum
from pathlib import Path
from typing import Any

from tests.emulation.device import DeviceFile

_CALL = struct.Struct("=IIQ")
_ANSWER = struct.Struct("=qQ")


class Operation(IntEnum):
    """A process's operation on a device file."""

    OPEN = 0
    IOCTL = 1
    READ = 2
    WRITE = 3
    CLOSE = 4


class Server(socketserver.ThreadingUnixStreamServer):
    """Serves every process with the preloaded library.

    Args:
        path: path of its socket.
        opener: opens the device file at a path such as ``/dev/i2c-1``, or raises OSError.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, path: Path, opener: Callable[[str], DeviceFile]) -> None:
        self.opener = opener
        super().__init__(str(path), _Connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore a process that ends in the middle of a message. Report exceptions of simulated chips."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Connection(socketserver.StreamRequestHandler):
    server: Server

    def handle(self) -> None:
        opened: list[DeviceFile] = []
        try:
            while header := self.rfile.read(_CALL.size):
                operation, length, argument = _CALL.unpack(header)
                result, reply = self._answer(opened, Operation(operation), argument, self.rfile.read(length))
                self.wfile.write(_ANSWER.pack(result, len(reply)) + reply)
        finally:
            for file in opened:
                file.close()

    def _answer(
        self, opened: list[DeviceFile], operation: Operation, argument: int, payload: bytes
    ) -> tuple[int, bytes]:
        try:
            if operation is Operation.OPEN:
                opened.append(self.server.opener(payload.decode()))
                opened[0].push_to(self.request.sendall)
                return 0, b""
            (file,) = opened
            if operation is Operation.CLOSE:
                opened.clear()
                file.close()
                return 0, b""
            file.check()
            if operation is Operation.IOCTL:
                return file.ioctl(argument, payload)
            if operation is Operation.WRITE:
                return file.write(payload), b""
            received = file.read(argument)
            return len(received), received
        except OSError as error:
            return -(error.errno or errno.EIO), b""
