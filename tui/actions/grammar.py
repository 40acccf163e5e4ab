"""What a typed line means: the action that it names, how it could go on, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from hostcore.quick_dataclass import dataclass, replace
from tui.actions.action import Action
from tui.text import counted, safe

MOST_NAMED = 5
"""How many words a sentence lists at most."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What a typed line means."""

    action: Action | None
    """What to do; None if the line names nothing that is possible."""
    text: str = ""
    """The text for it."""
    problem: str = ""
    """Why there is nothing to do, as a sentence."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A way in which a typed line could go on."""

    text: str
    """The line, up to the end of the next word."""
    meaning: str
    """The title of the action, or how many there are."""
    key: str = ""
    """The key that does the same."""
    takes: str = ""
    """Names the text that may follow."""
    goes_on: bool = False
    """Whether more words can follow."""


def understand(actions: Iterable[Action], typed: str) -> Understood:
    """Return what a line means. A word may be shortened as long as only one action fits.

    The words of an action's command mean the action, too, unless they begin the words of another one.

    Args:
        actions: all actions, also those that are not possible now.
        typed: the line.
    """
    words = typed.split()
    listed = list(actions)
    if not words:
        return Understood(None)
    fitting = [action for action in listed if _fits(action, words)]
    fitting = fitting or [action for action in _as_commands(listed) if _fits(action, words)]
    if not fitting:
        return Understood(None, problem=_unknown(listed, words))
    # Of "layout" and "layout save", the longer one is meant by "layout save night".
    exact = sorted((action for action in fitting if _is_exact(action, words)), key=_length, reverse=True)
    possible = [action for action in fitting if not action.problem] or fitting
    if not exact and len(possible) > 1:
        return Understood(None, problem=f"Several actions begin so: {_named(action.words for action in possible)}.")
    action = (exact or possible)[0]
    if action.problem:
        return Understood(None, problem=action.problem)
    return Understood(action, " ".join(typed.split(None, _length(action))[_length(action) :]).strip())


def choices_for(actions: Iterable[Action], typed: str) -> list[Choice]:
    """Return how a line could go on, by the next word. Only what is possible now is offered.

    If nothing begins with the words, the actions that contain them are offered.
    """
    possible = [action for action in actions if not action.problem]
    words = typed.split()
    done, begun = (words, "") if not words or typed[-1].isspace() else (words[:-1], words[-1])
    groups: dict[tuple[str, ...], list[Action]] = {}
    for action in possible:
        if _begins(action, [*done, begun]):
            groups.setdefault(tuple(action.words.split()[: len(done) + 1]), []).append(action)
    if not groups and words:
        said = [action for action in _as_commands(possible) if _begins(action, [*done, begun])]
        if said:
            return [_alone(action) for action in said]
        return [_alone(action) for action in possible if all(word in _text(action) for word in _fold(words))]
    return [_grouped(" ".join(text), group) for text, group in groups.items()]


def completed(choices: Sequence[Choice], typed: str) -> str:
    """Return the line with as much as all its choices have in common, or as it is."""
    texts = [choice.text for choice in choices]
    if not texts:
        return typed
    common = next((texts[0][:place] for place in range(len(texts[0]), 0, -1) if _all_begin(texts, place)), "")
    if len(texts) == 1 and (choices[0].takes or choices[0].goes_on):
        common += " "
    return common if len(common) > len(typed) else typed


def _all_begin(texts: Sequence[str], place: int) -> bool:
    return all(text[:place] == texts[0][:place] for text in texts)


def _grouped(text: str, group: Sequence[Action]) -> Choice:
    if len(group) == 1:
        return _alone(group[0])
    own = next((action for action in group if action.words == text), None)
    if own is not None:
        return Choice(text, own.title, own.key, own.takes, goes_on=True)
    return Choice(text, counted(len(group), "action"), goes_on=True)


def _alone(action: Action) -> Choice:
    return Choice(action.words, action.title, action.key, action.takes)


def _fits(action: Action, words: Sequence[str]) -> bool:
    """Whether the words can mean the action: they begin its words, or a text that it takes follows."""
    own = _folded(action)
    if len(words) > len(own):
        return bool(action.takes) and _begins(action, words[: len(own)])
    return _begins(action, words)


def _is_exact(action: Action, words: Sequence[str]) -> bool:
    return _folded(action) == _fold(words)[: _length(action)]


def _length(action: Action) -> int:
    return len(action.words.split())


def _as_commands(actions: Iterable[Action]) -> list[Action]:
    """Return the actions that a command equals, in the words of the command."""
    return [replace(each, words=" ".join(each.command)) for each in actions if each.command and not each.takes]


def _begins(action: Action, words: Sequence[str]) -> bool:
    own = _folded(action)
    return len(words) <= len(own) and all(
        whole.startswith(word) for whole, word in zip(own, _fold(words), strict=False)
    )


def _unknown(actions: Sequence[Action], words: Sequence[str]) -> str:
    """Say which word nothing begins with, and what could stand there."""
    right = next(place for place in range(len(words)) if not any(_begins(each, words[: place + 1]) for each in actions))
    there = [each.words.split()[right] for each in actions if _begins(each, words[:right]) and _length(each) > right]
    wrong, after = safe(words[right], 40), " ".join(words[:right])
    if not there:
        return f"Nothing can follow '{safe(after, 60)}': leave out '{wrong}'."
    close = get_close_matches(words[right].lower(), there, MOST_NAMED)
    begin = f"No action has '{wrong}' after '{safe(after, 60)}'" if after else f"No action begins with '{wrong}'"
    return f"{begin}. Likely meant: {_named(close)}." if close else f"{begin}. Possible: {_named(there)}."


def _named(words: Iterable[str]) -> str:
    listed = [safe(each, 40) for each in dict.fromkeys(words)]
    more = len(listed) - MOST_NAMED
    return ", ".join(listed[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _text(action: Action) -> str:
    return f"{action.words} {action.title}".casefold()


def _folded(action: Action) -> list[str]:
    return _fold(action.words.split())


def _fold(words: Iterable[str]) -> list[str]:
    return [word.casefold() for word in words]
