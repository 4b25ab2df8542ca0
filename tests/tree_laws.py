"""What holds for the editing of each container, checked on one change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

from hypothesis import strategies as st

from agentdiff.formats._tree import Bare, Node, Typed, typed

LETTERS = "ab:#-'\"\\ \n\t{}[],|>=.é😀\u2028\u202e\x07%&*!?"
TEXTS = st.text(LETTERS, max_size=12) | st.sampled_from(["true", "null", "1.50", "one\ntwo\n", "a\n\n", "'''", '"""'])
KEYS = st.text("ab_-. 1#:\"'é", min_size=1, max_size=4)
SCALARS = TEXTS | st.sampled_from([Bare("1.50"), Bare("true"), Bare("-3")])


def values(scalars: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=6
    )


def places(node: Node, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Node]]:
    yield path, node
    for entry in node.entries:
        yield from places(entry.node, (*path, entry.key))
    for number, element in enumerate(node.elements):
        yield from places(element, (*path, number))


def changed(value: Typed, path: tuple[str | int, ...], new: Typed) -> Typed:
    if not path:
        return new
    if isinstance(value, Mapping):
        return {key: changed(entry, path[1:], new) if key == path[0] else entry for key, entry in value.items()}
    assert value is not None
    return [changed(entry, path[1:], new) if number == path[0] else entry for number, entry in enumerate(value)]


def plain(value: Typed) -> Any:
    """For comparing: the kinds told apart, the order of keys aside."""
    if isinstance(value, str) or value is None:
        return (isinstance(value, Bare), value)
    if isinstance(value, Mapping):
        return {key: plain(entry) for key, entry in value.items()}
    return [plain(entry) for entry in value]


def check_replace(container: ModuleType, text: str, number: int, value: Typed) -> None:
    node = container.load(text)
    found = list(places(node))[1:]
    path, place = found[number % len(found)]
    result: str = container.replace(text, place, value)
    assert plain(typed(container.load(result))) == plain(changed(typed(node), path, value)), result
    if not place.entries and not place.elements:  # tables of TOML may be anywhere
        assert result.startswith(text[: place.start].rstrip(" "))
        assert result.endswith(text[place.end :])


def check_insert_and_remove(container: ModuleType, text: str, number: int, value: Typed) -> None:
    node = container.load(text)
    maps = [(path, place) for path, place in places(node) if isinstance(place.value, Mapping)]
    path, place = maps[number % len(maps)]
    result = container.insert(text, place, "new key", value)
    before = typed(place)
    assert isinstance(before, dict)
    wanted = changed(typed(node), path, {**before, "new key": value})
    assert plain(typed(container.load(result))) == plain(wanted), result
    grown = dict(places(container.load(result)))[path]
    added = next(entry for entry in grown.entries if entry.key == "new key")
    assert container.remove(result, grown, added) == text, result


def check_remove(container: ModuleType, text: str, number: int, may_vanish: bool = False) -> None:
    """`may_vanish`: a map goes with its last entry."""
    node = container.load(text)
    found = [(path, place, entry) for path, place in places(node) for entry in place.entries]
    path, place, entry = found[number % len(found)]
    result = container.remove(text, place, entry)
    before = typed(place)
    assert isinstance(before, dict)
    del before[entry.key]
    wanted, left = plain(changed(typed(node), path, before)), plain(typed(container.load(result)))
    assert (_pruned(left) == _pruned(wanted)) if may_vanish else (left == wanted), result


def _pruned(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: kept for key, entry in value.items() if (kept := _pruned(entry)) != {}}
    return [_pruned(element) for element in value] if isinstance(value, list) else value
