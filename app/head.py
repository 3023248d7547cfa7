"""The page's style in its head: there from the first paint on, so that nothing moves when the script has run."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

END_OF_HEAD: Final = b"</head>"


class StyleInHead:
    """Puts a style sheet into the head of every page that is served.

    Args:
        app: What serves the pages.
        style: The sheet, with its tags.
    """

    def __init__(self, app: ASGIApp, style: str) -> None:
        self.app, self.style = app, style.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, pages with the style in them."""
        if scope["type"] != "http" or "text/html" not in Headers(scope=scope).get("accept", ""):
            await self.app(scope, receive, send)
            return
        start: Message | None = None
        body = b""

        async def send_styled(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                if MutableHeaders(scope=message).get("content-type", "").startswith("text/html"):
                    start = message
                    return
            elif start is not None and message["type"] == "http.response.body":
                body += message.get("body", b"")
                if message.get("more_body"):
                    return
                message = {"type": "http.response.body", "body": self._styled(body)}
                headers = MutableHeaders(scope=start)
                if "content-length" in headers:
                    headers["content-length"] = str(len(message["body"]))
                await send(start)
            await send(message)

        plain = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]  # to be read here
        await self.app({**scope, "headers": plain}, receive, send_styled)

    def _styled(self, page: bytes) -> bytes:
        return page.replace(END_OF_HEAD, self.style + END_OF_HEAD, 1)
