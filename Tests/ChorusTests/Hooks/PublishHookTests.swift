import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import NIOCore
import Testing

@Suite("onPublish")
struct PublishHookTests {
    private struct Broken: Error {}

    private func serve(
        log: Recorder? = nil,
        gate: Gate = Gate(),
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
                    case "hang": await gate.pass()
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
        try await serve(log: log, gate: gate, time: .milliseconds(300)) { test in
            let reader = try await test.client("/ws/room")
            let told = try await test.client("/ws/room?format=json")
            try await told.send(word)
            try await told.send("next")
            try await reader.send("other")
            var lines = try await told.lines(3)
            lines.sort { ($0.notice ?? "", $0.data ?? "") < ($1.notice ?? "", $1.data ?? "") }
            #expect(lines.map(\.data) == ["NEXT", "OTHER", nil])
            #expect(lines[2].notice == "refused")
            #expect(lines[2].code == code)
            if word == "refuse" { #expect(lines[2].reason == "no such word, stranger") }
            let plain = try await test.client("/ws/room")
            try await plain.send(word)
            let reason = try await plain.expectClose()
            #expect(reason.code.rawValue == close)
            #expect(Set(try await reader.collect(2).compactMap(\.text)) == ["OTHER", "NEXT"])
            try await reader.expectNothing()
            // an answer that comes too late is no answer
            gate.open()
            try await reader.expectNothing()
        }
        #expect(log.remarks.count == (word == "refuse" ? 0 : 1))
    }

    @Test("what a client sent before it left is asked about, and published")
    func lastWords() async throws {
        let gate = Gate()
        try await serve(gate: gate) { test in
            let reader = try await test.client("/ws/room")
            let sender = try await RawSocket.open(try await test.raw(), "/ws/room")
            for word in ["hang", "one", "two"] { try await sender.client.send(ClientFrame.text(word).bytes) }
            try await sender.client.halfClose()
            gate.open()
            try await reader.expect(["HANG", "ONE", "TWO"])
            try await test.expectSessions(1)
        }
    }
}
