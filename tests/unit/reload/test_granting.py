"""Granting writes into host.toml: the whole edit or none, and what somebody else writes meanwhile is not lost."""

from __future__ import annotations

import errno
import os
import re
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import tomli
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from hostcore import shipped
from hostcore.config.loading import load_config
from hostcore.errors import ConfigError
from hostcore.permissions import GpioMode, GpioPermission, I2cPermission, Permission, covers, parse_permission
from hostcore.reload import granting
from tests.unit.permissions.test_permissions import ADDRESSES, READ_WRITE

SHIPPED = (shipped.folder() / "host.toml").read_text(encoding="utf-8")
HEATER = 'permissions = ["i2c:1:0x77"]  # the heater'


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Settings with a plugin that has a table, and one that is only a file."""
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "light.py").touch()
    file = tmp_path / "host.toml"
    file.write_text(f"# mine\n[plugins.bme680]\n{HEATER}\n", encoding="utf-8")
    return file


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def identity(file: Path) -> tuple[int, ...]:
    """All of a file's status except the time of the last read: granting reads the file."""
    status = file.stat()
    return (
        status.st_ino,
        status.st_mode,
        status.st_uid,
        status.st_gid,
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
    )


def grant(config: Path, plugin: str, *permissions: str) -> list[str]:
    return [str(added) for added in granting.grant(config, plugin, [parse_permission(text) for text in permissions])]


def refusal(config: Path, plugin: str, *permissions: str) -> ConfigError:
    """The error that granting raises; the file and its folder are as they were."""
    content, folder = config.read_bytes(), names(config.parent)
    with pytest.raises(ConfigError) as error:
        grant(config, plugin, *permissions)
    assert (config.read_bytes(), names(config.parent)) == (content, folder)
    assert error.value.file == str(config)
    assert "\n" not in str(error.value)
    return error.value


