"""The chat: rooms, names, who is here, a past, and nothing lost or told twice, whatever happens to the connection."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from conftest import Complaints
from crowd import Crowd
from feed import Feed
from playwright.sync_api import BrowserContext, Page, expect
from proxy import Proxy, Stall
from server import Server
from waiting import stays, wait_until

Visitor = Callable[..., BrowserContext]


def enter(context: BrowserContext, origin: str, room: str, name: str) -> Page:
    """Opens a window of the chat and waits until it has read the past."""
    page = context.new_page()
    page.goto(f"{origin}/demo/chat?room={room}&name={name}")
    expect(page.get_by_test_id("status")).to_have_attribute("data-state", "live")
    return page


def say(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Message").fill(text)
    page.keyboard.press("Enter")


def words(page: Page) -> list[str]:
    return page.get_by_test_id("words").all_text_contents()


def people(page: Page) -> list[str]:
    return page.get_by_test_id("member").locator(".name").all_text_contents()


def entries(page: Page) -> list[dict]:
    """Everything in the log, in its order."""
    return page.evaluate(
        """() => [...document.querySelectorAll('[data-testid=entries] > li')].map(entry => ({
            kind: entry.dataset.testid,
            text: (entry.querySelector('[data-testid=words]') ?? entry).textContent,
            author: entry.querySelector('[data-testid=author]')?.textContent,
        }))"""
    )


def test_two_windows_chat(server: Server, visitor: Visitor) -> None:
    ada = enter(visitor(), server.origin, "talk", "Ada")
    expect(ada.get_by_test_id("empty")).to_be_visible()
    grace = enter(visitor(), server.origin, "talk", "Grace")

    ada.get_by_role("textbox", name="Message").press_sequentially("Hello")
    ada.keyboard.press("Shift+Enter")
    ada.keyboard.type("there")
    ada.keyboard.press("Enter")
    expect(grace.get_by_test_id("words")).to_have_text(["Hello\nthere"])
    expect(grace.get_by_test_id("author")).to_have_text("Ada")
    expect(ada.get_by_test_id("author")).to_have_text("Ada (you)")
    expect(ada.get_by_role("textbox", name="Message")).to_have_value("")
    expect(ada.get_by_test_id("pending-message")).to_have_count(0)
    expect(ada.get_by_test_id("empty")).to_be_hidden()

    grace.get_by_role("textbox", name="Message").fill("<b>no</b> & <script>alert(1)</script>")
    grace.get_by_role("button", name="Send").click()
    for page in (ada, grace):
        expect(page.get_by_test_id("words").last).to_have_text("<b>no</b> & <script>alert(1)</script>")
        assert len(words(page)) == 2
    say(grace, "   ")
    say(grace, "last")
    expect(ada.get_by_test_id("words")).to_have_count(3)


def test_rooms_are_apart(server: Server, visitor: Visitor) -> None:
    context = visitor()
    one = enter(context, server.origin, "apart-1", "Ada")
    other = enter(context, server.origin, "apart-2", "Grace")
    say(one, "only here")
    expect(one.get_by_test_id("words")).to_have_text(["only here"])
    expect(other.get_by_test_id("member")).to_have_text(re.compile("Grace"))
    # going there, through the list and through the field, keeps the name
    other.get_by_test_id("rooms").get_by_role("link", name="# apart-1").click()
    expect(other.get_by_test_id("words")).to_have_text(["only here"])
    assert people(other) == ["Grace (you)", "Ada"]
    other.get_by_role("textbox", name="Another room").fill("Ünïcode & more?")
    other.keyboard.press("Enter")
    expect(other.get_by_test_id("room")).to_have_text("# Ünïcode & more?")
    expect(other.get_by_test_id("status")).to_have_attribute("data-state", "live")
    say(other, "here too")
    expect(other.get_by_test_id("words")).to_have_text(["here too"])
    expect(one.get_by_test_id("member")).to_have_count(1)
    assert words(one) == ["only here"]


def test_a_name_is_asked_for_and_kept(server: Server, visitor: Visitor) -> None:
    context = visitor()
    page = context.new_page()
    page.goto(f"{server.origin}/demo/chat?room=names")
    expect(page.get_by_role("textbox", name="What shall the others call you?")).to_be_focused()
    page.keyboard.type("  Ada   Lovelace ")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("me")).to_have_text("Ada Lovelace")
    expect(page.get_by_role("textbox", name="Message")).to_be_focused()
    expect(page.get_by_test_id("member")).to_have_count(1)

    grace = enter(visitor(), server.origin, "names", "Grace")
    page.get_by_role("button", name="Change name").click()
    page.keyboard.type("Augusta")
    page.keyboard.press("Enter")
    wait_until("Grace sees the new name", lambda: people(grace) == ["Grace (you)", "Augusta"])
    page.reload()
    expect(page.get_by_test_id("me")).to_have_text("Augusta")
    wait_until("the name is there again", lambda: people(grace) == ["Grace (you)", "Augusta"])


def test_who_comes_late_gets_the_last_50(server: Server, visitor: Visitor) -> None:
    for number in range(60):
        server.publish("chat:late", {"text": f"{number}"})
    page = enter(visitor(), server.origin, "late", "Ada")
    assert words(page) == [f"{number}" for number in range(10, 60)]
    assert page.title() == "#late – Chorus chat", "the past is not unread"
    server.publish("chat:late", {"text": "60"})
    expect(page.get_by_test_id("words").last).to_have_text("60")
    assert words(page) == [f"{number}" for number in range(10, 61)]


def test_who_comes_amid_a_stream_sees_no_hole_in_it(server: Server, visitor: Visitor) -> None:
    with Feed(server, "chat:stream", name="Writer") as writer:
        first = enter(visitor(), server.origin, "stream", "Ada")
        sent = 0

        def send(count: int) -> None:
            nonlocal sent
            for _ in range(count):
                writer.send(json.dumps({"text": f"{sent}"}))
                sent += 1

        send(70)
        page = visitor().new_page()
        page.goto(f"{server.origin}/demo/chat?room=stream&name=Grace", wait_until="commit")
        while page.get_by_test_id("words").count() < 60:
            send(5)
            assert sent < 3000, "the page does not come to its end"
        send(5)
        for reader in (first, page):
            wait_until("the last message", lambda reader=reader: words(reader)[-1:] == [f"{sent - 1}"])
    seen = [int(text) for text in words(page)]
    assert seen == list(range(seen[0], sent)), "the past and what is live meet without a hole"
    seen = [int(text) for text in words(first)]
    assert seen == list(range(seen[0], sent)) and len(seen) >= min(sent, 480)


def test_a_new_name_in_a_stream_misses_nothing(server: Server, visitor: Visitor) -> None:
    page = enter(visitor(), server.origin, "renamed", "Ada")
    with Feed(server, "chat:renamed", name="Writer") as writer:
        sent = 0
        for name in ("Augusta", "Ada", "Lovelace"):
            page.get_by_role("button", name="Change name").click()
            page.keyboard.type(name)
            for _ in range(10):
                writer.send(json.dumps({"text": f"{sent}"}))
                sent += 1
            page.keyboard.press("Enter")
            say(page, name)
            for _ in range(10):
                writer.send(json.dumps({"text": f"{sent}"}))
                sent += 1
        wait_until("all messages", lambda: page.get_by_test_id("words").count() >= sent + 3)
        seen = words(page)
        assert [text for text in seen if text.isdigit()] == [f"{number}" for number in range(sent)]
        assert sorted(text for text in seen if not text.isdigit()) == ["Ada", "Augusta", "Lovelace"]
        wait_until("one Lovelace", lambda: people(page) == ["Lovelace (you)", "Writer"])


def test_who_is_here(server: Server, visitor: Visitor) -> None:
    ada = enter(visitor(), server.origin, "who", "Ada")
    assert people(ada) == ["Ada (you)"]
    grace = enter(visitor(), server.origin, "who", "Grace")
    wait_until("both are listed", lambda: people(ada) == ["Ada (you)", "Grace"])
    assert people(grace) == ["Grace (you)", "Ada"]
    expect(ada.get_by_test_id("mention")).to_have_text("Grace came in")
    with Feed(server, "chat:who"):
        wait_until("one without a name", lambda: people(ada) == ["Ada (you)", "Grace", "Somebody"])
    wait_until("he has gone", lambda: people(ada) == ["Ada (you)", "Grace"])
    expect(ada.get_by_test_id("people-count")).to_have_text("2")
    grace.close()
    wait_until("Grace has gone", lambda: people(ada) == ["Ada (you)"])
    expect(ada.get_by_test_id("mention").last).to_have_text(
        "Grace came in · Somebody came in · Somebody left · Grace left"
    )
    assert ada.title() == "#who – Chorus chat", "who comes and goes is not unread"


def test_of_many_only_the_number_is_told(server: Server, visitor: Visitor) -> None:
    """The lobby has 250 of the thousand others in it."""
    page = enter(visitor(), server.origin, "lobby", "Ada")
    expect(page.get_by_test_id("people-count")).to_have_text("251")
    expect(page.get_by_test_id("people-note")).to_have_text("251 people: too many to name them.")
    other = enter(visitor(), server.origin, "lobby", "Grace")
    expect(page.get_by_test_id("people-count")).to_have_text("252")
    say(other, "hello, all of you")
    expect(page.get_by_test_id("words").last).to_have_text("hello, all of you")
    other.close()
    expect(page.get_by_test_id("people-note")).to_have_text("251 people: too many to name them.")


# Where the reader is


def test_a_hidden_window_counts_and_marks_what_is_unread(server: Server, real_windows: BrowserContext) -> None:
    page = enter(real_windows, server.origin, "hidden", "Ada")
    for number in range(40):
        server.publish("chat:hidden", {"text": f"read {number}"})
    expect(page.get_by_test_id("words")).to_have_count(40)
    other = enter(real_windows, server.origin, "hidden", "Grace")
    other.bring_to_front()
    wait_until("the window is hidden", lambda: page.evaluate("() => document.hidden"))
    for number in range(30):
        say(other, f"new {number}")
    expect(page).to_have_title("(30) #hidden – Chorus chat")
    expect(page.get_by_test_id("words")).to_have_count(70)
    listed = [entry["text"] for entry in entries(page) if entry["kind"] != "mention"]
    assert listed.index("New messages") == listed.index("new 0") - 1 == listed.index("read 39") + 1

    page.bring_to_front()
    wait_until("the window is shown", lambda: not page.evaluate("() => document.hidden"))
    expect(page.get_by_test_id("unread-marker")).to_be_in_viewport()
    expect(page.get_by_test_id("words").nth(40)).to_be_in_viewport()
    page.get_by_role("button", name="30 new messages").click()
    expect(page.get_by_test_id("words").last).to_be_in_viewport()
    expect(page).to_have_title("#hidden – Chorus chat")
    expect(page.get_by_test_id("jump")).to_be_hidden()
    # whoever answers has read it
    say(page, "thanks")
    expect(page.get_by_test_id("unread-marker")).to_have_count(0)


def test_who_reads_the_past_is_not_torn_away_from_it(server: Server, visitor: Visitor) -> None:
    for number in range(50):
        server.publish("chat:up", {"text": f"{number}"})
    page = enter(visitor(), server.origin, "up", "Ada")
    expect(page.get_by_test_id("words").last).to_be_in_viewport()
    expect(page.get_by_test_id("jump")).to_be_hidden()
    page.get_by_test_id("messages").hover()
    page.mouse.wheel(0, -5000)
    expect(page.get_by_test_id("words").first).to_be_in_viewport()
    for number in range(3):
        server.publish("chat:up", {"text": f"new {number}"})
    expect(page).to_have_title("(3) #up – Chorus chat")
    expect(page.get_by_role("button", name="3 new messages")).to_be_visible()
    expect(page.get_by_test_id("words").first).to_be_in_viewport()
    expect(page.get_by_test_id("unread-marker")).to_have_count(1)
    page.get_by_role("button", name="3 new messages").click()
    expect(page.get_by_test_id("words").last).to_be_in_viewport()
    expect(page).to_have_title("#up – Chorus chat")
    expect(page.get_by_role("textbox", name="Message")).to_be_focused()


def test_a_flood_is_not_read_out(server: Server, visitor: Visitor) -> None:
    page = enter(visitor(), server.origin, "flood", "Ada")
    log = page.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "polite")
    for number in range(30):
        server.publish("chat:flood", {"text": f"{number}"})
    expect(log).to_have_attribute("aria-live", "off")
    expect(page.get_by_test_id("words")).to_have_count(30)
    expect(log).to_have_attribute("aria-live", "polite")
    expect(page.get_by_test_id("note")).not_to_be_empty()


# What goes wrong


def test_whatever_is_published_is_shown(server: Server, visitor: Visitor) -> None:
    page = enter(visitor(), server.origin, "odd", "Ada")
    odd = ["text", 42, None, [], {}, {"text": 7}, {"text": "x" * 5000}, {"text": "", "id": "chorus-1"}, {"text": "‮abc"}]
    for data in odd:
        server.publish("chat:odd", data)
    server.publish("chat:odd", {"text": "the end"})
    expect(page.get_by_test_id("words").last).to_have_text("the end")
    assert len(words(page)) == len(odd) + 1
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out"


def test_a_restart_is_told_of_and_the_room_goes_on(server: Server, visitor: Visitor, complaints: Complaints) -> None:
    complaints.allow_lost_connections()
    ada = enter(visitor(), server.origin, "restart", "Ada")
    say(ada, "before")
    expect(ada.get_by_test_id("words")).to_have_text(["before"])
    server.kill()
    expect(ada.get_by_test_id("status")).to_have_text(re.compile("^Disconnected. It comes back by itself."))
    say(ada, "meanwhile")
    expect(ada.get_by_test_id("pending-message")).to_have_text(re.compile("not confirmed yet"))
    server.start()
    expect(ada.get_by_test_id("status")).to_have_text("Connected")
    expect(ada.get_by_test_id("words")).to_have_text(["before", "meanwhile"])
    grace = enter(visitor(), server.origin, "restart", "Grace")
    expect(ada.get_by_test_id("mention").last).to_have_text("Grace came in")
    expect(ada.get_by_test_id("gap")).to_have_text("The server was restarted and has forgotten what was said before.")
    assert people(ada) == ["Ada (you)", "Grace"]
    assert [entry["kind"] for entry in entries(ada)] == ["message", "gap", "message", "mention"]
    # for who comes now there is no gap: what is missing was never there
    assert [entry["kind"] for entry in entries(grace)] == ["message"]
    grace.close()
    expect(ada.get_by_test_id("mention").last).to_have_text("Grace came in · Grace left")

    server.kill()
    expect(ada.get_by_test_id("status")).not_to_have_attribute("data-state", "live")
    server.start()
    expect(ada.get_by_test_id("gap")).to_have_count(2)
    expect(ada.get_by_test_id("status")).to_have_text("Connected")
    with Feed(server, "chat:restart", name="Linus"):
        expect(ada.get_by_test_id("mention").last).to_have_text("Linus came in")
        assert people(ada) == ["Ada (you)", "Linus"]
    assert [entry["kind"] for entry in entries(ada)][3:] == ["mention", "gap", "mention"]


def test_a_room_that_does_not_take_messages_says_so(another_server: Callable[..., Server], visitor: Visitor) -> None:
    server = another_server("--publish", "elsewhere")
    page = enter(visitor(), server.origin, "silent", "Ada")
    say(page, "one")
    say(page, "two")
    expect(page.get_by_test_id("problem")).to_have_text(re.compile("^Not published: "))
    refused = page.get_by_test_id("pending-message")
    expect(refused.locator(".fate")).to_have_text([re.compile("^not published: ")] * 2)
    refused.first.get_by_role("button", name="Edit").click()
    expect(page.get_by_role("textbox", name="Message")).to_have_value("one")
    expect(refused).to_have_count(1)
    assert words(page) == []


def test_a_hundred_messages_wait_and_no_more(server: Server, visitor: Visitor, complaints: Complaints) -> None:
    complaints.allow_lost_connections()
    context = visitor()
    page = enter(context, server.origin, "waiting", "Ada")
    context.set_offline(True)
    expect(page.get_by_test_id("status")).to_have_text(re.compile("You are offline"))
    page.evaluate(PUMP, "Ada")
    page.evaluate("() => { pump.last = 100 }")
    expect(page.get_by_test_id("pending-message")).to_have_count(100)
    say(page, "one more")
    expect(page.get_by_test_id("problem")).to_have_text(re.compile("^Not sent: 100 messages are on their way"))
    expect(page.get_by_role("textbox", name="Message")).to_have_value("one more")
    context.set_offline(False)
    expect(page.get_by_test_id("pending-message")).to_have_count(0)
    page.get_by_role("textbox", name="Message").press("Enter")
    written = [f"Ada {number}" for number in range(1, 101)]
    wait_until("all are published", lambda: words(page) == [*written, "one more"])


def test_what_others_publish_is_not_repeated_after_a_break(
    server: Server, proxy: Proxy, visitor: Visitor, complaints: Complaints
) -> None:
    """It has no identifier of the module's: only its position tells that it has been here."""
    complaints.allow_lost_connections()
    page = enter(visitor(), proxy.origin, "others", "Ada")
    for round in range(1, 4):
        server.publish("chat:others", {"text": f"heard {round}"})
        expect(page.get_by_test_id("words").last).to_have_text(f"heard {round}")
        proxy.cut()
        server.publish("chat:others", {"text": f"missed {round}"})
        expect(page.get_by_test_id("status")).to_have_text(re.compile("^Disconnected"))
        proxy.heal()
        expect(page.get_by_test_id("words").last).to_have_text(f"missed {round}")
    words = [f"{which} {round}" for round in range(1, 4) for which in ("heard", "missed")]
    expect(page.get_by_test_id("words")).to_have_text(words)


