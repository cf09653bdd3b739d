"""Scores: who comes late sees how it stands before anything else happens, and then what changes."""

import json
import re
from collections.abc import Callable

from conftest import Complaints
from feed import Latest
from playwright.sync_api import BrowserContext, Page, WebSocket, expect
from proxy import Proxy
from server import Server
from waiting import wait_until

Visitor = Callable[..., BrowserContext]

READ = """() => Object.fromEntries([...document.querySelectorAll('[data-testid=game]')].map(card => {
    const text = name => card.querySelector(`[data-testid=${name}]`).textContent
    return [card.dataset.game, {
        home: card.querySelector('[data-testid=home] .team').textContent,
        away: card.querySelector('[data-testid=away] .team').textContent,
        score: [Number(text('score-home')), Number(text('score-away'))],
        phase: text('phase'),
        minute: text('minute'),
        events: [...card.querySelectorAll('[data-testid=event]')].reverse().map(event => event.textContent),
    }]
}))"""
KINDS = {"goal": "Goal", "yellow": "Yellow card", "red": "Red card"}


def watch(context: BrowserContext, origin: str, frames: list[dict] | None = None) -> Page:
    """Opens the scores and waits until they are there. Notes what comes over its WebSocket."""
    page = context.new_page()

    def opened(socket: WebSocket) -> None:
        socket.on("framereceived", lambda text: frames.append(json.loads(text)))

    if frames is not None:
        page.on("websocket", opened)
    page.goto(f"{origin}/demo/scores")
    expect(page.get_by_test_id("status")).to_have_attribute("data-state", "live")
    return page


def as_shown(game: dict) -> dict:
    """How the page is to show a game."""
    return {
        "home": game["home"]["name"],
        "away": game["away"]["name"],
        "score": game["score"],
        "phase": game["phase"],
        "minute": f"{game['minute']}′" if game["phase"].endswith(" half") else "",
        "events": [
            f"{event['minute']}′ {KINDS[event['kind']]}: {event['player']} {game[event['side']]['short']}"
            for event in game["events"]
        ],
    }


def game(number: int, score: list[int], **more: object) -> dict:
    return {
        "id": f"test-{number}",
        "home": {"name": f"Home {number}", "short": "HOM"}, "away": {"name": f"Away {number}", "short": "AWA"},
        "score": score, "minute": 10, "phase": "first half", "events": [], **more,
    }  # fmt: skip


def publish(server: Server, data: dict) -> None:
    server.publish("scores", data, key=data["id"])


def agrees(page: Page, truth: Latest) -> None:
    """The page shows what there is. Something changes every second, so not at every moment."""

    def is_same() -> bool:
        shown = page.evaluate(READ)
        return shown == {key: as_shown(data) for key, data in truth.newest.items()}

    wait_until("the page shows what the topic holds", is_same, patience=10, every=0.02)


def test_who_comes_late_sees_how_it_stands_at_once(server: Server, visitor: Visitor) -> None:
    frames: list[dict] = []
    with Latest(server, "scores") as truth:
        page = watch(visitor(), server.origin, frames)
        agrees(page, truth)
        assert len(truth.newest) >= 6
        edge = next(frame for frame in frames if frame.get("notice") == "latest")["offset"]
        state = [frame["key"] for frame in frames if "data" in frame and frame["offset"] <= edge]
        assert sorted(state) == sorted(set(state)), "of the past only the newest of every game"
        assert set(state) == set(truth.newest), "and that of every game"
        expect(page.get_by_test_id("empty")).to_be_hidden()
        expect(page.get_by_test_id("summary")).to_have_text(re.compile(rf"^{len(truth.newest)} games, \d in play$"))
    assert page.locator(".scored").count() == 0, "an old goal is no news"


def test_the_state_is_complete_before_anything_new_comes(
    another_server: Callable[..., Server], visitor: Visitor
) -> None:
    """As the server and the browser see it: no card is missing when the first one changes."""
    server = another_server()
    context = visitor()
    context.add_init_script(
        """const add = Element.prototype.insertBefore
        globalThis.seen = []
        new MutationObserver(() => {
            const games = document.querySelectorAll('[data-testid=game]').length
            const state = document.querySelector('[data-testid=status]')?.dataset.state
            if (games) seen.push([games, state])
        }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true })"""
    )
    page = watch(context, server.origin)
    wait_until("something has happened", lambda: page.evaluate("() => seen.some(([, state]) => state === 'live')"))
    live = page.evaluate("() => seen.filter(([, state]) => state === 'live')")
    assert {games for games, _ in live} == {6}


def test_then_only_what_changes(server: Server, visitor: Visitor) -> None:
    frames: list[dict] = []
    with Latest(server, "scores") as truth:
        page = watch(visitor(), server.origin, frames)
        agrees(page, truth)
        clocks = page.evaluate(READ)
        count = len(frames)
        wait_until("the clocks go on", lambda: sum(
            shown["minute"] != clocks[key]["minute"] for key, shown in page.evaluate(READ).items()
        ) >= 2, patience=30)  # fmt: skip
        agrees(page, truth)
    newest: dict[str, dict] = {}
    for index, frame in enumerate(frames):
        if "data" not in frame:
            continue
        if index >= count:
            assert frame["data"] != newest[frame["key"]], "what has not changed is not sent"
        newest[frame["key"]] = frame["data"]
    offsets = [frame["offset"] for frame in frames if "data" in frame]
    assert len(offsets) == len(set(offsets))


