"""A driver that can be added, in words: what it is, what is known of it, and what adding it does."""

from __future__ import annotations

from collections.abc import Iterator

from rich.segment import Segment

from hostcore.driver_catalogue.catalogue import Trial
from hostcore.driver_wish import DriverKind
from hostcore.events import Confidence
from hostcore.view.found_chips import DriverOffer
from hostcore.view.offers import other_users
from hostcore.view.view import View
from tui.device_words import Words, device_words
from tui.lines import Line
from tui.look import Look
from tui.text import fit, safe

TRIALS = {
    Trial.RIGHT: ("right in trial", "read the simulated chip as this project's own driver does"),
    Trial.READ: ("reads in trial", "completed a reading on a register file in place of the chip"),
    Trial.IMPORTED: ("only imports", "could be imported, and completed no reading"),
    Trial.FAILED: ("does not work", "did not work in the sandbox"),
    Trial.NOT_TRIED: ("not tried", "was not tried: only its name is known"),
}
"""What the trial of packages found out: for a row, and in a sentence."""
PLACE, CHIP, DRIVER = 11, 12, 39
"""Cells of the columns."""
COPIES = (
    "The settings and plugins shown here are the built-in ones. It copies them and itself into the folder in which the "
    "host was started, so that you can change them. This host does not run the copies until it is started again there."
)
"""For people who have no host.toml: a host that runs with the built-in one watches no other folder."""


def offer_row(offer: DriverOffer, view: View, look: Look) -> Line:
    """The row of a driver. If other plugins may use its address already, it names them instead of the trial."""
    if offer.found is None:
        return [
            Segment(fit("", PLACE + CHIP)),
            Segment(title_of(offer), look.strong),
            Segment("  opens in your editor", look.muted),
        ]
    found, is_likely = offer.found, offer.found.confidence is Confidence.POSSIBLE
    users = other_users("", found.permission, view.plugins.all())
    chip = f"{found.chip.name}?" if is_likely else found.chip.name
    return [
        Segment(fit(f"0x{found.address:02x} {found.bus}", PLACE - 1) + " ", look.plain),
        Segment(fit(safe(chip), CHIP - 1) + " ", look.muted if is_likely else look.good),
        Segment(fit(safe(f"{title_of(offer)} {_tried_version(offer)}".rstrip()), DRIVER - 1) + " ", look.strong),
        Segment(f"used by {' and '.join(users)}" if users else _trial(offer), look.warn if users else look.muted),
    ]


def title_of(offer: DriverOffer) -> str:
    """What a driver is, in a few words. pip fetches the newest version of a library, so none is named."""
    if offer.library is not None:
        return offer.library.package
    return f"{offer.plugin}, this project's own" if offer.plugin else "An empty driver"


def _tried_version(offer: DriverOffer) -> str:
    return offer.library.version if offer.library is not None else ""


def _trial(offer: DriverOffer) -> str:
    return TRIALS[offer.library.trial if offer.library is not None else Trial.RIGHT][0]


def about(offer: DriverOffer, view: View, look: Look, now_ns: int) -> Iterator[Words]:
    """Yield what a person wants to know before they add a driver."""
    found, library = offer.found, offer.library
    if found is not None:
        yield from device_words(view, look, "", found.permission, now_ns)
        if found.confidence is Confidence.POSSIBLE:
            words = f"Only its address says that it could be {safe(found.chip.title)}: i asks the chip."
            yield words, look.warn
    if library is not None:
        tried = f"In the trial, version {safe(library.version)}" if library.version else "This package"
        class_name = f" Its class: {safe(library.class_name)}." if library.class_name else ""
        ink = look.plain if library.trial <= Trial.READ else look.warn
        yield f"{tried} {TRIALS[library.trial][1]}.{class_name}", ink
        if library.problem:
            yield f"It stopped at: {safe(library.problem)}", look.warn
    yield what_happens(offer, view), look.plain


def what_happens(offer: DriverOffer, view: View) -> str:
    """Say what adding a driver does, and where."""
    fetches = "fetches the newest version with pip, from the network, and " if offer.library is not None else ""
    facts = view.facts
    into = "" if facts.writes_copies else f" into {safe(str(facts.plugins_folder))}"
    if offer.kind is DriverKind.EMPTY:
        words = f"Enter asks for a name, and writes a driver{into} that reads the computer's temperature."
    else:
        words = f"Enter {fetches}writes a driver{into}. It asks you first."
    return f"{words} {COPIES}" if facts.writes_copies else words
