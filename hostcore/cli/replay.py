"""``wasi-host replay``: runs the plugin of a recording again, without the hardware."""

from __future__ import annotations

import json
import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from hostcore.chips.library import Library, library_with
from hostcore.cli.lines import say
from hostcore.cli.progress_bar import TerminalProgress
from hostcore.cli.replay_against import against
from hostcore.cli.replay_json import step_json
from hostcore.cli.replay_lines import divergence_lines, end_lines, head, step_lines, version_lines
from hostcore.cli.replay_runtime import component_of, replay_runtime, version_of
from hostcore.cli.replay_sources import recording_content
from hostcore.config.loading import find_and_load
from hostcore.config.model import Config
from hostcore.errors import CommandLineError, RecordingError
from hostcore.log.safe_text import counted
from hostcore.quick_dataclass import dataclass, replace
from hostcore.recording.contents import read_recording
from hostcore.recording.model import Recording
from hostcore.replay.versions import Step, is_recorded_version, recorded_steps, steps_of
from hostcore.runtime.loader import Runtime
from hostcore.runtime.prepared import Prepared
from hostcore.workshop import Workshop

if TYPE_CHECKING:
    from hostcore.stepping.beginning import Beginning
    from hostcore.stepping.subject import Subject


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """How a recording is replayed."""

    last: int | None = 5
    """How many calls are shown; None for all."""
    changed: Path | None = None
    """Another version of the driver; None for the recorded one."""
    component: Path | None = None
    """The file of a plugin that is a component."""
    against: Path | None = None
    """A version of the driver to compare with; None for no comparison."""
    guesses: bool = False
    """Whether the replay goes on after a divergence, with guessed answers."""
    output: Path | None = None
    """Where to write the recording, instead of replaying it, or the test; None for a test in the working directory."""
    as_json: bool = False
    """Whether each call is printed as a line of JSON."""
    writes_test: bool = False
    """Whether a test is written instead, see `hostcore.cli.replay_test`."""
    begin: Beginning | None = None
    """Where a person begins to step through it, on a screen; None if it is only played."""


def replay(
    config_file: Path | None,
    what: str,
    number: int | None,
    options: ReplayOptions,
    step: Callable[[Subject], int] | None = None,
) -> int:
    """Replay a recording, and print its last calls. Blocks as long as it takes, usually a hundredth of its time.

    Args:
        config_file: the settings file that the person named, if any. Its folders and its running host are used.
        what: the file of a recording or of a crash report, ``crash``, or the name of a plugin of the running host.
        number: the crash report, from 1 (the newest) on.
        options: how.
        step: shows the screen on which a person steps through it; None if this program has none.

    Returns:
        0; 1 if the replay left the recording or ended otherwise, or the recording is not whole.

    Raises:
        HostError: there is no such recording, or it cannot be replayed.
    """
    config = find_and_load(config_file)
    content = recording_content(config, what, number)
    if options.output is not None and not options.writes_test:
        return _write(content, options.output)
    try:
        recording = read_recording(content)
    except ValueError as problem:
        raise RecordingError(f"{what}: {problem}") from None
    if options.component is None:
        options = replace(options, component=component_of(config, recording.header))
    if options.writes_test:
        return _test_written(config, recording, options)
    if options.begin is not None:
        return _stepped(config, recording, options, options.begin, step)
    if not options.as_json:
        for line in head(recording):
            say(line)
    if recording.has_gap:
        return _show_recorded(recording, options)
    progress = TerminalProgress()
    with replay_runtime(config, progress, progress.line) as runtime:
        prepared = version_of(runtime, recording, options.changed, options.component)
        chips = library_with(config.chips_folder)
        if options.against is None:
            return _play(runtime, prepared, recording, chips if options.guesses else None, options)
        other = version_of(runtime, recording, options.against, options.component)
        this = steps_of(runtime, prepared, recording, chips)
        names = (options.changed.name if options.changed else "recorded", options.against.name)
        pairs = (this, steps_of(runtime, other, recording, chips))
        return against(names, pairs, last=options.last, as_json=options.as_json)


