"""Commands about stored readings."""

from __future__ import annotations

import argparse
from datetime import datetime, timedelta
from pathlib import Path

from hostcore.cli.commands.kinds import Commands, duration, duration_seconds
from hostcore.cli.offered import reading


def add(commands: Commands) -> None:
    """Add the commands."""
    history = commands.add_parser(
        "history",
        help="show or export stored readings",
        description="Print the past values of readings, or list what is stored. Works with and without a running host.",
        epilog="WHEN is a time, such as 2026-01-31 or 2026-01-31T08:00 (this computer's time, unless it ends in Z or "
        "+01:00), or a duration before now, such as 90m. DURATION is a number with s, m, h, d or w.",
    )
    history.add_argument(
        "key", type=reading, nargs="?", metavar="KEY", help="such as bme680.temperature, or bme680 for all of it"
    )
    history.add_argument(
        "--since", type=moment, default="24h", metavar="WHEN", help="the begin (default: 24h, a day ago)"
    )
    history.add_argument("--until", type=moment, default="0s", metavar="WHEN", help="the end (default: now)")
    history.add_argument(
        "--every",
        type=duration,
        metavar="DURATION",
        help="one line for this time: lowest, mean and highest value (default: about 24 lines; with --csv, --json or "
        "--parquet, each value that is stored)",
    )
    forms = history.add_mutually_exclusive_group()
    forms.add_argument("--csv", action="store_true", help="print comma-separated values")
    forms.add_argument("--json", action="store_true", help="print one JSON object")
    forms.add_argument("--parquet", type=Path, metavar="FILE", help="write an Apache Parquet file; needs pyarrow")
    history.set_defaults(command=_history)


def moment(text: str) -> datetime | timedelta:
    """Read a time, such as ``2026-01-31T08:00``, or a duration before now, such as ``90m``."""
    if (seconds := duration_seconds(text)) is not None:
        return timedelta(seconds=seconds)
    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError, OSError):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no time; allowed are 2026-01-31, 2026-01-31T08:00, 2026-01-31T08:00Z and 90m, which is 90 "
            "minutes ago (s, m, h, d or w)"
        ) from None


def _history(options: argparse.Namespace) -> int:
    from hostcore.cli.history import Wish, history  # noqa: PLC0415

    form = "csv" if options.csv else "json" if options.json else "parquet" if options.parquet else "table"
    wish = Wish(options.key or "", options.since, options.until, options.every or 0, form, options.parquet)
    return history(options.config, wish)
