"""Tokens of connections and subscriptions: which are good, how long, and what happens then."""

import asyncio
import json
from collections.abc import Callable

import pytest
from peers import Peer, remains, until
from server import Server
from tokens import SECRET, signed, token
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus


class Backend:
    """Gives out tokens, as an application does that is asked for them; the first ones may be special."""

    def __init__(self, make: Callable[[], str], *first: str) -> None:
        self._make = make
        self._first = list(first)
        self.asked = 0

    async def __call__(self, _topic: str = "") -> str:
        self.asked += 1
        return self._first.pop(0) if self._first else self._make()


NOT_OURS = {
    "another secret": token(secret="another one, of 32 bytes and more too"),
    "no signature": token().rpartition(".")[0] + ".",
    "no algorithm": signed({"alg": "none"}, {"sub": "ann"}, SECRET),
    "garbage": "garbage",
}


@pytest.mark.parametrize("what", NOT_OURS)
async def test_a_token_that_is_not_ours_ends_the_connection(peer: Callable[..., Peer], what: str) -> None:
    ann = peer(token=NOT_OURS[what])
    await ann.client.connect()
    assert (await ann.events.next("disconnected")).code == 3500
    await remains("disconnected", lambda: ann.is_disconnected, 0.5)
    assert len(ann.events.named("connecting")) == 1


async def test_for_an_expired_token_the_client_gets_another(peer: Callable[..., Peer]) -> None:
    backend = Backend(lambda: token("ann"), token("ann", expires_in=-10))
    ann = await peer(get_token=backend).connect()
    assert backend.asked == 2
    assert [context.error.code for context in ann.events.named("error")] == [109]


async def test_a_connection_outlives_its_first_token(peer: Callable[..., Peer]) -> None:
    backend = Backend(lambda: token("ann", expires_in=2))
    ann = await peer(get_token=backend).connect()
    # by the third the first has been expired for longer than is forgiven
    await until("three tokens were wanted", lambda: backend.asked == 3)
    assert len(ann.events.named("connecting")) == 1


async def test_a_connection_ends_with_its_token(peer: Callable[..., Peer]) -> None:
    ann = await peer(token=token("ann", expires_in=2)).connect()
    assert (await ann.events.next("connecting")).code == 3005
    assert (await ann.events.next("error")).error.code == 109
    # the SDK has nothing to get another token with
    assert (await ann.events.next("disconnected")).code == 1


async def test_a_connection_stays_whose_it_is(peer: Callable[..., Peer]) -> None:
    backend = Backend(lambda: token("bob", expires_in=100), token("ann", expires_in=1))
    ann = await peer(get_token=backend).connect()
    assert (await ann.events.next("disconnected")).code == 3500


async def test_what_a_token_says_of_its_user_is_shown(peer: Callable[..., Peer], topic: str) -> None:
    bob = await peer("bob").connect()
    watching = await bob.follow(topic)
    ann = await peer(token=token("ann", info={"name": "Ann"})).connect()
    proof = token("ann", channel=topic, info={"role": "guest"})
    await ann.follow(topic, token=proof)
    (member,) = [info for info in (await watching.sub.presence()).clients.values() if info.client == ann.id]
    joined = await watching.events.next("join")
    while joined.info.client != ann.id:
        joined = await watching.events.next("join")
    for info in (member, joined.info):
        assert info.user == "ann"
        assert bob.decoded(info.conn_info) == {"name": "Ann"}
        assert bob.decoded(info.chan_info) == {"role": "guest"}


# Subscriptions


async def test_some_topics_want_a_token(peer: Callable[..., Peer], topic: str) -> None:
    private = f"${topic}"
    ann = await peer().connect()
    without = ann.subscription(private)
    await without.sub.subscribe()
    assert (await without.events.next("unsubscribed")).code == 103
    ann.client.remove_subscription(without.sub)
    following = await ann.follow(private, token=token("ann", channel=private))
    await ann.publish(private, {"secret": True})
    assert await following.publication() == {"secret": True}


