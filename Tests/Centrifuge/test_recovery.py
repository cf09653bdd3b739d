"""Coming back: nothing is missing, nothing is told twice, or the client is told that something is missing."""

from collections.abc import Callable

import pytest
from centrifuge import DeltaType, StreamPosition
from peers import Following, Peer, subscribed, until
from proxy import Proxy
from publishing import Publishing
from server import Server
from tokens import token

# What happens to the network.
BREAKS: dict[str, Callable[[Proxy], None]] = {
    "in the middle of a message": Proxy.cut,
    "at once": Proxy.drop,
    "without a word": Proxy.forget,
}


async def break_and_heal(proxy: Proxy, how: str, peers: list[Peer]) -> None:
    """Breaks every connection, and lets others through when all are broken."""
    severed = proxy.severed
    BREAKS[how](proxy)
    if how == "in the middle of a message":
        await until("all are broken", lambda: not any(peer.is_connected for peer in peers))
        assert proxy.severed >= severed + len(peers)
        proxy.heal()


async def test_every_message_once_and_in_order(
    server: Server, make_peer: Callable[..., Peer], proxy: Proxy, topic: str
) -> None:
    """While something is published all the time, and the network breaks in every way, again and again."""
    readers: list[Following] = []
    for _ in range(3):
        reader = await make_peer(proxy.port, max_server_ping_delay=0.5).connect()
        readers.append(await reader.follow(topic))
    with Publishing(server, topic) as publishing:
        for how in [*BREAKS, *BREAKS]:
            published = publishing.count
            await until("all follow", lambda: all(reader.payloads()[-1:] >= [published] for reader in readers))
            await break_and_heal(proxy, how, [reader.peer for reader in readers])
            for reader in readers:
                again = await reader.events.next("subscribed")
                assert (again.was_recovering, again.recovered) == (True, True)
    for reader in readers:
        await until("the last one", lambda: reader.payloads()[-1:] == [publishing.count - 1])  # noqa: B023
        assert reader.payloads() == publishing.numbers
        offsets = [context.pub.offset for context in reader.events.named("publication")]
        assert offsets == list(range(1, publishing.count + 1))


async def test_topics_of_the_server_lose_nothing_either(
    server: Server, make_peer: Callable[..., Peer], proxy: Proxy, topic: str
) -> None:
    proof = token("ann", channels=[topic])
    reader = await make_peer(proxy.port, token=proof, max_server_ping_delay=0.5).connect()

    await subscribed(reader, topic)

    def numbers() -> list[int]:
        return [reader.decoded(context.pub.data) for context in reader.events.named("publication")]

    with Publishing(server, topic) as publishing:
        for how in BREAKS:
            published = publishing.count
            await until("it follows", lambda: numbers()[-1:] >= [published])
            await break_and_heal(proxy, how, [reader])
            again = await subscribed(reader, topic)
            assert (again.was_recovering, again.recovered) == (True, True)
    await until("the last one", lambda: numbers()[-1:] == [publishing.count - 1])
    assert numbers() == publishing.numbers


async def test_differences_are_of_what_the_client_has(
    server: Server, make_peer: Callable[..., Peer], proxy: Proxy, topic: str
) -> None:
    """A document changes in one place at a time; the SDK puts it together, also when it was away."""
    reader = await (await make_peer(proxy.port).connect()).follow(topic, delta=DeltaType.FOSSIL)
    document = {f"line {number}": "as it was at first" for number in range(100)}
    published = []
    for number in range(40):
        document[f"line {number * 7 % 100}"] = f"changed the {number}th time"
        published.append(dict(document))
        if number % 10 == 9:
            await until("it follows", lambda: len(reader.payloads()) == number)  # noqa: B023
            await miss(server, proxy, reader, published[-1:])
            assert (await reader.events.next("subscribed")).recovered
        else:
            server.publish(topic, document)
    await until("the last one", lambda: len(reader.payloads()) == len(published))
    assert reader.payloads() == published
    # what was missed is whole, and so is the first one that comes live
    differences = [context.pub.delta for context in reader.events.named("publication")]
    assert differences == [number % 10 not in (0, 9) for number in range(40)]


