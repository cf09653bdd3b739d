import ChorusTesting
import Foundation
import Testing

@Suite("chorus publish: one message")
struct PublishTextTests {
    @Test("it is published when the command returns, which says nothing")
    func text() async throws {
        let server = try serve()
        let topic = TopicProbe("news", port: try await server.port())
        let ending = try await runChorus("publish", "news", "The doors\nare öpen", "--url", try await server.url())
        #expect(ending.code == 0)
        #expect(ending.output.isEmpty && ending.errors.isEmpty)
        #expect(try await topic.texts(1) == ["The doors\nare öpen"])
        #expect(try await topic.lines(1)[0].key == nil)
    }

    @Test("topics and texts may have any characters", arguments: ["chat:lobby", "a/b c%é", #"quote"and\"#])
    func characters(_ name: String) async throws {
        let server = try serve()
        let topic = TopicProbe(name, port: try await server.port())
        for text in ["", "\u{1}\u{7F}\"\\", "- ", "--help", "😀"] {
            let ending = try await runChorus("publish", "--url", try await server.url(), "--", name, text)
            #expect(ending.code == 0, "\(ending.errors)")
        }
        #expect(try await topic.texts(5) == ["", "\u{1}\u{7F}\"\\", "- ", "--help", "😀"])
    }

    @Test("with --json it is a value, and a JSON string is a text")
    func json() async throws {
        let server = try serve()
        let topic = TopicProbe("scores", port: try await server.port())
        for text in [#"{"home": 1, "away": [0.50]}"#, #" "plain \u0041" "#, "null"] {
            let ending = try await runChorus("publish", "scores", text, "--json", "--url", try await server.url())
            #expect(ending.code == 0, "\(ending.errors)")
        }
        #expect(try await topic.texts(3) == [#"{"home":1,"away":[0.50]}"#, "plain A", "null"])
    }

    @Test("--key and --key-from say what it is the newest value of")
    func keys() async throws {
        let server = try serve()
        let url = try await server.url()
        let topic = TopicProbe("scores", port: try await server.port())
        for arguments in [
            ["1", "--key", "game-7"], ["a, b ,c", "--key-from", "2"],
            [#"{"id":"game-8"}"#, "--json", "--key-from", "id"], [#"{"id":9.0}"#, "--json", "--key-from", "id"],
        ] {
            let ending = try await ChorusProcess(["publish", "scores", "--url", url] + arguments).end()
            #expect(ending.code == 0, "\(ending.errors)")
        }
        #expect(try await topic.lines(4).map(\.key) == ["game-7", "b", "game-8", "9.0"])
    }

    @Test(
        "what is wrong with the text is 64 and said in one line, and nothing is published",
        arguments: [
            (["news", "{", "--json"], "JSON"), (["news", "", "--json"], "JSON"),
            (["news", "a,b", "--key-from", "3"], "column 3"), (["news", "{}", "--json", "--key-from", "id"], "id"),
            (["", "text"], "topic"), ([String(repeating: "x", count: 256), "text"], "topic"),
            (["a\u{7}", "text"], "topic"), (["news", String(repeating: "x", count: 1001)], "1000 bytes"),
        ] as [([String], String)]
    )
    func refused(_ arguments: [String], _ reason: String) async throws {
        let server = try serve("--max-message-size", "1000")
        let url = try await server.url()
        let ending = try await ChorusProcess(["publish", "--url", url] + arguments).end()
        #expect(ending.code == 64)
        #expect(ending.output.isEmpty)
        #expect(ending.errors.hasPrefix("chorus: ") && ending.errors.contains(reason), "\(ending.errors)")
        #expect(ending.errors.filter { $0 == "\n" }.count == 1, "\(ending.errors)")
        #expect(try await TopicProbe("news", port: try await server.port()).texts(0).isEmpty)
    }

    @Test("the server may be named by the environment's CHORUS_URL, which --url replaces")
    func environment() async throws {
        let server = try serve()
        let url = try await server.url()
        let named = #"export CHORUS_URL=\#(url)/; exec "$0" "$@""#
        #expect(try await runChorus("publish", "news", "1", shell: named).code == 0)
        let elsewhere = #"export CHORUS_URL=http://127.0.0.1:1; exec "$0" "$@""#
        #expect(try await runChorus("publish", "news", "2", "--url", url, shell: elsewhere).code == 0)
        #expect(try await TopicProbe("news", port: try await server.port()).texts(2) == ["1", "2"])
    }
}
