"""The ticker: thousands of prices a second, and a reader that is too slow for them gets the newest ones."""

import bisect
import math
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator

import pytest
from conftest import Complaints
from feed import Feed
from playwright.sync_api import Browser, BrowserContext, Page, expect
from proxy import Proxy
from server import Server
from waiting import wait_until

Visitor = Callable[..., BrowserContext]

SYMBOLS = 300
ALL_IN_VIEW = {"width": 1200, "height": 3400}
TOO_OLD = 8  # seconds
MEBI = 1024 * 1024

# What is drawn, what has come, and what the page counts, all of one moment.
READ = """() => {
    const tiles = [...document.querySelectorAll('[data-testid=tile]')]
    return {
        now: Date.now() / 1000,
        prices: tiles.map(tile => [tile.dataset.symbol, tile.querySelector('[data-testid=price]').textContent]),
        numbers: tiles.reduce((sum, { symbol }) => sum + symbol.n, 0),
        received: __ticker.received,
        skipped: __ticker.skipped,
        lag: __ticker.lag,
    }
}"""


WATCH_STATUS = """() => {
    globalThis.states = []
    const status = document.querySelector('[data-testid=status]')
    new MutationObserver(() => states.push(status.dataset.state)).observe(status, { attributeFilter: ['data-state'] })
}"""


class Truth(Feed):
    """Every price that there was, and when."""

    def __init__(self, server: Server) -> None:
        self.times: dict[str, list[float]] = defaultdict(list)
        self.prices: dict[str, list[str]] = defaultdict(list)
        self.count = 0
        super().__init__(server, "ticker", self._take, latest="")
        wait_until("all symbols", lambda: len(self.times) == SYMBOLS)

    def _take(self, line: dict, now: float) -> None:
        if "data" not in line:
            return
        self.times[line["key"]].append(line["time"] / 1000)
        self.prices[line["key"]].append(f"{line['data']['p']:,.2f}")
        self.count += 1

    def age(self, symbol: str, price: str, now: float) -> float:
        """For how many seconds this has not been the price of the symbol any more."""
        times, prices = self.times[symbol], self.prices[symbol]
        newest = bisect.bisect_right(times, now) - 1
        for index in range(newest, -1, -1):
            if prices[index] == price:
                return 0 if index == newest else now - times[index + 1]
        return math.inf  # not drawn yet, or older than the truth


@pytest.fixture
def truth(server: Server) -> Iterator[Truth]:
    with Truth(server) as truth:
        yield truth


def watch(context: BrowserContext, origin: str) -> Page:
    page = context.new_page()
    page.goto(f"{origin}/demo/ticker")
    expect(page.get_by_test_id("status")).to_have_attribute("data-state", "live")
    expect(page.get_by_test_id("tile")).to_have_count(SYMBOLS)
    return page


def age(page: Page, truth: Truth) -> float:
    """How old the oldest price is that the page shows, in seconds. Of hundreds that are drawn ten times a second."""
    state = page.evaluate(READ)
    # what the browser has read already may not have come to the truth yet
    wait_until("the truth is as far", lambda: max(times[-1] for times in truth.times.values()) >= state["now"] - 0.01)
    return max(truth.age(symbol, price, state["now"]) for symbol, price in state["prices"])


def assert_all_counted(page: Page, before: dict) -> None:
    """Every update was received or is counted as skipped. Where the reader begins anew, what it skips is counted with
    the first of the newest prices; the others follow, and only then do the numbers agree."""

    def is_counted() -> bool:
        after = page.evaluate(READ)
        counted = after["received"] + after["skipped"] - before["received"] - before["skipped"]
        return counted == after["numbers"] - before["numbers"]

    wait_until("every update was received or is counted as skipped", is_counted)


def test_every_price_as_it_comes(server: Server, truth: Truth, visitor: Visitor) -> None:
    page = watch(visitor(viewport=ALL_IN_VIEW), server.origin)
    expect(page.get_by_test_id("shown")).to_have_text(str(SYMBOLS))
    expect(page.get_by_test_id("explanation")).to_have_text("It takes every update as it comes.")
    wait_until("the prices that are shown are those of this second", lambda: age(page, truth) < 1)
    before, began, count = page.evaluate(READ), time.monotonic(), truth.count
    wait_until("thousands of updates", lambda: truth.count > count + 6000)
    after = page.evaluate(READ)
    rate = (after["received"] - before["received"]) / (time.monotonic() - began)
    assert rate > 1000, f"{rate:.0f} updates a second"
    shown = int(page.get_by_test_id("rate").inner_text().replace(",", ""))
    assert 1000 < shown < 6000
    assert_all_counted(page, before)