IMPATIENT = """
    const every = setInterval
    globalThis.setInterval = (run, time) => every(run, time === 5000 ? 250 : time)
    const now = Date.now
    let ahead = 0
    Date.now = () => now() + ahead
    globalThis.passTime = by => { ahead += by }
"""


def test_a_dead_connection_is_noticed(another_server: Callable[..., Server], visitor: Visitor) -> None:
    """A router forgets a connection, and nobody is told: the server's heartbeat is missing. As long as it is there the
    page has no reason to come back, however quiet the room is."""
    server = another_server("--ping-interval", "1", "--ping-timeout", "1")
    proxy = Proxy(server.browser_port)
    try:
        page = enter(visitor(), proxy.origin, "dead", "Ada")
        proxy.refuse()
        stays("it is content", lambda: proxy.refused == 0, seconds=7)
        expect(page.get_by_test_id("status")).to_have_text("Connected")
        proxy.heal()
        proxy.forget()
        server.publish("chat:dead", {"text": "missed"})
        expect(page.get_by_test_id("words")).to_have_text(["missed"], timeout=20_000)
        expect(page.get_by_test_id("status")).to_have_text("Connected")
    finally:
        proxy.close()


@pytest.mark.parametrize("end", ["after a while", "when the network is back"])
@pytest.mark.parametrize("when", ["at once", "after the handshake"])
def test_a_connection_that_never_begins_is_given_up(
    server: Server, proxy: Proxy, visitor: Visitor, complaints: Complaints, when: Stall, end: str
) -> None:
    """No heartbeat is known yet by which it could be noticed. Time passes faster here."""
    complaints.allow_lost_connections()
    context = visitor()
    context.add_init_script(IMPATIENT)
    room = f"{when} {end}"
    page = enter(context, proxy.origin, room, "Ada")
    proxy.stall(when)
    proxy.drop()
    wait_until("it has come back to the silence", lambda: proxy.stalled > 0)
    proxy.heal()
    server.publish(f"chat:{room}", {"text": "missed"})
    stays("it is patient", lambda: words(page) == [], seconds=2)
    if end == "after a while":
        for _ in range(3):
            page.evaluate("() => passTime(8_000)")
    else:
        page.evaluate("() => dispatchEvent(new Event('online'))")
    expect(page.get_by_test_id("words")).to_have_text(["missed"], timeout=10_000)
    expect(page.get_by_test_id("status")).to_have_text("Connected")


