import ChorusClient
import ChorusTesting
import Foundation
import NIOCore
import Testing

@Suite("chorus serve: the HTTP API")
struct APIOptionTests {
    @Test("it is there for programs of this machine, and says so")
    func local() async throws {
        let chorus = try serve()
        let port = try await chorus.port()
        #expect(chorus.output.contains("http://127.0.0.1:\(port)/api/publish"))
        #expect(chorus.output.contains("the HTTP API, for programs of this machine"))
        let client = try await TestClient.connect(to: "ws://127.0.0.1:\(port)/ws")
        #expect(try await chorus.publish().status == 200)
        try await client.expect("from a backend")
        #expect(try await chorus.publish(headers: ["Origin: https://example.com"]).status == 403)
        // topics have the history and the presence of the options
        let told = try await TestClient.connect(to: "ws://127.0.0.1:\(port)/ws/news?format=json")
        let published = try await chorus.ask("/api/publish", post: #"{"channel":"news","data":1}"#)
        #expect(published.body.contains(#""offset":1"#))
        let presence = try await chorus.ask("/api/presence_stats", post: #"{"channel":"news"}"#)
        #expect(presence.body.contains(#""num_clients":1"#))
        _ = told
        try await client.expectNothing()
    }

    @Test("it can be switched off")
    func off() async throws {
        let chorus = try serve("--no-api")
        _ = try await chorus.port()
        #expect(try await chorus.publish().status == 404)
        #expect(!chorus.output.contains("/api"))
        #expect(!(try await chorus.ask("/").body.contains("/api")))
    }

    @Test("a file may have several keys, one a line; each is one, and so is that of the environment")
    func keys() async throws {
        let folder = try TemporaryFolder()
        try folder.replace("keys", with: "\n  first \t\r\nsecond key\n\n\nthird")
        let chorus = try serve(
            "--api-key-file",
            folder.file("keys"),
            shell: #"export CHORUS_API_KEY=fourth; exec "$0" "$@""#
        )
        _ = try await chorus.port()
        #expect(chorus.output.contains("for those who have a key"))
        for key in ["first", "second key", "third", "fourth"] {
            #expect(try await chorus.publish(headers: ["X-API-Key: \(key)"]).status == 200, "\(key)")
        }
        for key in ["second", "fifth", "", "first second key"] {
            #expect(try await chorus.publish(headers: ["X-API-Key: \(key)"]).status == 401, "\(key)")
        }
        #expect(try await chorus.publish().status == 401)
        // nobody can read them anywhere
        #expect(!(chorus.output + chorus.errors).contains("second key"))
    }

    @Test(
        "a file of keys that is not there, or has none, is 78",
        arguments: ["", "\n \r\n\t\n", nil] as [String?]
    )
    func badFile(_ contents: String?) async throws {
        let folder = try TemporaryFolder()
        if let contents { try folder.replace("keys", with: contents) }
        let chorus = try serve("--api-key-file", folder.file("keys"))
        #expect(try await chorus.exitCode() == 78)
        try await eventually("it says why") { chorus.errors.contains("API keys") }
        #expect(chorus.errors.contains(folder.file("keys")))
        #expect(chorus.output.isEmpty)
    }

    @Test(
        "where others can connect it is for nobody without a key",
        arguments: [["--host", "0.0.0.0"], ["--trusted-proxy", "127.0.0.1"], ["--origin", "https://example.com"]]
    )
    func open(_ options: [String]) async throws {
        let chorus = try ChorusProcess(["serve", "--port", "0"] + options)
        _ = try await chorus.port()
        #expect(chorus.output.contains("for nobody: see --api-key-file"))
        #expect(try await chorus.publish().status == 401)
        #expect(try await chorus.publish(headers: ["X-API-Key: "]).status == 401)
        let shell = #"export CHORUS_API_KEY=secret; exec "$0" "$@""#
        let other = try ChorusProcess(["serve", "--port", "0"] + options, shell: shell)
        #expect(try await other.publish().status == 401)
        #expect(try await other.publish(headers: ["X-API-Key: secret"]).status == 200)
    }

    @Test("over a Unix socket, which is for a proxy, it is for nobody without a key")
    func unixSocket() async throws {
        let folder = try TemporaryFolder()
        let chorus = try ChorusProcess(["serve", "--unix", folder.file("socket")])
        _ = try await chorus.address()
        let client = try await RawClient.connect(unixSocketPath: folder.file("socket"))
        try await client.send(
            "POST /api/info HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
        )
        #expect(try await client.read(through: "\r\n").hasPrefix("HTTP/1.1 401 "))
    }

    @Test("an empty key in the environment is none")
    func emptyKey() async throws {
        let chorus = try serve(shell: #"export CHORUS_API_KEY=; exec "$0" "$@""#)
        #expect(try await chorus.publish().status == 200)
    }

    @Test("its limits are what the options say, and make sense")
    func limits() async throws {
        let chorus = try serve("--max-request-size", "100", "--max-list-length", "2", "--max-message-size", "10")
        func publish(_ data: String) async throws -> HTTPAnswer {
            try await chorus.ask("/api/publish", post: #"{"channel":"lobby","data":"\#(data)"}"#)
        }
        #expect(try await publish("0123456789").body == #"{"result":{}}"#)
        #expect(try await publish("0123456789a").body.contains(#""code":107"#))
        #expect(try await publish(String(repeating: "x", count: 100)).status == 413)
        let two = try await chorus.ask("/api/broadcast", post: #"{"channels":["a","b"],"data":1}"#)
        #expect(two.body.contains("responses"))
        let three = try await chorus.ask("/api/broadcast", post: #"{"channels":["a","b","c"],"data":1}"#)
        #expect(three.body.contains(#""code":107"#))
        for option in ["--max-request-size", "--max-list-length"] {
            let process = try serve(option, "0")
            #expect(try await process.exitCode() == 64)
            try await eventually("it says which") { process.errors.contains(option) }
        }
    }
}
