"""``wasi-host selftest``: tries what this computer can do for drivers, and prints a report that a person can send in.

It begins with what harms nothing. What sends anything to real hardware needs the person's consent, and comes last.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from hostcore import __version__
from hostcore.buses.choice import ChosenBuses, choose_buses
from hostcore.cli.diagnosis import Diagnosis
from hostcore.cli.doctor_report import Section
from hostcore.cli.lines import terminal_width, wrapped
from hostcore.cli.progress_bar import TerminalProgress
from hostcore.cli.question import agreed
from hostcore.cli.scan import METHODS
from hostcore.cli.selftest_buses import BusTrial, Wiring, is_held_low
from hostcore.clock import RealClock
from hostcore.config.finding import find_config
from hostcore.config.loading import load_config
from hostcore.events.event_json import to_json
from hostcore.events.facts import ScanMode
from hostcore.place import BusKind
from hostcore.selftest.computer import look_at_computer
from hostcore.selftest.model import Result, Verdict
from hostcore.selftest.plugins import measure_plugins
from hostcore.selftest.timing import measure_sleeps
from hostcore.session_file.masking import Mask, environment_secrets

LONGEST = 60.0
"""Seconds after which no further step begins."""
PLUGIN_SECONDS = 40.0
"""Seconds that the shipped plugins may take."""
RUNTIME = "Python runtime"
"""The doctor's name of what runs all plugins in Python."""
HANGING = 8
LAST_WORDS = (
    "The report has no names of users and computers, no home folders, no serial numbers, and no secrets as far as they "
    "can be recognized. Look through it before you send it in."
)


def selftest(config_file: Path | None, wiring: Wiring, *, as_json: bool, yes: bool) -> int:
    """Do all steps, and print the report. Blocks for some seconds, and on a slow Pi for less than a minute.

    If much goes wrong, the last step may begin just before the end of the minute, and take 30 s more.

    Args:
        config_file: the settings file that the person named, if any.
        wiring: what the person has wired for this.
        as_json: print one JSON object instead of text.
        yes: probe real I2C buses without asking.

    Returns:
        0; 1 if a step failed.

    Raises:
        HostError: the settings cannot be used, or the person interrupted.
    """
    progress = TerminalProgress()
    path = find_config(config_file, Path.cwd())
    chosen = choose_buses(load_config(path), RealClock())
    may_probe = yes or _may_probe(chosen)
    mask = Mask(environment_secrets() | {os.uname().nodename})
    done = _results(path, chosen, wiring, progress, may_probe=may_probe)
    results = [_masked(each, mask) for each in done]
    progress.status("")
    print(json.dumps(_as_object(results)) if as_json else "\n".join(_lines(results, terminal_width())))
    return int(any(each.verdict is Verdict.FAILED for each in results))


def _may_probe(chosen: ChosenBuses) -> bool:
    """Ask whether to probe the real I2C buses, if there are any and the person can answer."""
    real = [each.name for each in chosen.facts if each.name.kind is BusKind.I2C and each.is_real and each.is_usable]
    if not real or not sys.stdin.isatty():
        return False
    warning = (
        f"This {METHODS[ScanMode.AUTO]}, as i2cdetect does by default; some devices mistake a probe for a command."
    )
    return agreed(f"{warning}\nProbe all addresses of {' and '.join(real)}", "nothing was probed")


def _results(
    settings: Path, chosen: ChosenBuses, wiring: Wiring, progress: TerminalProgress, *, may_probe: bool
) -> Iterator[Result]:
    """Do one step after the other."""
    began = time.monotonic()

    def begin(step: str) -> bool:
        progress.status(f"selftest: {step} ...")
        return time.monotonic() - began < LONGEST

    yield look_at_computer()
    begin("doctor")
    doctor = _examined(settings)
    yield from _of_doctor(doctor, chosen)
    begin("sleep")
    yield measure_sleeps()
    begin("plugins")
    yield _plugins(settings, doctor)
    yield from _of_buses(settings, chosen, wiring, doctor, begin, may_probe=may_probe)


