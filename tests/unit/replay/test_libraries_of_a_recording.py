"""A driver with libraries is replayed without them: the recording has every module that was imported."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hostcore.libraries.lock import Lock, lock_text
from hostcore.libraries.store import WheelStore
from hostcore.recording.model import Recording
from hostcore.replay.prepared import prepared_of
from hostcore.replay.versions import Step, steps_of
from hostcore.runtime.loader import WHEELS
from tests.replaying import Recorded
from tests.sandbox import Sandbox
from tests.wheels import wheel_content, wheel_file

FILES = {
    "drv/__init__.py": "from .names import UNIT\ndef double(x): return 2 * x\n",
    "drv/names.py": 'UNIT = "lx"\n',
    "drv/unused.py": "",
}
DRIVER = '# /// script\n# dependencies = ["drv"]\n# ///\nimport drv\ndef read(): return {"unit": drv.UNIT}\n'


@pytest.fixture
def recording(sandbox: Sandbox, cache_folder: Path) -> Recording:
    """A recording of a driver whose lock is gone."""
    package = WheelStore(cache_folder / WHEELS).add(wheel_file("drv"), wheel_content("drv", FILES))
    lock = sandbox.folder / "probe.lock"
    lock.write_text(lock_text(Lock(dependencies=("drv",), packages=(package,))), encoding="utf-8")
    recorder = Recorded(sandbox)
    recorder.load(DRIVER).read()
    lock.unlink()
    return recorder.recording


def played(sandbox: Sandbox, recording: Recording, source: str) -> list[Step]:
    prepared = prepared_of(sandbox.runtime, recording.header, source=source)
    return list(steps_of(sandbox.runtime, prepared, recording))


def test_the_recorded_version_is_replayed_exactly(sandbox: Sandbox, recording: Recording) -> None:
    assert all(step.played.is_exact for step in played(sandbox, recording, DRIVER))


def test_another_version_imports_the_recorded_modules(sandbox: Sandbox, recording: Recording) -> None:
    *_, last = played(sandbox, recording, DRIVER.replace("drv.UNIT", "drv.UNIT + str(drv.double(4))"))
    assert json.loads(last.played.result) == {"unit": "lx8"}


def test_a_module_that_was_never_imported_is_not_there(sandbox: Sandbox, recording: Recording) -> None:
    step, *_ = played(sandbox, recording, DRIVER.replace("import drv", "import drv.unused"))
    assert "No module named 'drv.unused'" in str(step.played.result)
