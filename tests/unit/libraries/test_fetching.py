"""Fetching: pip resolves what a plugin names, and only checked wheels and a whole lock are left."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from hostcore import shipped
from hostcore.libraries import libraries
from hostcore.libraries.libraries import libraries_for
from hostcore.libraries.lock import read_lock
from hostcore.libraries.provided import PROVIDED, fitting_version, write_empty_wheel
from tests.fetching import FetchDesk, versions
from tests.package_index import index, package

pytestmark = pytest.mark.thorough


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FetchDesk:
    return FetchDesk(tmp_path, monkeypatch)


def test_the_lock_and_the_wheels_are_what_a_start_needs(desk: FetchDesk) -> None:
    desk.names("driver")
    with index({**package("driver", "helper>=1"), **package("helper", version="1.2")}) as served:
        desk.use(served.url)
        lock = desk.fetch()
    assert versions(lock) == {"driver": "1.0", "helper": "1.2"}
    assert lock == read_lock(desk.lock)
    assert lock.packages[0].url.startswith("http://127.0.0.1")
    libraries = libraries_for("sensor", desk.plugin, desk.plugin.read_text(), desk.store)
    assert libraries is not None
    assert libraries.find_module("helper") is not None
    assert desk.notices == []
    assert desk.unfinished() == []


def test_a_second_fetch_uses_no_network(desk: FetchDesk) -> None:
    desk.names("driver")
    with index(package("driver")) as served:
        desk.use(served.url)
        first = desk.fetch()
    desk.use("http://127.0.0.1:9/simple")
    assert desk.fetch() == first


def test_a_newer_version_is_taken_on_demand(desk: FetchDesk) -> None:
    desk.names("driver")
    with index(package("driver")) as served:
        desk.use(served.url)
        desk.fetch()
    with index({**package("driver"), **package("driver", version="2.0")}) as served:
        desk.use(served.url)
        assert versions(desk.fetch()) == {"driver": "1.0"}
        assert versions(desk.fetch(upgrade=True)) == {"driver": "2.0"}


def test_other_dependencies_are_resolved_anew(desk: FetchDesk) -> None:
    with index({**package("driver"), **package("other")}) as served:
        desk.use(served.url)
        desk.names("driver")
        desk.fetch()
        desk.names("driver", "other")
        assert versions(desk.fetch()) == {"driver": "1.0", "other": "1.0"}


def test_a_damaged_lock_is_replaced_and_this_is_said(desk: FetchDesk) -> None:
    desk.names("driver")
    desk.lock.write_text("[[packages]]\nname = 3\n")
    with index(package("driver")) as served:
        desk.use(served.url)
        assert versions(desk.fetch()) == {"driver": "1.0"}
    assert len(desk.notices) == 1
    assert "sensor.lock" in desk.notices[0]
    assert "it is replaced" in desk.notices[0]


def test_a_damaged_wheel_is_fetched_again(desk: FetchDesk) -> None:
    desk.names("driver")
    with index(package("driver")) as served:
        desk.use(served.url)
        lock = desk.fetch()
        path = desk.store.path(lock.packages[0].sha256)
        path.chmod(0o600)
        path.write_bytes(b"damaged")
        assert desk.fetch() == lock
    assert desk.store.read(lock.packages[0])


def test_extras_are_respected(desk: FetchDesk) -> None:
    desk.names("driver[fast]")
    with index(
        {**package("driver", "helper; extra == 'fast'", "other; extra == 'slow'"), **package("helper")}
    ) as served:
        desk.use(served.url)
        assert versions(desk.fetch()) == {"driver": "1.0", "helper": "1.0"}


def test_conditions_are_those_of_the_sandbox_not_of_the_host(desk: FetchDesk) -> None:
    desk.names("driver", "never; sys_platform == 'win32'")
    requires = ("old; python_version < '3.14'", "new; python_version >= '3.14'", "arm; platform_machine == 'x86_64'")
    files = package("driver", *requires) | package("new", "newer") | package("newer") | package("arm")
    with index(files) as served:
        desk.use(served.url)
        assert versions(desk.fetch()) == {"driver": "1.0", "new": "1.0", "newer": "1.0"}


def test_the_persons_pip_settings_are_respected(desk: FetchDesk) -> None:
    desk.names("driver")
    constraints = desk.folder / "constraints.txt"
    constraints.write_text("driver<2\n")
    with index({**package("driver"), **package("driver", version="2.0")}) as served:
        desk.use("http://127.0.0.1:9/simple", served.url, PIP_CONSTRAINT=str(constraints))
        assert versions(desk.fetch()) == {"driver": "1.0"}


@pytest.mark.parametrize("source", [":all:", "driver"])
def test_settings_that_concern_installing_do_no_harm(desk: FetchDesk, source: str) -> None:
    desk.names("driver")
    harmful = {"PIP_USER": "1", "PIP_REQUIRE_VIRTUALENV": "1", "PIP_REQUIRE_HASHES": "1", "PIP_NO_BINARY": source}
    with index(package("driver")) as served:
        desk.use(served.url, **harmful)
        assert versions(desk.fetch()) == {"driver": "1.0"}


def test_an_index_need_not_name_hashes(desk: FetchDesk) -> None:
    desk.names("driver")
    with index(package("driver"), hashes=False) as served:
        desk.use(served.url)
        lock = desk.fetch()
    assert desk.store.read(lock.packages[0])


# What the sandbox has


def test_what_the_sandbox_has_is_not_fetched(desk: FetchDesk) -> None:
    desk.names("driver", "smbus2==0.4.1")
    with index(package("driver", "Adafruit-Blinka>=7.0", "RPi.GPIO")) as served:
        desk.use(served.url)
        assert versions(desk.fetch()) == {"driver": "1.0"}
    assert desk.notices == []


def test_a_plugin_whose_libraries_the_sandbox_has_gets_a_lock_without_packages(desk: FetchDesk) -> None:
    desk.names("smbus2", "RPi.GPIO>=0.7")
    desk.use("http://127.0.0.1:9/simple")
    assert desk.fetch().packages == ()
    assert libraries_for("sensor", desk.plugin, desk.plugin.read_text(), desk.store) is None, "and needs none"


def test_any_version_of_what_the_sandbox_has_will_do(desk: FetchDesk) -> None:
    desk.names("driver", "second")
    wanted = ("RPi.GPIO<0.8", "smbus2==0.4.1", "spidev>=3,<4", "Adafruit-Blinka~=8.0.1", "gpiozero==2.*")
    files = package("driver", *wanted) | package("driver", version="0.1") | package("second", "smbus2>=0.4")
    with index(files) as served:
        desk.use(served.url)
        assert versions(desk.fetch()) == {"driver": "1.0", "second": "1.0"}


@pytest.mark.parametrize("wanted", ["", "<9", "==0.7.0", ">=0.6,<0.8", "~=0.7.0", "==0.*", ">0.6,<0.7", "!=9999"])
def test_the_version_of_an_empty_wheel_is_one_that_is_wanted(wanted: str) -> None:
    assert SpecifierSet(wanted).contains(fitting_version(SpecifierSet(wanted)))


def test_a_path_is_no_version() -> None:
    assert fitting_version(SpecifierSet("===../../x")) == "9999"


def test_an_empty_wheel_has_the_same_bytes_each_time(tmp_path: Path) -> None:
    made = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_empty_wheel(tmp_path / name, "rpi-gpio", "9999")
        made += [(each.name, each.read_bytes()) for each in (tmp_path / name).iterdir()]
    assert made[0] == made[1]


def test_the_sandbox_has_each_module_of_the_packages_that_it_replaces() -> None:
    modules = shipped.guest_sources() / "modules"
    names = {name for replaced in PROVIDED.values() for name in replaced}
    found = {path.stem for path in modules.iterdir() if path.suffix == ".py" or path.is_dir()}
    assert names <= found


def test_an_older_real_one_on_the_index_is_not_fetched_either_nor_what_it_needs(desk: FetchDesk) -> None:
    desk.names("driver")
    files = package("driver", "pyserial~=3.5") | package("pyserial", "unneeded", version="3.5") | package("unneeded")
    with index(files) as served:
        desk.use(served.url)
        assert versions(desk.fetch()) == {"driver": "1.0"}


def test_the_lock_keeps_no_signature_of_an_address(desk: FetchDesk) -> None:
    """Private indexes often serve files from addresses that are signed for a short time."""
    files = package("driver")
    ((file, content),) = files.items()
    page = f'<!DOCTYPE html><a href="/files/{file}?signature=secret">{file}</a>'.encode()

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "text/html")
        request.end_headers()
        request.wfile.write(content if request.path.startswith("/files/") else page)

    desk.names("driver")
    with index(files, answer) as served:
        desk.use(served.url)
        (locked,) = desk.fetch().packages
    assert locked.url.endswith(f"/files/{file}")
    assert "secret" not in desk.lock.read_text()


def test_libraries_that_no_plugin_may_have_together_are_refused_before_one_is_kept(
    desk: FetchDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(libraries, "MOST_FILES", 5)
    desk.names("driver", "second")
    with index(package("driver") | package("second")) as served:
        desk.use(served.url)
        assert "have 8 files, allowed are 5" in desk.refusal()
    assert not list(desk.store.folder.glob("*.whl"))


def test_a_fetch_does_not_mind_that_another_one_ends(desk: FetchDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.names("driver")
    monkeypatch.setattr(Path, "glob", lambda *_: iter([desk.folder / ".fetch-gone"]))
    with index(package("driver")) as served:
        desk.use(served.url)
        assert versions(desk.fetch()) == {"driver": "1.0"}
