"""Notifications: they reach the user's pages, and the page that is closed gets them when it is opened again."""

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest
from conftest import Complaints
from playwright.sync_api import BrowserContext, Page, expect
from proxy import Proxy
from server import Server
from waiting import wait_until

Visitor = Callable[..., BrowserContext]


def watch(context: BrowserContext, origin: str, user: str) -> Page:
    """Opens the notifications of a user, and waits until what was missed has been read."""
    page = context.new_page()
    page.goto(f"{origin}/demo/notifications?{urlencode({'user': user})}")
    expect(page.get_by_test_id("user")).to_have_text(f"For {user}")
    expect(page.get_by_test_id("status")).to_have_attribute("data-state", "live")
    return page


def notify(server: Server, user: str, title: str, **more: str) -> None:
    server.publish(f"notifications:{user}", {"title": title, **more})


def titles(page: Page) -> list[str]:
    """The list's, the newest first."""
    return page.get_by_test_id("list").get_by_test_id("title").all_text_contents()


def away(page: Page) -> list[str]:
    """Those that came while the page was away."""
    rows = page.get_by_test_id("notification").filter(has=page.get_by_test_id("away"))
    return rows.get_by_test_id("title").all_text_contents()


@pytest.mark.parametrize("user", ["alan", 'O\'Brien & "Söhne" $HOME `id` \\'])
def test_the_line_that_is_shown_reaches_the_page(server: Server, visitor: Visitor, user: str) -> None:
    page = watch(visitor(), server.origin, user)
    line = page.get_by_test_id("curl").inner_text()
    assert line.startswith("curl -X POST http://127.0.0.1")
    result = subprocess.run(["sh", "-c", line], capture_output=True, text=True, timeout=20)
    assert result.returncode == 0 and '"offset"' in result.stdout, result
    expect(page.get_by_test_id("toast")).to_have_text(re.compile("Hello from curl"))
    expect(page.get_by_test_id("title")).to_have_text(["Hello"])
    expect(page.get_by_test_id("words")).to_have_text(["from curl"])
    expect(page).to_have_title("(1) Notifications – Chorus")
    expect(page.get_by_test_id("away")).to_have_count(0)


def test_a_server_that_wants_a_key(
    another_server: Callable[..., Server], visitor: Visitor, tmp_path: Path
) -> None:
    """The line has it from the environment, and the button says why it cannot."""
    keys = tmp_path / "keys"
    keys.write_text("a long secret")
    keys.chmod(0o600)
    page = watch(visitor(), another_server("--api-key-file", str(keys)).origin, "alan")
    curl = page.get_by_test_id("curl")
    expect(curl).to_contain_text('-H "X-API-Key: $CHORUS_API_KEY"')
    page.get_by_role("button", name="Send it from here").click()
    expect(page.get_by_test_id("command-note")).to_have_text(re.compile("^Not sent: this server wants a key"))
    environment = {**os.environ, "CHORUS_API_KEY": "a long secret"}
    result = subprocess.run(
        ["sh", "-c", curl.inner_text()], capture_output=True, text=True, timeout=20, env=environment
    )
    assert result.returncode == 0 and '"offset"' in result.stdout, result
    expect(page.get_by_test_id("title")).to_have_text(["Hello"])


def test_the_line_can_be_copied(server: Server, visitor: Visitor) -> None:
    page = watch(visitor(permissions=["clipboard-read", "clipboard-write"]), server.origin, "ada")
    page.get_by_role("button", name="Copy the line").click()
    expect(page.get_by_test_id("command-note")).to_have_text("Copied")
    assert page.evaluate("() => navigator.clipboard.readText()") == page.get_by_test_id("curl").inner_text()


def test_everybody_gets_his_own(server: Server, visitor: Visitor) -> None:
    context = visitor()
    barbara, edsger = watch(context, server.origin, "barbara"), watch(context, server.origin, "edsger")
    notify(server, "edsger", "for Edsger")
    notify(server, "barbara", "for Barbara")
    expect(barbara.get_by_test_id("title")).to_have_text(["for Barbara"])
    expect(edsger.get_by_test_id("title")).to_have_text(["for Edsger"])
    # the other one's, chosen on the page
    barbara.get_by_role("textbox", name="Another user").fill("edsger")
    barbara.keyboard.press("Enter")
    expect(barbara.get_by_test_id("title")).to_have_text(["for Edsger"])
    barbara.get_by_test_id("users").get_by_role("link", name="barbara").click()
    expect(barbara.get_by_test_id("title")).to_have_text(["for Barbara"])


