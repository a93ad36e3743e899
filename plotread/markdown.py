"""Alt text for the plots of a Markdown report, every other byte of it left as it is.

Pictures are found as CommonMark has them: ``![alt](path "title")`` with angle brackets and nested
parentheses, the three reference forms, and HTML ``<img>``; not inside code spans, code blocks,
comments or behind a backslash.
"""

from __future__ import annotations

import html
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from plotread.errors import NothingFoundError, PlotReadError, UnreadableError, UsageError

# Style of the text that becomes the alt text.
ALT_STYLE = "alt"
# Parentheses that may stand inside each other in a target (CommonMark asks for as many).
DEEPEST = 32

_FENCE = re.compile(
    r"^(?P<lead>[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*[ \t>]*)(?P<fence>`{3,}(?=[^`\n]*$)|~{3,})"
)
_DEFINITION = re.compile(
    r"^[ ]{0,3}(?:>[ ]?)*[ ]{0,3}\[(?P<label>(?:\\.|[^\[\]\\])+)\]:"
    r"[ \t]*\n?[ \t]*(?:<(?P<angle>[^<>\n]*)>|(?P<bare>[^\s<]\S*))",
    re.MULTILINE,
)
_IMG = re.compile(r"""<img\b(?P<body>(?:[^<>"']++|"[^"]*+"|'[^']*+'){0,200}+)>""", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""(?P<name>[^\s"'=<>/]+)(?P<rest>\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<plain>[^\s"'=<>`]+)))?"""
)
_TITLE = re.compile(r"""(?:\s+(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\((?:\\.|[^()\\])*\)))?\s*\)""")
_SCHEME = re.compile(r"^(?:[A-Za-z][A-Za-z0-9+.-]+:|//)")
_LIST_ITEM = re.compile(r"^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]")
_BRACKET = re.compile(r"\\.|[\[\]]|\n[ \t\r]*(?=\n)", re.DOTALL)
_ESCAPE = re.compile(r"""\\([!-/:-@\[-`{-~])""")
# Letters that mean something inside a picture's alt text; "_" only at the edge of a word.
_SPECIAL = re.compile(r"[\\\[\]*`<>~]|(?<!\w)_|_(?!\w)|&(?=#?\w+;)")


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of a report.

    Attributes
    ----------
    target : str
        Where it points, decoded.
    start, end : int
        What is replaced, as a slice of the report's text; empty where an alt text is inserted.
    write : callable
        Turns an alt text into the replacement.
    """

    target: str
    start: int
    end: int
    write: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Captioned:
    """A captioned report: its bytes, how many pictures it has, how many were given text, what was not."""

    content: bytes
    pictures: int
    written: int
    notes: tuple[str, ...]


def caption_file(path: str | os.PathLike[str], target: str | os.PathLike[str] | None = None) -> Captioned:
    """Write alt text for every plot of a Markdown file.

    Parameters
    ----------
    path : path
        Pictures are looked for relative to its folder.
    target : path, optional
        Where the copy will go, only to refuse the report itself.

    Raises
    ------
    UnreadableError
        The report is missing or no text.
    UsageError
        `target` is the report.
    """
    from plotread.vision.image import read_bytes

    report = Path(path)
    if target is not None and Path(target).exists() and report.exists() and Path(target).samefile(report):
        raise UsageError(f"{target}: the copy would overwrite the report; name another file with -o")
    data = read_bytes(report)
    if b"\0" in data:
        raise UnreadableError(f"{report}: no text file")
    cache: dict[Path, tuple[str | None, str | None]] = {}

    def tell(place: Path) -> tuple[str | None, str | None]:
        if place not in cache:
            cache[place] = _alt_of(place)
        return cache[place]

    return caption(data, report.parent, tell)


def caption(data: bytes, folder: Path, tell: Callable[[Path], tuple[str | None, str | None]]) -> Captioned:
    """Write alt text into a report.

    Parameters
    ----------
    data : bytes
        The report, UTF-8; other bytes survive.
    folder : Path
        What relative paths start from.
    tell : callable
        Path of a picture -> (alt text, None), or (None, why there is none); (None, None) for a
        picture that is no plot.
    """
    text = data.decode("utf-8", "surrogateescape")
    pieces: list[str] = []
    notes: list[str] = []
    at = written = 0
    pictures = find_pictures(text)
    for picture in pictures:
        place = _local(picture.target, folder)
        if place is None:
            continue
        alt, note = tell(place)
        if note:
            notes.append(note)
        if alt:
            pieces += [text[at : picture.start], picture.write(" ".join(alt.split()))]
            at = picture.end
            written += 1
    pieces.append(text[at:])
    content = "".join(pieces).encode("utf-8", "surrogateescape")
    return Captioned(content, len(pictures), written, tuple(dict.fromkeys(notes)))


def _alt_of(place: Path) -> tuple[str | None, str | None]:
    """The alt text of one picture, or why there is none."""
    from plotread.inputs import describe_figure, read_picture

    try:
        return describe_figure(read_picture(place), ALT_STYLE).text, None
    except NothingFoundError:
        return None, None
    except PlotReadError as error:
        return None, f"{error}; its alt text is left as it is"


def _local(target: str, folder: Path) -> Path | None:
    """The file a target points to; None for remote and embedded pictures."""
    if not target or (_SCHEME.match(target) and not target.lower().startswith("file:")):
        return None
    target = re.sub(r"^file:(?://)?", "", target, flags=re.IGNORECASE)
    place = folder / target
    if place.exists():
        return place
    return folder / unquote(re.split(r"[?#]", target, maxsplit=1)[0])


def find_pictures(text: str) -> list[Picture]:
    """Every picture of a Markdown text that is not code, in order."""
    hidden = _hidden(text)
    definitions: dict[str, str] = {}
    for match in _DEFINITION.finditer(text):
        if not hidden[match.start("label")]:
            target = match["angle"] if match["angle"] is not None else match["bare"]
            definitions.setdefault(_label(match["label"]), _decoded(target))
    closing = _matched_brackets(text)
    found = [
        picture
        for match in re.finditer(r"!\[", text)
        if match.start() + 1 in closing and not hidden[match.start()] and not _escaped(text, match.start())
        for picture in [_bracketed(text, match.start(), closing[match.start() + 1], definitions)]
        if picture is not None
    ]
    found += [
        picture
        for match in _IMG.finditer(text)
        if not hidden[match.start()] and not _escaped(text, match.start())
        for picture in [_html(match)]
        if picture is not None
    ]
    found.sort(key=lambda picture: picture.start)
    result: list[Picture] = []
    for picture in found:
        if not result or picture.start >= result[-1].end:
            result.append(picture)
    return result


def _escaped(text: str, at: int) -> bool:
    """Whether an odd number of backslashes stands before a place."""
    start = at
    while start > 0 and text[start - 1] == "\\":
        start -= 1
    return (at - start) % 2 == 1


def _hidden(text: str) -> bytearray:
    """1 for every letter inside a code block, a code span or a comment."""
    hidden = bytearray(len(text) + 1)
    at = 0
    fence: str | None = None
    blank_before, in_list, in_indented = True, False, False
    for line in text.splitlines(keepends=True):
        bare = line.rstrip("\r\n")
        opened = _FENCE.match(bare)
        inside = True
        if fence is not None:
            closing = bare.lstrip(" \t>").rstrip()
            if closing and set(closing) == {fence[0]} and len(closing) >= len(fence):
                fence = None
        elif opened and not (blank_before and _indented(opened["lead"]) and not in_list):
            fence = opened["fence"]
        else:
            may_be_code = _indented(bare) and not in_list and (blank_before or in_indented)
            in_indented = bool(bare.strip()) and may_be_code
            inside = in_indented
            if bare.strip():
                if _LIST_ITEM.match(bare) and not in_indented:
                    in_list = True
                elif not bare[0].isspace() and blank_before:
                    in_list = False
        blank_before = not bare.strip()
        if inside:
            hidden[at : at + len(line)] = b"\1" * len(line)
        at += len(line)
    _hide_spans(text, hidden)
    return hidden


def _indented(line: str) -> bool:
    """Whether a line starts with the four columns of white space that make it code."""
    return line.expandtabs(4).startswith("    ")


def _hide_spans(text: str, hidden: bytearray) -> None:
    """Hide code spans (backticks to the next run as long, within a paragraph), comments and <pre>."""
    at = 0
    for match in re.finditer(r"`+|<!--|<(?P<tag>pre|script|style|textarea)\b", text, re.IGNORECASE):
        start = match.start()
        if start < at or hidden[start]:
            continue
        if match.group().startswith("<"):
            close = f"</{match['tag']}>" if match["tag"] else "-->"
            found = re.compile(re.escape(close), re.IGNORECASE).search(text, match.end())
            end = found.end() if found else len(text)
        else:
            if _escaped(text, start):
                continue
            paragraph = re.compile(r"\n[ \t]*\r?\n").search(text, start)
            limit = paragraph.start() if paragraph else len(text)
            closing = re.compile(rf"(?<!`)`{{{len(match.group())}}}(?!`)").search(text, match.end(), limit)
            if closing is None:
                continue
            end = closing.end()
        hidden[start:end] = b"\1" * (end - start)
        at = end


def _bracketed(text: str, start: int, close: int, definitions: dict[str, str]) -> Picture | None:
    """The picture whose "![" stands at `start` and whose alt ends at `close`; None where it is only text."""
    inner = slice(start + 2, close)
    after = close + 1
    if text.startswith("(", after):
        target = _destination(text, after + 1)
        if target is not None:
            return Picture(target, inner.start, inner.stop, escape_markdown)
    if text.startswith("[", after):
        end = text.find("]", after)
        name = text[after + 1 : end] if end > 0 else ""
        if name.strip() and _label(name) in definitions:
            return Picture(definitions[_label(name)], inner.start, inner.stop, escape_markdown)
        if end == after + 1 and _label(text[inner]) in definitions:  # ![label][]
            return _by_label(text[inner], inner.start, end + 1, definitions)
        if name.strip():
            return None
    if _label(text[inner]) in definitions:  # ![label]
        return _by_label(text[inner], inner.start, close + 1, definitions)
    return None


def _by_label(label: str, start: int, end: int, definitions: dict[str, str]) -> Picture:
    """A picture whose alt text is its label, which moves behind the new alt text."""
    return Picture(
        definitions[_label(label)], start, end, lambda alt: f"{escape_markdown(alt)}][{label}]"
    )


def _matched_brackets(text: str) -> dict[int, int]:
    """Where each opening bracket is closed; pairs do not reach over an empty line."""
    pairs: dict[int, int] = {}
    opened: list[int] = []
    for match in _BRACKET.finditer(text):
        token = match.group()
        if token == "[":
            opened.append(match.start())
        elif token == "]":
            if opened:
                pairs[opened.pop()] = match.start()
        elif token.startswith("\n"):
            opened.clear()
    return pairs


def _destination(text: str, at: int) -> str | None:
    """The target of ``(target "title")`` from behind its opening parenthesis; None where it is none."""
    angle = re.compile(r"\s*<((?:\\.|[^<>\n\\])*)>").match(text, at)
    if angle:
        target, at = angle[1], angle.end()
    else:
        at = _skip_space(text, at)
        end = _bare_end(text, at)
        target, at = text[at:end], end
    return _decoded(target) if _TITLE.match(text, at) else None


def _skip_space(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _bare_end(text: str, at: int) -> int:
    """Where a target without angle brackets ends: at white space, or the unbalanced parenthesis."""
    depth = 0
    while at < len(text) and not text[at].isspace() and depth <= DEEPEST:
        if text[at] == "\\":
            at += 1
        elif text[at] == "(":
            depth += 1
        elif text[at] == ")":
            if depth == 0:
                break
            depth -= 1
        at += 1
    return min(at, len(text))


def _html(match: re.Match[str]) -> Picture | None:
    """The picture of an <img> tag: its alt value is replaced, or an alt attribute put in."""
    offset = match.start("body")
    target: str | None = None
    alt: re.Match[str] | None = None
    for attribute in _ATTRIBUTE.finditer(match["body"]):
        name = attribute["name"].lower()
        value = next((v for v in attribute.group("double", "single", "plain") if v is not None), "")
        if name == "src" and target is None:
            target = html.unescape(value).strip()
        elif name == "alt" and alt is None:
            alt = attribute
    if not target:
        return None
    if alt is None:
        return Picture(target, offset, offset, lambda text: f' alt="{html.escape(text)}"')
    start, end = offset + alt.start(), offset + alt.end()
    for key in ("double", "single"):
        if alt[key] is not None:  # keep the report's own kind of quotation mark
            span = alt.span(key)
            return Picture(target, offset + span[0], offset + span[1], html.escape)
    name = alt["name"]
    return Picture(target, start, end, lambda text: f'{name}="{html.escape(text)}"')


def _label(text: str) -> str:
    """A reference label as labels are compared."""
    return " ".join(text.split()).casefold()


def _decoded(target: str) -> str:
    return html.unescape(_ESCAPE.sub(r"\1", target))


def escape_markdown(text: str) -> str:
    """Plain text as Markdown that reads the same between the brackets of a picture.

    >>> escape_markdown("loss [nats] of train_loss")
    'loss \\\\[nats\\\\] of train_loss'
    """
    return _SPECIAL.sub(r"\\\g<0>", text)
