"""A relay on the loopback that counts the bytes which cross it, and that can fail as a network does: in silence."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress


class CountingRelay:
    """Leads connections to another port. A context manager.

    Args:
        port: the port on the loopback that it leads to.

    Attributes:
        port: its own port.
        count: the bytes that have crossed so far, in both directions.
    """

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.count = 0
        self._lock = threading.Lock()
        self._silenced = threading.Event()

    def __enter__(self) -> CountingRelay:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def silence(self) -> None:
        """Let nothing more cross on the present connections, also no end. New ones work."""
        self._silenced.set()
        self._silenced = threading.Event()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self._relay, args=(source, sink, self._silenced), daemon=True).start()

    def _relay(self, source: socket.socket, sink: socket.socket, silenced: threading.Event) -> None:
        with suppress(OSError):
            while part := source.recv(1 << 16):
                if silenced.is_set():
                    continue
                with self._lock:
                    self.count += len(part)
                sink.sendall(part)
        if not silenced.is_set():
            with suppress(OSError):
                sink.shutdown(socket.SHUT_WR)