@pytest.mark.parametrize("what", NOT_OURS)
async def test_a_subscription_token_that_is_not_ours_opens_nothing(
    peer: Callable[..., Peer], topic: str, what: str
) -> None:
    ann = await peer().connect()
    refused = ann.subscription(topic, token=NOT_OURS[what])
    await refused.sub.subscribe()
    assert (await refused.events.next("unsubscribed")).code == 103
    await ann.follow(topic + "-2")


@pytest.mark.parametrize(
    "claims",
    [{"user": "bob", "channel": "TOPIC"}, {"channel": "chat:other"}, {"channel": "TOPIC", "client": "another"}],
    ids=["of another user", "for another topic", "for another connection"],
)
async def test_a_subscription_token_of_others_ends_the_connection(
    peer: Callable[..., Peer], topic: str, claims: dict[str, str]
) -> None:
    ann = await peer().connect()
    claims = {name: topic if value == "TOPIC" else value for name, value in claims.items()}
    await ann.subscription(topic, token=token(**claims)).sub.subscribe()
    assert (await ann.events.next("disconnected")).code == 3500


async def test_a_subscription_token_for_one_connection(peer: Callable[..., Peer], topic: str) -> None:
    ann = await peer().connect()
    await ann.follow(topic, token=token("ann", channel=topic, client=ann.id))


async def test_for_an_expired_subscription_token_the_client_gets_another(
    peer: Callable[..., Peer], topic: str
) -> None:
    backend = Backend(lambda: token("ann", channel=topic), token("ann", channel=topic, expires_in=-10))
    ann = await peer().connect()
    following = await ann.follow(topic, get_token=backend)
    assert backend.asked == 2
    assert [context.error.code for context in following.events.named("error")] == [109]


async def test_a_subscription_outlives_its_first_token(peer: Callable[..., Peer], topic: str) -> None:
    backend = Backend(lambda: token("ann", channel=topic, expires_in=2))
    ann = await peer().connect()
    following = await ann.follow(topic, get_token=backend)
    await until("three tokens were wanted", lambda: backend.asked == 3)
    await ann.publish(topic, "still subscribed")
    assert await following.publication() == "still subscribed"
    assert len(following.events.named("subscribed")) == 1
    assert len(ann.events.named("connecting")) == 1


async def test_a_subscription_ends_with_its_token(peer: Callable[..., Peer], topic: str) -> None:
    ann = await peer().connect()
    following = await ann.follow(topic, token=token("ann", channel=topic, expires_in=2))
    assert (await following.events.next("subscribing")).code == 2501
    # the SDK has nothing to get another token with
    assert (await following.events.next("unsubscribed")).code == 1
    await ann.follow(topic + "-2")


# Elsewhere


async def test_a_token_opens_plain_websockets_too(server: Server, topic: str) -> None:
    address = f"ws://127.0.0.1:{server.port}/ws/{topic}?format=json&token="
    async with connect(address + token("ann")) as socket, connect(address + token("bob")) as other:
        await socket.send("hello")
        while "data" not in (line := json.loads(await asyncio.wait_for(other.recv(), 10))):
            pass
        assert line["data"] == "hello"
    with pytest.raises(InvalidStatus) as refusal:
        await connect(address + NOT_OURS["another secret"])
    assert refusal.value.response.status_code == 401


async def test_no_token_is_ever_logged(
    another_server: Callable[..., Server], make_peer: Callable[..., Peer], topic: str
) -> None:
    server = another_server("--log-level", "trace")
    shown = [token("ann"), token("ann", channel=topic), *NOT_OURS.values(), token("ann", expires_in=-10)]
    ann = await make_peer(server.port, token=shown[0]).connect()
    await ann.follow(topic, token=shown[1])
    for text in shown[2:]:
        other = make_peer(server.port, token=text)
        await other.client.connect()
        await other.events.next("disconnected")
        refused = ann.subscription(f"{topic}-{len(text)}", token=text)
        await refused.sub.subscribe()
        await refused.events.next("unsubscribed")
        with pytest.raises(InvalidStatus):
            await connect(f"ws://127.0.0.1:{server.port}/ws/{topic}?token={text}")
    log = server.log
    assert "token refused" in log
    for text in shown:
        for part in text.split("."):
            assert len(part) < 8 or part not in log
