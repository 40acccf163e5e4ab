"""A traceback that a plugin writes to its output is one entry of its log."""

from __future__ import annotations

from hostcore.clock import VirtualClock
from hostcore.events import Level
from hostcore.log.plugin_log import PluginLog

TRACEBACK = ["Traceback (most recent call last):", '  File "light.py", line 7, in read', "KeyError: 'lux'"]
LINK = ["", "During handling of the above exception, another exception occurred:", ""]


class Entries:
    """What a plugin's log makes of raw output: entries of one or several lines."""

    def __init__(self, lines_per_second: int = 50) -> None:
        self.all: list[list[str]] = []
        self.log = PluginLog(
            lambda _level, text: self.all.append([text]),
            VirtualClock(),
            lines_per_second,
            more=lambda _level, text: self.all[-1].append(text),
        )

    def print(self, *lines: str, level: Level = Level.ERROR) -> None:
        """Write lines, byte by byte: a stream knows no lines."""
        for byte in "".join(f"{line}\n" for line in lines).encode():
            self.log.output(level, bytes([byte]))


class TestTracebacksInRawOutput:
    def test_a_traceback_is_one_entry_between_others(self) -> None:
        entries = Entries()
        entries.print("before", *TRACEBACK, "after", "the end")
        assert entries.all == [["before"], TRACEBACK, ["after"], ["the end"]]

    def test_the_cause_of_an_error_belongs_to_its_entry(self) -> None:
        entries = Entries()
        entries.print(*TRACEBACK, *LINK, *TRACEBACK, "after")
        assert entries.all == [[*TRACEBACK, *LINK, *TRACEBACK], ["after"]]

    def test_two_errors_are_two_entries(self) -> None:
        entries = Entries()
        entries.print(*TRACEBACK, *TRACEBACK, "", *TRACEBACK)
        assert entries.all == [TRACEBACK, [*TRACEBACK, ""], TRACEBACK]

    def test_a_line_of_the_other_stream_is_never_part_of_it_nor_is_what_follows_then(self) -> None:
        entries = Entries()
        entries.print(*TRACEBACK[:2])
        entries.print("a print", level=Level.INFO)
        entries.print(TRACEBACK[2])
        assert entries.all == [TRACEBACK[:2], ["a print"], TRACEBACK[2:]]

    def test_one_that_is_never_ended_takes_in_nothing_of_the_next_call(self) -> None:
        entries = Entries()
        entries.print(TRACEBACK[0])
        entries.log.flush()
        entries.print("next")
        assert entries.all == [TRACEBACK[:1], ["next"]]

    def test_lines_behind_a_gap_do_not_go_on_with_the_report_of_it(self) -> None:
        entries = Entries(lines_per_second=2)
        entries.print(*TRACEBACK)
        entries.log.flush()
        assert entries.all == [TRACEBACK[:2], ["1 line dropped (more than 2 a second)"]]
