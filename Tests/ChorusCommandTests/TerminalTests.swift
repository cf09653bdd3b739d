import ChorusTesting
import Foundation
import Testing

@Suite("Colours and progress")
struct TerminalTests {
    private static let escape: Character = "\u{1B}"

    /// What a command writes to a terminal.
    ///
    /// - Parameters:
    ///   - environment: assignments.
    ///   - streams: what goes to the terminal.
    private func run(
        _ arguments: [String],
        input: ChorusProcess.Input = .none,
        environment: String = "TERM=xterm",
        streams: String = "2>"
    ) async throws -> (ending: Ending, terminal: String) {
        let terminal = try Terminal()
        let shell = #"unset NO_COLOR TERM; export \#(environment); exec "$0" "$@" \#(streams)\#(terminal.path)"#
        let ending = try await ChorusProcess(arguments, shell: shell, input: input).end()
        return (ending, try await terminal.whole())
    }

    private let refused = ["publish", "news", "{", "--json", "--url", "http://127.0.0.1:1"]

    @Test("what is said on a terminal begins in colour")
    func colour() async throws {
        let (ending, terminal) = try await run(refused)
        #expect(ending.code == 64)
        #expect(terminal.contains("\u{1B}[33mchorus:\u{1B}[0m this is no JSON"))
        let nobody = try await run(["subscribe", "news", "--url", "http://127.0.0.1:1"])
        #expect(nobody.terminal.contains("\u{1B}[33mchorus:\u{1B}[0m nobody listens"))
    }

    @Test(
        "not if the environment does not want it, or the terminal cannot",
        arguments: ["TERM=xterm NO_COLOR=1", "TERM=dumb", "NOTHING=1"]
    )
    func plain(_ environment: String) async throws {
        let (_, terminal) = try await run(refused, environment: environment)
        #expect(terminal.hasPrefix("chorus: this is no JSON"))
        #expect(!terminal.contains(Self.escape))
    }

    @Test("an empty NO_COLOR is none")
    func emptyNoColor() async throws {
        #expect(try await run(refused, environment: "TERM=xterm NO_COLOR=").terminal.contains(Self.escape))
    }

    @Test("on a terminal publish shows how far it is, and takes it away in the end")
    func progress() async throws {
        let server = try serve()
        let arguments = ["publish", "news", "-", "--rate", "100", "--url", try await server.url()]
        let input = ChorusProcess.Input.text((1...80).map(String.init).joined(separator: "\n"))
        let (ending, terminal) = try await run(arguments, input: input)
        #expect(ending.code == 0)
        #expect(terminal.contains(#/\x1B\[K\d+ published, \d+ a second/#))
        #expect(terminal.hasSuffix("\r\u{1B}[K"))
        #expect(!terminal.contains("\n"))
    }

    @Test("what is said meanwhile does not stand in the middle of it")
    func both() async throws {
        let server = try serve()
        let arguments = ["publish", "news", "-", "--json", "--rate", "100", "--url", try await server.url()]
        let input = ChorusProcess.Input.text((1...80).map { $0 == 60 ? "{" : "\($0)" }.joined(separator: "\n"))
        let (ending, terminal) = try await run(arguments, input: input)
        #expect(ending.code == 1)
        #expect(terminal.contains("\r\u{1B}[K\u{1B}[33mchorus:\u{1B}[0m line 60 is not published: "))
    }

    @Test("in pipes there is not one escape, nor anything that nobody asked for")
    func pipes() async throws {
        let server = try serve()
        let shell = #"unset NO_COLOR; export TERM=xterm; exec "$0" "$@""#
        let arguments = ["publish", "news", "-", "--rate", "100", "--url", try await server.url()]
        let input = ChorusProcess.Input.text((1...80).map(String.init).joined(separator: "\n"))
        let published = try await ChorusProcess(arguments, shell: shell, input: input).end()
        #expect(published.code == 0)
        #expect(published.output.isEmpty && published.errors.isEmpty)
        let error = try await ChorusProcess(refused, shell: shell).end()
        #expect(error.errors.hasPrefix("chorus: ") && !error.errors.contains(Self.escape))
    }

    @Test("what was asked for is the same on a terminal as in a pipe, and colours look at standard error alone")
    func output() async throws {
        let server = try serve()
        for text in [#""a""#, #""b""#] { try await server.publish(text, to: "news") }
        let url = try await server.url()
        let arguments = ["subscribe", "news", "--last", "2", "--count", "2", "--url", url]
        let (ending, terminal) = try await run(arguments, streams: ">")
        #expect(ending.code == 0)
        #expect(terminal == "a\r\nb\r\n")
        #expect(try await run(refused, streams: ">").ending.errors.hasPrefix("chorus: "))
    }
}
