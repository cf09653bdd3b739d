"""Runs the cases: one connection each, to a WebSocket endpoint that echoes what it gets."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from autobahn.twisted.websocket import WebSocketClientFactory, WebSocketClientProtocol, connectWS
from autobahn.websocket.protocol import WebSocketProtocol
from twisted.internet import reactor, ssl
from twisted.internet.defer import Deferred

# After so many refused connections in a row the server is gone, and the rest is not tried.
REFUSALS_MEAN_GONE = 10

ACCEPTABLE = ("OK", "INFORMATIONAL")


@dataclass
class Verdict:
    """What a case found; `behavior` and `behavior_close` are the words of the suite."""

    behavior: str
    behavior_close: str
    result: str
    result_close: str = ""
    close_code: int | None = None
    milliseconds: int = 0
    wire: list[str] = field(default_factory=list)
    refused: bool = False

    @property
    def passed(self) -> bool:
        return self.behavior in ACCEPTABLE and self.closed_well

    @property
    def closed_well(self) -> bool:
        return self.behavior_close in ACCEPTABLE

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def to_bytes(text: Any) -> Any:
    return text.encode("latin-1") if isinstance(text, str) else text


class CaseProtocol(WebSocketClientProtocol):
    """A connection that belongs to one case, and the interface that the cases expect of it."""

    def __init__(self) -> None:
        super().__init__()
        self.createWirelog = True
        self.connectionWasOpen = False
        self.txFrameStats: dict[int, int] = {}
        self.rxFrameStats: dict[int, int] = {}
        self.wire: list[str] = []

    # --- From the case to the wire: strings become bytes

    def sendFrame(self, opcode, payload=b"", **options):
        return super().sendFrame(opcode, to_bytes(payload), **options)

    def sendMessage(self, payload, isBinary=False, **options):
        return super().sendMessage(to_bytes(payload), isBinary, **options)

    def sendMessageFrameData(self, payload, sync=False):
        return super().sendMessageFrameData(to_bytes(payload), sync)

    def sendCloseFrame(self, code=None, reasonUtf8=None, isReply=False):
        return super().sendCloseFrame(code=code, reasonUtf8=to_bytes(reasonUtf8), isReply=isReply)

    def sendClose(self, code=None, reason=None):
        return self.sendCloseFrame(code=code, reasonUtf8=reason)

    # --- What the cases call besides

    def enableWirelog(self, enabled):
        self.createWirelog = enabled

    def continueLater(self, delay, action, tag=None):
        reactor.callLater(delay, self.unless_closed, action)

    def killAfter(self, delay):
        reactor.callLater(delay, self.unless_closed, self.give_up)

    def closeAfter(self, delay):
        reactor.callLater(delay, self.unless_closed, self.sendClose)

    def unless_closed(self, action: Callable[[], Any]) -> None:
        if self.state != WebSocketProtocol.STATE_CLOSED:
            action()

    def give_up(self) -> None:
        self._fail_connection(self.CLOSE_STATUS_CODE_GOING_AWAY)

    # --- What the library reports: frames, for the statistics that some cases judge by and for the reader

    def logRxOctets(self, data):
        pass

    def logTxOctets(self, data, sync):
        pass

    def logRxFrame(self, frameHeader, payload):
        self.rxFrameStats[frameHeader.opcode] = self.rxFrameStats.get(frameHeader.opcode, 0) + 1
        data = b"".join(payload) if isinstance(payload, list) else payload
        self.note("<", frameHeader, data, len(data))

    def logTxFrame(self, frameHeader, payload, repeatLength, chopsize, sync):
        self.txFrameStats[frameHeader.opcode] = self.txFrameStats.get(frameHeader.opcode, 0) + 1
        self.note(">", frameHeader, payload, len(payload) if repeatLength is None else repeatLength)

    def note(self, direction: str, header: Any, payload: bytes, length: int) -> None:
        if self.createWirelog and len(self.wire) < 400:
            start = bytes(payload[:48])
            flags = f"fin={bool(header.fin)} rsv={header.rsv}"
            self.wire.append(f"{direction} op={header.opcode} {flags} len={length} {start!r}")

    # --- From the wire to the case: bytes become strings, but not for groups 12 and 13, which compare bytes

    def connectionMade(self):
        self.case = self.factory.case(self)
        self.started = time.monotonic()
        super().connectionMade()

    def onOpen(self):
        self.connectionWasOpen = True
        self.started = time.monotonic()
        self.case.onOpen()

    def onMessage(self, payload, isBinary):
        self.case.onMessage(payload if self.factory.wants_bytes else payload.decode("latin-1"), isBinary)

    def onPing(self, payload):
        super().onPing(payload)
        self.case.onPing(payload.decode("latin-1"))

    def onPong(self, payload):
        self.case.onPong(payload.decode("latin-1"))

    def onClose(self, wasClean, code, reason):
        self.case.onClose(wasClean, code, reason)

    def connectionLost(self, reason):
        super().connectionLost(reason)
        case = self.case
        try:
            case.onConnectionLost(self.failedByMe)
        except Exception as error:  # a case that cannot judge, for example because the handshake failed
            case.behavior, case.result = "FAILED", f"no verdict: {error!r}"
        self.factory.report(
            Verdict(
                behavior=case.behavior,
                behavior_close=case.behaviorClose,
                result=case.result,
                result_close=case.resultClose,
                close_code=self.remoteCloseCode,
                milliseconds=round((time.monotonic() - self.started) * 1000),
                wire=self.wire,
            )
        )


class CaseFactory(WebSocketClientFactory):
    protocol = CaseProtocol
    noisy = False

    def __init__(self, url: str, number: str, case: type, done: Callable[[Verdict], None]) -> None:
        super().__init__(url, useragent="AutobahnTestSuite")
        self.case = case
        self.wants_bytes = number.split(".")[0] in ("12", "13")
        self.done: Callable[[Verdict], None] | None = done
        self.logFrames, self.logOctets = True, False
        self.setProtocolOptions(
            failByDrop=False,
            openHandshakeTimeout=10,
            # The library rounds this down to a whole second of the clock, so 2 means 1 to 2, and 1 would mean 0 to 1.
            closeHandshakeTimeout=2,
            serverConnectionDropTimeout=1,
        )

    def report(self, verdict: Verdict) -> None:
        done, self.done = self.done, None
        if done:
            done(verdict)

    def clientConnectionFailed(self, connector, reason):
        self.report(Verdict("FAILED", "FAILED", "connect: " + reason.getErrorMessage(), refused=True))


class Runner:
    """Runs cases against `url`, at most `jobs` at once, and collects their verdicts by number."""

    def __init__(self, url: str, cases: dict[str, type], jobs: int) -> None:
        self.url = url
        self.waiting = list(cases.items())
        self.jobs = jobs
        self.running = 0
        self.refused_in_a_row = 0
        self.verdicts: dict[str, Verdict] = {}
        self.finished: Deferred[dict[str, Verdict]] = Deferred()

    def run(self) -> "Deferred[dict[str, Verdict]]":
        self.start_more()
        return self.finished

    def start_more(self) -> None:
        while self.waiting and self.running < self.jobs:
            self.start(*self.waiting.pop(0))
        if not self.running and not self.finished.called:
            self.finished.callback(self.verdicts)

    def start(self, number: str, case: type) -> None:
        def done(verdict: Verdict) -> None:
            self.running -= 1
            self.verdicts[number] = verdict
            self.refused_in_a_row = self.refused_in_a_row + 1 if verdict.refused else 0
            if self.refused_in_a_row >= REFUSALS_MEAN_GONE:
                self.waiting.clear()
            reactor.callLater(0, self.start_more)

        self.running += 1
        factory = CaseFactory(self.url, number, case, done)
        trust_anything = ssl.CertificateOptions(verify=False) if factory.isSecure else None
        connectWS(factory, contextFactory=trust_anything, timeout=10)
