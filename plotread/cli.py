"""The commands.  They hold no logic: arguments, one call, print.

Results go to stdout, everything else to stderr.  Exit statuses: 0 done, 1 some files of a batch
failed, 2 wrong usage, 3 no line plot found, 4 unreadable input.  Heavy modules are imported inside
the commands, so that help and completion answer at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import click

from plotread import __version__
from plotread.errors import NothingFoundError, PlotReadError, UsageError
from plotread.inputs import STYLES

# Where the reader of a pipe leaves early, a program is expected to end as if by that signal (128 + 13).
STATUS_BROKEN_PIPE = 141
STATUS_INTERRUPTED = 130
STATUS_FAILED = 1
# Set to see the traceback of a fault in plotread itself.
DEBUG_VARIABLE = "PLOTREAD_DEBUG"

Command = TypeVar("Command", bound=Callable[..., Any])


def output_option(help_text: str, required: bool = False) -> Callable[[Command], Command]:
    """``-o FILE``, written whole or not at all."""
    return click.option(
        "-o", "--output", type=click.Path(path_type=Path), required=required, metavar="FILE", help=help_text
    )


def style_option(default: str) -> Callable[[Command], Command]:
    """``--style NAME``."""
    return click.option(
        "--style", type=click.Choice(STYLES), default=default, show_default=True, help="Kind of text."
    )


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="%(prog)s %(version)s")
def cli() -> None:
    """Read saved plots of training runs: numbers with error bars, findings, and words.

    \b
    Example:
      plotread describe curves.png
    """


@cli.command()
@click.argument("source", metavar="INPUT")
@style_option("description")
@click.option(
    "--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True,
    help="json adds the reading, the findings, and for every sentence the findings it rests on.",
)  # fmt: skip
@output_option("Write here instead of to the screen.")
def describe(source: str, style: str, form: str, output: Path | None) -> None:
    """Describe a plot, or a training log, in words.

    INPUT is a picture (PNG, JPEG, WebP, GIF, BMP, TIFF), a log file, or - for stdin.

    \b
    Example:
      plotread describe curves.png --style report -o report.md
    """
    from plotread.export import account_to_dict, to_json
    from plotread.inputs import describe_figure, holds_curves, nothing_message, read_source

    data, name = _input(source)
    figure = read_source(data, name)
    if form == "json" and not holds_curves(figure):
        _emit(to_json(account_to_dict(figure)), output)
        raise NothingFoundError(nothing_message(figure))
    account = describe_figure(figure, style)
    if form == "text":
        _emit(account.text, output)
    else:
        _emit(to_json(account_to_dict(figure, account.findings, account.document, account.text)), output)


@cli.command()
@click.argument("sources", nargs=-1, required=True, metavar="INPUT...")
@click.option(
    "--config", type=click.Path(path_type=Path), metavar="FILE",
    help="Settings of the runs: YAML or JSON by run, or CSV with one row per run.",
)  # fmt: skip
@click.option(
    "--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True,
    help="json adds the curves, the findings, and for every sentence the findings it rests on.",
)  # fmt: skip
@output_option("Write here instead of to the screen.")
def compare(sources: tuple[str, ...], config: Path | None, form: str, output: Path | None) -> None:
    """Compare runs, from plots and logs mixed: order and ties, who is sooner, crossings.

    Every INPUT is one run, named by its file, or by its folder where the files are called alike; an
    INPUT with several curves of one quantity holds several runs.  Without --config the settings are
    read from args.yaml, config.json or hparams.yaml beside each INPUT, where there are such files.

    \b
    Example:
      plotread compare runs/a/results.csv runs/b/results.csv other.png --config runs.yaml
    """
    from plotread.comparison import compare_inputs
    from plotread.export import account_to_dict, to_json

    account = compare_inputs(sources, config)
    if form == "text":
        _emit(account.text, output)
    else:
        _emit(
            to_json(account_to_dict(account.figure, account.findings, account.document, account.text)), output
        )


@cli.command()
@click.argument("source", metavar="IMAGE")
@click.option(
    "--format", "form", type=click.Choice(("csv", "json", "npz")),
    help="Without it, the suffix of the output file decides; csv on the screen.",
)  # fmt: skip
@output_option("Write here instead of to the screen; the suffix .csv, .json or .npz picks the format.")
def extract(source: str, form: str | None, output: Path | None) -> None:
    """Extract the numbers of every curve, with their reading error.

    IMAGE is a picture or - for stdin.  CSV is in long form: panel, series, x, y, y_lo, y_hi.

    \b
    Example:
      plotread extract curves.png -o curves.csv
    """
    from plotread.export import WRITERS, format_of
    from plotread.inputs import holds_curves, nothing_message, read_source

    if form is None:
        form = "csv" if output is None or str(output) == "-" else format_of(output)
    data, name = _input(source)
    figure = read_source(data, name)
    found = holds_curves(figure)
    if found or form == "json":  # an empty reading says what was seen; an empty table says nothing
        _emit(WRITERS[form](figure), output)
    if not found:
        raise NothingFoundError(nothing_message(figure))


@cli.command()
@click.argument("source", metavar="IMAGE")
@output_option("The picture to write (.png, .jpg or .webp).", required=True)
def overlay(source: str, output: Path) -> None:
    """Draw all that was read over the picture: frames, ticks, curves, names and doubts.

    IMAGE is a picture or - for stdin.

    \b
    Example:
      plotread overlay curves.png -o overlay.png
    """
    from plotread.export import write_atomic
    from plotread.inputs import holds_curves, nothing_message, read_raster
    from plotread.overlay import check_suffix, draw, encode
    from plotread.vision import image

    check_suffix(output)
    data, name = _input(source)
    raster = image.decode(data, name) if isinstance(data, bytes) else image.load(data)
    figure = read_raster(raster)
    write_atomic(output, encode(draw(raster, figure), output.suffix))
    if not holds_curves(figure):
        raise NothingFoundError(nothing_message(figure))


@cli.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, file_okay=False), required=True, metavar="FOLDER",
    help="Folder for one JSON and one text per figure, and index.jsonl.",
)  # fmt: skip
@click.option("--jobs", type=click.IntRange(1, 256), default=1, show_default=True, help="Processes at once.")
@style_option("description")
def batch(paths: tuple[str, ...], output: Path, jobs: int, style: str) -> None:
    """Read many figures: files, folders (searched with all their subfolders) and glob patterns.

    index.jsonl holds one line per figure with its status: ok, partial, nothing found or failed,
    and the reason.  What an earlier run has done is not repeated while content and version stay
    the same.  Logs are read where they are named or match a pattern; of folders only pictures are.

    \b
    Example:
      plotread batch runs/ 'reports/**/*.png' -o readings --jobs 4
    """
    from plotread.batch import STATUSES, run_batch

    records = run_batch(paths, output, jobs=jobs, style=style, progress=sys.stderr.isatty())
    counts = dict.fromkeys(STATUSES, 0)
    for record in records:
        counts[record.status] += 1
        if record.status == "failed":
            click.echo(f"plotread: {record.reason}", err=True)
    skipped = sum(record.kept for record in records)
    told = ", ".join(f"{n} {status}" for status, n in counts.items() if n)
    earlier = f" ({skipped} from an earlier run)" if skipped else ""
    click.echo(f"{len(records)} figures: {told}{earlier}", err=True)
    if counts["failed"]:
        raise click.exceptions.Exit(STATUS_FAILED)


@cli.command()
@click.argument("report", type=click.Path(path_type=Path), metavar="REPORT.md")
@output_option("The copy; REPORT.captioned.md without it, - for the screen.")
def caption(report: Path, output: Path | None) -> None:
    """Write alt text for every plot of a Markdown report, into a copy.

    Inline pictures, reference style and HTML <img> are found; code, remote pictures and pictures
    that hold no line plot stay as they are, and so does every other byte of the report.

    \b
    Example:
      plotread caption report.md -o report-with-alt.md
    """
    from plotread.markdown import caption_file

    target = output or report.with_name(f"{report.stem}.captioned{report.suffix}")
    captioned = caption_file(report, None if str(target) == "-" else target)
    _emit(captioned.content, target)
    for line in captioned.notes:
        click.echo(f"plotread: {line}", err=True)
    click.echo(f"{captioned.written} of {captioned.pictures} pictures given alt text", err=True)


def _input(source: str) -> tuple[Any, str | None]:
    """The bytes of stdin for "-", else the path; with the name that errors and readings use."""
    if source != "-":
        return source, None
    if sys.stdin is None or sys.stdin.closed:
        raise UsageError("stdin is closed; name a file")
    return sys.stdin.buffer.read(), "<stdin>"


def _emit(content: str | bytes, output: Path | None) -> None:
    """Write to a file, whole or not at all, or to stdout."""
    from plotread.export import write_atomic

    if output is not None and str(output) != "-":
        write_atomic(output, content)
        return
    if isinstance(content, bytes) and sys.stdout.isatty():
        raise UsageError("this format is binary; name a file with -o")
    data = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # Python flushes stdout once more on its way out; give it a place where that cannot fail.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise click.exceptions.Exit(STATUS_BROKEN_PIPE) from None


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _report_fault(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """The last net: a fault of plotread itself is told in one line, its traceback on request."""
    if os.environ.get(DEBUG_VARIABLE):
        sys.__excepthook__(kind, error, trace)
    else:
        what = _one_line(f"{kind.__name__}: {error}")
        hint = f"{DEBUG_VARIABLE}=1 shows its place"
        sys.stderr.write(f"plotread: a fault in plotread itself: {what} ({hint})\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without it, those of the process.

    Returns
    -------
    int
        The exit status; see the module.
    """
    sys.excepthook = _report_fault
    try:
        status = cli.main(args=arguments, prog_name="plotread", standalone_mode=False)
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return UsageError.exit_status
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        hint = f" (see {context.command_path} --help)" if context is not None else ""
        click.echo(f"plotread: {_one_line(error.format_message())}{hint}", err=True)
        return UsageError.exit_status
    except PlotReadError as error:
        click.echo(f"plotread: {_one_line(str(error))}", err=True)
        return error.exit_status
    except (click.Abort, KeyboardInterrupt):
        click.echo("plotread: interrupted", err=True)
        return STATUS_INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
