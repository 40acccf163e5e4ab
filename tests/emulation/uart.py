"""An emulated serial port: a pseudo terminal (pty(7)) with something connected to it."""

from __future__ import annotations

import os
import threading
import tty
from select import select


class LoopbackPort:
    """A serial port with RX connected to TX.

    Args:
        echoing: False disconnects RX. Sent data is not received then.

    Attributes:
        heard: the bytes that were sent.
    """

    def __init__(self, *, echoing: bool = True) -> None:
        self._controller, terminal = os.openpty()
        tty.setraw(terminal)
        self.path = os.ttyname(terminal)
        self._terminal = terminal
        self.heard = bytearray()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._echo, daemon=True)
        if echoing:
            self._thread.start()

    def _echo(self) -> None:
        while not self._stop.is_set():
            if select([self._controller], [], [], 0.01)[0]:
                sent = os.read(self._controller, 4096)
                self.heard += sent
                os.write(self._controller, sent)

    def unplug(self) -> None:
        """Hang up, like a USB adapter when it is unplugged."""
        if self._stop.is_set():
            return
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        os.close(self._terminal)
        os.close(self._controller)
