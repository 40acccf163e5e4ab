"""What plugins asked for in vain is remembered, bounded, and found again by another process."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostcore.access.requests import MOST_REQUESTS, AccessRequest, AccessRequests, load_requests, requests_file
from hostcore.permissions import parse_permission


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the test's own for what the host remembers."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "wasi-host"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "host.toml"


def asked(config: Path, *requests: tuple[str, str, int]) -> AccessRequests:
    made = AccessRequests(config)
    for plugin, permission, count in requests:
        made.add(plugin, parse_permission(permission), count)
    return made


def listed(requests: tuple[AccessRequest, ...]) -> list[tuple[str, str, int]]:
    return [(each.plugin, str(each.permission), each.count) for each in requests]


def test_what_a_killed_host_left_unfinished_is_removed_later(config: Path, state: Path) -> None:
    asked(config, ("a", "system", 1)).save()
    (folder,) = state.iterdir()
    (saved,) = folder.iterdir()
    left = [folder / f".{saved.name}.{number}.unfinished" for number in (1, 2)]
    for file in left:
        file.touch()
    os.utime(left[0], (0, 0))
    asked(config, ("a", "system", 2)).save()
    assert sorted(folder.iterdir()) == [left[1], saved], "a young one may belong to a host that lives"


class TestRemembering:
    def test_each_permission_once_with_how_often_it_was_denied(self, config: Path) -> None:
        requests = asked(config, ("a", "system", 1), ("b", "system", 1), ("a", "spi:0.0", 1), ("a", "system", 10))
        assert sorted(listed(requests.all())) == [("a", "spi:0.0", 1), ("a", "system", 10), ("b", "system", 1)]

    def test_a_read_and_a_write_of_an_address_are_one_request(self, config: Path) -> None:
        requests = asked(
            config, ("a", "i2c:1:0x77:write", 10), ("a", "i2c:1:0x77:read", 1), ("a", "i2c:1:0x76:read", 1)
        )
        assert listed(requests.all()) == [("a", "i2c:1:0x77", 10), ("a", "i2c:1:0x76:read", 1)]

    def test_what_is_granted_is_forgotten(self, config: Path) -> None:
        requests = asked(config, ("a", "i2c:1:0x77:read", 1), ("a", "spi:0.0", 1), ("b", "i2c:1:0x77", 1))
        requests.drop("a", [parse_permission("i2c:1:0x70-0x77")])
        assert listed(requests.all()) == [("a", "spi:0.0", 1), ("b", "i2c:1:0x77", 1)]

    def test_one_plugin_cannot_fill_the_memory(self, config: Path) -> None:
        requests = asked(config, *(("a", f"uart:port{number}", 1) for number in range(10 * MOST_REQUESTS)))
        requests.add("a", parse_permission("uart:port0"), 10)
        requests.add("b", parse_permission("system"), 1)
        assert len(requests.all()) == MOST_REQUESTS + 1
        assert ("a", "uart:port0", 10) in listed(requests.all())

    def test_many_threads_may_ask_at_once(self, config: Path) -> None:
        requests = AccessRequests(config)

        def ask(plugin: str) -> None:
            for number in range(40):
                requests.add(plugin, parse_permission(f"gpio:{number}:in"), 1)

        threads = [threading.Thread(target=ask, args=(plugin,)) for plugin in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(requests.all()) == 4 * 40


class TestKeeping:
    def test_another_process_finds_them(self, config: Path) -> None:
        requests = asked(config, ("a", "i2c:1:0x77:write", 10), ("b", "system", 1))
        requests.save()
        assert load_requests(config) == requests.all()

    def test_by_whatever_name_it_knows_the_settings(
        self, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        config.touch()
        (tmp_path / "link.toml").symlink_to(config)
        asked(config, ("a", "system", 1)).save()
        monkeypatch.chdir(tmp_path)
        for name in ("host.toml", "link.toml", "state/../host.toml"):
            assert len(load_requests(Path(name))) == 1

    def test_other_settings_have_requests_of_their_own(self, config: Path, tmp_path: Path) -> None:
        asked(config, ("a", "system", 1)).save()
        assert load_requests(tmp_path / "other.toml") == ()

    def test_what_has_not_changed_is_not_written_again(self, config: Path) -> None:
        requests = asked(config, ("a", "system", 1))
        requests.save()
        file = requests_file(config)
        assert file is not None
        file.unlink()
        requests.save()
        assert not file.exists()
        requests.add("a", parse_permission("system"), 10)
        requests.save()
        assert listed(load_requests(config)) == [("a", "system", 10)]

    def test_a_folder_that_cannot_be_written_loses_nothing(self, config: Path, state: Path) -> None:
        state.mkdir(parents=True)
        (state / "requests").write_text("a file where the folder should be", encoding="utf-8")
        requests = asked(config, ("a", "system", 1))
        with pytest.raises(OSError, match=r"requests"):
            requests.save()
        (state / "requests").unlink()
        requests.save()
        assert listed(load_requests(config)) == [("a", "system", 1)]

    def test_where_nobody_has_a_home_nothing_is_kept(self, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def nobody() -> Path:
            raise RuntimeError

        monkeypatch.delenv("XDG_STATE_HOME")
        monkeypatch.setattr(Path, "home", nobody)
        asked(config, ("a", "system", 1)).save()
        assert load_requests(config) == ()

    def test_nobody_else_may_read_them(self, config: Path, state: Path) -> None:
        asked(config, ("a", "system", 1)).save()
        file = requests_file(config)
        assert file is not None
        assert file.parent == state / "requests"
        assert (file.stat().st_mode | file.parent.stat().st_mode) & 0o077 == 0


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["system", "a"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


def with_content(config: Path, content: bytes) -> tuple[AccessRequest, ...]:
    file = requests_file(config)
    assert file is not None
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return load_requests(config)


class TestAFileThatTheHostDidNotWrite:
    def test_that_is_a_pipe_is_not_waited_for(self, config: Path) -> None:
        asked(config, ("a", "system", 1)).save()
        file = requests_file(config)
        assert file is not None
        file.unlink()
        os.mkfifo(file)
        assert load_requests(config) == ()

    @pytest.mark.parametrize(
        "requests",
        [
            [["a", "system"]],
            [["a", "system", 1, 1]],
            [["a", "system", 0]],
            [["a", "system", "1"]],
            [["a", "net:example.org", 1]],
            [["a", None, 1]],
            [["../a", "system", 1]],
            [["\x1b[31m", "system", 1]],
            [1],
            None,
        ],
    )
    def test_is_as_good_as_none(self, config: Path, requests: object) -> None:
        good = {"config": str(config), "requests": [["a", "system", 1]]}
        assert len(with_content(config, json.dumps(good).encode())) == 1
        assert with_content(config, json.dumps({**good, "requests": requests}).encode()) == ()

    def test_for_other_settings_too(self, config: Path) -> None:
        foreign = {"config": "/elsewhere/host.toml", "requests": [["a", "system", 1]]}
        assert with_content(config, json.dumps(foreign).encode()) == ()

    @pytest.mark.parametrize(
        "content", [b"", b"\xff\xfe", b"[" * 100_000, b'{"config": ' + b"1" * 5000 + b"}", b"null"]
    )
    def test_whatever_is_in_it(self, config: Path, content: bytes) -> None:
        assert with_content(config, content) == ()

    @settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(requests=JSON)
    def test_even_if_it_looks_like_one(self, config: Path, requests: object) -> None:
        for each in with_content(config, json.dumps({"config": str(config), "requests": requests}).encode()):
            assert isinstance(each, AccessRequest)

    def test_even_if_it_is_a_folder(self, config: Path) -> None:
        file = requests_file(config)
        assert file is not None
        file.mkdir(parents=True)
        assert load_requests(config) == ()
