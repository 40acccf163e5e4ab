"""If no thread can start, the person reads one line that names the thread and the limits."""

from __future__ import annotations

import threading

import pytest

from hostcore.actuators.relays import Train
from hostcore.errors import NoThreadError, UnsupportedError
from hostcore.runtime import engine
from hostcore.threads import HostThread, require_threads
from tests.actuator_bench import ALLOWED, MS, Bench
from tests.few_threads import FewThreads


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> FewThreads:
    return FewThreads(monkeypatch)


def test_a_thread_that_cannot_start_is_named_with_the_limits(few: FewThreads) -> None:
    few.allowed = 0
    thread = HostThread(lambda: None, "rounds")
    with pytest.raises(NoThreadError) as error:
        thread.start()
    assert str(error.value).startswith("cannot start the thread rounds: this computer or user allows no more threads")
    assert "\n" not in str(error.value)


def test_a_thread_that_never_started_has_ended(few: FewThreads) -> None:
    few.allowed = 0
    thread = HostThread(lambda: None, "rounds")
    with pytest.raises(NoThreadError):
        thread.start()
    thread.join()
    assert not thread.is_alive()


def test_any_other_error_stays_what_it_is() -> None:
    thread = HostThread(lambda: None, "rounds")
    thread.start()
    with pytest.raises(RuntimeError, match="only be started once"):
        thread.start()
    thread.join()


def test_threads_of_a_library_are_tried_before_it_starts_them(few: FewThreads) -> None:
    before = threading.active_count()
    few.allowed = 2
    require_threads("file changes", 2)
    few.allowed = 2
    with pytest.raises(NoThreadError, match="file changes"):
        require_threads("file changes", 3)
    assert threading.active_count() == before


def test_a_relay_that_could_not_go_off_again_is_not_switched_on(few: FewThreads) -> None:
    bench = Bench()
    few.allowed = 0
    with pytest.raises(UnsupportedError, match="relays cannot pulse now: cannot start the thread relays"):
        bench.relays.pulse(bench.account, ALLOWED, "fan", Train(1, MS, 0))
    assert bench.switched() == []
    few.allowed = 1
    bench.relays.pulse(bench.account, ALLOWED, "fan", Train(1, MS, 0))
    bench.wait_for(lambda: bench.switched() == [True, False])
    bench.actuators.stop()


def test_leds_that_could_not_be_shown_are_not_set(few: FewThreads) -> None:
    bench = Bench()
    few.allowed = 0
    with pytest.raises(UnsupportedError, match="LEDs cannot be shown now: cannot start the thread leds"):
        bench.leds.fill(bench.account, (1, 2, 3))
    bench.actuators.stop()


def test_with_few_threads_a_component_is_compiled_on_one(few: FewThreads, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cranelift ends the process if it cannot start its threads."""
    on_several: list[bool] = []

    def noted(_config: engine.Config, setting: str, value: bool) -> None:
        if setting == "parallel_compilation":
            on_several.append(value)

    monkeypatch.setattr(engine.Config, "set", noted)
    engine.engine_config(compiles=True)
    few.allowed = 0
    engine.engine_config(compiles=True)
    assert on_several == [True, False]
