import ChorusClient
import ChorusTesting
import Foundation
import NIOCore
import Testing

@Suite("chorus publish: through breaks of the connection")
struct PublishRecoveryTests {
    /// Long enough to be cut in its middle.
    private static let tail = String(repeating: "x", count: 1000)

    @Test(
        "a request that is lost is made again and published once, wherever it was cut",
        arguments: [
            TestProxy.Fate(fromClient: 0), TestProxy.Fate(fromClient: 60), TestProxy.Fate(fromClient: 600),
            TestProxy.Fate(fromServer: 0), TestProxy.Fate(fromServer: 40),
        ]
    )
    func places(_ fate: TestProxy.Fate) async throws {
        let server = try serve()
        let topic = TopicProbe("lines", port: try await server.port())
        let reader = try await topic.client()
        try await TestProxy.run(to: topic.port, fate: { (1...3).contains($0) ? fate : .whole }) { proxy in
            let chorus = try ChorusProcess(["publish", "lines", "-", "--url", proxy.url], input: .open)
            try chorus.write("1\n")
            try await reader.expect("1")
            // the second goes out when the first is answered
            try chorus.write("2\n")
            try await reader.expect("2")
            proxy.cut()
            try chorus.write("3\(Self.tail)\n4\n5")
            try chorus.endInput()
            let ending = try await chorus.end()
            #expect(ending.code == 0)
            #expect(ending.errors.contains("next attempt in "))
            #expect(proxy.connectionCount >= 5)
        }
        #expect(try await topic.texts(5) == ["1", "2", "3\(Self.tail)", "4", "5"])
    }

    @Test("cut again and again, it publishes every line once and in order", .timeLimit(.minutes(5)))
    func cuts() async throws {
        let server = try serve("--history-messages", "100000")
        let topic = TopicProbe("lines", port: try await server.port())
        let lines = (1...8_000).map { "line \($0)" }
        // the first request arrives, a thousand lines in some 100 KB; later ones are cut anywhere, or their answers
        let fate: @Sendable (Int) -> TestProxy.Fate = { number in
            if number == 0 { return TestProxy.Fate(fromClient: 180_000) }
            return number.isMultiple(of: 2)
                ? TestProxy.Fate(fromClient: TestProxy.Fate.scattered(number, below: 250_000))
                : TestProxy.Fate(fromServer: TestProxy.Fate.scattered(number, below: 120_000))
        }
        try await TestProxy.run(to: topic.port, fate: fate) { proxy in
            let input = ChorusProcess.Input.text(lines.joined(separator: "\n"))
            let ending = try await runChorus("publish", "lines", "-", "--url", proxy.url, input: input, within: 200)
            #expect(ending.code == 0, "\(ending.errors.suffix(500))")
            #expect(proxy.connectionCount > 3)
        }
        #expect(try await topic.texts(lines.count) == lines)
    }

    @Test("also when it is the first request that is lost", arguments: ["text", "-"])
    func first(_ text: String) async throws {
        let server = try serve()
        let topic = TopicProbe("lines", port: try await server.port())
        try await TestProxy.run(to: topic.port, fate: { $0 < 2 ? .init(fromServer: 0) : .whole }) { proxy in
            let ending = try await runChorus("publish", "lines", text, "--url", proxy.url, input: .text("text\n"))
            #expect(ending.code == 0, "\(ending.errors)")
        }
        #expect(try await topic.texts(1) == ["text"])
    }

    @Test("a connection that ends between two requests, or before an answer, is made again")
    func idle() async throws {
        let server = try serve()
        let topic = TopicProbe("lines", port: try await server.port())
        let reader = try await topic.client()
        try await TestProxy.run(to: topic.port) { proxy in
            let chorus = try ChorusProcess(["publish", "lines", "-", "--url", proxy.url], input: .open)
            for number in 1...10 {
                try chorus.write("\(number)\n")
                try await reader.expect("\(number)")
                // the first has been answered when the second is sent
                if number > 1 { proxy.cut() }
            }
            try chorus.endInput()
            #expect(try await chorus.end().code == 0)
            #expect(proxy.connectionCount >= 9)
        }
        #expect(try await topic.texts(10) == (1...10).map(String.init))
    }

    /// What two lives of a server have of the numbers 1 to `last`: the first up to somewhere, the second from somewhere
    /// on, both without a gap and nothing twice.
    private func expectNumbers(_ first: [String], _ second: [String], to last: Int) {
        #expect(!first.isEmpty && first == (1...first.count).map(String.init))
        let start = last - second.count + 1
        #expect(!second.isEmpty && start > 1 && second == (start...last).map(String.init))
    }

    @Test(
        "a server that is killed and started again loses nothing that comes after, and gets it in order",
        .timeLimit(.minutes(5)),
        arguments: [SIGKILL, SIGTERM]
    )
    func restart(_ signal: Int32) async throws {
        let last = 5_000
        let old = try serve()
        let port = try await old.port()
        let topic = TopicProbe("lines", port: port)
        let reader = try await topic.client(limit: 60)
        let chorus = try ChorusProcess(
            ["publish", "lines", "-", "--url", "http://127.0.0.1:\(port)", "--rate", "1000"],
            input: .text((1...last).map(String.init).joined(separator: "\n"))
        )
        var first = try await reader.collect(500).compactMap(\.text)
        old.signal(signal)
        for await text in reader.connection.texts { first.append(text) }
        _ = try await old.exitCode()
        let new = try ChorusProcess(["serve", "--port", "\(port)", "--history-messages", "10000"])
        #expect(try await new.port() == port)
        let ending = try await chorus.end(within: 120)
        #expect(ending.code == 0, "\(ending.errors)")
        // how much the second has nobody knows: its newest message says so
        let late = try await topic.client("last=1000000", limit: 60)
        var second: [String] = []
        while second.last != "\(last)" { second += try await late.collect(1).compactMap(\.text) }
        try await late.expectNothing()
        expectNumbers(first, second, to: last)
        if signal == SIGTERM {
            // what a server accepts before it stops it delivers, so nothing at all is lost
            #expect(first.count + second.count >= last)
        }
    }
}
