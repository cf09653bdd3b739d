import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import ClientSupport
import Testing

/// Who is seen by presence, who is told of, and who is told, where a token says otherwise than the namespace.
@Suite("Centrifuge: what tokens say of presence")
struct CentrifugeVisibilityTests {
    private func serve(_ body: @escaping @Sendable (TestServer) async throws -> Void) async throws {
        try await serveCentrifuge(
            Namespace("room", history: .last(5), presence: PresenceOptions(grace: .zero, interval: .zero)),
            options: .init(tokens: SpokenTokens()),
            body
        )
    }

    private func subscribe(
        _ test: TestServer,
        _ user: String,
        _ terms: String = "",
        _ fields: String = ""
    ) async throws -> CentrifugeClient {
        let client = try await test.connected(#""token":"\#(user)""#)
        let token = "\(user);topic=room:1\(terms)"
        try await client.result(#""subscribe":{"channel":"room:1","token":"\#(token)"\#(fields)}"#)
        return client
    }

    private func users(_ client: CentrifugeClient) async throws -> [String] {
        let present = try await client.result(#""presence":{"channel":"room:1"}"#)["presence"]
        let names = present?.fields.values.compactMap { $0["user"]?.string } ?? []
        return names.filter { !$0.isEmpty }.sorted()
    }

    @Test(
        "who is hidden is not seen, who is quiet is seen by those who ask, and nobody is told of either",
        arguments: [
            (";presence=off", ["ann"]), (";presence=off;join_leave=on", ["ann"]), (";join_leave=off", ["ann", "eve"]),
            (";join_leave=off;presence=on", ["ann", "eve"]),
        ]
    )
    func unseen(_ terms: String, _ seen: [String]) async throws {
        try await serve { test in
            let ann = try await subscribe(test, "ann")
            #expect(try await ann.push()["join"]?["info"]?["user"] == "ann")
            let plain = try await test.client("/ws/room:1?format=json")
            // it is told how many, too
            #expect(try await ann.push()["join"] != nil)
            let eve = try await subscribe(test, "eve", terms)
            #expect(try await users(ann) == seen)
            try await eve.result(#""publish":{"channel":"room:1","data":"from eve"}"#)
            #expect(try await ann.push()["pub"]?["data"] == "from eve")
            #expect(try await eve.push()["pub"]?["data"] == "from eve")
            try await eve.result(#""unsubscribe":{"channel":"room:1"}"#)
            #expect(try await users(ann) == ["ann"])
            // what was told too much would come before this
            try await test.publish("the end", to: "room:1")
            #expect(try await ann.push()["pub"]?["data"] == "the end")
            for kind in ["subscribed", "presence"] {
                let notice = try await plain.json()
                #expect(notice["notice"] == .text(kind))
                if kind == "presence" { #expect(notice["sessions"] == 2) }
            }
            for data in ["from eve", "the end"] { #expect(try await plain.json()["data"] == .text(data)) }
        }
    }

    @Test("who connects to a topic with a token is hidden too")
    func plain() async throws {
        try await serveCentrifuge(
            Namespace("room", presence: PresenceOptions(grace: .zero, interval: .zero)),
            options: .init(tokens: SpokenTokens()),
            routes: { server in server.authenticate(with: SpokenTokens()) }
        ) { test in
            let ann = try await subscribe(test, "ann")
            let hidden = try await test.client("/ws/room:1?token=eve;topic=room:1;presence=off")
            let seen = try await test.client("/ws/room:1?token=bob;topic=room:1")
            try await seen.send("hi")
            #expect(try await ann.publication()["pub"]?["data"] == "hi")
            #expect(try await users(ann) == ["ann", "bob"])
            try await hidden.expect("hi")
        }
    }

    @Test("who is not pushed joins and leaves asks for them, and gets messages and differences all the same")
    func unpushed() async throws {
        try await serve { test in
            let deaf = try await subscribe(test, "deaf", ";push=off", #","delta":"fossil""#)
            let plain = try await subscribe(test, "plain", ";push=off")
            let asking = try await subscribe(test, "asking", ";push=off", #","join_leave":true"#)
            let told = try await subscribe(test, "told", ";push=on")
            #expect(try await asking.push()["join"]?["info"]?["user"] == "asking")
            for client in [asking, told] {
                #expect(try await client.push()["join"]?["info"]?["user"] == "told")
            }
            let text = String(repeating: "the same again and again ", count: 10)
            for number in 1...2 {
                try await test.publish(text + "\(number)", to: "room:1")
                for client in [deaf, plain, asking, told] {
                    let push = try await client.push()
                    #expect(push["pub"]?["delta"] == (client === deaf && number == 2 ? true : nil))
                    if client !== deaf { #expect(push["pub"]?["data"] == .text(text + "\(number)")) }
                }
            }
            try await told.result(#""unsubscribe":{"channel":"room:1"}"#)
            #expect(try await asking.push()["leave"]?["info"]?["user"] == "told")
            try await test.publish("the end", to: "room:1")
            for client in [deaf, plain, asking] { #expect(try await client.push()["pub"] != nil) }
        }
    }
}
