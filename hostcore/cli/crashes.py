"""``wasi-host crashes``: lists the crash reports, or shows one."""

from __future__ import annotations

import io
import json
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from textwrap import wrap

from hostcore.cli.crash_file import report_of
from hostcore.cli.lines import terminal_width
from hostcore.clock import NS_PER_S
from hostcore.config.loading import find_and_load
from hostcore.errors import CrashStoreError
from hostcore.events import Counters, CrashReport, TransferCompleted
from hostcore.events.event_json import to_json
from hostcore.log.log_file import HOST_MARK
from hostcore.log.safe_text import MAX_MARKS, escaped
from hostcore.place import BusKind
from hostcore.quick_dataclass import dataclass, fields, replace
from hostcore.supervisor.crash_store import CrashStore, StoredReport

NARROWEST = 60
"""The smallest width of the list, in columns."""
MOST_LINES = 3
"""The most lines of the list for one problem."""
MAX_PROBLEM = 1000
"""The most characters of a problem that the list uses."""
NOT_RECORDED = "not possible: there is no recording"
SHOWN_BYTES = 8
"""The most bytes of one message in the table of transfers."""


@dataclass(frozen=True, slots=True)
class _Group:
    """Crashes of one plugin with the same problem."""

    number: int
    """The number of the newest of them."""
    newest: StoredReport
    oldest: StoredReport
    count: int = 1


def crashes(
    config_file: Path | None, wanted: int | Path | None, *, as_json: bool = False, lists_each: bool = False
) -> int:
    """Print the list of crash reports, or one report.

    Args:
        config_file: the settings file that the person named, if any.
        wanted: the report, from 1 (the newest) on; or the file of a report, or of a recording; None for the list.
        lists_each: give each report a line of its own. Otherwise, those of a plugin with the same problem share one.
        as_json: print JSON: an array with the lines of the list, or the whole report with all bytes.

    Returns:
        0.

    Raises:
        ConfigError: the settings cannot be used.
        CrashStoreError: the folder or the report cannot be read, or there is no such report.
    """
    if isinstance(wanted, Path):
        report, replay = report_of(wanted)
        _print(_as_json(to_json(report)) if as_json else report_lines(report, "Crash of", wanted, replay))
        return 0
    settings = find_and_load(config_file).crashes
    if settings.folder is None:
        raise CrashStoreError("no folder for crash reports is known; set folder in [crashes] of host.toml")
    store = CrashStore(settings.folder, settings.kept)
    found = store.reports()
    if wanted is None:
        _print(_list_as_json(found) if as_json else _list(_groups(found, lists_each), store.folder))
        return 0
    if not 1 <= wanted <= len(found):
        there_are = f"1 to {len(found)}, 1 is the newest" if found else f"none in {store.folder}"
        raise CrashStoreError(f"there is no crash report {wanted}; there are {there_are}")
    stored = found[wanted - 1]
    report = store.load(stored.path)
    title, replay = f"Crash {wanted} of {len(found)}:", f"wasi-host replay crash {wanted}; line by line with --step"
    told = replay if stored.recording else NOT_RECORDED
    _print(_as_json(to_json(report)) if as_json else report_lines(report, title, stored.path, told))
    return 0


def _print(lines: Iterable[str]) -> None:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # the terminal may not have all characters of a plugin's text
    for line in lines:
        print(line)


def _as_json(value: object) -> Iterator[str]:
    yield json.dumps(value, indent=2).replace("\x7f", "\\u007f")


def _list_as_json(found: Sequence[StoredReport]) -> Iterator[str]:
    return _as_json(
        [
            {
                "number": number,
                "time_ns": each.time_ns,
                "plugin": each.plugin,
                "kind": each.kind,
                "problem": each.problem,
                "file": str(each.path),
                "recording": str(each.recording) if each.recording else None,
            }
            for number, each in enumerate(found, 1)
        ]
    )


def _groups(found: Sequence[StoredReport], lists_each: bool) -> Sequence[_Group]:
    groups: dict[object, _Group] = {}
    for number, each in enumerate(found, 1):
        key = number if lists_each else (each.plugin, each.kind, each.problem)
        group = groups.get(key)
        groups[key] = replace(group, oldest=each, count=group.count + 1) if group else _Group(number, each, each)
    return tuple(groups.values())


def _list(groups: Sequence[_Group], folder: Path) -> Iterator[str]:
    if not groups:
        yield f"no crash reports in {escaped(str(folder))}"
        return
    rows = [("", "TIME", "PLUGIN", "KIND", "REC")]
    for group in groups:
        each = group.newest
        time, has_recording = _local(each.time_ns)[:19], "yes" if each.recording else "no"
        rows.append((str(group.number), time, _fitted(each.plugin, 16), _fitted(each.kind, 10), has_recording))
    heading, *lines = _table(rows, numbered=True)
    start = max(map(_width, (heading, *lines))) + 2
    width = terminal_width(NARROWEST)
    yield _padded(heading, start) + "PROBLEM"
    for line, group in zip(lines, groups, strict=True):
        problem = escaped(group.newest.problem[:MAX_PROBLEM])
        first, *others = wrap(problem, width - start, max_lines=MOST_LINES, placeholder=" …") or [""]
        yield _fitted(_padded(line, start) + first, width)
        yield from (_fitted(" " * start + other, width) for other in others)
        if group.count > 1:
            yield f"{' ' * start}{group.count} times since {_local(group.oldest.time_ns)[:19]}"
    if any(group.count > 1 for group in groups):
        yield "wasi-host crashes N shows the newest crash of a line; --all lists each."
    yield "REC: whether there is a recording, which wasi-host replay crash N needs."


