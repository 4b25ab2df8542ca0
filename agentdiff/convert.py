"""Agents -> a file in another dialect, with an account of everything that the target cannot say.

The text is read back before it is returned: it holds what the account says, no key that its host rejects, and the
agent may do no more than before unless that was allowed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from agentdiff.access import Access, access, is_wider
from agentdiff.errors import BadInput
from agentdiff.formats import FORMATS, Format, parse_all
from agentdiff.formats.base import Body, Holds, Key, Naming, Type, UnknownKeys
from agentdiff.formats.editing import body_of
from agentdiff.formats.reading import names_in
from agentdiff.formats.rendering import holds_several, is_written, render, render_all
from agentdiff.granting import ACCESS_FIELDS, Limits, candidates
from agentdiff.model import Agent, Field, FieldValue, ItemKind
from agentdiff.models import TIERS
from agentdiff.text import fold, plain

_SENTENCE_END = re.compile(r"(?<=[.!?])\s")
_NOT_IN_SLUG = re.compile(r"[^a-z0-9]+")
_KNOWS_TIERS = frozenset({"claude"})
"""Vocabularies of tools whose products also know Claude Code's names for tiers of models."""
_KNOWS_INHERIT = frozenset({"claude", "gemini", "qwen", "factory", "antigravity", "kiro"})
_DEFAULT_MODEL = "auto"
"""What is written where a host wants a model and none is named: Docker Agent, the only one, then takes what it has."""


