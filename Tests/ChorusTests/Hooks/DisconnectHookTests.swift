import Chorus
import ChorusCore
import ChorusTesting
import NIOCore
import Synchronization
import Testing

@Suite("onDisconnect")
struct DisconnectHookTests {
    /// The ends of a connection, and what the hook is told.
    private static let ways: [(@Sendable (RawSocket) async throws -> Void, String)] = [
        ({ try await $0.send(ClientFrame(opcode: 8, payload: [0x0D, 0x05, 0x78])) }, "3333 by client: x"),
        ({ try await $0.client.halfClose() }, "1006 by network"),
        ({ try await $0.client.reset() }, "1006 by network"),
        ({ try await $0.send(ClientFrame(opcode: 1, isMasked: false)) }, "1002 by server: "),
        ({ try await $0.send(.text(String(repeating: "x", count: 2000))) }, "1009 by server: "),
        ({ try await $0.send(.text("close")) }, "4000 by server: go"),
        ({ try await $0.send(.text("return")) }, "1000 by server"),
    ]

    @Test("it is called once for every session, whatever the end, with the reason")
    func once() async throws {
        let ended = Mutex<[(SessionID, CloseReason)]>([])
        let ids = Notes<SessionID>()
        try await serve(
            configure: { $0.limits.messageSize = 1000 },
            routes: { server in
                server.webSocket("/ws") { client in
                    ids.note(client.id)
                    for await text in client.texts {
                        if text == "close" { client.close(.init(rawValue: 4000), reason: "go") }
                        if text == "return" { return }
                    }
                }
                server.onDisconnect { id, reason in ended.withLock { $0.append((id, reason)) } }
            }
        ) { test in
            for (end, reason) in Self.ways {
                let socket = try await RawSocket.open(try await test.raw())
                let id = try await ids.next()
                try await end(socket)
                try await test.expectSessions(0)
                try await eventually("the hook is called") { ended.withLock { $0.count } > 0 }
                let calls = ended.withLock { calls in
                    defer { calls = [] }
                    return calls
                }
                #expect(calls.map(\.0) == [id])
                #expect(calls.first?.1.description.hasPrefix(reason) == true, "\(calls)")
            }
            // and not again when the connections are torn down
            let last = try await test.client()
            try await last.close()
            try await eventually("the last one has ended") { !ended.withLock { $0.isEmpty } }
            #expect(ended.withLock { $0.count } == 1)
        }
    }

    @Test("it is called for everybody when the server stops")
    func atTheEnd() async throws {
        let ended = Mutex<[CloseReason]>([])
        try await serve(routes: { server in
            server.relayTopics()
            server.onDisconnect { _, reason in ended.withLock { $0.append(reason) } }
        }) { test in
            let clients = try await test.clients(10)
            await test.stop()
            for client in clients { try await client.expectClose(.goingAway) }
        }
        #expect(ended.withLock { $0.map(\.code) } == Array(repeating: .goingAway, count: 10))
    }

    @Test("one that hangs is in nobody's way, and is cancelled")
    func hangs() async throws {
        let ended = Notes<Bool>()
        try await serve(
            configure: { configuration in
                configuration.eventLoops = 1
                configuration.limits.hookTime = .milliseconds(200)
            },
            routes: { server in
                server.relayTopics()
                // until it is cancelled
                server.onDisconnect { _, _ in
                    try? await Task.sleep(for: .seconds(3600))
                    ended.note(Task.isCancelled)
                }
            }
        ) { test in
            let client = try await test.client()
            try await (try await test.client()).close()
            try await test.expectSessions(1)
            try await client.send("hi")
            try await client.expect("Message: hi")
            #expect(try await ended.next())
        }
    }

    @Test("who was refused was never connected")
    func refused() async throws {
        let ended = Mutex(0)
        try await serve(routes: { server in
            server.relayTopics()
            server.onConnect { request in if request.query["no"] != nil { throw Refusal("no") } }
            server.onDisconnect { _, _ in ended.withLock { $0 += 1 } }
        }) { test in
            let client = try await test.raw()
            try await client.send(RawSocket.request("/ws?no"))
            try await client.expectRefusal(403)
            try await (try await test.client()).close()
            try await test.expectSessions(0)
            try await eventually("one end") { ended.withLock { $0 } == 1 }
        }
        #expect(ended.withLock { $0 } == 1)
    }
}
