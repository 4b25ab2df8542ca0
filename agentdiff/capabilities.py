"""What the tool names of the different products allow, so that `Grep, Glob` and `search` can be compared.

The table follows the vendors' documentation as surveyed in autumn 2026. One word may mean different things: in OpenCode
`edit` includes writing new files, in Claude Code `Edit` does not. So each vocabulary has a column of its own; several
products may share one (`Format.vocabulary` names it; empty: the product has no tool names).

A capability is a word (`read`, `shell`), a narrower grant (`shell(git:*)`, which `shell` covers), an MCP tool
(`mcp:server/tool`, covered by `mcp:server`, covered by `mcp`), or `tool:name` for a name that no product documents.
`find-files` covers `list`: whoever finds files by a pattern can list a folder with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

EVERYTHING = "*"
"""The capability that covers every other."""

_CLAUDE = {
    "read": "Read",
    "edit": "Edit MultiEdit",
    "write": "Write",
    "shell": "Bash PowerShell",
    "shell(output)": "BashOutput KillShell KillBash",
    "search-text": "Grep",
    "find-files": "Glob",
    "list": "LS",
    "web-fetch": "WebFetch",
    "web-search": "WebSearch",
    "agent": "Agent Task",
    "todo": "TodoWrite TodoRead TaskCreate TaskGet TaskList TaskUpdate",
    "notebook": "NotebookEdit NotebookRead",
    "ask-user": "AskUserQuestion",
    "skill": "Skill",
}

# Claude's names are aliases in Copilot, and there they mean the whole group.
_COPILOT = {
    "read": "read NotebookRead read/readFile readFile read/problems problems"
    " read/terminalLastCommand terminalLastCommand runCommands/terminalLastCommand"
    " read/terminalSelection terminalSelection runCommands/terminalSelection",
    "edit": "edit Edit MultiEdit Write NotebookEdit edit/editFiles editFiles",
    "write": "edit Edit MultiEdit Write NotebookEdit edit/editFiles editFiles edit/createFile createFile"
    " edit/createDirectory",
    "list": "search Grep Glob search/listDirectory listDirectory",
    "search-text": "search Grep Glob search/textSearch textSearch search/codebase codebase search/usages usages"
    " search/changes changes search/searchResults searchResults",
    "find-files": "search Grep Glob search/fileSearch fileSearch findTestFiles",
    "shell": "execute shell Bash powershell execute/runInTerminal runInTerminal runCommands terminalCommand"
    " runCommands/runInTerminal",
    "shell(output)": "execute/getTerminalOutput getTerminalOutput runCommands/getTerminalOutput",
    "shell(tasks)": "execute/runTask execute/createAndRunTask runTasks",
    "shell(tests)": "execute/runTests runTests execute/testFailure testFailure",
    "web-fetch": "web WebSearch WebFetch web/fetch fetch",
    "web-search": "web WebSearch WebFetch web/githubRepo githubRepo",
    "agent": "agent custom-agent Task agent/runSubagent runSubagent",
    "todo": "todo todos TodoWrite",
    "notebook": "edit/editNotebook editNotebook NotebookEdit NotebookRead runNotebooks",
    "tool:vscode/extensions": "vscode/extensions extensions vscode",
    "tool:vscode/vscodeapi": "vscode/vscodeAPI vscodeAPI vscode",
    "tool:vscode/newworkspace": "vscode/newWorkspace new vscode",
    "tool:vscode/opensimplebrowser": "vscode/openSimpleBrowser openSimpleBrowser vscode",
    "tool:vscode/installextension": "vscode/installExtension installExtension vscode",
    "tool:vscode/runcommand": "vscode/runCommand vscode",
    "tool:vscode/getprojectsetupinfo": "vscode/getProjectSetupInfo getProjectSetupInfo vscode",
    "tool:vscode/memory": "vscode/memory vscode",
}

_GEMINI = {
    "read": "read_file read_many_files",
    "write": "write_file",
    "edit": "replace",
    "shell": "run_shell_command",
    "search-text": "grep_search search_file_content",
    "find-files": "glob",
    "list": "list_directory",
    "web-fetch": "web_fetch",
    "web-search": "google_web_search",
    "agent": "invoke_agent",
    "todo": "write_todos",
    "ask-user": "ask_user",
    "skill": "activate_skill",
    "mcp": "mcp_*",
    "mcp(resources)": "read_mcp_resource",
    "tool:enter_plan_mode": "enter_plan_mode",
    "tool:exit_plan_mode": "exit_plan_mode",
}

_QWEN = {  # behind `|` its names for people and older ones, which do as well
    "read": "read_file | ReadFile read_many_files ReadManyFiles",
    "write": "write_file | WriteFile",
    "edit": "edit | Edit replace",
    "shell": "run_shell_command | Shell",
    "search-text": "grep_search | Grep search_file_content SearchFiles",
    "find-files": "glob | Glob FindFiles",
    "list": "list_directory | ListFiles ReadFolder",
    "web-fetch": "web_fetch | WebFetch",
    "web-search": "web_search | WebSearch",
    "agent": "agent | Agent task Task",
    "todo": "todo_write task_create task_get task_list task_update | TodoWrite TaskCreate TaskGet TaskList TaskUpdate",
    "ask-user": "ask_user_question | AskUserQuestion ask_user",
    "skill": "skill | Skill activate_skill",
    "tool:task_stop": "task_stop | TaskStop",
    "tool:task_output": "task_output | TaskOutput",
    "tool:save_memory": "save_memory | SaveMemory",
    "tool:exit_plan_mode": "exit_plan_mode | ExitPlanMode",
    "tool:lsp": "lsp | Lsp",
}

_OPENCODE = {  # and Kilo Code
    "read": "read",
    "edit": "edit patch",
    "write": "edit write patch",
    "shell": "bash",
    "search-text": "grep",
    "find-files": "glob",
    "list": "list",
    "web-fetch": "webfetch",
    "web-search": "websearch",
    "agent": "task",
    "todo": "todowrite todoread",
    "ask-user": "question",
    "skill": "skill",
    "tool:lsp": "lsp",
    "tool:external_directory": "external_directory",
    "tool:doom_loop": "doom_loop",
}

_KIRO = {
    "read": "read fs_read @builtin",
    "list": "read @builtin",
    "search-text": "read grep @builtin",
    "find-files": "read glob @builtin",
    "edit": "write fs_write @builtin",
    "write": "write fs_write @builtin",
    "shell": "shell execute_bash @builtin",
    "web-fetch": "web web_fetch @builtin",
    "web-search": "web web_search @builtin",
    "agent": "subagent use_subagent delegate @builtin",
    "todo": "todo_list @builtin",
    "mcp": "@mcp",
    "tool:knowledge": "knowledge @builtin",
    "tool:context": "context @builtin",
    "tool:code": "code @builtin",
    "tool:introspect": "introspect @builtin",
    "tool:thinking": "thinking @builtin",
    "tool:report_issue": "report_issue @builtin",
}

_AMAZON_Q = {
    "read": "fs_read",
    "list": "fs_read",
    "search-text": "fs_read",
    "edit": "fs_write",
    "write": "fs_write",
    "shell": "execute_bash",
    "agent": "delegate use_subagent",
    "todo": "todo_list",
    "tool:use_aws": "use_aws",
    "tool:knowledge": "knowledge",
    "tool:introspect": "introspect",
    "tool:thinking": "thinking",
    "tool:report_issue": "report_issue",
}

# A category is written small, a tool with a capital: `edit` is more than `Edit`.
_FACTORY = {
    "read": "Read read-only",
    "list": "LS read-only",
    "search-text": "Grep read-only",
    "find-files": "Glob read-only",
    "edit": "Edit ApplyPatch edit",
    "write": "Create ApplyPatch edit",
    "shell": "Execute execute",
    "web-fetch": "FetchUrl web",
    "web-search": "WebSearch web",
    "agent": "Task",
    "todo": "TodoWrite",
    "ask-user": "AskUser",
    "mcp": "mcp",
}

_ROO = {
    "read": "read",
    "list": "read",
    "search-text": "read",
    "find-files": "read",
    "edit": "edit",
    "write": "edit",
    "shell": "command",
    "web-fetch": "browser",
    "mcp": "mcp",
    "agent": "| new_task",  # always there, and in no group
    "ask-user": "| ask_followup_question",
}

_CURSOR = {"read": "Read", "edit": "Write", "write": "Write", "shell": "Shell", "web-fetch": "WebFetch"}

_ANTIGRAVITY = {
    "read": "view_file read_file",
    "edit": "replace_file_content",
    "write": "write_file",
    "shell": "run_command command",
    "search-text": "grep_search",
    "web-fetch": "read_url",
    "agent": "invoke_subagent",
}

_CLINE = {
    "read": "read_file",
    "write": "write_to_file",
    "edit": "replace_in_file",
    "shell": "execute_command",
    "list": "list_files",
    "find-files": "list_files",
    "search-text": "search_files",
    "web-fetch": "web_fetch",
    "web-search": "web_search",
    "agent": "use_subagents",
    "ask-user": "ask_followup_question",
    "skill": "use_skill",
    "mcp": "use_mcp_tool",
    "tool:list_code_definition_names": "list_code_definition_names",
    "tool:browser_action": "browser_action",
    "tool:new_task": "new_task",
}

_PI = {
    "read": "read",
    "shell": "bash",
    "edit": "edit",
    "write": "write",
    "search-text": "grep",
    "find-files": "find",
    "list": "ls",
    "agent": "subagent",
}

_AUGMENT = {
    "read": "view",
    "edit": "str-replace-editor",
    "write": "save-file",
    "shell": "launch-process",
    "web-fetch": "web-fetch",
    "web-search": "web-search",
}

_DOCKER = {  # whole sets of tools
    "read": "filesystem",
    "list": "filesystem",
    "search-text": "filesystem",
    "find-files": "filesystem",
    "edit": "filesystem",
    "write": "filesystem",
    "shell": "shell",
    "web-fetch": "fetch",
    "ask-user": "user_prompt",
    "todo": "todo",
    "mcp": "mcp",
    "tool:think": "think",
    "tool:memory": "memory",
}

_KIMI_CLI = {
    "read": "ReadFile ReadMediaFile",
    "write": "WriteFile",
    "edit": "StrReplaceFile PatchFile",
    "shell": "Shell Bash CMD",
    "search-text": "Grep",
    "find-files": "Glob",
    "web-fetch": "FetchURL",
    "web-search": "SearchWeb",
    "agent": "Agent Task CreateSubagent",
    "todo": "SetTodoList",
    "ask-user": "AskUserQuestion",
    "tool:think": "Think",
    "tool:tasklist": "TaskList",  # of commands that run in the background
    "tool:taskoutput": "TaskOutput",
    "tool:taskstop": "TaskStop",
    "tool:enterplanmode": "EnterPlanMode",
    "tool:exitplanmode": "ExitPlanMode",
    "tool:senddmail": "SendDMail",
}

_ADK = {
    "web-search": "google_search",
    "web-fetch": "url_context load_web_page",
    "agent": "AgentTool",
    "mcp": "McpToolset MCPToolset",
}

_GOOSE = {  # the tools of its extension `developer`, which is all of them
    "read": "developer text_editor read",
    "edit": "developer text_editor edit",
    "write": "developer text_editor write",
    "shell": "developer shell",
    "list": "developer tree",
}

_GH_AW = {
    "edit": "edit",
    "write": "edit",
    "shell": "bash",
    "web-fetch": "web-fetch",
    "web-search": "web-search",
}


class _Column(NamedTuple):
    """The tool names of one vocabulary and what each grants."""

    spellings: tuple[str, ...]
    exact: Mapping[str, frozenset[str]]
    folded: Mapping[str, frozenset[str]]
    """By the name in small letters: for who writes `READ`."""


def _column_of(names_by_capability: Mapping[str, str]) -> _Column:
    """The table of one vocabulary turned around. What stands behind `|` is read and not written."""
    rows = [(capability, names.replace("|", " ").split()) for capability, names in names_by_capability.items()]
    written = [names.partition("|")[0].split() for names in names_by_capability.values()]
    exact: dict[str, set[str]] = {}
    folded: dict[str, set[str]] = {}
    for capability, names in rows:
        for name in names:
            exact.setdefault(name, set()).add(capability)
            folded.setdefault(name.lower(), set()).add(capability)
    usual = [names[0] for names in written if names]
    spelled = dict.fromkeys([*usual, *(name for names in written for name in names)])
    return _Column(tuple(spelled), _frozen(exact), _frozen(folded))


def _frozen(table: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    return {name: frozenset(granted) for name, granted in table.items()}


# In the order in which a name is looked up that the agent's own product does not know: most common product first.
_COLUMNS = {
    vocabulary: _column_of(table)
    for vocabulary, table in {
        "claude": _CLAUDE,
        "copilot": _COPILOT,
        "opencode": _OPENCODE,
        "gemini": _GEMINI,
        "kiro": _KIRO,
        "factory": _FACTORY,
        "roo": _ROO,
        "cline": _CLINE,
        "antigravity": _ANTIGRAVITY,
        "cursor": _CURSOR,
        "pi": _PI,
        "augment": _AUGMENT,
        "qwen": _QWEN,
        "amazonq": _AMAZON_Q,
        "docker": _DOCKER,
        "kimi-cli": _KIMI_CLI,
        "adk": _ADK,
        "goose": _GOOSE,
        "gh-aw": _GH_AW,
    }.items()
}
_SAME_VOCABULARY = {
    "kilo": "opencode",
    **dict.fromkeys(("junie", "devin", "kimi", "grok", "rovodev", "vibe"), "claude"),
}
_NO_NAMES = _column_of({})
_OF_MAPS = frozenset({"docker", "adk", "goose", "gh-aw"})
"""Vocabularies of what stands in maps of its own: elsewhere `filesystem` is rather the name of a server."""

# One tool of a server, and all of a server. None where the product cannot say so little.
_CLAUDE_MCP = ("mcp__{server}__{tool}", "mcp__{server}")
_MCP_WRITTEN: Mapping[str, tuple[str | None, str | None]] = {
    "claude": _CLAUDE_MCP,
    "qwen": _CLAUDE_MCP,
    "copilot": ("{server}/{tool}", "{server}/*"),
    "gemini": ("mcp_{server}_{tool}", "mcp_{server}_*"),
    "opencode": ("{server}_{tool}", "{server}_*"),
    "kiro": ("@{server}/{tool}", "@{server}"),
    "amazonq": ("@{server}/{tool}", "@{server}"),
    "cursor": ("Mcp({server}:{tool})", None),
    "pi": (None, "mcp:{server}"),
}

_WORDS_FOR_LISTS: Mapping[str, Mapping[str, frozenset[str]]] = {
    "pi": {"all": frozenset((EVERYTHING,)), "none": frozenset()},
}
"""Words that stand in the place of a list; to other products they are names like any other."""

_MODULE_OF_KIMI = "kimi_cli.tools."
"""`kimi_cli.tools.file:ReadFile`; a tool of another module may have the same name and do anything."""

_GROUPS_OF_COPILOT = frozenset("agent browser edit execute read search todo vscode web".split())
"""What stands in front of the slash in the name of a tool that is no server's. The members change with each release."""

