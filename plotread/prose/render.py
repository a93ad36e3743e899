"""A Document as text: paragraphs for a terminal, Markdown where the style has headings and tables."""

from __future__ import annotations

import re

from plotread.model import Document, Paragraph

NUMBERED = re.compile(r"\d+\. ")  # an item that brings its own number


def render(document: Document) -> str:
    """The document as Markdown; a style without headings and tables comes out as plain text.

    Parameters
    ----------
    document : Document

    Returns
    -------
    str
        Ends with one newline; paragraphs are parted by one empty line.
    """
    blocks = [f"# {document.title}"] if document.title else []
    for paragraph in document.paragraphs:
        if paragraph.heading:
            blocks.append(f"## {paragraph.heading}")
        body = _body(paragraph)
        if body:
            blocks.append(body)
    return "\n\n".join(blocks) + "\n" if blocks else ""


def _body(paragraph: Paragraph) -> str:
    lines = [statement.text for statement in paragraph.statements if statement.text]
    if paragraph.layout == "table":
        return "\n".join(_with_rule(lines))
    if paragraph.layout == "list":
        return "\n".join(line if NUMBERED.match(line) else f"- {line}" for line in lines)
    return " ".join(lines)


def _with_rule(rows: list[str]) -> list[str]:
    """A Markdown table needs a rule under its header row."""
    if not rows:
        return rows
    columns = rows[0].count("|") - 1
    return [rows[0], "|" + "---|" * columns, *rows[1:]]
