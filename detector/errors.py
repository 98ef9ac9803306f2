"""Every error that Unspin raises on purpose; each message says what was expected, what was got, what to do.

DetectorError
├── InputError     a file, a record or a page that cannot be read; carries the code of its error row
├── ModelError     a model folder that is missing, damaged, too new, or holds a file that is never loaded
├── ArchiveError   an archive that is missing, damaged, of another version, full, or in another writer's hands
├── ClusterError   a cluster that cannot be reached, differs from this machine, or went away
├── CorpusError    training data that is missing or not of the schema
└── ReleaseError   a model that may not be released, with every check that it failed

A caller's mistake in an argument is a ValueError.
"""

from __future__ import annotations


class DetectorError(Exception):
    """Base of all errors of this package."""


class InputError(DetectorError):
    """An input that cannot be read.

    `code` is one kebab-case word or two for programs (`invalid-json`); the message is for people.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class ModelError(DetectorError):
    """A model folder that cannot be used."""


class ArchiveError(DetectorError):
    """An archive of wire copy that cannot be used, or not as asked."""


class ClusterError(DetectorError):
    """A cluster that cannot be used, or not any more."""


class CorpusError(DetectorError):
    """Training data that cannot be used."""


class ReleaseError(DetectorError):
    """A model that may not be released."""
