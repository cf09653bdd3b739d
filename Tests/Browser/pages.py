"""A server whose pages are others than those that it has built in.

A folder's, to try them without a build; or pages in which something is broken, to see that a test notices
(mutations.py). Everything else is carried through to the server.
"""

import asyncio
import mimetypes
import re
from pathlib import Path
from urllib.parse import urlsplit

from mutations import Mutation
from proxy import Proxy

FRONT = "front.html"
HEAD = """HTTP/1.1 200 OK\r
Content-Type: {type}; charset=utf-8\r
Content-Length: {length}\r
Cache-Control: no-cache\r
Content-Security-Policy: default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; frame-ancestors 'none'\r
X-Content-Type-Options: nosniff\r
Connection: close\r
\r
"""


class Pages:
    """Which pages are shown in place of a server's own."""

    def __init__(self, folder: Path, mutation: Mutation | None) -> None:
        self.folder = folder
        self.mutation = mutation
        self.times_broken = 0

    def read(self, name: str) -> str:
        text = (self.folder / name).read_text()
        if self.mutation and self.mutation.file == name:
            text = self.mutation.apply(text)
            self.times_broken += 1
        return text


class PageServer(Proxy):
    """Where the browser finds the server, with these pages."""

    def __init__(self, port: int, pages: Pages) -> None:
        self._pages = pages
        super().__init__(port)

    async def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes | None:
        head = await reader.readuntil(b"\r\n\r\n")
        name = self._page_of(head.decode("latin-1"))
        if name is None:
            if b"pgrade: websocket" in head:
                return head
            # the next request may be for a page, so it is to come over another connection
            return re.sub(rb"(?i)\r\nConnection: [^\r]*", b"\r\nConnection: close", head)
        body = self._pages.read(name).encode()
        writer.write(HEAD.format(type=mimetypes.guess_type(name)[0], length=len(body)).encode() + body)
        await writer.drain()
        writer.write_eof()
        await reader.read()  # until the browser has all of it
        return None

    def _page_of(self, head: str) -> str | None:
        """The file that is asked for, if it is one."""
        method, target, *_ = head.split(" ", 2)
        path = urlsplit(target).path
        if method != "GET":
            return None
        if path == "/":
            return FRONT if re.search(r"(?i)\r\naccept:[^\r]*text/html", head) else None
        name = path.removeprefix("/demo/")
        name = name if "." in name else f"{name}.html"
        return name if path.startswith("/demo/") and (self._pages.folder / name).exists() else None
