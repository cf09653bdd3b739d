"""Does what a page says, from its top to its end, as a reader would: in one folder, with one server."""

import asyncio
import ast
import json
import os
import re
import shutil
import sys
from pathlib import Path
from urllib.request import urlopen

from browser import Browser, Tab
from compare import is_same
from pages import Mistake, Step, words
from processes import Output, Ports, Process

ROOT = Path(__file__).resolve().parents[2]
#: How long a block may take, unless it says `within`.
BLOCK_SECONDS = 30.0

#: The ports that pages speak of; each page gets others in their place.
SHOWN_PORTS = re.compile(r"(?<![\w.])(8000|8001|8080|8443|9000)(?!\w)")
#: Those of web servers stand for others only where one listens to them.
WEB_PORTS = re.compile(r"(?:(?<=listen )|(?<=127\.0\.0\.1:))(80|443)(?=[; /])")


class Failed(Exception):
    """A step did not do what the page says."""


class NotRun(Exception):
    """A step cannot be done here; why."""


class Session:
    def __init__(self, name: str, chorus: Path, folder: Path, ports: Ports, browser: Browser, patience: float):
        self.name = name
        self.patience = patience
        self.chorus = chorus
        self.folder = folder / "page"
        self.bin = folder / "bin"
        self.free_ports = ports
        self.ports: dict[str, int] = {}
        self.browser = browser
        self.server: Process | None = None
        self.server_options: str | None = ""
        self.background: dict[str, Process | Tab] = {}
        self.tab: Tab | None = None
        self.last: Output | None = None
        self.home = folder / "home"
        for each in (self.folder, self.bin, self.home):
            each.mkdir()
        # as on a terminal, where there is no progress among the answers
        (self.home / ".curlrc").write_text("silent\nshow-error\n")
        self.make_commands()

    # Ports

    def port(self, shown: str) -> int:
        if shown not in self.ports:
            self.ports[shown] = self.free_ports.take()
        return self.ports[shown]

    def real(self, text: str) -> str:
        """With the ports that this page has got."""
        text = SHOWN_PORTS.sub(lambda match: str(self.port(match[0])), text)
        return WEB_PORTS.sub(lambda match: str(self.port(match[0])), text)

    def as_shown(self, text: str) -> str:
        for shown, port in self.ports.items():
            text = re.sub(rf"(?<!\d){port}(?!\d)", shown, text)
        return text

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port('8000')}"

    # What pages find on their machine

    def make_commands(self):
        """`chorus` with our port in place of 8000, and `node` with WebSocket also before version 22."""
        self.make_command(
            "chorus",
            f"""
            if [ "${{1-}}" = serve ]; then
                case " $* " in
                    *" --port "* | *" --unix "* | *" --help "*) ;;
                    *) shift; set -- serve --port {self.port("8000")} "$@" ;;
                esac
            fi
            exec "{self.chorus}" "$@"
            """,
        )
        if shutil.which("node"):
            self.make_command(
                "node",
                f"""
                node={shutil.which("node")}
                case $("$node" --version) in v2[01].*) set -- --experimental-websocket --no-warnings "$@" ;; esac
                exec "$node" "$@"
                """,
            )

    def make_command(self, name: str, script: str):
        path = self.bin / name
        path.write_text("#!/bin/sh\n" + script)
        path.chmod(0o755)

    @property
    def environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("CHORUS")}
        path = [str(self.bin), str(Path(sys.prefix, "bin")), os.environ["PATH"]]
        return {
            **kept,
            "PATH": ":".join(path),
            "CHORUS_URL": self.url,
            "HOME": str(self.home),
            "NO_COLOR": "1",
            "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    async def start(self, arguments: list[str], waits: bool = False) -> Process:
        return await Process.start(arguments, self.folder, self.environment, waits)

    # The server

    async def ensure_server(self):
        if self.server or self.server_options is None:
            return
        self.server = await self.start(["chorus", "serve", *words(self.real(self.server_options))])
        if not await self.server.output.wait(lambda text: "chorus is listening on" in text, max(self.patience, 20)):
            raise Failed(f"the server did not start:\n{self.server.output.text}")

    async def stop_server(self):
        if self.server:
            server, self.server = self.server, None
            await server.stop()

    async def connected(self) -> int:
        """How many clients the server has."""

        def ask() -> int:
            # whatever the scheme, and with a key or without: the front page tells everybody
            with urlopen(self.url + "/", timeout=5) as answer:
                return int(re.search(r"Connected: (\d+)", answer.read().decode())[1])

        try:
            return await asyncio.to_thread(ask)
        except OSError:
            return -1

    async def wait_connected(self, before: int):
        deadline = asyncio.get_running_loop().time() + self.patience
        while await self.connected() <= before:
            if asyncio.get_running_loop().time() > deadline:
                raise Failed(f"it has not connected to the server within {self.patience:.0f} s")
            await asyncio.sleep(0.05)

    # Steps

    async def run(self, step: Step):
        """Throws Failed or NotRun."""
        if "not" in step.says:
            raise NotRun(step.says["not"].removeprefix("run:").strip())
        if "needs" in step.says:
            await self.need(step.says["needs"])
        if "file" in step.says:
            path = self.folder / step.says["file"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.real(step.text))
        if "output" in step.says:
            return await self.compare_output(step)
        if "from" in step.says:
            return self.find_in(step, [ROOT / step.says["from"]])
        method = getattr(self, f"do_{step.kind}", None)
        if not method:
            raise Mistake(f"there is no way to run a block of {step.kind}")
        await method(step)

    async def need(self, program: str):
        if not self.find(program):
            raise NotRun(f"there is no {program} here")
        if program == "node":
            process = await self.start(["node", "-e", "process.exit(typeof WebSocket == 'function' ? 0 : 1)"])
            if not await process.ended(self.patience) or process.status != 0:
                raise NotRun("node here is older than 20 and has no WebSocket")

    def keep(self, name: str, other: Process | Tab):
        """Goes on until the page's end, or `stop NAME`."""
        if name in self.background:
            raise Mistake(f"there is a {name} already: stop it before")
        self.background[name] = other

    def find(self, program: str) -> str | None:
        unpacked = os.environ.get("NGINX_FOLDER", "")
        return shutil.which(program, path=f"{self.environment['PATH']}:/usr/sbin:{unpacked}")

    async def do_sh(self, step: Step):
        await self.run_command(step, ["bash", "-euo", "pipefail", "-c", self.real(step.text)])

    async def do_python(self, step: Step):
        ast.parse(step.text)
        if "file" not in step.says:
            await self.run_command(step, ["python3", "-c", self.real(step.text)])

    async def run_command(self, step: Step, arguments: list[str]):
        await self.ensure_server()
        before = await self.connected() if "background" in step.says and "until" not in step.says else 0
        process = await self.start(arguments, waits="background" in step.says)
        self.last = process.output
        if "background" in step.says:
            self.keep(step.says["background"] or step.kind, process)
            return await self.wait_ready(step, process, before)
        seconds = float(step.says.get("within", BLOCK_SECONDS))
        try:
            if not await process.ended(seconds):
                raise Failed(f"not at its end after {seconds:.0f} s:\n{process.output.text}")
        finally:
            await process.stop()
        wanted = int(step.says.get("exit", 0))
        if process.status != wanted:
            raise Failed(f"exit status {process.status}, not {wanted}:\n{process.output.text}")

    async def wait_ready(self, step: Step, process: Process, before: int):
        if "until" in step.says:
            text = self.real(words(step.says["until"])[0])
            if not await process.output.wait(lambda output: text in output, self.patience):
                raise Failed(f"it has not said {text!r}, but:\n{process.output.text}")
        else:
            await self.wait_connected(before)

    async def do_js(self, step: Step):
        if "file" in step.says:
            return
        await self.ensure_server()
        before = await self.connected()
        # a page of the server itself, so that its origin is the server's
        tab = await self.browser.open(self.url + "/health", self.patience)
        self.keep(step.says.get("background") or f"js {step.line}", tab)
        self.last = tab.output
        await tab.run(self.real(step.text))
        if "WebSocket(" in step.text or "subscribe(" in step.text:
            await self.wait_connected(before)
        self.expect_no_errors(tab)

    async def do_html(self, step: Step):
        if "file" in step.says:
            return
        raise Mistake("say with `file NAME` how the reader saves it, and open it")

    async def do_json(self, step: Step):
        try:
            json.loads(step.text)
        except ValueError as error:
            raise Failed(f"no JSON: {error}") from None

    async def do_swift(self, step: Step):
        if "manifest" not in step.says:
            return self.find_in(step, [*ROOT.glob("Snippets/*.swift"), *ROOT.glob("Examples/**/*.swift")])
        if not shutil.which("swift"):
            raise NotRun("there is no swift here")
        package = self.folder / "package"
        package.mkdir(exist_ok=True)
        (package / "Package.swift").write_text(step.text)
        process = await self.start(["swift", "package", "--package-path", str(package), "dump-package"])
        ended = await process.ended(120)
        await process.stop()
        if not ended or process.status != 0:
            raise Failed(f"no manifest:\n{process.output.text}")

    async def do_nginx(self, step: Step):
        nginx = self.find("nginx")
        if not nginx:
            raise NotRun("there is no nginx here")
        await self.ensure_server()
        folder = self.folder / "nginx"
        folder.mkdir()
        (folder / "site.conf").write_text(self.real(step.text))
        places = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temporary = " ".join(f"{place}_temp_path {folder}/{place};" for place in places)
        (folder / "nginx.conf").write_text(
            f"daemon off; pid {folder}/pid; worker_processes 1; events {{}}\n"
            f"http {{ access_log off; {temporary} include {folder}/site.conf; }}\n"
        )
        command = [nginx, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "errors")]
        process = await self.start(command)
        self.keep("nginx", process)
        ports = [self.ports[shown] for shown in ("80", "443") if shown in self.ports]
        if not ports:
            raise Failed("it listens neither on port 80 nor on 443")
        for port in ports:
            await self.wait_port(port, process)

    async def wait_port(self, port: int, process: Process):
        deadline = asyncio.get_running_loop().time() + self.patience
        while asyncio.get_running_loop().time() < deadline:
            if process.status is not None:
                raise Failed(f"it has ended:\n{process.output.text}")
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            except OSError:
                await asyncio.sleep(0.05)
        raise Failed(f"nobody listens on port {port}:\n{process.output.text}")

    async def do_text(self, step: Step):
        if "file" not in step.says:
            raise Mistake("say what it is, such as `output` or `not run: reason`")

    # Steps without a block

    async def do_server(self, step: Step):
        await self.stop_server()
        self.server_options = None if step.text == "none" else step.text
        await self.ensure_server()

    async def do_connected(self, step: Step):
        await self.wait_connected(int(step.text) - 1)

    async def do_stop(self, step: Step):
        if step.text == "server":
            return await self.stop_server()
        await self.background.pop(step.text).stop()

    async def do_check(self, step: Step):
        await self.do_sh(step)

    async def do_copy(self, step: Step):
        source = ROOT / step.text
        skipped = shutil.ignore_patterns("__pycache__", ".venv", "*.db", ".pytest_cache")
        shutil.copytree(source, self.folder / step.text, ignore=skipped)

    async def do_open(self, step: Step):
        self.tab = await self.browser.open(self.real(step.text), self.patience)
        self.keep("page", self.tab)

    async def do_see(self, step: Step):
        text = self.real(words(step.text)[0])
        if not await self.tab.shows(text):
            raise Failed(f"the page does not show {text!r}, but:\n{await self.tab.text()}")
        self.expect_no_errors(self.tab)

    async def do_complaint(self, step: Step):
        """The browser complains, and is right."""
        text = self.real(words(step.text)[0])
        deadline = asyncio.get_running_loop().time() + self.patience
        while asyncio.get_running_loop().time() < deadline:
            if any(text in error for error in self.tab.errors):
                self.tab.errors.clear()
                return
            await asyncio.sleep(0.05)
        raise Failed(f"the browser does not complain of {text!r}, but: {self.tab.errors}")

    async def do_fill(self, step: Step):
        label, text = words(step.text)
        await self.tab.fill(label, text)

    async def do_press(self, step: Step):
        await self.tab.press(words(step.text)[0])

    # What is compared

    async def compare_output(self, step: Step):
        _, _, name = step.says["output"].rpartition("of ")
        output = self.background[name].output if name and "of " in step.says["output"] else self.last
        if output is None:
            raise Mistake("nothing has been run before")
        anywhere = step.says["output"].split(" ")[0] == "has"
        shown = step.text

        def is_enough(text: str) -> bool:
            return is_same(shown, self.as_shown(text), anywhere=anywhere)

        is_live = any(other.output is output for other in self.background.values())
        is_shown = await output.wait(is_enough, self.patience if is_live else 0)
        if is_shown and is_live and not anywhere:
            # and nothing more than that
            await asyncio.sleep(0.2)
            is_shown = is_enough(output.text[output.shown :])
        actual = self.as_shown(output.text[output.shown :])
        output.shown = len(output.text)
        if not is_shown:
            raise Failed(f"shown:\n{shown}\nactual:\n{actual}")

    def find_in(self, step: Step, paths: list[Path]):
        """Throws Failed unless the block stands in one of the files as it is, however far it is indented there."""
        block = dedent(step.text.splitlines())
        for path in paths:
            lines = [line for line in path.read_text(encoding="utf-8").splitlines() if "// snippet." not in line]
            for start in range(len(lines) - len(block) + 1):
                if dedent(lines[start : start + len(block)]) == block:
                    return
        raise Failed("it stands in none of " + ", ".join(str(path.relative_to(ROOT)) for path in paths))

    def expect_no_errors(self, tab: Tab):
        if tab.errors:
            raise Failed("errors in the browser:\n" + "\n".join(tab.errors))

    # The end

    def errors_in_browser(self) -> list[str]:
        return [error for other in self.background.values() if isinstance(other, Tab) for error in other.errors]

    async def close(self):
        await asyncio.gather(*(other.stop() for other in self.background.values()))
        await self.stop_server()


def dedent(lines: list[str]) -> list[str]:
    used = [len(line) - len(line.lstrip()) for line in lines if line.strip()]
    margin = min(used, default=0)
    return [line[margin:].rstrip() for line in lines]
