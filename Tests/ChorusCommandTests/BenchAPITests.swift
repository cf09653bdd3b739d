import ChorusTesting
import Foundation  // an independent parser of JSON
import Synchronization
import Testing

@Suite("chorus bench by HTTP")
struct BenchAPITests {
    @Test("publishes by that of Chorus with its key, in order, from several publishers")
    func api() async throws {
        let server = try serve(shell: #"CHORUS_API_KEY=secret exec "$0" "$@""#)
        let url = try await server.url()
        let arguments = ["bench", "--url", url, "--publish-url", url + "/api/publish", "-n", "6", "--topics", "3"]
        let rest = ["--publishers", "6", "--messages", "120", "--json"]
        let shell = #"CHORUS_API_KEY=secret exec "$0" "$@""#
        let ending = try await ChorusProcess(arguments + rest, shell: shell).end()
        #expect(ending.code == 0, "\(ending.errors)")
        let report = try #require(try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? [String: Any])
        #expect(report["published"] as? Int == 120)
        #expect(report["deliveries"] as? Int == 240)
        #expect((report["answer_us"] as? [String: Any])?["p99"] != nil)

        let folder = try TemporaryFolder()
        try folder.replace("key", with: "wrong\n")
        let refused = try await ChorusProcess(arguments + ["--api-key-file", folder.file("key")], shell: shell).end()
        #expect(refused.code == 77)
        #expect(refused.errors.contains("/api/publish answered 401"), "\(refused.errors)")
    }

    @Test(
        "an API that has too much to do is asked again, and one that refuses is not",
        arguments: [(400, 69), (401, 77), (413, 64)]
    )
    func refused(_ status: Int, _ code: Int) async throws {
        let asked = Atomic(0)
        let ending = try await bench { _ in
            asked.add(1, ordering: .relaxed).oldValue < 3 ? .answer(.status(503, "")) : .answer(.status(status, "no"))
        }
        #expect(ending.code == Int32(code))
        #expect(ending.output.isEmpty)
        #expect(ending.errors.hasSuffix("/api/batch answered \(status): no\n"), "\(ending.errors)")
        #expect(asked.load(ordering: .relaxed) == 4)
    }

    @Test("an API that fails later ends the run, with what was measured")
    func failure() async throws {
        let ending = try await bench("--messages", "9") { $0.number == 5 ? .answer(.status(400, "no")) : .accept }
        #expect(ending.code == 69)
        #expect(ending.errors.hasSuffix("/api/batch answered 400: no\n"), "\(ending.errors)")
        let report = try report(ending)
        #expect(report["published"] as? Int == 4)
        #expect(report["deliveries"] as? Int == 8)
        #expect(report["lost"] as? Int == 0)
    }

    @Test("what other publishers have on its way then is waited for")
    func failureOfOne() async throws {
        let isOnItsWay = Atomic(false)
        let ending = try await bench("--publishers", "2", "--messages", "9") { message in
            switch (message.publisher, message.number) {
            case (_, 0), (1, 1):
                return .accept
            case (1, 2):
                isOnItsWay.store(true, ordering: .relaxed)
                return .acceptAndDeliverLate
            case (0, _) where isOnItsWay.load(ordering: .relaxed):
                return .answer(.status(400, "no"))
            default:
                return .answer(.status(503, ""))
            }
        }
        #expect(ending.code == 69)
        #expect(ending.errors.hasSuffix("/api/batch answered 400: no\n"), "\(ending.errors)")
        let report = try report(ending)
        #expect(report["published"] as? Int == 2)
        #expect(report["deliveries"] as? Int == 4)
        #expect(report["lost"] as? Int == 0)
    }

    @Test(
        "an API that takes nothing any more ends the run",
        arguments: [
            (["--messages", "9"], .status(503, ""), "5 of 9 messages were published"),
            (["--messages", "9"], .silence, "5 of 9 messages were published"),
            (["--messages", "9", "--warm-up", "0.5"], .silence, "5 messages were published"),
        ] as [([String], ScriptedAPI.Answer, String)]
    )
    func stalled(_ arguments: [String], _ answer: ScriptedAPI.Answer, _ text: String) async throws {
        let ending = try await bench(arguments) { ($0.number ?? 0) > 5 ? .answer(answer) : .accept }
        #expect(ending.code == 69)
        #expect(ending.errors.contains(text), "\(ending.errors)")
        let report = try report(ending)
        #expect(report["published"] as? Int == 5)
        #expect(report["lost"] as? Int == 0)
    }

    @Test(
        "a message that the API has no room for at the end of the warm-up comes first afterwards",
        arguments: [[], ["--rate", "20"]]
    )
    func refusedInWarmUp(_ arguments: [String]) async throws {
        let end = Mutex<ContinuousClock.Instant?>(nil)
        let ending = try await bench(["--messages", "9", "--warm-up", "0.5"] + arguments) { message in
            guard message.number == 3 else { return .accept }
            // longer than what is left of the warm-up
            let isOver = end.withLock { end in
                if end == nil { end = .now + .seconds(1) }
                return end.map { $0 < .now } ?? false
            }
            return isOver ? .accept : .answer(.status(503, ""))
        }
        #expect(ending.code == 0, "\(ending.errors)")
        let report = try report(ending)
        #expect(report["published"] as? Int == 9)
        #expect(report["deliveries"] as? Int == 18)
        #expect(report["lost"] as? Int == 0)
    }

    @Test("at a rate, a message that the API has no room for in time was not published")
    func refusedAtRate() async throws {
        let ending = try await bench("--rate", "10", "--duration", "0.5") { message in
            (message.number ?? 0) > 2 ? .answer(.status(503, "")) : .accept
        }
        #expect(ending.code == 0, "\(ending.errors)")
        let report = try report(ending)
        #expect(report["published"] as? Int == 2)
        #expect(report["unpublished"] as? Int == 3)
    }

    @Test("several fields of one name are all sent, in place of its own")
    func fields() async throws {
        let heads = Mutex<[[String]]>([])
        let fields = ["X-Tag: a", "X-Tag: b", "Content-Type: text/plain"].flatMap { ["--header", $0] }
        let ending = try await bench(["--messages", "1"] + fields) { _ in
            .accept
        } afterwards: { api in
            heads.withLock { $0 = api.heads }
        }
        #expect(ending.code == 0, "\(ending.errors)")
        let head = try #require(heads.withLock { $0.last })
        #expect(head.filter { $0.hasPrefix("x-tag:") } == ["x-tag: a", "x-tag: b"])
        #expect(head.filter { $0.hasPrefix("content-type:") } == ["content-type: text/plain"])
    }

    @Test("publishers are files too, of which a process may have so many open")
    func files() async throws {
        let arguments = ["bench", "-n", "40", "--publishers", "40", "--publish-url", "http://127.0.0.1:1/"]
        let ending = try await ChorusProcess(arguments, shell: #"ulimit -n 80; exec "$0" "$@""#).end()
        #expect(ending.code == 64)
        #expect(ending.errors.contains("--publishers"), "\(ending.errors)")
    }

    @Test("a key in the query of the API's URL is not shown", arguments: ["nowhere", "http://127.0.0.1:1/"])
    func secret(_ url: String) async throws {
        let server = try serve()
        let arguments = ["bench", "-n", "1", "--url", try await server.url(), "--publish-url", url + "?key=secret"]
        let ending = try await ChorusProcess(arguments).end()
        #expect(ending.code == (url == "nowhere" ? 64 : 69))
        #expect(ending.errors.contains(url))
        #expect(!ending.errors.contains("secret"), "\(ending.errors)")
    }

    /// What the bench publishes.
    private struct Message {
        let text: String

        var publisher: Int? { number(at: 24, digits: 8) }
        /// From 1 for each publisher; 0 asks who receives.
        var number: Int? { number(at: 32, digits: 16) }

        private func number(at start: Int, digits: Int) -> Int? {
            Int(text.dropFirst(start).prefix(digits), radix: 16)
        }
    }

    /// What happens to a message.
    private enum Fate {
        case accept
        case acceptAndDeliverLate
        case answer(ScriptedAPI.Answer)
    }

    private func bench(_ arguments: String..., fate: @escaping @Sendable (Message) -> Fate) async throws -> Ending {
        try await bench(arguments, fate: fate)
    }

    /// Runs the bench with two connections to `chorus serve` and an API that passes on what it accepts.
    private func bench(
        _ arguments: [String],
        fate: @escaping @Sendable (Message) -> Fate,
        afterwards: (ScriptedAPI) -> Void = { _ in }
    ) async throws -> Ending {
        let server = try serve()
        let url = try await server.url()
        let topic = try await TestClient.connect(to: "ws" + url.dropFirst(4) + "/ws/bench")
        return try await ScriptedAPI.run { _, batch in
            let message = Message(text: batch.texts.first ?? "")
            switch fate(message) {
            case .accept:
                try? await topic.send(message.text)
            case .acceptAndDeliverLate:
                Task {
                    // until the bench has heard what ends its run, and before it gives up waiting (2 s)
                    try await Task.sleep(for: .milliseconds(300))
                    try await topic.send(message.text)
                }
            case .answer(let answer):
                return answer
            }
            return .replies(1)
        } _: { api in
            let publish = ["--publish-url", api.url + "/api/batch", "--publish-message", Self.batch]
            let ending = try await ChorusProcess(
                ["bench", "--url", url, "-n", "2", "--json"] + publish + arguments
            ).end()
            afterwards(api)
            return ending
        }
    }

    /// What ``ScriptedAPI`` understands.
    private static let batch =
        #"{"stop_on_error":true,"commands":[{"publish":"#
        + #"{"channel":"{topic}","data":"{message}","idempotency_key":""}}]}"#

    private func report(_ ending: Ending) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? [String: Any])
    }
}
