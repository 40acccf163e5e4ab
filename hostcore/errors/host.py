"""Errors of the host and its parts. The tree is in the docstring of the package."""

from __future__ import annotations


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


class ForeignTablesError(HostError):
    """A history has tables, or values in them, that no host has made."""


class KeptStateError(HostError):
    """The state that a plugin keeps cannot be saved, read or written."""


class RecordingError(HostError):
    """A recording cannot be read, written or replayed."""


class TranscriptError(RecordingError):
    """The text form of a recording cannot be used.

    Attributes:
        file: its path, as the person gave it.
        line: the line in that file, from 1 on; None if no single line is wrong.
    """

    def __init__(self, problem: str, *, file: str, line: int | None = None) -> None:
        self.file, self.line, self.problem = file, line, problem
        super().__init__(f"{file}:{line}: {problem}" if line is not None else f"{file}: {problem}")


class BrokerError(HostError):
    """An MQTT broker cannot be used."""


class BrokerAwayError(BrokerError):
    """There is no connection to the broker at this moment."""


class BrokerBusyError(BrokerError):
    """Too many messages wait for the broker's confirmation. There is room again once it has confirmed some."""


class MessageTooLargeError(BrokerError):
    """A message has more bytes than the broker takes, or than this host sends."""


class RefusedCommandError(BrokerError):
    """A message is no command that may be followed. The text is one line, without characters of the message that a
    terminal acts on."""


class NodeError(BrokerError):
    """A node of a fleet is not known, refuses a command, or does not answer."""


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
