"""A chat: FastAPI saves what is written, Chorus shows it to everybody at once.

    export CHORUS_API_KEY=secret
    chorus serve --origin http://127.0.0.1:8080 --no-publish
    uvicorn app:app --port 8080

Then open http://127.0.0.1:8080 in two windows. What is written while Chorus is away is saved, and shown when it is back.
"""

import asyncio
import logging
import os
import random
import sqlite3
import time
import uuid
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from fastapi import FastAPI, HTTPException, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

CHORUS_URL = os.environ.get("CHORUS_URL", "http://127.0.0.1:8000")
CHORUS_API_KEY = os.environ.get("CHORUS_API_KEY", "")
#: Where browsers find Chorus: behind a proxy it is another address.
CHORUS_PUBLIC_URL = os.environ.get("CHORUS_PUBLIC_URL", CHORUS_URL.replace("http", "ws", 1))
DATABASE = os.environ.get("DATABASE", "chat.db")
TOPIC = "room"

log = logging.getLogger("uvicorn.error")


class Unavailable(Exception):
    """Chorus cannot be reached or has too much to do: the same may succeed later."""


class Refused(Exception):
    """Chorus does not accept it, and would not accept it later."""


class Chorus:
    """Publishes through Chorus's HTTP API."""

    def __init__(self, url: str, key: str):
        headers = {"X-API-Key": key} if key else {}
        self.http = httpx.AsyncClient(base_url=url, headers=headers, timeout=5)

    async def publish(self, topic: str, data, *, idempotency_key: str, patience: float = 2.0) -> dict:
        """Returns when Chorus has accepted it, with its offset and epoch.

        Tries again for `patience` seconds when the connection is lost or Chorus answers 503. Nobody knows then whether
        it was published already; because of the key it is not published twice.
        """
        command = {"channel": topic, "data": data, "idempotency_key": idempotency_key}
        give_up = time.monotonic() + patience
        wait = 0.1
        while True:
            try:
                answer = await self.http.post("/api/publish", json=command)
            except httpx.TransportError as error:
                problem = f"{type(error).__name__} {error}"
            else:
                if answer.status_code < 500:
                    return self.result(answer)
                problem = f"{answer.status_code} {answer.text.strip()}"
                wait = float(answer.headers.get("Retry-After", wait))
            if time.monotonic() + wait > give_up:
                raise Unavailable(f"Chorus is not available: {problem}")
            await asyncio.sleep(wait * random.uniform(1, 1.5))
            wait = min(2 * wait, 1)

    @staticmethod
    def result(answer: httpx.Response) -> dict:
        if answer.status_code in (401, 403):
            raise Refused(f"Chorus answered {answer.status_code}: {answer.text.strip()} Look at CHORUS_API_KEY.")
        if answer.status_code != 200:
            raise Refused(f"Chorus answered {answer.status_code}: {answer.text.strip()}")
        reply = answer.json()
        if "error" in reply:
            raise Refused(f"Chorus answered {reply['error']['code']}: {reply['error']['message']}")
        return reply["result"]


class Messages:
    """The chat's memory, and which of it Chorus has accepted."""

    def __init__(self, path: str):
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.row_factory = sqlite3.Row
        self.db.execute(
            "CREATE TABLE IF NOT EXISTS messages"
            " (id INTEGER PRIMARY KEY, key TEXT, name TEXT, text TEXT, published INTEGER DEFAULT 0)"
        )

    def save(self, name: str, text: str) -> dict:
        key = str(uuid.uuid4())
        cursor = self.db.execute("INSERT INTO messages (key, name, text) VALUES (?, ?, ?)", (key, name, text))
        return {"id": cursor.lastrowid, "name": name, "text": text}

    def newest(self, count: int) -> list[dict]:
        rows = self.db.execute("SELECT id, name, text FROM messages ORDER BY id DESC LIMIT ?", (count,))
        return [dict(row) for row in rows][::-1]

    def unpublished(self) -> list[sqlite3.Row]:
        return self.db.execute("SELECT * FROM messages WHERE NOT published ORDER BY id").fetchall()

    def mark_published(self, id: int):
        self.db.execute("UPDATE messages SET published = 1 WHERE id = ?", (id,))


class Publisher:
    """Publishes what is saved, in its order and through every absence of Chorus."""

    def __init__(self, chorus: Chorus, messages: Messages):
        self.chorus = chorus
        self.messages = messages
        self.news = asyncio.Event()
        self.waiting: dict[int, asyncio.Future] = {}

    async def published(self, id: int, patience: float = 3.0):
        """Waits until this one is published. Throws Refused, or TimeoutError: then it is published later."""
        future = self.waiting[id] = asyncio.get_running_loop().create_future()
        self.news.set()
        try:
            await asyncio.wait_for(future, patience)
        finally:
            del self.waiting[id]

    async def run(self):
        self.news.set()  # what an earlier run has left
        while True:
            await self.news.wait()
            self.news.clear()
            try:
                for row in self.messages.unpublished():
                    await self.publish(row)
            except Unavailable as error:
                log.warning("%s", error)
                self.news.set()
            except Refused as error:
                log.error("%s", error)
                for future in self.waiting.values():
                    if not future.done():
                        future.set_exception(error)

    async def publish(self, row: sqlite3.Row):
        data = {"id": row["id"], "name": row["name"], "text": row["text"]}
        await self.chorus.publish(TOPIC, data, idempotency_key=row["key"])
        self.messages.mark_published(row["id"])
        future = self.waiting.get(row["id"])
        if future and not future.done():
            future.set_result(None)


@asynccontextmanager
async def lifespan(app: FastAPI):
    chorus = Chorus(CHORUS_URL, CHORUS_API_KEY)
    app.state.messages = Messages(DATABASE)
    app.state.publisher = Publisher(chorus, app.state.messages)
    task = asyncio.create_task(app.state.publisher.run())
    yield
    task.cancel()
    await chorus.http.aclose()


app = FastAPI(lifespan=lifespan)


class NewMessage(BaseModel):
    name: str = Field(min_length=1, max_length=50)
    text: str = Field(min_length=1, max_length=2000)


@app.post("/messages", status_code=201)
async def post_message(message: NewMessage, response: Response) -> dict:
    """201: everybody sees it. 202: it is saved, and shown when Chorus is back. 502: Chorus refuses us."""
    saved = app.state.messages.save(message.name, message.text)
    try:
        await app.state.publisher.published(saved["id"])
    except TimeoutError:
        response.status_code = 202
    except Refused as error:
        raise HTTPException(502, f"The message is saved but not shown. {error}")
    return saved


@app.get("/messages")
async def get_messages() -> list[dict]:
    return app.state.messages.newest(100)


@app.get("/", response_class=HTMLResponse)
async def page() -> str:
    text = Path(__file__).with_name("page.html").read_text(encoding="utf-8")
    return text.replace("CHORUS_PUBLIC_URL", CHORUS_PUBLIC_URL)
