"""FastAPI with the connection manager of its tutorial: a list of those who are there, and an awaited send to each.

As there, somebody who has gone is noticed by reading from them, and one who does not read holds up everybody else.
"""

from collections import defaultdict

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
rooms: defaultdict[str, list[WebSocket]] = defaultdict(list)


@app.websocket("/ws/{name}")
async def relay(client: WebSocket, name: str) -> None:
    room = rooms[name]
    await client.accept()
    room.append(client)
    try:
        while True:
            text = await client.receive_text()
            for member in room:
                await member.send_text(text)
    except WebSocketDisconnect:
        room.remove(client)
