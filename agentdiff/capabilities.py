"""What the tool names of the different products allow, so that `Grep, Glob` and `search` can be compared.

The table follows the vendors' documentation as surveyed in autumn 2026. One word may mean different things: in OpenCode
`edit` includes writing new files, in Claude Code `Edit` does not. So each product has a column of its own.

A capability is a word (`read`, `shell`), a narrower grant (`shell(git:*)`, which `shell` covers), an MCP tool
(`mcp:server/tool`, covered by `mcp:server`, covered by `mcp`), or `tool:name` for a name that no product documents.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

EVERYTHING = "*"
"""The capability that covers every other."""

_CLAUDE = {
    "read": "Read",
    "list": "LS",
    "edit": "Edit MultiEdit",
    "write": "Write",
    "shell": "Bash PowerShell",
    "shell(output)": "BashOutput KillShell KillBash",
    "search-text": "Grep",
    "find-files": "Glob",
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
    "read": "read read/readFile readFile read/problems problems read/terminalLastCommand terminalLastCommand"
    " read/terminalSelection terminalSelection runCommands/terminalLastCommand runCommands/terminalSelection",
    "list": "search Grep Glob search/listDirectory listDirectory",
    "edit": "edit Edit MultiEdit Write edit/editFiles editFiles",
    "write": "edit Edit MultiEdit Write edit/editFiles editFiles edit/createFile createFile edit/createDirectory",
    "shell": "execute shell Bash powershell execute/runInTerminal runInTerminal runCommands terminalCommand"
    " runCommands/runInTerminal",
    "shell(output)": "execute/getTerminalOutput getTerminalOutput runCommands/getTerminalOutput",
    "shell(tasks)": "execute/runTask execute/createAndRunTask runTasks",
    "shell(tests)": "execute/runTests runTests execute/testFailure testFailure",
    "search-text": "search Grep Glob search/textSearch textSearch search/codebase codebase search/usages usages"
    " search/changes changes search/searchResults searchResults",
    "find-files": "search Grep Glob search/fileSearch fileSearch findTestFiles",
    "web-fetch": "web WebSearch WebFetch web/fetch fetch",
    "web-search": "web WebSearch WebFetch web/githubRepo githubRepo",
    "agent": "agent custom-agent Task agent/runSubagent runSubagent",
    "todo": "todo todos TodoWrite",
    "notebook": "NotebookEdit NotebookRead edit/editNotebook editNotebook runNotebooks",
    "tool:vscode/extensions": "vscode/extensions extensions",
    "tool:vscode/vscodeapi": "vscode/vscodeAPI vscodeAPI",
    "tool:vscode/newworkspace": "vscode/newWorkspace new",
    "tool:vscode/opensimplebrowser": "vscode/openSimpleBrowser openSimpleBrowser",
    "tool:vscode/installextension": "vscode/installExtension installExtension",
    "tool:vscode/runcommand": "vscode/runCommand",
    "tool:vscode/getprojectsetupinfo": "vscode/getProjectSetupInfo getProjectSetupInfo",
    "tool:vscode/memory": "vscode/memory",
}

_GEMINI = {  # and Qwen Code
    "read": "read_file read_many_files",
    "list": "list_directory",
    "edit": "replace edit",
    "write": "write_file",
    "shell": "run_shell_command",
    "search-text": "grep_search search_file_content",
    "find-files": "glob",
    "web-fetch": "web_fetch",
    "web-search": "google_web_search",
    "agent": "invoke_agent agent",
    "todo": "write_todos todo_write",
    "ask-user": "ask_user",
    "skill": "activate_skill",
    "mcp": "mcp_*",
}

_OPENCODE = {  # and Kilo Code
    "read": "read",
    "list": "list",
    "edit": "edit",
    "write": "edit write patch",
    "shell": "bash",
    "search-text": "grep",
    "find-files": "glob",
    "web-fetch": "webfetch",
    "web-search": "websearch",
    "agent": "task",
    "todo": "todowrite todoread",
    "ask-user": "question",
    "skill": "skill",
}

_KIRO = {  # and Amazon Q
    "read": "read fs_read",
    "list": "read",
    "search-text": "read grep",
    "find-files": "read glob",
    "edit": "write fs_write",
    "write": "write fs_write",
    "shell": "shell execute_bash",
    "web-fetch": "web web_fetch",
    "web-search": "web web_search",
    "agent": "subagent",
    "todo": "todo_list",
    "mcp": "@mcp",
}

_FACTORY = {
    "read": "Read read-only",
    "list": "LS read-only",
    "search-text": "Grep read-only",
    "find-files": "Glob read-only",
    "edit": "Edit ApplyPatch",
    "write": "Create ApplyPatch",
    "shell": "Execute",
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
    "agent": "new_task",
    "ask-user": "ask_followup_question",
    "mcp": "mcp",
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
    "list": "list_files",
    "find-files": "list_files",
    "edit": "replace_in_file",
    "write": "write_to_file",
    "shell": "execute_command",
    "search-text": "search_files",
    "web-fetch": "web_fetch",
    "web-search": "web_search",
    "agent": "use_subagents",
    "ask-user": "ask_followup_question",
    "skill": "use_skill",
    "mcp": "use_mcp_tool",
}

_PI = {
    "read": "read",
    "list": "ls",
    "edit": "edit",
    "write": "write",
    "shell": "bash",
    "search-text": "grep",
    "find-files": "find",
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


def _by_name(names_by_capability: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """The table of one product turned around: lower-case tool name -> what it grants."""
    granted_by: dict[str, set[str]] = {}
    for capability, names in names_by_capability.items():
        for name in names.split():
            granted_by.setdefault(name.lower(), set()).add(capability)
    return {name: frozenset(capabilities) for name, capabilities in granted_by.items()}


_SPELLED = {
    "claude": _CLAUDE,
    "copilot": _COPILOT,
}
"""The products for which agents are written."""

# In the order in which a name is looked up that the agent's own product does not know: most common product first.
_PRODUCTS = {
    "claude": _by_name(_CLAUDE),
    "copilot": _by_name(_COPILOT),
    "opencode": _by_name(_OPENCODE),
    "gemini": _by_name(_GEMINI),
    "kiro": _by_name(_KIRO),
    "factory": _by_name(_FACTORY),
    "roo": _by_name(_ROO),
    "cline": _by_name(_CLINE),
    "antigravity": _by_name(_ANTIGRAVITY),
    "cursor": _by_name(_CURSOR),
    "pi": _by_name(_PI),
    "augment": _by_name(_AUGMENT),
}
_SAME_VOCABULARY = {"qwen": "gemini", "kilo": "opencode", "amazonq": "kiro"}

_SPECIFIER = re.compile(r"(?P<tool>[^()]+)\((?P<limits>.*)\)", re.DOTALL)
_MCP_SPELLINGS = tuple(
    re.compile(pattern)
    for pattern in (
        r"mcp__(?P<server>.+?)(?:__(?P<tool>.+))?",  # Claude Code, Qwen Code
        r"mcp_(?P<server>[^_]+)_(?P<tool>.+)",  # Gemini CLI
        r"mcp:(?P<server>[^/]+)(?:/(?P<tool>.+))?",  # pi
        r"mcp\((?P<server>[^:()]+):(?P<tool>[^()]+)\)",  # Cursor
        r"@(?P<server>[^/]+)(?:/(?P<tool>.+))?",  # Kiro
        r"(?P<server>[^/()]+)/(?P<tool>[^()]+)",  # Copilot
        r"(?P<server>[^_*()]+)_(?P<tool>\*)",  # OpenCode: all of a server; one of its tools looks like any other name
    )
)


def capabilities(tool: str, format: str) -> frozenset[str]:
    """What one written tool name grants in an agent of that format (`claude-agent`); upper and lower case are one.

    A name that the format's product does not know has the meaning that another product gives it, for agents carry
    names from one product to the next; a name unknown to all grants only itself, as `tool:name`.
    """
    name = tool.strip()
    if name == EVERYTHING:
        return frozenset((EVERYTHING,))
    known = _documented(name, format)
    if known is not None:
        return known
    server_tool = _mcp(name)
    if server_tool is not None:
        return frozenset((server_tool,))
    limited = _SPECIFIER.fullmatch(name)
    if limited is not None:
        return frozenset(_narrowed(capabilities(limited["tool"], format), limited["limits"]))
    return frozenset((f"tool:{name.lower()}",))


def is_documented(tool: str, format: str) -> bool:
    """Whether the format's own product has a tool, or an alias, of that name."""
    return tool.strip().lower() in _column(format)


