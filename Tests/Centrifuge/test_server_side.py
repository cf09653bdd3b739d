"""Topics that the server subscribes clients to: by their token, because of who they are, and by the HTTP API."""

from collections.abc import Callable

from peers import Peer, subscribed, until
from server import Server
from tokens import token


async def test_the_topics_of_a_token(server: Server, peer: Callable[..., Peer], topic: str) -> None:
    other = topic + "-2"
    told = {"subs": {other: {"data": {"welcome": True}, "info": {"role": "guest"}}}}
    ann = await peer(token=token("ann", channels=[topic], **told)).connect()
    await until("it follows all", lambda: len(ann.events.named("subscribed")) == 3)  # its own topic, too
    begun = {context.channel: context for context in ann.events.named("subscribed")}
    assert begun[topic].recoverable
    assert ann.decoded(begun[other].data) == {"welcome": True}
    (member,) = server.call("presence", channel=other)["presence"].values()
    assert member["chan_info"] == {"role": "guest"}
    for name in (topic, other):
        server.publish(name, {"in": name})
        context = await ann.events.next("publication")
        assert (context.channel, ann.decoded(context.pub.data)) == (name, {"in": name})
    own = lambda: {context.channel for context in ann.events.named("join")}  # noqa: E731
    await until("it sees itself in both", lambda: own() == {topic, other})


async def test_everybody_has_a_topic_of_his_own(server: Server, peer: Callable[..., Peer], user: str) -> None:
    peers = [await peer(user).connect() for _ in range(2)]
    for one in peers:
        await subscribed(one, f"#{user}")
    server.publish(f"#{user}", "to you")
    for one in peers:
        assert await one.publication() == "to you"
    stranger = await peer(f"{user}-2").connect()
    outside = stranger.subscription(f"#{user}")
    await outside.sub.subscribe()
    assert (await outside.events.next("unsubscribed")).code == 103


async def test_a_token_with_more_topics_than_a_connection_may_have(peer: Callable[..., Peer], topic: str) -> None:
    # its own topic is one of the 128
    topics = [f"{topic}-{number}" for number in range(128)]
    ann = peer(token=token("ann", channels=topics))
    await ann.client.connect()
    assert (await ann.events.next("disconnected")).code == 3505
    await (await peer(token=token("ann", channels=topics[1:])).connect()).publish(topics[0], "one less is enough")


async def test_the_program_takes_a_client_out(
    server: Server, peer: Callable[..., Peer], topic: str, user: str
) -> None:
    ann = await peer(token=token(user, channels=[topic])).connect()
    own = await ann.follow(topic + "-2")
    await subscribed(ann, topic)
    server.call("unsubscribe", user=user, channel=topic)
    assert (await ann.events.next("unsubscribed")).channel == topic
    server.call("unsubscribe", user=user, channel=topic + "-2")
    assert (await own.events.next("unsubscribed")).code == 2000
    for name in (topic, topic + "-2"):
        assert server.call("presence", channel=name)["presence"] == {}
        server.publish(name, "for nobody")
    # it may come again
    await own.sub.subscribe()
    assert (await own.events.next("subscribed")).recovered
    assert await own.publication() == "for nobody"
    assert ann.events.named("publication") == []


async def test_the_program_brings_a_client_in(
    server: Server, peer: Callable[..., Peer], topic: str, user: str
) -> None:
    ann = await peer(user).connect()
    server.call("subscribe", user=user, channel=topic)
    assert (await subscribed(ann, topic)).recoverable
    server.publish(topic, "come in")
    assert await ann.publication() == "come in"
    assert list(server.call("presence", channel=topic)["presence"]) == [ann.id]