def test_a_page_that_stood_still_keeps_its_connection(another_server: Callable[..., Server], visitor: Visitor) -> None:
    """The heartbeats of that time wait behind what it is told first: that it is back."""
    server = another_server("--ping-interval", "1", "--ping-timeout", "1")
    proxy = Proxy(server.browser_port)
    try:
        page = enter(visitor(), proxy.origin, "still", "Ada")
        proxy.refuse()
        page.evaluate(
            """() => {
                for (const end = Date.now() + 3_000; Date.now() < end;);
                dispatchEvent(new Event('online'))
            }"""
        )
        stays("it is content", lambda: proxy.refused == 0, seconds=4)
        expect(page.get_by_test_id("status")).to_have_text("Connected")
    finally:
        proxy.close()


def test_a_dead_connection_is_noticed_sooner_by_who_writes(
    server: Server, proxy: Proxy, visitor: Visitor, complaints: Complaints
) -> None:
    """What was sent has not come back: that is noticed before a heartbeat is missing. Time passes faster here."""
    context = visitor()
    context.add_init_script(IMPATIENT)
    page = enter(context, proxy.origin, "half-dead", "Ada")
    proxy.forget()
    server.publish("chat:half-dead", {"text": "missed"})
    say(page, "into the void")
    for _ in range(3):
        page.evaluate("() => passTime(8_000)")
    expect(page.get_by_test_id("words")).to_have_text(["missed", "into the void"])
    expect(page.get_by_test_id("status")).to_have_text("Connected")
    expect(page.get_by_test_id("pending-message")).to_have_count(0)


