"""What a browser gets in place of the pages that the server has built in.

A folder's pages, to try them without a build; or pages in which something is broken, to see that a test notices
(mutations.py).
"""

import mimetypes
from pathlib import Path
from urllib.parse import urlsplit

from mutations import Mutation
from playwright.sync_api import BrowserContext, Error, Route

FRONT = "front.html"


class Pages:
    def __init__(self, folder: Path | None, mutation: Mutation | None) -> None:
        self.folder = folder
        self.mutation = mutation
        self.times_broken = 0

    @property
    def flags(self) -> list[str]:
        """What the browser is to be started with."""
        flags = ["--no-sandbox"]  # the tests may run as root
        if self.folder or self.mutation:
            # what a test answers comes from nowhere, and may not connect to this machine
            flags.append("--disable-features=LocalNetworkAccessChecks")
        return flags

    def install(self, context: BrowserContext) -> None:
        if self.folder or self.mutation:
            context.route(lambda url: _name_of(url) is not None, self._answer)

    def _answer(self, route: Route) -> None:
        name = _name_of(route.request.url)
        if route.request.resource_type not in ("document", "stylesheet", "script"):
            return route.fallback()
        try:
            answer = route.fetch()
        except Error:
            return route.abort("connectionrefused")
        text, headers, status = answer.text(), dict(answer.headers), answer.status
        if self.folder:
            file = self.folder / name
            if file.exists():
                text, status = file.read_text(), 200
                headers["content-type"] = f"{mimetypes.guess_type(name)[0]}; charset=utf-8"
        if self.mutation and self.mutation.file == name:
            text = self.mutation.apply(text)
            self.times_broken += 1
        for header in ("content-length", "content-encoding"):
            headers.pop(header, None)
        route.fulfill(status=status, headers=headers, body=text)


def _name_of(url: str) -> str | None:
    """The file behind an address."""
    path = urlsplit(url).path
    if path == "/":
        return FRONT
    if not path.startswith("/demo/"):
        return None
    name = path.removeprefix("/demo/")
    return name if "." in name else f"{name}.html"
