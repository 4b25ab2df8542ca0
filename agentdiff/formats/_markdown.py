"""The Markdown body: titles and items with the lines they stand on.

Blocks come from pyromark (pulldown-cmark, CommonMark with tables), the only module that knows it. What a section and an
item are is our own: agent files mark titles with bold lines, `Label:` lines, bold list items and XML tags as often as
with `#`. Titles never come from inside code fences, since the parser already knows what is code.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from agentdiff import marks
from agentdiff.formats.diagnostics import Code, diagnostic
from agentdiff.model import Diagnostic, Item, ItemKind, Section, SectionStyle, Span
from agentdiff.text import clean_title, line_starts

LABEL_LENGTH = 80
"""A plain `Label:` longer than this is a sentence. Of the label lines that readers called sections, none is longer."""

NESTING_LIMIT = 40
"""Deeper lists and quotes are kept as one item; nobody reads them, and recursion has to end."""

MARK_ROUNDS = 4
"""Times that marks are taken out of one body at most. Bodies that `annotating.py` makes need one."""

_TAG_LINE = re.compile(r"^ {0,3}<(/?)([A-Za-z][\w.:-]*)(?:[ \t][^<>\n]*?)?(/?)>[ \t\r]*$", re.MULTILINE)
_HTML_ELEMENTS = frozenset(
    "a abbr address area article aside audio b base bdi bdo blockquote body br button canvas caption center cite code"
    " col colgroup data datalist dd del details dfn dialog div dl dt em embed fieldset figcaption figure font footer"
    " form frame frameset h1 h2 h3 h4 h5 h6 head header hr html i iframe img input ins kbd label legend li link main"
    " map mark menu meta meter nav noscript object ol optgroup option p param picture pre progress q s samp script"
    " section select small source span strike strong style sub summary sup svg table tbody td template textarea tfoot"
    " th thead time title tr track tt u ul var video wbr".split()
)
_BOLD_START = re.compile(r"(?P<mark>\*\*|__)(?=\S)(?P<bold>.+?)(?<=\S)(?P=mark)(?P<rest>.*)", re.DOTALL)
_BOLD_LINE = re.compile(r"^(?:\*\*|__)(?=\S)[^\n]+?(?<=\S)(?:\*\*|__)")
_GLYPHS = frozenset("•◦▪●○■□–—→➜➤►▶")
_LIST_MARKER = re.compile(r"^\s*(?:[-*+]|\d{1,9}[.)])(?:\s+|$)")
_GLYPH_MARKER = re.compile(r"^[•◦▪●○■□➤►▶]\s*(?=\S)")
_QUOTE_MARK = re.compile(r"^\s*>\s?", re.MULTILINE)
_HEADING_MARKS = re.compile(r"^\s*#{1,6}\s*|(?<!\s)\s+#+\s*$")
_FENCE = re.compile(r"^\s*(?:>\s*)*(?:(?:[-*+]|\d{1,9}[.)])\s+)*(`{3,}|~{3,})")
_BLOCKS = frozenset(("Paragraph", "Heading", "BlockQuote", "CodeBlock", "HtmlBlock", "List", "Item", "Table"))


class Body(NamedTuple):
    """Sections and items of a body in document order, and what was odd about it."""

    sections: tuple[Section, ...]
    items: tuple[Item, ...]
    diagnostics: tuple[Diagnostic, ...]
    text: str
    """The body, line for line, without the marks of sources at the ends of its lines."""


@dataclass(slots=True)
class _Block:
    """A node of the block tree; `start` and `end` are byte offsets into the body."""

    kind: str
    start: int
    end: int
    level: int = 0
    ordered: bool = False
    children: list[_Block] = field(default_factory=list)


class _Tag(NamedTuple):
    """An XML tag alone on its line; `partner` is the line of its other half, None where there is none."""

    line: int
    name: str
    is_closing: bool
    partner: int | None


def parse_body(source: str, offset: int) -> Body:
    """Sections and items of the body that begins at character `offset` of a whole file.

    Line numbers are those of the file. Every non-blank body line lies in the title of one section or in one item.
    Marks that name sources (`marks.py`) say nothing: those at the ends of lines are left out, and those alone on a line
    are items of markup that change nothing around them.
    """
    first_line, body = source.count("\n", 0, offset) + 1, source[offset:]
    if marks.OPENING not in body:
        return _Reader(body, first_line).read()
    lines, places, reader = _without_marks(body)
    return _MarkedBody(lines, first_line, places).of(reader.read())


class _Reader:
    """One body while it is read."""

    def __init__(self, body: str, first_line: int) -> None:
        self.lines = body.split("\n")
        self.first_line = first_line
        self.sections: list[Section] = []
        self.items: list[Item] = []
        self.diagnostics: list[Diagnostic] = []
        self.taken: set[int] = set()
        self.open: list[int] = []
        self.ranks: dict[int, int] = {}
        """Rank by section: 1 to 6 for headings, then what stands below these. A title closes its own rank and lower."""
        self.tags = _tag_lines(body, self.lines)
        self.starts = line_starts(body.encode())
        self.blocks = self._blocks_between_tags()

    def _blocks_between_tags(self) -> list[_Block]:
        """Each stretch between two tag lines is read on its own, so that no list or paragraph runs across a tag."""
        blocks, first = [], 0
        for end in [*(tag.line for tag in self.tags), len(self.lines)]:
            blocks += _block_tree("\n".join(self.lines[first:end]), self.starts[first]) if first < end else []
            first = end + 1
        return blocks

    def read(self) -> Body:
        """Walk blocks and tags in document order, then take in what the parser has no block for."""
        waiting = list(self.tags)
        for index, block in enumerate(self.blocks):
            while waiting and waiting[0].line <= self._line(block.start):
                self._tag(waiting.pop(0))
            following = self.blocks[index + 1] if index + 1 < len(self.blocks) else None
            if waiting and following and waiting[0].line <= self._line(following.start):
                following = None
            self._block(block, following, index)
        for tag in waiting:
            self._tag(tag)
        self._take_in_leftovers()
        return self._finished()

    # ------------------------------------------------------------------------------------------ places

    def _line(self, at: int) -> int:
        return bisect_right(self.starts, at) - 1

    def _lines_of(self, block: _Block) -> tuple[int, int]:
        first, last = self._line(block.start), self._line(max(block.start, block.end - 1))
        while last > first and not self.lines[last].strip():
            last -= 1
        while first < last and not self.lines[first].strip():
            first += 1
        return first, last

    def _span(self, first: int, last: int) -> Span:
        return Span(first + self.first_line, last + self.first_line)

    def lines_with_marks(self) -> list[int]:
        """The lines, from 0, that hold marks of sources and are no code."""
        spans = (self._lines_of(block) for block in _all_blocks(self.blocks) if block.kind == "CodeBlock")
        code = {line for first, last in spans for line in range(first, last + 1)}
        return [
            number
            for number, line in enumerate(self.lines)
            if marks.OPENING in line and number not in code and (marks.marked(line) or marks.is_mark(line))
        ]

    # ------------------------------------------------------------------------------------------ sections

    def _open_section(
        self, title: str, introduction: str, style: SectionStyle, rank: int, first: int, last: int
    ) -> int | None:
        """Begin a section below the innermost open one; None where its line already belongs to something."""
        if any(line in self.taken for line in range(first, last + 1)):
            return None
        self.taken.update(range(first, last + 1))
        parent = self.open[-1] if self.open else None
        level = self.sections[parent].level + 1 if parent is not None else 1
        span = self._span(first, last)
        number = len(self.sections)
        self.sections.append(Section(number, parent, title, introduction, style, level, span, span))
        self.ranks[number] = rank
        self.open.append(number)
        return number

    def _close_to(self, rank: int) -> None:
        """Close open sections of this rank or a lower one, up to the innermost XML tag."""
        while self.open:
            top = self.open[-1]
            if self.sections[top].style is SectionStyle.XML or self.ranks[top] < rank:
                return
            self.open.pop()

    def _tag(self, tag: _Tag) -> None:
        if tag.partner is None:
            self._add_item(ItemKind.MARKUP, self.lines[tag.line].strip(), tag.line, tag.line, None)
        elif not tag.is_closing:
            self._close_to(_RANK_XML)
            self._open_section(clean_title(_spaced(tag.name)), "", SectionStyle.XML, _RANK_XML, tag.line, tag.line)
        else:
            self._add_item(ItemKind.MARKUP, self.lines[tag.line].strip(), tag.line, tag.line, None)
            while self.open:
                top = self.sections[self.open.pop()]
                if top.style is SectionStyle.XML and top.span.first == tag.partner + self.first_line:
                    return

    # ------------------------------------------------------------------------------------------ items

    def _add_item(self, kind: ItemKind, text: str, first: int, last: int, parent: int | None) -> int | None:
        while first <= last and first in self.taken:
            first += 1
        while first <= last and last in self.taken:
            last -= 1
        if first > last or not text.strip():
            return None
        self.taken.update(range(first, last + 1))
        if not self.open and not self.sections:
            span = self._span(first, last)
            self.sections.append(Section(0, None, "", "", SectionStyle.LEAD, 0, span, Span(span.first, span.first)))
            self.ranks[0] = _RANK_LABEL
        section = self.open[-1] if self.open else self._untitled()
        self.items.append(Item(len(self.items), section, kind, text, self._span(first, last), parent))
        return len(self.items) - 1

    def _untitled(self) -> int:
        """Where text goes that no open section holds: the lead, else the last section without a parent."""
        if self.sections[0].style is SectionStyle.LEAD and len(self.sections) == 1:
            return 0
        return next(section.id for section in reversed(self.sections) if section.parent is None)

    # ------------------------------------------------------------------------------------------ blocks

    def _block(self, block: _Block, following: _Block | None, index: int) -> None:
        """One block at the top level, where titles may stand."""
        if block.kind == "Heading":
            self._heading(block)
        elif block.kind == "Paragraph":
            self._paragraph(block, following, index)
        else:
            self._close_finished_label(block)
            self._content(block, None, 0)

    def _close_finished_label(self, block: _Block) -> None:
        """A plain label covers the list behind it; what follows belongs to the section around it, if there is one."""
        if block.kind == "List" or len(self.open) < 2:
            return
        top = self.sections[self.open[-1]]
        if top.style is SectionStyle.LABEL and self.items and self.items[-1].section >= top.id:
            self.open.pop()

    def _heading(self, block: _Block) -> None:
        first, last = self._lines_of(block)
        text = "\n".join(self.lines[first : last + 1])
        is_setext = not text.lstrip(" >").startswith("#")
        if is_setext:
            text = text.rstrip().rpartition("\n")[0] or text
        title = clean_title(_HEADING_MARKS.sub("", text.strip()))
        self._close_to(block.level)
        style = SectionStyle.SETEXT if is_setext else SectionStyle.ATX
        self._open_section(title, "", style, block.level, first, last)

    def _paragraph(self, block: _Block, following: _Block | None, index: int) -> None:
        first, last = self._lines_of(block)
        rows = self.lines[first : last + 1]
        bold = _bold_title(rows[0])
        introduces_text = len(rows) > 1 or (following is not None and following.kind not in ("Heading", "Rule"))
        if bold and introduces_text and not (len(rows) > 1 and _is_run_of_labels(rows)):
            self._close_to(_RANK_BOLD)
            self._open_section(bold, "", SectionStyle.BOLD, _RANK_BOLD, first, first)
            if len(rows) > 1:
                self._plain_paragraph(first + 1, last, None)
            return
        introduces = (following is not None and following.kind == "List" and len(rows) == 1) or (
            len(rows) > 1 and all(map(_begins_with_glyph, rows[1:]))
        )
        if introduces and self._is_label(rows[0], index):
            self._close_to(_RANK_LABEL)
            self._open_section(clean_title(rows[0]), "", SectionStyle.LABEL, _RANK_LABEL, first, first)
            if len(rows) > 1:
                self._plain_paragraph(first + 1, last, None)
            return
        self._close_finished_label(block)
        self._plain_paragraph(first, last, None)

    def _is_label(self, row: str, index: int) -> bool:
        """`Label:` titles a list, unless it only leads in what the title right above it announces."""
        text = row.strip()
        if not text.endswith((":", "：")) or len(text) > LABEL_LENGTH or text.startswith(("<", "|")):
            return False
        return not self._stands_alone_under_title(index)

    def _stands_alone_under_title(self, index: int) -> bool:
        """The `Label:` of this block is all that its title holds: no text before it, no other label behind its list."""
        if not self.open:
            return False
        top = self.sections[self.open[-1]]
        if top.style in (SectionStyle.LABEL, SectionStyle.LEAD) or (self.items and self.items[-1].section == top.id):
            return False
        label_line = self._line(self.blocks[index].start)
        next_tag = next((tag.line for tag in self.tags if tag.line > label_line), len(self.lines))
        for at in range(index + 2, len(self.blocks)):
            block = self.blocks[at]
            after = self.blocks[at + 1] if at + 1 < len(self.blocks) else None
            if block.kind == "Heading" or self._line(block.start) > next_tag:
                return True
            if block.kind == "Paragraph":
                first, last = self._lines_of(block)
                row = self.lines[first].strip()
                if _bold_title(row):
                    return True
                if first == last and row.endswith(":") and after is not None and after.kind == "List":
                    return False
        return True

    def _plain_paragraph(self, first: int, last: int, parent: int | None, kind: ItemKind = ItemKind.PARAGRAPH) -> None:
        """A paragraph; one item a line where each line is a statement of its own."""
        rows = self.lines[first : last + 1]
        if _is_run_of_glyphs(rows):
            for line, row in enumerate(rows, first):
                self._add_item(ItemKind.BULLET, _GLYPH_MARKER.sub("", _unmarked(row)), line, line, parent)
        elif len(rows) > 1 and (_is_run_of_labels(rows) or _is_hard_broken(rows)):
            for line, row in enumerate(rows, first):
                self._add_item(kind, _unmarked(row), line, line, parent)
        else:
            self._add_item(kind, "\n".join(_unmarked(row) for row in rows), first, last, parent)

    def _content(self, block: _Block, parent: int | None, depth: int) -> None:
        """A block that is no title, at any depth."""
        first, last = self._lines_of(block)
        if depth > NESTING_LIMIT:
            self._add_item(ItemKind.PARAGRAPH, "\n".join(self.lines[first : last + 1]), first, last, parent)
        elif block.kind == "List":
            for child in block.children:
                self._list_item(child, block.ordered, parent, depth)
        elif block.kind == "BlockQuote":
            for child in block.children:
                self._content(child, parent, depth + 1)
        elif block.kind in ("Paragraph", "Heading"):
            self._plain_paragraph(first, last, parent)
        elif block.kind == "CodeBlock":
            self._code(first, last, parent)
        elif block.kind == "Table":
            self._table(first, last, parent)
        elif block.kind == "HtmlBlock":
            text = "\n".join(self.lines[first : last + 1]).strip()
            self._add_item(ItemKind.COMMENT if text.startswith("<!--") else ItemKind.HTML, text, first, last, parent)
        elif block.kind == "Rule":
            self._add_item(ItemKind.RULE, self.lines[first].strip(), first, last, parent)

    def _code(self, first: int, last: int, parent: int | None) -> None:
        fence = _FENCE.match(self.lines[first])
        if fence and (last == first or fence[1] not in self.lines[last]):
            message = "the code fence is never closed, so the rest of the text is code"
            self.diagnostics.append(diagnostic(Code.FENCE_UNCLOSED, message, first + self.first_line))
        rows = [_QUOTE_MARK.sub("", line) for line in self.lines[first : last + 1]]
        if fence and parent is not None:
            rows[0] = _LIST_MARKER.sub("", rows[0], count=1)
        self._add_item(ItemKind.CODE, "\n".join(_dedented(rows) if fence else rows), first, last, parent)

    def _table(self, first: int, last: int, parent: int | None) -> None:
        for line in range(first, last + 1):
            row = self.lines[line].strip().lstrip("> ")
            kind = ItemKind.MARKUP if line == first + 1 else ItemKind.TABLE_ROW
            self._add_item(kind, row, line, line, parent)

    def _list_item(self, block: _Block, ordered: bool, parent: int | None, depth: int) -> None:
        """A list item: a section where it begins bold and holds a list, else a statement with what is nested in it."""
        children = block.children
        own = children[0] if children and children[0].kind == "Paragraph" else None
        nested = children[1:] if own else children
        if own and any(child.kind == "List" for child in nested) and self._bold_item_section(own):
            for child in nested:
                self._content(child, None, depth + 1)
            self.open.pop()
            return
        number = parent
        if own:
            first, last = self._lines_of(own)
            text = "\n".join(_unmarked(row) for row in self.lines[first : last + 1])
            kind = ItemKind.NUMBERED if ordered else ItemKind.BULLET
            added = self._add_item(kind, text, first, last, parent)
            number = added if added is not None else parent
        for child in nested:
            self._content(child, number, depth + 1)

    def _bold_item_section(self, own: _Block) -> bool:
        first, last = self._lines_of(own)
        text = "\n".join(_unmarked(row) for row in self.lines[first : last + 1])
        found = _BOLD_START.match(text)
        if not found:
            return False
        introduction = found["rest"].strip().removeprefix(":").strip()
        opened = self._open_section(
            clean_title(found["bold"]), introduction, SectionStyle.BOLD_ITEM, _RANK_ITEM, first, last
        )
        return opened is not None

    # ------------------------------------------------------------------------------------------ the end

    def _take_in_leftovers(self) -> None:
        """Lines without a block (link definitions, say) become items of the section of what stands before them."""
        left = [n for n, line in enumerate(self.lines) if n not in self.taken and line.strip()]
        if not left:
            return
        if not self.sections or left[0] + self.first_line < self.sections[0].span.first:
            self._begin_lead(self._span(left[0], left[0]))
        by_line = sorted(
            [(section.span.first, section.id) for section in self.sections]
            + [(item.span.first, item.section) for item in self.items]
        )
        for first, last in _runs(left):
            before = bisect_right(by_line, (first + self.first_line, len(self.sections))) - 1
            self.open = [by_line[before][1]] if before >= 0 else []
            self._add_item(ItemKind.MARKUP, "\n".join(self.lines[first : last + 1]).strip(), first, last, None)

    def _begin_lead(self, span: Span) -> None:
        """Let the lead begin here; it becomes the first section where there was none."""
        if self.sections and self.sections[0].style is SectionStyle.LEAD:
            lead, others = replace(self.sections[0], span=span), self.sections[1:]
        else:
            lead = Section(0, None, "", "", SectionStyle.LEAD, 0, span, span)
            others = [
                replace(section, id=section.id + 1, parent=None if section.parent is None else section.parent + 1)
                for section in self.sections
            ]
            self.items = [replace(item, section=item.section + 1) for item in self.items]
        self.sections = [lead, *others]

    def _finished(self) -> Body:
        """Items in document order, and the sections with the lines that they cover."""
        items = _in_order(self.items)
        last = {section.id: section.title_span.last for section in self.sections}
        for item in items:
            last[item.section] = max(last[item.section], item.span.last)
        for section in reversed(self.sections):
            if section.parent is not None:
                last[section.parent] = max(last[section.parent], last[section.id])
        sections = tuple(replace(section, span=Span(section.span.first, last[section.id])) for section in self.sections)
        return Body(_with_lead_named(sections, items), items, tuple(self.diagnostics), "\n".join(self.lines))


_RANK_XML, _RANK_BOLD, _RANK_LABEL, _RANK_ITEM = 7, 8, 9, 10


def _in_order(items: Iterable[Item]) -> tuple[Item, ...]:
    """Items in document order, numbered so."""
    order = sorted(items, key=lambda item: item.span)
    renumbered = {item.id: number for number, item in enumerate(order)}
    return tuple(
        replace(item, id=number, parent=None if item.parent is None else renumbered[item.parent])
        for number, item in enumerate(order)
    )


def _with_lead_named(sections: tuple[Section, ...], items: tuple[Item, ...]) -> tuple[Section, ...]:
    """The lead is named by its first line of text, not by a comment or rule before it."""
    if not sections or sections[0].style is not SectionStyle.LEAD:
        return sections
    layout = (ItemKind.RULE, ItemKind.COMMENT, ItemKind.MARKUP)
    first = next((item.span.first for item in items if item.section == 0 and item.kind not in layout), None)
    if first is None:
        return sections
    return (replace(sections[0], title_span=Span(first, first)), *sections[1:])


def _bold_title(row: str) -> str | None:
    """The title of a line that is bold as a whole, up to a colon; None for any other line."""
    text = row.strip()
    found = _BOLD_START.fullmatch(text)
    if not found or found["rest"].strip() not in ("", ":", "："):
        return None
    return clean_title(found["bold"]) or None


def _is_run_of_labels(rows: list[str]) -> bool:
    return all(_BOLD_LINE.match(row.strip()) for row in rows)


def _is_run_of_glyphs(rows: list[str]) -> bool:
    return (len(rows) > 1 or _GLYPH_MARKER.match(rows[0].strip()) is not None) and all(map(_begins_with_glyph, rows))


def _begins_with_glyph(row: str) -> bool:
    """A line that begins with a bullet of its own, such as a dot, tick, arrow or emoji, and goes on."""
    text = row.strip()
    is_glyph = text[:1] in _GLYPHS or "\u2600" <= text[:1] <= "\u27bf" or "\U0001f300" <= text[:1] <= "\U0001faff"
    return is_glyph and len(text.lstrip(text[0]).lstrip("\ufe0f").strip()) > 0


def _is_hard_broken(rows: list[str]) -> bool:
    return all(row.rstrip("\r").endswith(("  ", "\\")) for row in rows[:-1])


def _unmarked(row: str) -> str:
    """A line without quote marks, list marker and the blanks around it."""
    text = _QUOTE_MARK.sub("", row) if row.lstrip().startswith(">") else row
    return _LIST_MARKER.sub("", text, count=1).strip()


def _dedented(rows: list[str]) -> list[str]:
    """Fenced code without the blanks by which its container indents it."""
    indent = min((len(row) - len(row.lstrip(" ")) for row in (rows[0], rows[-1])), default=0)
    return [row[indent:] if not row[:indent].strip() else row.lstrip(" ") for row in rows]


def _spaced(name: str) -> str:
    return name.replace("_", " ").replace("-", " ")


def _runs(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """Ascending numbers as stretches of neighbours."""
    first = last = numbers[0]
    for number in numbers[1:]:
        if number != last + 1:
            yield first, last
            first = number
        last = number
    yield first, last


# ---------------------------------------------------------------------------------------------- marks of sources


class _Unmarked(NamedTuple):
    """A body without its marks."""

    lines: list[str]
    """All its lines, without the marks at their ends."""
    places: list[int]
    """Of these, the numbers of the lines that are no marks alone."""
    reader: _Reader
    """Of the lines at `places`."""


def _without_marks(body: str) -> _Unmarked:
    """Take the marks out; code has none. Again, until none is left: what a mark stood before may no longer be code."""
    lines = body.split("\n")
    places = list(range(len(lines)))
    reader = _Reader(body, 1)
    for _ in range(MARK_ROUNDS):
        found = [places[number] for number in reader.lines_with_marks()]
        if not found:
            break
        lonely = {number for number in found if marks.is_mark(lines[number])}
        for number in found:
            marked = marks.marked(lines[number])
            if marked and number not in lonely:
                lines[number] = marked.line
        places = [number for number in places if number not in lonely]
        reader = _Reader("\n".join(lines[number] for number in places), 1)
    return _Unmarked(lines, places, reader)


class _MarkedBody(NamedTuple):
    """Brings what was read without the lines that are marks alone back to the lines of the file."""

    lines: list[str]
    first_line: int
    places: list[int]
    """For each line that was read its line in `lines`."""

    def of(self, read: Body) -> Body:
        """The body with its lines as they stand in the file, and an item for each line that is a mark."""
        sections = [
            replace(each, span=self._span(each.span), title_span=self._span(each.title_span)) for each in read.sections
        ]
        items = [replace(each, span=self._span(each.span)) for each in read.items]
        diagnostics = tuple(replace(each, line=self._line(each.line)) for each in read.diagnostics)
        spans = sorted([*(each.title_span for each in sections), *(each.span for each in items)])
        lonely = sorted(set(range(len(self.lines))).difference(self.places))
        if lonely and not sections:
            span = Span(lonely[0] + self.first_line, lonely[-1] + self.first_line)
            sections = [Section(0, None, "", "", SectionStyle.LEAD, 0, span, Span(span.first, span.first))]
        homes = _Homes(sections, items)
        for number in lonely:
            line = number + self.first_line
            around = bisect_right(spans, Span(line, line)) - 1
            if around < 0 or spans[around].last < line:
                home, text = homes.take(line), self.lines[number].strip()
                items.append(Item(len(items), home, ItemKind.MARKUP, text, Span(line, line), None))
        return Body(homes.sections, _in_order(items), diagnostics, "\n".join(self.lines))

    def _line(self, line: int) -> int:
        return self.places[line - 1] + self.first_line

    def _span(self, span: Span) -> Span:
        return Span(self._line(span.first), self._line(span.last))


class _Homes:
    """Finds the section for a line that was not read, and lets that section reach so far."""

    def __init__(self, sections: list[Section], items: Iterable[Item]) -> None:
        self._sections = sections
        self._first = min((each.span.first for each in sections[:1]), default=1)
        self._last = [each.span.last for each in sections]
        places = [(each.span.first, self._around(each)) for each in items]
        self._places = sorted([*((each.title_span.first, each.id) for each in sections), *places])

    def _around(self, item: Item) -> int:
        """The section of what follows an item: a closing tag ends its own."""
        section = self._sections[item.section]
        is_end = item.kind is ItemKind.MARKUP and item.span.last == section.span.last
        return (
            section.parent
            if is_end and section.style is SectionStyle.XML and section.parent is not None
            else section.id
        )

    def take(self, line: int) -> int:
        """The section of what stands before the line, the first section where nothing does."""
        before = bisect_right(self._places, (line, len(self._sections))) - 1
        home = self._places[before][1] if before >= 0 else 0
        self._first = min(self._first, line)
        self._last[home] = max(self._last[home], line)
        return home

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections with the lines that they cover now."""
        for section in reversed(self._sections):
            if section.parent is not None:
                self._last[section.parent] = max(self._last[section.parent], self._last[section.id])
        firsts = [self._first, *(each.span.first for each in self._sections[1:])]
        spans = map(Span, firsts, self._last)
        return tuple(replace(each, span=span) for each, span in zip(self._sections, spans, strict=False))


