"""``wasi-host replay --pytest``: writes the test of a driver, and the transcript that it plays."""

from __future__ import annotations

import os
import re
import sys
from importlib.util import find_spec
from pathlib import Path
from shutil import which

from hostcore.cli.lines import local_time, say
from hostcore.config.model import Config
from hostcore.errors import RecordingError
from hostcore.files import write_whole
from hostcore.log.safe_text import counted, escaped
from hostcore.recording.model import Recording
from hostcore.transcript.model import Ends
from hostcore.transcript.proving import Proven, proven
from hostcore.transcript.writing import text_of
from hostcore.workshop import Workshop

TEST = '''"""{driver} does what it did on {day}: the transfers and readings are in {transcript}.

Run it with: pytest --wasi-host
"""


def test_{name}(replay):
    replay("{path}", "{transcript}")
'''
SUFFIX = ".transcript"


def write_test(
    config: Config,
    recording: Recording,
    workshop: Workshop,
    *,
    file: Path | None,
    last: int | None,
    driver: Path | None,
    component: Path | None,
) -> int:
    """Write the test of a recording, and its transcript beside it. Blocks as long as the replay takes.

    Args:
        config: the settings. Its folders are used.
        recording: the recording.
        workshop: builds and compiles.
        file: the file of the test, ``test_NAME.py``; None for one in the working directory.
        last: how many of the newest calls it has at least; None for all.
        driver: the driver's file, which the test names; None to look for it.
        component: the file of a plugin that is a component.

    Returns:
        0.

    Raises:
        RecordingError: it cannot become a test, or there is a file already.
    """
    name = re.sub(r"\W", "_", Path(recording.header.file).stem, flags=re.ASCII)
    test = file or Path(f"test_{name}.py")
    beside = test.with_name(test.stem.removeprefix("test_") + SUFFIX)
    _require_names(test, beside)
    made = proven(config, recording, last, workshop=workshop, component=component)
    transcript = made.transcript
    under_test = driver or component or _found(config, test, transcript.driver)
    content = TEST.format(
        driver=transcript.driver,
        day=local_time(recording.header.began_ns)[:10],
        transcript=beside.name,
        name=name,
        path=_from(test, under_test),
    )
    _write(beside, text_of(transcript))
    _write(test, content)
    _say_written(made, test, beside, under_test)
    return 0


def _require_names(test: Path, beside: Path) -> None:
    if not re.fullmatch(r"test_\w+\.py", test.name, re.ASCII):
        raise RecordingError(f"{test}: pytest finds a test by its name; choose one such as test_light.py")
    if not test.parent.is_dir():
        raise RecordingError(f"{test.parent} is no folder; make it first, or name a test in another one")
    for each in (test, beside):
        if os.path.lexists(each):
            raise RecordingError(f"{each} exists; remove it, or choose another name: -o test_NAME.py")


def _found(config: Config, test: Path, name: str) -> Path:
    """The driver's file: beside the test, in the working directory, or among the plugins."""
    for folder in (test.parent, Path(), config.host.plugins_folder):
        if (folder / name).is_file():
            return folder / name
    return test.parent / name


def _from(test: Path, driver: Path) -> str:
    """The driver's path, from the folder of the test."""
    path = os.path.relpath(driver, test.parent)
    return path.replace("\\", "\\\\").replace('"', '\\"')


def _write(path: Path, text: str) -> None:
    try:
        write_whole(path, text.encode(), mode=0o644)
    except OSError as error:
        raise RecordingError(f"{path}: {error.strerror or error}") from None


def _say_written(made: Proven, test: Path, beside: Path, driver: Path) -> None:
    transcript = made.transcript
    calls, transfers = counted(len(transcript.calls), "call"), counted(transcript.transfers, "transfer")
    say(f"{test} plays {beside}: {calls} with {transfers}")
    if made.unsteady:
        names = ", ".join(map(escaped, made.unsteady))
        others = "earlier calls, time, chance, kept state" if made.may_need_more else "time, chance, kept state"
        say(f"left out, because transfers alone do not decide them ({others}): {names}")
    if made.may_need_more:
        say("a test with the earlier calls, which may have them: --all")
    if transcript.settings != "{}":
        say(f"{beside} has the plugin's settings; look at them before you give it to others")
    if any(each.ends is Ends.SURVIVES for each in transcript.calls):
        say("the recorded driver crashes in it, so the test fails until the driver is repaired")
    if not driver.is_file():
        say(f"put the driver at {driver}, or correct its path in the test")
    say(f"run it: {_pytest()} --wasi-host {test}")


def _pytest() -> str:
    """The command of a pytest that has the plugin: that of this environment, or what installs one there."""
    if find_spec("pytest") is None:
        say(f"pytest is not installed beside wasi-host: {sys.executable} -m pip install pytest")
    found = which("pytest")
    is_here = found is not None and Path(found).parent == Path(sys.executable).parent
    return "pytest" if is_here else f"{sys.executable} -m pytest"
