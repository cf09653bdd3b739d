"""cent, Centrifugo's client for Python, against `chorus serve`."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest
from addresses import KEY, api, centrifuge, web_socket
from cent import (
    AsyncClient,
    BatchRequest,
    BroadcastRequest,
    CentApiResponseError,
    CentTransportError,
    CentUnauthorizedError,
    ChannelsRequest,
    Client,
    ConnectionsRequest,
    Disconnect,
    DisconnectRequest,
    GetUserStatusRequest,
    HistoryRemoveRequest,
    HistoryRequest,
    InfoRequest,
    PresenceRequest,
    PresenceStatsRequest,
    InvalidateUserTokensRequest,
    PublishRequest,
    RefreshRequest,
    RevokeTokenRequest,
    StreamPosition,
    SubscribeRequest,
    UnsubscribeRequest,
)
from requests import post
from server import Server
from tokens import token
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

PATIENCE = 10


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    client = Client(api(server), KEY)
    yield client
    client._session.close()


class Listener:
    """A WebSocket client of one topic."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self.id = self._next("subscribed")["session"]

    def _next(self, notice: str | None) -> dict:
        while True:
            line = json.loads(self._socket.recv(PATIENCE))
            if line.get("notice") == notice:
                return line

    def data(self) -> object:
        """What the next message brings."""
        return self.message()["data"]

    def message(self) -> dict:
        return self._next(None)

    def end(self) -> tuple[int, str]:
        """Why the server ends the connection."""
        try:
            while True:
                self._socket.recv(PATIENCE)
        except ConnectionClosed as error:
            assert error.rcvd
            return error.rcvd.code, error.rcvd.reason


@pytest.fixture
def listen(server: Server) -> Iterator[Callable[[str], Listener]]:
    with ExitStack() as stack:
        yield lambda topic: Listener(stack.enter_context(connect(web_socket(server, topic))))


def test_publish(client: Client, listen: Callable[[str], Listener]) -> None:
    listener = listen("cent-publish")
    for number, data in enumerate([{"a": [1, 2.5]}, "text", 7, [], False]):
        result = client.publish(PublishRequest(channel="cent-publish", data=data, tags={"n": str(number)}))
        assert (result.offset, bool(result.epoch)) == (number + 1, True)
        message = listener.message()
        assert message["data"] == data
        assert message["tags"] == {"n": str(number)}


def test_publish_binary(client: Client, listen: Callable[[str], Listener]) -> None:
    listener = listen("cent-binary")
    client.publish(PublishRequest(channel="cent-binary", data={}, b64data="AP8="))
    assert listener.data() == "AP8="


def test_publish_once(client: Client, listen: Callable[[str], Listener]) -> None:
    listener = listen("cent-once")
    request = PublishRequest(channel="cent-once", data=1, idempotency_key="k")
    assert client.publish(request) == client.publish(request)
    client.publish(PublishRequest(channel="cent-once", data=2, skip_history=True))
    assert [listener.data(), listener.data()] == [1, 2]
    assert client.history(HistoryRequest(channel="cent-once")).offset == 1


def test_broadcast(client: Client, listen: Callable[[str], Listener]) -> None:
    topics = [f"cent-broadcast-{number}" for number in range(3)]
    listeners = [listen(topic) for topic in topics]
    result = client.broadcast(BroadcastRequest(channels=[*topics, ""], data={"hello": 1}, tags={"a": "b"}))
    assert [response.result and response.result.offset for response in result.responses] == [1, 1, 1, None]
    assert result.responses[3].error and result.responses[3].error.code == 107
    assert [listener.data() for listener in listeners] == [{"hello": 1}] * 3


