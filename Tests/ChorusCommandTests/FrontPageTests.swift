import ChorusClient
import ChorusTesting
import Foundation
import NIOCore
import Testing

@Suite("chorus serve: the front page")
struct FrontPageTests {
    @Test("a terminal gets text", arguments: [[], ["Accept: */*"], ["Accept: text/plain"]] as [[String]])
    func text(_ headers: [String]) async throws {
        let chorus = try serve()
        let port = try await chorus.port()
        let answer = try await chorus.ask("/", headers: headers)
        #expect(answer.status == 200)
        #expect(answer.header("Content-Type") == "text/plain; charset=utf-8")
        #expect(answer.header("Vary") == "Accept")
        #expect(answer.header("Cache-Control") == "no-store")
        let lines = ["http://127.0.0.1:\(port)/", "ws://127.0.0.1:\(port)/ws/{topic}", "/api/publish", "everywhere"]
        for line in lines { #expect(answer.body.contains(line), "\(line)") }
        #expect(!answer.body.contains("/demo") && !answer.body.contains("/echo"))
    }

    @Test(
        "a program gets JSON that says what is there",
        arguments: [[], ["--demo", "--echo", "--no-api"]] as [[String]]
    )
    func json(_ options: [String]) async throws {
        let chorus = try ChorusProcess(["serve", "--port", "0"] + options)
        let port = try await chorus.port()
        let client = try await TestClient.connect(to: "ws://127.0.0.1:\(port)/ws/room")
        let answer = try await chorus.ask("/", headers: ["Accept: application/json"])
        #expect(answer.status == 200)
        #expect(answer.header("Content-Type") == "application/json")
        #expect(answer.header("Vary") == "Accept")
        #expect(answer.header("Cache-Control") == "no-store")
        let page = try answer.json
        let hasMore = !options.isEmpty
        #expect(page["name"] as? String == "chorus")
        #expect((page["version"] as? String)?.isEmpty == false)
        #expect(page["connected"] as? Int == 1)
        #expect(page["topics"] as? Int == 1)
        #expect((0...60).contains(page["uptime"] as? Int ?? -1))
        #expect(page["secure"] as? Bool == false)
        let but = hasMore ? " but in notifications, scores, ticker" : ""
        #expect(page["publishing"] as? String == "everywhere\(but)")
        #expect((page["api"] as? String == nil) == hasMore)
        #expect(page["demo"] as? Bool == hasMore)
        #expect(page["echo"] as? Bool == hasMore)
        _ = client
    }

    @Test(
        "a browser gets a page",
        arguments: ["text/html", "text/html,application/xhtml+xml,application/json;q=0.9,*/*"]
    )
    func html(_ accept: String) async throws {
        let chorus = try serve()
        let answer = try await chorus.ask("/", headers: ["Accept: \(accept)"])
        #expect(answer.status == 200)
        #expect(answer.header("Content-Type") == "text/html; charset=utf-8")
        #expect(answer.header("Vary") == "Accept")
        try expectPolicy(answer)
    }

    @Test(
        "what pages load is there, with its type",
        arguments: [
            ("chorus.js", "text/javascript"), ("demo.js", "text/javascript"), ("front.js", "text/javascript"),
            ("demo.css", "text/css"),
        ]
    )
    func assets(_ name: String, _ type: String) async throws {
        let chorus = try serve()
        let answer = try await chorus.ask("/demo/\(name)")
        #expect(answer.status == 200)
        #expect(answer.header("Content-Type") == "\(type); charset=utf-8")
        #expect(!answer.body.isEmpty)
        try expectPolicy(answer)
        for path in ["/demo", "/demo/", "/demo/none", "/demo/..%2f\(name)"] {
            #expect(try await chorus.ask(path).status == 404, "\(path)")
        }
    }

    /// A page may load what is of this server, and nothing else; nobody may put it into a frame.
    private func expectPolicy(_ answer: HTTPAnswer) throws {
        let policy = try #require(answer.header("Content-Security-Policy"))
        #expect(policy.contains("default-src 'self'"))
        #expect(policy.contains("frame-ancestors 'none'"))
        #expect(!policy.contains("unsafe") && !policy.contains("*"))
        #expect(answer.header("X-Content-Type-Options") == "nosniff")
        #expect(answer.header("Cache-Control") == "no-cache")
    }
}
