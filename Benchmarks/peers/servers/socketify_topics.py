"""socketify: the topics of uWebSockets, from Python."""

import sys
from typing import Any

from socketify import App, AppListenOptions, CompressOptions

HEADERS = ("sec-websocket-key", "sec-websocket-protocol", "sec-websocket-extensions")

app = App()


def upgrade(response: Any, request: Any, context: Any) -> None:
    response.upgrade(*map(request.get_header, HEADERS), context, request.get_parameter(0))


def opened(client: Any) -> None:
    client.subscribe(client.get_user_data())


def message(client: Any, text: str, opcode: int) -> None:
    app.publish(client.get_user_data(), text, opcode)


app.ws(
    "/ws/:name",
    {
        "compression": CompressOptions.DISABLED,
        "max_payload_length": 16 * 1024 * 1024,
        "idle_timeout": 60,
        "upgrade": upgrade,
        "open": opened,
        "message": message,
    },
)
app.listen(AppListenOptions(port=int(sys.argv[1]), host="127.0.0.1"), lambda _: None)
app.run()