def test_history(client: Client) -> None:
    for number in range(5):
        client.publish(PublishRequest(channel="cent-history", data=number, tags={"a": "b"}))
    position = client.history(HistoryRequest(channel="cent-history"))
    assert (position.offset, position.publications) == (5, [])
    page = client.history(HistoryRequest(channel="cent-history", limit=2, reverse=True))
    assert [(each.offset, each.data, each.tags) for each in page.publications] == [(5, 4, {"a": "b"}), (4, 3, {"a": "b"})]
    since = StreamPosition(offset=3, epoch=position.epoch)
    page = client.history(HistoryRequest(channel="cent-history", limit=10, since=since))
    assert [each.data for each in page.publications] == [3, 4]
    with pytest.raises(CentApiResponseError) as error:
        client.history(HistoryRequest(channel="cent-history", limit=1, since=StreamPosition(offset=1, epoch="other")))
    assert error.value.code == 112


def test_history_remove(client: Client) -> None:
    before = client.publish(PublishRequest(channel="cent-remove", data=1))
    client.history_remove(HistoryRemoveRequest(channel="cent-remove"))
    after = client.history(HistoryRequest(channel="cent-remove", limit=10))
    assert (after.publications, after.offset, after.epoch) == ([], before.offset, before.epoch)


def test_presence(client: Client, listen: Callable[[str], Listener]) -> None:
    first, second = listen("cent-presence"), listen("cent-presence")
    presence = client.presence(PresenceRequest(channel="cent-presence")).presence
    assert presence.keys() == {first.id, second.id}
    assert presence[first.id].client == first.id
    stats = client.presence_stats(PresenceStatsRequest(channel="cent-presence"))
    assert (stats.num_clients, stats.num_users) == (2, 1)  # those without a name are one


def test_channels(client: Client, listen: Callable[[str], Listener]) -> None:
    _listeners = [listen("cent-channels-1"), listen("cent-channels-1"), listen("cent-channels-2")]
    found = client.channels(ChannelsRequest(pattern="cent-channels-*")).channels
    assert {name: info.num_clients for name, info in found.items()} == {"cent-channels-1": 2, "cent-channels-2": 1}
    assert found.keys() <= client.channels(ChannelsRequest()).channels.keys()


def test_connections(client: Client, listen: Callable[[str], Listener]) -> None:
    listener = listen("cent-connections")
    found = client.connections(ConnectionsRequest(user="", expression="")).connections[listener.id]
    assert (found.transport, found.protocol, found.user) == ("websocket", "json", "")
    assert found.state and found.state.channels and found.state.channels.keys() == {"cent-connections"}


def test_info(client: Client, listen: Callable[[str], Listener]) -> None:
    _listener = listen("cent-info")
    (node,) = client.info(InfoRequest()).nodes
    assert node.uid and node.name == "chorus" and node.version
    assert node.num_clients >= 1 and node.num_channels >= 1 and node.num_subs >= 1
    assert node.process and node.process.rss > 1 << 20


def test_unsubscribe(client: Client, listen: Callable[[str], Listener]) -> None:
    one, other = listen("cent-unsubscribe"), listen("cent-unsubscribe")
    client.unsubscribe(UnsubscribeRequest(user="", channel="cent-unsubscribe", client=one.id))
    # a plain connection has nothing else
    assert one.end()[0] == 4503
    client.publish(PublishRequest(channel="cent-unsubscribe", data="still here"))
    assert other.data() == "still here"


def test_disconnect(client: Client, listen: Callable[[str], Listener]) -> None:
    default, given, spared = listen("cent-disconnect"), listen("cent-disconnect"), listen("cent-disconnect")
    client.disconnect(DisconnectRequest(user="", client=default.id))
    assert default.end()[0] == 4503
    client.disconnect(
        DisconnectRequest(user="", session=given.id, disconnect=Disconnect(code=4321, reason="go away"))
    )
    assert given.end() == (4321, "go away")
    client.disconnect(DisconnectRequest(user="", client=spared.id, whitelist=[spared.id]))
    client.publish(PublishRequest(channel="cent-disconnect", data="still here"))
    assert spared.data() == "still here"