# The module chorus.js, by itself

FOLLOW = """async ([topic, options, fails]) => {
    const { subscribe } = await import('/demo/chorus.js')
    globalThis.told = []
    const tell = name => value => {
        told.push([name, value])
        if (fails) throw new Error('of the page')
    }
    globalThis.followed = subscribe(topic, {
        ...options,
        onMessage: tell('message'), onNotice: tell('notice'), onGap: tell('gap'),
        onStatus: ({ state }) => told.push(['status', state]),
    })
}"""

# A server that says what a test wants.
ACTED = """
    globalThis.WebSocket = class {
        constructor() {
            globalThis.say = line => this.onmessage({ data: JSON.stringify(line) })
            setTimeout(() => this.onopen?.())
        }
        send() {}
        close() {}
    }
"""


def follow(context: BrowserContext, origin: str, topic: str, options: dict | None = None, fails: bool = False) -> Page:
    page = context.new_page()
    page.goto(origin)
    page.evaluate(FOLLOW, [topic, options or {}, fails])
    return page


def hear(page: Page, *lines: dict) -> None:
    page.evaluate("lines => { for (const line of lines) say(line) }", list(lines))


def told(page: Page, name: str) -> list:
    return [value for kind, value in page.evaluate("() => told") if kind == name]


def test_a_page_that_throws_is_connected_all_the_same(server: Server, visitor: Visitor, complaints: Complaints) -> None:
    complaints.allow("of the page")
    for number in range(3):
        server.publish("chat:throws", {"text": f"{number}"})
    for topic, options in {"chat:throws": {"last": 3}, "chat:empty": {}, "chat:gone": {"since": "1:1"}}.items():
        page = follow(visitor(), server.origin, topic, options, fails=True)
        wait_until("it is connected", lambda page=page: told(page, "status")[-1:] == ["live"])
        server.publish(topic, {"text": "the end"})
        count = options.get("last", 0) + 1
        wait_until("all messages", lambda page=page, count=count: len(told(page, "message")) == count)
        assert told(page, "message")[-1]["data"]["text"] == "the end"
        assert told(page, "gap") == ([{"restarted": True}] if "since" in options else [])


