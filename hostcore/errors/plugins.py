"""Errors of one plugin. The others go on."""

from __future__ import annotations

from hostcore.errors.host import HostError


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