class Centrifuge:
    """A client of the Centrifuge protocol, spoken by hand."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._lines: list[dict] = []
        socket.send('{"id":1,"connect":{}}')
        self.id = self._next()["connect"]["client"]

    def _next(self) -> dict:
        while not self._lines:
            # an empty object is a ping
            frame = self._socket.recv(PATIENCE)
            self._lines = [line for line in map(json.loads, frame.splitlines()) if line]
        return self._lines.pop(0)

    def push(self, kind: str) -> dict:
        while True:
            push = self._next().get("push", {})
            if kind in push:
                return push

    def end(self) -> tuple[int, str]:
        try:
            while True:
                self._next()
        except ConnectionClosed as error:
            assert error.rcvd
            return error.rcvd.code, error.rcvd.reason


def test_subscribe(server: Server, client: Client) -> None:
    before = client.publish(PublishRequest(channel="cent-subscribe", data=1))
    client.publish(PublishRequest(channel="cent-subscribe", data=2))
    with connect(centrifuge(server)) as socket:
        peer = Centrifuge(socket)
        client.subscribe(
            SubscribeRequest(
                user="", client=peer.id, channel="cent-subscribe", info={"a": 1}, data={"hello": 1},
                recover_since=StreamPosition(offset=before.offset, epoch=before.epoch),
            )  # fmt: skip
        )
        push = peer.push("subscribe")
        assert (push["channel"], push["subscribe"]["data"]) == ("cent-subscribe", {"hello": 1})
        assert peer.push("pub")["pub"]["data"] == 2
        client.publish(PublishRequest(channel="cent-subscribe", data=3))
        assert peer.push("pub")["pub"]["data"] == 3
        presence = client.presence(PresenceRequest(channel="cent-subscribe")).presence
        assert presence[peer.id].chan_info == {"a": 1}
        client.unsubscribe(UnsubscribeRequest(user="", client=peer.id, channel="cent-subscribe"))
        assert peer.push("unsubscribe")["channel"] == "cent-subscribe"


def test_refresh(server: Server, client: Client) -> None:
    with connect(centrifuge(server)) as socket:
        peer = Centrifuge(socket)
        client.refresh(RefreshRequest(user="", client=peer.id, expire_at=int(time.time()) + 3600))
        assert 3500 <= peer.push("refresh")["refresh"]["ttl"] <= 3600
        client.refresh(RefreshRequest(user="", client=peer.id, expired=True))
        assert peer.end()[0] == 3005


def test_tokens(client: Client) -> None:
    # this server takes none
    for revoke in (
        lambda: client.revoke_token(RevokeTokenRequest(uid="cent-token")),
        lambda: client.invalidate_user_tokens(InvalidateUserTokensRequest(user="cent-user")),
    ):
        with pytest.raises(CentApiResponseError) as error:
            revoke()
        assert error.value.code == 108


def test_revoking(token_server: Server) -> None:
    now = int(time.time())
    tokens = {
        "ann 1": token("ann", jti="1", iat=now),
        "ann 2": token("ann", jti="2", iat=now),
        "ann 3": token("ann", jti="3", iat=now + 1),
        "bob": token("bob", jti="4"),
        "cid": token("cid"),
        "dan": token("dan"),
    }

    def is_let_in(token: str) -> bool:
        try:
            with connect(f"{web_socket(token_server, 'cent-revoking')}&token={token}"):
                return True
        except InvalidStatus as refusal:
            assert refusal.response.status_code == 401
            assert refusal.response.body == b"Not let in: the token has been revoked.\n"
            return False

    def let_in() -> set[str]:
        return {name for name, token in tokens.items() if is_let_in(token)}

    client = Client(api(token_server), KEY)
    with closing(client._session):
        assert let_in() == tokens.keys()
        client.revoke_token(RevokeTokenRequest(uid="1"))
        assert let_in() == {"ann 2", "ann 3", "bob", "cid", "dan"}
        client.invalidate_user_tokens(InvalidateUserTokensRequest(user="ann", issued_before=now + 1))
        assert let_in() == {"ann 3", "bob", "cid", "dan"}
        client.batch(BatchRequest(requests=[RevokeTokenRequest(uid="4"), InvalidateUserTokensRequest(user="cid")]))
        assert let_in() == {"ann 3", "dan"}


@pytest.mark.parametrize("parallel", [False, True])
def test_batch(client: Client, listen: Callable[[str], Listener], parallel: bool) -> None:
    topic = f"cent-batch-{parallel}"
    listener = listen(topic)
    requests = [
        PublishRequest(channel=topic, data=1),
        BroadcastRequest(channels=[topic], data=2),
        PresenceStatsRequest(channel=topic),
        PresenceRequest(channel=topic),
        HistoryRequest(channel=topic),
        HistoryRemoveRequest(channel=f"{topic}-other"),
        ChannelsRequest(pattern=topic),
        ConnectionsRequest(user="", expression=""),
        InfoRequest(),
        DisconnectRequest(user="nobody"),
        UnsubscribeRequest(user="nobody", channel=""),
    ]
    replies = client.batch(BatchRequest(requests=requests, parallel=parallel)).replies
    assert len(replies) == len(requests)
    assert sorted([replies[0].offset, replies[1].responses[0].result.offset]) == [1, 2]
    assert replies[2].num_clients == 1
    assert replies[3].presence.keys() == {listener.id}
    assert replies[6].channels.keys() == {topic}
    assert listener.id in replies[7].connections
    assert sorted([listener.data(), listener.data()]) == [1, 2]


def test_batch_about_a_client(server: Server, client: Client) -> None:
    with connect(centrifuge(server)) as socket:
        peer = Centrifuge(socket)
        requests = [
            SubscribeRequest(user="", client=peer.id, channel="cent-batch-client"),
            RefreshRequest(user="", client=peer.id, expire_at=int(time.time()) + 3600),
            UnsubscribeRequest(user="", client=peer.id, channel="cent-batch-client"),
            DisconnectRequest(user="", client=peer.id, disconnect=Disconnect(code=4321, reason="go away")),
        ]
        assert len(client.batch(BatchRequest(requests=requests)).replies) == len(requests)
        assert peer.push("subscribe")["channel"] == "cent-batch-client"
        assert 3500 <= peer.push("refresh")["refresh"]["ttl"] <= 3600
        assert peer.push("unsubscribe")["channel"] == "cent-batch-client"
        assert peer.end() == (4321, "go away")


def test_batch_with_a_procedure(server: Server) -> None:
    # cent has no rpc, and takes no errors in a batch; this server has no procedures
    body = {"commands": [{"rpc": {"method": "vote"}}, {"rpc": {}}, {"history_remove": {"channel": "cent-rpc"}}]}
    answer = post(f"{api(server)}/batch", json=body, headers={"X-API-Key": KEY}, timeout=PATIENCE)
    unknown, nameless, removed = answer.json()["replies"]
    assert (unknown["error"]["code"], nameless["error"]["code"]) == (104, 107)
    assert removed == {"history_remove": {}}


def test_errors(server: Server, client: Client) -> None:
    with pytest.raises(CentUnauthorizedError):
        Client(api(server), "another key").info(InfoRequest())
    with pytest.raises(CentUnauthorizedError):
        Client(api(server), "").info(InfoRequest())
    with pytest.raises(CentApiResponseError) as wrong:
        client.publish(PublishRequest(channel="", data=1))
    assert wrong.value.code == 107
    with pytest.raises(CentApiResponseError) as unavailable:
        client.history(HistoryRequest(channel="lobby", limit=1))
    assert unavailable.value.code == 108
    with pytest.raises(CentTransportError) as unknown:
        client.get_user_status(GetUserStatusRequest(users=["ann"]))
    assert unknown.value.status_code == 404


def test_async_client(server: Server, listen: Callable[[str], Listener]) -> None:
    listener = listen("cent-async")

    async def talk() -> None:
        async with AsyncClient(api(server), KEY) as client:
            requests = [PublishRequest(channel="cent-async", data=number) for number in range(20)]
            results = await asyncio.gather(*(client.publish(request) for request in requests))
            assert sorted(result.offset for result in results) == list(range(1, 21))
            with pytest.raises(CentApiResponseError):
                await client.publish(PublishRequest(channel="", data=1))

    asyncio.run(talk())
    assert sorted(listener.data() for _ in range(20)) == list(range(20))
