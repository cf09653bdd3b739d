import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import ClientSupport
import NIOCore
import Testing

@Suite("Centrifuge: what namespaces say")
struct CentrifugeNamespaceTests {
    @Test(
        "where only configured namespaces are known, all others are error 102, for commands that name them; 404 on /ws",
        arguments: [
            #""subscribe":{"channel":"none:1"}"#, #""subscribe":{"channel":"none:1","token":"ann;topic=none:1"}"#,
            #""publish":{"channel":"none:1","data":1}"#, #""presence":{"channel":"none:1"}"#,
            #""presence_stats":{"channel":"none:1"}"#, #""history":{"channel":"none:1"}"#,
        ]
    )
    func unknown(_ command: String) async throws {
        try await serveStrictly { test in
            let client = try await test.connected()
            #expect(try await client.error(command) == 102)
            await #expect {
                _ = try await test.client("/ws/none:1")
            } throws: {
                "\($0)".contains("404 Not Found: There is no such topic.")
            }
            // a private topic is of the namespace behind the prefix
            #expect(try await client.error(#""subscribe":{"channel":"$none:1"}"#) == 102)
            #expect(try await client.error(#""subscribe":{"channel":"$chat:1"}"#) == 103)
        }
    }

    @Test("a topic that has the name of a namespace is of that one, and one without a colon is always known")
    func bare() async throws {
        try await serveStrictly { test in
            let client = try await test.connected()
            for (topic, hasHistory) in [("chat", true), ("chat:1", true), ("other", false)] {
                let result = try await client.result(#""subscribe":{"channel":"\#(topic)","positioned":true}"#)
                #expect(result["positioned"] == (hasHistory ? true : nil))
            }
        }
    }

    @Test("subscribers alone may publish where the namespace says so, on every endpoint")
    func subscribersPublish() async throws {
        try await serveCentrifuge(Namespace("chat", publishers: .subscribers)) { test in
            let client = try await test.connected()
            let other = try await test.connected()
            let publish = #""publish":{"channel":"chat:1","data":"hello"}"#
            #expect(try await client.error(publish) == 103)
            try await client.result(#""subscribe":{"channel":"chat:1"}"#)
            try await client.result(publish)
            #expect(try await client.publication()["pub"]?["data"] == "hello")
            #expect(try await other.error(publish) == 103)
            let plain = try await test.client("/ws/chat:1")
            try await plain.send("hi")
            #expect(try await client.publication()["pub"]?["data"] == "hi")
            try await client.result(#""unsubscribe":{"channel":"chat:1"}"#)
            #expect(try await client.error(publish) == 103)
        }
    }

    @Test("who publishes is told where the namespace says so, also where it is not known who is there, and only there")
    func publishersTold() async throws {
        try await serveCentrifuge(
            Namespace("open", tellsPublishers: true),
            Namespace("shy", presence: true, tellsPublishers: false),
            Namespace("plain")
        ) { test in
            let client = try await test.centrifuge()
            let id = try #require(try await client.result(#""connect":{}"#)["client"])
            for (topic, info) in [("open:1", ["user": "", "client": id] as JSON?), ("shy:1", nil), ("plain:1", nil)] {
                try await client.result(#""subscribe":{"channel":"\#(topic)"}"#)
                try await client.result(#""publish":{"channel":"\#(topic)","data":1}"#)
                #expect(try await client.publication()["pub"]?["info"] == info)
            }
            #expect(try await client.error(#""presence":{"channel":"open:1"}"#) == 108)
        }
    }

    @Test("an empty room has an empty list, and those without a name are one user together")
    func presence() async throws {
        try await serveCentrifuge(Namespace("chat", presence: true)) { test in
            let client = try await test.connected()
            #expect(try await client.result(#""presence":{"channel":"chat:1"}"#) == ["presence": [:]])
            let stats = #""presence_stats":{"channel":"chat:1"}"#
            #expect(try await client.result(stats) == ["num_clients": 0, "num_users": 0])
            let other = try await test.connected()
            for one in [client, other] { try await one.result(#""subscribe":{"channel":"chat:1"}"#) }
            #expect(try await other.result(stats) == ["num_clients": 2, "num_users": 1])
        }
    }

    @Test("3000 ends a connection without a close frame")
    func hangUp() async throws {
        try await serveCentrifuge(options: .init(tokens: SpokenTokens())) { test in
            let raw = try await RawSocket.open(try await test.raw(), "/connection/websocket")
            try await raw.send(.text(#"{"id":1,"connect":{"token":"ann"}}"#))
            _ = try await raw.next()
            #expect(await test.hub.disconnect(SessionSelection(user: "ann"), code: 3000, reason: "go") == 1)
            let (rest, end) = try await raw.client.readToEnd(within: 10)
            #expect(rest.readableBytes == 0 && end == .closed)
        }
    }

    private func serveStrictly(_ body: @escaping @Sendable (TestServer) async throws -> Void) async throws {
        try await serveCentrifuge(
            Namespace("chat", history: .last(10)),
            options: .init(tokens: SpokenTokens(), allowsAnonymous: true),
            allowsUnknownNamespaces: false,
            privatePrefix: "$",
            body
        )
    }
}
