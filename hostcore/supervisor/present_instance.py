"""The instance that a plugin has now, and the version of its file that the instance came from."""

from __future__ import annotations

from functools import partial

from hostcore.errors import HostError, NotFetchedError
from hostcore.log.safe_text import log_line
from hostcore.plugin.kit import Kit
from hostcore.quick_dataclass import dataclass
from hostcore.runtime.loader import Runtime
from hostcore.runtime.plugin import Plugin, PluginSpec
from hostcore.runtime.prepared import Prepared
from hostcore.supervisor.evidence import Evidence
from hostcore.supervisor.guard import guarded, problem_of
from hostcore.supervisor.kits import Kits
from hostcore.supervisor.life_cycle import LifeCycle
from hostcore.supervisor.mailbox import Mailbox
from hostcore.supervisor.metered_calls import MeteredCalls
from hostcore.supervisor.sleep import Sleep

CHANGED = "its file or settings changed"
OLD_RUNS_ON = "the new version is not taken, the old one runs on"


@dataclass(frozen=True, slots=True)
class Successor:
    """An instance of a new version, ready to take over."""

    prepared: Prepared
    plugin: Plugin


class PresentInstance:
    """Starts, replaces and closes a plugin's instance. For the plugin's own thread.

    Args:
        runtime: prepares files and starts instances.
        kits: gives each instance its kit.
        calls: counts and times the load.
        mail: tells whether the plugin should stop.
        evidence: gets an instance's failure to close.
        life: is told if a new version is not taken.
        sleep: wakes the plugin at its first load.

    Attributes:
        plugin: the instance; None if there is none.
        prepared: the version that the next load uses; None to read the file.
    """

    def __init__(
        self,
        runtime: Runtime,
        kits: Kits,
        calls: MeteredCalls,
        mail: Mailbox,
        *,
        evidence: Evidence,
        life: LifeCycle,
        sleep: Sleep,
    ) -> None:
        self._runtime, self._kits, self._calls, self._mail = runtime, kits, calls, mail
        self._evidence, self._life, self._sleep = evidence, life, sleep
        self.plugin: Plugin | None = None
        self.prepared: Prepared | None = None

    @property
    def version(self) -> str:
        """The version of the file that the next load uses; "" if that is not known yet."""
        return self.prepared.version() if self.prepared else ""

    def load(self, spec: PluginSpec) -> Plugin:
        """Start an instance. Blocks while the plugin loads. If this fails, `close` the instance.

        Raises:
            HostError: see `Runtime.prepare` and `Runtime.start`.
        """
        self.prepared = prepared = self.prepared or self._runtime.prepare(spec)
        kit = self.next_kit(spec)

        def start() -> Plugin:  # keeps the instance even if the call cannot be counted, so that it is closed
            self.plugin = self._sleep.wake(prepared, kit) or self._runtime.start(prepared, kit, self._kits.log)
            return self.plugin

        return self._calls.do("load", "", start)

    def start_successor(self, spec: PluginSpec) -> Successor | None:
        """Start an instance of the file's new version beside the present one. Blocks while the plugin loads.

        Returns:
            The new instance; None if the version has not changed, or cannot be used. The present one is as before.
        """
        self._life.forget_rejected()
        return guarded(partial(self._start_successor, spec), self._refuse)

    def start_twin(self, spec: PluginSpec) -> Successor:
        """Start another instance of the version that runs, beside the present one. Blocks while the plugin loads.

        Raises:
            NoRoomError: there is no room for both.
            HostError: it could not be loaded. The present one is as before.
        """
        assert self.prepared is not None, "a running plugin was prepared"
        return self._start_beside(self.prepared, spec)

    def _start_successor(self, spec: PluginSpec) -> Successor | None:
        prepared = self._runtime.prepare(spec)
        return None if prepared == self.prepared else self._start_beside(prepared, spec)

    def _start_beside(self, prepared: Prepared, spec: PluginSpec) -> Successor:
        kit = self.next_kit(spec)
        try:
            return Successor(prepared, self._runtime.start(prepared, kit, self._kits.log))
        except Exception:
            self._kits.go_back()
            raise

    def replace(self, successor: Successor) -> None:
        """Let `successor` take over, and close the instance before it."""
        before, self.plugin, self.prepared = self.plugin, successor.plugin, successor.prepared
        self._close(before)

    def close(self) -> None:
        """Close the instance, if there is one. The next load uses the same version."""
        before, self.plugin = self.plugin, None
        self._close(before)

    def forget(self) -> None:
        """Close the instance, if there is one. The next load reads the file."""
        self.prepared = None
        self._life.forget_rejected()
        self.close()

    def next_kit(self, spec: PluginSpec) -> Kit:
        """A new instance's kit. The instance does not start if it would have to be stopped at once."""
        kit = self._kits.next(spec)
        if self._mail.wants_stop:
            kit.limit.stop()
        return kit

    def _refuse(self, error: HostError) -> None:
        if not self._mail.wants_stop:
            self._evidence.fault(OLD_RUNS_ON, error)
            problem, line = problem_of(error)
            lacks = isinstance(error, NotFetchedError)
            self._life.reject(log_line(problem), lacks_libraries=lacks, broken_line=line)

    def _close(self, plugin: Plugin | None) -> None:
        if plugin is not None:
            guarded(plugin.close, partial(self._evidence.fault, "its instance could not be closed"))
