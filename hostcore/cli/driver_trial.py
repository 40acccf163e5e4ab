"""``wasi-host test``: tries a driver under every fault that applies to it, and prints what it did."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path

from hostcore.cli.one_file import existing_file, granted, plugin_name
from hostcore.cli.progress_bar import TerminalProgress
from hostcore.cli.running import end_by_signals
from hostcore.config.loading import find_and_load, merge_plugins
from hostcore.config.model import Config, PluginSettings
from hostcore.config.simulation import socket_of
from hostcore.errors import PluginFileError
from hostcore.libraries.fetch import plugin_metadata
from hostcore.log.safe_text import log_line
from hostcore.quick_dataclass import replace
from hostcore.reload.discovery import SUFFIXES, plugin_files
from hostcore.reload.plugin_source import OneFile
from hostcore.threads import HostThread
from hostcore.trial.model import TrialReport, Verdict
from hostcore.trial.trial import Step, Trial
from hostcore.workshop import Workshop

COLUMNS = ("survives", "reports", "recovers", "hangs", "lies")
UNSEEN = "unseen"
"""A wrong value that no driver can see."""
LONGEST_NOTE = 300
"""The most characters of what a driver said."""


def driver_trial(config_file: Path | None, name: str, grants: Sequence[str], *, as_json: bool) -> int:
    """Try a driver and print a table, or one JSON object. Blocks for some seconds.

    Args:
        config_file: the settings file that the person named, if any. Its buses are all simulated.
        name: the plugin's name, or the path of its file.
        grants: further permissions for this trial, as text.
        as_json: print JSON.

    Returns:
        0; 1 if the driver hangs, lies or does not recover under any fault.

    Raises:
        HostError: there is no such plugin, or it cannot be tried.
    """
    end_by_signals()
    config = find_and_load(config_file)
    plugin, progress = _plugin(config, name, grants), TerminalProgress()

    def tell(step: Step) -> None:
        what = str(step.fault) if step.fault else "without a fault"
        progress.status(f"{plugin.name}: {step.number} of {step.of}, {what}" if step.of else f"{plugin.name}: {what}")

    try:
        report = _awaited(Trial(config, plugin, Workshop(progress, config.compiling.at_once), tell))
    finally:
        progress.status("")
    print(json.dumps(as_object(report)) if as_json else "\n".join(table(report)), flush=True)
    return 0 if report.passes else 1


def _awaited(trial: Trial) -> TrialReport:
    """Run a trial on a thread of its own, because a signal must not come while the driver runs."""
    outcome: Future[TrialReport] = Future()

    def run() -> None:
        try:
            outcome.set_result(trial.run())
        except BaseException as error:  # noqa: BLE001 - raised again on the main thread
            outcome.set_exception(error)

    thread = HostThread(run, "trial")
    thread.start()
    try:
        return outcome.result()
    except KeyboardInterrupt:
        trial.stop()
        thread.join()
        raise


def _plugin(config: Config, name: str, grants: Sequence[str]) -> PluginSettings:
    """Return the plugin with a name, or of a file. A file that host.toml knows has its settings from there."""
    more = tuple(granted(text, config) for text in grants)
    known = merge_plugins(config, plugin_files(config))
    if not name.endswith(SUFFIXES):
        found = next((each for each in known if each.name == name), None)
        if found is None:
            listed = ", ".join(each.name for each in known) or "none"
            problem = f"no such plugin; there are: {listed}. You can also give the path of a .py or .wasm file"
            raise PluginFileError(name, problem)
    else:
        path = existing_file(Path(name))
        found = next((each for each in known if each.path.resolve() == path.resolve()), None) or _unknown(config, path)
    return replace(found, permissions=(*found.permissions, *more))


def _unknown(config: Config, path: Path) -> PluginSettings:
    """Return the settings of a file that host.toml does not know. It may use what its metadata asks for: all buses are
    simulated."""
    metadata = plugin_metadata(path) if path.suffix == ".py" else None
    wanted = metadata.permissions if metadata else ()
    return OneFile(plugin_name(path), path, [granted(text, config) for text in wanted]).find(config)[0]


def as_object(report: TrialReport) -> dict[str, object]:
    """Return a report as a JSON object."""
    return {
        "plugin": report.plugin,
        "path": str(report.path),
        "seed": report.seed,
        "passes": report.passes,
        "unchanging": report.unchanging,
        "added_chips": [{"chip": each.chip, "bus": each.bus, "address": each.address} for each in report.added],
        "faults": [_row_object(each) for each in report.verdicts],
    }


def _row_object(verdict: Verdict) -> dict[str, object]:
    fault = verdict.fault
    return {
        "fault": fault.kind.value,
        "bus": fault.bus,
        "address": fault.address,
        "every": fault.every,
        "probability": fault.probability,
        "words": str(fault),
        **{column: getattr(verdict, column) for column in COLUMNS},
        UNSEEN: verdict.is_unseen,
        "passes": verdict.passes,
        "said": verdict.said,
        "why": verdict.why,
    }


def table(report: TrialReport) -> Iterator[str]:
    """Yield the lines of a report for a person: a row for each fault, the reasons, and the result."""
    if not report.verdicts:
        yield f"No fault applies to {report.plugin}: on the simulated Pi, it uses no device that can fail."
        return
    width = max(len(str(each.fault)) for each in report.verdicts)
    yield f"{'fault':{width}}  {'  '.join(COLUMNS)}"
    for each in report.verdicts:
        cells = (f"{cell:{len(column)}}" for cell, column in zip(_cells(each), COLUMNS, strict=True))
        yield f"{each.fault!s:{width}}  {'  '.join(cells)}".rstrip()
    yield ""
    yield from _notes(report.verdicts)
    for chip in report.added:
        yield f"host.toml wires no chip at {socket_of(chip)}: {report.plugin} was tried with a {chip.chip}"
    for path in report.unchanging:
        yield log_line(
            f"{path} was always the same, although the simulated air changed: an old value of it looks right"
        )
    failed = sum(1 for each in report.verdicts if not each.passes)
    count = len(report.verdicts)
    yield (
        f"{report.plugin} fails under {failed} of {count} faults"
        if failed
        else f"{report.plugin} passes: {count} faults"
    )


def _cells(verdict: Verdict) -> tuple[str, ...]:
    lies = UNSEEN if verdict.is_unseen else _word(verdict.lies)
    return (
        _word(verdict.survives),
        _word(verdict.reports),
        _word(verdict.recovers),
        _word(verdict.hangs),
        lies,
    )


def _word(answer: bool | None) -> str:
    return "-" if answer is None else "yes" if answer else "no"


def _notes(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Yield a line for each fault under which the driver failed or crashed, and one about those that nobody can see."""
    for each in verdicts:
        if not each.passes:
            yield log_line(f"{each.fault}: {each.why}", LONGEST_NOTE)
        elif not each.survives:
            yield log_line(f"{each.fault}: crashed, and was started again ({each.said})", LONGEST_NOTE)
    if unseen := [each for each in verdicts if each.is_unseen]:
        yield f"{UNSEEN}: no driver can see that such a value is wrong, because no checksum comes with it. For example,"
        yield log_line(f"  {unseen[0].fault}: {unseen[0].why}", LONGEST_NOTE)
