import Chorus
import ChorusCore
import ChorusTesting
import MetricsTestKit
import NIOCore
import Testing

@Suite("A client that hangs up while it is being slowed down")
struct HangingUpTests {
    private static let count = 400
    /// More than a handler's inbox holds, and less than the kernel holds for a server that does not read: so it sees
    /// the end while the handler has taken nothing.
    private static let unread = 50

    /// Whoever publishes more than half of this before a reader that takes nothing is slowed to 1.3 MB/s.
    private static func hub(budget: Int = 256 << 20) -> Hub {
        Hub(configuration: .init(defaults: Namespace(window: Window(bytes: 128 << 10)), memoryBudget: budget))
    }

    /// How the client goes, behind its last message. One that closes its socket with something unread in it has its own
    /// kernel throw away what is unsent, so nobody can promise anything then.
    enum End: CaseIterable, Sendable {
        case fin, closeFrameAndFIN, closedSocketWithNothingUnread
    }

    /// Publishes and is gone before the server has looked at it.
    private func publishAndHangUp(_ socket: RawSocket, _ count: Int = Self.count, _ end: End = .fin) async throws {
        var bytes = Numbered.clientFrames(0..<count)
        if end == .closeFrameAndFIN { bytes.writeImmutableBuffer(ClientFrame.close().bytes) }
        try await socket.client.send(bytes)
        switch end {
        case .fin, .closeFrameAndFIN: try await socket.client.halfClose()
        case .closedSocketWithNothingUnread: try await socket.client.close()
        }
    }

    /// A reader that makes the topic's publishers slow, because it takes nothing.
    private func stuckReader(_ test: TestServer, _ path: String) async throws -> RawSocket {
        let stuck = try await RawSocket.open(try await test.raw(receiveBuffer: 4096), path)
        try await stuck.client.stopReading()
        return stuck
    }

    @Test("what it had sent is still published, all of it and in order", arguments: [End.fin, .closeFrameAndFIN])
    func relayed(_ end: End) async throws {
        try await serve(hub: Self.hub()) { test in
            let reader = try await RawSocket.open(try await test.raw(), "/ws/flood")
            let stuck = try await stuckReader(test, "/ws/flood")
            let publisher = try await RawSocket.open(try await test.raw(), "/ws/flood")
            try await publishAndHangUp(publisher, Self.count, end)
            let run = try await reader.readNumbered(to: Self.count)
            #expect(run.numbers == 0..<Self.count)
            try await test.expectConnections(1)
            #expect(test.hub.sessionCount == 1)
            try await eventually("the budget is given back") { test.hub.keptBytes <= 8 << 10 }
            _ = stuck
        }
    }

    @Test("its end is told once, when everything that it had sent has been taken")
    func told() async throws {
        let reasons = Notes<CloseReason>()
        try await serve(
            hub: Self.hub(),
            routes: { server in
                server.relayTopics()
                server.onDisconnect { _, reason in reasons.note(reason) }
            }
        ) { test in
            let reader = try await RawSocket.open(try await test.raw(), "/ws/flood")
            let stuck = try await stuckReader(test, "/ws/flood")
            let publisher = try await RawSocket.open(try await test.raw(), "/ws/flood")
            try await publishAndHangUp(publisher)
            #expect(try await reader.readNumbered(to: Self.count).numbers == 0..<Self.count)
            let ends = try await reasons.next(2)
            #expect(Set(ends.map(\.code)) == [.tryAgainLater, .abnormal])
            try await test.expectConnections(1)
            try await reader.client.close()
            // the next one is the reader's: there was no other in between
            #expect(try await reasons.next().initiator == .network)
            try await test.expectConnections(0)
            _ = (stuck, publisher)
        }
    }