_SPECIFIER = re.compile(r"(?P<tool>[^()]+)\((?P<limits>.*)\)", re.DOTALL)
_LONGEST_MCP_NAME = 300
"""Letters; hosts take some 64. What is longer is no name, and not worth the time to look for one in it."""
_MCP_SPELLINGS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"mcp__(?P<server>.+?)(?:__(?P<tool>.+))?",  # Claude Code, Qwen Code
        r"mcp_(?P<server>[^_]+)_(?P<tool>.+)",  # Gemini CLI
        r"mcp:(?P<server>[^/]+)(?:/(?P<tool>.+))?",  # pi
        r"mcp\((?P<server>[^:()]+):(?P<tool>[^()]+)\)",  # Cursor
        r"@(?P<server>[^/]+)(?:/(?P<tool>.+))?",  # Kiro
        r"(?P<server>[^/()]+)/(?P<tool>[^()]+)",  # Copilot
        r"(?P<server>[^*()]+)_(?P<tool>\*)",  # OpenCode: all of a server; one of its tools looks like any other name
    )
)


def capabilities(tool: str, vocabulary: str) -> frozenset[str]:
    """What one written tool name grants in an agent of that vocabulary; upper and lower case are mostly one.

    A name that the vocabulary does not know has the meaning that another product gives it, for agents carry
    names from one product to the next; a name unknown to all grants only itself, as `tool:name`.
    """
    name = _bare(tool)
    if name == EVERYTHING:
        return frozenset((EVERYTHING,))
    instead = _WORDS_FOR_LISTS.get(vocabulary, {}).get(name)
    known = _documented(name, vocabulary) if instead is None else instead
    if known is not None:
        return known
    group, _, member = name.lower().partition("/")
    if member and group in _GROUPS_OF_COPILOT:
        whole = _COLUMNS["copilot"].exact.get(group) if member == EVERYTHING else None
        return whole or frozenset((f"tool:{group}" if member == EVERYTHING else f"tool:{group}/{member}",))
    server_tool = mcp_name(name)
    if server_tool is not None:
        return frozenset((server_tool.lower(),))
    limited = _SPECIFIER.fullmatch(name)
    if limited is not None:
        return frozenset(_narrowed(capabilities(limited["tool"], vocabulary), limited["limits"]))
    return frozenset((f"tool:{name.lower()}",))


