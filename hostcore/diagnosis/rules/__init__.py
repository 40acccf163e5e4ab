"""The rules of the diagnosis, by subject. Each reads the case and yields findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hostcore.diagnosis.case import Case
from hostcore.diagnosis.rules.calibration import calibrations
from hostcore.diagnosis.rules.checksums import checksums
from hostcore.diagnosis.rules.denial import denials
from hostcore.diagnosis.rules.dht import dht_trouble
from hostcore.diagnosis.rules.displays import display_trouble
from hostcore.diagnosis.rules.flips import flipping_bits
from hostcore.diagnosis.rules.heater import cold_heaters
from hostcore.diagnosis.rules.identity import identities
from hostcore.diagnosis.rules.jumping_numbers import impossible_numbers, wrong_signs
from hostcore.diagnosis.rules.machine import claimed_lines, stretched_too_long, too_fast, undervoltage
from hostcore.diagnosis.rules.measuring import read_early
from hostcore.diagnosis.rules.number_format import number_formats
from hostcore.diagnosis.rules.pace import blocked_plugins, log_floods, slow_plugins
from hostcore.diagnosis.rules.registers import misused_registers
from hostcore.diagnosis.rules.resources import crash_loops, growing_memory
from hostcore.diagnosis.rules.silence import impossible_addresses, silent_addresses
from hostcore.diagnosis.rules.spi import spi_trouble
from hostcore.diagnosis.rules.starting import never_started
from hostcore.diagnosis.rules.values import stuck_values
from hostcore.diagnosis.rules.whole_bus import bus_trouble, missing_buses
from hostcore.diagnosis.rules.wire import loose_wires
from hostcore.events import Finding

Rule = Callable[[Case], Iterable[Finding]]
"""Finds causes of trouble. It is pure: it only reads the case."""

RULES: tuple[Rule, ...] = (
    missing_buses,
    bus_trouble,
    silent_addresses,
    impossible_addresses,
    identities,
    misused_registers,
    read_early,
    never_started,
    checksums,
    calibrations,
    cold_heaters,
    number_formats,
    wrong_signs,
    impossible_numbers,
    stuck_values,
    flipping_bits,
    loose_wires,
    undervoltage,
    too_fast,
    stretched_too_long,
    claimed_lines,
    spi_trouble,
    dht_trouble,
    display_trouble,
    slow_plugins,
    blocked_plugins,
    log_floods,
    growing_memory,
    crash_loops,
    denials,
)
"""All rules."""