    @Test("one address may come back while what it had sent is still being taken")
    func address() async throws {
        try await serve(hub: Self.hub(), configure: { $0.limits.connectionsPerAddress = 3 }) { test in
            let reader = try await RawSocket.open(try await test.raw(), "/ws/flood")
            let stuck = try await stuckReader(test, "/ws/flood")
            let publisher = try await RawSocket.open(try await test.raw(), "/ws/flood")
            try await publishAndHangUp(publisher)
            try await eventually("it has hung up") { test.hub.sessionCount == 2 }
            let again = try await RawSocket.open(try await test.raw(), "/ws/other")
            #expect(try await reader.readNumbered(to: Self.count).numbers == 0..<Self.count)
            _ = (stuck, again)
        }
    }

    @Test("many that hang up at once lose nothing either")
    func many() async throws {
        try await serve(hub: Self.hub(), configure: { $0.eventLoops = 2 }) { test in
            let reader = try await RawSocket.open(try await test.raw(), "/ws/flood")
            let stuck = try await stuckReader(test, "/ws/flood")
            var publishers: [RawSocket] = []
            for _ in 0..<20 { publishers.append(try await RawSocket.open(try await test.raw(), "/ws/flood")) }
            for publisher in publishers { try await publishAndHangUp(publisher, 100) }
            var left = 20 * 100
            while left > 0 {
                var bytes = try await reader.client.read(within: 20, wholeFrames)
                while bytes.readServerFrame() != nil { left -= 1 }
            }
            try await test.expectConnections(1)
            _ = (stuck, publishers)
        }
    }

    @Test(
        "a handler that is slow to take it gets all of it, knows that the client is gone, and then its loop ends",
        arguments: End.allCases
    )
    func handler(_ end: End) async throws {
        let started = Gate()
        let numbers = Notes<[Int]>()
        let reasons = Notes<CloseReason?>()
        try await serve(routes: { server in
            server.webSocket("/ws") { client in
                await started.pass()
                reasons.note(await client.waitForClose())
                var taken: [Int] = []
                for await message in client.messages { taken.append(Numbered.number(message.payload) ?? -1) }
                numbers.note(taken)
                reasons.note(client.closeReason)
            }
        }) { test in
            let publisher = try await RawSocket.open(try await test.raw())
            try await publishAndHangUp(publisher, Self.unread, end)
            started.open()
            #expect(try await numbers.next() == Array(0..<Self.unread))
            let told = try await reasons.next(2)
            #expect(told[0]?.code == .abnormal && told[0]?.initiator == .network)
            #expect(told[1] == told[0])
            try await test.expectConnections(0)
        }
    }

    @Test("a handler that never takes anything learns of it at once, and nothing stays when it returns")
    func deafHandler() async throws {
        let reasons = Notes<CloseReason>()
        try await serve(routes: { server in
            server.webSocket("/ws") { client in reasons.note(await client.waitForClose()) }
        }) { test in
            let publisher = try await RawSocket.open(try await test.raw())
            try await publishAndHangUp(publisher, Self.unread)
            #expect(try await reasons.next().code == .abnormal)
            try await test.expectConnections(0)
        }
    }

    @Test("a callback gets all of it")
    func callback() async throws {
        let numbers = Notes<Int>()
        try await serve(
            hub: Self.hub(),
            routes: { server in
                server.onMessage("/in") { client, message in
                    numbers.note(Numbered.number(message.payload) ?? -1)
                    server.broadcast(message)
                }
                server.relay(at: "/out")
            }
        ) { test in
            let stuck = try await stuckReader(test, "/out")
            let publisher = try await RawSocket.open(try await test.raw(), "/in")
            try await publishAndHangUp(publisher)
            #expect(try await numbers.next(Self.count) == Array(0..<Self.count))
            try await test.expectConnections(0)
            _ = (stuck, publisher)
        }
    }