async def test_who_was_told_to_come_back_loses_nothing(
    server: Server, peer: Callable[..., Peer], topic: str, user: str
) -> None:
    reader = await (await peer(user).connect()).follow(topic)
    with Publishing(server, topic, every=0.001) as publishing:
        for _ in range(5):
            published = publishing.count
            await until("it follows", lambda: reader.payloads()[-1:] >= [published])
            server.call("disconnect", user=user, disconnect={"code": 3000, "reason": "come back"})
            assert (await reader.events.next("subscribed")).recovered
    await until("the last one", lambda: reader.payloads()[-1:] == [publishing.count - 1])
    assert reader.payloads() == publishing.numbers


async def test_who_unsubscribed_gets_what_it_missed(server: Server, peer: Callable[..., Peer], topic: str) -> None:
    following = await (await peer().connect()).follow(topic)
    server.publish(topic, 1)
    assert await following.publication() == 1
    await following.sub.unsubscribe()
    for number in (2, 3):
        server.publish(topic, number)
    await following.sub.subscribe()
    assert (await following.events.next("subscribed")).recovered
    assert [await following.publication() for _ in range(2)] == [2, 3]


async def test_who_was_away_for_too_long_is_told(
    server: Server, make_peer: Callable[..., Peer], proxy: Proxy, user: str
) -> None:
    topic = f"short:{user}"  # keeps two
    following = await (await make_peer(proxy.port).connect()).follow(topic)
    await miss(server, proxy, following, [1, 2])
    assert (await following.events.next("subscribed")).recovered
    assert [await following.publication() for _ in range(2)] == [1, 2]
    await miss(server, proxy, following, [3, 4, 5])
    again = await following.events.next("subscribed")
    assert (again.was_recovering, again.recovered, again.stream_position.offset) == (True, False, 5)
    server.publish(topic, 6)
    assert await following.publication() == 6


async def test_who_has_a_state_of_its_own_gets_it_anew(
    server: Server, make_peer: Callable[..., Peer], proxy: Proxy, user: str
) -> None:
    topic = f"short:{user}"
    peer = make_peer(proxy.port)
    states: list[int] = []

    async def state(_: str) -> StreamPosition:
        position = server.call("history", channel=topic)
        states.append(position["offset"])
        return StreamPosition(position["offset"], position["epoch"])

    server.publish(topic, 1)
    following = await (await peer.connect()).follow(topic, get_state=state)
    await miss(server, proxy, following, [2, 3, 4])
    await following.events.next("subscribed")
    assert states == [1, 4]
    assert following.payloads() == []
    server.publish(topic, 5)
    assert await following.publication() == 5


async def miss(server: Server, proxy: Proxy, following: Following, values: list) -> None:
    """Publishes something while a client is away."""
    proxy.refuse()
    proxy.drop()
    await following.events.next("subscribing")
    for value in values:
        server.publish(following.sub.channel, value)
    proxy.heal()


async def test_what_a_server_has_forgotten_is_told(
    another_server: Callable[..., Server], make_peer: Callable[..., Peer], topic: str
) -> None:
    server = another_server()
    following = await (await make_peer(server.port).connect()).follow(topic)
    server.publish(topic, 1)
    assert await following.publication() == 1
    server.kill()
    server.start()
    again = await following.events.next("subscribed")
    assert (again.was_recovering, again.recovered) == (True, False)
    # an offset that was known before, of another stream
    server.publish(topic, 2)
    assert await following.publication() == 2


@pytest.mark.parametrize("size", [1, 200])
async def test_a_position_from_elsewhere_is_a_beginning(
    server: Server, peer: Callable[..., Peer], topic: str, size: int
) -> None:
    """As a page has it that was drawn by a backend."""
    for number in range(size):
        server.publish(topic, number)

    async def state(_: str) -> StreamPosition:
        return StreamPosition(0, "")

    following = await (await peer().connect()).follow(topic, get_state=state)
    await until("all have come", lambda: len(following.payloads()) == size)
    assert following.payloads() == list(range(size))
