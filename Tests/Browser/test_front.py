"""The first page: what runs, how it is reached, and a box to try a broadcast between two windows."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import REPOSITORY, Complaints
from playwright.sync_api import BrowserContext, Page, expect
from proxy import Proxy
from server import Server
from waiting import wait_until
from websockets.sync.client import connect

Visitor = Callable[..., BrowserContext]


def open_front(context: BrowserContext, origin: str) -> Page:
    page = context.new_page()
    page.goto(f"{origin}/")
    expect(page.get_by_test_id("status")).to_have_attribute("data-state", "live")
    return page


def lines(page: Page) -> list[str]:
    return page.get_by_test_id("messages").get_by_role("listitem").all_text_contents()


def line_for(page: Page, name: str) -> str:
    """The line that is shown for a program."""
    return page.get_by_test_id("ways").locator(f"dt:has(:text-is('{name}')) + dd code").inner_text()


def test_it_says_what_is_running(server: Server, visitor: Visitor) -> None:
    page = open_front(visitor(), server.origin)
    told = json.loads(server.get("/")[1])
    expect(page.get_by_test_id("version")).to_have_text(told["version"])
    expect(page.get_by_test_id("uptime")).to_have_text(re.compile(r"^\d+ (second|minute)s?$"))
    # the thousand others, and this page
    expect(page.get_by_test_id("connected")).to_have_text("1001 connections")
    expect(page.get_by_test_id("shows-up")).to_be_visible()
    another = open_front(visitor(), server.origin)
    expect(another.get_by_test_id("connected")).to_have_text("1002 connections")
    for name in ("Chat", "Notifications", "Scores", "Ticker"):
        page.get_by_role("navigation", name="Demos").get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
        page.get_by_role("link", name="Chorus", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Chorus is running")


def test_a_server_without_demos(another_server: Callable[..., Server], visitor: Visitor) -> None:
    server = another_server(demo=False)
    page = open_front(visitor(), server.origin)
    expect(page.get_by_test_id("connected")).to_have_text("1 connection")
    expect(page.get_by_test_id("demos")).to_be_hidden()
    assert server.get("/demo/chat")[0] == 404
    page.get_by_test_id("text").fill("alone")
    page.keyboard.press("Enter")
    wait_until("it is there", lambda: lines(page) == ["alone"])


def test_two_windows_and_other_programs_talk(server: Server, visitor: Visitor) -> None:
    one, other = open_front(visitor(), server.origin), open_front(visitor(), server.origin)
    with connect(f"ws://127.0.0.1:{server.port}/ws") as plain:
        one.get_by_test_id("text").fill("from one")
        one.get_by_test_id("text").press("Enter")
        assert plain.recv(timeout=10) == "from one"
        other.get_by_test_id("text").fill("<i>from</i> the other")
        other.get_by_role("button", name="Send").click()
        assert plain.recv(timeout=10) == "<i>from</i> the other"
        plain.send("from a program")
        assert plain.recv(timeout=10) == "Message: from a program"
    server.publish("lobby", "from a backend")
    server.publish("lobby", {"from": "a backend"})
    expected = ["from one", "<i>from</i> the other", "Message: from a program", "from a backend",
                '{"from":"a backend"}']  # fmt: skip
    for page in (one, other):
        wait_until("all messages in their order", lambda page=page: lines(page) == expected)
        expect(page.get_by_test_id("text")).to_have_value("")
    expect(one.locator(".mine")).to_have_text(["from one"])


@pytest.mark.parametrize("name", ["websocat", "curl", "Python", "JavaScript", "chorus"])
def test_the_lines_that_are_shown_work(server: Server, visitor: Visitor, program: str, name: str) -> None:
    page = open_front(visitor(), server.origin)
    line = line_for(page, name)
    if name == "curl":
        result = subprocess.run(["sh", "-c", line], capture_output=True, text=True, timeout=20)
        assert result.returncode == 0 and "error" not in result.stdout, result
        wait_until("it is there", lambda: lines(page) == ["hi from curl"])
    elif name == "JavaScript":
        logged = []
        page.on("console", lambda message: logged.append(message.text))
        page.evaluate(f"() => {{ {line} }}")
        wait_until("it is told", lambda: server.publish("lobby", "hi") or page.title() and "hi" in logged, every=0.2)
    else:
        # as in the Python environment of the tests, and with the command that is tested
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        command = line.replace("chorus ", f"{program} ", 1)
        process = subprocess.Popen(
            ["sh", "-c", f"exec {command}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, "PATH": path, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        told = bytearray()
        reader = threading.Thread(target=lambda: [told.extend(line) for line in process.stdout], daemon=True)
        reader.start()
        try:
            wait_until(
                f"{line} prints what is published",
                lambda: server.publish("lobby", "hi, program") or b"hi, program" in told,
                every=0.2,
            )
        finally:
            process.kill()
            process.wait()
            reader.join(timeout=5)
            process.stdin.close()
            process.stdout.close()
            print(told.decode())


def test_the_line_for_swift_is_one_that_is_compiled(server: Server, visitor: Visitor) -> None:
    line = line_for(open_front(visitor(), server.origin), "Swift").replace(server.origin, "http://127.0.0.1:8000")
    assert line in (REPOSITORY / "Snippets/FrontPage.swift").read_text().splitlines()


def test_the_lines_can_be_copied(server: Server, visitor: Visitor) -> None:
    page = open_front(visitor(permissions=["clipboard-read", "clipboard-write"]), server.origin)
    button = page.get_by_role("button", name="Copy the line for curl")
    button.click()
    expect(button).to_have_text("Copied")
    assert page.evaluate("() => navigator.clipboard.readText()") == line_for(page, "curl")
    expect(button).to_have_text("Copy")


def test_what_is_written_meanwhile_is_sent(
    server: Server, proxy: Proxy, visitor: Visitor, complaints: Complaints
) -> None:
    complaints.allow_lost_connections()
    page, other = open_front(visitor(), proxy.origin), open_front(visitor(), server.origin)
    proxy.cut()
    server.publish("lobby", "cut")
    expect(page.get_by_test_id("status")).to_have_text(re.compile("^Disconnected"))
    page.get_by_test_id("text").fill("written meanwhile")
    page.keyboard.press("Enter")
    proxy.heal()
    wait_until("it is sent", lambda: lines(other) == ["cut", "written meanwhile"])
    wait_until("it is there", lambda: lines(page)[-1:] == ["written meanwhile"])
    assert lines(page).count("written meanwhile") == 1


def test_an_offline_window_says_what_it_has_missed(
    server: Server, visitor: Visitor, complaints: Complaints
) -> None:
    complaints.allow_lost_connections()
    context = visitor()
    page = open_front(context, server.origin)
    context.set_offline(True)
    expect(page.get_by_test_id("status")).to_have_text(re.compile("^You are offline"))
    server.publish("lobby", "missed")
    page.wait_for_timeout(3000)
    context.set_offline(False)
    expect(page.get_by_test_id("status")).to_have_text("Connected")
    server.publish("lobby", "after")
    wait_until("it is there", lambda: lines(page) == ["What was said meanwhile is not kept here.", "after"])


def test_it_survives_a_restart(server: Server, visitor: Visitor, complaints: Complaints) -> None:
    complaints.allow_lost_connections()
    page = open_front(visitor(), server.origin)
    server.kill()
    expect(page.get_by_test_id("status")).to_have_text(re.compile("^Disconnected"))
    server.start()
    expect(page.get_by_test_id("status")).to_have_text("Connected")
    server.publish("lobby", "after")
    wait_until("it is there", lambda: lines(page)[-1:] == ["after"])


def test_publishing_that_is_not_allowed(another_server: Callable[..., Server], visitor: Visitor) -> None:
    server = another_server("--publish", "elsewhere")
    page = open_front(visitor(), server.origin)
    expect(page.get_by_test_id("publishing")).to_have_text("Clients may publish to elsewhere.")
    expect(page.get_by_test_id("shows-up")).to_be_hidden()
    page.get_by_test_id("text").fill("hello?")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("problem")).to_have_text(re.compile("^Not published: "))
    assert lines(page) == []


def test_a_hundred_lines_are_kept(server: Server, visitor: Visitor) -> None:
    page = open_front(visitor(), server.origin)
    for number in range(120):
        server.publish("lobby", f"{number}")
    wait_until("the last hundred", lambda: lines(page) == [f"{number}" for number in range(20, 120)])
    expect(page.get_by_test_id("messages").get_by_role("listitem").last).to_be_in_viewport()


@pytest.mark.parametrize("name", ["notifications", "scores", "ticker"])
def test_it_says_what_is_simulated(
    another_server: Callable[..., Server], visitor: Visitor, program: str, name: str
) -> None:
    """Where nothing is, the line that is shown instead works."""
    server, context = another_server(), visitor()
    page = context.new_page()
    page.goto(f"{server.origin}/demo/{name}?user=o'hara")
    expect(page.get_by_test_id("simulated")).to_contain_text(re.compile("simulated", re.IGNORECASE))
    expect(page.get_by_test_id("simulated")).to_be_visible()
    expect(page.get_by_test_id("source")).to_be_hidden()

    told = {**json.loads(server.get("/")[1]), "demo_feed": False}
    context.route(f"{server.origin}/", lambda route: route.fulfill(json=told))
    page.reload()
    expect(page.get_by_test_id("source")).to_be_visible()
    expect(page.get_by_test_id("simulated")).to_be_hidden()
    expect(page.get_by_test_id("status")).to_have_attribute("data-state", "live")
    line = page.get_by_test_id("source-line").inner_text()
    assert "Simulated" not in page.get_by_role("main").inner_text()
    result = subprocess.run(["sh", "-c", line.replace("chorus", program, 1)], capture_output=True, timeout=20)
    assert result.returncode == 0, result
    shown = {
        "notifications": page.get_by_test_id("words").filter(has_text="from chorus"),
        "scores": page.locator('[data-game="final"]'),
        "ticker": page.locator('[data-symbol="ABC"]').get_by_test_id("price").filter(has_text="12.50"),
    }
    expect(shown[name]).to_have_count(1)


def test_without_a_browser(server: Server) -> None:
    """The same address says it in words to a terminal."""
    status, text = server.get("/", accept="*/*")
    assert status == 200 and text.startswith("This is Chorus") and "<" not in text
