"""Fetching what cannot work: one line names the package that wants it, and nothing half-written is left."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from hostcore.libraries import pip as pip_module
from hostcore.workshop import Workshop
from tests.fetching import FetchDesk, versions
from tests.package_index import Answer, Index, endless, failure, garbage, index, never_answer, package
from tests.waiting import until

pytestmark = pytest.mark.thorough

NATIVE = "cp314-cp314-linux_aarch64"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FetchDesk:
    return FetchDesk(tmp_path, monkeypatch)


def source_only(name: str) -> dict[str, bytes]:
    return {f"{name}-1.0.tar.gz": b"its setup.py would run"}


# Packages


def test_a_native_package_is_refused_with_an_alternative_before_pip_runs(desk: FetchDesk) -> None:
    desk.names("Numpy")
    desk.use("http://127.0.0.1:9/simple")
    assert desk.refusal() == (
        "sensor.py: Numpy has native code, and only pure Python runs in the sandbox; use array, struct and statistics"
    )


def test_a_native_package_of_a_library_is_left_out_and_this_is_said(desk: FetchDesk) -> None:
    """It may be needed for a part only. Otherwise pip would choose a version of the library from years ago."""
    desk.names("display")
    with index(package("display", "Pillow>=9,<12", version="2.0") | package("display")) as served:
        desk.use(served.url)
        assert versions(desk.fetch()) == {"display": "2.0"}
    assert desk.notices == [
        "display wants pillow, which has native code, and only pure Python runs in the sandbox; draw with "
        "adafruit_framebuf, or as plugins/oled.py does; it is left out, and an import of it fails"
    ]


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (package("rare", tags=NATIVE), "has native code, and only pure Python runs in the sandbox"),
        (source_only("rare"), "has only source, which would have to be built, and building runs its code"),
    ],
    ids=["native", "source"],
)
def test_what_nobody_has_told_the_host_about_is_found_out(
    desk: FetchDesk, files: dict[str, bytes], reason: str
) -> None:
    with index(package("driver", "rare==1.0") | files) as served:
        desk.use(served.url)
        desk.names("driver")
        assert versions(desk.fetch()) == {"driver": "1.0"}
        assert desk.notices == [f"driver wants rare, which {reason}; it is left out, and an import of it fails"]
        desk.names("rare")
        assert desk.refusal() == f"sensor.py: rare {reason}"


def test_a_package_for_another_python_is_told(desk: FetchDesk) -> None:
    files = (
        package("driver", "ancient>=1")
        | package("ancient", requires_python="<3.12")
        | package("two", tags="py2-none-any")
    )
    with index(files) as served:
        desk.use(served.url)
        desk.names("driver")
        assert (
            desk.refusal() == "sensor.py: driver wants ancient>=1, which needs another Python than the sandbox's 3.14"
        )
        desk.names("two")
        assert desk.refusal() == "sensor.py: two needs another Python than the sandbox's 3.14"


def test_a_package_that_does_not_exist_is_told(desk: FetchDesk) -> None:
    with index(package("driver", "nobody")) as served:
        desk.use(served.url)
        desk.names("nobody")
        assert desk.refusal() == "sensor.py: nobody: no index has a package of this name; is it right?"
        desk.names("driver")
        assert desk.refusal() == "sensor.py: driver wants nobody, which no index has; is the name right?"


def test_a_version_that_does_not_exist_is_told_with_those_that_do(desk: FetchDesk) -> None:
    with index(package("driver")) as served:
        desk.use(served.url)
        desk.names("driver>=3")
        assert desk.refusal() == "sensor.py: driver>=3: no index has such a version for Python 3.14; there are 1.0"


def test_requirements_that_contradict_each_other_are_told(desk: FetchDesk) -> None:
    files = (
        package("one", "shared<2") | package("two", "shared>=2") | package("shared") | package("shared", version="2.0")
    )
    with index(files) as served:
        desk.use(served.url)
        desk.names("one", "two")
        message = desk.refusal()
    assert "contradict each other" in message
    assert "one 1.0 depends on shared<2; two 1.0 depends on shared>=2" in message


def test_what_needs_the_network_is_fetched_with_a_notice(desk: FetchDesk) -> None:
    desk.names("driver", "paho-mqtt")
    with index(package("driver", "requests") | package("requests") | package("paho-mqtt")) as served:
        desk.use(served.url)
        desk.fetch()
    assert any(line.startswith("driver wants requests, which needs the network") for line in desk.notices)
    assert any(line.startswith("paho-mqtt needs the network") for line in desk.notices)


@pytest.mark.parametrize("name", ["json", "board"])
def test_a_wheel_with_a_module_of_python_or_the_host_is_refused(desk: FetchDesk, name: str) -> None:
    desk.names(name)
    with index(package(name)) as served:
        desk.use(served.url)
        assert f"{name} has a module {name}, but that name belongs to" in desk.refusal()
    assert not any(desk.store.folder.glob("*.whl")), "no wheel is kept if another one is wrong"


def test_a_lock_whose_versions_were_edited_by_hand_is_told_with_the_way_out(desk: FetchDesk) -> None:
    desk.names("driver")
    with index(package("driver")) as served:
        desk.use(served.url)
        desk.fetch()
    text = desk.lock.read_text(encoding="utf-8")
    edited = text.replace("driver-1.0-", "driver-1.1-").replace('\nversion = "1.0"', '\nversion = "1.1"')
    desk.lock.write_text(edited, encoding="utf-8")
    message = desk.refusal()
    assert "driver-1.1-py3-none-any.whl: says in METADATA that it is driver 1.0" in message
    assert message.endswith("; to choose anew, run: wasi-host fetch sensor --upgrade")


def test_a_wheel_that_is_no_archive_is_refused(desk: FetchDesk) -> None:
    desk.names("driver")
    with index({"driver-1.0-py3-none-any.whl": b"not a zip"}) as served:
        desk.use(served.url)
        assert desk.refusal().startswith("sensor.py: ")


def test_a_plugin_without_dependencies_has_nothing_to_fetch(desk: FetchDesk) -> None:
    desk.plugin.write_text("def read():\n    return 1\n")
    assert desk.refusal().startswith("sensor.py: names no dependencies")


def test_an_address_is_refused_because_it_may_have_to_be_built(desk: FetchDesk) -> None:
    desk.names("driver @ https://example.org/driver.zip")
    assert "allowed is a package of an index" in desk.refusal()


# Hashes: piwheels builds wheels of its own


@pytest.fixture
def pypi(desk: FetchDesk) -> dict[str, bytes]:
    """The files of an index from which a lock was made, whose wheels are not here any more."""
    files = package("driver")
    desk.names("driver")
    with index(files) as served:
        desk.use(served.url)
        desk.fetch()
    for path in desk.store.folder.glob("*.whl"):
        path.unlink()
    return files


def test_of_two_builds_of_a_version_the_locked_one_is_fetched(desk: FetchDesk, pypi: dict[str, bytes]) -> None:
    with index(package("driver", source="rebuilt = 1\n")) as piwheels, index(pypi) as served:
        desk.use(piwheels.url, served.url)
        before = desk.lock.read_bytes()
        desk.fetch()
    assert desk.lock.read_bytes() == before


def test_another_build_is_never_taken_for_the_locked_one_unless_the_person_says_so(
    desk: FetchDesk, pypi: dict[str, bytes]
) -> None:
    with index(package("driver", source="rebuilt = 1\n")) as piwheels:
        desk.use(piwheels.url)
        assert desk.refusal() == (
            "sensor.py: no index has the locked wheels any more, or only others of the same version, as piwheels "
            "builds them: driver 1.0. To lock what the index has now, run: wasi-host fetch sensor --upgrade"
        )
        desk.fetch(upgrade=True)


def test_a_wheel_that_the_persons_indexes_do_not_have_is_fetched_from_the_address_in_the_lock(
    desk: FetchDesk, pypi: dict[str, bytes]
) -> None:
    with index(pypi) as served, index(package("driver", source="rebuilt = 1\n")) as piwheels:
        old = desk.lock.read_text().partition("http://")[2].partition("/")[0]
        text = desk.lock.read_text().replace(f"http://{old}", served.url.removesuffix("/simple"))
        desk.lock.write_text(text)
        desk.use(piwheels.url)
        desk.fetch()
        assert desk.lock.read_text() == text
        assert all(path.startswith("/files/") for path in served.asked)


# Indexes


@pytest.mark.parametrize("answer", [garbage, failure], ids=["garbage", "503"])
def test_an_index_that_does_not_answer_as_one_is_named(desk: FetchDesk, answer: Answer) -> None:
    desk.names("driver")
    with index({}, answer) as served:
        desk.use(served.url)
        assert _host(served) in desk.refusal()


def test_an_index_that_is_not_there_is_named_without_the_password(desk: FetchDesk) -> None:
    desk.names("driver")
    desk.use("http://me:secret@127.0.0.1:9/simple")
    message = desk.refusal()
    assert message.startswith("sensor.py: 127.0.0.1:9 cannot be reached")
    assert "--from FOLDER" in message
    assert "secret" not in message


def test_an_index_that_never_answers_is_given_up(desk: FetchDesk) -> None:
    desk.names("driver")
    with index({}, never_answer) as served:
        desk.use(served.url, PIP_DEFAULT_TIMEOUT="100")
        message = desk.refusal(patience=10.0)
    assert f"{_host(served)} has sent nothing for 10 s" in message


def test_a_page_without_an_end_is_given_up(desk: FetchDesk) -> None:
    desk.names("driver")
    with index({}, endless) as served:
        desk.use(served.url)
        assert desk.refusal(patience=10.0).startswith("sensor.py: ")


def test_a_wheel_without_an_end_is_given_up(desk: FetchDesk) -> None:
    page = b'<!DOCTYPE html><a href="/files/driver-1.0-py3-none-any.whl">driver-1.0-py3-none-any.whl</a>'

    def answer(request: BaseHTTPRequestHandler) -> None:
        if request.path.startswith("/files/"):
            endless(request)
        else:
            request.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + page)

    desk.names("driver")
    with index({}, answer) as served:
        desk.use(served.url)
        assert desk.refusal() == "sensor.py: an index sends a file of more than 32 MiB"


def test_a_fetch_is_stopped_at_once_and_leaves_nothing(desk: FetchDesk) -> None:
    desk.names("driver")
    failed: list[str] = []
    with index({}, never_answer) as served:
        desk.use(served.url)
        thread = threading.Thread(target=lambda: failed.append(desk.refusal()))
        thread.start()
        until(lambda: bool(served.asked), 30.0)
        desk.workshop.stop()
        thread.join(5.0)
        assert not thread.is_alive()
    assert failed == ["resolving the libraries of sensor: stopped"]
    assert desk.unfinished() == []


def test_a_pip_that_the_kernel_ends_is_told(desk: FetchDesk) -> None:
    desk.names("driver")
    workshop = Workshop(lambda _task, _elapsed, _expected: _kill_children())
    desk.workshop = workshop
    with index({}, never_answer) as served:
        desk.use(served.url)
        assert "killed by signal 9; did the memory run out?" in desk.refusal()


def test_without_pip_the_person_is_told_how_to_get_it(desk: FetchDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pip_module, "find_spec", lambda _name: None)
    desk.names("driver")
    desk.use("http://127.0.0.1:9/simple")
    assert "has no pip, which fetches libraries; run: " in desk.refusal()


def test_a_store_that_is_no_folder_is_named(desk: FetchDesk) -> None:
    desk.names("driver")
    desk.store.folder.write_text("a file")
    assert desk.refusal().startswith(f"{desk.store.folder}: cannot be written: ")


def _host(served: Index) -> str:
    return served.url.removeprefix("http://").removesuffix("/simple")


def _kill_children() -> None:
    for task in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # threads and children of other tests end meanwhile
            for child in (task / "children").read_text().split():
                os.kill(int(child), signal.SIGKILL)
