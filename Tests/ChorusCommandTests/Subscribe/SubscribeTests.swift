import ChorusClient
import ChorusTesting
import Foundation
import NIOCore
import Testing

@Suite("chorus subscribe: a line per message")
struct SubscribeTests {
    private func object(_ line: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
    }

    @Test("texts are printed as they are, JSON as its text, binary in base64")
    func kinds() async throws {
        let server = try serve()
        let url = try await server.url()
        for data in [#""one""#, #"{"a": [1, 2.50]}"#, #""""#, "null", #""two\nlines""#, #""é\t😀""#] {
            try await server.publish(data, to: "news")
        }
        let client = try await TopicProbe("news", port: try await server.port()).client()
        try await client.send(ByteBuffer(bytes: [0, 1, 255]))
        try await client.expect(ByteBuffer(bytes: [0, 1, 255]))
        let ending = try await runChorus("subscribe", "news", "--last", "7", "--count", "7", "--url", url)
        #expect(ending.code == 0)
        #expect(ending.errors.isEmpty, "\(ending.errors)")
        #expect(ending.output == "one\n{\"a\":[1,2.50]}\n\nnull\ntwo\nlines\né\t😀\nAAH/\n")
    }

    @Test("with --json a line is what the server sends, always one line")
    func json() async throws {
        let server = try serve()
        let url = try await server.url()
        try await server.publish(#""two\nlines""#, to: "news")
        try await server.publish(#"{"a": [1,\n2]}"#.replacing(#"\n"#, with: "\n"), to: "news")
        let ending = try await runChorus("subscribe", "news", "--json", "--last", "2", "--count", "2", "--url", url)
        #expect(ending.code == 0)
        #expect(ending.lines.count == 2)
        let first = try object(ending.lines[0])
        #expect(first["topic"] as? String == "news")
        #expect(first["data"] as? String == "two\nlines")
        #expect(first["offset"] as? Int == 1)
        #expect(first["epoch"] is Int && first["time"] is Int)
        #expect(try object(ending.lines[1])["data"] as? [String: [Int]] == ["a": [1, 2]])
    }

    @Test("of several topics each line begins with the name and a tab, and --count counts all of them")
    func several() async throws {
        let server = try serve()
        let url = try await server.url()
        for (topic, text) in [("a b", #""1""#), ("chat:b", #""2""#), ("c", #""3\t4""#)] {
            try await server.publish(text, to: topic)
        }
        let all = try await runChorus("subscribe", "a b", "chat:b", "c", "--last", "5", "--count", "3", "--url", url)
        #expect(all.code == 0)
        #expect(all.lines.sorted() == ["a b\t1", "c\t3\t4", "chat:b\t2"])
        let two = try await runChorus("subscribe", "a b", "chat:b", "c", "--last", "5", "--count", "2", "--url", url)
        #expect(two.code == 0)
        #expect(two.lines.count == 2)
        let json = try await runChorus("subscribe", "c", "a b", "--json", "--last", "5", "--count", "2", "--url", url)
        #expect(Set(try json.lines.map { try object($0)["topic"] as? String }) == ["a b", "c"])
    }

    @Test("it prints a line as soon as the message comes, and ends after --count")
    func live() async throws {
        let server = try serve()
        let topic = TopicProbe("news", port: try await server.port())
        try await server.publish(#""before""#, to: "news")
        let chorus = try ChorusProcess(["subscribe", "news", "--count", "3", "--url", try await server.url()])
        try await topic.expectSubscribers(1, of: server)
        for number in 1...3 {
            #expect(chorus.isRunning)
            try await server.publish("\(number)", to: "news")
            try await eventually("\(number) is printed") { chorus.output.hasSuffix("\(number)\n") }
        }
        try await server.publish("4", to: "news")
        let ending = try await chorus.end()
        #expect(ending.code == 0)
        #expect(ending.output == "1\n2\n3\n")
        #expect(ending.errors.isEmpty)
    }

    @Test("--last and --since say where it begins")
    func start() async throws {
        let server = try serve()
        let url = try await server.url()
        for number in 1...5 { try await server.publish("\(number)", to: "news") }
        func lines(_ options: String...) async throws -> [String] {
            let ending = try await ChorusProcess(["subscribe", "news", "--url", url] + options).end()
            #expect(ending.code == 0 && ending.errors.isEmpty, "\(ending.errors)")
            return ending.lines
        }
        #expect(try await lines("--last", "2", "--count", "2") == ["4", "5"])
        #expect(try await lines("--last", "100", "--count", "5") == ["1", "2", "3", "4", "5"])
        let second = try object(try await lines("--last", "4", "--count", "1", "--json")[0])
        let epoch = try #require(second["epoch"] as? Int)
        #expect(second["offset"] as? Int == 2)
        #expect(try await lines("--since", "\(epoch):2", "--count", "3") == ["3", "4", "5"])
    }

    @Test("--since of what is not kept any more is told on standard error, and what is kept is printed")
    func gap() async throws {
        let server = try serve()
        let topic = TopicProbe("news", port: try await server.port())
        try await server.publish("1", to: "news")
        let arguments = ["subscribe", "news", "--since", "1:1", "--count", "2", "--url", try await server.url()]
        let chorus = try ChorusProcess(arguments)
        try await topic.expectSubscribers(1, of: server)
        try await eventually("it is told") { chorus.errors.contains("chorus: news: ") }
        try await server.publish("2", to: "news")
        let ending = try await chorus.end()
        #expect(ending.code == 0)
        #expect(ending.output == "1\n2\n")
        #expect(ending.errors.contains("missed"))
    }

    @Test("--latest begins with the newest of every key")
    func latest() async throws {
        let server = try serve("--demo")
        let url = try await server.url()
        let port = try await server.port()
        // all of them have been published once
        let games = try await TopicProbe("scores", port: port).client("latest")
        _ = try await games.collect(6)
        let ending = try await runChorus("subscribe", "scores", "--latest", "--json", "--count", "6", "--url", url)
        #expect(ending.code == 0)
        #expect(Set(try ending.lines.map { try object($0)["key"] as? String }).count == 6)
    }

    @Test("with --notices who joins and leaves is printed too, and --name is how the others see this client")
    func notices() async throws {
        let server = try serve()
        let topic = TopicProbe("room", port: try await server.port())
        let url = try await server.url()
        let arguments = ["subscribe", "room", "--json", "--count", "1", "--url", url]
        let quiet = try ChorusProcess(arguments)
        try await topic.expectSubscribers(1, of: server)
        let chorus = try ChorusProcess(arguments + ["--notices", "--name", "Ada & Bob"])
        try await topic.expectSubscribers(2, of: server)
        let client = try await topic.client("name=Cleo")
        try await eventually("it is printed") { chorus.output.contains("Cleo") }
        try await client.close()
        try await eventually("it is printed") { chorus.output.contains(#""leave""#) }
        try await server.publish("1", to: "room")
        let ending = try await chorus.end()
        #expect(ending.code == 0)
        let objects = try ending.lines.map(object)
        let names = objects.compactMap { $0["notice"] as? String }
        #expect(Set(names).isSuperset(of: ["presence", "join", "leave"]))
        #expect(objects.filter { $0["data"] != nil }.count == 1)
        #expect(ending.output.contains(#"{"name":"Ada & Bob"}"#))
        let other = try await quiet.end()
        #expect(other.lines.count == 1)
        #expect(try object(other.lines[0])["data"] as? Int == 1)
    }

    @Test("with --notices it also prints where the subscription begins, and what is missed")
    func beginning() async throws {
        let server = try serve()
        try await server.publish("1", to: "room")
        let arguments = ["subscribe", "room", "--json", "--notices", "--url", try await server.url()]
        for (options, notice) in [(["--last", "1"], "subscribed"), (["--since", "1:1"], "gap")] {
            let chorus = try ChorusProcess(arguments + options)
            try await eventually("it is printed") { chorus.output.contains(#""notice":"\#(notice)""#) }
        }
    }
}