def test_a_break_is_told_where_nothing_is_kept(
    server: Server, proxy: Proxy, visitor: Visitor, complaints: Complaints
) -> None:
    complaints.allow_lost_connections()
    page = visitor().new_page()
    page.goto(f"{proxy.origin}/")
    expect(page.get_by_test_id("status")).to_have_text("Connected")
    server.publish("lobby", "before")
    shown = page.get_by_test_id("lines").get_by_role("listitem")
    expect(shown).to_have_text(["before"])
    proxy.drop()
    expect(shown).to_have_text(["before", "What was said meanwhile is not kept here."])
    server.publish("lobby", "after")
    expect(shown.last).to_have_text("after")


def test_what_is_lost_is_told_as_it_is(server: Server, visitor: Visitor) -> None:
    context = visitor()
    context.add_init_script(ACTED)
    page = follow(context, server.origin, "kept", {"since": "7:100"})
    hear(page, {"notice": "gap", "epoch": 7, "offset": 50, "edge": 52})
    hear(page, *({"epoch": 7, "offset": offset, "data": offset} for offset in (50, 51, 52, 52, 53)))
    assert [message["offset"] for message in told(page, "message")] == [51, 52, 53], "a gap says where it goes on"
    hear(page, {"notice": "gap", "epoch": 8, "offset": 2, "edge": 2})
    assert told(page, "gap") == [{"restarted": False}, {"restarted": True}]
    assert page.evaluate("() => followed.position") == "8:2"
    page = follow(context, server.origin, "kept")
    hear(page, {"notice": "gap", "epoch": 8, "offset": 2, "edge": 2})
    assert told(page, "gap") == [{"restarted": False}], "there was nothing that could have been restarted"


