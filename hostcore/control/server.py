"""The server: the socket of a running host. It takes one line from each client of the same user, and answers it.

A client that watches gets transfers after the answer, until it leaves. A front end that attaches stays too, and goes on
asking.
"""

from __future__ import annotations

import errno
import fcntl
import os
import select
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from hostcore.control.attachments import MOST_ATTACHED, Attachment
from hostcore.control.folder import SUFFIX, address_in, is_own, lasting_folder, opened_folder, sockets_in
from hostcore.control.handover import Handover
from hostcore.control.lines_in import MS_PER_S
from hostcore.control.message_lines import answer_line, parse_request, read_line
from hostcore.control.messages import Failure, Report, Request, WatchReport
from hostcore.control.watching import Watch
from hostcore.errors import HostError, NoThreadError
from hostcore.files import make_folder, take_lock
from hostcore.threads import HostThread

MOST_CLIENTS = 8 + MOST_ATTACHED
"""The most clients at a time. Further ones are disconnected."""
LINE_SECONDS = 5.0
"""Seconds that a client may take to send its line, and to receive the answer."""
STOP_SECONDS = 0.3
"""Seconds that the last answers may take when the host stops."""
UNREACHABLE = "`wasi-host i2c` and `wasi-host scan` cannot reach this host"
LOOK_SECONDS = 10.0
"""Seconds without a client after which the server looks whether its socket is still there."""
RETRY_SECONDS = 0.05
"""Seconds between two attempts if the folder is locked or there are no descriptors left."""

Answer = Report | Watch | Attachment | Handover
"""What a request can lead to."""


class ControlServer:
    """Listens from `start` to `stop`. Does nothing on systems other than Linux.

    Args:
        folder: the folder for the socket. It is created if it does not exist. If it is removed with the runtime folder
            of a login, the socket is made again in `lasting_folder`.
        answer: answers a request or raises `HostError`. It is called on a thread for the client. A `Watch` and
            an `Attachment` go on until the client leaves.
        warn: takes one line for a person if listening is not possible.
    """

    def __init__(self, folder: Path, answer: Callable[[Request], Answer], warn: Callable[[str], None]) -> None:
        self._folder, self._answer, self._warn = folder, answer, warn
        self._name = os.urandom(8).hex() + SUFFIX
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        """All open connections. To shut one down ends all waits for it."""
        self._clients: set[threading.Thread] = set()
        self._thread = HostThread(self._run, "control")

    def start(self) -> None:
        """Begin to listen. Returns at once."""
        if sys.platform == "linux":
            try:
                self._thread.start()
            except NoThreadError as error:
                self._warn(f"{UNREACHABLE}: {error}")

    def stop(self) -> bool:
        """Stop within a second. Returns whether all answers have ended."""
        self._stopping.set()
        with self._lock:
            for each in self._sockets:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
            threads = [*self._clients, *([self._thread] if self._thread.is_alive() else [])]
        deadline = time.monotonic() + STOP_SECONDS
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)

    def _run(self) -> None:
        folder = self._folder
        try:
            self._serve_in(folder)
            while not self._stopping.is_set():
                # logind removes the runtime folder of a user with the last login, but not every process.
                lasting = lasting_folder()
                folder = self._folder if self._folder.parent.is_dir() or lasting is None else lasting
                self._warn(f"the socket of this host was removed; commands reach it through a new one in {folder}")
                self._serve_in(folder)
        except (OSError, HostError) as error:
            self._warn(f"{UNREACHABLE}: {error}")

    def _serve_in(self, folder: Path) -> None:
        """Listen in a folder until the server stops, or its socket there is removed.

        Raises:
            OSError: the folder cannot be made or used.
            HostError: it cannot be trusted.
        """
        make_folder(folder)
        with opened_folder(folder) as handle, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
            self._listen(listener, handle)
            self._accept(listener, folder / self._name)
            with suppress(OSError):
                os.unlink(self._name, dir_fd=handle)

    def _listen(self, listener: socket.socket, handle: int) -> None:
        """Lock the folder and listen, so that no other host finds the socket before it listens."""
        while not self._stopping.is_set():
            if not take_lock(handle):
                self._stopping.wait(RETRY_SECONDS)
                continue
            _remove_stale(handle)
            listener.bind(address_in(handle, self._name))
            listener.listen(MOST_CLIENTS)
            fcntl.flock(handle, fcntl.LOCK_UN)
            return

    def _accept(self, listener: socket.socket, file: Path) -> None:
        """Accept connections until the server stops, or the file of the socket is gone."""
        arrival = select.poll()  # a listener with a timeout does not notice that it was shut down
        arrival.register(listener, select.POLLIN)
        with self._lock:
            self._sockets.add(listener)
        while not self._stopping.is_set():
            if not arrival.poll(LOOK_SECONDS * MS_PER_S):
                if file.exists():
                    continue
                break
            try:
                connection, _ = listener.accept()
            except OSError:
                self._stopping.wait(RETRY_SECONDS)  # the socket was shut down, or there are no descriptors left
                continue
            self._receive(connection)
        with self._lock:
            self._sockets.discard(listener)

    def _receive(self, connection: socket.socket) -> None:
        with self._lock:
            if len(self._clients) >= MOST_CLIENTS or self._stopping.is_set() or not is_own(connection):
                connection.close()
                return
            client = HostThread(self._serve, "control client", connection)
            try:
                client.start()  # under the lock, because `stop` can only wait for threads that have started
            except NoThreadError as error:
                with connection, suppress(OSError):
                    connection.setblocking(False)
                    connection.sendall(answer_line(Failure("HostError", f"the running host cannot answer: {error}")))
                return
            self._clients.add(client)
            self._sockets.add(connection)

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                answer = self._meet(connection)
                connection.settimeout(LINE_SECONDS)
                match answer:
                    case Watch():
                        self._show(connection, answer)
                    case Attachment():
                        answer.serve(connection)
                    case Handover():
                        answer.send(connection)
                    case _:
                        connection.sendall(answer_line(answer))
            except OSError:
                pass  # the client has disconnected
            finally:
                with self._lock:
                    self._sockets.discard(connection)
                    self._clients.discard(threading.current_thread())

    def _show(self, connection: socket.socket, watch: Watch) -> None:
        """Send transfers until the client leaves or the host stops."""
        with closing(watch):
            connection.sendall(answer_line(WatchReport()))
            connection.settimeout(None)  # a client may be slow; `stop` ends the wait for it
            for line in watch.lines():
                if self._stopping.is_set() or not (line or _is_there(connection)):
                    return
                connection.sendall(line)

    def _meet(self, connection: socket.socket) -> Answer | Failure:
        try:
            request = parse_request(read_line(connection, LINE_SECONDS))
        except ValueError as error:
            return Failure("HostError", f"not a request: {error}")
        try:
            return self._answer(request)
        except (HostError, OSError) as error:
            return Failure(type(error).__name__, str(error))


def _is_there(connection: socket.socket) -> bool:
    """Return whether the client has not left. It sends nothing after its request."""
    try:
        return bool(connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
    except BlockingIOError:
        return True


def _remove_stale(handle: int) -> None:
    """Remove the sockets of hosts that have ended: no process listens on them, and none is about to."""
    for name in sockets_in(handle):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe, suppress(OSError):
            probe.setblocking(False)
            if probe.connect_ex(address_in(handle, name)) == errno.ECONNREFUSED:
                os.unlink(name, dir_fd=handle)
