"""The file of a driver that an editor on another computer gets, and the text that comes back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from hostcore import shipped
from hostcore.config.loading import parse_config
from hostcore.config.model import Config
from hostcore.control.message_lines import LONGEST_LINE
from hostcore.control.session_lines import ask_line
from hostcore.control.session_messages import DriverReplacement
from hostcore.errors import HostError
from hostcore.reload.driver_files import MOST_BYTES, driver_file, replace_driver

TEXT = "# größe\r\ndef read():\r\n    return {}\r\n"


def settings(folder: Path, text: str) -> Config:
    return parse_config(folder / "host.toml", text)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return settings(tmp_path, "")


@pytest.fixture
def driver(tmp_path: Path) -> Path:
    made = tmp_path / "light.py"
    made.write_bytes(TEXT.encode())
    made.chmod(0o640)
    return made


def test_the_text_comes_and_goes_as_it_is_and_the_file_keeps_its_mode(config: Config, driver: Path) -> None:
    found = driver_file(driver)
    assert (found.name, found.text) == ("light.py", TEXT)
    replace_driver(config, driver, found.sha256, TEXT * 2)
    assert driver.read_bytes() == TEXT.encode() * 2
    assert driver.stat().st_mode & 0o777 == 0o640


def test_a_link_stays_and_its_file_is_replaced(config: Config, driver: Path, tmp_path: Path) -> None:
    link = tmp_path / "linked.py"
    link.symlink_to(driver)
    replace_driver(config, link, driver_file(link).sha256, "new")
    assert link.is_symlink()
    assert driver.read_text() == "new"


def test_what_somebody_else_saved_meanwhile_stays(config: Config, driver: Path) -> None:
    found = driver_file(driver)
    driver.write_text("theirs")
    with pytest.raises(HostError, match="was changed by somebody else since you opened it"):
        replace_driver(config, driver, found.sha256, "mine")
    assert driver.read_text() == "theirs"


def test_a_driver_that_was_removed_meanwhile_does_not_come_back(config: Config, driver: Path) -> None:
    found = driver_file(driver)
    driver.unlink()
    with pytest.raises(HostError, match="No such file"):
        replace_driver(config, driver, found.sha256, "mine")
    assert not driver.exists()


def test_what_an_editor_cannot_edit_is_refused(config: Config, driver: Path, tmp_path: Path) -> None:
    component = tmp_path / "sealed.wasm"
    component.write_bytes(b"\0asm")
    with pytest.raises(HostError, match="is a component, which has no source to edit"):
        driver_file(component)
    driver.write_bytes(b"\xff")
    with pytest.raises(HostError, match=r"not UTF-8 text \(byte 0\)"):
        driver_file(driver)
    driver.write_bytes(b"#" * (MOST_BYTES + 1))
    with pytest.raises(HostError, match=rf"more than {MOST_BYTES:,} bytes .* send that with wasi-host push"):
        driver_file(driver)


def test_a_text_that_is_no_text_of_a_file_changes_nothing(config: Config, driver: Path) -> None:
    found = driver_file(driver)
    for text, words in (("\ud800", "no UTF-8 text"), ("#" * (MOST_BYTES + 1), "use wasi-host push")):
        with pytest.raises(HostError, match=words):
            replace_driver(config, driver, found.sha256, text)
    assert driver.read_bytes() == TEXT.encode()


def test_a_host_that_only_looks_takes_no_text(driver: Path, tmp_path: Path) -> None:
    only_looks = settings(tmp_path, "[screen]\nread_only = true\n")
    with pytest.raises(HostError, match="read_only = true"):
        replace_driver(only_looks, driver, driver_file(driver).sha256, "mine")


def test_the_drivers_of_the_installation_are_not_replaced(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    shipped_driver = shipped.folder() / "plugins" / "bh1750.py"
    with pytest.raises(HostError, match="these are the built-in settings"):
        replace_driver(settings(shipped.folder(), ""), shipped_driver, driver_file(shipped_driver).sha256, "mine")


def test_the_longest_text_fits_into_a_message_whatever_it_is() -> None:
    line = ask_line(1, DriverReplacement("light", "0" * 64, "\1" * MOST_BYTES))
    assert len(line) <= LONGEST_LINE


def test_no_start_of_a_host_loads_the_editor_of_settings() -> None:
    program = "import sys, hostcore.host; sys.exit('hostcore.config.edit' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
