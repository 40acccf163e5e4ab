"""A trial: one run without a fault, then two runs under each fault that applies, and the verdicts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from hostcore.chips.library import library_with
from hostcore.config.model import Config, PluginSettings
from hostcore.config.simulation import bus_of
from hostcore.devices.catalog import SimulatedChip
from hostcore.errors import UntestableError
from hostcore.faults.model import Fault
from hostcore.libraries.named import packages_named
from hostcore.parts import injector
from hostcore.place import Place
from hostcore.quick_dataclass import dataclass, replace
from hostcore.supervisor.restarts import RestartPolicy
from hostcore.supervisor.supervisor import spec_of
from hostcore.trial.clock import TrialClock
from hostcore.trial.judging import Observed, verdict_of
from hostcore.trial.model import Case, Ending, Run, Span, TrialReport, Turn, Verdict
from hostcore.trial.pi import TrialPi, simulated
from hostcore.trial.plan import cases_for, ranges_of
from hostcore.trial.readings import Truth
from hostcore.trial.subject import Subject
from hostcore.trial.wiring import missing_chips
from hostcore.workshop import Workshop

TURNS_BEFORE, TURNS_DURING, TURNS_AFTER = 4, 5, 6
"""Turns of a driver before a fault, while it is on, and after it."""
SHORTEST_TURN_S = 1.0
"""The shortest time that is counted for a turn: most measurements take less."""
PATIENCE_S = 120.0
"""For how many seconds after the end of a fault a driver may take to have its turns. The restart after five crashes
takes 15 s."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a trial that begins."""

    number: int
    """From 1."""
    of: int
    """The steps of the trial; 0 while that is not known."""
    fault: Fault | None = None
    """None for the run without a fault."""


class Trial:
    """Tries one driver under every fault that applies to the devices that it uses.

    Args:
        config: the settings. All buses are simulated.
        plugin: the driver.
        workshop: builds and compiles.
        tell: takes each step when it begins.
    """

    def __init__(
        self, config: Config, plugin: PluginSettings, workshop: Workshop, tell: Callable[[Step], None]
    ) -> None:
        turn_s = max(plugin.interval, SHORTEST_TURN_S)
        self._later = Span((TURNS_BEFORE - 0.5) * turn_s, (TURNS_BEFORE + TURNS_DURING - 0.5) * turn_s)
        self._at_start = replace(self._later, from_s=0.0)
        self._added = missing_chips(config, plugin, packages_named(plugin.path), library_with(config.chips_folder))
        self._config, self._plugin, self._tell = simulated(config, self._later.from_s, self._added), plugin, tell
        self._workshop = workshop
        self._subject: Subject | None = None
        self._stopping = threading.Event()

    @property
    def is_stopped(self) -> bool:
        """Whether `stop` was called. A report is then not complete."""
        return self._stopping.is_set()

    def stop(self) -> None:
        """End the trial soon. Thread-safe."""
        self._stopping.set()
        self._workshop.stop()
        if (subject := self._subject) is not None:
            subject.stop()

    def run(self) -> TrialReport:
        """Run the trial. Blocks for some seconds, or as long as a driver that hangs may take in each of its runs.

        Raises:
            PluginError: the driver cannot be tried: its file cannot be used, or it works not even without a fault.
        """
        self._tell(Step(1, 0))
        healthy = self._observe(None, self._later)
        if not self.is_stopped:
            self._require_working(healthy)
        sites = injector(self._config, TrialClock()).sites
        parts = {_place_of(chip): chip for chip in self._config.simulation.chips}
        cases = cases_for(healthy.uses, sites, parts)
        truth = Truth(healthy.turns, ranges_of(healthy.uses, sites))
        verdicts = list[Verdict]()
        for number, case in enumerate(cases, start=2):
            if self.is_stopped:
                break
            self._tell(Step(number, 1 + len(cases), case.fault))
            verdicts.append(self._try(case, truth))
        seed = self._config.simulation.seed
        return TrialReport(self._plugin.name, self._plugin.path, seed, tuple(verdicts), truth.unchanging, self._added)

    def _try(self, case: Case, truth: Truth) -> Verdict:
        observed = []
        for span, shows in ((self._later, case.shows_later), (self._at_start, case.shows_at_start)):
            fault = replace(case.fault, from_s=span.from_s, to_s=span.to_s)
            observed.append(Observed(self._observe(fault, span), span, shows))
            if any(turn.ending is Ending.HUNG for turn in observed[-1].run.turns):
                break  # each hang takes as long as a call may take
        return verdict_of(case, observed, truth)

    def _observe(self, fault: Fault | None, span: Span) -> Run:
        pi = TrialPi(self._config, [fault] if fault else [], self._workshop)

        def is_over(turns: Sequence[Turn], now_s: float) -> bool:
            after = sum(1 for turn in turns if turn.began_s >= span.to_s)
            has_hung = bool(turns) and turns[-1].ending is Ending.HUNG
            return (
                has_hung or after >= TURNS_AFTER or now_s > span.to_s + PATIENCE_S + TURNS_AFTER * self._plugin.interval
            )

        try:
            policy = RestartPolicy.of(self._config.supervisor)
            self._subject = Subject(pi, spec_of(self._plugin), self._plugin.interval, policy, is_over)
            if self.is_stopped:
                self._subject.stop()
            return self._subject.run()
        finally:
            pi.close()

    def _require_working(self, run: Run) -> None:
        """Raise if the driver does not work without a fault."""
        if run.denied:
            wanted = ", ".join(map(str, run.denied))
            raise UntestableError(self._plugin.name, f"it may not use {wanted}; grant it, then test it again")
        failed = next((turn for turn in run.turns[-TURNS_AFTER:] if turn.ending is not Ending.ANSWERED), None)
        if failed is not None:
            advice = ". Is its chip in [[simulation.chips]] of host.toml?" if failed.ending is Ending.REPORTED else ""
            raise UntestableError(
                self._plugin.name,
                f"without any fault, on the simulated Pi it {failed.ending}: {failed.problem}{advice}",
            )
        if not run.turns:
            raise UntestableError(self._plugin.name, "it brought no reading in the time of a test")


def _place_of(chip: SimulatedChip) -> Place:
    candidates = (chip.address, chip.chip_select, chip.line)
    return Place(bus_of(chip), next((each for each in candidates if each is not None), None))
