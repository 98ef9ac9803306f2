"""unspin serve: the same answers over HTTP, and a web page for the desk."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from detector.cli import Refused
from detector.service.settings import ServiceSettings, known_settings, read_settings

TYPES: dict[Any, Any] = {Path | None: click.Path(path_type=Path), str | None: str, int | None: int}
NEEDED = ("fastapi", "prometheus_client", "uvicorn")


def settings_options(command: Callable[..., None]) -> Callable[..., None]:
    """An option for each setting; one that is not given is None, or empty."""
    for name, (kind, setting) in reversed(known_settings().items()):
        flag, default = "--" + name.replace("_", "-"), ServiceSettings.__dataclass_fields__[name].default
        about = setting.about + ("" if default in (None, ()) else f" [default: {default}]")
        if kind is bool:
            option = click.option(f"{flag}/--no-{flag[2:]}", name, default=None, help=about)
        elif kind == tuple[str, ...]:
            option = click.option(flag, name, multiple=True, help=about)
        else:
            option = click.option(flag, name, type=TYPES.get(kind, kind), help=about)
        command = option(command)
    return command


@click.command("serve")
@click.option("--config", type=click.Path(path_type=Path), help="TOML file of the same settings; flags go before it.")
@settings_options
@click.pass_context
def command(ctx: click.Context, /, config: Path | None, **given: Any) -> None:
    """Answer over HTTP, and show a page to check drafts on.

    The page is at http://127.0.0.1:8757/, its description for programs at /docs. Exit code: 0 stopped by SIGTERM after
    running requests were answered, 130 stopped by Ctrl-C; 2 wrong use, an address that is taken, a model or an archive
    that cannot be opened. A second signal ends it at once (130 or 143).
    """
    if any(find_spec(name) is None for name in NEEDED):
        raise Refused("the service needs FastAPI and uvicorn, not installed here: pip install 'unspin[serve]'")
    from detector.service.server import serve

    ctx.exit(serve(read_settings(config, {name: value for name, value in given.items() if value not in (None, ())})))
