"""Every error that the host raises on purpose.

::

    HostError
    ├── ConfigError              host.toml or a chip file: file, line, key, what was found, what is allowed
    ├── CommandLineError         a command names what does not exist, or its arguments contradict each other
    ├── NoThreadError            no thread can be started
    ├── CacheError               the folder of compiled components is not safe
    ├── BuildError               componentize-py refused a plugin, or could not run
    │   ├── OverdueError         the work took longer than it may
    │   └── StalledError         the work did not get on
    ├── LibraryError             the libraries of a plugin cannot be used
    │   ├── FetchError           they cannot be fetched
    │   ├── MetadataError        the PEP 723 metadata of a plugin: file, line, key
    │   ├── LockError            a lock of libraries: file, line, key
    │   ├── WheelError           a file is no wheel that this host reads
    │   └── StoreError           a wheel is missing or damaged in the folder of wheels, or cannot be written there
    ├── CrashStoreError          the folder of crash reports, or a report in it, cannot be used
    ├── KeptStateError           the state that a plugin keeps cannot be saved, read or written
    ├── RecordingError           a recording cannot be read, written or replayed
    ├── ReadOnlyError            this front end may only look
    ├── ScreenMemoryError        there is no such layout, or the screen cannot remember it
    ├── TransitionError          a plugin in this state cannot follow the order
    ├── DefectError              an exception that this host did not expect
    ├── PluginError              one plugin is unusable; the others go on
    │   ├── PluginFileError      not a component, or not Python
    │   │   └── NotFetchedError  its libraries are missing, or not those that it asks for
    │   ├── MissingImportsError  the component needs imports that the host does not offer
    │   ├── UntestableError      it cannot be tried under faults, because it does not work without them either
    │   ├── NoRoomError          the computer or a limit of the host leaves no room for another instance
    │   ├── PluginReportedError  the plugin's own WIT `err`: the sensor did not answer, ...
    │   └── PluginCrashedError   the instance is dead: trap, exception, deadline, memory, exit
    └── BusError                 a transfer failed; the plugin gets it as a WIT `err`
        ├── NoAcknowledgeError   no device answered, or the device refused a byte
        ├── ArbitrationLostError another controller took the bus
        ├── BusTimeoutError      the bus did not finish in time
        ├── BusFaultError        the wires misbehaved
        ├── AccessDeniedError    no permission, or the device belongs to another plugin
        └── UnsupportedError     the bus or the backend cannot do this
            ├── ClaimedByKernelError  a kernel driver uses the device
            └── LineClaimedError      another program or a kernel driver holds the GPIO line

A message names the thing, its owner, what was found, what is allowed, and what to do. Two exceptions are not errors of
the host: `hostcore.hostcall.Trap` ends a guest's call, and its subclass `hostcore.runtime.crash.WasmTrap` comes from
wasmtime. `hostcore.runtime` turns both into a `PluginCrashedError`.
"""

from __future__ import annotations

from hostcore.place import Place


class HostError(Exception):
    """Base of every error that the host raises on purpose. Its text can be shown to a person."""


class ConfigError(HostError):
    """A file that a person wrote in TOML cannot be used: the settings file, or a chip file.

    Attributes:
        file: the path of the file, as the person gave it.
        line: the line in that file, from 1 on; None if no single line is wrong.
        key: the dotted key, such as ``plugins.bme680.interval``, or "" for the whole file.
        path: the keys and array indices (from 0) that lead to the place.
    """

    def __init__(
        self, problem: str, *, file: str, line: int | None = None, key: str = "", path: tuple[str | int, ...] = ()
    ) -> None:
        self.file, self.line, self.key, self.path, self.problem = file, line, key, path, problem
        place = f"{file}:{line}" if line is not None else file
        super().__init__(f"{place}: {key}: {problem}" if key else f"{place}: {problem}")


class CommandLineError(HostError):
    """The arguments of a command cannot be followed: nothing was begun. The command ends as for any wrong argument."""


class CacheError(HostError):
    """The folder of compiled components is not safe to load native code from."""


class NoThreadError(HostError):
    """No thread can be started: this computer, this user or a limit allows no more."""


class BuildError(HostError):
    """A component could not be built.

    Attributes:
        status: the exit status of its process, negative for a signal; None if the process did not fail by itself.
    """

    def __init__(self, problem: str, status: int | None = None) -> None:
        self.status = status
        super().__init__(problem)


class OverdueError(BuildError):
    """The work took longer than it may, and was ended."""


class StalledError(BuildError):
    """The work did not get on for too long, and was ended."""


class LibraryError(HostError):
    """The libraries of a plugin cannot be used.

    Attributes:
        file: the plugin, lock or wheel that is wrong, as the person knows it.
        line: the line in that file, from 1 on; None if no single line is wrong.
        key: the key in its TOML, such as ``packages[0].name``, or "".
        problem: the rest of the message.
    """

    def __init__(self, problem: str, *, file: str, line: int | None = None, key: str = "") -> None:
        self.file, self.line, self.key, self.problem = file, line, key, problem
        place = file if line is None else f"{file}:{line}"
        super().__init__(f"{place}: {key}: {problem}" if key else f"{place}: {problem}")


class FetchError(LibraryError):
    """The libraries of a plugin cannot be fetched: pip, an index, a package or the lock does not allow it."""


