"""Checks the buses, running hosts, compiled components and libraries of this computer, and gives advice in lines."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from hostcore import __version__
from hostcore.buses.choice import choose_buses
from hostcore.cli.diagnosis import Diagnosis
from hostcore.cli.doctor_health import check_health
from hostcore.cli.lines import wrapped
from hostcore.clock import RealClock
from hostcore.config.loading import find_config, load_config
from hostcore.config.model import Backend, BusSettings, Config
from hostcore.control.client import RunningHost, SilentHost, running_hosts
from hostcore.errors import HostError
from hostcore.events.facts import BusFacts
from hostcore.place import BusKind

LIBRARIES = (
    "wasmtime", "componentize-py", "smbus2", "gpiozero", "spidev", "gpiod", "lgpio", "pyserial", "textual", "aiohttp",
    "prometheus-client",
)  # fmt: skip
"""The libraries of the host. Those for hardware are needed only on a Pi, and the last two only for the web."""


@dataclass(frozen=True, slots=True)
class DoctorReport:
    """The results of all checks."""

    lines: tuple[str, ...]
    """For a terminal."""
    is_fine: bool
    """Whether everything can be used. A simulated bus can be used. A running host that hangs does not matter here."""


def examine(config_file: Path | None, width: int) -> DoctorReport:
    """Do all checks. Blocks for about 0.1 s. Nothing goes over any wire.

    Args:
        config_file: the settings file that the person named, if any.
        width: the most characters of a line, if words are short enough.

    Raises:
        ConfigError: the settings cannot be used.
    """
    path = find_config(config_file, Path.cwd())
    config = load_config(path)
    clock = RealClock()
    chosen, hosts = choose_buses(config, clock), list(running_hosts())
    facts = chosen.facts
    buses = [_bus(*pair) for pair in zip(config.buses, facts, strict=True)]
    health = check_health(path, chosen, hosts, clock)
    compiled = _compiled(config)
    lines = (
        f"wasi-host {__version__}, Python {platform.python_version()}, {_system()}",
        f"settings: {path}",
        *_section("Buses", buses, width),
        *_section("Bus health", health, width),
        *_section("Running hosts", [_running_host(each, path, facts) for each in hosts], width),
        *_section("Compiled components", compiled, width),
        *_libraries(width),
    )
    return DoctorReport(lines, all(each.is_fine for each in (*buses, *health, *compiled)))


def _system() -> str:
    system = f"{platform.system()} {platform.release()} on {platform.machine()}"
    return f"{system}, {_board()}" if _board() else system


def _board() -> str:
    """Return the board's name for itself, such as ``Raspberry Pi 4 Model B Rev 1.4``, or ""."""
    if sys.platform != "linux":
        return ""
    from hostcore.backends.linux.setup import board  # noqa: PLC0415 - Linux only

    return board()


def _bus(bus: BusSettings, facts: BusFacts) -> Diagnosis:
    if bus.backend is Backend.SIMULATED:
        return Diagnosis(bus.name, True, f"{facts.backend}, as host.toml says")
    if sys.platform != "linux":
        return Diagnosis(bus.name, True, f"{facts.backend}: {facts.reason}")
    from hostcore.backends.detect import probe  # noqa: PLC0415 - see _board

    finding = probe(bus.name)
    if not facts.is_real:
        return Diagnosis(bus.name, True, f"{facts.backend}: {facts.reason}", finding.advice)
    return Diagnosis(bus.name, finding.usable, f"{facts.backend}: {finding.reason}", finding.advice)


def _running_host(host: RunningHost | SilentHost, config: Path, facts: Sequence[BusFacts]) -> Diagnosis:
    """Check a host that does the transfers of ``wasi-host i2c`` and ``scan``, or one that hangs."""
    if isinstance(host, SilentHost):
        return Diagnosis(host.name, False, f"does not answer: {host.problem}", "end it and start it again")
    buses = ", ".join(each.name for each in facts if each.name.kind is BusKind.I2C and host.has(config, each))
    through = f"`wasi-host i2c` and `scan` reach {buses} through it" if buses else "it has other buses than these"
    return Diagnosis(f"PID {host.report.process}", True, f"{host.report.config}; {through}")


def _compiled(config: Config) -> list[Diagnosis]:
    try:
        from hostcore.cli.doctor_compiled import check_compiled  # noqa: PLC0415 - loads wasmtime
    except HostError as error:
        return [Diagnosis("computer", False, str(error))]
    return check_compiled(config)


def _section(title: str, diagnoses: Sequence[Diagnosis], width: int) -> Iterator[str]:
    if diagnoses:
        yield from ("", title)
    for each in diagnoses:
        yield from _wrapped(f"{'ok' if each.is_fine else '!!'}  {each.name}: {each.text}", width)
        if each.advice:
            yield from _wrapped(f"    -> {each.advice}", width)


def _libraries(width: int) -> Iterator[str]:
    found = {name: _version(name) for name in LIBRARIES}
    missing = ", ".join(name for name, number in found.items() if not number)
    yield from ("", "Libraries")
    yield from _wrapped(", ".join(f"{name} {number}" for name, number in found.items() if number), width)
    if missing:
        yield from _wrapped(f"not installed: {missing}", width)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _wrapped(text: str, width: int) -> list[str]:
    return wrapped(f"  {text}", width, hanging=9)
