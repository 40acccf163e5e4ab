"""Evidence for the diagnosis, made by hand: a host, its plugins, and what happens on its buses, second by second."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hostcore.backends.base import BackendKind, Edge
from hostcore.clock import NS_PER_S
from hostcore.diagnosis.case import Case
from hostcore.diagnosis.diagnosis import Diagnosis
from hostcore.diagnosis.rules import RULES, Rule
from hostcore.events import (
    ChipIdentified,
    Event,
    Finding,
    FindingRaised,
    Message,
    Outcome,
    Presence,
    Probed,
    ReadingFailed,
    ReadingPublished,
    ScanCompleted,
    State,
    StateChanged,
    TransferCompleted,
)
from hostcore.events.facts import BusFacts, HostFacts, PluginFacts, ScanMode
from hostcore.permissions import parse_permission
from hostcore.place import BusName

START_NS = 1_704_110_400 * NS_PER_S
"""When the host of the tests starts: 2024-01-01T12:00:00Z."""
I2C = BusName("i2c-1")


def a_host(*buses: str, real: bool = True) -> HostFacts:
    """A host with these buses, all usable."""
    kind = BackendKind.LINUX if real else BackendKind.SIMULATED
    return HostFacts(
        version="1",
        host_name="pi",
        config_file=Path("host.toml"),
        is_shipped_config=False,
        plugins_folder=Path("plugins"),
        interval=1.0,
        buses=tuple(BusFacts(BusName(bus), kind) for bus in buses or ("i2c-1", "gpio", "spi-0")),
        started_ns=START_NS,
    )


def a_plugin(name: str, *permissions: str) -> PluginFacts:
    """A plugin with these permissions."""
    granted = tuple(parse_permission(each) for each in permissions)
    return PluginFacts(name, Path(f"plugins/{name}.py"), 1.0, granted, 64, 2.0)


class Bench:
    """A diagnosis that is told events by hand. Its clock stands still until `wait`.

    Args:
        plugins: the plugins.
        facts: the host; by default one with the buses i2c-1, gpio and spi-0.
        rules: the rules; by default all, so that a test also shows which other rules stay silent.
    """

    def __init__(self, *plugins: PluginFacts, facts: HostFacts | None = None, rules: Sequence[Rule] = RULES) -> None:
        self.defects: list[str] = []
        self.case = Case(facts or a_host())
        self.diagnosis = Diagnosis(self.case, rules, self.defects.append)
        self.now_ns = START_NS
        self._sequence = 0
        self.case.know(plugins)
        for each in plugins:
            self.take(StateChanged(START_NS, each.name, State.LOADING, State.RUNNING, ""))

    def wait(self, seconds: float) -> None:
        """Move the clock."""
        self.now_ns += round(seconds * NS_PER_S)

    def take(self, event: Event) -> None:
        """Take in any event."""
        self.case.take(event)

    def transfer(
        self,
        plugin: str,
        address: int | None,
        written: str | None = None,
        read: str | None = None,
        *,
        bus: str = I2C,
        outcome: Outcome = Outcome.OK,
        line: int = 0,
        edges: Sequence[Edge] = (),
        **more: Any,
    ) -> None:
        """A transfer now: `written` and then `read`, both in hex."""
        self._sequence += 1
        messages = [] if written is None else [Message(True, bytes.fromhex(written))]
        messages += [] if read is None else [Message(False, bytes.fromhex(read))]
        more.setdefault("duration_ns", 1_000_000)
        self.take(
            TransferCompleted(
                self.now_ns,
                plugin,
                BusName(bus),
                address,
                tuple(messages),
                outcome,
                "" if outcome is Outcome.OK else outcome.value,
                sequence=self._sequence,
                source_line=line,
                edges=tuple(edges),
                **more,
            )
        )

    def silence(self, plugin: str, address: int, *, bus: str = I2C, written: str = "00") -> None:
        """A transfer that nothing acknowledges."""
        self.transfer(plugin, address, written, bus=bus, outcome=Outcome.NO_ACKNOWLEDGE)

    def reading(self, plugin: str, **values: Any) -> None:
        """A reading."""
        self.take(ReadingPublished(self.now_ns, plugin, values))

    def failure(self, plugin: str, error: str) -> None:
        """A reading that failed."""
        self.take(ReadingFailed(self.now_ns, plugin, error))

    def scan(self, found: Mapping[int, Presence] | Sequence[int], *, bus: str = I2C) -> None:
        """A scan that found these addresses."""
        present = found if isinstance(found, Mapping) else dict.fromkeys(found, Presence.PRESENT)
        probed = tuple(Probed(each, present.get(each, Presence.ABSENT), "") for each in range(0x08, 0x78))
        self.take(ScanCompleted(self.now_ns, BusName(bus), ScanMode.AUTO, probed, 200_000_000))

    def identified(self, address: int, *chips: str, bus: str = I2C) -> None:
        """The chip at an address was asked for its identity."""
        self.take(ChipIdentified(self.now_ns, BusName(bus), address, chips, "asked"))

    def findings(self) -> tuple[Finding, ...]:
        """Conclude now, and return the present findings."""
        self.diagnosis.conclude(self.now_ns)
        assert not self.defects, self.defects
        return tuple(each.finding for each in self.diagnosis.findings)

    def kinds(self) -> list[str]:
        """Conclude now, and return the kinds of the present findings."""
        return [each.kind for each in self.findings()]

    def raised(self) -> tuple[FindingRaised, ...]:
        """The present findings as they were raised, without a new conclusion."""
        return self.diagnosis.findings
