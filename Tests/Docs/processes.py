"""Processes that a page starts: their output, their end, and the ports that they may use."""

import asyncio
import os
import random
import signal
import socket
from pathlib import Path


class Ports:
    """Free ports, each given away once. Not of the range from which the system takes those of clients."""

    def __init__(self):
        self.given: set[int] = set()

    def take(self) -> int:
        while True:
            port = random.randint(20_000, 32_000)
            if port in self.given:
                continue
            with socket.socket() as listener:
                try:
                    listener.bind(("127.0.0.1", port))
                except OSError:
                    continue
            self.given.add(port)
            return port


class Output:
    """What somebody has written so far, standard output and standard error as on a terminal."""

    def __init__(self):
        self.text = ""
        #: How much of it the page has shown already.
        self.shown = 0
        self.changed = asyncio.Event()

    def add(self, text: str):
        self.text += text
        self.changed.set()

    async def wait(self, is_enough, seconds: float) -> bool:
        """Waits until `is_enough` of what is new; returns whether it came to that."""
        try:
            async with asyncio.timeout(seconds):
                while not is_enough(self.text[self.shown :]):
                    self.changed.clear()
                    await self.changed.wait()
                return True
        except TimeoutError:
            return False


class Process:
    """A command with a session of its own, so that it can be ended with all that it has started."""

    def __init__(self, process: asyncio.subprocess.Process):
        self.process = process
        self.output = Output()
        self.reading = asyncio.create_task(self.read())

    @staticmethod
    async def start(arguments: list[str], folder: Path, environment: dict[str, str], waits: bool = False) -> "Process":
        """`waits`: nobody types, as at a terminal; otherwise its input is at its end."""
        return Process(
            await asyncio.create_subprocess_exec(
                *arguments,
                cwd=folder,
                env=environment,
                stdin=asyncio.subprocess.PIPE if waits else asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
            )
        )

    async def read(self):
        while chunk := await self.process.stdout.read(65_536):
            self.output.add(chunk.decode(errors="replace"))

    @property
    def status(self) -> int | None:
        return self.process.returncode

    async def ended(self, seconds: float) -> bool:
        """Waits for its end and that of its output; returns whether they came."""
        try:
            async with asyncio.timeout(seconds):
                await self.process.wait()
                await self.reading
                return True
        except TimeoutError:
            return False

    async def stop(self):
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                # its process group has its id
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                break
            if await self.ended(10):
                break
        self.reading.cancel()
