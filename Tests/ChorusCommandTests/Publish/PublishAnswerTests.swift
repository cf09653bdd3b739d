import ChorusTesting
import Foundation
import Testing

@Suite("chorus publish: what it makes of a server's answers")
struct PublishAnswerTests {
    private static let five = ChorusProcess.Input.text("1\n2\n3\n4\n5\n")

    private func publish(_ api: ScriptedAPI) async throws -> Ending {
        try await runChorus("publish", "lines", "-", "--url", api.url, input: Self.five)
    }

    @Test("what an overloaded server has not taken is sent again until it takes it, and nothing else")
    func overload() async throws {
        let overloaded = (100, "overloaded: try again later")
        try await ScriptedAPI.run { number, batch in
            switch number {
            case 0: .replies(2, error: overloaded)
            case 1, 2: .replies(0, error: overloaded)
            case 3: .replies(1, error: overloaded)
            default: .replies(batch.commands.count)
            }
        } _: { api in
            let ending = try await publish(api)
            #expect(ending.code == 0, "\(ending.errors)")
            #expect(ending.errors.contains("chorus: overloaded: try again later; next attempt in "))
            let batches = api.batches
            let stopping = batches.count { $0.stop_on_error }
            #expect(stopping == batches.count)
            let sent = batches.map(\.texts)
            #expect(
                sent == [
                    ["1", "2", "3", "4", "5"], ["3", "4", "5"], ["3", "4", "5"], ["3", "4", "5"], ["4", "5"],
                ]
            )
            // the same line has the same key, and no other has it
            let keys = Dictionary(grouping: batches.flatMap { zip($0.texts, $0.keys) }) { $0.0 }
            #expect(keys.values.allSatisfy { Set($0.map(\.1)).count == 1 })
            #expect(Set(batches.flatMap(\.keys)).count == 5)
        }
    }

    @Test("a line that is refused is named, and those behind it are sent once more")
    func refusal() async throws {
        try await ScriptedAPI.run { number, batch in
            switch number {
            case 0: .replies(1, error: (107, "bad request: not this one"))
            case 1: .replies(2, error: (102, "unknown"))
            default: .replies(batch.commands.count)
            }
        } _: { api in
            let ending = try await publish(api)
            #expect(ending.code == 1)
            #expect(
                ending.errors == """
                    chorus: line 2 is not published: bad request: not this one
                    chorus: line 5 is not published: unknown
                    chorus: 2 of 5 lines were not published

                    """
            )
            #expect(api.batches.map(\.texts) == [["1", "2", "3", "4", "5"], ["3", "4", "5"]])
        }
    }

    @Test("an answer that is lost, or says that the server cannot now, is asked for again with the same keys")
    func repeats() async throws {
        let answers: [ScriptedAPI.Answer] = [
            .replies(1), .hangUp, .status(503, #"{"error":{"code":100,"message":"stopping"}}"#), .status(429, ""),
            .status(500, "oops\nmore"), .replies(1),
        ]
        try await ScriptedAPI.run { number, _ in
            answers[min(number, answers.count - 1)]
        } _: { api in
            let chorus = try ChorusProcess(["publish", "lines", "-", "--url", api.url], input: .open)
            try chorus.write("first\n")
            try await eventually("it is asked") { api.batches.count == 1 }
            try chorus.write("second\n")
            try chorus.endInput()
            let ending = try await chorus.end()
            #expect(ending.code == 0, "\(ending.errors)")
            #expect(ending.errors.contains("answered 500: oops; next attempt in "))
            #expect(api.batches.count == answers.count)
            #expect(Set(api.batches.dropFirst().map(\.keys)).count == 1)
            #expect(api.batches.dropFirst().allSatisfy { $0.texts == ["second"] })
        }
    }

    @Test("a server that cannot take anything at first is waited for", arguments: [503, 429])
    func busyAtFirst(_ status: Int) async throws {
        try await ScriptedAPI.run { number, batch in
            number < 2 ? .status(status, "") : .replies(batch.commands.count)
        } _: { api in
            let ending = try await publish(api)
            #expect(ending.code == 0, "\(ending.errors)")
        }
    }

    @Test(
        "an answer that ends it has its exit code, and is said once",
        arguments: [
            (.status(401, "A key is needed.\n"), 77), (.status(403, "Not from there.\n"), 77),
            (.status(404, ""), 69), (.status(302, ""), 69), (.status(200, "<html>hello</html>"), 69),
            (.status(200, "{}"), 69), (.status(200, #"{"replies":[]}"#), 69), (.status(200, #"{"replies":7}"#), 69),
            (.status(200, ""), 69), (.replies(6), 69),
        ] as [(ScriptedAPI.Answer, Int32)]
    )
    func ends(_ answer: ScriptedAPI.Answer, _ code: Int32) async throws {
        try await ScriptedAPI.run { _, _ in
            answer
        } _: { api in
            for text in ["-", "1"] {
                if case .replies = answer, text == "1" { continue }
                let input = text == "-" ? Self.five : .none
                let ending = try await runChorus("publish", "lines", text, "--url", api.url, input: input)
                #expect(ending.code == code)
                #expect(ending.output.isEmpty)
                #expect(ending.errors.hasPrefix("chorus: ") && ending.errors.contains(api.url), "\(ending.errors)")
                #expect(ending.errors.filter { $0 == "\n" }.count == 1, "\(ending.errors)")
            }
        }
    }

    @Test("one text that is refused is 64, and one that an overloaded server does not take 69")
    func oneText() async throws {
        for (error, code) in [((107, "bad request: no"), Int32(64)), ((100, "overloaded: later"), Int32(69))] {
            try await ScriptedAPI.run { _, _ in
                .replies(0, error: error)
            } _: { api in
                let ending = try await runChorus("publish", "lines", "1", "--url", api.url)
                #expect(ending.code == code)
                #expect(ending.errors.hasSuffix("chorus: \(error.1)\n"))
            }
        }
    }
}