def test_a_state_that_is_never_quiet_is_complete_some_time(server: Server, visitor: Visitor) -> None:
    context = visitor()
    context.add_init_script(ACTED)
    page = follow(context, server.origin, "state", {"latest": True})
    hear(page, {"notice": "latest", "epoch": 7, "offset": 50})
    page.evaluate("() => setInterval(() => say({ notice: 'join' }), 50)")
    stays("it waits for the newest message", lambda: "live" not in told(page, "status"), seconds=1)
    wait_until("it does not wait for ever", lambda: told(page, "status")[-1] == "live", patience=10)


def test_what_is_sent_again_is_to_be_answered_too(server: Server, visitor: Visitor) -> None:
    """It is sent while a notice is read, so at the same time as something was heard."""
    context = visitor()
    context.add_init_script(IMPATIENT + "Date.now = () => ahead\n" + ACTED)
    page = follow(context, server.origin, "void")
    page.evaluate("() => { followed.publishText('hello') }")
    hear(page, {"notice": "subscribed"})
    stays("it is patient", lambda: told(page, "status")[-1] == "live", seconds=1)
    page.evaluate("() => passTime(11_000)")
    wait_until("it has lost patience", lambda: "offline" in told(page, "status"))


# Everything at once

PUMP = """name => {
    const field = document.querySelector('[data-testid=text]')
    const form = document.querySelector('[data-testid=composer]')
    globalThis.pump = { next: 1, last: 0 }
    setInterval(() => {
        if (pump.next > pump.last) return
        field.value = `${name} ${pump.next}`
        form.requestSubmit()
        if (field.value === '') pump.next += 1
    }, 40)
}"""


