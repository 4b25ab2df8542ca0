"""Statements of one agent that say the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agentdiff.align import align
from agentdiff.formats import parse
from agentdiff.model import PROSE, Agent, Item, Relation


def repeats(canonical: Agent) -> Iterator[tuple[Item, Item]]:
    """Statements of one agent that the aligner calls equal: each two are told apart by a digit of their numbers."""
    prose = [item for item in canonical.items if item.kind in PROSE]
    seen: set[frozenset[int]] = set()
    for digit in range(len(prose).bit_length()):
        halves = [[item for n, item in enumerate(prose) if n >> digit & 1 == bit] for bit in (0, 1)]
        zero, one = (_without(canonical, half) for half in halves)
        for match in align(one, zero).items:
            pair = one.items[match.old], zero.items[match.new]
            lines = frozenset(item.span.first for item in pair)
            if match.relation is Relation.EQUAL and pair[0].kind in PROSE and len(lines) == 2 and lines not in seen:
                seen.add(lines)
                yield pair


def _without(agent: Agent, items: Sequence[Item]) -> Agent:
    lines = agent.text.split("\n")
    for item in items:
        lines[item.span.first - 1 : item.span.last] = [""] * (item.span.last - item.span.first + 1)
    return parse("\n".join(lines), agent.path, format=agent.format)
