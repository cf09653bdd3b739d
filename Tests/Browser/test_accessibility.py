"""Everybody can use the pages: axe finds nothing in any of their states, and the keyboard is enough."""

import re
from collections.abc import Callable
from pathlib import Path

import axe_playwright_python
import pytest
from conftest import Complaints
from playwright.sync_api import BrowserContext, Page, expect
from proxy import Proxy
from server import Server
from waiting import wait_until

Visitor = Callable[..., BrowserContext]

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
PAGES = {
    "front": "/",
    "chat": "/demo/chat?room=accessible&name=Ada",
    "notifications": "/demo/notifications?user=accessible",
    "scores": "/demo/scores",
    "ticker": "/demo/ticker",
}
SCHEMES = ["light", "dark"]
NARROW = {"width": 320, "height": 640}  # as a window of 1280 pixels that is enlarged four times

# As if nobody had pressed a key on this page yet.
TO_THE_TOP = """() => {
    const top = document.createElement('a')
    top.href = '#'
    document.body.prepend(top)
    top.focus()
    top.remove()
}"""

each_page = pytest.mark.parametrize("name", list(PAGES))
each_scheme = pytest.mark.parametrize("scheme", SCHEMES)


def show(context: BrowserContext, origin: str, name: str) -> Page:
    page = context.new_page()
    page.goto(origin + PAGES[name])
    expect(page.get_by_test_id("status")).to_have_attribute("data-state", "live")
    return page


def violations(page: Page, state: str) -> list[str]:
    """What axe finds, best practices included."""
    if not page.evaluate("() => 'axe' in globalThis"):
        page.evaluate(AXE)
    found = page.evaluate(
        "() => axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)"
    )
    return [
        f"{state}: {violation['id']}: {violation['help']}: {node['target']} {node.get('failureSummary', '')}"
        for violation in found
        for node in violation["nodes"]
    ]


def fill(page: Page, server: Server, name: str) -> None:
    """Lets happen on a page what can happen there."""
    if name == "front":
        server.publish("lobby", "from elsewhere")
        page.get_by_test_id("text").fill("from here")
        page.get_by_test_id("text").press("Enter")
        expect(page.get_by_test_id("messages").get_by_role("listitem")).to_have_count(2)
    elif name == "chat":
        for hue in range(24):
            server.publish("chat:accessible", {"text": f"message {hue}\nhttps://example.com/{'long' * 40}"})
        page.get_by_test_id("text").fill("from here")
        page.get_by_test_id("text").press("Enter")
        expect(page.get_by_test_id("words").last).to_have_text("from here")
        page.get_by_test_id("messages").hover()
        page.mouse.wheel(0, -5000)
        expect(page.get_by_test_id("jump")).to_be_visible()
        server.publish("chat:accessible", {"text": "unread"})
        expect(page.get_by_test_id("unread-marker")).to_have_count(1)
        page.evaluate("() => document.querySelector('[data-testid=people]').open = true")
    elif name == "notifications":
        count = page.get_by_test_id("notification").count()
        for level in ("info", "success", "warning", "error"):
            server.publish("notifications:accessible", {"title": level, "text": "words", "level": level})
        expect(page.get_by_test_id("toast")).to_have_count(2 if page.viewport_size == NARROW else 4)
        expect(page.get_by_test_id("notification")).to_have_count(count + 4)
        page.get_by_test_id("read").first.click()
        page.mouse.move(0, 0)
    elif name == "scores":
        goal = {"minute": 9, "side": "home", "kind": "goal", "player": "Sato"}
        cards = [{**goal, "kind": "yellow"}, {**goal, "kind": "red"}]
        for phase in ("not started", "first half", "half-time", "full time"):
            game = {"id": f"axe {phase}",
                    "home": {"name": "Home", "short": "HOM"}, "away": {"name": "Away", "short": "AWA"},
                    "score": [0, 0], "minute": 9, "phase": phase, "events": []}  # fmt: skip
            server.publish("scores", game, key=game["id"])
            server.publish("scores", {**game, "score": [1, 0], "events": [*cards, goal]}, key=game["id"])
        expect(page.locator('[data-game="axe full time"]')).to_have_class(re.compile("scored"))
    elif name == "ticker":
        expect(page.get_by_test_id("tile")).to_have_count(300)
        page.get_by_test_id("slow").select_option("5")
        expect(page.get_by_test_id("explanation")).not_to_be_empty()
        # the others are the same, and axe takes seconds for them
        page.get_by_label("Filter").fill("A")