@dataclass
class Window:
    """A window of the room that writes numbered messages by itself."""

    name: str
    page: Page
    written: int = 0

    def write(self, count: int) -> None:
        self.written += count
        self.page.evaluate("last => { pump.last = last }", self.written)

    @property
    def is_written(self) -> bool:
        return self.page.evaluate("() => pump.next > pump.last")

    @property
    def messages(self) -> list[str]:
        return [entry["text"] for entry in entries(self.page) if entry["kind"] == "message"]

    @property
    def is_settled(self) -> bool:
        """Connected, and nothing waits."""
        return self.is_written and self.page.evaluate(
            """() => document.querySelector('[data-testid=status]').dataset.state === 'live'
                && document.querySelector('[data-testid=pending]').childElementCount === 0"""
        )

    def count(self, kind: str) -> int:
        return sum(entry["kind"] == kind for entry in entries(self.page))

    @property
    def parts(self) -> list[list[str]]:
        """The messages before, between and after the gaps that the page tells of."""
        parts: list[list[str]] = [[]]
        for entry in entries(self.page):
            if entry["kind"] == "gap":
                parts.append([])
            elif entry["kind"] == "message":
                parts[-1].append(entry["text"])
        return parts


def all_show_everything(windows: list[Window]) -> None:
    """Every window shows every message once, and all in the same order."""
    total = sum(window.written for window in windows)
    expected = sorted(f"{window.name} {number}" for window in windows for number in range(1, window.written + 1))
    for window in windows:
        wait_until(f"{window.name} shows {total} messages", lambda window=window: len(window.messages) >= total, 40)
        wait_until(f"{window.name} has nothing left to send", lambda window=window: window.is_settled)
    orders = [window.messages for window in windows]
    for window, order in zip(windows, orders, strict=True):
        assert sorted(order) == expected, f"{window.name} does not show every message once"
        assert order == orders[0], f"{window.name} shows another order than {windows[0].name}"


def all_agree_after_restarts(windows: list[Window], restarts: int, may_miss: dict[str, set[str]]) -> None:
    """What a server that was killed took with it may be missing in a window, if that window says that something is; all
    else is there once and in the same order."""
    parts = [window.parts for window in windows]
    expected = {f"{window.name} {number}" for window in windows for number in range(1, window.written + 1)}
    missing = 0
    for window, its_parts in zip(windows, parts, strict=True):
        assert len(its_parts) == restarts + 1, (
            f"{window.name} tells of {len(its_parts) - 1} gaps in place of {restarts}"
        )
        shown = [text for part in its_parts for text in part]
        assert len(shown) == len(set(shown)), f"{window.name} shows something twice"
        assert set(shown) <= expected
        assert expected - set(shown) <= may_miss[window.name], f"{window.name} misses what no server has taken with it"
        own = [text for text in shown if text.startswith(f"{window.name} ")]
        assert len(own) == window.written, f"{window.name} has lost what it wrote itself"
        missing += len(expected - set(shown))
    for index in range(restarts + 1):
        for one in parts:
            for other in parts:
                common = set(one[index]) & set(other[index])
                assert [text for text in one[index] if text in common] == [
                    text for text in other[index] if text in common
                ], "two windows show the same messages in another order"
    for other in parts[1:]:
        # everybody has read all of the server that is running now; what he had seen before is not told again
        seen_before = {text for part in other[:-1] + parts[0][:-1] for text in part}
        assert [text for text in other[-1] if text not in seen_before] == [
            text for text in parts[0][-1] if text not in seen_before
        ]
    print(f"{missing} messages died with the server for some of {len(windows)} windows")


def await_return(window: Window, restarts: int) -> None:
    wait_until(
        f"{window.name} has come back and sent everything",
        lambda: window.is_settled and window.count("gap") == restarts,
        patience=45,
    )
    assert "The server was restarted" in window.page.get_by_test_id("gap").last.inner_text()