def test_what_a_closed_page_missed_arrives_once(server: Server, visitor: Visitor) -> None:
    context = visitor()
    notify(server, "donald", "before the first visit")
    page = watch(context, server.origin, "donald")
    assert (titles(page), away(page)) == (["before the first visit"], []), "who was never here was not away"
    notify(server, "donald", "seen")
    expect(page.get_by_test_id("title").first).to_have_text("seen")
    page.close()

    missed = ["missed 3", "missed 2", "missed 1"]
    for title in reversed(missed):
        notify(server, "donald", title)
    page = watch(context, server.origin, "donald")
    expect(page.get_by_test_id("toast")).to_have_text(re.compile("3 notifications while you were away"))
    assert titles(page) == [*missed, "seen", "before the first visit"]
    assert away(page) == missed
    expect(page).to_have_title("(5) Notifications – Chorus")

    notify(server, "donald", "live")
    expect(page.get_by_test_id("title").first).to_have_text("live")
    for _ in range(2):
        page.reload()
        expect(page.get_by_test_id("status")).to_have_attribute("data-state", "live")
        assert titles(page) == ["live", *missed, "seen", "before the first visit"]
        assert away(page) == missed
        expect(page.get_by_test_id("toast")).to_have_count(0)
    # another visitor has a memory of his own
    assert away(watch(visitor(), server.origin, "donald")) == []


def test_what_was_missed_while_the_network_was_away(
    server: Server, proxy: Proxy, visitor: Visitor, complaints: Complaints
) -> None:
    complaints.allow_lost_connections()
    page = watch(visitor(), proxy.origin, "john")
    notify(server, "john", "1")
    expect(page.get_by_test_id("title")).to_have_text(["1"])
    proxy.cut()
    notify(server, "john", "2")
    expect(page.get_by_test_id("status")).to_have_text(re.compile("^Disconnected"))
    notify(server, "john", "3")
    proxy.heal()
    expect(page.get_by_test_id("title")).to_have_text(["3", "2", "1"])
    assert proxy.severed == 1
    assert away(page) == ["3", "2"]
    expect(page.get_by_test_id("toast").last).to_have_text(re.compile("2 notifications while you were away"))
    notify(server, "john", "4")
    expect(page.get_by_test_id("title")).to_have_text(["4", "3", "2", "1"])
    assert away(page) == ["3", "2"]
    expect(page.get_by_test_id("gap")).to_be_empty()


def test_what_was_missed_while_offline(server: Server, visitor: Visitor, complaints: Complaints) -> None:
    complaints.allow_lost_connections()
    context = visitor()
    page = watch(context, server.origin, "niklaus")
    context.set_offline(True)
    expect(page.get_by_test_id("status")).to_have_text(re.compile("^You are offline"))
    notify(server, "niklaus", "1")
    notify(server, "niklaus", "2")
    page.wait_for_timeout(3000)
    assert titles(page) == []
    context.set_offline(False)
    expect(page.get_by_test_id("title")).to_have_text(["2", "1"])
    assert away(page) == ["2", "1"]
    expect(page.get_by_test_id("toast")).to_have_text(re.compile("2 notifications while you were away"))


def test_a_restart_is_told_of_and_what_comes_then_arrives(
    server: Server, visitor: Visitor, complaints: Complaints
) -> None:
    complaints.allow_lost_connections()
    context = visitor()
    page, closed = watch(context, server.origin, "tony"), watch(visitor(), server.origin, "tony")
    notify(server, "tony", "before")
    for each in (page, closed):
        expect(each.get_by_test_id("title")).to_have_text(["before"])
    elsewhere = closed.context
    closed.close()
    server.kill()
    expect(page.get_by_test_id("status")).to_have_text(re.compile("^Disconnected"))
    server.start()
    notify(server, "tony", "after")
    expect(page.get_by_test_id("title")).to_have_text(["after", "before"])
    expect(page.get_by_test_id("status")).to_have_attribute("data-state", "live")
    expect(page.get_by_test_id("gap")).to_have_text(re.compile("^The server was restarted"))
    # a page that was closed all the time has the same to tell
    page = watch(elsewhere, server.origin, "tony")
    expect(page.get_by_test_id("title")).to_have_text(["after", "before"])
    expect(page.get_by_test_id("gap")).to_have_text(re.compile("^The server was restarted"))
    assert away(page) == ["after"]
    page.reload()
    expect(page.get_by_test_id("status")).to_have_attribute("data-state", "live")
    assert titles(page) == ["after", "before"]
    expect(page.get_by_test_id("gap")).to_be_empty()


def test_two_windows_of_a_user_agree(server: Server, visitor: Visitor) -> None:
    context = visitor()
    one, other = watch(context, server.origin, "frances"), watch(context, server.origin, "frances")
    for number in range(10):
        notify(server, "frances", f"{number}")
    expected = [f"{number}" for number in reversed(range(10))]
    for page in (one, other):
        wait_until("ten notifications, each once", lambda page=page: titles(page) == expected)
    one.get_by_role("button", name="Mark read: 3", exact=True).click()
    expect(other.get_by_role("button", name="Mark unread: 3", exact=True)).to_be_visible()
    for page in (one, other):
        expect(page.get_by_test_id("unread")).to_have_text("9 unread")
        expect(page).to_have_title("(9) Notifications – Chorus")
    other.get_by_role("button", name="Mark all read").click()
    expect(one.get_by_test_id("unread")).to_be_hidden()
    expect(one).to_have_title("Notifications – Chorus")
    one.get_by_role("button", name="Clear").click()
    expect(other.get_by_test_id("empty")).to_be_visible()
    for page in (one, other):
        page.reload()
        expect(page.get_by_test_id("status")).to_have_attribute("data-state", "live")
        assert titles(page) == []


