"""Connecting, and staying connected."""

from collections.abc import Callable

from peers import Peer, remains, until
from proxy import Proxy
from server import Server


async def test_a_client_is_told_who_it_is(server: Server, peer: Callable[..., Peer]) -> None:
    ann, bob = await peer("ann").connect(), await peer("bob").connect()
    (connected,) = ann.events.named("connected")
    assert connected.client == ann.id
    assert ann.id != bob.id
    assert connected.version == server.call("info")["nodes"][0]["version"]


async def test_a_client_comes_back_as_often_as_it_wants(
    server: Server, peer: Callable[..., Peer], topic: str
) -> None:
    ann = peer()
    for _ in range(3):
        await ann.connect()
        following = await ann.follow(topic)
        assert list(server.call("presence", channel=topic)["presence"]) == [ann.id]
        await following.sub.unsubscribe()
        ann.client.remove_subscription(following.sub)
        await ann.client.disconnect()
        assert ann.is_disconnected
    assert len({context.client for context in ann.events.named("connected")}) == 3


async def test_who_connects_without_a_token_is_refused(peer: Callable[..., Peer]) -> None:
    nobody = peer(None)
    await nobody.client.connect()
    assert (await nobody.events.next("disconnected")).code == 3501
    assert nobody.is_disconnected


async def test_who_answers_pings_stays(peer: Callable[..., Peer], topic: str) -> None:
    ann = await peer().connect()
    # two pings
    await remains("connected", lambda: len(ann.events.named("connecting")) == 1, 5)
    following = await ann.follow(topic)
    await ann.publish(topic, "still there")
    assert await following.publication() == "still there"


async def test_who_has_gone_without_a_word_is_noticed_by_both(
    server: Server, peer: Callable[..., Peer], make_peer: Callable[..., Peer], proxy: Proxy, topic: str
) -> None:
    ann = await make_peer(proxy.port, max_server_ping_delay=0.5).connect()
    following = await ann.follow(topic)
    gone = ann.id
    proxy.forget()
    assert (await ann.events.next("connecting")).reason == "no ping"
    await following.events.next("subscribed")
    assert ann.id != gone
    members = lambda: list(server.call("presence", channel=topic)["presence"])  # noqa: E731
    await until("the server has missed the answer to its ping", lambda: members() == [ann.id])
