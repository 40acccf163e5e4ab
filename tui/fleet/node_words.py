"""A node in words: how it is doing, since when it is silent, and what is wrong with it."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style

from hostcore.broker.bodies import ShownFinding, TroubledPlugin
from hostcore.clock import duration
from hostcore.fleet.model import NodeStatus, Standing
from tui.look import Look
from tui.text import NS_PER_S, age, ago, counted

SIGNS = {
    Standing.CONFLICT: "X",
    Standing.OFFLINE: "X",
    Standing.SILENT: "?",
    Standing.TROUBLE: "!",
    Standing.FINDINGS: "!",
    Standing.UNKNOWN: ".",
    Standing.OK: "+",
}
"""A sign for each standing. Every terminal can draw them."""
OLD = "~"
"""The sign of a node that nobody hears now."""
GONE = frozenset({Standing.OFFLINE, Standing.SILENT})
"""The standings that say themselves that all else is of a time before now."""
REASONED = GONE | {Standing.CONFLICT, Standing.UNKNOWN}
"""The standings of which nothing else tells the reason."""


def standing_of(node: NodeStatus, look: Look) -> Segment:
    """The sign and the word. That of a node that cannot be heard now is in the past: ``~ was ok``."""
    if node.is_stale and node.standing not in GONE and node.standing is not Standing.UNKNOWN:
        return Segment(f"{OLD} was {node.standing.word}", look.muted)
    return Segment(f"{SIGNS[node.standing]} {node.standing.word}", ink_of(node.standing, look))


def ink_of(standing: Standing, look: Look) -> Style:
    """The style of a standing."""
    match standing:
        case Standing.CONFLICT | Standing.OFFLINE | Standing.TROUBLE:
            return look.bad
        case Standing.SILENT | Standing.FINDINGS:
            return look.warn
        case Standing.OK:
            return look.good
    return look.muted


def value_ink(node: NodeStatus, look: Look) -> Style:
    """The style of what a node said of itself: grey if it is of a time before now."""
    return look.muted if node.is_stale else look.plain


def age_of(time_s: float | None, now_ns: int) -> str:
    """How long ago a time in Unix seconds was, in 4 characters; ``-`` if the time is not known."""
    return "-" if time_s is None else age(max(0, now_ns - round(time_s * NS_PER_S)))


def ago_of(time_s: float, now_ns: int) -> str:
    """How long ago a time in Unix seconds was, in a sentence."""
    return ago(max(0, now_ns - round(time_s * NS_PER_S)))


def node_now_ns(node: NodeStatus, now_ns: int) -> int:
    """The present by the clock of a node, which can be far from ours: the times of its plugins are by that."""
    return now_ns + round((node.clock_off or 0.0) * NS_PER_S)


def plugins_of(node: NodeStatus) -> str:
    """How many plugins are in trouble, and how many there are: ``2 of 10``; ``10`` if all are well."""
    if node.standing is Standing.UNKNOWN and not node.plugins:
        return "-"
    return f"{node.troubled_count} of {node.plugins}" if node.troubled_count else str(node.plugins)


def load_of(node: NodeStatus) -> str:
    """The load of each processor: ``0.42``; ``-`` if it is not known."""
    return "-" if node.load is None else f"{min(node.load, 999):.2f}"


def trouble_of(plugin: TroubledPlugin) -> str:
    """A plugin in trouble: ``bme680 FAILING: no answer``."""
    words = f"{plugin.plugin} {plugin.condition.upper()}"
    return f"{words}: {plugin.reason}" if plugin.reason else words


def sentence_of(finding: ShownFinding) -> str:
    """A finding's sentence, after its plugin if it does not name that itself."""
    is_named = not finding.plugin or finding.plugin in finding.sentence
    return finding.sentence if is_named else f"{finding.plugin}: {finding.sentence}"


def wrong_with(node: NodeStatus) -> str:
    """What is wrong with a node, the worst first, as one text; "" if nothing is."""
    told = [node.reason] if node.standing in REASONED and node.reason not in node.problem else []
    if node.alarms_count:
        told.append(f"alarm {', '.join(node.alarms)}" if node.alarms else counted(node.alarms_count, "alarm"))
    told += [trouble_of(each) for each in node.troubled[:1]]
    if node.troubled_count > 1:
        told.append(f"{counted(node.troubled_count - 1, 'more plugin')} in trouble")
    reasons = {each.reason for each in node.troubled[:1]}
    told += [sentence_of(each) for each in node.findings[:1] if each.sentence not in reasons]
    if node.findings_count > 1:
        told.append(counted(node.findings_count - 1, "more finding"))
    return "; ".join([*told, *_remarks(node)] or ([node.reason] if node.reason else []))


def clock_words(off_s: float) -> str:
    """How far a clock is off: ``54 min ahead``."""
    return f"{duration(abs(off_s))} {'ahead' if off_s > 0 else 'behind'}"


def _remarks(node: NodeStatus) -> list[str]:
    """What is worth a look although the node is well."""
    told = [node.problem] if node.problem else []
    if node.clock_off is not None:
        told.append(f"its clock is {clock_words(node.clock_off)}")
    if node.dropped:
        told.append(f"{counted(node.dropped, 'reading')} lost")
    return told


def text_of(node: NodeStatus) -> str:
    """The text in which a filter looks."""
    troubled = " ".join(trouble_of(each) for each in node.troubled)
    findings = " ".join(each.sentence for each in node.findings)
    parts = (node.name, node.host_name, node.standing.value, node.version, *node.tags, *node.alarms)
    return " ".join((*parts, troubled, findings, node.reason, "simulated" if node.is_simulated else ""))
