import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import ClientSupport
import Dispatch
import NIOCore
import Testing

@Suite("onPublish")
struct PublishHookTests {
    private struct Broken: Error {}

    private func serve(
        log: Recorder? = nil,
        gate: Gate = Gate(),
        asked: Notes<String> = Notes(),
        answered: Notes<Bool> = Notes(),
        time: TimeAmount = .seconds(5),
        _ body: @escaping @Sendable (TestServer) async throws -> Void
    ) async throws {
        try await ChorusTests.serve(
            log: log,
            configure: { $0.limits.hookTime = time },
            routes: { server in
                server.relayTopics()
                server.authenticate { $0.query["user"] }
                server.onPublish { request in
                    switch request.message.text {
                    case "refuse": throw Refusal("no such word, \(request.user ?? "stranger")")
                    case "break": throw Broken()
                    case "hang":
                        asked.note("hang")
                        await gate.pass()
                        answered.note(Task.isCancelled)
                    case "who": return Message("\(request.topic) \(request.user ?? "-") \(request.session)")
                    default: break
                    }
                    return Message(request.message.text.uppercased())
                }
            },
            body
        )
        gate.open()
    }

    @Test("what it returns is published, in order")
    func changes() async throws {
        try await serve { test in
            let sender = try await test.client("/ws/room?user=ann")
            let reader = try await test.client("/ws/room")
            for number in 0..<100 { try await sender.send("a\(number)") }
            try await reader.expect((0..<100).map { "A\($0)" })
            try await sender.send("who")
            let who = try #require(try await reader.next().text)
            #expect(who.hasPrefix("room ann "))
            // what the program publishes is its own
            try await test.publish("small", to: "room")
            try await reader.expect("small")
        }
    }

    @Test(
        "what it refuses is told, or closes, and nobody else notices",
        arguments: [("refuse", "refused", 1008), ("break", "internal", 1011), ("hang", "timeout", 1011)]
    )
    func refuses(_ word: String, _ code: String, _ close: UInt16) async throws {
        let log = Recorder()
        let gate = Gate()
        let answered = Notes<Bool>()
        try await serve(log: log, gate: gate, answered: answered, time: .milliseconds(300)) { test in
            let reader = try await test.client("/ws/room")
            let told = try await test.toldClient("/ws/room?format=json")
            try await told.send(word)
            try await told.send("next")
            try await reader.send("other")
            var lines = try await told.lines(3)
            lines.sort { ($0.notice ?? "", $0.data ?? "") < ($1.notice ?? "", $1.data ?? "") }
            #expect(lines.map(\.data) == ["NEXT", "OTHER", nil])
            #expect(lines[2].notice == "refused")
            #expect(lines[2].code == code)
            #expect(lines[2].message == 1)
            if word == "refuse" { #expect(lines[2].reason == "no such word, stranger") }
            let plain = try await test.client("/ws/room")
            try await plain.send(word)
            let reason = try await plain.expectClose()
            #expect(reason.code.rawValue == close)
            #expect(Set(try await reader.collect(2).compactMap(\.text)) == ["OTHER", "NEXT"])
            try await reader.expectNothing()
            // an answer that comes too late is no answer
            gate.open()
            if word == "hang" { #expect(try await answered.next(2) == [true, true]) }
            try await reader.send("last")
            try await reader.expect("LAST")
        }
        #expect(log.remarks.count == (word == "refuse" ? 0 : 1))
    }

    @Test("what a client sent before it left is asked about, and published", arguments: [1, 3])
    func lastWords(_ count: Int) async throws {
        let gate = Gate()
        let asked = Notes<String>()
        try await serve(gate: gate, asked: asked) { test in
            let reader = try await test.client("/ws/room")
            let sender = try await RawSocket.open(try await test.raw(), "/ws/room")
            let words = Array(["hang", "one", "two"].prefix(count))
            for word in words { try await sender.client.send(ClientFrame.text(word).bytes) }
            _ = try await asked.next()
            try await sender.client.halfClose()
            try await test.expectSessions(1)
            gate.open()
            try await reader.expect(words.map { $0.uppercased() })
            try await test.expectConnections(1)
        }
    }

    @Test("what a user has sent who is disconnected before the answer is not published")
    func disconnected() async throws {
        let gate = Gate()
        let asked = Notes<String>()
        let answered = Notes<Bool>()
        try await serve(gate: gate, asked: asked, answered: answered) { test in
            let reader = try await test.client("/ws/room")
            let sender = try await test.client("/ws/room?user=mallory")
            try await sender.send("hang")
            _ = try await asked.next()
            #expect(await test.hub.disconnect(user: "mallory") == 1)
            gate.open()
            #expect(try await answered.next())
            try await sender.expectClose(.disconnected)
            try await reader.send("after")
            try await reader.expect("AFTER")
        }
    }

    @Test("a server that stops waits for the answer, and publishes")
    func stops() async throws {
        let gate = Gate()
        let asked = Notes<String>()
        try await serve(gate: gate, asked: asked) { test in
            let reader = try await test.client("/ws/room")
            let sender = try await test.client("/ws/room")
            try await sender.send("hang")
            _ = try await asked.next()
            await test.stop()
            gate.open()
            try await reader.expect("HANG")
            try await reader.expectClose(.goingAway)
        }
    }

    @Test("while an event loop is behind by a whole window, what the hook has decided on waits")
    func flowControl() async throws {
        let gate = Gate()
        let answered = Notes<Void>()
        let blocked = Notes<Void>()
        let block = DispatchSemaphore(value: 0)
        try await ChorusTests.serve(
            hub: Hub(configuration: .init(defaults: Namespace(window: Window(messages: 4)))),
            configure: { $0.eventLoops = 2 },
            routes: { server in
                server.relayEcho()
                // an event loop that does nothing else for a while
                server.onMessage("/block") { _, _ in
                    blocked.note(())
                    _ = block.wait(timeout: .now() + 10)
                }
                server.onPublish { request in
                    await gate.pass()
                    answered.note(())
                    return request.message
                }
            }
        ) { test in
            // one after the other, connections are on the one loop and on the other
            let readers = try await test.clients(2, "/ws/room")
            let senders = try await test.clients(20, "/ws/room")
            let blocker = try await test.client("/block")
            let free = try await test.client("/echo")
            try await blocker.send("now")
            _ = try await blocked.next()
            for (number, sender) in senders.enumerated() { try await sender.send("\(number)") }
            gate.open()
            // those of the loop that is not blocked
            _ = try await answered.next(10)
            try await eventually("some are published") { test.hub.publishedCount >= 4 }
            // the free loop has time for all that it wants to do
            for number in 0..<50 {
                try await free.send("\(number)")
                try await free.expect("\(number)")
            }
            #expect(test.hub.publishedCount < 10)
            block.signal()
            for reader in readers {
                let numbers = try await reader.collect(20).compactMap { $0.text.flatMap { Int($0) } }
                #expect(Set(numbers) == Set(0..<20))
            }
        }
    }
}
