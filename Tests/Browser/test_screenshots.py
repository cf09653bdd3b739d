"""The images of the documentation: made by `scripts/browser --screenshots`, and looked at by somebody."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path

import pytest
from feed import Feed
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect
from server import Server
from waiting import wait_until

Visitor = Callable[..., BrowserContext]

pytestmark = pytest.mark.screenshots

WIDE = {"width": 1200, "height": 800}
NARROW = {"width": 390, "height": 780}
# Other pages than the server's own come from another port, which no reader has.
AS_AT_HOME = """() => document.querySelectorAll('code').forEach(code => {
    code.textContent = code.textContent.replaceAll(location.host, '127.0.0.1:8000')
})"""
COLOURS = 256


@pytest.fixture
def images(request: pytest.FixtureRequest) -> Path:
    folder = request.config.getoption("--images")
    if folder is None:
        pytest.skip("wants --images")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def alone(another_server: Callable[..., Server]) -> Iterator[Server]:
    """A server without the thousand others, where readers will have theirs."""
    yield another_server(port=8000)


def show(context: BrowserContext, origin: str, path: str) -> Page:
    page = context.new_page()
    page.goto(origin + path)
    expect(page.get_by_test_id("status")).to_have_attribute("data-state", "live")
    return page


def take(page: Page, images: Path, name: str, settle: Callable[[], None] = lambda: None) -> None:
    """Light, dark, and as on a telephone."""
    page.evaluate(AS_AT_HOME)
    for kind, scheme, size in (("light", "light", WIDE), ("dark", "dark", WIDE), ("narrow", "light", NARROW)):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size(size)
        page.evaluate("() => document.activeElement.blur()")
        page.wait_for_timeout(700)  # canvases are drawn twice a second
        settle()
        image = Image.open(BytesIO(page.screenshot())).convert("RGB")
        # the few red pixels count as much as the many white ones
        reduced = image.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE)
        reduced.save(images / f"{name}-{kind}.png", optimize=True)


def test_front(alone: Server, visitor: Visitor, images: Path) -> None:
    page = show(visitor(), alone.origin, "/")
    with Feed(alone, "lobby") as other:
        page.get_by_test_id("text").fill("Is anybody there?")
        page.get_by_test_id("text").press("Enter")
        expect(page.get_by_test_id("messages").get_by_role("listitem")).to_have_count(1)
        other.send("Yes, in the other window.")
        alone.publish("lobby", "hi from curl")
        expect(page.get_by_test_id("messages").get_by_role("listitem")).to_have_count(3)
        expect(page.get_by_test_id("connected")).to_have_text("2 connections")
        take(page, images, "front")


def test_chat(alone: Server, visitor: Visitor, images: Path) -> None:
    talk = [
        ("Grace", "Morning! The new server is up, and nobody has noticed."),
        ("Linus", "Nobody?"),
        ("Grace", "I restarted it twice while you were all talking here."),
        ("Linus", "I did lose the train's network for a minute. All of it came back in one go."),
        ("Margaret", "Same here: eleven messages, in order.\nNone of them twice."),
        ("Ada", "So what I wrote in the tunnel has arrived?"),
        ("Margaret", "As soon as you were out of it."),
        ("Linus", "What happens to somebody who is really slow?"),
        ("Grace", "He catches up, or he is told what he missed. Nobody else waits for him."),
        ("Ada", "Then I shall stop refreshing the page."),
    ]
    page = show(visitor(), alone.origin, "/demo/chat?room=lobby&name=Ada")
    with ExitStack() as stack:
        people: dict[str, Feed] = {}
        for name in ("Grace", "Linus", "Margaret"):
            people[name] = stack.enter_context(Feed(alone, "chat:lobby", name=name))
        expect(page.get_by_test_id("member")).to_have_count(4)
        for count, (name, text) in enumerate(talk, start=1):
            if name == "Ada":
                page.get_by_test_id("text").fill(text)
                page.get_by_test_id("text").press("Enter")
            else:
                people[name].send(json.dumps({"text": text}))
            expect(page.get_by_test_id("words")).to_have_count(count)
        stack.enter_context(Feed(alone, "chat:lobby", name="Alan"))
        expect(page.get_by_test_id("member")).to_have_count(5)

        def to_the_end() -> None:
            page.get_by_test_id("messages").evaluate("log => { log.scrollTop = log.scrollHeight }")
            if page.viewport_size == NARROW:
                page.get_by_test_id("room").evaluate("title => scrollBy(0, title.getBoundingClientRect().top - 16)")

        take(page, images, "chat", to_the_end)


def test_notifications(alone: Server, visitor: Visitor, images: Path) -> None:
    context = visitor()

    def notify(title: str, text: str, level: str) -> None:
        alone.publish("notifications:alan", {"title": title, "text": text, "level": level})

    page = show(context, alone.origin, "/demo/notifications?user=alan")
    notify("Order 4711 is on its way", "It arrives tomorrow.", "info")
    notify("Payment received", "Invoice 2041 is settled.", "success")
    expect(page.get_by_test_id("notification")).to_have_count(2)
    page.get_by_role("button", name="Mark all read").click()
    page.close()
    notify("Build 1843 failed", "Two tests did not pass.", "error")
    notify("Disk is 90 % full", "Host web-7.", "warning")
    page = show(context, alone.origin, "/demo/notifications?user=alan")
    expect(page.get_by_test_id("toast")).to_have_count(1)
    page.keyboard.press("Escape")
    notify("Build 1844 passed", "All checks are green.", "success")
    expect(page.get_by_test_id("toast")).to_have_count(1)
    page.get_by_test_id("toasts").hover()  # it stays
    take(page, images, "notifications", lambda: page.get_by_test_id("toast").hover())


def test_scores(alone: Server, visitor: Visitor, images: Path) -> None:
    page = show(visitor(), alone.origin, "/demo/scores")
    wait_until("many are playing, and one has scored", lambda: page.locator(".game.scored").count() >= 1 and (
        page.locator(".game[data-live=true]").count() >= 4
    ), patience=90)  # fmt: skip
    take(page, images, "scores")


def test_ticker(alone: Server, visitor: Visitor, images: Path) -> None:
    page = show(visitor(), alone.origin, "/demo/ticker")
    page.wait_for_timeout(20_000)
    page.get_by_test_id("slow").select_option("1")
    page.wait_for_timeout(14_000)
    take(page, images, "ticker")
