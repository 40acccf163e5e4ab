"""What the README and plugins/README.md tell a newcomer to do, done: their examples run as they stand there."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from hostcore import __version__, shipped
from hostcore.cli.main import main
from tests.command import Desk, Outcome
from tests.wheels import wheel_content, wheel_file

README = (shipped.folder() / "README.md").read_text(encoding="utf-8")
PLUGINS_README = (shipped.folder() / "plugins" / "README.md").read_text(encoding="utf-8")


def example(text: str, language: str, holding: str) -> str:
    """The one code block in this language that has these words."""
    (found,) = [block for block in re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL) if holding in block]
    return str(found)


@pytest.fixture
def desk(tmp_path: Path, cache_folder: Path) -> Desk:
    """A folder with the settings and plugins that the project comes with."""
    desk = Desk(tmp_path / "desk", cache_folder)
    shutil.copytree(shipped.folder() / "plugins", desk.folder / "plugins", ignore=shutil.ignore_patterns("__pycache__"))
    desk.write("host.toml", (shipped.folder() / "host.toml").read_text(encoding="utf-8"))
    return desk


def settle(desk: Desk, tables: str) -> None:
    """Add tables to host.toml."""
    path = desk.folder / "host.toml"
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{tables}", encoding="utf-8")


def first_round(desk: Desk) -> Outcome:
    """Run one round. It waits for every driver, also on a busy computer."""
    path = desk.folder / "host.toml"
    settings, count = re.subn(r"^interval = .*", "interval = 60", path.read_text(encoding="utf-8"), count=1, flags=re.M)
    assert count == 1
    path.write_text(settings, encoding="utf-8")
    return desk.run("run", "--rounds", "1")


def test_the_first_driver_reads_a_sensor_beside_all_other_plugins(desk: Desk) -> None:
    desk.write("plugins/light.py", example(README, "python", "def read"))
    settle(desk, example(README, "toml", "[plugins.light]"))
    outcome = first_round(desk)
    assert outcome.status == 0
    (readings,) = outcome.rounds
    assert readings["light"]["illuminance"] > 0
    assert not [name for name, reading in readings.items() if "error" in reading]
    assert outcome.complaints == ""


def test_what_wasi_host_new_suggests_works_once_it_is_granted(desk: Desk) -> None:
    assert desk.run_here("new", "light").status == 0
    path = desk.folder / "plugins" / "light.py"
    source = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"^    #     ", "    ", source, flags=re.MULTILINE), encoding="utf-8")
    (permission,) = re.findall(r'"(i2c:[^"]+)"', source)
    assert desk.run_here("grant", "light", permission).status == 0
    outcome = first_round(desk)
    assert outcome.rounds[0]["light"]["illuminance"] > 0
    assert outcome.complaints == ""


LIBRARY = """
from host import i2c
import time
class BH1750:
    def __init__(self, address: int = 0x23):
        self._address = address
    def get_lux(self):
        i2c.write(self._address, [0x10])
        time.sleep(0.18)
        return int.from_bytes(i2c.read(self._address, 2), "big") / 1.2
"""
"""Stands in for the library that the README fetches, and constructs its class in the same way."""


@pytest.mark.thorough
def test_the_first_library_is_read_beside_all_other_plugins(desk: Desk, tmp_path: Path) -> None:
    name = "adafruit-circuitpython-bh1750"
    command, screen = example(README, "sh", "--from").splitlines()
    assert screen == "wasi-host"
    (tmp_path / wheel_file(name)).write_bytes(wheel_content(name, {"adafruit_bh1750.py": LIBRARY}))
    index = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path)}
    made = desk.run(*command.split()[1:], environment=index)
    assert (made.status, "warning" in made.err) == (0, False), made.err
    outcome = first_round(desk)
    assert outcome.rounds[0]["lux"]["lux"] > 0
    assert outcome.complaints == ""


def test_the_display_of_leds_has_one_for_each_plugin(desk: Desk) -> None:
    desk.write("plugins/status.py", example(PLUGINS_README, "python", "leds.fill"))
    settle(desk, '[plugins.status]\npermissions = ["leds"]\n')
    outcome = desk.run_here("run", "--rounds", "2")
    assert (outcome.status, outcome.complaints) == (0, "")


DOCS = shipped.folder() / "docs"
COMMANDS_GUIDE = (DOCS / "commands.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"`wasi-host ([a-z0-9]+)((?: [^`]*)?)`", README + COMMANDS_GUIDE + PLUGINS_README)


@pytest.mark.parametrize("command", sorted({name for name, _ in COMMANDS}))
def test_every_command_that_is_named_exists(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert f"wasi-host {command}" in capsys.readouterr().out


def test_the_package_is_called_as_its_page_says() -> None:
    install = (shipped.folder() / "docs" / "install.md").read_text(encoding="utf-8")
    assert set(re.findall(r"wasi_python_host-([^-]+)-py3-none-manylinux", install)) == {__version__}


TARGETS = re.findall(r"(?:^|`)make ([a-z]+)", README + PLUGINS_README, re.MULTILINE)


@pytest.mark.parametrize("target", sorted(set(TARGETS)))
def test_every_target_of_make_that_is_named_exists(target: str) -> None:
    makefile = (shipped.folder() / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:", makefile, re.MULTILINE)


GUIDES = ("README.md", "SECURITY.md", "plugins/README.md", *sorted(f"docs/{each.name}" for each in DOCS.glob("*.md")))


def links(guide: str) -> set[str]:
    """The files that a guide links to, and pictures that it shows."""
    text = (shipped.folder() / guide).read_text(encoding="utf-8")
    return {link.partition("#")[0] for link in re.findall(r"\]\(([^):]+)\)", text) if not link.startswith("#")}


@pytest.mark.parametrize(
    "path",
    [(guide, link) for guide in GUIDES for link in sorted(links(guide))],
    ids=lambda path: f"{path[0]}-{path[1]}",
)
def test_every_link_leads_to_a_file(path: tuple[str, str]) -> None:
    document, link = path
    assert (shipped.folder() / document).parent.joinpath(link).is_file()


def test_every_link_within_the_readme_leads_to_a_heading() -> None:
    headings = [re.sub(r"[^a-z0-9 -]", "", each.lower()) for each in re.findall(r"^## (.*)", README, re.MULTILINE)]
    assert set(re.findall(r"\]\(#([^)]+)\)", README)) <= {each.replace(" ", "-") for each in headings}


@pytest.mark.parametrize("guide", ["README.md", "CHANGELOG.md", "SECURITY.md", "plugins/README.md", "docs"])
def test_a_guide_has_no_marks_of_an_unfinished_merge(guide: str) -> None:
    path = shipped.folder() / guide
    files = [path] if path.is_file() else sorted(path.rglob("*.md"))
    text = "\n".join(each.read_text(encoding="utf-8") for each in files)
    assert re.findall(r"^(?:<{7} .*|={7}|>{7} .*)$", text, re.MULTILINE) == []
