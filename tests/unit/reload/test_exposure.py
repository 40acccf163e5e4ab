"""The host says once that others can change its settings, or read the token in them, and how to end that."""

from __future__ import annotations

import grp
import os
import pwd
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from hostcore.config.loading import load_config
from hostcore.reload.exposure import exposures
from hostcore.reload.notices import Notices

TOKEN = '[web]\ntoken = "0123456789abcdef"\n'
WRITE = "others can write it, and so grant anything to any plugin"
READ = "it holds the token of the web, and others can read it"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "host.toml"
    file.write_text(TOKEN, encoding="utf-8")
    file.chmod(0o600)
    return file


@pytest.fixture
def group(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Names the user and the group of all files, and the members of the group."""

    def named(user: str, group: str, *members: str) -> None:
        monkeypatch.setattr(pwd, "getpwuid", lambda _number: SimpleNamespace(pw_name=user))
        monkeypatch.setattr(grp, "getgrgid", lambda _number: SimpleNamespace(gr_name=group, gr_mem=[*members]))

    return named


@pytest.mark.parametrize(
    ("mode", "problems", "bits"),
    [
        (0o602, WRITE, "w"),
        (0o620, WRITE, "w"),
        (0o604, READ, "r"),
        (0o640, READ, "r"),
        (0o666, f"{WRITE}; {READ}", "rw"),
    ],
)
def test_the_line_names_the_file_its_mode_and_the_remedy(
    config: Path, group: Callable[..., None], mode: int, problems: str, bits: str
) -> None:
    group("pi", "users")
    config.chmod(mode)
    assert exposures(load_config(config)) == (
        f"{config} has mode {mode:04o}: {problems}; run: chmod go-{bits} {config}",
    )


def test_a_file_that_only_its_owner_can_use_is_no_problem(config: Path) -> None:
    assert exposures(load_config(config)) == ()


def test_a_file_without_a_token_may_be_read_by_all(config: Path) -> None:
    config.write_text("", encoding="utf-8")
    config.chmod(0o644)
    assert exposures(load_config(config)) == ()


@pytest.mark.parametrize(
    ("name", "members", "is_own"),
    [("pi", (), True), ("pi", ("pi",), True), ("pi", ("eve",), False), ("gpio", (), False)],
)
def test_a_group_of_the_owner_alone_is_not_others(
    config: Path, group: Callable[..., None], name: str, members: tuple[str, ...], is_own: bool
) -> None:
    group("pi", name, *members)
    config.chmod(0o660)
    assert (exposures(load_config(config)) == ()) is is_own


def test_a_folder_in_which_others_can_replace_the_file_is_named(config: Path) -> None:
    config.parent.chmod(0o777)
    [line] = exposures(load_config(config))
    assert line.startswith(f"{config.parent} has mode 0777: others can replace host.toml in it")
    assert line.endswith(f"run: chmod go-w {config.parent}")
    config.parent.chmod(0o1777)
    assert exposures(load_config(config)) == ()


def test_a_file_that_is_gone_is_reported_elsewhere(config: Path) -> None:
    loaded = load_config(config)
    config.unlink()
    assert exposures(loaded) == ()


def test_the_host_says_it_once_and_again_when_it_gets_worse(config: Path) -> None:
    said = list[str]()
    config.chmod(0o604)
    loaded = load_config(config)
    notices = Notices(loaded, said.append, memory_mib=4096)
    for mode in (0o604, 0o604, 0o606, 0o606):
        config.chmod(mode)
        os.utime(config)
        notices.report(loaded, ())
    assert [line.partition("mode ")[2][:4] for line in said] == ["0604", "0606"]
    assert "0123456789abcdef" not in "".join(said)


def test_others_must_not_read_the_password_for_the_broker(config: Path) -> None:
    password = config.parent / "password"
    password.write_text("hunter2", encoding="utf-8")
    password.chmod(0o644)
    config.write_text('[mqtt]\nenabled = true\npassword_file = "password"\n', encoding="utf-8")
    (line,) = exposures(load_config(config))
    assert line == (f"{password} has mode 0644: others can read password_file of [mqtt]; run: chmod go-r {password}")
    password.chmod(0o600)
    assert exposures(load_config(config)) == ()
