import ChorusTesting
import Foundation
import Testing

@Suite("chorus subscribe: through breaks of the connection")
struct SubscribeRecoveryTests {
    @Test("what was missed meanwhile comes first, once and in order, and standard error says what happened")
    func missed() async throws {
        let server = try serve()
        let topic = TopicProbe("news", port: try await server.port())
        try await TestProxy.run(to: topic.port) { proxy in
            let chorus = try ChorusProcess(["subscribe", "news", "--count", "6", "--url", proxy.url])
            try await topic.expectSubscribers(1, of: server)
            try await server.publish("1", to: "news")
            try await eventually("it is printed") { chorus.output == "1\n" }
            proxy.refuse()
            try await eventually("it is said") { chorus.errors.contains("next attempt in ") }
            for number in 2...5 { try await server.publish("\(number)", to: "news") }
            proxy.admit()
            try await eventually("they are printed") { chorus.output == "1\n2\n3\n4\n5\n" }
            try await server.publish("6", to: "news")
            let ending = try await chorus.end()
            #expect(ending.code == 0)
            #expect(ending.output == "1\n2\n3\n4\n5\n6\n")
            #expect(ending.errors.split(separator: "\n").allSatisfy { $0.hasPrefix("chorus: news: ") })
            #expect(!ending.errors.contains("missed"), "\(ending.errors)")
        }
    }

    @Test("cut again and again, it prints every line once and in order", .timeLimit(.minutes(5)))
    func cuts() async throws {
        let server = try serve("--history-messages", "10000")
        let topic = TopicProbe("lines", port: try await server.port())
        let lines = (1...2_000).map { "line \($0)" }
        let fate: @Sendable (Int) -> TestProxy.Fate = { number in
            // the first has been told where it is
            number == 0 ? .init(fromServer: 3_000) : .init(fromServer: TestProxy.Fate.scattered(number, below: 6_000))
        }
        try await TestProxy.run(to: topic.port, fate: fate) { proxy in
            let chorus = try ChorusProcess(["subscribe", "lines", "--count", "2000", "--url", proxy.url])
            try await topic.expectSubscribers(1, of: server)
            let input = ChorusProcess.Input.text(lines.joined(separator: "\n"))
            let url = try await server.url()
            let published = try await runChorus("publish", "lines", "-", "--rate", "1000", "--url", url, input: input)
            #expect(published.code == 0)
            let ending = try await chorus.end(within: 120)
            #expect(ending.code == 0)
            #expect(ending.lines == lines)
            #expect(!ending.errors.contains("missed"), "\(ending.errors)")
            #expect(proxy.connectionCount > 3)
        }
    }

    @Test(
        "a server that is killed, or stopped, and started again is found again, and what it has forgotten is said",
        arguments: [SIGKILL, SIGTERM]
    )
    func restart(_ signal: Int32) async throws {
        let old = try serve()
        let port = try await old.port()
        let topic = TopicProbe("news", port: port)
        let chorus = try ChorusProcess(["subscribe", "news", "--url", try await old.url()])
        try await topic.expectSubscribers(1, of: old)
        try await old.publish("1", to: "news")
        try await eventually("it is printed") { chorus.output == "1\n" }
        old.signal(signal)
        _ = try await old.exitCode()
        try await eventually("it is said") { chorus.errors.contains("next attempt in ") }
        let new = try ChorusProcess(["serve", "--port", "\(port)"])
        #expect(try await new.port() == port)
        try await topic.expectSubscribers(1, of: new)
        try await eventually("it is said") { chorus.errors.contains("chorus: news: something was missed") }
        try await new.publish("2", to: "news")
        try await eventually("it is printed") { chorus.output == "1\n2\n" }
        #expect(chorus.isRunning)
    }

    @Test("in a topic that keeps nothing a gap is said after every break")
    func withoutHistory() async throws {
        let server = try serve("--history-messages", "0")
        let topic = TopicProbe("news", port: try await server.port())
        try await TestProxy.run(to: topic.port) { proxy in
            let chorus = try ChorusProcess(["subscribe", "news", "--url", proxy.url])
            for round in 1...3 {
                try await topic.expectSubscribers(1, of: server)
                try await server.publish("\(round)", to: "news")
                try await eventually("it is printed") { chorus.output.hasSuffix("\(round)\n") }
                proxy.refuse()
                try await topic.expectSubscribers(0, of: server)
                proxy.admit()
                try await eventually("it is said") {
                    chorus.errors.components(separatedBy: "missed").count == round + 1
                }
            }
            #expect(chorus.output == "1\n2\n3\n")
        }
    }

    @Test("of several topics each goes on where it was")
    func several() async throws {
        let server = try serve()
        let port = try await server.port()
        let topics = ["a", "b"].map { TopicProbe($0, port: port) }
        try await TestProxy.run(to: port) { proxy in
            let chorus = try ChorusProcess(["subscribe", "a", "b", "--count", "6", "--url", proxy.url])
            for topic in topics { try await topic.expectSubscribers(1, of: server) }
            for name in ["a", "b"] { try await server.publish("1", to: name) }
            try await eventually("they are printed") { chorus.output.count == 8 }
            proxy.refuse()
            for topic in topics { try await topic.expectSubscribers(0, of: server) }
            for number in 2...3 { for name in ["a", "b"] { try await server.publish("\(number)", to: name) } }
            proxy.admit()
            let ending = try await chorus.end()
            #expect(ending.code == 0)
            for name in ["a", "b"] {
                #expect(ending.lines.filter { $0.hasPrefix(name) } == (1...3).map { "\(name)\t\($0)" })
            }
        }
    }
}
