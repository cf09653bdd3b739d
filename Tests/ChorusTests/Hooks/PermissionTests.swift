import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import Testing
import WebSocketWire

/// Who may do what, by namespace: `?user=…` is who a client is.
@Suite("Permissions")
struct PermissionTests {
    private static func hub() -> Hub {
        Hub(
            configuration: .init(namespaces: [
                Namespace("open"),
                Namespace("news", history: .last(10), recovery: .off, publishers: .server),
                Namespace("users", publishers: .authenticated, subscribers: .authenticated),
                Namespace("inner", subscribers: .server),
                Namespace("small", messageSize: 10),
                Namespace("asked", history: .last(10), recovery: .on),
            ])
        )
    }

    private func serve(_ body: @escaping @Sendable (TestServer) async throws -> Void) async throws {
        try await ChorusTests.serve(
            hub: Self.hub(),
            routes: { server in
                server.relayTopics()
                server.authenticate { $0.query["user"] }
            },
            body
        )
    }

    @Test(
        "who may not subscribe is refused",
        arguments: [("users:1", 401), ("inner:1", 403), ("inner:1?user=ann", 403)]
    )
    func subscribing(_ path: String, _ status: Int) async throws {
        try await serve { test in
            let client = try await test.raw()
            try await client.send(RawSocket.request("/ws/\(path)"))
            try await client.expectRefusal(status)
        }
    }

    @Test("who may not publish is closed with 1008, or told where it can be")
    func publishing() async throws {
        try await serve { test in
            let reader = try await test.client("/ws/news:1")
            let plain = try await test.client("/ws/news:1?user=ann")
            try await plain.send("no")
            try await plain.expectClose(.policyViolation)
            let told = try await test.toldClient("/ws/news:1?format=json")
            try await told.send("no")
            let line = try await told.line()
            #expect(line.notice == "refused")
            #expect(line.code == "not_permitted")
            #expect(line.reason?.isEmpty == false)
            #expect(line.topic == "news:1")
            #expect(line.message == 1)
            try await test.publish("yes", to: "news:1")
            #expect(try await told.line().data == "yes")
            try await reader.expect("yes")
        }
    }

    @Test("users may where users may")
    func users() async throws {
        try await serve { test in
            let ann = try await test.client("/ws/users:1?user=ann")
            try await ann.send("hi")
            try await ann.expect("hi")
        }
    }

    @Test("a message larger than the namespace allows closes with 1009, or is told; the program gets an error")
    func size() async throws {
        try await serve { test in
            let plain = try await test.client("/ws/small:1")
            try await plain.send("0123456789")
            try await plain.expect("0123456789")
            try await plain.send("0123456789a")
            try await plain.expectClose(.messageTooBig)
            let told = try await test.toldClient("/ws/small:1?format=json")
            try await told.send("0123456789a")
            #expect(try await told.line().code == "message_too_large")
            let error = await #expect(throws: ChorusError.self) { try await test.publish("0123456789a", to: "small:1") }
            #expect(error?.code == .messageTooLarge)
            try await test.publish("0123456789", to: "small:1")
            #expect(try await told.line().data == "0123456789")
        }
    }

    @Test("the past is for clients where the namespace says so", arguments: ["last=1", "since=1:1", "latest"])
    func recovery(_ query: String) async throws {
        try await serve { test in
            let client = try await test.raw()
            try await client.send(RawSocket.request("/ws/news:1?\(query)"))
            try await client.expectRefusal(403)
        }
    }

    @Test("where recovery is on and not forced, only who asks is told its position")
    func onDemand() async throws {
        try await serve { test in
            let client = try await test.client("/ws/asked:1?format=json")
            let asking = try await test.client("/ws/asked:1?format=json&last=0")
            #expect(try await asking.line().offset == 0)
            let live = try await client.line()
            #expect(live.notice == "subscribed")
            #expect(live.offset == nil)
            try await client.send("hi")
            #expect(try await client.line().data == "hi")
        }
    }
}
