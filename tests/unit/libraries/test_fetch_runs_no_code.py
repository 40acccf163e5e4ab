"""Fetching runs no code of a package, whatever an index or a lock says."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from hostcore.libraries.pip_process import refuse_programs
from tests.fetching import FetchDesk
from tests.package_index import Files, index, package

pytestmark = pytest.mark.thorough  # pip is started


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FetchDesk:
    return FetchDesk(tmp_path, monkeypatch)


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """The file that a package's code would write."""
    return tmp_path / "its-code-has-run"


def source(name: str, trap: Path) -> Files:
    """Return a package that has to be built. Its setup.py and its build backend write `trap`."""
    code = f"open({str(trap)!r}, 'w').close()\n"
    project = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for path, text in (("setup.py", code), ("backend.py", code), ("pyproject.toml", project)):
            entry = tarfile.TarInfo(f"{name}-1.0/{path}")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    return {f"{name}-1.0.tar.gz": made.getvalue()}


def test_a_source_that_a_library_wants_by_its_address_is_not_built(desk: FetchDesk, trap: Path) -> None:
    with index(source("evil", trap)) as elsewhere:
        address = elsewhere.url.replace("/simple", "/files/evil-1.0.tar.gz")
        with index(package("driver", f"evil @ {address}")) as served:
            desk.use(served.url)
            desk.names("driver")
            message = desk.refusal()
    assert not trap.exists()
    assert message == (
        f"sensor.py: driver wants evil @ {address}, which has only source, which would have to be built, and building "
        "runs its code"
    )


def test_a_folder_that_a_library_wants_is_not_built(desk: FetchDesk, trap: Path, tmp_path: Path) -> None:
    folder = tmp_path / "evil"
    folder.mkdir()
    (folder / "setup.py").write_text(f"open({str(trap)!r}, 'w').close()\n")
    with index(package("driver", f"evil @ file://{folder}")) as served:
        desk.use(served.url)
        desk.names("driver")
        message = desk.refusal()
    assert not trap.exists()
    assert message.startswith(f"sensor.py: driver wants {folder}, which has only source")


def test_a_repository_that_a_library_wants_is_not_cloned(desk: FetchDesk, trap: Path) -> None:
    with index(package("driver", "evil @ git+https://127.0.0.1:9/evil")) as served:
        desk.use(served.url)
        desk.names("driver")
        message = desk.refusal()
    assert "git+https://127.0.0.1:9/evil" in message


def test_a_source_behind_the_address_in_a_lock_is_not_built(desk: FetchDesk, trap: Path) -> None:
    files = source("evil", trap)
    (content,) = files.values()
    with index(files) as elsewhere, index({}) as served:
        address = elsewhere.url.replace("/simple", "/files/evil-1.0.tar.gz")
        desk.use(served.url)
        desk.names("evil")
        desk.lock.write_text(
            'lock-version = "1.0"\n[[packages]]\nname = "evil"\nversion = "1.0"\n'
            f'wheels = [{{ name = "evil-1.0-py3-none-any.whl", url = "{address}", '
            f'hashes = {{ sha256 = "{hashlib.sha256(content).hexdigest()}" }} }}]\n'
            '[tool.wasi-host]\ndependencies = ["evil"]\n'
        )
        message = desk.refusal()
    assert not trap.exists()
    assert message.startswith("sensor.py: no index has the locked wheels any more")


def test_the_address_in_a_lock_cannot_ask_for_variables_of_the_environment(
    desk: FetchDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "s3cret")
    with index({}) as elsewhere, index({}) as served:
        desk.use(served.url)
        desk.names("evil")
        desk.lock.write_text(
            'lock-version = "1.0"\n[[packages]]\nname = "evil"\nversion = "1.0"\n'
            f'wheels = [{{ name = "evil-1.0-py3-none-any.whl", '
            f'url = "{elsewhere.url.replace("/simple", "/files/${SECRET}/evil-1.0-py3-none-any.whl")}", '
            f'hashes = {{ sha256 = "{"0" * 64}" }} }}]\n'
            '[tool.wasi-host]\ndependencies = ["evil"]\n'
        )
        desk.refusal()
        assert not [path for path in elsewhere.asked if "s3cret" in path], elsewhere.asked


def test_a_requirement_that_looks_like_a_path_is_not_built(desk: FetchDesk, trap: Path, tmp_path: Path) -> None:
    folder = tmp_path / "evil"
    folder.mkdir()
    (folder / "setup.py").write_text(f"open({str(trap)!r}, 'w').close()\n")
    with index({}) as served:
        desk.use(served.url)
        desk.names(f"evil==={'../' * 20}{folder}")
        message = desk.refusal()
    assert not trap.exists()
    assert "allowed is a package of an index" in message


def test_a_source_that_is_named_as_a_wheel_is_not_built(desk: FetchDesk, trap: Path) -> None:
    (content,) = source("evil", trap).values()
    with index({"evil-1.0-py3-none-any.whl": content}) as served:
        desk.use(served.url)
        desk.names("evil")
        message = desk.refusal()
    assert not trap.exists()
    assert message.startswith("sensor.py: Wheel 'evil' located at ")


def test_a_wheel_that_a_library_wants_by_its_address_is_refused(desk: FetchDesk) -> None:
    with index(package("evil")) as elsewhere:
        address = elsewhere.url.replace("/simple", "/files/evil-1.0-py3-none-any.whl")
        with index(package("driver", f"evil @ {address}")) as served:
            desk.use(served.url)
            desk.names("driver")
            message = desk.refusal()
    assert message == f"sensor.py: driver wants evil from {address}, allowed is a package of an index"


@pytest.mark.parametrize("program", ["git", "/usr/bin/python3", b"sh"])
def test_pip_can_start_no_program(program: object) -> None:
    with pytest.raises(PermissionError):
        refuse_programs("subprocess.Popen", (program, [], None, None))
    with pytest.raises(PermissionError):
        refuse_programs("os.fork", ())


def test_pip_can_ask_the_keyring_for_a_password() -> None:
    refuse_programs("subprocess.Popen", ("/usr/bin/keyring", ["keyring", "get"], None, None))
    refuse_programs("open", ("/etc/passwd", "r", 0))