def test_toasts(server: Server, visitor: Visitor) -> None:
    page = watch(visitor(), server.origin, "grete")
    toasts = page.get_by_test_id("toast")
    for number in range(6):
        notify(server, "grete", f"toast {number}", text="words", level="error" if number == 5 else "info")
    expect(page.get_by_test_id("title")).to_have_count(6)
    expect(toasts).to_have_count(4)
    expect(page.get_by_role("alert").filter(has_text="toast 5")).to_be_visible()
    # Escape takes away one, a click another one
    page.keyboard.press("Escape")
    expect(toasts).to_have_count(3)
    toasts.get_by_role("button").last.click()
    expect(toasts).to_have_count(2)
    # with the keyboard from one to the next, and none goes while somebody is there
    toasts.get_by_role("button").first.focus()
    expect(page.get_by_test_id("toasts")).to_have_attribute("data-paused", "true")
    page.keyboard.press("Enter")
    expect(toasts).to_have_count(1)
    expect(toasts.get_by_role("button")).to_be_focused()
    page.keyboard.press("Enter")
    expect(toasts).to_have_count(0)
    expect(page.get_by_role("main")).to_be_focused()
    # the rest goes by itself, as nobody is there any more
    page.mouse.move(0, 0)
    notify(server, "grete", "goes")
    expect(toasts).to_have_count(1)
    expect(toasts).to_have_count(0)
    assert len(titles(page)) == 7, "the list keeps what the toasts have shown"


def test_toasts_cover_nothing_of_use_on_a_telephone(server: Server, visitor: Visitor) -> None:
    page = watch(visitor(viewport={"width": 390, "height": 780}, has_touch=True), server.origin, "sophie")
    for number in range(3):
        notify(server, "sophie", f"toast {number}", text="words", level="error" if number == 2 else "info")
    expect(page.get_by_test_id("title")).to_have_count(3)
    expect(page.get_by_test_id("toast")).to_have_count(2)
    page.get_by_role("button", name="Dismiss: toast 2").focus()  # they stay
    expect(page.get_by_test_id("toast").first).to_be_in_viewport(ratio=1)
    covered = page.evaluate(
        """() => [...document.querySelectorAll('a, button, input, [tabindex="0"]')]
            .filter(element => !element.closest('.toast'))
            .filter(element => {
                const { left, top, width, height } = element.getBoundingClientRect()
                const atTop = document.elementFromPoint(left + width / 2, top + 2)
                const atMiddle = document.elementFromPoint(left + width / 2, top + height / 2)
                return atTop?.closest('.toast') || atMiddle?.closest('.toast')
            })
            .map(element => element.outerHTML.slice(0, 100))"""
    )
    assert covered == []
    # where the list is scrolled to they are in sight too
    page.mouse.wheel(0, 400)
    wait_until("it is scrolled", lambda: page.evaluate("() => scrollY > 100"))
    expect(page.get_by_test_id("toast").first).to_be_in_viewport(ratio=1)


def test_whatever_is_published_is_shown(server: Server, visitor: Visitor) -> None:
    page = watch(visitor(), server.origin, "kurt")
    odd = ["a text", 42, None, [], {}, {"title": 7, "text": None, "level": "loud"}, {"title": "<b>bold</b>"},
           {"title": "x" * 3000, "level": "toString"}]  # fmt: skip
    for data in odd:
        server.publish("notifications:kurt", data)
    expect(page.get_by_test_id("notification")).to_have_count(len(odd))
    assert titles(page)[-1] == "a text" and titles(page)[1] == "<b>bold</b>"
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out"
    page.reload()
    expect(page.get_by_test_id("notification")).to_have_count(len(odd))


def test_two_hundred_are_kept(server: Server, visitor: Visitor) -> None:
    page = watch(visitor(), server.origin, "many")
    for number in range(230):
        notify(server, "many", f"{number}")
    expect(page.get_by_test_id("title").first).to_have_text("229")
    assert titles(page) == [f"{number}" for number in reversed(range(30, 230))]
    page.reload()
    expect(page.get_by_test_id("status")).to_have_attribute("data-state", "live")
    assert titles(page) == [f"{number}" for number in reversed(range(30, 230))]


def test_sent_from_the_page(server: Server, visitor: Visitor) -> None:
    page = watch(visitor(), server.origin, "kathleen")
    page.get_by_role("button", name="Send it from here").click()
    expect(page.get_by_test_id("command-note")).to_have_text("Sent")
    expect(page.get_by_test_id("words")).to_have_text(["from this page"])


def test_three_users_get_simulated_ones(server: Server, visitor: Visitor) -> None:
    """With 150 others connected to Ada's."""
    context = visitor()
    pages = [watch(context, server.origin, user) for user in ("ada", "grace", "linus")]
    before = [len(titles(page)) for page in pages]
    wait_until("one has come", lambda: [len(titles(page)) for page in pages] != before)
