"""Topics: publishing, history, presence, joins and leaves, and who may do what."""

import asyncio
import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from centrifuge import CentrifugeError, DeltaType, StreamPosition
from centrifuge.exceptions import ReplyError
from peers import Peer, Wire, until
from server import Server
from tokens import token
from websockets.asyncio.client import connect

VALUES = [
    {"text": "Grüße, \U0001f600 \u2028", "list": [1, 2.5, -3e100, True, None], "in": {"": {}}},
    [],
    "a text with \"quotes\",\nlines and \\",
    "",
    0,
    -17.25,
    False,
    9007199254740993,
    "x" * 100_000,
]


async def refusal(action: Any) -> ReplyError:
    with pytest.raises(ReplyError) as error:
        await action
    return error.value


async def test_values_arrive_as_they_were_published(
    server: Server, peer: Callable[..., Peer], topic: str
) -> None:
    """Whoever publishes, and in whatever format somebody else follows, whole or in differences."""
    ann = await peer("ann").connect()
    readers = [
        await (await peer("bob", wire=wire).connect()).follow(topic, delta=delta)
        for wire in ("json", "protobuf")
        for delta in (None, DeltaType.FOSSIL)
    ]
    for value in VALUES:
        await ann.publish(topic, value)
        server.publish(topic, value)
        for reader in readers:
            for _ in range(2):
                assert await reader.publication() == value


async def test_bytes_that_are_no_json(peer: Callable[..., Peer], topic: str) -> None:
    readers: dict[Wire, Any] = {
        wire: await (await peer("bob", wire=wire).connect()).follow(topic) for wire in ("json", "protobuf")
    }
    ann = await peer("ann", wire="protobuf").connect()
    data = bytes(range(256))
    await ann.client.publish(topic, data)
    assert (await readers["protobuf"].events.next("publication")).pub.data == data
    pub = (await readers["json"].events.next("publication")).pub
    assert base64.b64decode(pub.data) == data
    assert pub.tags == {"encoding": "base64"}


async def test_a_message_says_who_published_it(server: Server, peer: Callable[..., Peer], topic: str) -> None:
    bob = await (await peer("bob").connect()).follow(topic)
    ann = await peer(token=token("ann", info={"name": "Ann"})).connect()
    await ann.publish(topic, 1)
    info = (await bob.events.next("publication")).pub.info
    assert (info.user, info.client, bob.peer.decoded(info.conn_info)) == ("ann", ann.id, {"name": "Ann"})
    server.publish(topic, 2, tags={"colour": "green"})
    pub = (await bob.events.next("publication")).pub
    assert (pub.info, pub.tags) == (None, {"colour": "green"})


async def test_clients_of_every_kind_meet_in_a_topic(server: Server, peer: Callable[..., Peer], topic: str) -> None:
    ann = await (await peer("ann").connect()).follow(topic)
    address = f"ws://127.0.0.1:{server.port}/ws/{topic}?format=json&last=0&token={token('bob')}"
    async with connect(address) as socket:

        async def line() -> dict:
            while True:
                line = json.loads(await asyncio.wait_for(socket.recv(), 10))
                if "data" in line:
                    return line

        await until("both are there", lambda: len(server.call("presence", channel=topic)["presence"]) == 2)
        await ann.sub.publish(ann.peer.encoded({"from": "an SDK"}))
        seen = (await ann.events.next("publication")).pub
        got = await line()
        assert (got["data"], got["offset"]) == ({"from": "an SDK"}, seen.offset)
        await socket.send("from a plain WebSocket")
        assert await ann.publication() == "from a plain WebSocket"
        assert (await line())["data"] == "from a plain WebSocket"


# History


async def test_history_is_read_in_pages(peer: Callable[..., Peer], topic: str) -> None:
    ann = await peer().connect()
    for number in range(1, 8):
        await ann.publish(topic, number)

    async def read(**options: Any) -> list[int]:
        result = await ann.client.history(topic, **options)
        assert result.offset == 7
        numbers = [ann.decoded(pub.data) for pub in result.publications]
        assert numbers == [pub.offset for pub in result.publications]
        return numbers

    epoch = (await ann.client.history(topic)).epoch
    assert epoch
    assert await read() == []
    assert await read(limit=-1) == [1, 2, 3, 4, 5, 6, 7]
    assert await read(limit=3) == [1, 2, 3]
    assert await read(limit=3, since=StreamPosition(3, epoch)) == [4, 5, 6]
    assert await read(limit=-1, since=StreamPosition(7, epoch)) == []
    assert await read(limit=3, reverse=True) == [7, 6, 5]
    assert await read(limit=3, reverse=True, since=StreamPosition(5, epoch)) == [4, 3, 2]


async def test_history_has_what_subscribers_saw(peer: Callable[..., Peer], topic: str) -> None:
    following = await (await peer().connect()).follow(topic)
    for value in VALUES:
        await following.peer.publish(topic, value)
    await until("all have arrived", lambda: len(following.events.named("publication")) == len(VALUES))
    history = await following.sub.history(limit=-1)
    assert [(pub.offset, pub.data) for pub in history.publications] == [
        (context.pub.offset, context.pub.data) for context in following.events.named("publication")
    ]


async def test_a_position_of_another_stream_is_none(peer: Callable[..., Peer], topic: str) -> None:
    ann = await peer().connect()
    await ann.publish(topic, 1)
    for epoch in ("1", "none"):
        error = await refusal(ann.client.history(topic, limit=10, since=StreamPosition(0, epoch)))
        assert (error.code, error.temporary) == (112, False)


