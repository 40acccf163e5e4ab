"""Plays the file of a transcript to the file of a driver, as a test does."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from hostcore.config.loading import find_and_load
from hostcore.errors import HostError
from hostcore.events import Level
from hostcore.transcript.judging import problem_of
from hostcore.transcript.parsing import transcript_in
from hostcore.transcript.playing import played


def problem_with(driver: Path, file: Path) -> str:
    """Play a transcript to a driver, and print the driver's log lines.

    Blocks for milliseconds; the first time, for half a minute, in which the Python runtime is built and compiled.

    Args:
        driver: the driver's .py or .wasm.
        file: the transcript.

    Returns:
        What the driver does other than the transcript says, or why it could not be played, in some lines for a person;
        "" if all is as it should be.
    """
    try:
        transcript = transcript_in(_shown(file))
        with closing(played(find_and_load(None), transcript, driver, log=_print)) as calls:
            for done in calls:
                problem = problem_of(done)
                if problem:
                    return f"{_shown(file)}:{done.line}: {problem}"
    except HostError as error:
        return str(error)
    return ""


def _shown(file: Path) -> Path:
    """The path as short as a person names it: from the working directory, if the file is there."""
    here = Path.cwd()
    return file.relative_to(here) if file.is_relative_to(here) else file


def _print(level: Level, line: str) -> None:
    print(f"{level} {line}")
