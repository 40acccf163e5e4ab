"""``wasi-host replay --step``: the screen on which a person steps through a replay."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hostcore.chips.library import library_with
from hostcore.cli.replay_runtime import replay_runtime, version_of
from hostcore.config.model import Config
from hostcore.recording.model import Recording
from hostcore.stepping.beginning import Beginning
from hostcore.stepping.subject import Subject
from hostcore.stepping.tracer import Tracer
from hostcore.workshop import spent


class _Told:
    """Passes on what takes long, once a person wants to know."""

    def __init__(self) -> None:
        self.listener: Callable[[str], None] = lambda _text: None

    def __call__(self, task: str, elapsed: float, expected: float) -> None:
        """Take the progress of a task. See `hostcore.workshop.Progress`."""
        if expected:
            self.line(f"{task}: {spent(elapsed, expected)}")

    def line(self, text: str) -> None:
        """Take one line."""
        self.listener(text)


def stepped(
    config: Config,
    recording: Recording,
    versions: tuple[Path | None, Path | None],
    begin: Beginning,
    show: Callable[[Subject], int],
    *,
    guesses: bool,
) -> int:
    """Show the screen until the person leaves it, and return its exit status.

    Args:
        config: the settings, whose runtime, libraries and chip files are used.
        recording: the recording.
        versions: the file of another version of the driver, and that of a plugin that is a component, if any.
        begin: where to begin.
        show: shows the screen.
        guesses: whether another version goes on after a divergence, with guessed answers.

    Raises:
        HostError: nothing can run here.
    """
    changed, component = versions
    chips = library_with(config.chips_folder) if guesses else None
    told = _Told()
    with replay_runtime(config, told, told.line) as runtime:

        def prepare(tell: Callable[[str], None]) -> Tracer:
            told.listener = tell
            return Tracer(runtime, version_of(runtime, recording, changed, component), recording, chips=chips)

        version = changed.name if changed is not None else ""
        return show(Subject(recording, begin, prepare, version, config.chips_folder))
