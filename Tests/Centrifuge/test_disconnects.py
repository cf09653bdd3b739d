"""Ends of connections, and who comes back after them."""

from collections.abc import Callable

import pytest
from centrifuge.exceptions import ClientDisconnectedError
from peers import Peer, remains, until
from server import Server
from tokens import token


@pytest.mark.parametrize("code", [3011, 3499, 4000, 4499])
async def test_some_codes_mean_come_back(
    server: Server, peer: Callable[..., Peer], topic: str, user: str, code: int
) -> None:
    ann = await peer(user).connect()
    following = await ann.follow(topic)
    server.call("disconnect", user=user, disconnect={"code": code, "reason": "in a moment"})
    ended = await ann.events.next("connecting")
    assert (ended.code, ended.reason) == (code, "in a moment")
    await ann.events.next("connected")
    await following.events.next("subscribed")
    assert list(server.call("presence", channel=topic)["presence"]) == [ann.id]


async def test_3000_is_a_connection_that_is_lost(server: Server, peer: Callable[..., Peer], user: str) -> None:
    ann = await peer(user).connect()
    server.call("disconnect", user=user, disconnect={"code": 3000, "reason": "unheard"})
    ended = await ann.events.next("connecting")
    assert (ended.code, ended.reason) == (1, "transport closed")
    await ann.events.next("connected")


@pytest.mark.parametrize("code", [3500, 3999, 4500, 4999])
async def test_some_codes_mean_stay_away(
    server: Server, peer: Callable[..., Peer], user: str, code: int
) -> None:
    ann = await peer(user).connect()
    server.call("disconnect", user=user, disconnect={"code": code, "reason": "for ever"})
    ended = await ann.events.next("disconnected")
    assert (ended.code, ended.reason) == (code, "for ever")
    await remains("away", lambda: ann.is_disconnected, 0.5)
    assert len(ann.events.named("connecting")) == 1


async def test_whom_the_program_disconnects_stays_away(
    server: Server, peer: Callable[..., Peer], topic: str, user: str
) -> None:
    peers = [await peer(user).connect() for _ in range(2)]
    other = await (await peer().connect()).follow(topic)
    server.call("disconnect", user=user)
    for one in peers:
        assert (await one.events.next("disconnected")).code == 3503
    await other.peer.publish(topic, "nobody else notices")
    assert await other.publication() == "nobody else notices"


async def test_what_a_client_knows_may_be_void(
    server: Server, peer: Callable[..., Peer], topic: str, user: str
) -> None:
    """3014: it gets another token, and begins its subscriptions anew."""
    asked = 0

    async def backend() -> str:
        nonlocal asked
        asked += 1
        return token(user)

    ann = await peer(get_token=backend).connect()
    following = await ann.follow(topic)
    server.publish(topic, 1)
    assert await following.publication() == 1
    server.call("disconnect", user=user, disconnect={"code": 3014, "reason": "state invalidated"})
    again = await following.events.next("subscribed")
    assert (again.was_recovering, again.recovered) == (True, False)
    assert asked == 2


async def test_a_message_that_is_too_large_ends_the_connection(peer: Callable[..., Peer], topic: str) -> None:
    ann = await peer().connect()
    with pytest.raises(ClientDisconnectedError):
        await ann.publish(topic, "x" * (1 << 20))
    # the SDK's own code for close code 1009
    assert (await ann.events.next("connecting")).code == 3
    await ann.events.next("connected")


async def test_a_server_that_stops_says_so(
    another_server: Callable[..., Server], make_peer: Callable[..., Peer], topic: str
) -> None:
    server = another_server()
    ann = await make_peer(server.port).connect()
    following = await ann.follow(topic)
    assert server.stop() == 0
    assert (await ann.events.next("connecting")).code == 3001
    server.start()
    await following.events.next("subscribed")
    await ann.publish(topic, "again")
    assert await following.publication() == "again"
    assert server.log == ""
    await until("one connection", lambda: server.call("info")["nodes"][0]["num_clients"] == 1)
