import Chorus
import ChorusCore
import ChorusTesting
import MetricsTestKit
import NIOCore
import Testing

/// What slow readers and fast publishers do to the metrics, one after the other.
@Suite("Metrics of slow clients")
struct SlowClientMetricsTests {
    private func expect(_ metrics: TestMetrics, _ label: String, at least: Int64 = 1) async throws {
        try await eventually("\(label) counts \(least)") { metrics.counterTotal(label: label) >= least }
    }

    private func stalled(_ test: TestServer, _ path: String) async throws -> RawSocket {
        let socket = try await RawSocket.open(try await test.raw(receiveBuffer: 4096), path)
        try await socket.client.stopReading()
        return socket
    }

    /// Reads messages until one has this number, whatever is left out before.
    private func read(_ socket: RawSocket, to end: Int) async throws {
        var last: Int?
        while last != end {
            var bytes = try await socket.client.read(wholeFrames)
            while let frame = bytes.readServerFrame() { last = Numbered.number(frame.payload) }
        }
    }

    @Test("a reader that stalls: cut writes, a slowed publisher, an overflow, every delivery and write")
    func overflow() async throws {
        try await serveCounted(hub: Hub(configuration: .init(defaults: Namespace(window: Window(bytes: 128 << 10))))) {
            test,
            metrics in
            let stalled = try await stalled(test, "/ws/news")
            let publisher = try await RawSocket.open(try await test.raw(), "/ws/news")
            try await publisher.client.send(Numbered.clientFrames(0..<1000))
            #expect(try await publisher.readNumbered(to: 1000).numbers == 0..<1000)
            try await expect(metrics, "chorus.published", at: 1000)
            try await expect(metrics, "chorus.deliveries", at: 1000)
            for label in ["chorus.writes", "chorus.writes.cut", "chorus.slowed", "chorus.overflows"] {
                try await expect(metrics, label)
            }
            #expect(metrics.counterTotal(label: "chorus.overflows") == 1)
            #expect(metrics.counterTotal(label: "chorus.overflows.outbox") == 0)
            _ = stalled
        }
    }

    @Test("a reader that comes back: deliveries later than live, none with only the newest values")
    func recovered() async throws {
        let latest = Namespace("ticker", overflow: .latest)
        try await serveCounted(hub: Hub(configuration: .init(namespaces: [latest]))) { test, metrics in
            for topic in ["news", "ticker:all"] {
                let stalled = try await stalled(test, "/ws/\(topic)")
                let publisher = try await RawSocket.open(try await test.raw(), "/ws/\(topic)")
                try await publisher.client.send(Numbered.clientFrames(0..<1000))
                try await read(publisher, to: 999)
                try await stalled.client.startReading()
                try await read(stalled, to: 999)
                try await expect(metrics, topic == "news" ? "chorus.deliveries.recovered" : "chorus.deliveries.skipped")
                if topic == "news" { #expect(metrics.counterTotal(label: "chorus.deliveries.skipped") == 0) }
            }
        }
    }

    @Test("who comes back, who cannot have what it wants, and what is kept")
    func past() async throws {
        try await serveCounted(hub: Hub(configuration: .init(defaults: Namespace(history: .last(10))))) {
            test,
            metrics in
            let first = try await test.hub.publish(Message(String(repeating: "x", count: 1000)), to: TopicName("news"))
            let back = try await test.client("/ws/news?last=1")
            _ = try await back.next()
            try await expect(metrics, "chorus.recoveries")
            #expect(metrics.counterTotal(label: "chorus.gaps") == 0)
            let position = Position(epoch: try #require(first).epoch + 1, offset: 1)
            let told = try await test.client("/ws/news?format=json&since=\(position)")
            try await test.client("/ws/news?since=\(position)").expectClose(.unrecoverable)
            try await expect(metrics, "chorus.gaps", at: 2)
            #expect(try metrics.expectGauge("chorus.history.bytes").lastValue ?? 0 > 1000)
            #expect(try metrics.expectGauge("chorus.history.topics").lastValue == 1)
            _ = told
        }
    }

    @Test("a client that leaves what is for it alone unread, beyond what the hub allows")
    func outbox() async throws {
        let clients = Notes<Client>()
        try await serveCounted(
            hub: Hub(configuration: .init(outbox: OutboxLimits(messages: 1000, bytes: 2 << 20))),
            routes: {
                $0.webSocket("/ws") { client in
                    clients.note(client)
                    _ = await client.waitForClose()
                }
            }
        ) { test, metrics in
            let stalled = try await stalled(test, "/ws")
            let client = try await clients.next()
            let message = Message(.binary, ByteBuffer(repeating: 1, count: 100_000))
            // what the hub allows to wait, and the default does not
            for _ in 0..<16 { client.send(message) }
            // twice around the event loop: the sends, and the turn that would have ended the session
            for _ in 0..<2 { _ = await test.hub.counters() }
            #expect(client.closeReason == nil)
            while client.closeReason == nil {
                client.send(message)
                // the event loop is to have its turns in between, or the bound of what is on its way would end the client
                try await Task.sleep(for: .milliseconds(1))
            }
            #expect(client.closeReason?.code == .tryAgainLater)
            try await expect(metrics, "chorus.overflows.outbox")
            _ = stalled
        }
    }

    @Test("broadcasts that an event loop has no room for")
    func refusedBroadcasts() async throws {
        try await serveCounted(
            hub: Hub(configuration: .init(defaults: Namespace(window: Window(messages: 8)))),
            routes: { $0.relay(at: "/ws") }
        ) {
            test,
            metrics in
            let client = try await test.client()
            for _ in 0..<10_000 { test.server.broadcast("x") }
            try await expect(metrics, "chorus.broadcasts.refused")
            _ = client
        }
    }
}
