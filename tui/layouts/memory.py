"""The file in which screens remember the theme, the layouts with a name, and how each of them was left."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from hostcore.errors import ScreenMemoryError
from hostcore.events.event_json import from_json, to_brief_json
from hostcore.files import Folder
from hostcore.quick_dataclass import dataclass, replace
from hostcore.strict_json import value_of
from tui.layouts.layout import LONGEST_NAME, TAKEN, Layout, is_name
from tui.layouts.place import LARGEST, NAME, folder_of_user
from tui.text import safe

VERSION = 1
"""The version of the file. A later program writes a higher one if this one could not read it rightly."""
MOST_LAYOUTS = 50
"""How many layouts can have a name."""
LOCK_SECONDS = 1.0
"""How long another screen may take to write the file. This one's keys wait meanwhile."""
MOST_LEFT = 20
"""Of how many hosts the screen remembers how it was left. The one that was left longest ago is forgotten first."""
ASIDE = f"{NAME}.damaged"
"""The name of a file that could not be used."""


@dataclass(frozen=True, slots=True)
class NamedLayout:
    """A layout, and what it belongs to."""

    name: str
    """The name that a person gave it, or the settings of the host whose screen was left so."""
    layout: Layout


@dataclass(frozen=True, slots=True)
class Remembered:
    """The content of the file."""

    version: int = VERSION
    theme: str = ""
    """The name of the theme that the person chose; "" for none."""
    layouts: tuple[NamedLayout, ...] = ()
    """Those with a name, in the order in which they were made."""
    left: tuple[NamedLayout, ...] = ()
    """How screens were left, the newest last."""


class Memory:
    """What the screens of a user remember. All methods but the constructor can block as long as the disk does.

    A file that cannot be used is put aside. A file of a later version stays as it is, and nothing is remembered.

    Args:
        folder: the folder of the file; None to remember nothing beyond this object.
        settings: names the host's settings, for how its screen was left.

    Attributes:
        problem: why nothing is known from before, or nothing is kept, as a sentence for a person; "" if all is well.
    """

    def __init__(self, folder: Path | None = None, settings: str = "") -> None:
        self._folder, self._settings = folder, settings
        self._known = Remembered()
        self.problem = ""

    @classmethod
    def of_user(cls, settings: str) -> Memory:
        """Return what this user's screens remember. Blocks as long as the disk does."""
        memory = cls(folder_of_user(), settings)
        memory.read()
        return memory

    @property
    def theme(self) -> str:
        """The theme that the person chose; "" for none."""
        return self._known.theme

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the layouts."""
        return tuple(each.name for each in self._known.layouts)

    @property
    def left(self) -> Layout | None:
        """How the screen of this host was left last; None if that is not known."""
        return next((each.layout for each in self._known.left if each.name == self._settings), None)

    def layout(self, name: str) -> Layout:
        """Return the layout with a name.

        Raises:
            ScreenMemoryError: there is none.
        """
        for each in self._known.layouts:
            if each.name == name:
                return each.layout
        raise ScreenMemoryError(f"there is no layout {safe(name, LONGEST_NAME)!r}; {self._named()}")

    def save(self, name: str, layout: Layout) -> None:
        """Give a layout a name. It takes the place of the one that had this name.

        Raises:
            ScreenMemoryError: it cannot have this name, there are too many, or the file cannot be written.
        """
        if not is_name(name):
            raise ScreenMemoryError(
                f"a layout cannot be called {safe(name, LONGEST_NAME)!r}: allowed is one word of up to {LONGEST_NAME} "
                f"characters, but not {' or '.join(TAKEN)}, as in :layout save night"
            )

        def change(known: Remembered) -> Remembered:
            others = tuple(each for each in known.layouts if each.name != name)
            if len(others) >= MOST_LAYOUTS:
                raise ScreenMemoryError(f"there are {MOST_LAYOUTS} layouts already; delete one, :layout delete NAME")
            return replace(known, layouts=(*others, NamedLayout(name, layout)))

        self._change(change)

    def delete(self, name: str) -> None:
        """Delete the layout with a name.

        Raises:
            ScreenMemoryError: there is none, or the file cannot be written.
        """
        self.layout(name)
        self._change(lambda known: replace(known, layouts=tuple(each for each in known.layouts if each.name != name)))

    def leave(self, theme: str, layout: Layout | None) -> None:
        """Remember the theme, and how the screen of this host is left; None to forget that.

        A theme that this screen did not change is left as another screen may have chosen it meanwhile.

        Raises:
            ScreenMemoryError: the file cannot be written.
        """
        if theme == self.theme and layout == self.left:
            return  # an SD card wears out
        has_chosen = theme != self.theme

        def change(known: Remembered) -> Remembered:
            others = [each for each in known.left if each.name != self._settings]
            newest = [] if layout is None else [NamedLayout(self._settings, layout)]
            return replace(
                known, theme=theme if has_chosen else known.theme, left=tuple((others + newest)[-MOST_LEFT:])
            )

        self._change(change)

    def read(self) -> None:
        """Read the file."""
        if self._folder is None:
            return
        try:
            with Folder.open(self._folder) as folder:
                self._known = self._content(folder)
        except FileNotFoundError:
            return
        except OSError as error:
            self.problem = f"The screen starts as new: {self._folder / NAME}: {error.strerror or error}."

    def _content(self, folder: Folder) -> Remembered:
        """Return the content of the file, or put it aside if it is damaged."""
        try:
            found = value_of(folder.read(NAME, LARGEST).decode())
            version = found.get("version") if isinstance(found, dict) else None
            if type(version) is int and version > VERSION:
                self.problem = (
                    f"The screen starts as new and remembers nothing: {folder.path / NAME} is of version {version}, "
                    f"and this program reads up to {VERSION}. Delete it, or use the newer program."
                )
                self._folder = None
                return Remembered()
            return from_json(Remembered, found)
        except (UnicodeDecodeError, ValueError) as error:
            folder.rename(NAME, ASIDE)
            reason = "is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else safe(str(error), 200)
            self.problem = (
                f"The screen starts as new: the file in which it remembers layouts is damaged ({reason}); "
                f"it is now called {folder.path / ASIDE}."
            )
            return Remembered()

    def _change(self, change: Callable[[Remembered], Remembered]) -> None:
        """Change what is known, and the file. Another screen may have changed it meanwhile."""
        if self._folder is None:
            self._known = change(self._known)
            return
        try:
            with Folder.open(self._folder, create=0o700) as folder, folder.locked(LOCK_SECONDS):
                known = self._content(folder) if folder.stat(NAME) is not None else self._known
                changed = change(known)
                text = json.dumps(to_brief_json(changed) | {"version": VERSION}).encode()
                if len(text) > LARGEST:
                    raise ScreenMemoryError(f"the layouts take more than {LARGEST:,} bytes; shorten their filters")
                folder.remove_unfinished()
                folder.write(NAME, text)
        except OSError as error:
            where = f"{self._folder / NAME}: {error.strerror or error}"
            raise ScreenMemoryError(
                f"the screen cannot remember this: {where}; make room or give access there"
            ) from error
        self._known = changed

    def _named(self) -> str:
        return f"there are: {', '.join(self.names)}" if self.names else "save one on the screen: :layout save NAME"