# ---------------------------------------------------------------------------------------------- XML tags


def _tag_lines(body: str, lines: list[str]) -> list[_Tag]:
    """Tags alone on their line that are no HTML, outside of code; halves that belong together know each other."""
    found = [match for match in _TAG_LINE.finditer(body) if match[2].lower() not in _HTML_ELEMENTS and not match[3]]
    if not found:
        return []
    starts = line_starts(body)
    halves = [(bisect_right(starts, match.start()) - 1, match[2], bool(match[1])) for match in found]
    raw = _raw_lines(_mask(lines, {line for line, _, _ in halves}))
    halves = [half for half in halves if half[0] not in raw]
    partner: dict[int, int] = {}
    waiting: list[tuple[int, str]] = []
    names: Counter[str] = Counter()
    for line, name, is_closing in halves:
        if not is_closing:
            waiting.append((line, name))
            names[name] += 1
        while is_closing and names[name] and line not in partner:
            opened, other = waiting.pop()
            names[other] -= 1
            if other == name:
                partner[opened], partner[line] = line, opened
    return [_Tag(line, name, is_closing, partner.get(line)) for line, name, is_closing in halves]


def _mask(lines: list[str], numbers: set[int]) -> str:
    """The body with these lines blank, so that what a tag wraps is read as Markdown and not as raw HTML."""
    return "\n".join("" if n in numbers else line for n, line in enumerate(lines))


