"""``wasi-host fleet simulate``: publishes to a broker what many nodes would."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence
from functools import partial

from hostcore.broker.connection import BrokerConnection
from hostcore.broker.interface import Listener
from hostcore.broker.settings import BrokerSettings
from hostcore.cli.ending import ended_by_signals
from hostcore.cli.lines import say
from hostcore.cli.progress_bar import TerminalProgress
from hostcore.cli.question import confirm
from hostcore.cli.statuses import ExitStatus
from hostcore.clock import RealClock, duration
from hostcore.config.web import is_loopback
from hostcore.fleet.simulated.fleet import SimulatedFleet
from hostcore.fleet.simulated.link import Link
from hostcore.fleet.simulated.plan import Plan
from hostcore.fleet.simulated.sender import Progress, Sender
from hostcore.quick_dataclass import dataclass

LATE = 1.0
"""Seconds behind from which on the command says that it cannot keep up."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants beside the fleet itself."""

    seconds: float | None = None
    """For how long; None until it is ended."""
    connections: int = 4
    """How many connections the nodes share. With one for each node, the broker publishes their wills itself."""
    keep: bool = False
    """Whether the broker may keep what it knows of the nodes at the end."""
    yes: bool = False
    """Whether a broker on another computer is meant."""


def simulate(settings: BrokerSettings, plan: Plan, wish: Wish) -> int:
    """Publish until the end. Blocks. Returns the exit status.

    Raises:
        HostError: the broker is on another computer, and nobody has agreed; or paho-mqtt is missing.
    """
    if not is_loopback(settings.host):
        confirm(
            f"{settings.url} is not on this computer. Send it {plan.readings_per_second:,.0f} readings a second, and "
            f"about {plan.retained:,} topics that it keeps until the end",
            "nothing was sent",
            yes=wish.yes,
        )
    fleet = SimulatedFleet(plan, RealClock().wall_ns())
    links = links_of(fleet, settings, wish.connections)
    with ended_by_signals() as ending:
        return _Simulation(settings, fleet, links, wish).run(ending)


def links_of(fleet: SimulatedFleet, settings: BrokerSettings, count: int) -> Sequence[Link]:
    """Share the nodes among connections. Returns the connections, which are not started."""
    count = min(count, len(fleet.nodes))
    shares = [fleet.nodes[number::count] for number in range(count)]

    def connect(number: int, listener: Listener) -> BrokerConnection:
        nodes = shares[number]
        will = nodes[0].will if len(nodes) == 1 else None
        return BrokerConnection(settings, f"wasi-host-simulated-{os.getpid()}-{number + 1}", listener, will=will)

    return [Link(nodes, partial(connect, number)) for number, nodes in enumerate(shares)]


class _Simulation:
    """One run of the command, and what it tells."""

    def __init__(self, settings: BrokerSettings, fleet: SimulatedFleet, links: Sequence[Link], wish: Wish) -> None:
        self._settings, self._fleet, self._links, self._wish = settings, fleet, links, wish
        self._line = TerminalProgress()
        self._before = Progress()
        self._was_late = False

    def run(self, ending: threading.Event) -> int:
        sender = Sender(self._fleet, self._links, RealClock(), self._tell, ending)
        say(self._beginning(), is_result=False)
        try:
            if not sender.begin():
                self._line.status("")
                say(f"wasi-host: {sender.progress.problem or 'stopped before the broker answered'}", is_result=False)
                return ExitStatus.NOT_RUNNING
            sender.run(self._wish.seconds)
            self._line.status("")
            say(self._end(sender.progress), is_result=False)
            ending.clear()
            self._clear(sender, ending)
        finally:
            for link in self._links:
                link.stop()
        return ExitStatus.FAILED if sender.progress.left_out or sender.progress.refused else ExitStatus.DONE

    def _clear(self, sender: Sender, ending: threading.Event) -> None:
        kept = "what the broker keeps of the simulated nodes"
        if not self._wish.keep:
            say(f"removing {kept}; Ctrl+C leaves the rest", is_result=False)
        sender.clear(keep=self._wish.keep)
        self._line.status("")
        if self._wish.keep:
            say(f"left {kept}; the same command without --keep, and with --for 1s, removes it", is_result=False)
        elif ending.is_set() or sender.progress.problem:
            say(f"NOT all is removed of {kept}: {sender.progress.problem or 'interrupted'}", is_result=False)

    def _beginning(self) -> str:
        plan = self._fleet.plan
        troubled = sum(node.trouble is not None for node in self._fleet.by_name.values())
        return (
            f"{plan.nodes:,} simulated nodes below {plan.prefix} at {self._settings.url}: "
            f"{plan.readings_per_second:,.0f} readings a second, {troubled:,} nodes have trouble, seed {plan.seed}. "
            "Ctrl+C ends it"
        )

    def _tell(self, progress: Progress) -> None:
        before, self._before = self._before, progress
        seconds = max(progress.elapsed - before.elapsed, 1e-3)
        words = [
            f"{(progress.sent - before.sent) / seconds:,.0f} messages/s",
            f"{progress.waiting:,} not confirmed",
            duration(progress.elapsed),
        ]
        if progress.behind > LATE:
            words.insert(0, f"CANNOT KEEP UP, {progress.behind:.0f} s behind")
        if progress.left_out:
            words.append(f"{progress.left_out:,} readings left out")
        self._line.status(progress.problem or " - ".join(words))
        if progress.behind > LATE and not self._was_late and not sys.stderr.isatty():
            say(" - ".join(words), is_result=False)
        self._was_late = progress.behind > LATE

    def _end(self, progress: Progress) -> str:
        rate = progress.sent / max(progress.elapsed, 1e-3)
        text = f"sent {progress.sent:,} messages in {duration(progress.elapsed)}, {rate:,.0f} a second"
        if progress.refused:
            text += f"; the broker took {progress.refused:,} of them NOT: {progress.refusal}"
        if progress.left_out:
            text += (
                f"; {progress.left_out:,} readings were left out, because this computer or the broker could not keep "
                "up: take fewer nodes or plugins, or a longer --interval"
            )
        return text
