"""Chooses the calls of a test, and proves it: the recorded driver itself has to pass it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from hostcore.config.model import Config
from hostcore.errors import RecordingError
from hostcore.log.safe_text import log_line
from hostcore.quick_dataclass import dataclass, replace
from hostcore.recording.model import Call as RecordedCall
from hostcore.recording.model import Recording
from hostcore.transcript.judging import different_values, problem_of
from hostcore.transcript.model import Ends, Transcript
from hostcore.transcript.playing import Played, played
from hostcore.transcript.taking import calls_of, transcript_from
from hostcore.workshop import Workshop

MOST_BY_ITSELF = 100
"""Most calls that a test gets without being asked for them."""


@dataclass(frozen=True, slots=True)
class Proven:
    """A transcript that the recorded driver passes."""

    transcript: Transcript
    unsteady: tuple[str, ...]
    """The names of the values that were left out, because transfers alone do not decide them."""
    may_need_more: bool = False
    """Whether calls that were not tried may decide these values."""


def proven(
    config: Config, recording: Recording, last: int | None, *, workshop: Workshop, component: Path | None
) -> Proven:
    """Make the transcript of a recording. Blocks as long as it is played, up to three times.

    A driver that has set up its device in its first call needs that call, too; one that remembers more needs all.

    Args:
        config: settings; only its folders are used.
        recording: the recording.
        last: how many of the newest calls it has at least; None for all.
        workshop: builds and compiles.
        component: the file of a plugin that is a component.

    Raises:
        RecordingError: a transcript cannot express it, or the recorded driver does not pass it.
    """
    header = recording.header
    if header.source is None and component is None:
        raise RecordingError(f"{log_line(header.file)} is a component; name its file: --component PATH")
    best: Proven | None = None
    refused: RecordingError | None = None
    every, tried = calls_of(recording), 0
    for calls in _choices(every, last):
        tried = max(tried, len(calls))
        try:
            made = _proven(config, recording, calls, workshop, component)
        except RecordingError as error:
            refused = refused or error
            continue
        if best is None or len(made.unsteady) < len(best.unsteady):
            best = made
        if not made.unsteady:
            break
    if best is None:
        raise refused or RecordingError(f"{log_line(header.file)}: nothing is recorded")
    return replace(best, may_need_more=bool(best.unsteady) and tried < len(every))


def _choices(calls: Sequence[RecordedCall], last: int | None) -> Iterator[Sequence[RecordedCall]]:
    """The calls that a test could have, the fewest first."""
    if last is None or last >= len(calls):
        yield calls
        return
    yield calls[-last:]
    yield (calls[0], *calls[-last:])
    if len(calls) <= MOST_BY_ITSELF:
        yield calls


def _proven(
    config: Config, recording: Recording, calls: Sequence[RecordedCall], workshop: Workshop, component: Path | None
) -> Proven:
    """Play a transcript to the recorded driver, and leave out the values that differ already then."""
    transcript = transcript_from(recording, calls)
    path, source = component or Path(transcript.driver), recording.header.source
    kept, unsteady = list(transcript.calls), dict[str, None]()
    with closing(played(config, transcript, path, source=source, workshop=workshop)) as calls_played:
        for index, done in enumerate(calls_played):
            different = different_values(done) if done.error is None else frozenset()
            unsteady |= dict.fromkeys(sorted(different))
            rest = {name: value for name, value in (done.call.reading or {}).items() if name not in different}
            kept[index] = replace(done.call, reading=rest) if different else done.call
            _require_passed(replace(done, call=kept[index]), recording)
    return Proven(replace(transcript, calls=tuple(kept)), tuple(unsteady))


def _require_passed(done: Played, recording: Recording) -> None:
    problem = problem_of(done)
    if not problem or (done.crash and not done.divergence and done.call.ends is Ends.SURVIVES):
        return
    earlier = "earlier calls (--all has them)"
    if recording.skipped:
        earlier = f"{recording.skipped:,} earlier calls, which the recording has lost"
    raise RecordingError(
        f"{log_line(recording.header.file)}: its transfers alone do not make a test, because the recorded driver "
        f"leaves them: {problem}. Something else decides what it does: {earlier}, kept state, "
        "chance, the state of the computer, relays or LEDs"
    )
