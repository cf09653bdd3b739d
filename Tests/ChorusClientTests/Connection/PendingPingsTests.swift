import ChorusClient
import NIOCore
import NIOEmbedded
import Testing

@Suite("Pings that wait for their pongs")
struct PendingPingsTests {
    /// Counts what becomes of pings.
    private final class Outcome: Sendable {
        private let answeredPings = Counter()
        private let failedPings = Counter()

        var answered: Int { answeredPings.value }
        var failed: Int { failedPings.value }

        func promise(_ loop: EmbeddedEventLoop) -> EventLoopPromise<Void> {
            let promise = loop.makePromise(of: Void.self)
            promise.futureResult.whenComplete { [self] result in
                if case .success = result {
                    answeredPings.increment()
                } else {
                    failedPings.increment()
                }
            }
            return promise
        }
    }

    @Test("are answered by their own pong, and by those of later ones")
    func order() {
        let (loop, outcome) = (EmbeddedEventLoop(), Outcome())
        var pings = PendingPings()
        let payloads = (0..<4).map { _ in pings.add(outcome.promise(loop)) }
        #expect(Set(payloads).count == 4)
        pings.complete(payloads[0])
        #expect(outcome.answered == 1)
        pings.complete(payloads[2])
        #expect(outcome.answered == 3)
        pings.complete(payloads[1])
        #expect(outcome.answered == 3)
        pings.fail(WebSocketClientError(.connectionClosed, "x"))
        #expect(outcome.failed == 1)
    }

    @Test("are not answered by a pong that nobody asked for")
    func unasked() {
        let (loop, outcome) = (EmbeddedEventLoop(), Outcome())
        var pings = PendingPings()
        _ = pings.add(outcome.promise(loop))
        for payload in [
            ByteBuffer(), ByteBuffer(string: "12345678"), ByteBuffer(integer: UInt64(2)),
            ByteBuffer(integer: 1 as UInt8),
        ] {
            pings.complete(payload)
        }
        #expect(outcome.answered == 0)
        pings.fail(WebSocketClientError(.connectionClosed, "x"))
    }
}