def spellings(format: str) -> tuple[str, ...]:
    """The documented tool names of the product for which a format is written, the usual one of a capability first."""
    table = _SPELLED.get(format.partition("-")[0], {})
    return tuple(dict.fromkeys(name for names in table.values() for name in names.split()))


def _column(format: str) -> Mapping[str, frozenset[str]]:
    """The tool names of a format's product; none for a product that has no tools."""
    product = format.partition("-")[0]
    return _PRODUCTS.get(_SAME_VOCABULARY.get(product, product), {})


def _documented(name: str, format: str) -> frozenset[str] | None:
    for column in (_column(format), *_PRODUCTS.values()):
        if name.lower() in column:
            return column[name.lower()]
    return None


def _mcp(name: str) -> str | None:
    """`mcp:server/tool` or `mcp:server` for a name in any product's spelling, None for other names."""
    for spelling in _MCP_SPELLINGS:
        found = spelling.fullmatch(name.lower())
        if found is not None:
            server, tool = found["server"], found["tool"]
            if server == EVERYTHING:
                return "mcp"
            return f"mcp:{server}" + (f"/{tool}" if tool and tool != EVERYTHING else "")
    return None


def _narrowed(broad: frozenset[str], limits: str) -> Iterator[str]:
    """Each capability once for each limit: `Agent(planner, tester)` allows two kinds of agent and no third."""
    for limit in (part.strip() for part in limits.split(",")):
        for capability in broad:
            yield capability if limit == EVERYTHING else f"{capability}({limit})"


def granted(tools: Sequence[str], format: str) -> frozenset[str]:
    """All that a list of tools grants together; holds EVERYTHING where `*` is listed."""
    return frozenset().union(*(capabilities(tool, format) for tool in tools))


def covers(allowed: frozenset[str], tool: str, format: str) -> bool:
    """Whether everything that a tool of an agent of that format grants is in `allowed` (as made by `granted`)."""
    return all(_is_allowed(capability, allowed) for capability in capabilities(tool, format))


def overlaps(some: frozenset[str], tool: str, format: str) -> bool:
    """Whether anything that a tool of an agent of that format grants is in `some` (as made by `granted`)."""
    return any(_is_allowed(capability, some) for capability in capabilities(tool, format))


def _is_allowed(capability: str, allowed: frozenset[str]) -> bool:
    return not allowed.isdisjoint((EVERYTHING, capability, *_broader(capability)))


def _broader(capability: str) -> Iterator[str]:
    """The grants that include this one, narrowest first."""
    if "(" in capability:
        yield capability.partition("(")[0]
    elif capability.startswith("mcp:"):
        if "/" in capability:
            yield capability.partition("/")[0]
        yield "mcp"
