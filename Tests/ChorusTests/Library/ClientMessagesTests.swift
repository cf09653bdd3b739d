import Chorus
import ChorusCore
import ChorusTesting
import NIOCore
import Testing
import WebSocketWire

@Suite("What a handler reads")
struct ClientMessagesTests {
    @Test("texts and binary messages come in their order; texts alone pass over the others")
    func kinds() async throws {
        let notes = Notes<String>()
        try await serve(routes: { server in
            server.webSocket("/messages") { client in
                for await message in client.messages { notes.note("\(message.kind) \(message.text)") }
            }
            server.webSocket("/texts") { client in
                for await text in client.texts { notes.note(text) }
            }
        }) { test in
            for path in ["/messages", "/texts"] {
                let client = try await test.client(path)
                try await client.send("a")
                try await client.send(ByteBuffer(string: "b"))
                try await client.send("c")
                try await client.close()
                try await test.expectSessions(0)
            }
            #expect(try await notes.next(5) == ["text a", "binary b", "text c", "a", "c"])
        }
    }

    @Test("several loops, one after the other, each go on where the last one stopped")
    func severalIterators() async throws {
        let notes = Notes<String>()
        try await serve(routes: { server in
            server.webSocket("/ws") { client in
                var first = client.texts.makeAsyncIterator()
                notes.note("name: \(await first.next() ?? "")")
                for await text in client.texts {
                    notes.note("loop: \(text)")
                    if text == "2" { break }
                }
                for await message in client.messages { notes.note("rest: \(message.text)") }
                notes.note("end: \(await first.next() ?? "nothing")")
            }
        }) { test in
            let client = try await test.client()
            for number in 0..<5 { try await client.send("\(number)") }
            try await client.close()
            #expect(
                try await notes.next(6) == ["name: 0", "loop: 1", "loop: 2", "rest: 3", "rest: 4", "end: nothing"]
            )
        }
    }

    @Test("the loop ends with the connection, and then the reason is there")
    func closeReason() async throws {
        let notes = Notes<CloseReason?>()
        try await serve(routes: { server in
            server.webSocket("/ws") { client in
                notes.note(client.closeReason)
                for await _ in client.texts {}
                notes.note(client.closeReason)
                notes.note(await client.waitForClose())
            }
        }) { test in
            let ends: [(code: WebSocketCloseCode, by: CloseReason.Initiator, (RawSocket) async throws -> Void)] = [
                (.init(rawValue: 3001), .client, { try await $0.send(.close(3001)) }),
                (.noStatus, .client, { try await $0.send(.close(nil)) }),
                (.abnormal, .network, { try await $0.client.halfClose() }),
                (.abnormal, .network, { try await $0.client.reset() }),
                (.protocolError, .server, { try await $0.send(ClientFrame(opcode: 3)) }),
            ]
            for (code, initiator, end) in ends {
                let socket = try await RawSocket.open(try await test.raw())
                #expect(try await notes.next() == nil)
                try await end(socket)
                let reasons = try await notes.next(2)
                #expect(reasons[0]?.code == code)
                #expect(reasons[0]?.initiator == initiator)
                #expect(reasons[0] == reasons[1])
            }
        }
    }

    @Test("a loop in another task ends when that task is cancelled, and the client stays")
    func cancelled() async throws {
        let notes = Notes<String>()
        try await serve(routes: { server in
            server.webSocket("/ws") { client in
                let reading = Task { for await text in client.texts { notes.note(text) } }
                await Task.yield()
                reading.cancel()
                await reading.value
                notes.note("cancelled")
                for await text in client.texts { client.send("still \(text)") }
            }
        }) { test in
            let client = try await test.client()
            #expect(try await notes.next() == "cancelled")
            try await client.send("here")
            try await client.expect("still here")
        }
    }

    @Test("what was received before the end can still be read")
    func afterTheEnd() async throws {
        let gate = Gate()
        let notes = Notes<String>()
        try await serve(routes: { server in
            server.webSocket("/ws") { client in
                await gate.pass()
                for await text in client.texts { notes.note(text) }
                notes.note("end")
            }
        }) { test in
            let client = try await test.client()
            for number in 0..<10 { try await client.send("\(number)") }
            try await client.close()
            try await test.expectSessions(0)
            gate.open()
            #expect(try await notes.next(11) == (0..<10).map(String.init) + ["end"])
        }
    }
}