def test_nothing_is_lost_and_nothing_comes_twice(
    server: Server, crowd: Crowd, proxy: Proxy, visitor: Visitor, complaints: Complaints
) -> None:
    complaints.allow_lost_connections()
    shaky = visitor()
    mobile = visitor()
    windows = [
        Window("Ada", enter(visitor(), server.origin, "exact", "Ada")),
        Window("Grace", enter(shaky, proxy.origin, "exact", "Grace")),
        Window("Linus", enter(shaky, proxy.origin, "exact", "Linus")),
        Window("Margaret", enter(mobile, server.origin, "exact", "Margaret")),
    ]
    ada, grace, linus, margaret = windows
    for window in windows:
        window.page.evaluate(PUMP, window.name)

    def write(count: int, *writers: Window) -> None:
        for window in writers or windows:
            window.write(count)

    # all is well
    write(10)
    all_show_everything(windows)

    # the network holds everything back for seconds, and then brings it: nobody has noticed
    proxy.freeze()
    write(10)
    wait_until("Ada shows what came", lambda: len(ada.messages) >= 60)
    assert len(grace.messages) < 60
    assert grace.page.get_by_test_id("status").inner_text() == "Connected"
    proxy.heal()
    all_show_everything(windows)
    assert proxy.severed == 0

    # the network is cut in the middle of frames, and stays away for seconds
    proxy.cut()
    write(5)
    wait_until("both connections are broken", lambda: proxy.severed >= 2)
    for window in (grace, linus):
        expect(window.page.get_by_test_id("status")).to_have_text(re.compile("^Disconnected"))
    wait_until("all is written", lambda: all(window.is_written for window in windows))
    wait_until("Ada shows hers", lambda: ada.is_settled)
    # more than who begins gets of the past
    write(35)
    stays("disconnected", lambda: not grace.is_settled and not linus.is_settled, seconds=2)
    wait_until("all is written", lambda: all(window.is_written for window in windows))
    proxy.heal()
    all_show_everything(windows)

    # a telephone in a tunnel
    mobile.set_offline(True)
    write(5)
    expect(margaret.page.get_by_test_id("status")).to_have_text(re.compile("^You are offline"))
    wait_until("Ada shows hers", lambda: ada.is_settled)
    stays("offline", lambda: not margaret.is_settled, seconds=1)
    mobile.set_offline(False)
    all_show_everything(windows)
    assert all(window.count("gap") == 0 for window in windows), "nothing is missing so far, and nobody says so"

    # the server is killed while everybody is writing, and starts again; the second time Grace and Linus have not been
    # told that what they wrote was published, and write it again
    may_miss: dict[str, set[str]] = {window.name: set() for window in windows}
    for restarts in (1, 2):
        news = range(ada.written + 1, ada.written + (11 if restarts == 1 else 6))
        shown = len(ada.messages)
        if restarts == 1:
            write(10)
            wait_until("they are writing", lambda shown=shown: len(ada.messages) > shown + 4, every=0.01)
        else:
            proxy.hush()
            write(5)
            wait_until("Ada shows what all have written", lambda shown=shown: len(ada.messages) == shown + 20)
            assert not grace.is_settled and not linus.is_settled
        for reader in windows if restarts == 1 else (grace, linus):
            may_miss[reader.name] |= {f"{author.name} {number}" for author in windows for number in news}
        server.kill()
        proxy.drop()
        expect(ada.page.get_by_test_id("status")).not_to_have_attribute("data-state", "live")
        wait_until("all is written", lambda: all(window.is_written for window in windows))
        proxy.refuse()
        server.start()
        # who comes back later gets what was said until then
        for window in (ada, margaret):
            await_return(window, restarts)
        write(3, ada, margaret)
        wait_until("Ada shows it", lambda: ada.is_settled and f"Margaret {margaret.written}" in ada.messages)
        proxy.heal()
        for window in (grace, linus):
            await_return(window, restarts)
        write(3, grace, linus)
        wait_until(
            "Ada shows it", lambda: all(f"{each.name} {each.written}" in ada.messages for each in (grace, linus))
        )
    write(3)
    for window in windows:
        for author in windows:
            wait_until(
                f"{window.name} shows the last of {author.name}",
                lambda window=window, author=author: f"{author.name} {author.written}" in window.messages,
            )
        wait_until(f"{window.name} is settled", lambda window=window: window.is_settled)
    all_agree_after_restarts(windows, restarts=2, may_miss=may_miss)

    # who is here, after all that
    crowd.wait_until_complete()
    members = sorted(f"Visitor {number}" for number in range(150)) + [window.name for window in windows]
    for window in windows:
        expected = sorted(name if name != window.name else f"{name} (you)" for name in members)
        wait_until(f"{window.name} knows who is here", lambda w=window, e=expected: sorted(people(w.page)) == e)
        expect(window.page.get_by_test_id("people-count")).to_have_text(str(len(members)))
    told = server.call("presence", channel="chat:exact")["presence"]
    assert len(told) == len(members)
