import Chorus
import ChorusTesting
import NIOCore
import Synchronization
import Testing

@Suite("Keep-alive")
struct KeepAliveTests {
    @Test("a client is pinged, and stays as long as it answers")
    func answers() async throws {
        try await serve(configure: { $0.keepAlive = .init(interval: .milliseconds(600), timeout: .milliseconds(500)) })
        { test in
            let socket = try await RawSocket.open(try await test.raw())
            for _ in 0..<3 {
                let ping = try await socket.next()
                #expect(ping.opcode == 9)
                try await socket.send(ClientFrame(opcode: 10, payload: Array(ping.payload.readableBytesView)))
            }
            #expect(test.hub.sessionCount == 1)
        }
    }

    @Test("anything that comes is a sign of life, also when no ping is answered")
    func anything() async throws {
        try await serve(configure: { $0.keepAlive = .init(interval: .milliseconds(600), timeout: .milliseconds(500)) })
        { test in
            let socket = try await RawSocket.open(try await test.raw(), "/ws/quiet")
            for _ in 0..<2 {
                #expect(try await socket.next().opcode == 9)
                try await socket.client.send(ByteBuffer(bytes: [0x8A]))
                #expect(try await socket.next().opcode == 9)
                try await socket.client.send(ByteBuffer(bytes: [0x80, 1, 2, 3, 4]))
            }
            #expect(test.hub.sessionCount == 1)
        }
    }

    @Test("who reads notices is told with every ping that the server is there, and how often it will be")
    func heartbeat() async throws {
        try await serve(configure: { $0.keepAlive = .init(interval: .milliseconds(300), timeout: .milliseconds(200)) })
        { test in
            let told = try await test.client("/ws/quiet?format=json")
            let untold = try await test.client("/ws/quiet")
            let first = try await told.line()
            #expect(first.notice == "subscribed")
            #expect(first.heartbeat == 300)
            for _ in 0..<3 {
                let line = try await told.line()
                #expect(line.notice == "heartbeat")
                #expect(line.heartbeat == 300)
                #expect(line.topic == nil)
            }
            try await untold.expectNothing()
            #expect(test.hub.sessionCount == 2)
        }
        // no ping comes before there was time to answer the last one
        try await serve(configure: { $0.keepAlive = .init(interval: .milliseconds(100), timeout: .milliseconds(300)) })
        { test in
            let first = try await test.client("/ws/quiet?format=json").line()
            #expect(first.heartbeat == 300)
        }
        try await serve(configure: { $0.keepAlive = nil }) { test in
            let first = try await test.client("/ws/quiet?format=json").line()
            #expect(first.notice == "subscribed")
            #expect(first.heartbeat == nil)
        }
    }

    @Test("who is silent is cut after interval and timeout, and not before")
    func silent() async throws {
        let reasons = Mutex<[CloseReason]>([])
        try await serve(
            configure: { $0.keepAlive = .init(interval: .milliseconds(400), timeout: .milliseconds(400)) },
            routes: { server in
                server.relayTopics()
                server.onDisconnect { _, reason in reasons.withLock { $0.append(reason) } }
            }
        ) { test in
            let socket = try await RawSocket.open(try await test.raw())
            let start = ContinuousClock.now
            #expect(try await socket.next().opcode == 9)
            let (rest, _) = try await socket.client.readToEnd()
            #expect(ContinuousClock.now - start >= .milliseconds(790))
            #expect(rest.readableBytes == 0)
            try await test.expectSessions(0)
            #expect(reasons.withLock { $0.map(\.code) } == [.abnormal])
            #expect(reasons.withLock { $0.map(\.initiator) } == [.network])
        }
    }

    @Test("who is not read from, because it takes no answers, is cut when it has taken nothing for so long")
    func stuck() async throws {
        try await serve(configure: { $0.keepAlive = .init(interval: .milliseconds(400), timeout: .milliseconds(400)) })
        { test in
            let socket = try await RawSocket.open(try await test.raw(receiveBuffer: 8192), "/echo")
            try await socket.client.stopReading()
            let sending = Task {
                while true { try await socket.client.send(Numbered.clientFrames(0..<100)) }
            }
            try await test.expectSessions(0, within: 20)
            sending.cancel()
            _ = await sending.result
        }
    }

    @Test("without keep-alive nobody is pinged, and the time for the handshake is over with the handshake")
    func none() async throws {
        try await serve(configure: { configuration in
            configuration.keepAlive = nil
            configuration.limits.handshakeTime = .milliseconds(200)
        }) { test in
            let socket = try await RawSocket.open(try await test.raw(), "/ws/quiet")
            // two that are refused for their silence show that time has gone by
            for _ in 0..<2 { try await (try await test.raw()).expectRefusal(408) }
            try await test.publish("first", to: "quiet")
            try await socket.expect("first")
        }
    }
}
