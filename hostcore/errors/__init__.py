"""Every error that the host raises on purpose.

::

    HostError
    ├── ConfigError              host.toml or a chip file: file, line, key, what was found, what is allowed
    ├── CommandLineError         a command names what does not exist, or its arguments contradict each other
    ├── NoThreadError            no thread can be started
    ├── CacheError               the folder of compiled components is not safe
    ├── BrokerError              an MQTT broker cannot be used
    │   ├── BrokerAwayError      there is no connection to it at this moment
    │   ├── BrokerBusyError      too many messages wait for its confirmation
    │   ├── MessageTooLargeError a message has more bytes than may be sent
    │   ├── NodeError            a node of a fleet is not known, refuses, or does not answer
    │   └── RefusedCommandError  a message is no command that a node may follow
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
    ├── ForeignTablesError       a history has tables, or values in them, that no host has made
    ├── KeptStateError           the state that a plugin keeps cannot be saved, read or written
    ├── RecordingError           a recording cannot be read, written or replayed
    │   └── TranscriptError      the text form of a recording: file, line
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

from hostcore.errors.buses import (
    AccessDeniedError,
    ArbitrationLostError,
    BusError,
    BusFaultError,
    BusTimeoutError,
    ClaimedByKernelError,
    LineClaimedError,
    NoAcknowledgeError,
    UnsupportedError,
)
from hostcore.errors.host import (
    BrokerAwayError,
    BrokerBusyError,
    BrokerError,
    BuildError,
    CacheError,
    CommandLineError,
    ConfigError,
    CrashStoreError,
    DefectError,
    FetchError,
    ForeignTablesError,
    HostError,
    KeptStateError,
    LibraryError,
    LockError,
    MessageTooLargeError,
    MetadataError,
    NodeError,
    NoThreadError,
    OverdueError,
    ReadOnlyError,
    RecordingError,
    RefusedCommandError,
    ScreenMemoryError,
    StalledError,
    StoreError,
    TranscriptError,
    TransitionError,
    WheelError,
)
from hostcore.errors.plugins import (
    MissingImportsError,
    NoRoomError,
    NotFetchedError,
    PluginCrashedError,
    PluginError,
    PluginFileError,
    PluginReportedError,
    UntestableError,
)

__all__ = [
    "AccessDeniedError",
    "ArbitrationLostError",
    "BrokerAwayError",
    "BrokerBusyError",
    "BrokerError",
    "BuildError",
    "BusError",
    "BusFaultError",
    "BusTimeoutError",
    "CacheError",
    "ClaimedByKernelError",
    "CommandLineError",
    "ConfigError",
    "CrashStoreError",
    "DefectError",
    "FetchError",
    "ForeignTablesError",
    "HostError",
    "KeptStateError",
    "LibraryError",
    "LineClaimedError",
    "LockError",
    "MessageTooLargeError",
    "MetadataError",
    "MissingImportsError",
    "NoAcknowledgeError",
    "NoRoomError",
    "NoThreadError",
    "NodeError",
    "NotFetchedError",
    "OverdueError",
    "PluginCrashedError",
    "PluginError",
    "PluginFileError",
    "PluginReportedError",
    "ReadOnlyError",
    "RecordingError",
    "RefusedCommandError",
    "ScreenMemoryError",
    "StalledError",
    "StoreError",
    "TranscriptError",
    "TransitionError",
    "UnsupportedError",
    "UntestableError",
    "WheelError",
]
