"""POST /v1/batch: the lines of `unspin score` in, the rows that it would write out, while lines still come."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import replace

from fastapi import Request, Response
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from detector.service.asks import Ask, Item, Lost, Options
from detector.service.batch_lines import BYTE_ORDER_MARK, Line, in_order, lines
from detector.service.refusals import HEADERS, RequestError
from detector.service.workers import Workers

LINES = "application/x-ndjson"
MOST_BATCHES = 4  # at a time: each may have every process at work


class Batch(Response):
    """An answer that is made while its request arrives.

    Not Starlette's StreamingResponse, which listens for the client to leave, and would take the body for that.
    """

    def __init__(self, workers: Workers, request: Request, options: Options, most: int) -> None:
        if workers.about is None:
            raise RequestError(503, "not-ready", "the model is being opened: ask again soon", retry_after=1)
        if workers.batches >= MOST_BATCHES:
            message = f"expected at most {MOST_BATCHES} batches at a time, got more: send it later"
            raise RequestError(503, "busy", message, retry_after=10)
        lowest, highest = workers.about.rates
        if options.max_fpr is not None and not lowest <= options.max_fpr <= highest:
            raise RequestError(422, "wrong-rate", f"expected a false-positive rate from {lowest:g} to {highest:g}")
        super().__init__(headers={**HEADERS, "Content-Type": LINES})
        del self.headers["content-length"]
        self._workers = workers
        self._request = request
        self._options = options
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._workers.batches += 1
        try:
            with suppress(
                ClientDisconnect, RequestError
            ):  # cut off: no status is left to tell that lines were too slow
                await self._stream(send)
        finally:
            self._workers.batches -= 1

    async def _stream(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async with aclosing(self._rows()) as rows:
            async for row in rows:
                await send({"type": "http.response.body", "body": row, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _rows(self) -> AsyncGenerator[bytes]:
        coming = lines(self._request.stream(), self._most)
        async with aclosing(in_order(coming, self._row, self._workers.count + 1)) as rows:
            async for row in rows:
                yield row

    async def _row(self, line: Line) -> bytes:
        content, lost = line.content, None
        if content is None:
            message = (
                f"expected a line of at most {self._most:,} bytes, got more: shorten or split the record, or raise "
                "--body-bytes"
            )
            lost = Lost("too-large", f"stdin:{line.number}: {message}")
        item = Item("line", (content or b"").removeprefix(BYTE_ORDER_MARK if line.number == 1 else b"").rstrip(b"\r"))
        placed = replace(item, line=line.number, record=line.record, offset=line.offset)
        return (await self._workers.answer_later(Ask("result", placed, self._options, lost=lost))).body
