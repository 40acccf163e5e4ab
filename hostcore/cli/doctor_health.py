"""Checks of ``wasi-host doctor`` that concern the health of the I2C buses and of the supply. Nothing is transferred."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from hostcore.backends.i2c import Levels
from hostcore.buses.choice import ChosenBuses
from hostcore.buses.health_watch import HealthWatch
from hostcore.buses.shared import Buses
from hostcore.cli.diagnosis import Diagnosis
from hostcore.clock import Clock, timestamp
from hostcore.control.client import RunningHost, SilentHost
from hostcore.control.messages import HealthReport, HealthRequest
from hostcore.errors import HostError
from hostcore.events import AddressFailures, BusHealthMeasured, MachineMeasured
from hostcore.events.facts import BusFacts
from hostcore.events.stream import EventStream
from hostcore.place import BusKind
from hostcore.rates import Trend
from hostcore.view.bus_health import percent

SECONDS = 2.0
"""Seconds that a running host may take to tell its health."""
SUPPLY_ADVICE = "use the supply that Raspberry Pi recommends, a short thick cable, and a powered hub for USB devices"
LEAST_FAILURES = 3
"""Failures within a minute that are worth a person's attention."""


def check_health(
    config: Path, chosen: ChosenBuses, hosts: Sequence[RunningHost | SilentHost], clock: Clock
) -> list[Diagnosis]:
    """Check the lines, clocks and failures of the I2C buses, and the supply.

    A running host also tells how fast a bus is, and how many transfers fail. Blocks for some milliseconds, or up to 2 s
    if a running host is slow.

    Args:
        config: the settings file.
        chosen: the buses of the settings.
        hosts: the running hosts.
        clock: the clock.
    """
    own = _own_report(chosen, clock)
    reports = [(host, _told(host)) for host in hosts if isinstance(host, RunningHost)]
    found = []
    for facts in chosen.facts:
        if facts.name.kind is BusKind.I2C and facts.is_usable:
            report = next((report for host, report in reports if report and host.has(config, facts)), own)
            found += list(_bus(facts, report))
    machines = [report.machine for _, report in reports if report and report.machine.was_undervoltage]
    return [*found, *_supply(machines[0] if machines else own.machine)]


def _own_report(chosen: ChosenBuses, clock: Clock) -> HealthReport:
    """Measure the health in this process."""
    buses = Buses(chosen.sources, clock)
    try:
        watch = HealthWatch(buses, EventStream(clock))
        watch.look()
        return HealthReport(*watch.report())
    finally:
        buses.close()


def _told(host: RunningHost) -> HealthReport | None:
    try:
        return host.ask(HealthRequest(), HealthReport, SECONDS)
    except HostError:  # an older version, or one that is stopping
        return None


def _bus(facts: BusFacts, report: HealthReport) -> Iterator[Diagnosis]:
    measured = next((each for each in report.buses if each.bus == facts.name), None)
    if measured is not None:
        advice = f"`wasi-host unstick {facts.name.unit}` tries to free it" if measured.is_stuck else ""
        yield Diagnosis(facts.name, not measured.is_stuck, "; ".join(_facts(measured)) or "nothing is known", advice)
    for each in report.addresses:
        if each.bus == facts.name and each.ten_minutes_failed:
            yield _address(each)


def _facts(measured: BusHealthMeasured) -> Iterator[str]:
    if measured.sda is not None and measured.scl is not None:
        held = f" ({' and '.join(measured.stuck_lines)} held low: no transfer can succeed)" if measured.is_stuck else ""
        yield f"{Levels(measured.sda, measured.scl)}{held}"
    else:
        yield "the levels of SDA and SCL cannot be read here"
    if measured.configured_hz is not None:
        yield f"clock {_khz(measured.configured_hz)}"
    if measured.measured_hz is not None:
        yield f"measured {_khz(measured.measured_hz)}"
    if measured.stretch_limit_ms is not None:
        yield f"a device may stretch the clock for {measured.stretch_limit_ms} ms"
    used = [f"0x{each.address:02x} ({each.driver})" for each in measured.kernel_devices if each.driver]
    if used:
        yield f"kernel drivers use {', '.join(used)}"


def _khz(hz: int) -> str:
    return f"{hz / 1000:g} kHz"


def _address(failures: AddressFailures) -> Diagnosis:
    one = f"{failures.minute_failed} of {failures.minute_total} transfers failed in the last minute"
    ten = f"{percent(failures.ten_minutes_failed / failures.ten_minutes_total)} in the last ten"
    trend = f", {failures.trend}" if failures.trend is not Trend.STEADY else ""
    good = f"the last good one was at {timestamp(failures.last_good_ns)}" if failures.last_good_ns else "none was good"
    is_fine = failures.minute_failed < LEAST_FAILURES
    name = f"{failures.bus} 0x{failures.address:02x}"
    return Diagnosis(name, is_fine, f"{one}, {ten}{trend}; {good}; {failures.last_error}")


def _supply(machine: MachineMeasured) -> Iterator[Diagnosis]:
    if machine.undervoltage is None:
        return
    if machine.undervoltage:
        yield Diagnosis("supply", False, "undervoltage: the supply fell below 4.63 V just now", SUPPLY_ADVICE)
    elif machine.was_undervoltage:
        yield Diagnosis("supply", True, "no undervoltage now, but since the running host started", SUPPLY_ADVICE)
    else:
        yield Diagnosis("supply", True, "no undervoltage now")
