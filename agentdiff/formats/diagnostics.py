"""All diagnostics by their codes: how severe, what they mean, what to do. docs/diagnostics.md is the page of them."""

from __future__ import annotations

from enum import StrEnum

from agentdiff.model import Diagnostic, Severity

_INFO, _WARNING, _ERROR = Severity.INFO, Severity.WARNING, Severity.ERROR


class Code(StrEnum):
    """The stable name of a diagnostic. `ERROR` is for what keeps the host from taking the agent as it was meant."""

    severities: tuple[Severity, ...]
    """The usual one first."""
    meaning: str
    """One line, for every case of it."""
    remedy: str
    """What to do, where nothing more precise can be said."""

    def __new__(cls, code: str, severities: tuple[Severity, ...], meaning: str, remedy: str) -> Code:
        """The rows below, as members."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.severities, member.meaning, member.remedy = severities, meaning, remedy
        return member

    # the header, whatever the format

    YAML_REQUOTED = (
        "yaml-requoted",
        (_WARNING,),
        "a value is not valid YAML, or holds a character that YAML forbids, and was read as if it stood in quotes"
        " (second level of repair)",
        "put the value in double quotes",
    )
    YAML_SPLIT = (
        "yaml-split",
        (_WARNING,),
        "a value over several lines is not valid YAML and was read up to the next key (third level of repair)",
        "write `key: |` and indent every line of the text below it",
    )
    YAML_LINE_IGNORED = (
        "yaml-line-ignored",
        (_WARNING,),
        "a line above the first field belongs to no field and is not read",
        "remove it or write it as `key: value`",
    )
    YAML_TOO_COMPLEX = (
        "yaml-too-complex",
        (_WARNING,),
        "a value is nested too deep or too large and is kept as text",
        "make it flatter",
    )
    YAML_UNREADABLE = (
        "yaml-unreadable",
        (_ERROR, _INFO),
        "no field can be read from the front matter, so all of it counts as body; mild where it is text between rules",
        "write each field as `key: value`, or remove the lines with ---",
    )
    FRONT_MATTER_UNCLOSED = (
        "front-matter-unclosed",
        (_ERROR,),
        "the front matter is not closed behind its fields, so what follows, or all of it, counts as body",
        "add a line with --- behind the last field",
    )
    FRONT_MATTER_TOO_LARGE = (
        "front-matter-too-large",
        (_ERROR,),
        "the front matter is too large to be read, so all of it counts as body",
        "shorten it",
    )
    DUPLICATE_KEY = (
        "duplicate-key",
        (_WARNING,),
        "a key is given twice in one map and hosts use one of them",
        "remove the other",
    )

    # the header, for the host

    HEADER_SKIPPED = (
        "header-skipped",
        (_ERROR, _WARNING),
        "the host reads no fields from such a header, or does not load the agent",
        "correct the header",
    )
    NAME_MISSING = ("name-missing", (_ERROR, _WARNING, _INFO), "the host needs a name", "add it")
    DESCRIPTION_MISSING = (
        "description-missing",
        (_ERROR, _WARNING, _INFO),
        "the host needs a description",
        "add it",
    )
    KEY_MISSING = ("key-missing", (_ERROR, _WARNING, _INFO), "the host needs another key", "add it")
    UNKNOWN_KEY = ("unknown-key", (_ERROR,), "the host loads no agent with keys that it does not know", "remove it")
    VALUE_NOT_ALLOWED = (
        "value-not-allowed",
        (_WARNING,),
        "the host does not take such a value, for instance a name with capitals",
        "write it as the host wants it",
    )
    WRONG_TYPE = (
        "wrong-type",
        (_WARNING,),
        "the host wants another type, for instance a list instead of a text",
        "write it so",
    )
    TOO_LONG = ("too-long", (_WARNING,), "a value or the text is longer than the host takes", "shorten it")
    NAME_UNLIKE_FILE = (
        "name-unlike-file",
        (_INFO,),
        "the `name` is not the name of the file or directory",
        "rename one of them if they should agree",
    )
    MODEL_UNREADABLE = (
        "model-unreadable",
        (_WARNING,),
        "what stands as model is the name of no model",
        "name one model, or a list of them",
    )
    UNKNOWN_TOOL = (
        "unknown-tool",
        (_WARNING, _ERROR, _INFO),
        "the host does not know a tool of that name; severe where it refuses the agent for it, mild where others than"
        " itself may add tools under any name",
        "correct or remove it",
    )

    # the body

    BODY_MISSING = ("body-missing", (_ERROR,), "the host does not load an agent without a prompt", "write one")
    BODY_FORBIDDEN = ("body-forbidden", (_ERROR,), "the host refuses such a file with a text", "remove the text")
    BODY_IGNORED = (
        "body-ignored",
        (_WARNING,),
        "the host does not read the text of such a file",
        "move what matters into the fields",
    )
    PROMPT_ELSEWHERE = (
        "prompt-elsewhere",
        (_INFO,),
        "the prompt stands in another file, which is not read",
        "give that file to agentdiff to compare its text",
    )
    FENCE_UNCLOSED = (
        "fence-unclosed",
        (_WARNING,),
        "a code fence is never closed, so the rest of the text is code",
        "add a closing fence",
    )
    HIDDEN_CHARACTERS = (
        "hidden-characters",
        (_WARNING,),
        "there are characters that are not seen, which a model reads all the same; told on the first line of them",
        "remove them",
    )


def diagnostic(
    code: Code, message: str, line: int, *, remedy: str = "", severity: Severity | None = None
) -> Diagnostic:
    """A diagnostic on a line of the file; remedy and severity are the usual ones of the code unless given."""
    return Diagnostic(code, severity or code.severities[0], message, remedy or code.remedy, line)