def own_capabilities(tool: str, vocabulary: str) -> frozenset[str]:
    """The same without a thought of other products: a name that the vocabulary does not know grants only itself."""
    name = _bare(tool)
    column = _column(vocabulary)
    return column.exact.get(name) or column.folded.get(name.lower()) or frozenset((f"tool:{name.lower()}",))


def is_documented(tool: str, vocabulary: str) -> bool:
    """Whether the vocabulary has a tool, or an alias, of that name. Copilot has every member of its groups."""
    name = _bare(tool).lower()
    group, _, member = name.partition("/")
    is_of_copilot = bool(member) and group in _GROUPS_OF_COPILOT and _column(vocabulary) is _COLUMNS["copilot"]
    return name in _column(vocabulary).folded or is_of_copilot


def is_name_of(tool: str, vocabulary: str) -> bool:
    """Whether a written name means something in that vocabulary: a tool of it, all of them, or one of an MCP server."""
    if tool == EVERYTHING or is_documented(tool.partition("(")[0], vocabulary):
        return True
    return all(each.startswith("mcp") for each in capabilities(tool, vocabulary))


def spellings(vocabulary: str) -> tuple[str, ...]:
    """The tool names of a vocabulary, without second names: the usual one of each capability first, then all others."""
    return _column(vocabulary).spellings


