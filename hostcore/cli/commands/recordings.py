"""Commands for what is left of a plugin: its crash reports and its recordings."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from hostcore.cli.commands.kinds import Commands, positive
from hostcore.cli.commands.screens import play_session
from hostcore.errors import CommandLineError

if TYPE_CHECKING:
    from hostcore.stepping.beginning import Beginning


def add(commands: Commands) -> None:
    """Add the commands."""
    _add_crashes(commands)
    _add_replay(commands)


def _add_crashes(commands: Commands) -> None:
    crashes = commands.add_parser("crashes", help="list the crash reports, or show one")
    crashes.add_argument(
        "wanted",
        type=_number_or_file,
        nargs="?",
        metavar="N | FILE",
        help="the report to show: 1 is the newest; or the file of a report, or of the recording of a crash",
    )
    crashes.add_argument("--all", action="store_true", help="list each report, not each problem")
    crashes.add_argument("--json", action="store_true", help="print JSON")
    crashes.set_defaults(command=_crashes)


def _add_replay(commands: Commands) -> None:
    replay = commands.add_parser(
        "replay",
        help="run the plugin of a recording again, without the hardware, or show a recorded session",
        description="Show a session that wasi-host record has written. "
        "Or run the plugin of a recording again: the same calls get the same answers, and no bus is touched. "
        "Prints the last calls with their transfers, and the crash if there was one. Ends with status 1 if the plugin "
        "does something else than in the recording. Of another version (--with), only the accesses of buses and "
        "outputs are compared: it may log more, sleep longer and return something else.",
    )
    replay.add_argument(
        "what",
        metavar="FILE | crash | NAME",
        help="the file of a session, a recording or a crash report; the word crash; or a plugin of the running host",
    )
    replay.add_argument("number", type=positive, nargs="?", metavar="N", help="the crash report; 1 is the newest")
    replay.add_argument("--with", dest="changed", type=Path, metavar="DRIVER.py", help="run this version of the driver")
    replay.add_argument("--against", type=Path, metavar="OLD.py", help="compare with this version, side by side")
    replay.add_argument("--guess", action="store_true", help="go on with guessed answers where it leaves the recording")
    replay.add_argument("--component", type=Path, metavar="FILE", help="the file of a plugin that is a component")
    replay.add_argument("--last", type=positive, default=5, metavar="N", help="show the last N calls (default: 5)")
    replay.add_argument("--all", action="store_true", help="show all calls")
    replay.add_argument("--json", action="store_true", help="print a line of JSON for each call")
    replay.add_argument("--pytest", action="store_true", help="write a test of the driver that plays these calls to it")
    replay.add_argument(
        "--step", action="store_true", help="step through it on a screen, forward and back, line by line"
    )
    replay.add_argument(
        "--at",
        type=_beginning,
        metavar="PLACE",
        help="where to begin with --step: crash (default), end, call:N, transfer:NS or reading:NS",
    )
    replay.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="only write the recording to a file; with --pytest, the test"
    )
    replay.set_defaults(command=_replay)


def _number_or_file(text: str) -> int | Path:
    return Path(text) if "." in text or "/" in text else positive(text)


def _crashes(options: argparse.Namespace) -> int:
    from hostcore.cli.crashes import crashes  # noqa: PLC0415

    return crashes(options.config, options.wanted, as_json=options.json, lists_each=options.all)


def _replay(options: argparse.Namespace) -> int:
    from hostcore.session_file.reading import is_session_file  # noqa: PLC0415

    if is_session_file(Path(options.what)):
        return play_session(options)
    from hostcore.cli.replay import ReplayOptions, replay  # noqa: PLC0415

    begin = _begin_of(options)
    last = None if options.all else options.last
    chosen = ReplayOptions(
        last,
        options.changed,
        options.component,
        options.against,
        guesses=options.guess,
        writes_test=options.pytest,
        output=options.output,
        as_json=options.json,
        begin=begin,
    )
    step = None if options.screen is None else options.screen.step
    return replay(options.config, options.what, options.number, chosen, step)


def _begin_of(options: argparse.Namespace) -> Beginning | None:
    """Where a person wants to begin to step; None if they do not."""
    if not options.step:
        if options.at is not None:
            raise CommandLineError("--at says where to begin with --step; add --step")
        return None
    others = {"--against": options.against, "--json": options.json, "--pytest": options.pytest, "-o": options.output}
    if found := [name for name, is_there in others.items() if is_there]:
        raise CommandLineError(f"--step shows a screen, so it does not go with {', '.join(found)}; use one of them")
    return options.at or _beginning("crash")


def _beginning(text: str) -> Beginning:
    """Read where to begin to step."""
    from hostcore.stepping.beginning import parse_beginning  # noqa: PLC0415 - only for this option

    try:
        return parse_beginning(text)
    except ValueError as allowed:
        raise argparse.ArgumentTypeError(f"{text!r} is not {allowed}") from None
