"""Where the server's API and its topics are, and the key to it."""

from server import Server

KEY = "the key of these tests"


def api(server: Server) -> str:
    return f"{server.origin}/api"


def web_socket(server: Server, topic: str) -> str:
    """Where a topic's WebSocket is, with envelopes."""
    return f"ws://127.0.0.1:{server.port}/ws/{topic}?format=json"


def centrifuge(server: Server) -> str:
    """Where clients of the Centrifuge protocol connect to."""
    return f"ws://127.0.0.1:{server.port}/connection/websocket"