def report_lines(report: CrashReport, title: str, file: Path | str, replay: str) -> Iterator[str]:
    """Yield a complete report. The message of the WebAssembly runtime comes last.

    Args:
        report: the report.
        title: begins the first line.
        file: its file, or where it is.
        replay: the command that replays the crash, or why there is none.
    """
    yield f"{title} {escaped(report.plugin)}, {escaped(report.kind)}"
    yield escaped(report.problem)
    yield ""
    yield from _table(
        [
            ("Time", _local(report.time_ns)),
            ("Plugin", f"{escaped(report.path)}, version {escaped(report.version)}"),
            ("Host", f"wasi-host {escaped(report.host_version)}"),
            ("Call", escaped(_call(report))),
            ("Report", escaped(str(file))),
            ("Replay", escaped(replay)),
        ]
    )
    yield from _section("Traceback", _plugin_lines(report.traceback))
    yield from _section("Last transfers, in ms before the end", _transfers(report))
    yield from _section("Last log lines, in ms before the end", _log(report))
    yield from _section("Counters", _table(list(_counters(report.counters))))
    yield from _section("WebAssembly", _plugin_lines(report.wasm_trace))


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    shown = list(lines) or ["(none)"]
    yield from ("", f"{title}:", *(f"  {line}".rstrip() for line in shown))


def _call(report: CrashReport) -> str:
    return f"{report.call}({report.argument})"


def _plugin_lines(text: str) -> Iterator[str]:
    return (escaped(line.expandtabs(4)) for line in text.rstrip().split("\n")) if text else iter(())


def _transfers(report: CrashReport) -> Iterator[str]:
    if not report.transfers:
        return
    rows: list[Sequence[str]] = [("", "BUS", "ADDRESS", "OUT", "IN", "OUTCOME", "TOOK", "LINE")]
    rows += [_transfer(each, report.time_ns) for each in report.transfers]
    if not any(transfer.source_line for transfer in report.transfers):
        rows = [row[:-1] for row in rows]
    heading, *lines = _table(rows, numbered=True)
    yield heading
    for line, transfer in zip(lines, report.transfers, strict=True):
        yield line
        if transfer.detail:
            yield f"    {escaped(transfer.detail)}"


def _transfer(transfer: TransferCompleted, end_ns: int) -> tuple[str, ...]:
    return (
        _before(transfer.time_ns, end_ns),
        _fitted(f"{transfer.bus}, simulated" if transfer.is_simulated else transfer.bus, 16),
        _address(transfer),
        _bytes(message.data for message in transfer.messages if message.written),
        _bytes(message.data for message in transfer.messages if not message.written),
        transfer.outcome,
        _milliseconds(transfer.duration_ns),
        str(transfer.source_line) if transfer.source_line else "",
    )


def _address(transfer: TransferCompleted) -> str:
    if transfer.address is None:
        return ""
    return f"0x{transfer.address:02x}" if transfer.bus.kind is BusKind.I2C else str(transfer.address)


def _bytes(messages: Iterable[bytes]) -> str:
    """Return messages in hex, each with its first bytes and the number of the others."""
    shown = []
    for data in messages:
        beyond = len(data) - SHOWN_BYTES
        shown.append(f"{data[:SHOWN_BYTES].hex()}+{beyond}" if beyond > 0 else data.hex())
    return " ".join(shown)


def _log(report: CrashReport) -> Iterator[str]:
    rows = [
        (_before(line.time_ns, report.time_ns), f"{HOST_MARK if line.by_host else ' '}{line.level}", escaped(line.text))
        for line in report.lines
    ]
    return _table(rows, numbered=True)


def _counters(counters: Counters) -> Iterator[tuple[str, str]]:
    for field in fields(counters):
        value = getattr(counters, field.name)
        if field.name == "crashes":
            yield "crashes", ", ".join(f"{escaped(kind)} {count}" for kind, count in value) or "0"
        elif field.name == "erring_since_ns":
            if value:
                yield "erring since", _local(value)
        elif field.name.endswith("_ns"):
            yield field.name.removesuffix("_ns").replace("_", " "), f"{_milliseconds(value)} ms"
        else:
            yield field.name.replace("_", " "), f"{value:,}"


def _before(time_ns: int, end_ns: int) -> str:
    return _milliseconds(time_ns - end_ns)


def _milliseconds(nanoseconds: int) -> str:
    return f"{nanoseconds / 1e6:.3f}"


def _local(time_ns: int) -> str:
    moment = datetime.fromtimestamp(time_ns / NS_PER_S).astimezone()
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d} {moment:%z}"


def _table(rows: Sequence[Sequence[str]], numbered: bool = False) -> Iterator[str]:
    """Yield rows with aligned columns. If `numbered`, the first column is aligned to the right."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [_padded(cell, width) for cell, width in zip(row, widths, strict=True)]
        if numbered:
            cells[0] = row[0].rjust(widths[0])
        yield "  ".join(cells).rstrip()


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _fitted(text: str, width: int) -> str:
    """Return `text`, safe for a terminal and cut to `width` columns."""
    shown = escaped(text[: MAX_MARKS * width + 1])
    if len(text) <= MAX_MARKS * width and _width(shown) <= width:
        return shown
    while _width(shown) >= width:
        shown = shown[:-1]
    return shown + "…"


def _width(text: str) -> int:
    """Return the columns of `text` on a terminal (Unicode Standard Annex 11)."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF") for char in text)
