"""Agents -> a file in another dialect, with an account of everything that the target cannot say.

The text is read back before it is returned: it holds what the account says, no key that its host rejects, and the
agent may do no more than before unless that was allowed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from agentdiff.access import Access, access
from agentdiff.activation import WORDS, activation, activation_of, is_every_file, saying
from agentdiff.carrying import Outcome as Outcome
from agentdiff.carrying import carried, key_for
from agentdiff.errors import BadInput
from agentdiff.formats import FORMATS, Format, named, parse_all
from agentdiff.formats._tree import Typed
from agentdiff.formats.base import Activation, Holds, Kind, Naming
from agentdiff.formats.beside import beside
from agentdiff.formats.detection import DATA
from agentdiff.formats.editing import alone, body_of, marked
from agentdiff.formats.naming import fitting, home, name_of_file, unique
from agentdiff.formats.rendering import Marked, check_written, holds_several, render, render_all
from agentdiff.granting import (
    ACCESS_FIELDS,
    LIMITING_FIELDS,
    Limits,
    Tried,
    are_names_of,
    candidates,
    choose,
    fields_of_tools,
    is_said_by_tools,
    least_words,
    spoken,
    until_exact,
)
from agentdiff.model import Agent, Container, Field, FieldValue, ItemKind
from agentdiff.text import SPOKEN_CHARACTERS, fold, is_list_of_texts, plain, texts_in

_SENTENCE_END = re.compile(r"(?<=[.!?])\s")
_PATHS = {Container.JSON: "agent.json", Container.TOML: "agent.toml", Container.YAML: "agent.yaml"}
_DEFAULT_MODEL = "auto"
"""What is written where a host wants a model and none is named: Docker Agent, the only one, then takes what it has."""


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that is not said in the target as it was said before."""

    agent: str
    """Name of the agent."""
    field: str
    """Canonical field; `body` for the text, `comments`, or a key that stands beside the agents of a file."""
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


def convert(agents: Sequence[Agent], format: str, *, may_widen: bool = False) -> Conversion:
    """Write agents in the dialect of that name; at least one is given.

    All agents of a file in its own dialect give the same bytes, some of them the file without the others. Raises
    BadInput where there is no such dialect, where it cannot hold several agents or wants what they do not say, and
    where they would be allowed more than before without `may_widen`.
    """
    target = named(format)
    if all(agent.format == target.name and agent.source == agents[0].source for agent in agents):
        return Conversion(tuple(agents), target.name, alone(agents), ())
    check_written(target)
    if len(agents) > 1 and not holds_several(target):
        names = ", ".join(agent.name for agent in agents)
        raise BadInput(f"a file of {target.name} holds one agent; name one of these as FILE#NAME: {names}")
    taken: set[str] = set()
    made = [_Converter(agent, target, may_widen, taken).made() for agent in agents]
    made[0].losses.extend(_left_beside(agents[0]))
    losses = tuple(loss for each in made for loss in sorted(each.losses, key=lambda loss: (loss.line or 0, loss.field)))
    if len(made) == 1:
        text = render(made[0].fields, made[0].body, target)
    else:
        text = render_all([(each.fields, each.body) for each in made], target)
    return Conversion(tuple(agents), target.name, text, losses)


def _left_beside(agent: Agent) -> Iterator[Loss]:
    """What the file says besides its agents, under the name of the first."""
    left = beside(agent)
    for key, line in left.keys:
        message = f"`{key}` stands beside the agents of the file and was left out"
        yield Loss(agent.name, key, Outcome.DROPPED, message, line)
    if left.comments:
        message = (
            "a comment was left out" if len(left.comments) == 1 else f"{len(left.comments)} comments were left out"
        )
        yield Loss(agent.name, "comments", Outcome.DROPPED, message, left.comments[0])


class _Made(NamedTuple):
    """What is written for one agent."""

    fields: list[tuple[str, FieldValue | Marked]]
    body: str
    losses: list[Loss]