def _raw_lines(body: str) -> set[int]:
    """The lines of code blocks, comments and the like, where a tag is only text."""
    starts = line_starts(body.encode())
    inside: set[int] = set()
    for block in _all_blocks(_block_tree(body, 0)):
        if block.kind in ("CodeBlock", "HtmlBlock"):
            first, last = (bisect_right(starts, at) - 1 for at in (block.start, max(block.start, block.end - 1)))
            inside.update(range(first, last + 1))
    return inside


# ---------------------------------------------------------------------------------------------- pyromark


def _all_blocks(blocks: Iterable[_Block]) -> Iterator[_Block]:
    """These blocks and all below them, in no order."""
    waiting = list(blocks)
    while waiting:
        block = waiting.pop()
        waiting.extend(block.children)
        yield block


def _block_tree(text: str, base: int) -> list[_Block]:
    """The blocks of a Markdown text that begins at byte `base`; bare text of a list item gets a paragraph."""
    import pyromark

    root = _Block("Root", base, base)
    stack = [root]
    inline_depth = 0
    options = pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_TASKLISTS
    # The stubs of pyromark tell each event apart; here only its name and what comes with it matter.
    events: Iterable[tuple[Any, Any]] = pyromark.events_with_range(text, options=options)
    for event, place in events:
        named: dict[str, Any] = {event: None} if isinstance(event, str) else event
        kind, detail = next(iter(named.items()))
        start, end = place["start"] + base, place["end"] + base
        if kind == "Start":
            name = detail if isinstance(detail, str) else next(iter(detail))
            if name in _BLOCKS and not inline_depth:
                block = _Block(name, start, end)
                if name == "Heading":
                    block.level = int(detail["Heading"]["level"][1])
                elif name == "List":
                    block.ordered = detail["List"] is not None
                stack[-1].children.append(block)
                stack.append(block)
                continue
            inline_depth += 1
        elif kind == "End":
            if inline_depth:
                inline_depth -= 1
            else:
                stack.pop()
            continue
        if kind == "Rule":
            stack[-1].children.append(_Block("Rule", start, end))
        elif stack[-1].kind == "Item":
            _extend_loose_text(stack[-1], start, end)
    return root.children


def _extend_loose_text(item: _Block, start: int, end: int) -> None:
    last = item.children[-1] if item.children else None
    if last is not None and last.kind == "Paragraph" and last.level == _LOOSE:
        last.end = max(last.end, end)
    else:
        item.children.append(_Block("Paragraph", start, end, level=_LOOSE))


_LOOSE = -1
"""Level of a paragraph that stands for the bare text of a tight list item."""
