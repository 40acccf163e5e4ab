"""Every error that the host raises on purpose.

::

    HostError
    ├── ConfigError              host.toml: file, line, key, what was found, what is allowed
    ├── CacheError               the folder of compiled components cannot be trusted
    ├── BuildError               componentize-py refused a plugin, or could not run
    ├── CrashStoreError          the folder of crash reports, or a report in it, cannot be used
    ├── TransitionError          an order means nothing in a plugin's present state
    ├── DefectError              an exception that this host did not expect
    ├── PluginError              one plugin is unusable; the others go on
    │   ├── PluginFileError      not a component, or not Python
    │   ├── MissingImportsError  the component asks for what the host does not offer
    │   ├── PluginReportedError  the plugin's own WIT `err`: the sensor did not answer, ...
    │   └── PluginCrashedError   the instance is dead: trap, exception, deadline, memory, exit
    └── BusError                 a transfer failed; reaches the plugin as a WIT `err`
        ├── NoAcknowledgeError   nobody answered, or a byte was refused
        ├── ArbitrationLostError another controller took the bus
        ├── BusTimeoutError      the bus did not finish in time
        ├── BusFaultError        the wires misbehaved
        ├── AccessDeniedError    no permission, or someone else's device
        └── UnsupportedError     the bus or the backend cannot do this
            └── ClaimedByKernelError  a driver of the kernel's has the device

A message names the thing, its owner, what was found, what is allowed, and what to do.

Two exceptions are not errors of the host: `hostcore.hostcall.Trap` ends a guest's call, and its subclass
`hostcore.runtime.crash.WasmTrap` comes from wasmtime. `hostcore.runtime` makes a `PluginCrashedError` of both.
"""

from __future__ import annotations

from hostcore.place import Place


class HostError(Exception):
    """Base of every error the host raises on purpose; its text is fit to show to a person."""


class ConfigError(HostError):
    """host.toml holds something unusable.

    Attributes:
        file: the settings file's path as the person gave it, or "built-in settings".
        line: 1-based line in that file, or None where no single line is to blame.
        key: the dotted key, such as ``plugins.bme680.interval``, or "" for the whole file.
    """

    def __init__(self, problem: str, *, file: str, line: int | None = None, key: str = "") -> None:
        self.file, self.line, self.key, self.problem = file, line, key, problem
        place = f"{file}:{line}" if line is not None else file
        super().__init__(f"{place}: {key}: {problem}" if key else f"{place}: {problem}")


class CacheError(HostError):
    """The folder of compiled components is not safe to load native code from."""


class BuildError(HostError):
    """A component could not be built."""


class CrashStoreError(HostError):
    """The folder of crash reports, or one report in it, cannot be used."""


class TransitionError(HostError):
    """An order means nothing in a plugin's present state."""


class DefectError(HostError):
    """An exception that this host did not expect: a defect of the host, not of a plugin.

    Attributes:
        traceback: where it was raised, for a report of the defect.
    """

    def __init__(self, defect: Exception) -> None:
        from traceback import format_exception  # noqa: PLC0415 - seldom needed

        self.traceback = "".join(format_exception(defect))
        super().__init__(f"it failed by a defect of this host: {defect!r}")


class PluginError(HostError):
    """One plugin is unusable; the others go on.

    Attributes:
        plugin: the plugin's name.
    """

    def __init__(self, plugin: str, problem: str) -> None:
        self.plugin, self.problem = plugin, problem
        super().__init__(f"{plugin}: {problem}")


class PluginFileError(PluginError):
    """The plugin's file is missing, empty, not a component, or not Python."""


class MissingImportsError(PluginError):
    """The component imports what the host does not offer.

    Attributes:
        imports: the names of those imports, as the component spells them.
    """

    def __init__(self, plugin: str, imports: tuple[str, ...], offered: tuple[str, ...]) -> None:
        self.imports = imports
        super().__init__(
            plugin,
            f"asks for imports that this host does not offer: {', '.join(imports)}. "
            f"Offered: {', '.join(offered)}. Rebuild it against wit/",
        )


class PluginReportedError(PluginError):
    """The plugin answered with its own error; it lives on."""


class PluginCrashedError(PluginError):
    """The plugin's instance is dead and was thrown away.

    Attributes:
        kind: how it died, one of `hostcore.hostcall.CrashKind`'s values.
        traceback: the guest language's own traceback, or "".
        wasm_trace: the WebAssembly machine's own words and frames, or "".
    """

    def __init__(self, plugin: str, problem: str, *, kind: str, traceback: str = "", wasm_trace: str = "") -> None:
        self.kind, self.traceback, self.wasm_trace = kind, traceback, wasm_trace
        super().__init__(plugin, problem)


class BusError(HostError):
    """A transfer on a bus failed; a plugin gets it as a WIT `err`, never as a trap.

    Args:
        problem: what happened, without the place.
        place: where, unless the problem says it or no single place is to blame.
        device: the device file behind the bus, to be named beside it.

    Attributes:
        problem: as given.
        place: as given.
    """

    def __init__(self, problem: str, place: Place | None = None, *, device: str = "") -> None:
        self.problem, self.place = problem, place
        super().__init__(f"{place.described(device)}: {problem}" if place else problem)

    @property
    def errno(self) -> int | None:
        """The kernel's error number (errno(3)), where a call of the kernel failed."""
        return self.__cause__.errno if isinstance(self.__cause__, OSError) else None


class NoAcknowledgeError(BusError):
    """No device acknowledged the address, or the device refused a byte."""


class ArbitrationLostError(BusError):
    """Another controller won the bus during the transfer."""


class BusTimeoutError(BusError):
    """The bus, or the wait for it, took longer than allowed."""


class BusFaultError(BusError):
    """The wires misbehaved: a misplaced start or stop, a line stuck low, an input/output error."""


class AccessDeniedError(BusError):
    """The plugin has no permission for this access, or the device belongs to somebody else."""


class UnsupportedError(BusError):
    """The bus exists, but this backend or device cannot do what was asked."""


class ClaimedByKernelError(UnsupportedError):
    """A driver of the kernel's has the address; user space may not."""