    @Test("over TLS too, and nothing stays behind", arguments: [true, false])
    func secure(_ saysGoodbye: Bool) async throws {
        let certificate = try await TestCertificate.make()
        let files = BroadcastServer.TLSFiles(
            certificateChain: certificate.certificatePath,
            privateKey: certificate.keyPath
        )
        try await serve(hub: Self.hub(), configure: { $0.tls = files }) { test in
            let reader = try await test.secureClient(certificate, "/ws/flood")
            let stuck = try await SecureRawClient.open(test, certificate, "/ws/flood")
            try await test.expectSessions(2)
            try await stuck.fallSilent()
            let publisher = try await SecureRawClient.open(test, certificate, "/ws/flood")
            try await test.expectSessions(3)
            try await publisher.send(Numbered.clientFrames(0..<Self.count))
            if saysGoodbye { try await publisher.close() } else { try await publisher.halfClose() }
            for number in 0..<Self.count {
                let message = try await reader.next()
                #expect(Numbered.number(message.payload) == number)
            }
            try await stuck.reset()
            try await test.expectConnections(1)
            #expect(test.hub.keptBytes <= 8 << 10)
            try await publisher.close()
        }
    }

    @Test("a client that does not read its echoes and hangs up is soon gone")
    func echo() async throws {
        try await serve { test in
            let socket = try await RawSocket.open(try await test.raw(receiveBuffer: 4096), "/echo")
            try await socket.client.stopReading()
            try await socket.client.send(Numbered.clientFrames(0..<2_000))
            try await socket.client.reset()
            try await test.expectConnections(0)
        }
    }

    @Test("a server that is told to stop publishes it first")
    func stopping() async throws {
        let read = Notes<Int>()
        try await serve(hub: Self.hub(), configure: { $0.drainTime = .seconds(5) }) { test in
            let reader = try await RawSocket.open(try await test.raw(), "/ws/flood")
            let stuck = try await stuckReader(test, "/ws/flood")
            let publisher = try await RawSocket.open(try await test.raw(), "/ws/flood")
            // one message before the others, so that the server knows the client when it is told to stop
            try await publisher.send(.text("first"))
            try await reader.expect("first")
            try await publishAndHangUp(publisher)
            try await eventually("it has hung up") { test.hub.sessionCount == 2 }
            Task {
                read.note(try await reader.readNumbered(to: Self.count).numbers.upperBound)
                try await reader.client.close()
                try await stuck.client.close()
            }
        }
        #expect(try await read.next() == Self.count)
    }

    /// Runs a server until what a client had sent is given up, and that is counted.
    private func giveUp(
        _ hub: Hub,
        lingerTime: TimeAmount = .seconds(30),
        routes: (BroadcastServer) -> Void,
        _ body: @escaping @Sendable (TestServer) async throws -> Void
    ) async throws {
        try await serveCounted(hub: hub, configure: { $0.limits.lingerTime = lingerTime }, routes: routes) {
            test,
            metrics in
            try await body(test)
            try await eventually("it is counted") { metrics.counterTotal(label: "chorus.abandoned") == 1 }
        }
    }

    @Test("what the memory budget has no room for is given up, and counted")
    func budget() async throws {
        try await giveUp(Self.hub(budget: 256 << 10), routes: { $0.relayTopics() }) { test in
            let stuck = try await stuckReader(test, "/ws/flood")
            let publisher = try await RawSocket.open(try await test.raw(), "/ws/flood")
            try await publishAndHangUp(publisher)
            try await test.expectConnections(1)
            #expect(test.hub.publishedCount < Self.count)
            _ = stuck
        }
    }

    @Test("what a handler does not take in time is given up, and counted")
    func time() async throws {
        let gate = Gate()
        try await giveUp(
            Hub(),
            lingerTime: .milliseconds(1),
            routes: { $0.webSocket("/ws") { _ in await gate.pass() } }
        ) { test in
            let publisher = try await RawSocket.open(try await test.raw())
            try await publishAndHangUp(publisher, Self.unread)
            try await test.expectConnections(0)
            gate.open()
            #expect(test.hub.keptBytes == 0)
        }
    }
}