class TestGranting:
    def test_a_plugin_with_a_table(self, config: Path) -> None:
        assert grant(config, "bme680", "i2c:1:0x76", "system") == ["i2c:1:0x76", "system"]
        after = 'permissions = ["i2c:1:0x77", "i2c:1:0x76", "system"]  # the heater'
        assert config.read_text(encoding="utf-8") == f"# mine\n[plugins.bme680]\n{after}\n"

    def test_a_plugin_that_is_only_a_file(self, config: Path) -> None:
        before = config.read_text(encoding="utf-8")
        assert grant(config, "light", "i2c:1:0x23") == ["i2c:1:0x23"]
        assert config.read_text(encoding="utf-8") == f'{before}\n[plugins.light]\npermissions = ["i2c:1:0x23"]\n'

    def test_what_the_plugin_has_is_left_out_and_what_occurs_twice_is_written_once(self, config: Path) -> None:
        assert grant(config, "bme680", "i2c:1:0x77:read", "spi:0.0", "spi:0.0") == ["spi:0.0"]

    def test_where_there_is_nothing_to_add_the_file_is_not_touched(self, config: Path) -> None:
        before = identity(config)
        assert grant(config, "bme680", "i2c:1:0x77") == []
        assert grant(config, "light") == []
        assert identity(config) == before

    @pytest.mark.parametrize("mode", [0o600, 0o644, 0o664])
    def test_the_file_keeps_its_mode(self, config: Path, mode: int) -> None:
        config.chmod(mode)
        grant(config, "bme680", "system")
        assert config.stat().st_mode & 0o777 == mode

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
    def test_the_file_keeps_its_owner(self, config: Path) -> None:
        os.chown(config, 1234, 5678)
        grant(config, "bme680", "system")
        assert (config.stat().st_uid, config.stat().st_gid) == (1234, 5678)

    def test_nothing_else_is_left_in_the_folder(self, config: Path) -> None:
        before = names(config.parent)
        grant(config, "bme680", "system")
        assert names(config.parent) == before

    def test_a_link_stays_a_link(self, config: Path, tmp_path: Path) -> None:
        real = tmp_path / "dotfiles" / "pi.toml"
        real.parent.mkdir()
        config.rename(real)
        config.symlink_to(real)
        grant(config, "bme680", "system")
        assert config.is_symlink()
        assert "system" in real.read_text(encoding="utf-8")

    def test_a_file_saved_by_windows_stays_one(self, config: Path) -> None:
        config.write_bytes(b"\xef\xbb\xbf[plugins.bme680]\r\ninterval = 1.0\r\n")
        grant(config, "bme680", "system")
        assert config.read_bytes() == (
            b'\xef\xbb\xbf[plugins.bme680]\r\npermissions = ["system"]\r\ninterval = 1.0\r\n'
        )

    def test_of_two_at_the_same_time_none_is_lost(self, config: Path) -> None:
        def grant_lines(plugin: str) -> None:
            for line in range(8):
                grant(config, plugin, f"gpio:{line}:in")

        threads = [threading.Thread(target=grant_lines, args=(plugin,)) for plugin in ("bme680", "light")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        lines = [GpioPermission(line, GpioMode.IN) for line in range(8)]
        assert all(set(lines) <= set(plugin.permissions) for plugin in load_config(config).plugins)


class TestWhatCannotBeGranted:
    def test_anything_to_a_plugin_that_is_not_there(self, config: Path) -> None:
        error = refusal(config, "bme860", "system")
        assert "no plugin 'bme860'; did you mean 'bme680'?; there are: bme680, light" in error.problem

    def test_anything_where_there_are_no_plugins_at_all(self, tmp_path: Path) -> None:
        (tmp_path / "host.toml").touch()
        assert "there are: none" in refusal(tmp_path / "host.toml", "light", "system").problem

    def test_a_bus_that_is_not_there(self, config: Path) -> None:
        error = refusal(config, "bme680", "i2c:7:0x77")
        assert "found the bus i2c-7" in error.problem
        assert "add [buses.i2c-7]" in error.problem
        assert error.line is None

    def test_anything_in_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match="no such file"):
            grant(tmp_path / "host.toml", "bme680", "system")

    def test_anything_in_a_loop_of_links(self, tmp_path: Path) -> None:
        (tmp_path / "host.toml").symlink_to(tmp_path / "host.toml")
        with pytest.raises(ConfigError, match="Too many levels"):
            grant(tmp_path / "host.toml", "bme680", "system")

    def test_anything_in_a_file_that_is_wrong_already(self, config: Path) -> None:
        config.write_text("[plugins.bme680]\ninterval = 0\n", encoding="utf-8")
        assert refusal(config, "bme680", "system").line == 2

    def test_anything_in_a_read_only_file(self, config: Path) -> None:
        config.chmod(0o444)
        error = refusal(config, "bme680", "system")
        assert "read-only" in error.problem
        assert f"chmod u+w {config}" in error.problem

    def test_anything_in_a_folder_that_is_full_or_read_only(
        self, config: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(_descriptor: int, _content: object) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(os, "write", full)
        assert refusal(config, "bme680", "system").problem == "cannot be written: No space left on device"

    def test_anything_in_a_file_written_in_an_unusual_way(self, config: Path) -> None:
        config.write_text("plugins = {}\n", encoding="utf-8")
        assert 'add "system" by hand to permissions in [plugins.light]' in refusal(config, "light", "system").problem

    def test_anything_in_the_built_in_settings(
        self, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(shipped, "folder", lambda: tmp_path)
        error = refusal(config, "bme680", "system")
        assert error.problem.endswith(f"cp -r {tmp_path}/host.toml {tmp_path}/plugins .")

    def test_but_a_checkout_is_its_own_persons(
        self, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(shipped, "folder", lambda: tmp_path)
        monkeypatch.chdir(tmp_path)
        assert grant(config, "bme680", "system") == ["system"]


class TestAFileThatSomebodyElseChangesMeanwhile:
    @pytest.fixture
    def meanwhile(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
        """Lets something happen at the last moment, when the new content is on the disk already."""
        fsync = os.fsync

        def arrange(happens: Callable[[], object]) -> None:
            def flush_then(descriptor: int) -> None:
                fsync(descriptor)
                happens()

            monkeypatch.setattr(os, "fsync", flush_then)

        return arrange

    def test_keeps_that_change(self, config: Path, meanwhile: Callable[[Callable[[], object]], None]) -> None:
        meanwhile(lambda: config.write_text("# theirs\n", encoding="utf-8"))
        with pytest.raises(ConfigError, match="changed while it was edited; nothing was written, try again"):
            grant(config, "bme680", "system")
        assert config.read_text(encoding="utf-8") == "# theirs\n"
        assert names(config.parent) == ["host.toml", "plugins"]

    def test_stays_away_if_it_was_removed(
        self, config: Path, meanwhile: Callable[[Callable[[], object]], None]
    ) -> None:
        meanwhile(config.unlink)
        with pytest.raises(ConfigError, match="no such file"):
            grant(config, "bme680", "system")
        assert names(config.parent) == ["plugins"]


I2C_BUSES = st.sampled_from([1, 3])
VALID: st.SearchStrategy[Permission] = st.one_of(
    st.builds(lambda bus, ends, modes: I2cPermission(bus, *ends, *modes), I2C_BUSES, ADDRESSES, READ_WRITE),
    st.builds(GpioPermission, st.integers(0, 53), st.sampled_from(GpioMode)),
    st.sampled_from(["spi:0.0", "spi:0.7", "uart:serial0", "system"]).map(parse_permission),
)
PARAGRAPHS = SHIPPED.split("\n\n")
NAMES = [table.name for table in load_config(shipped.folder() / "host.toml").plugins]


@st.composite
def files_like_the_shipped_one(draw: st.DrawFn) -> str:
    """The shipped settings without some paragraphs, and with some put into force that are left at their defaults."""
    some = st.sets(st.integers(0, len(PARAGRAPHS) - 1), max_size=3)
    missing, in_force = draw(some), draw(some)
    paragraphs = [
        re.sub(r"^#(?! |$)", "", paragraph, flags=re.MULTILINE) if number in in_force else paragraph
        for number, paragraph in enumerate(PARAGRAPHS)
        if number not in missing
    ]
    return draw(st.sampled_from(["\n", "\r\n"])).join("\n\n".join(paragraphs).split("\n"))


def comments(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.lstrip().startswith("#")]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=files_like_the_shipped_one(),
    plugin=st.sampled_from([*NAMES, "light"]),
    permissions=st.lists(VALID, min_size=1, max_size=3),
)
def test_whatever_is_granted_in_a_file_like_the_shipped_one_is_in_force_and_all_else_stays(
    config: Path, text: str, plugin: str, permissions: list[Permission]
) -> None:
    config.write_text(text, encoding="utf-8", newline="")
    try:
        present = {table.name for table in load_config(config).plugins} | {"light"}
        before = tomli.loads(text)
    except ConfigError:  # a paragraph is missing that another one needs
        return
    assume(plugin in present)
    added = granting.grant(config, plugin, permissions)
    after = config.read_bytes().decode()
    (table,) = (table for table in load_config(config).plugins if table.name == plugin)
    assert all(covers(table.permissions, permission) for permission in permissions)
    assert comments(after) == comments(text)
    tables = before.setdefault("plugins", {})
    tables.setdefault(plugin, {}).setdefault("permissions", []).extend(map(str, added))
    assert tomli.loads(after) == ({**before, "plugins": tables} if added else tomli.loads(text))
