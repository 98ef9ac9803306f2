"""Libraries that only some formats need, imported with the first such file; where one is missing, what to install."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from detector.errors import InputError

EXTRAS = {
    "zstandard": "zstd",
    "pyarrow": "parquet",
    "fastwarc": "warc",
    "brotli": "warc",
    "fsspec": "remote",
    "docx": "docx",
}


def imported(module: str, what: str) -> Any:
    """Give a module of an extra, or raise InputError "missing-extra"; `what` is read with it."""
    try:
        return import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise InputError(
            "missing-extra", f"{what} needs {package}, not installed here: pip install 'unspin[{EXTRAS[package]}]'"
        ) from error
