"""Checks the buses, running hosts, compiled components and libraries of this computer, and gives advice."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from hostcore import __version__
from hostcore.buses.choice import choose_buses
from hostcore.cli.diagnosis import Diagnosis
from hostcore.cli.doctor_health import check_health
from hostcore.cli.lines import wrapped
from hostcore.clock import RealClock
from hostcore.config.finding import find_config
from hostcore.config.loading import load_config
from hostcore.config.model import Backend, BusSettings, Config
from hostcore.control.client import RunningHost, SilentHost, running_hosts
from hostcore.errors import HostError
from hostcore.events.event_json import to_json
from hostcore.events.facts import BusFacts
from hostcore.place import BusKind
from hostcore.quick_dataclass import dataclass

LIBRARIES = (
    "wasmtime", "componentize-py", "smbus2", "gpiozero", "spidev", "gpiod", "lgpio", "pyserial", "textual", "aiohttp",
    "prometheus-client", "textual-serve", "shtab", "paho-mqtt",
)  # fmt: skip
"""The libraries of the host. Those for hardware are needed only on a Pi, and those for the web only there."""


@dataclass(frozen=True, slots=True)
class Section:
    """Results of checks that belong together."""

    title: str
    checks: tuple[Diagnosis, ...]


@dataclass(frozen=True, slots=True)
class DoctorReport:
    """The results of all checks."""

    version: str
    """The version of the host. Then those of Python and of each library that is installed."""
    python: str
    libraries: Mapping[str, str]
    system: str
    """The kernel, the processor and the board."""
    settings: str
    """The path of the settings file."""
    sections: tuple[Section, ...]
    is_fine: bool
    """Whether everything can be used. A simulated bus can be used. A running host that hangs does not matter here."""

    def lines(self, width: int) -> Iterator[str]:
        """Yield the report for a terminal, in lines of at most `width` characters, if words are short enough."""
        yield f"wasi-host {self.version}, Python {self.python}, {self.system}"
        yield f"settings: {self.settings}"
        for section in self.sections:
            yield from _section(section, width)
        yield from _libraries(self.libraries, width)

    def json(self) -> dict[str, Any]:
        """Return the report for `json.dumps`."""
        return {
            "version": self.version,
            "python": self.python,
            "system": self.system,
            "settings": self.settings,
            "is_fine": self.is_fine,
            "checks": [
                {"section": section.title, **to_json(check)} for section in self.sections for check in section.checks
            ],
            "libraries": {name: self.libraries.get(name) for name in LIBRARIES},
        }


def examine(config_file: Path | None) -> DoctorReport:
    """Do all checks. Blocks for about 0.1 s, and for some seconds if an MQTT broker does not answer. Nothing goes over
    any wire of a sensor.

    Args:
        config_file: the settings file that the person named, if any.

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
    compiled, broker = _compiled(config), _broker(config, _own(hosts, path))
    sections = (
        Section("Buses", tuple(buses)),
        Section("Bus health", tuple(health)),
        Section("Running hosts", tuple(_running_host(each, path, facts) for each in hosts)),
        Section("Compiled components", tuple(compiled)),
        Section("MQTT", tuple(broker)),
    )
    return DoctorReport(
        version=__version__,
        python=platform.python_version(),
        libraries={name: number for name in LIBRARIES if (number := _version(name))},
        system=_system(),
        settings=str(path),
        sections=sections,
        is_fine=all(each.is_fine for each in (*buses, *health, *compiled, *broker)),
    )


def _system() -> str:
    system = f"{platform.system()} {platform.release()} on {platform.machine()}"
    return f"{system}, {board}" if (board := _board()) else system


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


def _own(hosts: Sequence[RunningHost | SilentHost], config: Path) -> RunningHost | None:
    """Return the host that runs with these settings, if one does."""
    running = (each for each in hosts if isinstance(each, RunningHost))
    return next((each for each in running if each.report.config == os.path.realpath(config)), None)


def _broker(config: Config, own: RunningHost | None) -> list[Diagnosis]:
    if not config.mqtt.enabled:
        return []
    from hostcore.cli.doctor_mqtt import check_mqtt  # noqa: PLC0415 - most hosts have no broker

    return check_mqtt(config, own)


def _section(section: Section, width: int) -> Iterator[str]:
    if section.checks:
        yield from ("", section.title)
    for each in section.checks:
        yield from _wrapped(f"{'ok' if each.is_fine else '!!'}  {each.name}: {each.text}", width)
        if each.advice:
            yield from _wrapped(f"    -> {each.advice}", width)


def _libraries(found: Mapping[str, str], width: int) -> Iterator[str]:
    missing = ", ".join(name for name in LIBRARIES if name not in found)
    yield from ("", "Libraries")
    yield from _wrapped(", ".join(f"{name} {number}" for name, number in found.items()), width)
    if missing:
        yield from _wrapped(f"not installed: {missing}", width)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _wrapped(text: str, width: int) -> list[str]:
    return wrapped(f"  {text}", width, hanging=9)
