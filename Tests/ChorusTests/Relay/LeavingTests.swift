import Chorus
import ChorusTesting
import NIOCore
import Testing

@Suite("The end of a client")
struct LeavingTests {
    /// How a client can go.
    enum End: CaseIterable, Sendable {
        case closeFrame, emptyCloseFrame, fin, finInAFrame, closedSocket, reset, silence
    }

    private func end(_ socket: RawSocket, _ end: End) async throws {
        switch end {
        case .closeFrame: try await socket.send(.close(3456))
        case .emptyCloseFrame: try await socket.send(.close(nil))
        case .fin: try await socket.client.halfClose()
        case .finInAFrame:
            try await socket.client.send(
                ClientFrame.text("half of this").bytes.getSlice(at: 0, length: 9) ?? ByteBuffer()
            )
            try await socket.client.halfClose()
        case .closedSocket: try await socket.client.close()
        case .reset: try await socket.client.reset()
        case .silence: break
        }
    }

    @Test("it is removed, and nobody else notices anything, not even the log", arguments: End.allCases)
    func removed(_ way: End) async throws {
        try await serve(configure: { configuration in
            if way == .silence {
                configuration.keepAlive = .init(interval: .milliseconds(200), timeout: .milliseconds(200))
            }
        }) { test in
            let others = try await test.clients(2)
            let socket = try await RawSocket.open(try await test.raw())
            try await test.expectSessions(3)
            try await others[0].send("before")
            for client in others { try await client.expect("Message: before") }
            try await end(socket, way)
            try await test.expectSessions(2, within: 5)
            try await others[1].send("after")
            for client in others {
                try await client.expect("Message: after")
                try await client.expectNothing()
            }
            #expect(test.hub.sessionCount == 2)
        }
    }

    @Test("a close frame is answered with its code, and then the connection ends")
    func answer() async throws {
        try await serve { test in
            for code in [1000, 1001, 3000, 4999] {
                let socket = try await RawSocket.open(try await test.raw())
                try await socket.send(.close(UInt16(code)))
                try await socket.expectClose(code)
            }
            let socket = try await RawSocket.open(try await test.raw())
            try await socket.send(.close(nil))
            #expect(try await socket.next().payload.readableBytes == 0)
            #expect(try await socket.client.readToEnd().end == .closed)
        }
    }

    @Test("what came before the close frame is still relayed")
    func lastWords() async throws {
        try await serve { test in
            let reader = try await test.client()
            let socket = try await RawSocket.open(try await test.raw())
            try await socket.send(.text("goodbye"), .close(), .text("never"))
            try await reader.expect("Message: goodbye")
            try await test.expectSessions(1)
            try await reader.expectNothing()
        }
    }

    @Test("what came before the end of the connection is still relayed")
    func lastWordsBeforeFIN() async throws {
        try await serve { test in
            let reader = try await test.client()
            let socket = try await RawSocket.open(try await test.raw())
            try await socket.send(.text("one"), .text("two"))
            try await socket.client.halfClose()
            try await reader.expect(["Message: one", "Message: two"])
            try await test.expectSessions(1)
        }
    }

    @Test("many that go at once, in every way, are all removed")
    func many() async throws {
        try await serve { test in
            let stays = try await test.client()
            for way in End.allCases.dropLast() {
                var sockets: [RawSocket] = []
                for _ in 0..<20 { sockets.append(try await RawSocket.open(try await test.raw())) }
                try await stays.send("\(way)")
                for socket in sockets { try await end(socket, way) }
                try await test.expectSessions(1)
                try await stays.expect("Message: \(way)")
            }
            #expect(test.hub.topicCount == 1)
            try await stays.close()
            try await test.expectSessions(0)
            #expect(test.hub.topicCount == 0)
        }
    }
}
