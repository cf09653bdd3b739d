import ChorusTesting
import Foundation
import Testing

@Suite("chorus publish -: a message per line")
struct PublishLinesTests {
    /// A server, and a topic of it.
    private func start(_ options: String...) async throws -> (server: ChorusProcess, url: String, topic: TopicProbe) {
        let server = try ChorusProcess(["serve", "--port", "0"] + options)
        return (server, try await server.url(), TopicProbe("lines", port: try await server.port()))
    }

    @Test(
        "every line is a message, whether its end is \\n, \\r\\n or the end of everything",
        arguments: [
            ("a\nb\nc\n", ["a", "b", "c"]), ("a\nb\nc", ["a", "b", "c"]), ("a\r\nb\r\nc\r\n", ["a", "b", "c"]),
            ("a\r\nb\r", ["a", "b"]), ("a\n\n\nb\n", ["a", "", "", "b"]), ("\n", [""]), ("", []), ("\r\n\n", ["", ""]),
            (" a \t\n\u{0}\u{1B}[0m\n", [" a \t", "\u{0}\u{1B}[0m"]),
            ("a\rb\u{2028}c\u{85}d\n", ["a\rb\u{2028}c\u{85}d"]),
            ("\u{FEFF}é\n😀\n", ["\u{FEFF}é", "😀"]), ("-\n--help\n", ["-", "--help"]),
        ] as [(String, [String])]
    )
    func lines(_ input: String, _ texts: [String]) async throws {
        let (server, url, topic) = try await start()
        let ending = try await runChorus("publish", "lines", "-", "--url", url, input: .text(input))
        #expect(ending.code == 0)
        #expect(ending.output.isEmpty && ending.errors.isEmpty, "\(ending.errors)")
        #expect(try await topic.texts(texts.count) == texts)
        _ = server
    }

    @Test("a line is published while the input stays open, as of tail -f, and as soon as it is whole")
    func open() async throws {
        let (server, url, topic) = try await start()
        let reader = try await topic.client()
        let chorus = try ChorusProcess(["publish", "lines", "-", "--url", url], input: .open)
        try chorus.write("first\n")
        try await reader.expect("first")
        try chorus.write("second\nthi")
        try await reader.expect("second")
        try chorus.write("rd\n")
        try await reader.expect("third")
        try await reader.expectNothing()
        #expect(chorus.isRunning)
        try chorus.write("last")
        try chorus.endInput()
        try await reader.expect("last")
        #expect(try await chorus.end().code == 0)
        _ = server
    }

    @Test("30,000 lines arrive in order", .timeLimit(.minutes(10)))
    func many() async throws {
        let (server, url, topic) = try await start("--history-messages", "200000")
        let lines = (1...30_000).map { "line \($0)" }
        let input = ChorusProcess.Input.text(lines.joined(separator: "\n"))
        let ending = try await runChorus("publish", "lines", "-", "--url", url, input: input, within: 500)
        #expect(ending.code == 0, "\(ending.errors)")
        #expect(try await topic.texts(30_000) == lines)
        _ = server
    }

    @Test("lines that are no text in UTF-8 are named and left out, and the exit code is 1")
    func noText() async throws {
        let (server, url, topic) = try await start()
        var input = Array("a\n".utf8)
        input += [0xFF, 0x0A]
        input += "b\n".utf8
        input += [0xC3, 0x0A, 0xA9, 0x0A]
        input += "é".utf8
        let ending = try await runChorus("publish", "lines", "-", "--url", url, input: .bytes(input))
        #expect(ending.code == 1)
        for line in [2, 4, 5] { #expect(ending.errors.contains("line \(line) is not published: ")) }
        #expect(ending.errors.hasSuffix("3 of 6 lines were not published\n"))
        #expect(try await topic.texts(3) == ["a", "b", "é"])
        _ = server
    }

    @Test("lines that the server refuses are named and left out, and the others keep their order")
    func refused() async throws {
        let (server, url, topic) = try await start("--max-message-size", "100")
        let long = String(repeating: "x", count: 101)
        let lines = (1...50).map { $0.isMultiple(of: 7) ? long : "\($0)" }
        let input = ChorusProcess.Input.text(lines.joined(separator: "\n"))
        let ending = try await runChorus("publish", "lines", "-", "--url", url, input: input)
        #expect(ending.code == 1)
        for number in 1...50 {
            let isNamed = ending.errors.contains("line \(number) is not published: ")
            #expect(isNamed == number.isMultiple(of: 7), "\(number)")
        }
        #expect(ending.errors.hasSuffix("7 of 50 lines were not published\n"))
        #expect(try await topic.texts(43) == lines.filter { $0 != long })
        _ = server
    }

    @Test("a line beyond all bounds is named and left out, which the exit code says too")
    func tooLong() async throws {
        let (server, url, topic) = try await start()
        let input = "a\n" + String(repeating: "x", count: (8 << 20) + 1) + "\nb\n"
        let ending = try await runChorus("publish", "lines", "-", "--url", url, input: .text(input))
        #expect(ending.errors.contains("line 2 "), "\(ending.errors)")
        #expect(ending.code == 1)
        #expect(try await topic.texts(2) == ["a", "b"])
        _ = server
    }

    @Test("a line that is too large for any request is named and left out too")
    func tooLarge() async throws {
        let (server, url, topic) = try await start("--max-request-size", "65536")
        // in the request each is six bytes
        let input = "a\n" + String(repeating: "\u{1}", count: 20_000) + "\nb\n"
        let ending = try await runChorus("publish", "lines", "-", "--url", url, input: .text(input))
        #expect(ending.errors.contains("line 2 is not published: "), "\(ending.errors)")
        #expect(ending.code == 1)
        #expect(try await topic.texts(2) == ["a", "b"])
        _ = server
    }

    @Test(
        "a server that takes less at once gets less at once",
        arguments: [["--max-list-length", "100"], ["--max-request-size", "65536"]]
    )
    func smallRequests(_ options: [String]) async throws {
        let server = try ChorusProcess(["serve", "--port", "0", "--history-messages", "10000"] + options)
        let lines = (1...3000).map { "line \($0)" }
        let input = ChorusProcess.Input.text(lines.joined(separator: "\n"))
        let ending = try await runChorus("publish", "lines", "-", "--url", try await server.url(), input: input)
        try #require(ending.code == 0, "\(ending.errors)")
        #expect(try await TopicProbe("lines", port: try await server.port()).texts(3000) == lines)
    }

    @Test("a topic that cannot be one ends it at the first line, with 64")
    func badTopic() async throws {
        let (server, url, _) = try await start()
        let input = ChorusProcess.Input.text(String(repeating: "line\n", count: 2000))
        let topic = String(repeating: "x", count: 256)
        let ending = try await runChorus("publish", topic, "-", "--url", url, input: input)
        #expect(ending.code == 64)
        #expect(ending.errors.filter { $0 == "\n" }.count == 1, "\(ending.errors.prefix(300))")
        _ = server
    }

    @Test("an input that cannot be read is no empty input")
    func unreadable() async throws {
        let (server, url, _) = try await start()
        let ending = try await runChorus("publish", "lines", "-", "--url", url, shell: #"exec "$0" "$@" </"#)
        #expect(ending.code != 0)
        #expect(!ending.errors.isEmpty)
        _ = server
    }
}
