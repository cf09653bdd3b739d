"""picows: a set of transports and a send to each, as in its example of a broadcast; on uvloop, as its benchmarks."""

import sys
from collections import defaultdict

import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server

rooms: defaultdict[bytes, set[WSTransport]] = defaultdict(set)


class Client(WSListener):
    def __init__(self, room: set[WSTransport]) -> None:
        self.room = room

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.room.add(transport)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.room.discard(transport)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.TEXT:
            text = frame.get_payload_as_bytes()
            for member in self.room:
                member.send(WSMsgType.TEXT, text)
        elif frame.msg_type == WSMsgType.CLOSE:
            transport.send_close(frame.get_close_code(), frame.get_close_message())
            transport.disconnect()


def client_of(request: WSUpgradeRequest) -> Client:
    return Client(rooms[request.path])


async def main() -> None:
    server = await ws_create_server(client_of, "127.0.0.1", int(sys.argv[1]), backlog=4096)
    await server.serve_forever()


uvloop.run(main())
