"""websockets with its own `broadcast`, on uvloop; its documentation recommends both."""

import sys
from collections import defaultdict

import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.exceptions import ConnectionClosedError

rooms: defaultdict[str, set[ServerConnection]] = defaultdict(set)


async def relay(client: ServerConnection) -> None:
    assert client.request
    room = rooms[client.request.path]
    room.add(client)
    try:
        async for text in client:
            broadcast(room, text)
    except ConnectionClosedError:
        pass  # went without a word
    finally:
        room.remove(client)


async def main() -> None:
    async with serve(relay, "127.0.0.1", int(sys.argv[1]), backlog=4096) as server:
        await server.serve_forever()


uvloop.run(main())
