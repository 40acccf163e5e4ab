"""A loose wire: a device that answers most of the time."""

from __future__ import annotations

from collections.abc import Iterator

from hostcore.clock import NS_PER_S
from hostcore.diagnosis.case import Case
from hostcore.diagnosis.records import DeviceRecord
from hostcore.diagnosis.rules.silence import is_silent, is_wanted
from hostcore.diagnosis.wording import about_device, observations, percent, place
from hostcore.events import Confidence, Finding, Outcome
from hostcore.rates import Trend

WINDOW_NS = 5 * 60 * NS_PER_S
"""The time that is looked at, in nanoseconds."""
LEAST_TRANSFERS = 20
LEAST_FAILURES = 3
LEAST_BREAKS = 3
"""Times that the device went silent after it had answered. A device whose plug is pulled out goes silent once."""
MOST_OFTEN = 0.9
"""A device that fails more often than this is silent rather than loose."""


def loose_wires(case: Case) -> Iterator[Finding]:
    """Find devices that answer, but not always, so that readings fail."""
    for device in case.i2c_devices():
        recent = device.rates.since(case.now_ns - WINDOW_NS)
        if (
            recent.total >= LEAST_TRANSFERS
            and recent.failed >= LEAST_FAILURES
            and recent.failed < MOST_OFTEN * recent.total
            and device.outcomes[Outcome.NO_ACKNOWLEDGE] >= LEAST_FAILURES
            and device.outcomes[Outcome.NO_ACKNOWLEDGE] > 0.8 * device.failed
            and sum(broke_ns >= case.now_ns - WINDOW_NS for broke_ns in device.broke_ns) >= LEAST_BREAKS
            and not is_silent(case, device)
            and is_wanted(case, device)
            and not _is_only_busy(case, device)
            and _readings_fail(case, device)
        ):
            yield _loose(case, device)


def _is_only_busy(case: Case, device: DeviceRecord) -> bool:
    """Whether a chip that refuses reads until it has measured refused nothing else."""
    site = case.sites.chip(device.bus, device.address or 0)
    chips = [site.chip] if site.chip else [*case.expected_at(device), *site.candidates]
    refused = [each for each in device.transfers.all() if each.outcome is Outcome.NO_ACKNOWLEDGE]
    return any(chip.bus.refuses_early_read for chip in chips) and not any(each.messages for each in refused)


def _readings_fail(case: Case, device: DeviceRecord) -> bool:
    """Whether readings failed more than once. Chips that are busy refuse transfers too, but their drivers expect it."""
    return sum(spoilt_ns >= case.now_ns - WINDOW_NS for spoilt_ns in device.spoilt_ns) >= LEAST_FAILURES


def _loose(case: Case, device: DeviceRecord) -> Finding:
    recent = device.rates.since(case.now_ns - WINDOW_NS)
    others = [each for each in case.devices_on(device.bus) if each is not device and each.total >= LEAST_TRANSFERS]
    shared = bool(others) and all(each.rates.since(case.now_ns - WINDOW_NS).failed >= LEAST_FAILURES for each in others)
    trend = _words(device.rates.trend(case.now_ns))
    where = "of the bus" if shared else "of this chip"
    return about_device(
        device,
        "loose-wire",
        f"The device at {place(device.bus, device.address)} does not answer {recent.failed} of {recent.total} times "
        f"({percent(recent.failed, recent.total)}{trend}): likely, a wire {where} is loose.",
        f"Press the wires and the connector {where} on one by one, and watch the rate. Check its solder joints.",
        Confidence.LIKELY,
        evidence=observations(device, 3, failed=True),
    )


def _words(trend: Trend) -> str:
    return "" if trend is Trend.STEADY else f", {trend}"
