"""Procedures of a program, which clients call: Examples/Procedures."""

import asyncio
import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from centrifuge.exceptions import ReplyError
from conftest import REPOSITORY
from peers import Peer
from server import Server, free_port
from waiting import wait_until


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """That of the example, which runs."""
    program = os.environ.get("PROCEDURES") or str(REPOSITORY / ".build/debug/Procedures")
    assert Path(program).exists(), f"there is no {program}: swift build --product Procedures"
    port = free_port()
    process = subprocess.Popen([program], env={**os.environ, "PORT": str(port)}, stdin=subprocess.DEVNULL)

    def is_there() -> bool:
        assert process.poll() is None, "the example did not start"
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    try:
        wait_until("the example is there", is_there, patience=30)
        yield port
    finally:
        process.terminate()
        assert process.wait(timeout=20) == 0


async def refusal(ann: Peer, method: str, value: object) -> ReplyError:
    with pytest.raises(ReplyError) as error:
        await ann.rpc(method, value)
    return error.value


async def test_procedures(port: int, make_peer: Callable[..., Peer]) -> None:
    ann = await make_peer(port, None).connect()
    votes = await ann.follow("votes")
    before = await ann.rpc("result", {})
    assert sorted(before) == ["blue", "green", "red"]
    for number in range(1, 4):
        assert await ann.rpc("vote", {"colour": "green"}) == {"count": before["green"] + number}
        assert await votes.publication() == {"colour": "green"}
    assert await ann.rpc("result", {}) == {**before, "green": before["green"] + 3}


async def test_many_calls_at_once(port: int, make_peer: Callable[..., Peer]) -> None:
    ann = await make_peer(port, None).connect()
    before = await ann.rpc("result", {})
    counts = await asyncio.gather(*(ann.rpc("vote", {"colour": "red"}) for _ in range(100)))
    assert sorted(count["count"] - before["red"] for count in counts) == list(range(1, 101))


async def test_refused_calls(server: Server, port: int, make_peer: Callable[..., Peer]) -> None:
    ann = await make_peer(port, None).connect()
    error = await refusal(ann, "vote", {"colour": "white"})
    assert (error.code, error.message) == (409, "The colours are blue, green, red.")
    for wrong in ("green", {}, [], 17):
        assert (await refusal(ann, "vote", wrong)).code == 400
    assert (await refusal(ann, "dance", {})).code == 104
    # nobody else can count
    with pytest.raises(ReplyError) as denied:
        await ann.publish("votes", {"colour": "green"})
    assert denied.value.code == 103
    # the stand-alone server has no procedures
    bob = await make_peer(server.port).connect()
    assert (await refusal(bob, "vote", {})).code == 108
