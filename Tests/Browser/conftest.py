"""What the browser tests have in common. README.md beside this file says how they are run."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from crowd import Crowd
from mutations import MUTATIONS
from pages import Pages
from playwright.sync_api import Browser, BrowserContext, Playwright, expect, sync_playwright
from proxy import Proxy
from server import Server
from waiting import PATIENCE

pytest_plugins = ["counting"]

REPOSITORY = Path(__file__).resolve().parents[2]

# Where they are decides what is told of them: beyond 200 members only their number.
CROWD = [
    ("/ws/chat%3Alobby?format=json&name=Visitor%20{}", 250, "reads"),
    ("/ws/chat%3Aexact?format=json&name=Visitor%20{}", 150, "reads"),
    ("/ws/scores?format=json&latest", 270, "reads"),
    ("/ws/notifications%3Aada?format=json", 150, "reads"),
    ("/ws/ticker?format=json&latest", 20, "reads"),
    ("/ws/ticker?format=json&latest", 10, "trickles"),
    ("/ws", 150, "reads"),
]

FLAGS = ["--no-sandbox"]  # the tests may run as root
LOST_CONNECTION = r"WebSocket connection to .* failed|net::ERR_(CONNECTION|INTERNET|EMPTY|SOCKET|NETWORK)"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pages", type=Path, help="a folder whose pages are shown in place of the server's own")
    parser.addoption("--broken", help="a name in mutations.py: shows pages that are broken in this way")
    parser.addoption("--images", type=Path, help="the folder for screenshots")


_pages: pytest.StashKey[Pages] = pytest.StashKey()

NOT_BROKEN = 3  # an exit status


def pytest_sessionfinish(session: pytest.Session) -> None:
    pages = session.config.stash.get(_pages, None)
    if pages and pages.mutation and not pages.times_broken:
        session.exitstatus = NOT_BROKEN


# Servers


@pytest.fixture(scope="session")
def pages(request: pytest.FixtureRequest) -> Pages | None:
    """What is shown in place of the server's own pages, if anything."""
    folder, name = request.config.getoption("--pages"), request.config.getoption("--broken")
    if folder is None and name is None:
        return None
    mutation = next(mutation for mutation in MUTATIONS if mutation.name == name) if name else None
    pages = Pages(folder or REPOSITORY / "Sources/ChorusDemo/Pages", mutation)
    request.config.stash[_pages] = pages
    return pages


@pytest.fixture(scope="session")
def program() -> str:
    path = os.environ.get("CHORUS") or str(REPOSITORY / ".build/release/chorus")
    assert Path(path).exists(), f"there is no {path}: swift build -c release --product chorus"
    return path


@pytest.fixture(scope="session")
def _server(program: str, pages: Pages | None) -> Iterator[Server]:
    server = Server(program, pages=pages)
    server.start()
    yield server
    server.close()


@pytest.fixture(scope="session")
def crowd(_server: Server) -> Iterator[Crowd]:
    """A thousand other visitors, there as long as the tests run."""
    crowd = Crowd(_server.port, CROWD)
    assert crowd.size == 1000
    yield crowd
    crowd.close()


@pytest.fixture
def server(_server: Server, crowd: Crowd) -> Iterator[Server]:
    """The server of all tests, with a thousand others connected. A test may kill it and start it again."""
    if _server.process is None:
        _server.start()
    crowd.wait_until_complete()
    before = len(_server.log)
    yield _server
    assert _server.log[before:] == "", "the server has logged that something is wrong"


@pytest.fixture
def another_server(program: str, pages: Pages | None) -> Iterator[Callable[..., Server]]:
    """Starts a server of the test's own, with these options."""
    servers: list[Server] = []

    def start(*options: str, demo: bool = True, port: int = 0) -> Server:
        servers.append(Server(program, *options, demo=demo, port=port, pages=pages))
        return servers[-1].start()

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def proxy(server: Server) -> Iterator[Proxy]:
    """The network between some of the windows and the server."""
    proxy = Proxy(server.browser_port)
    yield proxy
    proxy.close()


# Browsers


@pytest.fixture(scope="session")
def chromium() -> str:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    assert found, "there is no chromium: scripts/bootstrap --test"
    return found


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
    yield browser
    browser.close()


class Complaints:
    """What the pages have complained about in the browser's console. Anything there fails the test."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._allowed: list[str] = []

    def watch(self, context: BrowserContext) -> None:
        context.on("console", lambda message: self._console(message.type, message.text, message.location["url"]))
        context.on("weberror", lambda error: self.found.append(f"not caught: {error.error}"))

    def _console(self, kind: str, text: str, url: str) -> None:
        if kind in ("error", "warning", "assert"):
            self.found.append(f"{kind}: {text} ({url})")

    def allow_lost_connections(self) -> None:
        """The browser itself writes there that it cannot connect; no page can keep it from that."""
        self._allowed.append(LOST_CONNECTION)

    def allow(self, pattern: str) -> None:
        self._allowed.append(pattern)

    def check(self) -> None:
        bad = [text for text in self.found if not any(re.search(pattern, text) for pattern in self._allowed)]
        assert not bad, "the browser's console is not empty:\n" + "\n".join(bad)


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    complaints = Complaints()
    yield complaints
    complaints.check()


@pytest.fixture
def visitor(
    request: pytest.FixtureRequest, browser: Browser, complaints: Complaints
) -> Iterator[Callable[..., BrowserContext]]:
    """Makes another visitor: a browser context, with a storage and a network of its own."""
    contexts: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        options = {"viewport": {"width": 1200, "height": 800}, "locale": "en-GB", **options}
        context = browser.new_context(**options)
        contexts.append(context)
        complaints.watch(context)
        return context

    yield make
    failed = getattr(request.node, "report_call", None) and request.node.report_call.failed
    for number, context in enumerate(contexts):
        if failed:
            _keep_pictures(request.node.name, number, context)
        context.close()


def _keep_pictures(test: str, number: int, context: BrowserContext) -> None:
    folder = Path(tempfile.gettempdir()) / "chorus-browser"
    folder.mkdir(exist_ok=True)
    for index, page in enumerate(context.pages):
        path = folder / f"{re.sub('[^a-z0-9]+', '-', test.lower())}-{number}-{index}.png"
        try:
            page.screenshot(path=path, timeout=5000)
            print(f"what {page.url} looked like: {path}")
        except Exception as error:  # noqa: BLE001 - a picture that cannot be taken is no failure of its own
            print(f"no picture of {page.url}: {error}")


@pytest.fixture
def real_windows(playwright: Playwright, chromium: str, complaints: Complaints) -> Iterator[BrowserContext]:
    """A browser as it is: a tab that is not in front is hidden. Elsewhere Playwright lets every page believe that it is
    in front."""
    folder = tempfile.mkdtemp(prefix="chorus-browser-")
    process = subprocess.Popen(
        [chromium, "--headless", "--no-first-run", "--remote-debugging-port=0", *FLAGS,
         f"--user-data-dir={folder}", "about:blank"],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        address = None
        for line in process.stderr:
            if address := re.search(r"listening on (ws://\S+)", line):
                break
        assert address, "chromium has not said where it can be driven"
        browser = playwright.chromium.connect_over_cdp(address[1], no_defaults=True)
        context = browser.contexts[0]
        complaints.watch(context)
        yield context
        browser.close()
    finally:
        process.terminate()
        process.stderr.close()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)
