"""A driver in JavaScript is a plugin like any other."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostcore import shipped
from hostcore.errors import PluginCrashedError, PluginReportedError
from hostcore.events import State
from hostcore.hostcall import CrashKind
from tests.javascript import bh1750_js
from tests.sandbox import Sandbox
from tests.supervised import COUNTER, SupervisedHost

pytest_plugins = ["tests.supervised_fixture"]
pytestmark = [pytest.mark.thorough, pytest.mark.timeout(600)]  # installing the tools, building and compiling

MAY = "i2c:1:0x23"


@pytest.fixture(scope="module")
def component(cache_folder: Path) -> Path:
    return bh1750_js(cache_folder)


def test_it_reads_what_its_twin_in_python_reads(sandbox: Sandbox, component: Path) -> None:
    driver = sandbox.load_file(component, MAY)
    assert driver.provides == {"driver"}
    twin = sandbox.load_file(shipped.folder() / "plugins" / "bh1750.py", MAY)
    assert driver.read()["illuminance"] == pytest.approx(twin.read()["illuminance"], rel=0.05)
    assert {each.outcome for each in sandbox.events} == {"ok"}
    assert len(sandbox.events) == 2 * 3
    assert [each.source_line > 0 for each in sandbox.events] == [False] * 3 + [True] * 3, "only Python tells its lines"


def test_it_states_what_it_measures_as_its_twin_does(sandbox: Sandbox, component: Path) -> None:
    driver = sandbox.load_file(component, MAY)
    driver.read()
    twin = sandbox.load_file(shipped.folder() / "plugins" / "bh1750.py", MAY)
    assert driver.values.all == twin.values.all
    assert driver.values.problems.take() == ()


def test_it_gets_its_settings(sandbox: Sandbox, component: Path) -> None:
    driver = sandbox.load_file(component, "i2c:3:0x5c", settings='{"address": 92, "bus": 3}')
    with pytest.raises(PluginReportedError, match="0x5C"):
        driver.read()
    assert {(each.bus, each.address) for each in sandbox.events} == {("i2c-3", 0x5C)}


def test_what_it_may_not_touch_is_an_error_that_it_reports(sandbox: Sandbox, component: Path) -> None:
    driver = sandbox.load_file(component)
    for _ in range(2):
        with pytest.raises(PluginReportedError, match="does not let bh1750 use 0x23 on i2c-1"):
            driver.read()


def test_an_exception_is_a_crash_with_its_stack(sandbox: Sandbox, component: Path) -> None:
    driver = sandbox.load_file(component, MAY, settings="null")
    with pytest.raises(PluginCrashedError) as crash:
        driver.read()
    assert (crash.value.kind, crash.value.problem) == (CrashKind.EXCEPTION, "TypeError: JSON.parse(...) is null")
    assert "\n  read@plugins/javascript/bh1750.js:" in crash.value.traceback


def test_it_cannot_sleep_longer_than_its_call_may_take(sandbox: Sandbox, component: Path) -> None:
    driver = sandbox.load_file(component, MAY, call_seconds=0.1)
    with pytest.raises(PluginCrashedError, match=r"after 0\.1 s"):
        driver.read()


def test_it_runs_beside_python_and_harms_nobody_when_it_dies(supervised: SupervisedHost, component: Path) -> None:
    supervised.write("counter", COUNTER)
    light = {"path": str(component), "permissions": [MAY]}
    supervised.configure(
        {
            "access": {"shared": [MAY]},
            "plugins.light": light,
            "plugins.hasty": light,
            "plugins.hasty.limits": {"call_seconds": 0.1},
        }
    )
    supervised.start()
    supervised.reaches("hasty", State.QUARANTINED)
    assert supervised.reading("light")["illuminance"] > 0
    supervised.reading("counter", lambda reading: reading["count"] > 2)
    assert State.BACKOFF not in supervised.states("light") + supervised.states("counter")
