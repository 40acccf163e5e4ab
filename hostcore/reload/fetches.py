"""Fetches the libraries of plugins while the host runs: a thread for each plugin, one at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from hostcore.clock import Clock
from hostcore.errors import HostError
from hostcore.events import FetchEnded, Level, LogWritten
from hostcore.log.safe_text import log_line
from hostcore.threads import HostThread
from hostcore.workshop import Progress, Workshop

STOP_SECONDS = 1.0
"""How long a fetch may take to stop."""

Fetch = Callable[[str, Path, Workshop, Callable[[str], None]], object]
"""Fetches the libraries of the plugin with this name and file, and passes notices for a person to the last argument. It
blocks, ends soon after `Workshop.stop`, and raises `HostError`."""


class Fetches:
    """The fetches under way. Thread-safe.

    Args:
        progress: takes their progress.
        clock: dates the events.
        publish: takes the events.
        fetch: does the work of one.
    """

    def __init__(
        self,
        progress: Progress,
        clock: Clock,
        publish: Callable[[FetchEnded | LogWritten], None],
        fetch: Fetch,
    ) -> None:
        self._clock, self._publish, self._fetch = clock, publish, fetch
        self._workshop = Workshop(progress)
        self._threads: dict[str, HostThread] = {}
        self._lock = threading.Lock()

    def start(self, plugin: str, path: Path) -> None:
        """Begin to fetch the libraries of a plugin. Returns at once.

        Raises:
            HostError: the plugin is a component, its libraries are being fetched already, or there is no thread.
        """
        if path.suffix != ".py":
            raise HostError(f"{path.name} is a component, which contains its libraries: there is nothing to fetch")
        with self._lock:
            present = self._threads.get(plugin)
            if present is not None and present.is_alive():
                raise HostError(f"the libraries of {plugin} are being fetched already")
            self._threads[plugin] = thread = HostThread(self._run, f"fetch-{plugin}", plugin, path)
            thread.start()

    def stop(self) -> None:
        """End all fetches soon, and refuse further ones. Returns at once."""
        self._workshop.stop()

    def join(self) -> bool:
        """Block until all fetches have ended, for at most a second; True if they have."""
        deadline = time.monotonic() + STOP_SECONDS
        with self._lock:
            threads = tuple(self._threads.values())
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)

    def _run(self, plugin: str, path: Path) -> None:
        error = ""
        try:
            self._fetch(plugin, path, self._workshop, partial(self._say, plugin, Level.WARNING))
        except HostError as problem:
            error = log_line(str(problem))
        except Exception as defect:  # noqa: BLE001 - the thread's end would tell nobody
            error = log_line(f"a defect of this host: {defect!r}")
        if self._workshop.stopped:
            return
        self._tell(plugin, error)

    def _tell(self, plugin: str, error: str) -> None:
        if error:
            self._say(plugin, Level.ERROR, f"its libraries are not fetched: {error}")
        else:
            self._say(plugin, Level.INFO, "its libraries are fetched")
        self._publish(FetchEnded(self._clock.wall_ns(), plugin, error))

    def _say(self, plugin: str, level: Level, text: str) -> None:
        self._publish(LogWritten(self._clock.wall_ns(), plugin, level, log_line(text), by_host=True))