def _examined(settings: Path) -> Sequence[Section]:
    """Do the doctor's checks in a process of its own. It loads the runtime, and a small Pi needs this memory later."""
    command = [sys.executable, "-P", "-m", "tui", "--config", str(settings), "doctor", "--json"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    try:
        checks = json.loads(done.stdout)["checks"]
    except ValueError:  # no report: for example, the kernel killed it because no memory was left
        ended = f"signal {-done.returncode}" if done.returncode < 0 else f"status {done.returncode}"
        text = f"they did not come to their end: {ended}"
        return (Section("Doctor", (Diagnosis("checks", False, text, "`wasi-host doctor` says more"),)),)
    return [
        Section(title, tuple(Diagnosis(each["name"], each["is_fine"], each["text"], each["advice"]) for each in group))
        for title, group in groupby(checks, lambda each: each["section"])
    ]


def _of_doctor(doctor: Sequence[Section], chosen: ChosenBuses) -> Iterator[Result]:
    simulated = {each.name for each in chosen.facts if not each.is_real}
    for section in doctor:
        for check in section.checks:
            verdict = Verdict.OK if check.is_fine else Verdict.FAILED
            step = f"{section.title.lower()}: {check.name}"
            yield Result(step, verdict, check.text, check.advice, is_simulated=check.name in simulated)


def _plugins(settings: Path, doctor: Sequence[Section]) -> Result:
    runtime = next((each for section in doctor for each in section.checks if each.name == RUNTIME), None)
    if runtime is None or not runtime.is_fine or runtime.advice:
        advice = "`wasi-host run --rounds 1` compiles it; then run this again"
        return Result("plugins", Verdict.SKIPPED, f"the {RUNTIME} is not ready", advice, is_simulated=True)
    return measure_plugins(load_config(settings).host.cache_folder, PLUGIN_SECONDS)


def _of_buses(
    settings: Path,
    chosen: ChosenBuses,
    wiring: Wiring,
    doctor: Sequence[Section],
    begin: Callable[[str], bool],
    *,
    may_probe: bool,
) -> Iterator[Result]:
    with BusTrial(settings, chosen) as trial:
        for facts in chosen.facts:
            if facts.name.kind is BusKind.I2C:
                asked = may_probe or not facts.is_real
                held_low = is_held_low(doctor, facts.name)
                yield trial.scan(facts, in_time=begin(facts.name), may_probe=asked, held_low=held_low)
        yield from trial.wired(wiring, begin)


def _masked(result: Result, mask: Mask) -> Result:
    facts = {name: mask.text(each) if isinstance(each, str) else each for name, each in result.facts.items()}
    return Result(
        result.step,
        result.verdict,
        mask.text(result.text),
        mask.text(result.advice),
        facts,
        result.is_simulated,
        tuple(map(mask.text, result.details)),
    )


def _as_object(results: Sequence[Result]) -> dict[str, object]:
    return {"version": __version__, "counts": _counts(results), "results": [to_json(each) for each in results]}


def _counts(results: Sequence[Result]) -> dict[str, int]:
    return {verdict.value: sum(each.verdict is verdict for each in results) for verdict in Verdict}


def _lines(results: Sequence[Result], width: int) -> Iterator[str]:
    yield f"wasi-host selftest {__version__}"
    yield ""
    for each in results:
        simulated = " (simulated)" if each.is_simulated else ""
        yield from wrapped(f"{each.verdict:8}{each.step}{simulated}: {each.text}", width, HANGING)
        if each.advice:
            yield from wrapped(f"{'':{HANGING}}-> {each.advice}", width, HANGING + 3)
        for line in each.details:
            yield f"{'':{HANGING}}{line}"
    yield ""
    yield ", ".join(f"{count} {verdict}" for verdict, count in _counts(results).items())
    yield from wrapped(LAST_WORDS, width)