@each_scheme
@each_page
def test_axe_finds_nothing(
    another_server: Callable[..., Server], visitor: Visitor, complaints: Complaints, name: str, scheme: str
) -> None:
    """As it is opened, with content, and narrow and disconnected."""
    complaints.allow_lost_connections()
    server = another_server()
    # what fades in has no colour of its own until it is there
    page = show(visitor(color_scheme=scheme, reduced_motion="reduce"), server.origin, name)
    found = violations(page, "opened")
    fill(page, server, name)
    found += violations(page, "with content")
    page.set_viewport_size(NARROW)
    if name == "chat":
        page.get_by_role("button", name="Change name").click()
        found += violations(page, "asking for a name")
        page.get_by_role("button", name="Come in").click()
    server.kill()
    expect(page.get_by_test_id("status")).to_have_attribute("data-state", "offline")
    if name == "chat":
        page.get_by_test_id("text").fill("waits")
        page.get_by_test_id("text").press("Enter")
        expect(page.get_by_test_id("pending-message")).to_have_count(1)
    found += violations(page, "narrow and disconnected")
    assert not found, "\n".join(found)


@each_page
def test_nothing_sticks_out_of_a_narrow_window(
    another_server: Callable[..., Server], visitor: Visitor, name: str
) -> None:
    server = another_server()
    page = show(visitor(viewport=NARROW), server.origin, name)
    fill(page, server, name)
    sticking_out = page.evaluate(
        """() => [...document.body.querySelectorAll('*')]
            .filter(element => element.getBoundingClientRect().right > innerWidth + 1
                && element.checkVisibility() && !element.closest('.rooms ul, .visually-hidden'))
            .map(element => element.outerHTML.slice(0, 100))"""
    )
    assert sticking_out == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


@each_page
def test_the_keyboard_reaches_everything(server: Server, visitor: Visitor, name: str) -> None:
    page = show(visitor(), server.origin, name)
    if name == "notifications":
        server.publish("notifications:accessible", {"title": "one"})
        expect(page.get_by_test_id("toast")).to_have_count(1)
        page.get_by_test_id("toasts").hover()  # so that it stays
    page.evaluate(TO_THE_TOP)
    reachable = page.evaluate(
        """() => {
            globalThis.reached = new Set()
            return [...document.querySelectorAll('a, button, input, select, textarea, summary, [tabindex="0"]')]
                .filter(element => element.checkVisibility({ visibilityProperty: true })).length
        }"""
    )
    unseen = []
    for count in range(reachable + 5):
        page.keyboard.press("Tab")
        state = page.evaluate(
            """() => {
                const element = document.activeElement
                if (element === document.body || reached.has(element)) return null
                reached.add(element)
                const { outlineStyle, outlineWidth } = getComputedStyle(element)
                const { bottom, top, width } = element.getBoundingClientRect()
                const isSeen = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 && width > 0
                    && bottom > 0 && top < innerHeight
                return { isSeen, html: element.outerHTML.slice(0, 120) }
            }"""
        )
        if count == 0:
            assert "Skip to the content" in state["html"], "the first thing is to skip what is always the same"
        if state is None:
            break
        if not state["isSeen"]:
            unseen.append(state["html"])
    assert unseen == [], "where the keyboard is can be seen"
    missed = page.evaluate(
        """() => [...document.querySelectorAll('a, button, input, select, textarea, summary, [tabindex="0"]')]
            .filter(element => element.checkVisibility({ visibilityProperty: true }) && !reached.has(element))
            .map(element => element.outerHTML.slice(0, 120))"""
    )
    assert missed == []


@each_page
def test_the_skip_link_skips(server: Server, visitor: Visitor, name: str) -> None:
    page = show(visitor(), server.origin, name)
    page.evaluate(TO_THE_TOP)
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Skip to the content")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


