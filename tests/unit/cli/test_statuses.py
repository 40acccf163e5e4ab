"""The table of exit statuses: docs/commands.md, ``--help`` and the man page have what the code has."""

from __future__ import annotations

import re

from hostcore import __version__, shipped
from hostcore.cli.main import make_parser
from hostcore.cli.share import man_page
from hostcore.cli.statuses import MEANINGS, ExitStatus
from tui.terminal_app import DEFECT, HUNG_UP

GUIDE = (shipped.folder() / "docs" / "commands.md").read_text(encoding="utf-8")
TABLE = [f"| {status} | {meaning} |" for status, meaning in MEANINGS.items()]


def test_each_status_has_a_meaning() -> None:
    assert set(MEANINGS) == set(ExitStatus)


def test_the_guide_has_the_table() -> None:
    shown = re.findall(r"^\| \d+ \| .*$", GUIDE, re.MULTILINE)
    assert shown == TABLE


def test_the_help_has_the_table() -> None:
    shown = " ".join(make_parser(needs_command=False).format_help().split())
    for status, meaning in MEANINGS.items():
        assert f"{status} {meaning}" in shown


def test_the_screen_ends_with_these_statuses() -> None:
    assert (DEFECT, HUNG_UP) == (ExitStatus.FAILED, ExitStatus.HUNG_UP)


class TestTheManPage:
    page = man_page(make_parser(needs_command=False), built_s=0).replace("\\-", "-")

    def test_names_the_command_its_version_and_the_day(self) -> None:
        assert f'.TH WASI-HOST "1" "1970-01-01" "wasi-host {__version__}" "User Commands"' in self.page

    def test_describes_every_command(self) -> None:
        parser = make_parser(needs_command=True)
        commands = re.findall(r"^    ([a-z0-9-]+) ", parser.format_help(), re.MULTILINE)
        assert len(commands) > 10
        for command in commands:
            assert f"wasi-host {command}" in self.page

    def test_has_the_table_once(self) -> None:
        for meaning in MEANINGS.values():
            assert self.page.count(meaning) == 1
