"""Clients of the official SDK that remember everything that happens to them."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

from centrifuge import Client, ClientState, ServerSubscribedContext, Subscription
from tokens import token
from waiting import PATIENCE

Wire = Literal["json", "protobuf"]


@dataclass(frozen=True)
class Event:
    name: str  # that of the SDK's handler, without `on_`
    context: Any


class Events:
    """Stands where the SDK wants its handlers: keeps all events, and lets a test wait for the next one of a name."""

    def __init__(self) -> None:
        self.all: list[Event] = []
        self._seen = 0
        self._more = asyncio.Event()

    def __getattr__(self, name: str) -> Callable[[Any], Awaitable[None]]:
        if not name.startswith("on_"):
            raise AttributeError(name)

        async def keep(context: Any) -> None:
            self.all.append(Event(name.removeprefix("on_"), context))
            self._more.set()

        return keep

    async def next(self, name: str, patience: float = PATIENCE) -> Any:
        """The context of the next event of this name. Those of other names are passed over."""
        try:
            async with asyncio.timeout(patience):
                while True:
                    while self._seen < len(self.all):
                        event = self.all[self._seen]
                        self._seen += 1
                        if event.name == name:
                            return event.context
                    self._more.clear()
                    await self._more.wait()
        except TimeoutError:
            last = "\n".join(str(event)[:300] for event in self.all[-8:])
            raise AssertionError(f"after {patience:g} s still no event {name!r}; the last ones:\n{last}") from None

    def named(self, name: str) -> list[Any]:
        """The contexts of all events of this name, from the first."""
        return [event.context for event in self.all if event.name == name]


class Peer:
    """A client of the SDK. What it says and hears are JSON values, in both of the SDK's formats."""

    def __init__(self, port: int, wire: Wire, user: str | None, **options: Any) -> None:
        if user is not None and not {"token", "get_token"} & options.keys():
            options["token"] = token(user)
        self.wire = wire
        self.events = Events()
        self.client = Client(
            f"ws://127.0.0.1:{port}/connection/websocket",
            self.events,
            use_protobuf=wire == "protobuf",
            min_reconnect_delay=0.05,
            max_reconnect_delay=0.2,
            proxy=None,
            **options,
        )

    @property
    def id(self) -> str:
        """Its identifier, another one after every reconnect."""
        return self.client.client_id

    @property
    def is_connected(self) -> bool:
        return self.client.state == ClientState.CONNECTED

    @property
    def is_disconnected(self) -> bool:
        return self.client.state == ClientState.DISCONNECTED

    def encoded(self, value: Any) -> Any:
        """As the SDK wants it: bytes in Protobuf."""
        return json.dumps(value, ensure_ascii=False).encode() if self.wire == "protobuf" else value

    def decoded(self, data: Any) -> Any:
        return json.loads(data) if isinstance(data, bytes) else data

    async def connect(self) -> "Peer":
        await self.client.connect()
        await self.events.next("connected")
        return self

    async def follow(self, topic: str, **options: Any) -> "Following":
        """Subscribes, and waits until it is."""
        following = self.subscription(topic, **options)
        await following.sub.subscribe()
        await following.events.next("subscribed")
        return following

    def subscription(self, topic: str, **options: Any) -> "Following":
        """A subscription that is not begun yet."""
        events = Events()
        sub = self.client.new_subscription(
            topic, events, min_resubscribe_delay=0.05, max_resubscribe_delay=0.2, **options
        )
        return Following(self, sub, events)

    async def publish(self, topic: str, value: Any) -> None:
        await self.client.publish(topic, self.encoded(value))

    async def rpc(self, method: str, value: Any) -> Any:
        return self.decoded((await self.client.rpc(method, self.encoded(value))).data)

    async def publication(self) -> Any:
        """The payload of the next message of a topic that the server has subscribed it to."""
        return self.decoded((await self.events.next("publication")).pub.data)


@dataclass(frozen=True)
class Following:
    """A subscription of a client, and what has happened to it."""

    peer: Peer
    sub: Subscription
    events: Events

    async def publication(self) -> Any:
        """The payload of the next message."""
        return self.peer.decoded((await self.events.next("publication")).pub.data)

    def payloads(self) -> list[Any]:
        """Those of all messages so far."""
        return [self.peer.decoded(context.pub.data) for context in self.events.named("publication")]


async def subscribed(peer: Peer, topic: str) -> ServerSubscribedContext:
    """Waits until the server has subscribed it to a topic."""
    while (context := await peer.events.next("subscribed")).channel != topic:
        pass
    return context


async def until(what: str, condition: Callable[[], Any], patience: float = PATIENCE) -> Any:
    """Waits until the condition gives something true, and gives that."""
    try:
        async with asyncio.timeout(patience):
            while not (value := condition()):
                await asyncio.sleep(0.02)
            return value
    except TimeoutError:
        raise AssertionError(f"after {patience:g} s still not: {what} (last seen: {value!r})") from None


async def remains(what: str, condition: Callable[[], Any], seconds: float) -> None:
    """Fails when the condition does not hold all that time: for what must not happen."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert condition(), f"no longer: {what}"
        await asyncio.sleep(0.02)