@each_page
def test_landmarks_and_names(server: Server, visitor: Visitor, name: str) -> None:
    page = show(visitor(), server.origin, name)
    expect(page.get_by_role("main")).to_have_count(1)
    expect(page.get_by_role("banner")).to_have_count(1)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.get_by_role("status").filter(has_text="Connected")).to_have_count(1)
    expect(page.get_by_role("navigation", name="Demos").get_by_role("link")).to_have_count(4)
    if name != "front":
        current = page.get_by_role("navigation", name="Demos").locator("[aria-current=page]")
        expect(current).to_have_text(name.capitalize())
    assert page.evaluate("() => document.documentElement.lang") == "en"
    assert "Chorus" in page.title()
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll('input, select, textarea')]
            .filter(({ labels, ariaLabel }) => !labels.length && !ariaLabel).map(({ outerHTML }) => outerHTML)"""
    )
    assert unnamed == []


def test_a_screen_reader_is_told_once_that_the_connection_is_away(
    server: Server, proxy: Proxy, visitor: Visitor, complaints: Complaints
) -> None:
    """The words stay the same from one attempt to the next, and what counts down is hidden from it."""
    complaints.allow_lost_connections()
    page = show(visitor(), proxy.origin, "chat")
    page.evaluate(
        """() => {
            const line = document.querySelector('[data-testid=status]')
            const heard = globalThis.heard = []
            new MutationObserver(() => {
                const read = [...line.childNodes].filter(node => !node.ariaHidden)
                const words = read.map(node => node.textContent).join('').trim()
                if (heard.at(-1) !== words) heard.push(words)
            }).observe(line, { subtree: true, childList: true, characterData: true })
        }"""
    )
    proxy.cut()
    server.publish("chat:accessible", {"text": "cut"})
    expect(page.get_by_test_id("status")).to_have_attribute("data-state", "offline")
    attempts = proxy.refused
    wait_until("it has tried in vain", lambda: proxy.refused > attempts)
    expect(page.get_by_test_id("status")).to_have_attribute("data-state", "offline")
    proxy.heal()
    expect(page.get_by_test_id("status")).to_have_attribute("data-state", "live")
    assert page.evaluate("() => heard") == ["Disconnected. It comes back by itself.", "Connected"]


def test_who_wants_no_motion_gets_none(server: Server, visitor: Visitor) -> None:
    for motion, expected in (("reduce", False), ("no-preference", True)):
        page = show(visitor(reduced_motion=motion), server.origin, "notifications")
        server.publish("notifications:accessible", {"title": "moves?"})
        expect(page.get_by_test_id("toast")).to_have_count(1)
        name = page.get_by_test_id("toast").evaluate("toast => getComputedStyle(toast).animationName")
        assert (name != "none") == expected


def test_the_ticker_is_drawn_in_the_colours_of_the_scheme(
    server: Server, visitor: Visitor, complaints: Complaints
) -> None:
    """At once: the light one's would hardly be seen on the dark one's ground."""
    complaints.allow("willReadFrequently")
    page = show(visitor(color_scheme="light"), server.origin, "ticker")
    drawn = """() => {
        const accent = getComputedStyle(document.body).getPropertyValue('--accent').trim().slice(1)
        const trace = document.querySelector('[data-testid=trace]')
        const { data } = trace.getContext('2d').getImageData(0, 0, trace.width, trace.height)
        for (let index = 0; index < data.length; index += 4) {
            const colour = [...data.slice(index, index + 3)].map(part => part.toString(16).padStart(2, '0')).join('')
            if (data[index + 3] === 255 && colour === accent) return true
        }
        return false
    }"""
    wait_until("there is a line", lambda: page.evaluate(drawn))
    page.evaluate("() => { requestAnimationFrame = () => {} }")  # nothing is drawn by itself any more
    page.wait_for_timeout(200)
    page.emulate_media(color_scheme="dark")
    wait_until("it is drawn anew", lambda: page.evaluate(drawn), patience=3)


def test_the_figures_of_the_ticker_agree(server: Server, visitor: Visitor) -> None:
    page = show(visitor(), server.origin, "ticker")
    page.get_by_test_id("slow").select_option("1")
    figures = "() => ['lag', 'worst'].map(name => document.querySelector(`[data-testid=${name}]`).textContent)"

    def are_both_there() -> bool:
        lag, worst = (int(figure.replace(",", "").replace("–", "0")) for figure in page.evaluate(figures))
        assert lag <= worst, "none is worse than the worst"
        return lag > 1500

    wait_until("it is behind", are_both_there, every=0.02)


def test_a_room_of_the_chat_with_the_keyboard_alone(server: Server, visitor: Visitor) -> None:
    page = visitor().new_page()
    page.goto(f"{server.origin}/demo/chat?room=keys")
    page.keyboard.type("Ada")
    page.keyboard.press("Enter")
    page.keyboard.type("with the keyboard alone")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("words")).to_have_text(["with the keyboard alone"])
    expect(page.get_by_role("log")).to_have_attribute("aria-live", "polite")
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("log", name="Messages")).to_be_focused()
