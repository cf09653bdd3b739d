"""python-socketio: its rooms, as an ASGI application."""

import socketio

server = socketio.AsyncServer(async_mode="asgi")
app = socketio.ASGIApp(server)


@server.event
async def join(sid: str, room: str) -> None:
    await server.enter_room(sid, room)


@server.event
async def say(sid: str, room: str, text: str) -> None:
    await server.emit("said", text, room=room)