async def test_what_is_not_kept_cannot_be_read(peer: Callable[..., Peer], user: str) -> None:
    ann = await peer(user).connect()
    assert (await refusal(ann.client.history(user, limit=1))).code == 108
    assert (await refusal(ann.client.presence(user))).code == 108
    assert (await refusal(ann.client.presence_stats(user))).code == 108


# Presence


async def test_presence_names_every_connection(server: Server, peer: Callable[..., Peer], topic: str) -> None:
    peers = [await peer(user).connect() for user in ("ann", "ann", "bob")]
    followings = [await peer.follow(topic) for peer in peers]
    for following in followings:
        clients = (await following.sub.presence()).clients
        assert {name: info.user for name, info in clients.items()} == {
            peers[0].id: "ann", peers[1].id: "ann", peers[2].id: "bob",
        }  # fmt: skip
        stats = await following.sub.presence_stats()
        assert (stats.num_clients, stats.num_users) == (3, 2)
    await followings[0].sub.unsubscribe()
    await peers[1].client.disconnect()
    await until("two have gone", lambda: server.call("presence_stats", channel=topic)["num_clients"] == 1)
    stats = await followings[2].sub.presence_stats()
    assert (stats.num_clients, stats.num_users) == (1, 1)


async def test_joins_and_leaves_are_told(peer: Callable[..., Peer], topic: str) -> None:
    ann = await (await peer("ann").connect()).follow(topic)
    own = (await ann.events.next("join")).info
    assert (own.client, own.user) == (ann.peer.id, "ann")
    for number in range(2):
        bob = await (await peer("bob").connect()).follow(topic)
        joined = (await ann.events.next("join")).info
        assert (joined.client, joined.user) == (bob.peer.id, "bob")
        if number == 0:
            await bob.sub.unsubscribe()
        else:
            await bob.peer.client.disconnect()
        left = (await ann.events.next("leave")).info
        assert (left.client, left.user) == (joined.client, "bob")
    assert len(ann.events.named("join")) == 3
    assert len(ann.events.named("leave")) == 2


# Who may


async def test_a_topic_that_only_the_server_writes_to(
    server: Server, peer: Callable[..., Peer], user: str
) -> None:
    topic = f"news:{user}"
    following = await (await peer(user).connect()).follow(topic)
    error = await refusal(following.peer.client.publish(topic, following.peer.encoded("mine")))
    assert error.code == 103
    server.publish(topic, "ours")
    assert await following.publication() == "ours"


async def test_a_topic_for_some_users(peer: Callable[..., Peer], user: str) -> None:
    topic = f"chat:dialog-{user}#ann,bob"
    ann = await (await peer("ann").connect()).follow(topic)
    bob = await peer("bob").connect()
    await bob.publish(topic, "to us")
    assert await ann.publication() == "to us"
    carol = await peer("carol").connect()
    outside = carol.subscription(topic)
    await outside.sub.subscribe()
    assert (await outside.events.next("unsubscribed")).code == 103
    assert (await refusal(carol.client.publish(topic, carol.encoded("to you")))).code == 103
    assert (await refusal(carol.client.history(topic, limit=1))).code == 103
    assert (await refusal(carol.client.presence(topic))).code == 103


async def test_a_name_that_no_topic_can_have(peer: Callable[..., Peer]) -> None:
    ann = await peer().connect()
    for name in ("x" * 256, "line\nbreak"):
        refused = ann.subscription(name)
        await refused.sub.subscribe()
        assert (await refused.events.next("unsubscribed")).code == 107
        assert (await refusal(ann.client.publish(name, ann.encoded(1)))).code == 107
    assert not ann.is_disconnected


async def test_many_topics_of_one_client(server: Server, peer: Callable[..., Peer], user: str) -> None:
    ann = await peer(user).connect()
    # its own topic is one of the 128
    followings = [ann.subscription(f"{user}-{number}") for number in range(128)]
    await asyncio.gather(*(following.sub.subscribe() for following in followings))
    for following in followings[:127]:
        await following.events.next("subscribed")
    assert (await followings[127].events.next("unsubscribed")).code == 106
    for number in range(127):
        server.publish(f"{user}-{number}", number)
    for number, following in enumerate(followings[:127]):
        assert await following.publication() == number


async def test_subscribing_and_thinking_better_of_it(peer: Callable[..., Peer], topic: str) -> None:
    """The commands overtake each other's answers; what was wanted last is what holds."""
    ann = await peer().connect()
    following = ann.subscription(topic)
    for _ in range(20):
        await following.sub.subscribe()
        # the command is on its way, its answer is not awaited
        await asyncio.sleep(0)
        await following.sub.unsubscribe()
    await following.sub.subscribe()
    await following.sub.ready()
    await ann.publish(topic, "once")
    assert await following.publication() == "once"
    await ann.publish(topic, "twice")
    assert await following.publication() == "twice"
    assert len((await following.sub.presence()).clients) == 1


async def test_a_subscription_that_ended_hears_nothing(peer: Callable[..., Peer], topic: str) -> None:
    ann, bob = await peer("ann").connect(), await peer("bob").connect()
    following, other = await ann.follow(topic), await bob.follow(topic)
    await ann.publish(topic, 1)
    assert await following.publication() == 1
    await following.sub.unsubscribe()
    await bob.publish(topic, 2)
    assert await other.publication() == 1
    assert await other.publication() == 2
    # what it asks now is answered after whatever was on its way
    assert len((await ann.client.presence(topic)).clients) == 1
    assert following.payloads() == [1]
    with pytest.raises(CentrifugeError):
        await following.sub.publish(ann.encoded(3))