class Outcome(StrEnum):
    """What became of something that the target cannot say as it was."""

    DROPPED = "dropped"
    MOVED = "moved"
    """It is said elsewhere, such as in the name of the file."""
    CHANGED = "changed"
    ADDED = "added"
    """The target wants what the agent does not say."""
    KEPT = "kept"
    """Written though the host ignores it."""
    NARROWED = "narrowed"
    WIDENED = "widened"


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that is not said in the target as it was said before."""

    agent: str
    """Name of the agent."""
    field: str
    """Canonical field; `body` for the text."""
    outcome: Outcome
    message: str
    """One sentence."""
    line: int | None
    """Of the file that was converted; None for what it did not say."""

    @property
    def is_missing(self) -> bool:
        """Whether something is not said any more, as opposed to said elsewhere or besides."""
        return self.outcome not in (Outcome.MOVED, Outcome.ADDED, Outcome.KEPT)


@dataclass(frozen=True, slots=True)
class Conversion:
    """A file in another dialect, and what it does not say."""

    inputs: tuple[Agent, ...]
    format: str
    text: str
    losses: tuple[Loss, ...]
    """By agent, then by line."""


def convert(agents: Sequence[Agent], target: Format, *, may_widen: bool = False) -> Conversion:
    """Write agents of one file in another dialect.

    All agents of a file in its own dialect give the same bytes. Raises BadInput where the target cannot hold several
    agents or wants what they do not say, and where they would be allowed more than before without `may_widen`.
    """
    if all(agent.format == target.name for agent in agents) and _is_whole(agents):
        return Conversion(tuple(agents), target.name, agents[0].source, ())
    if not is_written(target):
        raise BadInput(f"{target.name} cannot be written: its prompt stands in a file of its own, or it is code")
    if len(agents) > 1 and not holds_several(target):
        names = ", ".join(agent.name for agent in agents)
        raise BadInput(f"a file of {target.name} holds one agent; name one of these as FILE#NAME: {names}")
    made = [_Converter(agent, target, may_widen).made() for agent in agents]
    losses = tuple(loss for each in made for loss in sorted(each.losses, key=lambda loss: (loss.line or 0, loss.field)))
    if len(made) == 1:
        text = render(made[0].fields, made[0].body, target, made[0].unquoted)
    else:
        text = render_all([(each.fields, each.body) for each in made], target)
    return Conversion(tuple(agents), target.name, text, losses)


def _is_whole(agents: Sequence[Agent]) -> bool:
    """Whether these are all agents of one file."""
    first = agents[0]
    if any(agent.source != first.source for agent in agents):
        return False
    return len(agents) == len(parse_all(first.source, "again", format=first.format))


@dataclass(frozen=True, slots=True)
class _Made:
    """What is written for one agent."""

    fields: list[tuple[str, FieldValue]]
    body: str
    losses: list[Loss]
    unquoted: frozenset[str]


class _Converter:
    """One agent on its way."""

    def __init__(self, agent: Agent, target: Format, may_widen: bool) -> None:
        self._agent = agent
        self._origin = FORMATS[agent.format]
        self._target = target
        self._may_widen = may_widen
        self._losses: list[Loss] = []
        self._fields: dict[str, FieldValue] = {}

    def made(self) -> _Made:
        body = body_of(self._agent).strip("\r\n")
        if not body.strip() and self._target.body is Body.NEEDED:
            raise BadInput(f"{self._agent.path}: {self._target.product} wants a prompt, and this agent has none")
        self._name()
        fields = {field.name: field for field in self._agent.fields}
        for field in fields.values():
            if field.name not in ACCESS_FIELDS and field.name != "name":
                self._carry(field)
        self._add_required(body)
        self._check_length(body)
        self._grant(body)
        unquoted = frozenset(field.name for field in self._agent.fields if _is_bare(field))
        return _Made(self._in_order(), body, self._losses, unquoted)

    def _lose(self, name: str, outcome: Outcome, message: str) -> None:
        field = self._agent.field(name)
        self._losses.append(Loss(self._agent.name, name, outcome, message, field.span.first if field else None))

    def _in_order(self) -> list[tuple[str, FieldValue]]:
        """As the agent has them; what it does not have stands where the target declares it."""
        first = [name for name in ("name", "display-name", "description") if name in self._fields]
        return [(name, self._fields[name]) for name in dict.fromkeys((*first, *self._fields))]

    # ------------------------------------------------------------------------------------------ names

    def _name(self) -> None:
        target, name = self._target, self._agent.name
        is_key = target.roots[0].holds is Holds.MAP and bool(target.prompt)
        if "name" not in target.by_field and not is_key:
            if target.naming is not Naming.FIELD:
                what = "directory" if target.naming is Naming.DIRECTORY else "file"
                self._lose("name", Outcome.MOVED, f"the {what} names the agent: save it as {_home(target, name)}")
            else:
                self._lose("name", Outcome.DROPPED, f"{target.name} has no key for the name {name!r}")
            return
        key = target.by_field.get("name")
        written = name
        if key is not None and key.pattern and not re.fullmatch(key.pattern, name):
            written = _NOT_IN_SLUG.sub("-", name.lower()).strip("-") or "agent"
            self._lose(
                "name", Outcome.CHANGED, f"{target.product} does not take the name {name!r}; it became {written!r}"
            )
            if "display-name" in target.by_field and self._agent.field("display-name") is None:
                self._fields["display-name"] = name
        self._fields["name"] = written

    def _add_required(self, body: str) -> None:
        for key in self._target.keys:
            if key.is_required and key.key not in self._target.prompt and key.name not in self._fields:
                value = self._made_up(key.name)
                if value is None:
                    problem = f"{self._target.product} wants `{key.key}`, which this agent does not say"
                    raise BadInput(f"{self._agent.path}: {problem}; add it to the agent or choose another format")
                self._fields[key.name] = value
                self._lose(
                    key.name, Outcome.ADDED, f"{self._target.product} wants `{key.key}`: {value[:60]!r} was written"
                )

    def _made_up(self, name: str) -> str | None:
        if name in ("name", "display-name"):
            return self._agent.name
        if name == "description":
            return self._first_words()
        return _DEFAULT_MODEL if name == "model" else None

    def _first_words(self) -> str:
        summary = self._agent.field("summary")
        if summary is not None and isinstance(summary.value, str) and summary.value.strip():
            return summary.value
        prose = (fold(plain(each.text)) for each in self._agent.items if each.kind is ItemKind.PARAGRAPH)
        return next((_SENTENCE_END.split(text)[0] for text in prose if not text.endswith(":")), self._agent.name)

    # ------------------------------------------------------------------------------------------ fields

    def _carry(self, field: Field) -> None:
        """Take a field over if the target can say it."""
        key = self._target.by_field.get(field.name)
        if key is None:
            self._carry_unknown(field)
            return
        if field.value is None:
            return
        value, problem = self._fitted(field, key)
        if problem:
            self._lose(field.name, Outcome.DROPPED if value is None else Outcome.CHANGED, problem)
        if value is not None:
            self._fields[field.name] = value

    def _carry_unknown(self, field: Field) -> None:
        """Keys that no host knows stay where they do no harm."""
        is_known = field.key in self._origin.by_key
        is_taken = field.key in self._target.by_key
        if is_known or is_taken or self._target.unknown_keys is not UnknownKeys.IGNORED or not self._target.keys:
            self._lose(field.name, Outcome.DROPPED, f"{self._target.name} has no key for `{field.key}`")
        else:
            self._fields[field.key] = field.value
            self._lose(field.name, Outcome.KEPT, f"{self._target.product} ignores `{field.key}`; it was kept")

    def _fitted(self, field: Field, key: Key) -> tuple[FieldValue, str]:
        """The value as the target has it, and what is lost; None where it cannot be said."""
        if field.name == "model":
            return self._fitted_model(field.value, key)
        own = self._origin.by_key.get(field.key)
        meaning = own.meaning(field.value) if own else field.value
        value = key.word_for(meaning)
        if (
            key.values
            and isinstance(value, str)
            and value not in key.values
            and (own is None or own.values != key.values)
        ):
            return None, f"{self._target.product} has no word for `{field.key}: {field.value}`"
        problem = _misfit(value, key)
        if problem:
            return None, f"{self._target.product} wants {problem} as `{key.key}`"
        if isinstance(value, str) and key.limit and len(value) > key.limit:
            return (
                value,
                f"`{key.key}` has {len(value)} characters and {self._target.product} takes {key.limit}: shorten it",
            )
        return value, ""

    def _fitted_model(self, value: FieldValue, key: Key) -> tuple[FieldValue, str]:
        if isinstance(value, tuple) and key.type is Type.TEXT and not _takes_lists(self._target):
            first = next((each for each in value if isinstance(each, str)), None)
            return first, f"{self._target.product} takes one model: the first of {len(value)} was written"
        name = value if isinstance(value, str) else ""
        tier = name.partition("[")[0]
        if (tier in TIERS and self._target.vocabulary not in _KNOWS_TIERS) or (
            name == "inherit" and self._target.vocabulary not in _KNOWS_INHERIT and self._target.name != "cursor-agent"
        ):
            return None, f"{self._target.product} does not know the model {name!r}; its own default applies"
        return value, ""

    def _check_length(self, body: str) -> None:
        limit = self._target.body_limit
        if limit and len(body) > limit:
            message = f"the text has {len(body)} characters and {self._target.product} takes {limit}: shorten it"
            self._losses.append(Loss(self._agent.name, "body", Outcome.CHANGED, message, None))

    # ------------------------------------------------------------------------------------------ tools

    def _grant(self, body: str) -> None:
        """Say what the agent may use, in the way that keeps most and adds nothing."""
        old = access(self._agent, self._origin)
        fields = self._fields
        tried = []
        for limits in (*self._verbatim(), *candidates(old, self._target)):
            self._fields = {**fields, **limits}
            new = self._read_back(body)
            wider, lost = is_wider(new, old), is_wider(old, new)
            tried.append((limits, wider, lost))
            if not wider:
                break
        else:
            if not self._may_widen:
                raise BadInput(self._refusal(wider))
            limits, wider, lost = next(each for each in tried if not each[2])
            self._fields = {**fields, **limits}
            self._lose(_first_of(self._agent), Outcome.WIDENED, f"now it may also use {_spoken(wider)}")
        if lost:
            self._lose(_first_of(self._agent), Outcome.NARROWED, f"it may no longer use {_spoken(lost)}")

    def _verbatim(self) -> Iterator[Limits]:
        """The very same fields, where the target has them and reads them in the same words."""
        own = {field.name: field for field in self._agent.fields if field.name in ACCESS_FIELDS}
        keys = [(self._origin.by_key.get(each.key), self._target.by_field.get(each.name)) for each in own.values()]
        is_same = self._origin.vocabulary == self._target.vocabulary and all(
            key is not None and own_key is not None and key.type is own_key.type for own_key, key in keys
        )
        if own and is_same:
            yield {name: field.value for name, field in own.items()}

    def _read_back(self, body: str) -> Access:
        text = render(self._in_order(), body or "x", self._target)
        (agent,) = parse_all(text, "converted", format=self._target.name)
        return access(agent, self._target)

    def _refusal(self, wider: Sequence[str]) -> str:
        more = f"also use {_spoken(wider)}" if "*" not in wider else "use everything, for it has no list of tools"
        problem = f"what this agent may use is limited, and as {self._target.name} it could {more}"
        return f"{self._agent.path}: {problem}; choose another format, or add --allow-wider"


def _is_bare(field: Field) -> bool:
    return isinstance(field.value, str) and field.raw.strip() == field.value


def _first_of(agent: Agent) -> str:
    """The field that says what the agent may use."""
    return next((field.name for field in agent.fields if field.name in ACCESS_FIELDS), "tools")


def _spoken(capabilities: Sequence[str]) -> str:
    words = ["everything else" if each == "*" else each for each in capabilities]
    return ", ".join(words[:12]) + (f" and {len(words) - 12} more" if len(words) > 12 else "")


def _home(target: Format, name: str) -> str:
    """Where a file of that name lives in a project."""
    home = target.homes[0] if target.homes else ""
    for pattern in ("<name>", "**/*", "*"):
        if pattern in home:
            return home.replace(pattern, name, 1)
    return home or name


def _takes_lists(target: Format) -> bool:
    return target.vocabulary == "copilot"


def _misfit(value: FieldValue, key: Key) -> str:
    """What the target wants where a value is something else; empty where it fits."""
    is_map, is_list, is_text = isinstance(value, dict), isinstance(value, tuple), isinstance(value, str)
    match key.type:
        case Type.TEXT if not is_text and key.name != "model":
            return "a text"
        case Type.MAP if not is_map:
            return "a map"
        case Type.LIST if not is_list:
            return "a list"
        case Type.NAMES if not is_list and not (is_text and names_in(value)):
            return "a list of names"
        case Type.FLAG if value not in ("true", "false"):
            return "true or false"
        case Type.NUMBER if not (is_text and re.fullmatch(r"[-+]?\d+(?:\.\d+)?", str(value))):
            return "a number"
    return ""