def as_told(capability: str) -> str:
    """A capability in a list of differences, where `*` is whatever that list does not name."""
    return f"everything else{capability[1:]}" if capability.startswith(EVERYTHING) else capability


def _bare(tool: str) -> str:
    """A name without blanks around it and without the module of Kimi CLI."""
    name = tool.strip()
    return name.rpartition(":")[2] if name.startswith(_MODULE_OF_KIMI) else name


def mcp_name(tool: str) -> str | None:
    """`mcp:server/tool`, `mcp:server` or `mcp` for any product's spelling of it, case kept; None for other names."""
    name = tool.strip()
    if len(name) > _LONGEST_MCP_NAME:
        return None
    for spelling in _MCP_SPELLINGS:
        found = spelling.fullmatch(name)
        if found is not None:
            server, tool = found["server"], found["tool"]
            if server == EVERYTHING:
                return "mcp"
            return f"mcp:{server}" + (f"/{tool}" if tool and tool != EVERYTHING else "")
    return None


def mcp_spelling(capability: str, vocabulary: str) -> str | None:
    """How a vocabulary writes `mcp:server/tool` or `mcp:server`, in the case given (that of `mcp_name`).

    None for any other capability, and where the vocabulary has no words for so little: Roo's `mcp` grants all servers.
    """
    if not capability.startswith("mcp:"):
        return None
    server, _, tool = capability.removeprefix("mcp:").partition("/")
    one, all_of_server = _MCP_WRITTEN.get(_SAME_VOCABULARY.get(vocabulary, vocabulary), (None, None))
    pattern = one if tool else all_of_server
    written = pattern.format(server=server, tool=tool) if pattern else None
    # Gemini CLI ends the server's name at the first `_`, Claude Code at the first `__`.
    return None if written is None or mcp_name(written) not in (capability, None) else written