class MetadataError(LibraryError):
    """The PEP 723 metadata of a plugin has a mistake."""


class LockError(LibraryError):
    """A lock is missing, damaged or not one that this host writes."""


class WheelError(LibraryError):
    """A file is no wheel, is not pure Python, or has what no honest wheel has."""


class StoreError(LibraryError):
    """A wheel is missing or damaged in the folder of wheels, or cannot be written there."""


class CrashStoreError(HostError):
    """The folder of crash reports, or one report in it, cannot be used."""


class KeptStateError(HostError):
    """The state that a plugin keeps cannot be saved, read or written."""


class RecordingError(HostError):
    """A recording cannot be read, written or replayed."""


class TransitionError(HostError):
    """A plugin in this state cannot follow the order."""


class ReadOnlyError(HostError):
    """A request would change something, and its front end may only look. The text says why."""


class ScreenMemoryError(HostError):
    """A layout of the screen does not exist, or the screen cannot remember it."""


class DefectError(HostError):
    """An exception that this host did not expect: a defect of the host, not of a plugin.

    Attributes:
        traceback: the exception's traceback, for a report of the defect.
    """

    def __init__(self, defect: Exception) -> None:
        from traceback import format_exception  # noqa: PLC0415 - seldom needed

        self.traceback = "".join(format_exception(defect))
        super().__init__(f"a defect of this host: {defect!r}")


class PluginError(HostError):
    """One plugin is unusable; the others go on.

    Attributes:
        plugin: the plugin's name.
        line: the line of its file, from 1 on, that cannot be used; 0 if no single line is wrong.
    """

    def __init__(self, plugin: str, problem: str, line: int = 0) -> None:
        self.plugin, self.problem, self.line = plugin, problem, line
        super().__init__(f"{plugin}: {problem}")


class PluginFileError(PluginError):
    """The plugin's file is missing, empty, not a component, or not Python."""


class NotFetchedError(PluginFileError):
    """The plugin's libraries are missing here, or are not those that it asks for. ``wasi-host fetch`` fetches them."""


class MissingImportsError(PluginError):
    """The component needs imports that the host does not offer.

    Attributes:
        imports: the names of these imports, as the component spells them.
    """

    def __init__(self, plugin: str, imports: tuple[str, ...], offered: tuple[str, ...]) -> None:
        self.imports = imports
        super().__init__(
            plugin,
            f"asks for imports that this host does not offer: {', '.join(imports)}. "
            f"Offered: {', '.join(offered)}. Rebuild it against wit/",
        )


class UntestableError(PluginError):
    """The plugin cannot be tried under faults: it does not work on the simulated Pi without them either."""


class NoRoomError(PluginError):
    """The computer, the user or a limit of the host leaves no room for another instance. Not the plugin's fault."""


class PluginReportedError(PluginError):
    """The plugin reported an error of its own. Its instance lives on."""


class PluginCrashedError(PluginError):
    """The plugin's instance is dead.

    Attributes:
        kind: how it died, one of the values of `hostcore.hostcall.CrashKind`.
        traceback: the traceback of the guest's language, or "".
        wasm_trace: the message and the frames of the WebAssembly runtime, or "".
    """

    def __init__(self, plugin: str, problem: str, *, kind: str, traceback: str = "", wasm_trace: str = "") -> None:
        self.kind, self.traceback, self.wasm_trace = kind, traceback, wasm_trace
        super().__init__(plugin, problem)


class BusError(HostError):
    """A transfer on a bus failed. The plugin gets this as a WIT `err`, never as a trap.

    Args:
        problem: what happened, without the place.
        place: where it happened; None if the problem names the place or no single place is concerned.
        device: the device file of the bus; the message names it beside the bus.

    Attributes:
        problem: the argument `problem`.
        place: the argument `place`.
    """

    def __init__(self, problem: str, place: Place | None = None, *, device: str = "") -> None:
        self.problem, self.place = problem, place
        super().__init__(f"{place.described(device)}: {problem}" if place else problem)

    @property
    def errno(self) -> int | None:
        """The kernel's error number (errno(3)); None if no system call failed."""
        return self.__cause__.errno if isinstance(self.__cause__, OSError) else None


class NoAcknowledgeError(BusError):
    """No device acknowledged the address, or the device refused a byte."""


class ArbitrationLostError(BusError):
    """Another controller won the bus during the transfer."""


class BusTimeoutError(BusError):
    """The transfer, or the wait for the bus, took longer than allowed."""


class BusFaultError(BusError):
    """The wires misbehaved: a misplaced start or stop, a line that is stuck low, an input/output error."""


class AccessDeniedError(BusError):
    """The plugin has no permission for this access, or the device belongs to another plugin."""


class UnsupportedError(BusError):
    """The bus, this backend or this device cannot do what was asked."""


class ClaimedByKernelError(UnsupportedError):
    """A kernel driver uses the address, so user space cannot."""


class LineClaimedError(UnsupportedError):
    """Another program or a kernel driver holds the GPIO line.

    Attributes:
        claimed_by: what holds it; "" if that is not known.
    """

    def __init__(self, problem: str, place: Place | None = None, claimed_by: str = "") -> None:
        self.claimed_by = claimed_by
        super().__init__(problem, place)
