"""The command `unspin`: one command a file, each imported only when it is called for.

Exit codes: 0 done or no signs; 1 flagged (`check`), or found what to look at (`swaps`, `drift`, `dictionary test`,
`archive verify`); 2 wrong use, an input or a model that cannot be read, or an internal error; 3 no verdict possible
(`check`); 4 some articles became error rows (`score`) or could not be read (`siblings`, `archive add`, `archive
search`, `dictionary test`); 130 interrupted; 141 the reader of the output went away.
"""

from __future__ import annotations

import errno
import importlib
import os
import sys
from typing import Any, TextIO

import click

from detector import __version__
from detector.errors import DetectorError
from detector.memory import keep_freed_memory
from detector.threads import keep_to_one_thread

COMMANDS = {  # in the order of the help; the sentence is the help's
    "score": "Score articles, files and folders: one JSON result a line.",
    "check": "Check drafts, with a reason for every marked phrase.",
    "report": "Write a report on one article, beside its source, for people.",
    "dictionary": "Keep phrases never or always to mark, and try them on clean copy.",
    "serve": "Answer over HTTP, and show a page to check drafts on.",
    "feedback": "List, export and delete what editors said of marks on that page.",
    "archive": "Keep wire copy, and find the source of an article in it.",
    "siblings": "Find articles of one crawl that share a text, and what they agree on.",
    "calibrate": "Set the thresholds by your own untouched articles.",
    "drift": "Compare a stream of clean articles with the calibration, month by month.",
    "swaps": "Say by site which swaps recur, which sites are cases, and which are alike.",
    "explain": "Say what an extractor finds, and when it is no evidence.",
    "corpus": "Check, clean and part the texts to train on.",
    "spin": "Spin the texts to train on, by all families.",
    "train": "Fit a model on them.",
    "evaluate": "Measure a trained model, and write one page on whether to trust it.",
    "card": "Write the model card and the data card of a trained model.",
    "release": "Check a trained model, and release it whole or not at all.",
}
WRONG_USE = 2
INTERRUPTED = 130  # 128 + SIGINT, as a shell reports it
READER_GONE = 141  # 128 + SIGPIPE, as a shell reports it


class Refused(click.ClickException):
    """An error on purpose, said in one line."""

    exit_code = WRONG_USE


class Unspin(click.Group):
    """The group of all commands, and the one place where errors become words for people."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        if cmd_name != "train":  # which has large products; numpy is imported with the command
            keep_to_one_thread()
        if cmd_name not in ("train", "serve"):  # what listens only hands bodies on; its processes see to themselves
            keep_freed_memory()
        command: click.Command = importlib.import_module(f"detector.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run, and end as documented where nobody reads the message of an error."""
        try:
            return super().main(*args, **extra)
        except BrokenPipeError:
            _silence(sys.stderr)
            sys.exit(READER_GONE)

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the arguments, and end as documented where nobody reads the help that they ask for."""
        try:
            return super().make_context(*args, **extra)
        except BrokenPipeError:
            _silence(sys.stdout)
            raise click.exceptions.Exit(READER_GONE) from None

    def invoke(self, ctx: click.Context) -> object:
        _refuse_closed_streams()
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except KeyboardInterrupt:
            click.echo("unspin: interrupted", err=True)
            ctx.exit(INTERRUPTED)
        except BrokenPipeError:
            _silence(sys.stdout)
            ctx.exit(READER_GONE)
        except DetectorError as error:
            raise _refused(str(error)) from error
        except OSError as error:
            raise _refused(_of_the_system(error)) from error
        except Exception as error:  # a bug; Python's own exit code for it, 1, would say "flagged"
            raise _refused(f"internal error: {_described(error)}; please report it") from error


def _refused(message: str) -> Refused:
    from detector.render.neutral import neutral

    return Refused(neutral(message))


def _of_the_system(error: OSError) -> str:
    """What the system refused, and where: "out/s.json: permission denied"."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        said = "no space is left to write to: make room, or write elsewhere"
    else:
        said = (error.strerror or str(error) or type(error).__name__).lower()
    return said if error.filename is None else f"{os.fsdecode(error.filename)}: {said}"


def _described(error: Exception) -> str:
    """The kind of an error, what it says, and the line it comes from: "ValueError: ... (folder.py, line 12)"."""
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    if place is None:
        return said
    return f"{said} ({os.path.basename(place.tb_frame.f_code.co_filename)}, line {place.tb_lineno})"


def _refuse_closed_streams() -> None:
    """Ask for standard input and output; without standard error messages go nowhere.

    Python has None for a stream that was closed by `<&-` or `>&-`, and the next file opened would take its number.
    """
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # for as long as the process lives
    for stream, name, instead in ((sys.stdin, "input", "</dev/null"), (sys.stdout, "output", ">/dev/null")):
        if stream is None:
            raise Refused(f"expected an open standard {name}, got a closed one: use {instead}")


def _silence(stream: TextIO) -> None:
    """Let what is still buffered go nowhere, so that the interpreter does not complain of it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@click.group(cls=Unspin, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="unspin")
def main() -> None:
    """Find English news that a machine reworded, and mark the phrases that give it away.

    Exit codes: 0 done or no signs; 1 flagged (check), or found what to look at (swaps, drift, dictionary test, archive
    verify); 2 wrong use, or an input or model that cannot be read; 3 no verdict possible (check); 4 some articles
    became error rows or could not be read (score, siblings, archive add and search, dictionary test); 130 interrupted;
    141 the output's reader is gone.
    """
