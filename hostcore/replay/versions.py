"""One version of a driver on a recording, as steps that can be shown: calls with their transfers and output."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from hostcore.chips.library import Library
from hostcore.events import TransferCompleted
from hostcore.quick_dataclass import dataclass
from hostcore.recording.model import Crossing, Ending, Recording
from hostcore.replay.answering import LOG, SAID
from hostcore.replay.following import Following
from hostcore.replay.player import Player
from hostcore.replay.prepared import is_same_component
from hostcore.replay.running import Played, Run
from hostcore.replay.transfers import transfer_of
from hostcore.runtime.loader import Runtime
from hostcore.runtime.prepared import Prepared

MOST_SAID = 100
"""Most lines of a call that are kept."""


@dataclass(frozen=True, slots=True)
class Transferred:
    """A transfer of a replay."""

    transfer: TransferCompleted
    is_guess: bool
    """Whether its answer is a guess, or follows one."""


@dataclass(frozen=True, slots=True)
class Step:
    """A call that was played, with what it did."""

    played: Played
    transfers: tuple[Transferred, ...]
    said: tuple[str, ...]
    """The lines that it logged and printed, not yet fit for a terminal; the newest `MOST_SAID` at most."""

    @property
    def bus_us(self) -> int:
        """Microseconds on buses: recorded, or for a guess estimated."""
        return sum(each.transfer.duration_ns for each in self.transfers) // 1000

    @property
    def readings(self) -> dict[str, Any]:
        """The values of the reading that it returned, by their keys; empty if it returned none."""
        try:
            found = json.loads(self.played.result)
        except (TypeError, ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def is_last(self) -> bool:
        """Whether nothing can follow: the instance is dead, or it asks for what nobody can answer."""
        return isinstance(self.played.result, Ending) or self.played.has_left


def is_recorded_version(prepared: Prepared, recording: Recording) -> bool:
    """Whether a plugin is the recorded one, so that all it does is compared, and not only its accesses."""
    return prepared.source == recording.header.source and is_same_component(prepared, recording.header)


def steps_of(
    runtime: Runtime, prepared: Prepared, recording: Recording, chips: Library | None = None
) -> Iterator[Step]:
    """Play a recording, and yield each call after the start, up to the last that can be played.

    Args:
        runtime: runs the instance.
        prepared: the plugin: as it was recorded, or changed.
        recording: the recording.
        chips: the chip files to guess answers with that a changed plugin needs; None to end at the first divergence.

    Raises:
        RecordingError: the instance does not even start, or the recording is damaged.
    """
    crossings: list[tuple[Crossing, bool]] = []

    def seen(crossing: Crossing) -> None:
        crossings.append((crossing, player.is_guess))

    player: Player | Following
    if is_recorded_version(prepared, recording):
        player = Player(recording.header, (*recording.beginning, *recording.calls), seen=seen)
    else:
        imports = [each.name for each in prepared.linked.imports]
        player = Following(recording, imports, chips=chips, seen=seen)
    with closing(Run(runtime, prepared, recording, player=player)) as run:
        crossings.clear()
        for part in (run.beginning, run.newest):
            for played in part():
                step = _step(recording, played, crossings)
                yield step
                crossings.clear()
                if step.is_last:
                    return


def recorded_steps(recording: Recording) -> Iterator[Step]:
    """The calls of a recording as they are recorded: nothing is run. For one that cannot be replayed."""
    calls = (*recording.beginning, *recording.calls)
    for number, call in enumerate(calls):
        if number:
            played = Played(number, call, call.result, None)
            yield _step(recording, played, [(each, False) for each in call.crossings])


def _step(recording: Recording, played: Played, crossings: list[tuple[Crossing, bool]]) -> Step:
    header = recording.header
    found = ((transfer_of(header, played.recorded, each), is_guess) for each, is_guess in crossings)
    transfers = tuple(Transferred(each, is_guess) for each, is_guess in found if each is not None)
    said = [(header.imports[each.slot], each.arguments) for each, _ in crossings if each.arguments]
    texts = (_text(name, arguments[-1]) for name, arguments in said if name in SAID)
    return Step(played, transfers, tuple("".join(texts).splitlines()[-MOST_SAID:]))


def _text(name: str, said: Any) -> str:
    """What one call logs or prints. A text for the log is a line of its own."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return f"{text}\n" if name == LOG else text
