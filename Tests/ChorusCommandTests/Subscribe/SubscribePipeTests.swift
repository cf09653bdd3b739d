import ChorusTesting
import Foundation
import Testing

@Suite("chorus subscribe: who reads its output")
struct SubscribePipeTests {
    @Test("a reader that has seen enough ends it with 0, and nothing is said")
    func head() async throws {
        let server = try serve()
        let topic = TopicProbe("news", port: try await server.port())
        let shell = #"("$0" "$@"; echo "code $?" >&2) | head -n 1"#
        let arguments = ["subscribe", "news", "--url", try await server.url()]
        let chorus = try ChorusProcess(arguments, shell: shell)
        try await topic.expectSubscribers(1, of: server)
        // it notices at the next message, at the latest
        try await eventually("it ends") {
            try await server.publish(#""line""#, to: "news")
            return !chorus.isRunning
        }
        let ending = try await chorus.end()
        #expect(ending.output == "line\n")
        #expect(ending.errors == "code 0\n")
    }

    @Test("it notices that nobody reads any more also when nothing is published")
    func silence() async throws {
        let server = try serve()
        try await server.publish(#""line""#, to: "news")
        let chorus = try ChorusProcess(
            ["subscribe", "news", "--last", "1", "--url", try await server.url()],
            shell: #"("$0" "$@"; echo "code $?" >&2) | head -n 1"#
        )
        await #expect(throws: Never.self) { try await eventually("it ends") { !chorus.isRunning } }
        // it ends in any case
        try await eventually("it ends") {
            try await server.publish(#""line""#, to: "news")
            return !chorus.isRunning
        }
        #expect(try await chorus.end().errors == "code 0\n")
    }

    @Test("a reader that is slow gets everything")
    func slow() async throws {
        let server = try serve("--history-messages", "100000")
        let lines = (1...5_000).map { "\($0) \(String(repeating: "x", count: 50))" }
        let url = try await server.url()
        let input = ChorusProcess.Input.text(lines.joined(separator: "\n"))
        #expect(try await runChorus("publish", "lines", "-", "--url", url, input: input, within: 120).code == 0)
        // more than the pipe holds
        let ending = try await runChorus(
            "subscribe",
            "lines",
            "--last",
            "5000",
            "--count",
            "5000",
            "--url",
            url,
            shell: #""$0" "$@" | (sleep 1; cat)"#,
            within: 120
        )
        #expect(ending.code == 0)
        #expect(ending.lines == lines)
    }

    @Test(
        "an output that cannot be written is no success",
        .enabled(if: FileManager.default.fileExists(atPath: "/dev/full"))
    )
    func full() async throws {
        let server = try serve()
        try await server.publish(#""line""#, to: "news")
        let url = try await server.url()
        let shell = #"exec "$0" "$@" >/dev/full"#
        let ending = try await runChorus("subscribe", "news", "--last", "1", "--count", "1", "--url", url, shell: shell)
        #expect(ending.code > 0)
        #expect(ending.errors.hasPrefix("chorus: "), "\(ending.errors)")
    }
}
