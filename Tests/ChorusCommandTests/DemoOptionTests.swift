import ChorusClient
import ChorusTesting
import Foundation
import NIOCore
import Testing
import WebSocketWire

@Suite("chorus serve --demo")
struct DemoOptionTests {
    static let names = ["chat", "notifications", "scores", "ticker"]

    /// The next envelope that is a message and no notice.
    private func message(_ client: TestClient) async throws -> [String: Any] {
        while true {
            let text = try await client.next().text ?? ""
            let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
            guard let object else { throw TestFailure("no object: \(text)") }
            if object["notice"] == nil { return object }
        }
    }

    @Test("the pages are there with it, and not without")
    func pages() async throws {
        let chorus = try serve("--demo")
        let without = try serve()
        let port = try await chorus.port()
        #expect(chorus.output.contains("http://127.0.0.1:\(port)/demo/chat"))
        _ = try await without.port()
        #expect(!without.output.contains("/demo"))
        for name in Self.names {
            let page = try await chorus.ask("/demo/\(name)")
            #expect(page.status == 200, "\(name)")
            #expect(page.header("Content-Type") == "text/html; charset=utf-8")
            #expect(page.header("Content-Security-Policy")?.contains("default-src 'self'") == true)
            #expect(try await without.ask("/demo/\(name)").status == 404)
        }
    }

    /// What a page or a script loads, or links to, on this server.
    private func links(_ text: String) -> [String] {
        text.matches(of: #/(?:(?:src|href)=|from |new URL\()"([^"#:]+)"/#).map { match in
            let name = match.1.hasPrefix("./") ? match.1.dropFirst(2) : match.1
            return name.hasPrefix("/") ? String(name) : "/demo/\(name)"
        }
    }

    @Test("what a page and its scripts load is there, and within what their policy allows", arguments: names)
    func loads(_ name: String) async throws {
        let chorus = try serve("--demo")
        let body = try await chorus.ask("/demo/\(name)").body
        for inline in ["<style", "<script>", " style=\"", " onclick=\"", "javascript:"] {
            #expect(!body.contains(inline), "\(inline)")
        }
        var waiting = links(body)
        #expect(waiting.contains("/demo/\(name).js"))
        var seen: Set<String> = []
        while let path = waiting.popLast() {
            guard seen.insert(path).inserted else { continue }
            // is asked otherwise
            if path.hasPrefix("/api/") { continue }
            let answer = try await chorus.ask(path)
            #expect(answer.status == 200, "\(path)")
            if path.hasSuffix(".js") { waiting += links(answer.body) }
        }
        #expect(seen.isSuperset(of: ["/", "/demo/demo.css", "/demo/demo.js", "/demo/chorus.js"]))
    }

    @Test("without a name it is the first, where there are demos")
    func first() async throws {
        let demos = try await serve("--demo").ask("/demo")
        #expect(demos.status == 302 && demos.head.lowercased().contains("location: /demo/chat"))
        #expect(try await serve().ask("/demo").status == 404)
    }

    @Test("prices come by symbol: all of them to who comes late, and then new ones")
    func ticker() async throws {
        let chorus = try serve("--demo")
        let port = try await chorus.port()
        let client = try await TestClient.connect(to: "ws://127.0.0.1:\(port)/ws/ticker?latest&format=json")
        var numbers: [String: Int] = [:]
        // more messages than there are symbols, so that some have come twice
        for _ in 0..<1000 {
            let message = try await message(client)
            let symbol = try #require(message["key"] as? String)
            let quote = try #require(message["data"] as? [String: Any])
            let number = try #require(quote["n"] as? Int)
            #expect(quote["p"] is Double || quote["p"] is Int)
            if let before = numbers[symbol] { #expect(number > before) }
            numbers[symbol] = number
        }
        #expect(numbers.count == 300)
    }

    @Test("games come by pitch, whole")
    func scores() async throws {
        let chorus = try serve("--demo")
        let port = try await chorus.port()
        let client = try await TestClient.connect(to: "ws://127.0.0.1:\(port)/ws/scores?latest&format=json")
        var pitches: Set<String> = []
        for _ in 0..<8 {
            let message = try await message(client)
            let game = try #require(message["data"] as? [String: Any])
            #expect(game["id"] as? String == message["key"] as? String)
            #expect((game["score"] as? [Any])?.count == 2)
            pitches.insert(try #require(game["id"] as? String))
        }
        #expect(pitches.count == 6)
    }

    @Test("notifications come to the people that the page has, and stay for those who come late")
    func notifications() async throws {
        let chorus = try serve("--demo")
        _ = try await chorus.port()
        try await eventually("somebody has one", within: 20) {
            for user in ["ada", "grace", "linus"] {
                let body = #"{"channel":"notifications:\#(user)","limit":1}"#
                let answer = try await chorus.ask("/api/history", post: body)
                if answer.body.contains(#""title":"#), answer.body.contains(#""level":"#) { return true }
            }
            return false
        }
    }

    @Test("clients may not publish news, prices and scores", arguments: ["ticker", "scores", "notifications:ada"])
    func closed(_ topic: String) async throws {
        let chorus = try serve("--demo", "--publish", "*")
        let client = try await TestClient.connect(to: "ws://127.0.0.1:\(try await chorus.port())/ws/\(topic)")
        try await client.send("1")
        try await client.expectClose(.policyViolation)
    }

    @Test("the chat takes JSON, and says who wrote it")
    func chat() async throws {
        let chorus = try serve("--demo")
        let url = "ws://127.0.0.1:\(try await chorus.port())/ws/chat:room"
        let ann = try await TestClient.connect(to: "\(url)?format=json&name=Ann")
        let plain = try await TestClient.connect(to: url)
        try await plain.send("no JSON")
        try await plain.expectClose(.invalidPayload)
        try await ann.send(#"{"text": "hi"}"#)
        let message = try await message(ann)
        #expect(message["data"] as? [String: String] == ["text": "hi"])
        let from = try #require(message["from"] as? [String: Any])
        #expect(from["info"] as? [String: String] == ["name": "Ann"])
        #expect((from["id"] as? String)?.isEmpty == false)
    }

    @Test(
        "where others can connect, they may chat only if --publish says so",
        arguments: [([], false), (["--publish", "chat"], true), (["--publish", "*"], true)] as [([String], Bool)]
    )
    func openChat(_ options: [String], _ isAllowed: Bool) async throws {
        let chorus = try ChorusProcess(["serve", "--port", "0", "--demo", "--host", "0.0.0.0"] + options)
        let client = try await TestClient.connect(to: "ws://127.0.0.1:\(try await chorus.port())/ws/chat:room")
        try await client.send("[1]")
        if isAllowed {
            try await client.expect("[1]")
        } else {
            try await client.expectClose(.policyViolation)
        }
    }

    @Test("it stops when it is told to, and without an error")
    func stops() async throws {
        let chorus = try serve("--demo")
        let client = try await TestClient.connect(to: "ws://127.0.0.1:\(try await chorus.port())/ws/ticker")
        _ = try await client.collect(10)
        chorus.signal(SIGTERM)
        try await client.expectClose(.goingAway)
        #expect(try await chorus.exitCode() == 0)
        #expect(!chorus.errors.contains("error"), "\(chorus.errors)")
    }
}
