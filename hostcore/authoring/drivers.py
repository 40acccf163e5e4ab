"""The drivers that people add while the host runs, and the libraries that they fetch, on threads of their own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from hostcore.clock import Clock
from hostcore.config.model import Config
from hostcore.driver_wish import DriverWish
from hostcore.errors import HostError
from hostcore.events import DriverAdded, FetchEnded, Level, LogWritten
from hostcore.log.safe_text import log_line
from hostcore.reload.fetches import STOP_SECONDS, Fetches
from hostcore.threads import HostThread
from hostcore.workshop import Progress, Workshop


class Drivers:
    """Adds drivers, one at a time, and fetches the libraries of plugins. Thread-safe.

    Args:
        config: the settings of the running host.
        progress: takes the progress of pip.
        clock: dates the events.
        publish: takes the events.
        refresh: makes the host look at its settings and plugins.
        is_open: whether the host runs what is added.
    """

    def __init__(
        self,
        config: Config,
        progress: Progress,
        clock: Clock,
        *,
        publish: Callable[[DriverAdded | FetchEnded | LogWritten], None],
        refresh: Callable[[], None],
        is_open: bool = True,
    ) -> None:
        self._is_open = is_open
        self._config_file, self._clock, self._publish, self._refresh = config.path, clock, publish, refresh
        self._fetches = Fetches(progress, clock, publish, partial(_fetch, config))
        self._workshop = Workshop(progress)
        self._thread: HostThread | None = None
        self._lock = threading.Lock()

    def fetch(self, plugin: str, path: Path) -> None:
        """Begin to fetch the libraries of a plugin. Returns at once. Raises HostError like `Fetches.start`."""
        self._fetches.start(plugin, path)

    def add(self, wish: DriverWish) -> str:
        """Begin to add a driver, and return its name. Blocks while host.toml is read.

        A `DriverAdded` event reports the result.

        Raises:
            HostError: the host runs no drivers that are added, the wish has no name that can be used, another driver is
                being added, or there is no thread.
        """
        from hostcore.authoring.adding import name_for  # noqa: PLC0415 - few sessions add a driver

        if not self._is_open:
            raise HostError("this host only tries one file; start wasi-host to add drivers")
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                raise HostError("another driver is being added; try again when that has ended")
            name = name_for(self._config_file, wish)
            self._thread = HostThread(self._run, f"add-{name}", name, wish)
            self._thread.start()
        return name

    def stop(self) -> None:
        """End the work soon, and refuse more. Returns at once."""
        self._fetches.stop()
        self._workshop.stop()

    def join(self) -> bool:
        """Block until the work has ended, for about a second at most; True if it has."""
        deadline = time.monotonic() + STOP_SECONDS
        has_fetched = self._fetches.join()
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(max(0.0, deadline - time.monotonic()))
        return has_fetched and (thread is None or not thread.is_alive())

    def _run(self, name: str, wish: DriverWish) -> None:
        added = self._added(name, wish)
        if self._workshop.stopped:
            return
        if added.error:
            self._say(name, Level.ERROR, f"the driver was not added: {added.error}")
        self._publish(added)
        self._refresh()

    def _added(self, name: str, wish: DriverWish) -> DriverAdded:
        from hostcore.authoring.adding import add  # noqa: PLC0415 - few sessions add a driver

        notice = partial(self._say, name, Level.WARNING)
        try:
            return add(self._config_file, name, wish, clock=self._clock, workshop=self._workshop, notice=notice)
        except HostError as problem:
            error = log_line(str(problem))
        except Exception as defect:  # noqa: BLE001 - the thread's end would tell nobody
            error = log_line(f"a defect of this host: {defect!r}")
        return DriverAdded(self._clock.wall_ns(), name, error=error)

    def _say(self, plugin: str, level: Level, text: str) -> None:
        self._publish(LogWritten(self._clock.wall_ns(), plugin, level, log_line(text), by_host=True))


def _fetch(config: Config, plugin: str, path: Path, workshop: Workshop, notice: Callable[[str], None]) -> None:
    """Fetch the libraries of a plugin. Blocks until they are here.

    Raises:
        HostError: they cannot be fetched.
    """
    from hostcore.libraries.fetch import fetch_libraries  # noqa: PLC0415 - few sessions fetch anything
    from hostcore.runtime.wheel_folder import wheel_store  # noqa: PLC0415

    fetch_libraries(plugin, path, wheel_store(config), workshop, notice)