def test_a_goal_is_shown_and_announced(another_server: Callable[..., Server], visitor: Visitor) -> None:
    server = another_server()
    page = watch(visitor(), server.origin)
    publish(server, game(1, [1, 0]))
    card = page.locator('[data-game="test-1"]')
    expect(card.get_by_test_id("score-home")).to_have_text("1")
    expect(card).not_to_have_class(re.compile("scored"))
    goal = {"minute": 11, "side": "away", "kind": "goal", "player": "Petrov"}
    publish(server, game(1, [1, 1], minute=11, events=[goal]))
    expect(card).to_have_class(re.compile("scored"))
    expect(card.get_by_test_id("away")).to_have_class(re.compile("scored"))
    expect(card.get_by_test_id("home")).not_to_have_class(re.compile("scored"))
    expect(card.get_by_test_id("event")).to_have_text(["11′ Goal: Petrov AWA"])
    expect(page.get_by_test_id("announcement")).to_have_text(re.compile("Goal: Home 1 1, Away 1 1"))
    expect(card).not_to_have_class(re.compile("scored"))
    # a card without a goal does not flash, and the clock goes on
    red = {"minute": 12, "side": "home", "kind": "red", "player": "Sato"}
    publish(server, game(1, [1, 1], minute=12, events=[goal, red]))
    expect(card.get_by_test_id("minute")).to_have_text("12′")
    expect(card.get_by_test_id("event")).to_have_text(["12′ Red card: Sato HOM", "11′ Goal: Petrov AWA"])
    expect(card).not_to_have_class(re.compile("scored"))
    # the next game of the same pitch
    after = game(1, [2, 2], home={"name": "Next", "short": "NEX"}, events=[red, red])
    publish(server, after)
    expect(card.get_by_test_id("event")).to_have_text(["12′ Red card: Sato NEX"] * 2)
    expect(card).not_to_have_class(re.compile("scored"))


def test_whatever_is_published_is_shown_or_skipped(another_server: Callable[..., Server], visitor: Visitor) -> None:
    server = another_server()
    page = watch(visitor(), server.origin)
    whole = game(1, [1, 0])
    skipped = ["text", 42, None, [], {}, {"home": 1, "away": 0}, {"home": {"name": "Home"}},
               {**whole, "score": None}, {**whole, "score": ["1", 0]}, {**whole, "away": {"name": 7}},
               {**whole, "events": {}}, {**whole, "minute": {}}]  # fmt: skip
    for number, data in enumerate(skipped):
        server.publish("scores", data, key=f"odd-{number}")
    server.publish("scores", {**whole, "id": None})
    # what has only what a game must have, under its key, and what has too much
    server.publish("scores", {"home": {"name": "Home"}, "away": {"name": "Away"}, "score": [2, 1]}, key="bare")
    odd = {"side": "home", "kind": "toString", "minute": 3}
    publish(server, {**whole, "id": "full", "home": {"name": "H" * 300, "short": "S" * 300}, "phase": "p" * 300,
                     "events": [None, 7, {}, {**odd, "side": "toString"}, {**odd, "minute": {}}, odd]})  # fmt: skip
    late = watch(visitor(viewport={"width": 320, "height": 640}), server.origin)
    for page in (page, late):
        expect(page.locator('[data-game="bare"]').get_by_test_id("score-home")).to_have_text("2")
        expect(page.locator('[data-game="full"]').get_by_test_id("event")).to_have_text(["3′ toString: ? SSS"])
        expect(page.locator('[data-game^="odd-"], [data-game="test-1"], [data-game="undefined"]')).to_have_count(0)
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out"


def test_an_offline_window_catches_up(server: Server, visitor: Visitor, complaints: Complaints) -> None:
    complaints.allow_lost_connections()
    context = visitor()
    with Latest(server, "scores") as truth:
        page = watch(context, server.origin)
        context.set_offline(True)
        expect(page.get_by_test_id("status")).to_have_text(re.compile("^You are offline"))
        expect(page.get_by_test_id("games")).to_have_attribute("data-stale", "true")
        page.wait_for_timeout(3000)
        context.set_offline(False)
        expect(page.get_by_test_id("status")).to_have_text("Connected")
        wait_until("it is as it stands", lambda: page.evaluate(READ).keys() >= truth.newest.keys())
        agrees(page, truth)


def test_goals_scored_meanwhile_are_there_on_return(
    server: Server, proxy: Proxy, visitor: Visitor, complaints: Complaints
) -> None:
    complaints.allow_lost_connections()
    with Latest(server, "scores") as truth:
        page = watch(visitor(), proxy.origin)
        agrees(page, truth)
        proxy.cut()
        expect(page.get_by_test_id("status")).to_have_text(re.compile("^Disconnected"))
        expect(page.get_by_test_id("games")).to_have_attribute("data-stale", "true")
        before = truth.count
        wait_until("something happens meanwhile", lambda: truth.count > before + 6)
        proxy.heal()
        expect(page.get_by_test_id("status")).to_have_text("Connected")
        expect(page.get_by_test_id("games")).to_have_attribute("data-stale", "false")
        agrees(page, truth)


def test_a_restarted_server_has_other_games(server: Server, visitor: Visitor, complaints: Complaints) -> None:
    complaints.allow_lost_connections()
    page = watch(visitor(), server.origin)
    server.kill()
    expect(page.get_by_test_id("status")).to_have_text(re.compile("^Disconnected"))
    server.start()
    expect(page.get_by_test_id("status")).to_have_text("Connected")
    with Latest(server, "scores") as truth:
        agrees(page, truth)