class _Converter:
    """One agent on its way."""

    def __init__(self, agent: Agent, target: Format, may_widen: bool, taken: set[str]) -> None:
        self._agent = agent
        self._origin = FORMATS[agent.format]
        self._target = target
        self._may_widen = may_widen
        self._taken = taken
        """Names of other agents of the same file; the name of this one is added."""
        self._own = self._origin.counting(agent.fields)
        self._losses: list[Loss] = []
        self._fields: dict[str, FieldValue | Marked] = {}

    def made(self) -> _Made:
        body = body_of(self._agent).strip("\r\n")
        self._name()
        self._carry()
        self._activate()
        self._add_required()
        self._check_body(body)
        self._grant()
        return _Made(self._in_order(), body, self._losses)

    def _lose(self, name: str, outcome: Outcome, message: str) -> None:
        field = self._own.get(name)
        self._losses.append(Loss(self._agent.name, name, outcome, message, field.span.first if field else None))

    def _in_order(self) -> list[tuple[str, FieldValue | Marked]]:
        """As the agent has them; what it does not have comes last, apart from the names."""
        first = [name for name in ("name", "display-name", "description") if name in self._fields]
        return [(name, self._fields[name]) for name in dict.fromkeys((*first, *self._fields))]

    # ------------------------------------------------------------------------------------------ names

    def _name(self) -> None:
        target, name = self._target, self._agent.name
        field = self._own.get("name")
        if field is not None and field.value != name:
            self._lose("name", Outcome.DROPPED, f"its place calls the agent {name!r}, so `{field.key}` was left out")
        is_key = target.containers[0] in DATA and target.roots[0].holds is Holds.MAP
        is_field = "name" in target.by_field and target.naming is not Naming.FILE
        if not is_field and not is_key:
            self._name_by_place()
            return
        written = unique(fitting(name, target.by_field.get("name")), self._taken)
        self._taken.add(written)
        self._fields["name"] = written
        if written != name:
            problem = f"a file of {target.name} cannot have {name!r} as a name, or has it already"
            self._lose("name", Outcome.CHANGED, f"{problem}; it became {written!r}")
            self._show_name()
        elif target.naming is Naming.DIRECTORY:
            self._name_by_place()

    def _name_by_place(self) -> None:
        name, target = self._agent.name, self._target
        place = home(target, name)
        if target.naming is Naming.FIELD or name_of_file(place, target) != name:
            where = f"and the place of its file, {place}, cannot say it" if place else "and nothing else says it"
            self._lose("name", Outcome.DROPPED, f"{target.name} has no key for the name {name!r}, {where}")
            self._show_name()
        else:
            what = "directory" if target.naming is Naming.DIRECTORY else "file"
            self._lose("name", Outcome.MOVED, f"the {what} names the agent: save it as {place}")

    def _show_name(self) -> None:
        """Keep a name that cannot be the agent's at least for people."""
        key = self._target.by_field.get("display-name")
        if key is not None and "display-name" not in self._own:
            self._fields["display-name"] = self._agent.name
            self._lose("display-name", Outcome.ADDED, f"`{key.key}` shows the name {self._agent.name!r}")

    def _add_required(self) -> None:
        for key in self._target.keys:
            if key.is_required and key.key not in self._target.prompt and not self._fields.get(key.name):
                value = self._made_up(key.name)
                if value is None:
                    problem = f"{self._target.product} wants `{key.key}`, which this agent does not say"
                    raise BadInput(f"{self._agent.path}: {problem}; add it to the agent or choose another format")
                self._fields[key.name] = value
                shown = value if len(value) <= SPOKEN_CHARACTERS else f"{value[:SPOKEN_CHARACTERS]}..."
                self._lose(key.name, Outcome.ADDED, f"{self._target.product} wants `{key.key}`: {shown!r} was written")

    def _made_up(self, name: str) -> str | None:
        if name in ("name", "display-name"):
            return self._agent.name
        if name == "description":
            return self._first_words()
        return _DEFAULT_MODEL if name == "model" else None

    def _first_words(self) -> str:
        summary = self._own.get("summary")
        if summary is not None and isinstance(summary.value, str) and summary.value.strip():
            return summary.value
        prose = (fold(plain(each.text)) for each in self._agent.items if each.kind is ItemKind.PARAGRAPH)
        sentences = (_SENTENCE_END.split(text)[0] for text in prose if not text.endswith(":"))
        return next(filter(None, sentences), self._agent.name)

    # ------------------------------------------------------------------------------------------ fields

    def _carry(self) -> None:
        """Take over what the target can say, except what the agent may use."""
        for field in self._agent.fields:
            is_said_elsewhere = field.name == "name" or (field.name == "activation" and self._is_rule)
            if is_said_elsewhere or self._is_of_access(field):
                continue
            if field is not self._own[field.name]:
                other = self._own[field.name].key
                if field.key != other:
                    self._lose(
                        field.name, Outcome.DROPPED, f"`{other}` counts before `{field.key}`, which was left out"
                    )
                continue
            value, outcome, message = carried(field, self._origin, self._target)
            if outcome is not None:
                self._lose(field.name, outcome, message)
            if value is not None:
                self._fields[field.name] = self._with_kinds(field, value)

    @property
    def _plain_fields(self) -> dict[str, FieldValue]:
        return {name: value for name, value in self._fields.items() if not isinstance(value, Marked)}

    @property
    def _is_rule(self) -> bool:
        return self._origin.kind is Kind.RULE and self._target.kind is Kind.RULE

    def _activate(self) -> None:
        """Say when a rule is used; each product has its own keys for it, some none at all."""
        before = activation(self._agent, self._origin)
        if before is None or not self._is_rule:
            return
        if before is Activation.ALWAYS and is_every_file(self._fields.get("globs")):
            del self._fields["globs"]  # says just that
        self._fields |= saying(before, self._plain_fields, self._target)
        now = activation_of(self._plain_fields, self._target)
        if now is not before:
            message = f"the rule was used {WORDS[before]}, and {self._target.product} uses it {WORDS[now]}"
            self._lose("activation", Outcome.CHANGED, message)

    def _with_kinds(self, field: Field, value: FieldValue) -> FieldValue | Marked:
        """Maps, lists of maps, and what no host knows keep what is a number in them and what is a text."""
        is_known_text = isinstance(value, str) and key_for(field.name, self._target) is not None
        if is_known_text or is_list_of_texts(value) or value != field.value or field.key not in self._kinds:
            return value
        kind = self._kinds[field.key]
        if self._target.containers[0] is Container.TOML and _holds_nothing(kind):
            self._lose(field.name, Outcome.CHANGED, f"TOML has no word for nothing, so `{field.key}` lost such entries")
            kind = _without_nothing(kind)
        return Marked(kind)

    @cached_property
    def _kinds(self) -> Mapping[str, Typed]:
        return marked(self._agent)

    def _check_body(self, body: str) -> None:
        if not body.strip() and (self._target.needs_body(self._plain_fields) or not self._target.keys):
            problem = f"{self._target.product} wants a prompt, and this agent has none"
            raise BadInput(f"{self._agent.path}: {problem}; write one or choose another format")
        limit = self._target.body_limit
        if limit and len(body) > limit:
            message = f"the text has {len(body)} characters and {self._target.product} takes {limit}; shorten it"
            self._losses.append(Loss(self._agent.name, "body", Outcome.KEPT, message, None))

    # ------------------------------------------------------------------------------------------ tools

    def _grant(self) -> None:
        """Say what the agent may use, in the way that keeps most and adds nothing."""
        limiting = [field for field in self._own.values() if self._is_of_access(field) and field.value is not None]
        approvals = next((field for field in limiting if self._origin.only_approves(field.key)), None)
        if approvals is not None:
            limiting.remove(approvals)
            self._approve(approvals)
        old = access(self._agent, self._origin)
        written = {name for field in limiting for name in texts_in(field.value)}
        ways = (*self._verbatim(limiting), *candidates(old, self._target, written))
        tried = until_exact(Tried.of(limits, self._read_back(limits), old) for limits in ways)
        best = choose(tried, self._may_widen)
        if best is None:
            raise BadInput(self._refusal(old, least_words(tried)))
        self._fields |= best.limits
        first = limiting[0].name if limiting else "tools"
        if best.wider:
            self._lose(first, Outcome.WIDENED, f"now it may also use {spoken(best.wider)}")
        if best.lost:
            self._lose(first, Outcome.NARROWED, f"it may no longer use {spoken(best.lost)}")
        for field in limiting:
            if field.name in best.limits or (field.name == first and (best.wider or best.lost)):
                continue
            if best.wider:
                self._lose(field.name, Outcome.WIDENED, f"what that allows now is told with `{limiting[0].key}`")
            elif not is_said_by_tools(field, self._origin):
                message = f"{self._target.name} says which tools there are, and nothing else of `{field.key}`"
                self._lose(field.name, Outcome.DROPPED, message)
            else:
                self._lose(field.name, Outcome.MOVED, self._elsewhere(best.limits))

    def _is_of_access(self, field: Field) -> bool:
        """Whether a field says what the agent may use and nothing else; its host must know the key."""
        return field.key in self._origin.by_key and field.name in ACCESS_FIELDS | fields_of_tools(self._origin)

    def _elsewhere(self, limits: Limits) -> str:
        keys = " and ".join(f"`{self._target.key_of(name)}`" for name in limits)
        verb = "say" if len(limits) > 1 else "says"
        return f"{keys} {verb} it" if keys else f"{self._target.product} has it so without a key"

    def _approve(self, field: Field) -> None:
        """The tools that a command uses without a question: no limit, so they are the same or nothing."""
        key = self._target.by_field.get(field.name)
        is_same = key is not None and self._target.kind is Kind.COMMAND and key.key == field.key
        if is_same and self._origin.vocabulary == self._target.vocabulary:
            self._fields[field.name] = field.value
        else:
            message = f"{self._target.name} cannot say which tools need no question; its host asks before it uses them"
            self._lose(field.name, Outcome.DROPPED, message)

    def _verbatim(self, limiting: Sequence[Field]) -> Iterator[Limits]:
        """The very same fields, where the target has them and reads them in the same words."""
        vocabulary = self._target.vocabulary
        keys = [(self._origin.by_key.get(each.key), self._target.by_field.get(each.name)) for each in limiting]
        is_same = self._origin.vocabulary == vocabulary and all(
            key is not None and own is not None and key.type is own.type for own, key in keys
        )
        if limiting and is_same and all(are_names_of(field.value, vocabulary) for field in limiting):
            yield {field.name: field.value for field in limiting}

    def _read_back(self, limits: Limits) -> Access:
        """What the host makes of them. All that says nothing of it stays away: there are many ways to try."""
        deciding = LIMITING_FIELDS | fields_of_tools(self._target)
        fields = {name: value for name, value in self._fields.items() if name in deciding} | limits
        path = _PATHS.get(self._target.containers[0], "agent.md")
        (agent,) = parse_all(render(list(fields.items()), "x", self._target), path, format=self._target.name)
        return access(agent, self._target)

    def _refusal(self, old: Access, now: str) -> str:
        before = spoken(old.entries) if old.entries else "nothing"
        problem = f"this agent may use {before}, and as {self._target.name} it could use {now}"
        return f"{self._agent.path}: {problem}; choose a format that limits tools, or add --allow-wider"


def _holds_nothing(value: Typed) -> bool:
    if isinstance(value, str) or value is None:
        return value is None
    return any(map(_holds_nothing, value.values() if isinstance(value, Mapping) else value))


def _without_nothing(value: Typed) -> Typed:
    if isinstance(value, Mapping):
        return {key: _without_nothing(each) for key, each in value.items() if each is not None}
    if isinstance(value, str) or value is None:
        return value
    return [_without_nothing(each) for each in value if each is not None]