def _stepped(
    config: Config,
    recording: Recording,
    options: ReplayOptions,
    begin: Beginning,
    step: Callable[[Subject], int] | None,
) -> int:
    from hostcore.cli.replay_step import stepped  # noqa: PLC0415 - not for a replay

    if step is None:
        raise CommandLineError("this program has no screen: start it as wasi-host")
    versions = (options.changed, options.component)
    return stepped(config, recording, versions, begin, step, guesses=options.guesses)


def _show_recorded(recording: Recording, options: ReplayOptions) -> int:
    """Print the newest calls of a recording that cannot be replayed."""
    for step in deque(recorded_steps(recording), options.last):
        if options.as_json:
            print(json.dumps({**step_json(step), "is_exact": False}))
            continue
        for line in step_lines(step):
            say(line)
    if not options.as_json:
        say("nothing was replayed: these are the recorded calls, and what is missing cannot be counted")
    return 1


def _test_written(config: Config, recording: Recording, options: ReplayOptions) -> int:
    from hostcore.cli.replay_test import write_test  # noqa: PLC0415 - not for a replay

    return write_test(
        config,
        recording,
        Workshop(TerminalProgress()),
        file=options.output,
        last=options.last,
        driver=options.changed,
        component=options.component,
    )


def _write(content: bytes, file: Path) -> int:
    try:
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:  # noqa: PTH123
            stream.write(content)
    except FileExistsError:
        raise CommandLineError(f"{file} exists already; name another file for the recording") from None
    except OSError as error:
        raise RecordingError(f"{file} cannot be written: {error.strerror or error}") from None
    say(f"wrote {len(content):,} bytes to {file}; replay it anywhere: wasi-host replay {file}", is_result=False)
    return 0


def _play(
    runtime: Runtime, prepared: Prepared, recording: Recording, chips: Library | None, options: ReplayOptions
) -> int:
    """Play one version, and print its last calls and how it ended."""
    is_recorded = is_recorded_version(prepared, recording)
    if not options.as_json:
        for line in version_lines(prepared, recording):
            say(line, is_result=False)
    shown = deque[Step](maxlen=options.last)
    began, played = time.monotonic(), Played()
    for step in steps_of(runtime, prepared, recording, chips):
        shown.append(step)
        played.add(step)
    seconds = time.monotonic() - began
    for step in shown:
        if options.as_json:
            print(json.dumps(step_json(step)))
        else:
            for line in step_lines(step):
                say(line)
    if not options.as_json:
        for line in _conclusion(recording, played, seconds, is_recorded=is_recorded):
            say(line)
    return int(played.is_unlike(recording, is_recorded=is_recorded))


@dataclass(slots=True)
class Played:
    """The calls of a replay."""

    calls: int = 0
    other: int = 0
    """Those with another result than in the recording."""
    last: Step | None = None

    def add(self, step: Step) -> None:
        """Count a call."""
        self.calls += 1
        self.other += not step.played.has_same_result
        self.last = step

    def is_unlike(self, recording: Recording, *, is_recorded: bool) -> bool:
        """Whether the replay is not as it should be. The results of a changed driver may be others, but no crash."""
        last = self.last.played if self.last else None
        if recording.problem or (last is not None and last.divergence is not None):
            return True
        if is_recorded or last is None:
            return self.other > 0
        return last.has_crashed


def _conclusion(recording: Recording, played: Played, seconds: float, *, is_recorded: bool) -> Iterator[str]:
    last = played.last.played if played.last else None
    if last is not None:
        yield from end_lines(last, is_recorded=is_recorded)
        if last.divergence is not None:
            yield from divergence_lines(last.divergence, recording.header, goes_on=last.is_guess)
            return
    recorded_s = sum(call.took_us for call in (*recording.beginning, *recording.calls)) / 1e6
    same = "all as recorded" if is_recorded else "all with the recorded accesses and results"
    results = f"{played.other:,} with another result" if played.other else same
    yield f"replayed {counted(played.calls, 'call')} in {seconds:.2f} s, {results} (they took {recorded_s:.2f} s)"
