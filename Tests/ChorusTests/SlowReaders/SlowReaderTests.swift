import Chorus
import ChorusCore
import ChorusTesting
import ClientSupport
import NIOCore
import Synchronization
import Testing

@Suite("A client that does not read")
struct SlowReaderTests {
    private static let window = Window(messages: 1000, bytes: 256 << 10)

    /// A socket whose client has stopped reading and whose kernel takes little.
    private func stalled(_ test: TestServer, _ path: String) async throws -> RawSocket {
        let socket = try await RawSocket.open(try await test.raw(receiveBuffer: 4096), path)
        try await socket.client.stopReading()
        return socket
    }

    @Test("it is closed with 1013 when it left the window; the others receive everything, and memory is bounded")
    func disconnected() async throws {
        let hub = Hub(configuration: .init(defaults: Namespace(window: Self.window)))
        let reasons = Mutex<[CloseReason]>([])
        try await serve(
            hub: hub,
            configure: { $0.limits.closeTime = .seconds(10) },
            routes: { server in
                server.relayTopics()
                server.onDisconnect { _, reason in reasons.withLock { $0.append(reason) } }
            }
        ) { test in
            let stalled = try await stalled(test, "/ws/news")
            let healthy = try await RawSocket.open(try await test.raw(), "/ws/news")
            let publisher = try await RawSocket.open(try await test.raw(), "/ws/news")
            let most = Mutex(0)
            let reading = Task { try await healthy.readNumbered(to: 4000) }
            let own = Task { try await publisher.readNumbered(to: 4000) }
            for start in stride(from: 0, to: 4000, by: 50) {
                try await publisher.client.send(Numbered.clientFrames(start..<start + 50))
                most.withLock { $0 = max($0, hub.keptBytes) }
            }
            #expect(try await reading.value.numbers == 0..<4000)
            #expect(try await own.value.numbers == 0..<4000)
            // the window, one segment that straddles its end, and what an event loop has before it
            #expect(most.withLock { $0 } <= 3 * Self.window.bytes)
            try await eventually("what was kept is let go of") { hub.keptBytes <= 64 << 10 }

            try await stalled.client.startReading()
            let run = try await stalled.readNumbered(to: 4000)
            #expect(run.closeCode == 1013)
            #expect(run.numbers.lowerBound == 0 && run.numbers.upperBound < 3000)
            try await test.expectSessions(2)
            try await eventually("one is gone") { reasons.withLock { $0.count } == 1 }
            #expect(reasons.withLock { $0[0].code } == .tryAgainLater)
            #expect(reasons.withLock { $0[0].initiator } == .server)
        }
    }

    @Test("where messages are kept it is told from where it can go on, and misses nothing")
    func comesBack() async throws {
        let namespace = Namespace(history: .last(10_000), window: Self.window)
        try await serve(
            hub: Hub(configuration: .init(defaults: namespace)),
            configure: { $0.limits.closeTime = .seconds(10) }
        ) { test in
            let stalled = try await stalled(test, "/ws/news")
            let publisher = try await RawSocket.open(try await test.raw(), "/ws/news")
            let own = Task { try await publisher.readNumbered(to: 4000) }
            for start in stride(from: 0, to: 4000, by: 50) {
                try await publisher.client.send(Numbered.clientFrames(start..<start + 50))
            }
            _ = try await own.value
            try await stalled.client.startReading()
            let run = try await stalled.readNumbered(to: 4000)
            #expect(run.closeCode == 1013)
            let since = try #require(run.closeReason?.split(separator: "chorus.since=").last)
            let back = try await RawSocket.open(try await test.raw(), "/ws/news?since=\(since)")
            #expect(try await back.readNumbered(to: 4000).numbers == run.numbers.upperBound..<4000)
        }
    }

    @Test("where it can be told of a gap, it stays")
    func resync() async throws {
        let namespace = Namespace(history: .last(10), window: Self.window, overflow: .resync)
        try await serve(hub: Hub(configuration: .init(defaults: namespace))) { test in
            let stalled = try await stalled(test, "/ws/news?format=json")
            let text = String(repeating: "x", count: 1000)
            for number in 0..<4000 { try await test.publish("\(number) \(text)", to: "news") }
            try await stalled.client.startReading()
            var next: Int? = 0
            var gaps = 0
            while next != 4000 {
                let frame = try await stalled.next()
                guard frame.opcode == 1 else { continue }
                let line = try Line(frame.payload)
                if line.notice == "gap" {
                    gaps += 1
                    next = Int(line.offset ?? 0)
                }
                guard let number = line.data?.split(separator: " ").first.flatMap({ Int($0) }) else { continue }
                #expect(number == next)
                next = number + 1
            }
            #expect(gaps > 0)
        }
    }

    @Test("it catches up when it reads again within the window, and is live again")
    func catchesUp() async throws {
        try await serve { test in
            let stalled = try await stalled(test, "/ws/news")
            let publisher = try await RawSocket.open(try await test.raw(), "/ws/news")
            for round in 0..<5 {
                let numbers = round * 300..<(round + 1) * 300
                try await publisher.client.send(Numbered.clientFrames(numbers))
                #expect(try await publisher.readNumbered(to: numbers.upperBound).numbers == numbers)
                try await stalled.client.startReading()
                #expect(try await stalled.readNumbered(to: numbers.upperBound).numbers == numbers)
                try await stalled.client.stopReading()
            }
            try await stalled.client.startReading()
            try await test.publish("live", to: "news")
            try await stalled.expect("live")
            try await eventually("nothing is kept") { test.hub.keptBytes <= 64 << 10 }
        }
    }

    @Test("it does not hold up others, of its topic or of another, on the same event loop")
    func neighbours() async throws {
        try await serve(configure: { $0.eventLoops = 1 }) { test in
            let stalled = try await stalled(test, "/ws/news")
            let publisher = try await RawSocket.open(try await test.raw(), "/ws/news")
            try await publisher.client.send(Numbered.clientFrames(0..<600))
            _ = try await publisher.readNumbered(to: 600)
            let neighbours = [try await test.client("/ws/news"), try await test.client("/ws/other")]
            for neighbour in neighbours {
                for number in 0..<50 {
                    try await neighbour.send("\(number)")
                    try await neighbour.expect("\(number)")
                }
            }
            #expect(test.hub.sessionCount == 4)
            try await stalled.client.close()
        }
    }

    @Test("its end while it is behind disturbs nobody", arguments: [false, true])
    func endsBehind(_ resets: Bool) async throws {
        try await serve { test in
            let stalled = try await stalled(test, "/ws/news")
            let publisher = try await RawSocket.open(try await test.raw(), "/ws/news")
            try await publisher.client.send(Numbered.clientFrames(0..<600))
            _ = try await publisher.readNumbered(to: 600)
            if resets { try await stalled.client.reset() } else { try await stalled.client.close() }
            try await test.expectSessions(1)
            try await publisher.client.send(Numbered.clientFrames(600..<700))
            #expect(try await publisher.readNumbered(to: 700).numbers == 600..<700)
            try await eventually("nothing is kept") { test.hub.keptBytes <= 64 << 10 }
        }
    }
}
