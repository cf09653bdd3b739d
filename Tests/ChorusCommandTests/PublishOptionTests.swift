import ChorusClient
import ChorusTesting
import NIOCore
import Testing
import WebSocketWire

/// Who may publish, by the options.
@Suite("chorus serve --publish")
struct PublishOptionTests {
    private static let cases: [(options: [String], lobby: Bool, chat: Bool, other: Bool)] = [
        ([], true, true, true),
        (["--host", "localhost"], true, true, true),
        (["--host", "0.0.0.0"], false, false, false),
        (["--trusted-proxy", "127.0.0.1"], false, false, false),
        (["--origin", "https://example.com"], false, false, false),
        (["--origin", "http://localhost:3000"], true, true, true),
        (["--publish", "chat"], false, true, false),
        (["--host", "0.0.0.0", "--publish", "chat", "--publish", "lobby"], true, true, false),
        (["--host", "0.0.0.0", "--publish", "*"], true, true, true),
    ]

    @Test(
        "clients may publish where the options say so, and everywhere if only this machine can connect",
        arguments: cases
    )
    func publishes(_ options: [String], _ lobby: Bool, _ chat: Bool, _ other: Bool) async throws {
        let chorus = try ChorusProcess(["serve", "--port", "0"] + options)
        let port = try await chorus.port()
        for (path, isAllowed) in [("ws", lobby), ("ws/chat:1", chat), ("ws/other", other)] {
            let client = try await TestClient.connect(to: "ws://127.0.0.1:\(port)/\(path)")
            try await client.send("hi")
            if isAllowed {
                #expect(try await client.next().text?.hasSuffix("hi") == true)
            } else {
                try await client.expectClose(.policyViolation)
            }
        }
        #expect(chorus.output.contains("clients may publish"))
    }

    @Test("over a Unix socket, which is for a proxy, nobody may unless it says so")
    func unixSocket() async throws {
        let folder = try TemporaryFolder()
        let chorus = try ChorusProcess(["serve", "--unix", folder.file("chorus.socket")])
        _ = try await chorus.address()
        let client = try await TestClient.connect(to: "ws+unix:\(folder.file("chorus.socket")):/ws")
        try await client.send("hi")
        try await client.expectClose(.policyViolation)
    }

    @Test("a namespace that cannot be one is a usage error", arguments: ["a:b", ""])
    func invalid(_ name: String) async throws {
        let chorus = try ChorusProcess(["serve", "--publish", name])
        let ending = try await chorus.end()
        #expect(ending.code == 64)
        #expect(ending.errors.contains("--publish"))
    }

    @Test("presence is there by default, and can be switched off", arguments: [true, false])
    func presence(_ isOn: Bool) async throws {
        let chorus = try ChorusProcess(["serve", "--port", "0"] + (isOn ? [] : ["--no-presence"]))
        let port = try await chorus.port()
        let client = try await TestClient.connect(to: "ws://127.0.0.1:\(port)/ws/room?format=json")
        try await client.send("hi")
        let texts = try await client.collect(isOn ? 3 : 2).compactMap(\.text)
        #expect(texts.contains { $0.contains(#""notice":"presence""#) } == isOn)
        #expect(texts.contains { $0.contains(#""data":"hi""#) })
    }
}
