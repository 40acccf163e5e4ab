"""A process on the emulated machine. It opens real hardware libraries there and makes a test's calls.

Run as ``python -m tests.emulation.worker FILE_DESCRIPTOR``; the descriptor is one end of a socket pair.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from hostcore.backends.detect import Finding, probe
from hostcore.backends.linux.factory import LinuxFactory
from hostcore.place import BusName
from tests.emulation.chosen import ChosenBus, chosen
from tests.emulation.preload import PROJECT, environment


@dataclass(frozen=True, slots=True)
class Request:
    """One method call. Without a method, asks for the number of the opener's object. An object keeps its number."""

    opener: str
    """The Factory method that opens the object; "" for the Factory itself, or `probe`."""
    place: tuple[Any, ...]
    """The opener's arguments."""
    method: str
    arguments: tuple[Any, ...]


class Worker:
    """The test's side: a `hostcore.backends.linux.factory.LinuxFactory` in a process on the emulated machine.

    Args:
        root: root of the machine, see `tests.emulation.kernel`.
    """

    kind = "linux"

    def __init__(self, root: Path) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.emulation.worker", str(theirs.fileno())],
                env={**environment(root), "GPIOZERO_PIN_FACTORY": "mock", "GPIOZERO_MOCK_PIN_CLASS": "mockpwmpin"},
                cwd=PROJECT,
                pass_fds=[theirs.fileno()],
            )
        self._connection = Connection(ours.detach())
        self._remotes: dict[int, Remote] = {}

    def call(self, request: Request) -> Any:
        """Make a call there. An exception there is raised here."""
        try:
            self._connection.send(request)
            done, result = self._connection.recv()
        except (BrokenPipeError, EOFError) as error:
            raise AssertionError(f"the worker ended with status {self._process.wait(10)}") from error
        if not done:
            raise result
        return result

    def probe(self, bus: str) -> Finding:
        """Call `hostcore.backends.detect.probe` there."""
        found: Finding = self.call(Request("", (), "probe", (bus,)))
        return found

    def choose(self, settings: str) -> dict[BusName, ChosenBus]:
        """Call `hostcore.buses.choice.choose_buses` there, and use each bus once."""
        found: dict[BusName, ChosenBus] = self.call(Request("", (), "choose", (settings,)))
        return found

    def run(self, source: str) -> Any:
        """Run Python code there, with the original libraries. Returns its variable `answer`."""
        return self.call(Request("", (), "run", (source,)))

    def close(self) -> None:
        """Close the machine's hardware. The next use opens it again."""
        self.call(Request("", (), "close", ()))

    def end(self) -> None:
        """End the process."""
        self._connection.close()
        self._process.wait(10)

    def __getattr__(self, opener: str) -> Callable[..., Remote]:
        def opened(*place: Any) -> Remote:
            number = self.call(Request(opener, place, "", ()))
            return self._remotes.setdefault(number, Remote(self, opener, place))

        return opened


class Remote:
    """An opened device of the worker. Equal for equal objects there."""

    def __init__(self, worker: Worker, opener: str, place: tuple[Any, ...]) -> None:
        self._worker, self._opener, self._place = worker, opener, place

    def __getattr__(self, method: str) -> Callable[..., Any]:
        return lambda *arguments: self._worker.call(Request(self._opener, self._place, method, arguments))


def serve(connection: Connection) -> None:
    """The worker's side. Runs until the test closes its own side."""
    factory = LinuxFactory()
    opened: list[object] = []
    while True:
        try:
            request = connection.recv()
        except EOFError:
            break
        try:
            connection.send((True, _done(factory, request, opened)))
        except Exception as error:  # noqa: BLE001 - the test decides about it
            connection.send((False, error))
    factory.close()


def _done(factory: Any, request: Request, opened: list[object]) -> Any:
    if request.method == "run":
        return _answer(*request.arguments)
    if request.method == "probe":
        return probe(*request.arguments)
    if request.method == "choose":
        return chosen(*request.arguments)
    target = getattr(factory, request.opener)(*request.place) if request.opener else factory
    return getattr(target, request.method)(*request.arguments) if request.method else _number(target, opened)


def _answer(source: str) -> Any:
    """Run code, and close what it leaves open: each open device has a connection, and a thread at its other end."""
    before = _descriptors()
    namespace: dict[str, Any] = {}
    try:
        exec(source, namespace)
        return namespace["answer"]
    finally:
        namespace.clear()
        for left in _descriptors() - before:
            with suppress(OSError):
                os.close(left)


def _descriptors() -> set[int]:
    return {int(each.name) for each in Path("/proc/self/fd").iterdir()}


def _number(target: object, opened: list[object]) -> int:
    """The target's index in `opened`, which keeps every object, so that no new object gets an old index."""
    for number, known in enumerate(opened):
        if known is target:
            return number
    opened.append(target)
    return len(opened) - 1


if __name__ == "__main__":
    serve(Connection(os.dup(int(sys.argv[1]))))