def test_a_page_that_is_too_slow_shows_the_newest_prices(
    server: Server, truth: Truth, visitor: Visitor, browser: Browser
) -> None:
    """It works for a millisecond on every message. Tens of thousands are published, and still no price is much older
    than the two seconds after which the page begins anew (the rest is for a machine that has much to do); nothing piles
    up, here or in the server; afterwards it is exact again."""
    context = visitor(viewport=ALL_IN_VIEW)
    page = watch(context, server.origin)
    wait_until("the prices are those of this second", lambda: age(page, truth) < 1)
    cdp = context.new_cdp_session(page)
    cdp.send("Performance.enable")

    def heap() -> int:
        cdp.send("HeapProfiler.collectGarbage")
        metrics = cdp.send("Performance.getMetrics")["metrics"]
        return next(metric["value"] for metric in metrics if metric["name"] == "JSHeapUsedSize")

    page.get_by_test_id("slow").select_option("1")
    before = page.evaluate(READ)
    heap_before, renderer_before, server_before, count = heap(), renderers(browser), server.resident, truth.count
    page.evaluate(WATCH_STATUS)
    deadline = time.monotonic() + 13
    ages: list[float] = []
    while time.monotonic() < deadline or truth.count < count + 20_000:
        ages.append(age(page, truth))
        page.wait_for_timeout(200)
    after = page.evaluate(READ)
    print(
        f"{truth.count - count} updates, oldest price {max(ages):.1f} s, {after['skipped'] - before['skipped']} skipped"
    )
    assert max(ages) < TOO_OLD
    assert set(page.evaluate("() => states")) <= {"live"}, "that it begins anew is nobody's business"
    assert after["lag"] < TOO_OLD * 1000
    published = truth.count - count
    assert after["received"] - before["received"] < published / 2, "it is too slow for most of them"
    assert after["skipped"] - before["skipped"] > published / 4
    expect(page.get_by_test_id("explanation")).to_have_text(re.compile("^It is too slow for every update"))
    assert_all_counted(page, before)
    assert heap() - heap_before < 3 * MEBI
    assert renderers(browser) - renderer_before < 120 * MEBI
    assert server.resident - server_before < 16 * MEBI

    page.get_by_test_id("slow").select_option("0")
    wait_until("the prices are those of this second again", lambda: age(page, truth) < 1)
    expect(page.get_by_test_id("explanation")).to_have_text("It takes every update as it comes.")
    wait_until("the lag is gone", lambda: page.evaluate("() => __ticker.lag") < 500)
    assert_all_counted(page, before)


def renderers(browser: Browser) -> int:
    """The resident memory of the pages' processes, in bytes."""
    cdp = browser.new_browser_cdp_session()
    processes = cdp.send("SystemInfo.getProcessInfo")["processInfo"]
    cdp.detach()
    total = 0
    for process in processes:
        if process["type"] == "renderer":
            try:
                with open(f"/proc/{process['id']}/statm") as statm:
                    total += int(statm.read().split()[1]) * 4096
            except FileNotFoundError:
                pass  # has ended meanwhile
    return total


def test_a_slow_network_brings_the_newest_prices(server: Server, truth: Truth, visitor: Visitor) -> None:
    """A line of 60,000 bytes a second carries a fifth of what is published; the server skips the rest."""
    proxy = Proxy(server.browser_port, rate=60_000)
    try:
        page = watch(visitor(viewport=ALL_IN_VIEW), proxy.origin)
        wait_until("all prices are drawn", lambda: age(page, truth) < math.inf)
        count = truth.count
        ages = []
        while truth.count < count + 24_000:
            ages.append(age(page, truth))
            page.wait_for_timeout(200)
        print(f"oldest price {max(ages):.1f} s")
        assert max(ages) < 6
        assert page.evaluate("() => __ticker.skipped") > 8000
    finally:
        proxy.close()


def test_a_restarted_server_counts_anew(server: Server, visitor: Visitor, complaints: Complaints) -> None:
    complaints.allow_lost_connections()
    page = watch(visitor(viewport=ALL_IN_VIEW), server.origin)
    wait_until("some seconds of prices", lambda: page.evaluate("() => __ticker.received") > 5000)
    server.kill()
    expect(page.get_by_test_id("status")).to_have_text(re.compile("^Disconnected"))
    expect(page.get_by_test_id("prices")).to_have_attribute("data-stale", "true")
    skipped = page.evaluate("() => __ticker.skipped")
    received = page.evaluate("() => __ticker.received")
    server.start()
    expect(page.get_by_test_id("status")).to_have_text("Connected")
    with Truth(server) as truth:
        wait_until("the prices are those of this second", lambda: age(page, truth) < 1)
        wait_until("it goes on", lambda: page.evaluate("() => __ticker.received") > received + 2000)
    assert page.evaluate("() => __ticker.skipped") - skipped < 1000, "what never was is not skipped"
    expect(page.get_by_test_id("tile")).to_have_count(SYMBOLS)


def test_what_came_during_a_cut_is_skipped(
    server: Server, truth: Truth, proxy: Proxy, visitor: Visitor, complaints: Complaints
) -> None:
    complaints.allow_lost_connections()
    page = watch(visitor(viewport=ALL_IN_VIEW), proxy.origin)
    before = page.evaluate(READ)
    proxy.cut()
    expect(page.get_by_test_id("status")).to_have_text(re.compile("^Disconnected"))
    count = truth.count
    wait_until("thousands of updates are missed", lambda: truth.count > count + 3000)
    proxy.heal()
    expect(page.get_by_test_id("status")).to_have_text("Connected")
    wait_until("the prices are those of this second", lambda: age(page, truth) < 1)
    after = page.evaluate(READ)
    assert after["skipped"] - before["skipped"] >= 3000
    assert_all_counted(page, before)


