"""Pictures are found where CommonMark has them, and nothing else of a report changes."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import pytest

from plotread import markdown
from plotread.errors import UsageError

ALT = "Loss falls [0, 1]."


def tell(place: Path):
    """Every file called plot* is a plot, gone* is missing, others are no plots."""
    if place.name.startswith("plot"):
        return ALT, None
    if place.name.startswith("gone"):
        return None, f"{place.name}: no such file"
    return None, None


def captioned(text: str) -> str:
    return markdown.caption(text.encode(), Path(), tell).content.decode()


ESCAPED = "Loss falls \\[0, 1\\]."
CASES = {
    "inline": ("a ![old](plot.png) b", f"a ![{ESCAPED}](plot.png) b"),
    "empty alt": ("![](plot.png)", f"![{ESCAPED}](plot.png)"),
    "title": ("![](plot.png 'my \"title\"')", f"![{ESCAPED}](plot.png 'my \"title\"')"),
    "angle brackets": ("![](<plot of loss.png> (t))", f"![{ESCAPED}](<plot of loss.png> (t))"),
    "percent": ("![x](dir/plot%20a.png)", f"![{ESCAPED}](dir/plot%20a.png)"),
    "parentheses": ("![x](plot(1).png)", f"![{ESCAPED}](plot(1).png)"),
    "brackets in alt": ("![a [b] c](plot.png)", f"![{ESCAPED}](plot.png)"),
    "link around": ("[![a](plot.png)](http://x.y)", f"[![{ESCAPED}](plot.png)](http://x.y)"),
    "attributes": ("![](plot.png){width=50%}", f"![{ESCAPED}](plot.png){{width=50%}}"),
    "two on a line": (
        "![](plot.png)![k](cat.png)![](plot2.png)",
        f"![{ESCAPED}](plot.png)![k](cat.png)![{ESCAPED}](plot2.png)",
    ),
    "full reference": (
        "![old][Fig  1]\n\n[fig 1]: plot.png 'T'\n",
        f"![{ESCAPED}][Fig  1]\n\n[fig 1]: plot.png 'T'\n",
    ),
    "collapsed": ("![fig][]\n\n[fig]: <plot.png>\n", f"![{ESCAPED}][fig]\n\n[fig]: <plot.png>\n"),
    "shortcut": ("![fig] x\n\n[fig]: plot.png\n", f"![{ESCAPED}][fig] x\n\n[fig]: plot.png\n"),
    "html": ('<img src="plot.png" alt="old" width=3>', f'<img src="plot.png" alt="{ALT}" width=3>'),
    "html single": ("<IMG alt='' src='plot.png'/>", f"<IMG alt='{ALT}' src='plot.png'/>"),
    "html without alt": ('<img src="plot.png">', f'<img alt="{ALT}" src="plot.png">'),
    "html bare": ("<img src=plot.png alt=old>", f'<img src=plot.png alt="{ALT}">'),
    "in a list": ("- item\n\n    ![](plot.png)\n", f"- item\n\n    ![{ESCAPED}](plot.png)\n"),
    "in a quote": ("> ![](plot.png)\n", f"> ![{ESCAPED}](plot.png)\n"),
    "behind a fence": (
        "```\n![](plot.png)\n```\n![](plot.png)",
        f"```\n![](plot.png)\n```\n![{ESCAPED}](plot.png)",
    ),
    "tilde in ticks": ("```\n~~~\n```\n![](plot.png)", f"```\n~~~\n```\n![{ESCAPED}](plot.png)"),
    "longer fence": ("````\n```\n![](plot.png)\n````\n", None),
    "tilde fence": ("~~~ md\n![](plot.png)\n~~~\n", None),
    "fence in quote": ("> ```\n> ![](plot.png)\n> ```\n", None),
    "fence in list": ("- a\n  ```\n  ![](plot.png)\n  ```\n", None),
    "open fence": ("```\n![](plot.png)\n", None),
    "indented code": ("text\n\n    ![](plot.png)\n", None),
    "code span": ("`![](plot.png)` and ``a ` ![](plot.png)``", None),
    "comment": ("<!-- ![](plot.png) <img src='plot.png'> -->", None),
    "pre": ("<pre>\n![](plot.png)\n</pre>", None),
    "escaped": (r"\![](plot.png)", None),
    "link": ("[text](plot.png)", None),
    "remote": ("![](https://x.org/plot.png) ![](//x.org/plot.png) ![](data:image/png;base64,plot)", None),
    "no plot": ("![a cat](cat.png)", None),
    "missing": ("![old](gone.png)", None),
    "no label": ("![old][nowhere]", None),
    "broken": ("![old](plot.png", None),
    "crlf": ("a\r\n\r\n![](plot.png)\r\nb \t\r\n", f"a\r\n\r\n![{ESCAPED}](plot.png)\r\nb \t\r\n"),
}


@pytest.mark.parametrize("name", CASES)
def test_pictures_of_every_form(name):
    before, after = CASES[name]
    assert captioned(before) == (before if after is None else after)


def test_bytes_that_are_no_text_survive():
    data = b"\xef\xbb\xbfcaf\xe9 ![](plot.png)\n\xff"
    assert markdown.caption(data, Path(), tell).content == data.replace(b"![]", f"![{ESCAPED}]".encode())


def test_what_was_left_is_told_once():
    result = markdown.caption(b"![](gone.png) ![](gone.png) ![](plot.png) ![](cat.png)", Path(), tell)
    assert (result.pictures, result.written) == (4, 1)
    assert result.notes == ("gone.png: no such file",)


def test_each_special_letter_is_escaped_only_where_it_means_something():
    assert markdown.escape_markdown(r"train_loss _a_ *b* `c` \d <e> AT&T &amp;") == (
        r"train_loss \_a\_ \*b\* \`c\` \\d \<e\> AT&T \&amp;"
    )


def test_a_long_run_of_brackets_takes_no_long_time():
    start = perf_counter()
    for piece in ("![", "``", "<img ", "[", "![a](", "<img a='", "![a](<", "[a]:\n"):
        text = piece * 10_000
        assert captioned(text) == text
    assert perf_counter() - start < 20  # a quadratic search takes minutes


def test_the_report_itself_is_never_overwritten(tmp_path):
    report = tmp_path / "report.md"
    report.write_text("![](plot.png)")
    with pytest.raises(UsageError, match="overwrite"):
        markdown.caption_file(report, report)
