"""The kept states of all plugins of a host. They are written seldom, because an SD card wears out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from functools import partial

from hostcore.clock import NS_PER_S, Clock
from hostcore.errors import HostError, KeptStateError
from hostcore.events import KeptStateWritten
from hostcore.kept_state.folder import StateFolder
from hostcore.kept_state.state import KeptState, KeptValue
from hostcore.threads import HostThread

EVERY_NS = 60 * NS_PER_S
"""Nanoseconds between two writes of one plugin's file, at least."""
MISSING_NS = 60 * NS_PER_S
"""For how many nanoseconds a plugin's file has to be gone until its state is deleted. The file may be on its way: some
tools take the old version away before they bring the new one."""
STOP_SECONDS = 1.0
"""How long the last writes may take."""


class StateStore:
    """Keeps a state for each plugin. Writes it at most once a minute, and when the host stops.

    A power cut, or the end of a host that is killed, loses what was saved in the last minute, and nothing else. The
    methods are for any thread.

    Args:
        folder: the folder of the files; None if nothing is written, and all states end with the host.
        clock: times the writes.
        publish: takes an event after each write.
        warn: takes one line for a person: a file that cannot be used or written, and a state that is deleted.
        known: returns the names of all plugins, also of those that do not run; None if that is not known. States of
            others are deleted. May raise HostError.
    """

    def __init__(
        self,
        folder: StateFolder | None,
        clock: Clock,
        publish: Callable[[KeptStateWritten], None],
        warn: Callable[[str], None],
        known: Callable[[], Collection[str] | None] = lambda: None,
    ) -> None:
        self._folder, self._clock, self._publish, self._warn, self._known = folder, clock, publish, warn, known
        self._lock = threading.Lock()
        self._states: dict[str, KeptState] = {}
        self._due: dict[str, int] = {}
        """When each changed state is to be written, on the clock."""
        self._gone: dict[str, int] = {}
        """When each state is to be deleted whose plugin is gone."""
        self._tried: dict[str, int] = {}
        """When each state was written last, or could not be."""
        self._failing: set[str] = set()
        self._writing = threading.Lock()
        """Held while a file is written, so that no state comes back that a person has just cleared."""
        self._wake, self._ending = threading.Event(), threading.Event()
        self._thread = HostThread(self._run, "kept-state")

    def of(self, plugin: str) -> KeptState:
        """Return the state of a plugin that is there. Reads no file yet."""
        with self._lock:
            self._gone.pop(plugin, None)
            state = self._states.get(plugin)
            if state is None:
                state = KeptState()
                if self._folder is not None:
                    state = KeptState(partial(self._read, self._folder, plugin), partial(self._changed, plugin))
                self._states[plugin] = state
            return state

    def kept(self) -> tuple[KeptValue, ...]:
        """Return how much each plugin keeps, by name. Blocks as long as the disk does."""
        found = {each.plugin: each for each in self._folder.kept()} if self._folder is not None else {}
        with self._lock:
            states = dict(self._states)
        for plugin, state in states.items():
            text, saves = state.unwritten()
            if saves:
                written_ns = found[plugin].written_ns if plugin in found else None
                found[plugin] = KeptValue(plugin, len(text.encode()), written_ns, is_on_disk=False)
        return tuple(found[name] for name in sorted(found))

    def text(self, plugin: str) -> str | None:
        """Return what a plugin keeps, as JSON; None if it keeps nothing. Blocks as long as the disk does.

        Raises:
            KeptStateError: its file is damaged or cannot be read.
        """
        with self._lock:
            state = self._states.get(plugin)
        if state is not None:
            return state.load()
        if self._folder is None or plugin not in self._folder.plugins():
            return None
        return self._folder.look(plugin)

    def clear(self, plugin: str) -> None:
        """Delete what a plugin keeps. What its present instance saves later is lost, too: restart it after this.

        Raises:
            KeptStateError: the file cannot be deleted.
        """
        with self._writing:
            with self._lock:
                for each in (self._states, self._due, self._gone, self._tried):
                    each.pop(plugin, None)
            if self._folder is not None and plugin in self._folder.plugins():
                self._folder.delete(plugin)
                if plugin in self._folder.plugins():
                    raise KeptStateError(
                        f"what {plugin} keeps cannot be deleted from {self._folder.path}; make it a folder that you "
                        "may write to"
                    )

    def delete(self, plugin: str) -> None:
        """Delete a state, because the plugin's file is gone: after a minute, unless `of` is called before."""
        with self._lock:
            self._gone.setdefault(plugin, self._clock.monotonic_ns() + MISSING_NS)
        self._wake.set()

    def start(self) -> None:
        """Begin to write. Returns at once. Raises `NoThreadError`."""
        if self._folder is not None:
            self._thread.start()

    def stop(self) -> bool:
        """Write what is left. Blocks until it is on the disk, for at most a second. Stop the plugins first.

        Returns:
            Whether everything was done.
        """
        self._ending.set()
        self._wake.set()
        self._thread.join(STOP_SECONDS)
        return not self._thread.is_alive()

    # The rest is for the store's own thread, or for one that takes its place.

    def delete_strangers(self) -> None:
        """Delete the states in the folder that belong to no plugin, as `delete` does."""
        try:
            known = self._known()
        except HostError:
            return
        if known is not None and self._folder is not None:
            for plugin in self._folder.plugins().difference(known):
                self.delete(plugin)

    def work(self, *, everything: bool = False) -> int | None:
        """Write and delete what is due. Blocks as long as the disk does.

        Args:
            everything: do also what is not due yet.

        Returns:
            When the next write or deletion is due, on the clock; None if there is nothing to do.
        """
        if self._folder is not None:
            for plugin in self._take(self._gone, everything, forget=True):
                if self._folder.delete(plugin):
                    self._warn(f"the state that {plugin} kept is deleted, because the plugin's file is gone")
            for plugin in self._take(self._due, everything):
                self._write(self._folder, plugin)
        with self._lock:
            return min((*self._due.values(), *self._gone.values()), default=None)

    def _run(self) -> None:
        self.delete_strangers()
        while not self._ending.is_set():
            self._wake.clear()
            next_ns = self.work()
            if self._ending.is_set():
                break
            if next_ns is None:
                self._wake.wait()
            else:
                self._clock.wait_until(next_ns, self._wake)
        self.work(everything=True)

    def _take(self, times: dict[str, int], everything: bool, *, forget: bool = False) -> list[str]:
        """Remove from `times` the plugins whose time has come, and return them. Forget their states if told so."""
        with self._lock:
            now_ns = self._clock.monotonic_ns()
            taken = [plugin for plugin, time_ns in times.items() if everything or time_ns <= now_ns]
            for plugin in taken:
                del times[plugin]
                for each in (self._states, self._due, self._tried) if forget else ():
                    each.pop(plugin, None)
        return taken

    def _changed(self, plugin: str) -> None:
        """A plugin saved a new value."""
        with self._lock:
            if plugin in self._due or plugin not in self._states:
                return
            now_ns = self._clock.monotonic_ns()
            self._due[plugin] = max(now_ns, self._tried.get(plugin, now_ns - EVERY_NS) + EVERY_NS)
        self._wake.set()

    def _read(self, folder: StateFolder, plugin: str) -> str | None:
        try:
            return folder.read(plugin)
        except KeptStateError as error:
            self._warn(str(error))
            return None

    def _write(self, folder: StateFolder, plugin: str) -> None:
        with self._writing:
            self._write_alone(folder, plugin)

    def _write_alone(self, folder: StateFolder, plugin: str) -> None:
        with self._lock:
            self._tried[plugin] = now_ns = self._clock.monotonic_ns()
            state = self._states.get(plugin)
        if state is None:  # a person has just cleared it
            return
        text, saves = state.unwritten()
        if not saves:
            return
        try:
            folder.write(plugin, text)
        except KeptStateError as error:
            with self._lock:
                self._due[plugin] = now_ns + EVERY_NS
            if plugin not in self._failing:
                self._failing.add(plugin)
                self._warn(str(error))
            return
        self._failing.discard(plugin)
        state.written(saves)
        self._publish(KeptStateWritten(self._clock.wall_ns(), plugin, len(text.encode()), saves))