def _column(vocabulary: str) -> _Column:
    return _COLUMNS.get(_SAME_VOCABULARY.get(vocabulary, vocabulary), _NO_NAMES)


def _documented(name: str, vocabulary: str) -> frozenset[str] | None:
    others = (column for each, column in _COLUMNS.items() if each not in _OF_MAPS)
    for column in (_column(vocabulary), *others):
        known = column.exact.get(name) or column.folded.get(name.lower())
        if known is not None:
            return known
    return None


def _narrowed(broad: frozenset[str], limits: str) -> Iterator[str]:
    """Each capability once for each limit: `Agent(planner, tester)` allows two kinds of agent and no third."""
    for limit in (part.strip() for part in limits.split(",")):
        for capability in broad:
            yield capability if limit == EVERYTHING else f"{capability}({limit})"


def granted(tools: Sequence[str], vocabulary: str) -> frozenset[str]:
    """All that a list of tools grants together; holds EVERYTHING where `*` is listed."""
    return frozenset().union(*(capabilities(tool, vocabulary) for tool in tools))


def covers(allowed: frozenset[str], tool: str, vocabulary: str) -> bool:
    """Whether everything that a tool of an agent of that vocabulary grants is in `allowed` (as made by `granted`)."""
    return all(includes(allowed, capability) for capability in capabilities(tool, vocabulary))


def overlaps(some: frozenset[str], tool: str, vocabulary: str) -> bool:
    """Whether anything that a tool of an agent of that vocabulary grants is in `some` (as made by `granted`)."""
    return any(includes(some, capability) for capability in capabilities(tool, vocabulary))


def includes(allowed: frozenset[str], capability: str) -> bool:
    """Whether a capability, or one that covers it, is in `allowed`."""
    return not allowed.isdisjoint((capability, *broader(capability)))


def broader(capability: str) -> tuple[str, ...]:
    """The capabilities that cover this one, narrowest first; EVERYTHING is the last."""
    found = []
    base = capability.partition("(")[0]
    if base != capability:
        found.append(base)
    if base == "list":
        found.append("find-files")
    if base.startswith("mcp:"):
        if "/" in base:
            found.append(base.partition("/")[0])
        found.append("mcp")
    return (*found, EVERYTHING) if capability != EVERYTHING else ()
