"""Wire copy on disk, and the look-up of the articles that a suspect may have been made from.

An archive is a folder: `archive.json` says its format, `texts.sqlite` holds every text with what is known of it, and
`index/` finds them by their words. The texts are the archive; the index is made from them and can be made again.
"""

from __future__ import annotations

from detector.archive.archive import Archive, Info, create, load_archive, open_archive
from detector.archive.find import Candidate, Found, LookUp, find
from detector.archive.reference import Reference, Stored
from detector.archive.verify import Damage, verify
from detector.archive.writer import Added, Writer, open_writer, rebuild

__all__ = [
    "Added",
    "Archive",
    "Candidate",
    "Damage",
    "Found",
    "Info",
    "LookUp",
    "Reference",
    "Stored",
    "Writer",
    "create",
    "find",
    "load_archive",
    "open_archive",
    "open_writer",
    "rebuild",
    "verify",
]
