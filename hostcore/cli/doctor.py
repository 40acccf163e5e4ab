"""``wasi-host doctor``: prints what works on this computer, and how to set up the rest."""

from __future__ import annotations

import json
from pathlib import Path

from hostcore.cli.doctor_report import examine
from hostcore.cli.lines import terminal_width


def doctor(config_file: Path | None, *, as_json: bool = False) -> int:
    """Print the results of all checks. Blocks for about 0.1 s, or longer for an MQTT broker. Nothing goes over the
    wires of sensors.

    Args:
        config_file: the settings file that the person named, if any.
        as_json: print one JSON object instead.

    Returns:
        0 if everything can be used, otherwise 1.

    Raises:
        ConfigError: the settings cannot be used.
    """
    report = examine(config_file)
    lines = [json.dumps(report.json())] if as_json else report.lines(terminal_width())
    print(*lines, sep="\n")
    return 0 if report.is_fine else 1
