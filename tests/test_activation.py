"""When a rule is used, in the words of each product."""

from __future__ import annotations

import pytest

from agentdiff.activation import activation, activation_of
from agentdiff.convert import Outcome, convert
from agentdiff.diff import diff
from agentdiff.formats import FORMATS, parse
from agentdiff.formats.base import Activation, Kind, Type
from agentdiff.formats.rendering import is_written
from agentdiff.model import Agent, Change

ALWAYS, GLOB, MODEL, MANUAL = Activation.ALWAYS, Activation.GLOB, Activation.MODEL, Activation.MANUAL
RULES = [format.name for format in FORMATS.values() if format.kind is Kind.RULE and is_written(format)]


def rule(format: str, header: str) -> Agent:
    return parse(f"---\n{header}\n---\n\nBe kind.\n" if header else "Be kind.\n", "kind.md", format=format)


CASES = [
    ("agents-md", "", ALWAYS),
    ("cursor-rule", "alwaysApply: true", ALWAYS),
    ("cursor-rule", "description: D\nglobs: *.ts\nalwaysApply: true", ALWAYS),
    ("cursor-rule", "description: D\nglobs: *.ts\nalwaysApply: false", GLOB),
    ("cursor-rule", "description: D\nglobs:\nalwaysApply: false", MODEL),
    ("cursor-rule", "description: D", MODEL),
    ("cursor-rule", "description:\nglobs:\nalwaysApply: false", MANUAL),
    ("cursor-rule", "globs: '**/*'", ALWAYS),
    ("windsurf-rule", "trigger: always_on", ALWAYS),
    ("windsurf-rule", "trigger: glob\nglobs: '*.ts'", GLOB),
    ("windsurf-rule", "trigger: model_decision\ndescription: D", MODEL),
    ("windsurf-rule", "trigger: manual\ndescription: D", MANUAL),
    ("kiro-steering", "title: no key of it", ALWAYS),
    ("kiro-steering", "inclusion: fileMatch\nfileMatchPattern: '*.ts'", GLOB),
    ("kiro-steering", "inclusion: auto\nname: kind\ndescription: D", MODEL),
    ("augment-rule", "type: agent_requested\ndescription: D", MODEL),
    ("continue-rule", "name: kind", ALWAYS),
    ("continue-rule", "name: kind\ndescription: D", ALWAYS),
    ("continue-rule", "name: kind\ndescription: D\nalwaysApply: false", MODEL),
    ("continue-rule", "name: kind\nglobs: '*.ts'", GLOB),
    ("continue-rule", "name: kind\nalwaysApply: false", MANUAL),
    ("copilot-instr", "applyTo: '**'", ALWAYS),
    ("copilot-instr", "applyTo: '**/*.ts,**/*.tsx'", GLOB),
    ("copilot-instr", "description: D", MANUAL),
    ("claude-rule", "paths: ['*.ts']", GLOB),
    ("claude-rule", "", ALWAYS),
    ("cline-rule", "paths: ['*.ts']", GLOB),
]


@pytest.mark.parametrize(("format", "header", "expected"), CASES)
def test_when_a_rule_is_used(format: str, header: str, expected: Activation) -> None:
    assert activation(rule(format, header), FORMATS[format]) is expected


def test_only_rules_are_used_by_themselves() -> None:
    assert activation(parse("---\nname: a\n---\nB.\n", "a.md"), FORMATS["claude-agent"]) is None


@pytest.mark.parametrize("target", RULES)
@pytest.mark.parametrize(("format", "header", "expected"), CASES)
def test_a_converted_rule_is_used_as_before_or_it_is_told(
    format: str, header: str, expected: Activation, target: str
) -> None:
    conversion = convert([rule(format, header)], target)
    now = activation(parse(conversion.text, "kind.md", format=target), FORMATS[target])
    told = [loss.outcome for loss in conversion.losses if loss.field == "activation"]
    assert told == ([] if now is expected else [Outcome.CHANGED])


@pytest.mark.parametrize("target", [name for name in RULES if "activation" in FORMATS[name].by_field])
@pytest.mark.parametrize("when", [ALWAYS, GLOB])
def test_what_each_product_can_say_is_said(target: str, when: Activation) -> None:
    header = "description: D\nalwaysApply: true" if when is ALWAYS else "description: D\nglobs: *.ts"
    conversion = convert([rule("cursor-rule", header)], target)
    can_say = when is ALWAYS or "globs" in FORMATS[target].by_field
    assert (activation(parse(conversion.text, "kind.md", format=target), FORMATS[target]) is when) is can_say


def test_every_word_for_it_is_known() -> None:
    for format in FORMATS.values():
        key = format.by_field.get("activation")
        if format.kind is Kind.RULE and key is not None and key.type is not Type.FLAG:
            assert {activation_of({"activation": word}, format) for word in key.values or ()} <= set(Activation)
            assert set((key.values or {}).values()) <= {each.value for each in Activation}


@pytest.mark.parametrize(
    ("old", "new", "change", "note"),
    [
        (("cursor-rule", "alwaysApply: true"), ("windsurf-rule", "trigger: always_on"), Change.SAME, "another way"),
        (("cursor-rule", "description: D"), ("windsurf-rule", "trigger: model_decision"), Change.SAME, "another way"),
        (
            ("cursor-rule", "globs: a"),
            ("windsurf-rule", "trigger: manual"),
            Change.ADDED,
            "match, now when it is asked",
        ),
        (("windsurf-rule", "trigger: manual"), ("claude-rule", ""), Change.REMOVED, "asked for, now always"),
        (
            ("cursor-rule", "alwaysApply: true"),
            ("kiro-steering", "inclusion: auto"),
            Change.CHANGED,
            "always, now when",
        ),
    ],
)
def test_a_diff_compares_when_rules_are_used(
    old: tuple[str, str], new: tuple[str, str], change: Change, note: str
) -> None:
    (edit,) = [each for each in diff(rule(*old), rule(*new)).fields if each.name == "activation"]
    assert edit.change is change
    assert note in edit.note
