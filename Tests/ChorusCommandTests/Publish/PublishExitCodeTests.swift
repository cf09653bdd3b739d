import ChorusTesting
import Foundation
import Testing

@Suite("chorus publish: exit codes")
struct PublishExitCodeTests {
    @Test(
        "an unknown option, or a value that makes no sense, is 64 and named",
        arguments: [
            (["--nonsense"], "--nonsense"), (["extra"], "extra"), (["--rate", "0"], "--rate"),
            (["--rate", "-1"], "--rate"), (["--rate", "nan"], "--rate"), (["--rate", "1000001"], "--rate"),
            (["--rate", "fast"], "--rate"), (["--key", "a", "--key-from", "1"], "--key-from"),
            (["--key-from", "0"], "--key-from"), (["--key-from", "symbol"], "--key-from"),
            (["--url", "ftp://127.0.0.1"], "--url"), (["--url", "127.0.0.1:8000"], "--url"),
            (["--url", ""], "--url"), (["--url", "http://"], "http://"),
        ] as [([String], String)]
    )
    func usage(_ arguments: [String], _ name: String) async throws {
        let ending = try await ChorusProcess(["publish", "news", "text"] + arguments).end()
        #expect(ending.code == 64)
        #expect(ending.output.isEmpty)
        #expect(ending.errors.contains(name), "\(ending.errors)")
    }

    @Test("without a text, or without anything, it is 64", arguments: [[], ["news"]] as [[String]])
    func missing(_ arguments: [String]) async throws {
        let ending = try await ChorusProcess(["publish"] + arguments).end()
        #expect(ending.code == 64)
        #expect(ending.errors.contains("Usage: "))
    }

    @Test("where nobody listens it is 69, at once and in one line that names the place", arguments: ["text", "-"])
    func nobody(_ text: String) async throws {
        let start = ContinuousClock.now
        let url = "http://127.0.0.1:1"
        let ending = try await runChorus("publish", "news", text, "--url", url, input: .text("a\nb\n"))
        #expect(ending.code == 69)
        #expect(ending.output.isEmpty)
        #expect(ending.errors.hasPrefix("chorus: ") && ending.errors.contains("127.0.0.1:1"), "\(ending.errors)")
        #expect(ending.errors.filter { $0 == "\n" }.count == 1, "\(ending.errors)")
        #expect(ContinuousClock.now - start < .seconds(8))
    }

    @Test(
        "a key that is wrong or missing is 77, from wherever it comes; the right one is not",
        arguments: ["text", "-"]
    )
    func keys(_ text: String) async throws {
        let folder = try TemporaryFolder()
        try folder.replace("right", with: "\n  secret \r\nanother\n")
        try folder.replace("wrong", with: "secre\n")
        let server = try serve(shell: #"export CHORUS_API_KEY=secret; exec "$0" "$@""#)
        let url = try await server.url()
        func publish(_ shell: String, _ arguments: String...) async throws -> Ending {
            let all = ["publish", "news", text, "--url", url] + arguments
            return try await ChorusProcess(all, shell: shell + #"; exec "$0" "$@""#, input: .text("text\n")).end()
        }
        let none = "unset CHORUS_API_KEY"
        let right = "export CHORUS_API_KEY=secret"
        let refused = [
            try await publish(none), try await publish("export CHORUS_API_KEY=wrong"),
            try await publish("export CHORUS_API_KEY="),
            try await publish(none, "--api-key-file", folder.file("wrong")),
            // the file counts
            try await publish(right, "--api-key-file", folder.file("wrong")),
        ]
        for ending in refused {
            #expect(ending.code == 77)
            #expect(ending.errors.contains("401"), "\(ending.errors)")
            #expect(!ending.errors.contains("secre"))
        }
        #expect(try await publish(right).code == 0)
        #expect(try await publish(none, "--api-key-file", folder.file("right")).code == 0)
        #expect(try await TopicProbe("news", port: try await server.port()).texts(2) == ["text", "text"])
    }

    @Test(
        "a file of a key that cannot be read, or has none, is 78 and named",
        arguments: [nil, "", "\n \n"] as [String?]
    )
    func keyFile(_ contents: String?) async throws {
        let folder = try TemporaryFolder()
        if let contents { try folder.replace("key", with: contents) }
        let file = folder.file("key")
        let url = "http://127.0.0.1:1"
        let ending = try await runChorus("publish", "news", "text", "--url", url, "--api-key-file", file)
        #expect(ending.code == 78)
        #expect(ending.errors.contains(file), "\(ending.errors)")
    }

    @Test(
        "a refusal ends it also while there is more to read, whether that comes or not",
        arguments: [.open, .text(String(repeating: "line\n", count: 50_000))] as [ChorusProcess.Input]
    )
    func refusedWhileReading(_ input: ChorusProcess.Input) async throws {
        let server = try serve(shell: #"export CHORUS_API_KEY=secret; exec "$0" "$@""#)
        let url = try await server.url()
        let shell = #"unset CHORUS_API_KEY; exec "$0" "$@""#
        let chorus = try ChorusProcess(["publish", "news", "-", "--url", url], shell: shell, input: input)
        if case .open = input { try chorus.write("line\n") }
        #expect(try await chorus.end(within: 20).code == 77)
    }
}

extension ChorusProcess.Input: CustomTestStringConvertible {
    var testDescription: String {
        switch self {
        case .none: "nothing"
        case .bytes(let bytes): "\(bytes.count) bytes"
        case .open: "open"
        }
    }
}
