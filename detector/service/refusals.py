"""A request that gets no answer, in the one form that all such have: {"error": {"code", "message"}}."""

from __future__ import annotations

import json
from collections.abc import Mapping

HEADERS = {  # of every answer
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class RequestError(Exception):
    """Ends a request: a status, a code for programs, a message for people, which never repeats what was sent.

    `retry_after` is in seconds; `closes` ends the connection, whose rest would be read as another request.
    """

    def __init__(
        self, status: int, code: str, message: str, *, retry_after: int | None = None, closes: bool = False
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.retry_after = retry_after
        self.closes = closes

    def answer(self, path: str) -> tuple[Mapping[str, str], bytes]:
        """Its headers and body; LanguageTool's clients expect words where there is no result."""
        if path.startswith("/v2/"):
            return {**self.headers, "Content-Type": "text/plain; charset=utf-8"}, f"Error: {self.message}".encode()
        return self.headers, self._body

    @property
    def _body(self) -> bytes:
        return json.dumps({"error": {"code": self.code, "message": self.message}}).encode() + b"\n"

    @property
    def headers(self) -> Mapping[str, str]:
        headers = {"Content-Type": "application/json"}
        if self.retry_after is not None:
            headers["Retry-After"] = str(self.retry_after)
        if self.status == 401:
            headers["WWW-Authenticate"] = 'Bearer realm="unspin"'
        if self.closes:
            headers["Connection"] = "close"
        return headers
