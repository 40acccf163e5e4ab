"""What a host does when an attached front end asks for it."""

from __future__ import annotations

from collections.abc import Callable

from hostcore.actuation import LightLeds, SetPwm, SwitchRelay
from hostcore.control.session_messages import (
    AlarmAcknowledgement,
    BusScan,
    ChipQuestion,
    Done,
    DriverNamed,
    DriverQuestion,
    DriverReplacement,
    FaultSetting,
    HostStop,
    PluginFetch,
    PluginGrant,
    PluginOrder,
    QuantityHold,
    RecordingWish,
    SessionAnswer,
    SessionRequest,
    SourceQuestion,
)
from hostcore.driver_wish import DriverWish
from hostcore.events.history import HistoryQuery
from hostcore.session import Session
from hostcore.settings_wish import Calibration, RangeAlarm


def done(session: Session, request: SessionRequest, stop: Callable[[], None]) -> SessionAnswer:
    """Do what a request asks for. Blocks as long as the method of the session does.

    Args:
        session: the host.
        request: what to do.
        stop: ends the host.

    Raises:
        HostError: the session refused.
    """
    match request:
        case PluginOrder(plugin, order):
            session.order(plugin, order)
        case PluginGrant() | Calibration() | RangeAlarm():
            _change_settings(session, request)
        case PluginFetch(plugin):
            session.fetch(plugin)
        case DriverWish() | RecordingWish():
            return _made(session, request)
        case DriverReplacement(plugin, sha256, text):
            session.replace_driver(plugin, sha256, text)
        case BusScan(bus, mode):
            session.scan(bus, mode)
        case ChipQuestion(bus, address):
            session.identify(bus, address)
        case FaultSetting() | QuantityHold():
            _change_conditions(session, request)
        case AlarmAcknowledgement(alarm):
            session.acknowledge(alarm)
        case SwitchRelay() | SetPwm() | LightLeds():
            session.actuate(request)
        case SourceQuestion() | DriverQuestion() | HistoryQuery():
            return _answer(session, request)
        case HostStop():
            stop()
    return Done()


def _made(session: Session, wish: DriverWish | RecordingWish) -> SessionAnswer:
    """Write a file, and return where it is."""
    match wish:
        case DriverWish():
            return DriverNamed(session.add_driver(wish))
        case RecordingWish(plugin):
            return session.keep_recording(plugin)


def _change_settings(session: Session, request: PluginGrant | Calibration | RangeAlarm) -> None:
    """Change what host.toml says."""
    match request:
        case PluginGrant(plugin, permissions):
            session.grant(plugin, permissions)
        case Calibration() | RangeAlarm():
            session.change_settings(request)


def _change_conditions(session: Session, request: FaultSetting | QuantityHold) -> None:
    """Change what drivers meet on their buses."""
    match request:
        case FaultSetting(faults):
            session.set_faults(faults)
        case QuantityHold(quantity, value):
            session.hold(quantity, value)


def _answer(session: Session, question: SourceQuestion | DriverQuestion | HistoryQuery) -> SessionAnswer:
    """Return what a question asks for; nothing changes."""
    match question:
        case SourceQuestion(plugin, file, line, around):
            return session.source(plugin, file, line, around)
        case DriverQuestion(plugin):
            return session.driver_file(plugin)
        case HistoryQuery():
            return session.history(question)
