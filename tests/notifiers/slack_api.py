"""A local Slack: `chat.postMessage`, `conversations.history` an incoming webhook, and faults on demand."""

import itertools
from typing import Any

from aiohttp import web

Answer = dict[str, Any]
"""`status`, `headers`, `error` (a code of Slack's), `raw` (a body), `accept` (take the post all the same),
`hang_up` (close without an answer)."""


class SlackApi:
    """Keeps the messages it accepted; answers the next calls as `faults` say, then normally."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.hooked: list[dict[str, Any]] = []
        self.tokens: set[str | None] = set()
        self.queries: list[dict[str, str]] = []
        self.post_faults: list[Answer] = []
        self.history_faults: list[Answer] = []
        self.page_size = 100
        self._stamps = itertools.count(1)

    def app(self) -> web.Application:
        """The server's routes."""
        app = web.Application()
        app.router.add_post("/api/chat.postMessage", self._post)
        app.router.add_get("/api/conversations.history", self._history)
        app.router.add_post("/services/T0/B0/t0k3n", self._hook)
        return app

    async def _post(self, request: web.Request) -> web.Response:
        self.tokens.add(request.headers.get("Authorization"))
        posted = await request.json()
        fault = self.post_faults.pop(0) if self.post_faults else {}
        if not fault or fault.get("accept"):
            self.messages.insert(0, {"ts": f"1749470400.{next(self._stamps):06d}", **posted})
        if fault:
            return _faulty(request, fault)
        return web.json_response({"ok": True, "channel": "C01", "ts": self.messages[0]["ts"]})

    async def _history(self, request: web.Request) -> web.Response:
        self.queries.append(dict(request.query))
        if self.history_faults:
            return _faulty(request, self.history_faults.pop(0))
        start = int(request.query.get("cursor", 0))
        page = self.messages[start : start + self.page_size]
        following = start + self.page_size
        cursor = str(following) if following < len(self.messages) else ""
        return web.json_response({"ok": True, "messages": page, "response_metadata": {"next_cursor": cursor}})

    async def _hook(self, request: web.Request) -> web.Response:
        fault = self.post_faults.pop(0) if self.post_faults else {}
        if not fault or fault.get("accept"):
            self.hooked.append(await request.json())
        return _faulty(request, fault) if fault else web.Response(text="ok")


def _faulty(request: web.Request, fault: Answer) -> web.Response:
    if fault.get("hang_up") and request.transport:
        request.transport.close()
    status, headers = fault.get("status", 200), fault.get("headers")
    if "error" in fault:
        body = {"ok": False, "error": fault["error"], **fault.get("more", {})}
        return web.json_response(body, status=status, headers=headers)
    kind = fault.get("kind", "text/html")
    return web.Response(status=status, headers=headers, text=fault.get("raw", "oops"), content_type=kind)
