"""unspin serve: the same answers over HTTP, and a web page for the desk."""

from __future__ import annotations

import os
from pathlib import Path

import click


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", type=click.IntRange(0, 65535), default=8757, show_default=True, help="0: any free one.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes that score; without it one a core.")
@click.option("--model", type=click.Path(path_type=Path), metavar="DIR", help="As of `unspin check`.")
@click.option("--calibration", metavar="NAME_OR_DIR", help="As of `unspin check`.")
@click.option("--archive", type=click.Path(path_type=Path), metavar="DIR", help="As of `unspin check`.")
@click.option("--licensees", type=click.Path(path_type=Path), metavar="FILE", help="As of `unspin check`.")
@click.option("--max-fpr", type=float, default=0.01, show_default=True, metavar="RATE", help="As of `unspin check`.")
@click.option("--feedback", type=click.Path(path_type=Path), metavar="DB", help="Keep what editors say of marks here.")
def command(
    host: str,
    port: int,
    workers: int | None,
    model: Path | None,
    calibration: str | None,
    archive: Path | None,
    licensees: Path | None,
    max_fpr: float,
    feedback: Path | None,
) -> None:
    """Answer over HTTP, and show a page to check drafts on."""
    from detector.service.asks import Start
    from detector.service.server import serve
    from detector.service.settings import ServiceSettings

    start = Start(model, calibration, archive, licensees, max_fpr)
    serve(ServiceSettings(host, port, workers or len(os.sched_getaffinity(0)), feedback=feedback, start=start))
