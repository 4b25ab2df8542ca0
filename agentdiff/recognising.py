"""Whether a file that nobody named is an agent file: by its path alone, and by what stands in it.

What a user names is always taken for one. In a folder most files are none, and a page of documentation has the same
extension as an agent. So a page needs fields that agents have, or a place where agents live.
"""

from __future__ import annotations

from functools import lru_cache
from os.path import splitext

from agentdiff.errors import UnreadableFile
from agentdiff.formats.base import Container, Format
from agentdiff.formats.detection import DATA, UNDECIDED, WITHOUT_FIELDS, at_path, container_of, load
from agentdiff.formats.reading import Opened, open_text

EXTENSIONS = frozenset({".md", ".mdc", ".markdown", ".txt", ".toml", ".json", ".jsonc", ".yaml", ".yml", ".af"})

TABLES = frozenset({".parquet", ".jsonl", ".ndjson"})
"""Extensions of files that hold many agent files, one in a row."""

AGENT_FOLDERS = frozenset(
    """
    agents agent subagents sub-agents personas persona prompts chatmodes chat-modes modes custom-modes custom_modes
    rules commands roles droids instructions steering assistants experts specialists characters souls workflows
    output-styles microagents skills
    """.split()
)
"""Names of folders whose pages are agents though they have no fields."""

REACH = 2
"""Folders up to which such a name counts: `agents/engineering/tester.md`, and no documentation further down."""

_ABOUT = frozenset(
    """
    readme license licence copying notice authors contributors contributing changelog changes history security
    code_of_conduct code-of-conduct support governance maintainers roadmap todo faq index install installation
    upgrading migration quickstart quick_start quick-start getting-started getting_started overview summary
    pull_request_template issue_template requirements robots
    """.split()
)
"""Files that tell people of what lies beside them."""

_SETTINGS = frozenset(
    """
    package.json package-lock.json npm-shrinkwrap.json composer.json composer.lock bower.json deno.json jsr.json
    lerna.json nx.json turbo.json vercel.json netlify.toml biome.json renovate.json manifest.json angular.json
    components.json plugin.json marketplace.json extension.json gemini-extension.json .mcp.json mcp.json
    launch.json tasks.json settings.json extensions.json devcontainer.json tsconfig.json jsconfig.json
    pyproject.toml cargo.toml pipfile poetry.toml uv.toml ruff.toml book.toml
    pnpm-lock.yaml pnpm-workspace.yaml mkdocs.yml mkdocs.yaml docker-compose.yml docker-compose.yaml compose.yaml
    compose.yml chart.yaml values.yaml action.yml action.yaml codecov.yml dependabot.yml pubspec.yaml openapi.json
    openapi.yaml swagger.json swagger.yaml .pre-commit-config.yaml .golangci.yml .gitlab-ci.yml .travis.yml
    _config.yml environment.yml conda.yaml
    """.split()
)
"""Settings of well-known programs, some large and some with name and description; they are not even read."""

_PAGES = frozenset({".md", ".mdc", ".markdown", ".txt", ""})


def may_be_agent(path: str) -> bool:
    """Whether a path is one of an agent file, or of a file that has to be read before one can tell. Costs < 10 us."""
    name = path[path.rfind("/") + 1 :].lower()
    extension = splitext(name)[1] or (name if name in EXTENSIONS else "")
    if extension in EXTENSIONS:
        return name not in _SETTINGS and not (name.startswith("tsconfig.") and extension == ".json")
    return not extension and any(_is_read(format) for format in at_path(path))


def is_table(path: str) -> bool:
    """Whether a path is one of a table of files."""
    return splitext(path)[1].lower() in TABLES


def is_agent(opened: Opened, path: str) -> bool:
    """Whether a file holds agents, once it is open. `path` tells the folders in which it lies."""
    if opened.container in DATA:  # it would not be open if it held none
        return True
    keys = {entry.key: entry.value for found in opened.agents for entry in found.fields}
    is_about = _stem(path) in _ABOUT
    if "name" in keys and "description" in keys:
        return True
    if opened.format.name == WITHOUT_FIELDS:
        at_home = any(map(_is_read, at_path(path)))
        return not is_about and (at_home or _is_among_agents(path))
    if opened.format.name == UNDECIDED or not opened.format.claims(keys):
        return not is_about and (opened.format.lives_at(path) or _is_among_agents(path))
    return bool(keys)


def open_agents(text: str, path: str, is_given: bool = False) -> Opened | None:
    """The agents of a file, or None where it is no agent file; one that the user gave always is.

    Raises UnreadableFile for a data file that is broken, and for what was given and holds no agent.
    """
    try:
        opened = open_text(text, path)
    except UnreadableFile:
        if is_given or next(at_path(path), None) is not None or _is_broken(text, path):
            raise
        return None
    return opened if is_given or is_agent(opened, path) else None


def place_of(path: str) -> tuple[object, ...]:
    """All that a path tells `open_agents`, its name aside: texts at places that are equal are read alike."""
    name = path[path.rfind("/") + 1 :].lower()
    extension = splitext(name)[1] or (name if name in EXTENSIONS else "")
    formats = tuple(format.name for format in at_path(path))
    return extension, formats, _stem(path) in _ABOUT, name.startswith("readme."), _is_among_agents(path)


def _is_broken(text: str, path: str) -> bool:
    """Whether a text is not even of the kind that its name promises. Templates that make YAML do not promise it."""
    from agentdiff.formats._tree import NotReadable

    container = container_of(path, text)
    lines = (line.strip() for line in text.split("\n"))
    if container not in DATA or all(not line or line.startswith("#") for line in lines):
        return False
    if container is Container.YAML and _is_template(text):
        return False
    try:
        load(text, container)
    except NotReadable:
        return True
    return False


def _is_template(text: str) -> bool:
    return ": {{" in text or any(line.lstrip(" -").startswith("{{") for line in text.split("\n"))


def _is_read(format: Format) -> bool:
    return format.containers != (Container.CODE,)


def _stem(path: str) -> str:
    return path[path.rfind("/") + 1 :].partition(".")[0].lower()


def _is_among_agents(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    return splitext(name)[1].lower() in _PAGES and _is_folder_of_agents(folder)


@lru_cache(maxsize=4096)
def _is_folder_of_agents(folder: str) -> bool:
    parts = folder.lower().split("/")
    near = parts[-REACH:]
    if "skills" in near:  # what lies beside a skill belongs to it
        return parts[-1] == "skills"
    return any(part.lstrip(".") in AGENT_FOLDERS for part in near)
