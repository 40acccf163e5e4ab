"""The messages of an attached front end and its host: the whole `hostcore.session.Session`, and the greeting."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hostcore.actuation import LightLeds, SetPwm, SwitchRelay
from hostcore.driver_wish import DriverWish
from hostcore.events.facts import DriverFile, HostFacts, KeptRecording, PluginFacts, ScanMode, SourceExcerpt
from hostcore.events.history import HistoryQuery, HistoryReport
from hostcore.faults.model import Fault
from hostcore.permissions import Permission
from hostcore.quick_dataclass import dataclass
from hostcore.session import Order
from hostcore.settings_wish import Calibration, RangeAlarm

PROTOCOL = 1
"""The version of these messages. Another one may have requests, events and fields that this one does not know. They are
left out and named, so the two still understand each other as far as they can."""


@dataclass(frozen=True, slots=True)
class AttachRequest:
    """Asks for the whole session. Lines in both directions follow the answer, until one of the two leaves."""

    protocol: int
    """`PROTOCOL` of the front end."""
    version: str
    """The front end's version of this program."""
    run: str = ""
    """`Greeting.run` of the last connection; "" for the first one."""
    after: int = 0
    """The number of the last event of that run that the front end has."""
    without: tuple[str, ...] = ()
    """The kinds of events that the front end has no use for. All others are sent, also those that it does not know."""


@dataclass(frozen=True, slots=True)
class Greeting:
    """The answer to `AttachRequest`."""

    protocol: int
    """`PROTOCOL` of the host."""
    process: int
    """The host's PID."""
    run: str
    """Names this run of the host. It differs after a restart."""
    facts: HostFacts
    plugins: tuple[PluginFacts, ...]
    last: int = 0
    """The number of the last earlier event that is sent; 0 if none is. Events after it happen now."""
    lost: int = 0
    """Events after `AttachRequest.after` that the host does not have any more."""


@dataclass(frozen=True, slots=True)
class PluginOrder:
    """`Session.order`."""

    plugin: str
    order: Order


@dataclass(frozen=True, slots=True)
class PluginGrant:
    """`Session.grant`."""

    plugin: str
    permissions: tuple[Permission, ...]


@dataclass(frozen=True, slots=True)
class PluginFetch:
    """`Session.fetch`."""

    plugin: str


@dataclass(frozen=True, slots=True)
class RecordingWish:
    """`Session.keep_recording`."""

    plugin: str


@dataclass(frozen=True, slots=True)
class SourceQuestion:
    """`Session.source`."""

    plugin: str
    file: str
    line: int
    around: int = 3


@dataclass(frozen=True, slots=True)
class DriverQuestion:
    """`Session.driver_file`."""

    plugin: str


@dataclass(frozen=True, slots=True)
class RecordingQuestion:
    """`Session.recording`, of which each answer has a piece. The first question takes the recording as it is then."""

    plugin: str
    crash_ns: int = 0
    offset: int = 0
    """The first byte that is wanted."""


@dataclass(frozen=True, slots=True)
class DriverReplacement:
    """`Session.replace_driver`."""

    plugin: str
    sha256: str
    text: str


@dataclass(frozen=True, slots=True)
class BusScan:
    """`Session.scan`."""

    bus: int
    mode: ScanMode


@dataclass(frozen=True, slots=True)
class ChipQuestion:
    """`Session.identify`."""

    bus: int
    address: int


@dataclass(frozen=True, slots=True)
class FaultSetting:
    """`Session.set_faults`."""

    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class QuantityHold:
    """`Session.hold`."""

    quantity: str
    value: float | None = None


@dataclass(frozen=True, slots=True)
class AlarmAcknowledgement:
    """`Session.acknowledge`."""

    alarm: str


@dataclass(frozen=True, slots=True)
class DriverNamed:
    """The answer to `DriverWish`."""

    plugin: str


@dataclass(frozen=True, slots=True)
class RecordingPiece:
    """The answer to `RecordingQuestion`."""

    size_bytes: int
    """Bytes of the whole recording."""
    data: bytes
    """Those from the wanted byte on, as many as a line should have."""


@dataclass(frozen=True, slots=True)
class HostStop:
    """Asks the host to end, as SIGTERM does."""


@dataclass(frozen=True, slots=True)
class Done:
    """The answer if there is nothing to tell."""


SessionRequest = (
    PluginOrder
    | PluginGrant
    | PluginFetch
    | DriverWish
    | RecordingWish
    | SourceQuestion
    | DriverQuestion
    | RecordingQuestion
    | DriverReplacement
    | BusScan
    | ChipQuestion
    | FaultSetting
    | QuantityHold
    | AlarmAcknowledgement
    | Calibration
    | RangeAlarm
    | SwitchRelay
    | SetPwm
    | LightLeds
    | HistoryQuery
    | HostStop
)
SessionAnswer = Done | SourceExcerpt | DriverFile | HistoryReport | DriverNamed | KeptRecording | RecordingPiece

REQUESTS: Mapping[str, type[SessionRequest]] = MappingProxyType(
    {
        "order": PluginOrder,
        "grant": PluginGrant,
        "fetch": PluginFetch,
        "add-driver": DriverWish,
        "keep-recording": RecordingWish,
        "source": SourceQuestion,
        "driver": DriverQuestion,
        "recording": RecordingQuestion,
        "replace-driver": DriverReplacement,
        "scan": BusScan,
        "identify": ChipQuestion,
        "faults": FaultSetting,
        "hold": QuantityHold,
        "acknowledge": AlarmAcknowledgement,
        "calibrate": Calibration,
        "alarm": RangeAlarm,
        "relay": SwitchRelay,
        "pwm": SetPwm,
        "leds": LightLeds,
        "history": HistoryQuery,
        "stop": HostStop,
    }
)
"""The name of each request on the wire."""
