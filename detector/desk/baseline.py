"""Findings that somebody looked at and accepted: a JSON file, one finding a line in a fixed order, to review in a diff.

It holds the marked phrases and, as digests alone, the words beside them; no more of any article.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from detector.desk.fingerprint import DIGITS
from detector.errors import InputError

SCHEMA = "unspin.baseline/1"
MAX_BYTES = 50_000_000  # 200,000 findings of 250 bytes
MOST_FINDINGS = 200_000
MAX_PHRASE = 200  # characters that are kept of a phrase: it is there to be recognised
LESS = "keep one for each section"

_FINGERPRINT = re.compile(f"[0-9a-f]{{{DIGITS}}}")


class Finding(NamedTuple):
    """One accepted finding.

    Attributes:
        kind: of the mark, or the verdict on a whole text.
        phrase: that is marked; of a whole text its id.
        fingerprint: by which it is known again.
    """

    kind: str
    phrase: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """Accepted findings, by their fingerprints."""

    findings: Mapping[str, Finding]

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> Baseline:
        return cls({finding.fingerprint: finding for finding in findings})

    @property
    def accepted(self) -> frozenset[str]:
        """What a Desk asks for."""
        return frozenset(self.findings)


def read_baseline(path: Path) -> Baseline:
    """Read the file; raises InputError where it is none."""
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise _wrong(f"expected a baseline at {path}, got none to read: {error.strerror}") from error
    if len(content) > MAX_BYTES:
        raise _wrong(
            f"{path}: expected at most {MAX_BYTES:,} bytes, got more: check that it is the right file; if it is, {LESS}"
        )
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _wrong(f"{path}: expected JSON that `check --write-baseline` wrote, got other bytes: {error}") from error
    if not isinstance(data, dict) or data.get("schema") != SCHEMA or not isinstance(data.get("findings"), list):
        raise _wrong(f"{path}: expected a baseline of the schema {SCHEMA}, got something else: is it the right file?")
    if len(data["findings"]) > MOST_FINDINGS:
        raise _wrong(f"{path}: expected at most {MOST_FINDINGS:,} findings, got {len(data['findings']):,}: {LESS}")
    return Baseline.of(_finding(one, f"{path}, finding {n}") for n, one in enumerate(data["findings"], start=1))


def baseline_bytes(baseline: Baseline) -> bytes:
    """The file: sorted by kind, phrase and fingerprint; raises InputError where it would be too long to be read."""
    if (n := len(baseline.findings)) > MOST_FINDINGS:
        raise _wrong(f"expected at most {MOST_FINDINGS:,} findings in a baseline, got {n:,}: {LESS}")
    lines = [json.dumps(finding._asdict()) for finding in sorted(baseline.findings.values())]
    return "\n".join([f'{{"schema": "{SCHEMA}", "findings": [', ",\n".join(lines), "]}", ""]).encode()


def _finding(one: Any, at: str) -> Finding:
    names = Finding._fields
    if not isinstance(one, dict) or not all(isinstance(one.get(name), str) for name in names):
        raise _wrong(f"{at}: expected an object with the texts {', '.join(names)}, got something else")
    finding = Finding(one["kind"], one["phrase"], one["fingerprint"])
    if not _FINGERPRINT.fullmatch(finding.fingerprint):
        raise _wrong(f"{at}: expected a fingerprint of {DIGITS} hexadecimal digits, got {finding.fingerprint[:40]!r}")
    return finding


def _wrong(message: str) -> InputError:
    return InputError("baseline", message)
