"""One headless chromium for all pages; each thing that is opened has a window of its own."""

import shutil

from playwright.async_api import Error, async_playwright
from playwright.async_api import Browser as Chromium

from processes import Output

#: Not everything that a browser complains about is the page's fault.
HARMLESS = ("favicon.ico", "ERR_CONNECTION_REFUSED")


class NoBrowser(Exception):
    """There is no chromium."""


class Tab:
    """A window: what its scripts have logged, and what was wrong."""

    def __init__(self, page):
        self.page = page
        self.output = Output()
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self.log)

    def log(self, message):
        if message.type == "error":
            if not any(word in message.text + message.location.get("url", "") for word in HARMLESS):
                self.errors.append(message.text)
        else:
            self.output.add(message.text + "\n")

    async def run(self, script: str):
        """As a module; returns when it has come to its end, where it need not have ended."""
        try:
            await self.page.add_script_tag(type="module", content=script)
        except Error as error:
            self.errors.append(str(error))
        # what is wrong is told behind it
        await self.page.evaluate("new Promise(resolve => setTimeout(resolve, 100))")

    async def text(self) -> str:
        return await self.page.inner_text("body")

    async def shows(self, text: str) -> bool:
        """Waits for it."""
        try:
            await self.page.get_by_text(text).first.wait_for()
            return True
        except Error:
            return False

    async def fill(self, label: str, text: str):
        await self.page.get_by_label(label).fill(text)

    async def press(self, name: str):
        if name == "Enter":
            await self.page.keyboard.press("Enter")
        else:
            await self.page.get_by_role("button", name=name).click()

    async def stop(self):
        await self.page.close()


class Browser:
    """Started when it is needed."""

    def __init__(self):
        self.playwright = None
        self.chromium: Chromium | None = None

    async def start(self):
        path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        if not path:
            raise NoBrowser("there is no chromium: scripts/bootstrap --test")
        self.playwright = await async_playwright().start()
        # as root, as in containers, chromium has no sandbox
        self.chromium = await self.playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])

    async def open(self, url: str, patience: float) -> Tab:
        context = await self.chromium.new_context()
        context.set_default_timeout(patience * 1000)
        tab = Tab(await context.new_page())
        await tab.page.goto(url)
        return tab

    async def stop(self):
        if self.chromium:
            await self.chromium.close()
        if self.playwright:
            await self.playwright.stop()