def test_a_telephone_in_a_tunnel(server: Server, truth: Truth, visitor: Visitor, complaints: Complaints) -> None:
    complaints.allow_lost_connections()
    context = visitor(viewport=ALL_IN_VIEW)
    page = watch(context, server.origin)
    before = page.evaluate(READ)
    context.set_offline(True)
    expect(page.get_by_test_id("status")).to_have_text(re.compile("^You are offline"))
    count = truth.count
    wait_until("some three seconds of updates are missed", lambda: truth.count > count + 9000)
    context.set_offline(False)
    expect(page.get_by_test_id("status")).to_have_text("Connected")
    wait_until("the prices are those of this second", lambda: age(page, truth) < 1)
    after = page.evaluate(READ)
    assert after["skipped"] - before["skipped"] >= 8000
    assert_all_counted(page, before)


def test_what_others_publish_is_shown(another_server: Callable[..., Server], visitor: Visitor) -> None:
    """Prices come in other forms than the simulated ones, and what is no price does no harm."""
    server = another_server()
    page = watch(visitor(), server.origin)
    page.get_by_label("Filter").fill("X:")
    prices = {"X:1": 12.5, "X:2": "13.75", "X:3": {"price": "7.25", "open": 5}, "X:4": {"p": 8, "o": 16},
              "X:5": "X:5,9.50"}  # fmt: skip
    for key, data in prices.items():
        server.publish("ticker", data, key=key)
    for data in (None, True, "", "n/a", [1], {}, {"price": None}, {"p": {"p": 1}}, "1e999"):
        server.publish("ticker", data, key="X:0")
        server.publish("ticker", data)
    expect(page.locator("[data-symbol='X:1']").get_by_test_id("price")).to_have_text("12.50")
    server.publish("ticker", 25, key="X:1")
    shown = {"X:1": ("25.00", "+100.00 %"), "X:2": ("13.75", "+0.00 %"), "X:3": ("7.25", "+45.00 %"),
             "X:4": ("8.00", "−50.00 %"), "X:5": ("9.50", "+0.00 %")}  # fmt: skip
    expect(page.get_by_test_id("shown")).to_have_text("5")
    for symbol, (price, change) in shown.items():
        tile = page.locator(f"[data-symbol='{symbol}']")
        expect(tile.get_by_test_id("price")).to_have_text(price)
        expect(tile.get_by_test_id("change")).to_have_text(change)
    count = page.evaluate("() => __ticker.received")
    wait_until("it goes on", lambda: page.evaluate("() => __ticker.received") > count + 3000)
    assert page.evaluate("() => __ticker.skipped") == 0


def test_without_the_feed_it_shows_what_is_published(another_server: Callable[..., Server], visitor: Visitor) -> None:
    server = another_server("--no-demo-feed")
    page = visitor().new_page()
    page.goto(f"{server.origin}/demo/ticker")
    expect(page.get_by_test_id("simulated")).to_be_hidden()
    expect(page.get_by_test_id("source-line")).to_contain_text("chorus publish ticker")
    server.publish("ticker", 12.5, key="ABC")
    expect(page.get_by_test_id("tile")).to_have_count(1)
    expect(page.get_by_test_id("price")).to_have_text("12.50")


NAMES = "() => [...document.querySelectorAll('[data-testid=tile]')].map(tile => tile.dataset.symbol)"


def test_filter_and_order(server: Server, visitor: Visitor) -> None:
    page = watch(visitor(), server.origin)
    names = page.evaluate(NAMES)
    # tiles stand in the order in which their symbols came, until the page is drawn the next time
    wait_until("in the order of their names", lambda: page.evaluate(NAMES) == sorted(names))
    names.sort()
    assert len(set(names)) == SYMBOLS
    page.get_by_label("Filter").fill(names[7].lower())
    expect(page.get_by_test_id("tile").filter(visible=True)).to_have_count(1)
    expect(page.get_by_test_id("shown")).to_have_text("1")
    page.get_by_label("Filter").fill("no such")
    expect(page.get_by_test_id("empty")).to_have_text("No symbol has these letters.")
    page.get_by_label("Filter").fill("")
    expect(page.get_by_test_id("shown")).to_have_text(str(SYMBOLS))

    for order, key in (("rise", lambda change: -change), ("fall", lambda change: change)):
        page.get_by_label("Order").select_option(order)
        wait_until(f"in the order of {order}", lambda key=key: is_in_order(page, key), patience=15)


def is_in_order(page: Page, key: Callable[[float], float]) -> bool:
    """As of the moment; between two arrangements prices move on."""
    changes = page.evaluate(
        """() => [...document.querySelectorAll('[data-testid=tile]')]
            .map(({ symbol }) => (symbol.price / symbol.open - 1) * 100)"""
    )
    keys = [key(change) for change in changes]
    disorder = sum(one > next + 0.2 for one, next in zip(keys, keys[1:], strict=False))
    return disorder == 0 and keys[0] < keys[-1]
