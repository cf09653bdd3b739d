import ChorusTesting
import Foundation
import Testing

@Suite("chorus publish -: JSON, keys and pace")
struct PublishJSONTests {
    private func publish(_ input: String, _ options: String...) async throws -> (TopicProbe, ChorusProcess, Ending) {
        let server = try serve()
        let topic = TopicProbe("lines", port: try await server.port())
        let arguments = ["publish", "lines", "-", "--url", try await server.url()] + options
        return (topic, server, try await ChorusProcess(arguments, input: .text(input)).end())
    }

    @Test("every line is one JSON value; lines of white space are passed over")
    func json() async throws {
        let input = "{\"a\": 1}\r\n\n \t \n[1, 2.50]\n\"text \\u0041\"\n  7  \nnull"
        let (topic, server, ending) = try await publish(input, "--json")
        #expect(ending.code == 0)
        #expect(ending.errors.isEmpty)
        #expect(try await topic.texts(5) == [#"{"a":1}"#, "[1,2.50]", "text A", "7", "null"])
        _ = server
    }

    @Test("lines that are no JSON are named by their numbers, with what is wrong, and the others keep their order")
    func noJSON() async throws {
        let bad = ["{", "nonsense", "{'a':1}", "1 2", "\u{FEFF}1", "[1,]", "NaN", "\"\u{1}\""]
        let input = bad.indices.flatMap { ["\($0)", bad[$0]] }.joined(separator: "\n")
        let (topic, server, ending) = try await publish(input, "--json")
        #expect(ending.code == 1)
        #expect(ending.output.isEmpty)
        let lines = ending.errors.split(separator: "\n")
        #expect(lines.count == bad.count + 1)
        for (index, line) in lines.dropLast().enumerated() {
            #expect(line.hasPrefix("chorus: line \(2 * index + 2) is not published: this is no JSON: "), "\(line)")
        }
        #expect(lines.last == "chorus: \(bad.count) of \(2 * bad.count) lines were not published")
        #expect(try await topic.texts(bad.count) == bad.indices.map(String.init))
        _ = server
    }

    @Test("when no line is good, nothing is published and the exit code is 1")
    func nothingGood() async throws {
        let (topic, server, ending) = try await publish("a\nb\n", "--json")
        #expect(ending.code == 1)
        #expect(ending.errors.hasSuffix("2 of 2 lines were not published\n"))
        #expect(try await topic.texts(0).isEmpty)
        _ = server
    }

    @Test("--key is the key of every line")
    func key() async throws {
        let (topic, server, ending) = try await publish("a\nb\n", "--key", "k é")
        #expect(ending.code == 0)
        #expect(try await topic.lines(2).map(\.key) == ["k é", "k é"])
        _ = server
    }

    @Test("--key-from takes it from a column between commas")
    func column() async throws {
        let (topic, server, ending) = try await publish("AAPL,1\nMSFT , 2\n,3\nX\n\n", "--key-from", "1")
        #expect(ending.code == 0, "\(ending.errors)")
        #expect(try await topic.lines(5).map(\.key) == ["AAPL", "MSFT", "", "X", ""])
        let (second, other, partly) = try await publish("AAPL,1\nMSFT\n,3,4\n", "--key-from", "2")
        #expect(partly.code == 1)
        #expect(partly.errors.hasPrefix("chorus: line 2 is not published: there is no column 2\n"))
        #expect(try await second.lines(2).map(\.key) == ["1", "3"])
        _ = (server, other)
    }

    @Test("with --json it takes it from a field, which must be a string or a number")
    func field() async throws {
        let good = [#"{"s":"A"}"#, #"{"p":1,"s":"\u0042"}"#, #"{"s":-1.50}"#, #"{"s":"C","s":"D"}"#]
        let bad = [#"{}"#, #"{"s":null}"#, #"{"s":{"t":1}}"#, #"{"s":true}"#, #"["s"]"#, #""s""#, "7"]
        let input = (good + bad).joined(separator: "\n")
        let (topic, server, ending) = try await publish(input, "--json", "--key-from", "s")
        #expect(ending.code == 1)
        for number in 1...good.count { #expect(!ending.errors.contains("line \(number) is")) }
        for number in good.count + 1...good.count + bad.count {
            #expect(ending.errors.contains("line \(number) is not published: "), "\(number)")
        }
        #expect(try await topic.lines(good.count).map(\.key) == ["A", "B", "-1.50", "D"])
        _ = server
    }

    @Test(
        "--rate is the most in a second",
        arguments: [("100", 150, 1_000), ("2", 3, 350), ("1500.5", 3_000, 1_500)] as [(String, Int, Int64)]
    )
    func rate(_ rate: String, _ count: Int, _ milliseconds: Int64) async throws {
        let server = try serve("--history-messages", "10000")
        let topic = TopicProbe("lines", port: try await server.port())
        let input = ChorusProcess.Input.text((1...count).map { "\($0)" }.joined(separator: "\n"))
        let url = try await server.url()
        let ending = try await runChorus("publish", "lines", "-", "--url", url, "--rate", rate, input: input)
        #expect(ending.code == 0)
        // by the server's clock; on a slow machine it takes longer, never less
        let times = try await topic.lines(count).compactMap(\.time)
        #expect(times.count == count)
        let first = try #require(times.first)
        #expect(times[count - 1] - first >= milliseconds)
    }

    @Test("with --rate a line still goes out when it comes, not when there are as many as may go together")
    func rateOfOne() async throws {
        let server = try serve()
        let reader = try await TopicProbe("lines", port: try await server.port()).client()
        let arguments = ["publish", "lines", "-", "--url", try await server.url(), "--rate", "1000"]
        let chorus = try ChorusProcess(arguments, input: .open)
        for number in 1...5 {
            try chorus.write("\(number)\n")
            try await reader.expect("\(number)")
        }
        try chorus.endInput()
        #expect(try await chorus.end().code == 0)
    }
}
