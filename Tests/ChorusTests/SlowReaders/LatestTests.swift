import ChorusCore
import ChorusTesting
import NIOCore
import Testing

@Suite("A namespace of newest values")
struct LatestTests {
    private static let keys = ["AAPL", "MSFT", "NOKIA", "SAP", "TSLA"]

    private func hub() -> Hub {
        Hub(
            configuration: .init(namespaces: [
                Namespace("ticker", window: Window(messages: 200, bytes: 128 << 10), overflow: .latest)
            ])
        )
    }

    /// A price of about 1 KiB, so that a few hundred fill every buffer of the kernel.
    private func publish(_ price: Int, of key: String, to hub: Hub) async throws {
        let text = "\(key) \(price) " + String(repeating: ".", count: 1000)
        try await hub.publish(Message(text, key: key), to: try TopicName("ticker:all"))
    }

    /// Reads prices until all keys are at `end`; no key may go back. Returns how many came.
    private func readPrices(_ socket: RawSocket, to end: Int) async throws -> Int {
        var newest: [String: Int] = [:]
        var count = 0
        while newest.count < Self.keys.count || newest.values.contains(where: { $0 < end }) {
            var bytes = try await socket.client.read(within: 20, wholeFrames)
            while let frame = bytes.readServerFrame() {
                let words = frame.text.split(separator: " ")
                guard frame.opcode == 1, words.count == 3, let price = Int(words[1]) else {
                    throw TestFailure("opcode \(frame.opcode): \(frame.text.prefix(100))")
                }
                let key = String(words[0])
                guard price > newest[key, default: -1] else {
                    throw TestFailure("\(key) was at \(newest[key] ?? -1), and then \(price) came")
                }
                newest[key] = price
                count += 1
            }
        }
        return count
    }

    @Test("a reader that stopped gets the newest value of every key, nothing stale, and is not closed")
    func stalled() async throws {
        let hub = hub()
        try await serve(hub: hub) { test in
            let healthy = try await RawSocket.open(try await test.raw(), "/ws/ticker:all")
            let stalled = try await RawSocket.open(try await test.raw(receiveBuffer: 4096), "/ws/ticker:all")
            try await stalled.client.stopReading()
            let last = 800
            let reading = Task { try await readPrices(healthy, to: last) }
            for price in 0...last {
                for key in Self.keys { try await publish(price, of: key, to: hub) }
            }
            _ = try await reading.value
            #expect(hub.keptBytes <= 256 << 10)
            try await stalled.client.startReading()
            let count = try await readPrices(stalled, to: last)
            #expect(count < (last + 1) * Self.keys.count / 2)
            #expect(await hub.counters().skipped > 1000)
            #expect(hub.sessionCount == 2)
            // and from here on it is live
            for price in last + 1...last + 3 {
                for key in Self.keys { try await publish(price, of: key, to: hub) }
            }
            #expect(try await readPrices(stalled, to: last + 3) == 3 * Self.keys.count)
        }
    }

    @Test("a key that was silent for long is not forgotten")
    func rareKey() async throws {
        let hub = hub()
        try await serve(hub: hub) { test in
            let stalled = try await RawSocket.open(try await test.raw(receiveBuffer: 4096), "/ws/ticker:all")
            try await stalled.client.stopReading()
            for price in 0..<300 { try await publish(price, of: "AAPL", to: hub) }
            for key in Self.keys.dropFirst() { try await publish(2000, of: key, to: hub) }
            for price in 300...2000 { try await publish(price, of: "AAPL", to: hub) }
            try await stalled.client.startReading()
            #expect(try await readPrices(stalled, to: 2000) < 1000)
        }
    }
}
