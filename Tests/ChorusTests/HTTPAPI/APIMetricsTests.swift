import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import ClientSupport
import MetricsTestKit
import Testing

@Suite("The HTTP API: metrics")
struct APIMetricsTests {
    @Test("requests and errors are counted by method, those within a batch too; so are requests that are refused")
    func counted() async throws {
        let metrics = TestMetrics()
        var limits = HTTPAPI.Limits()
        limits.bodySize = 1000
        try await serveAPI(access: .keys(["k"]), limits: limits, metrics: metrics) { test, _ in
            func ask(_ method: String, _ body: String, key: String = "k") async throws -> APIAnswer {
                try await (try await test.api()).ask(method, body, headers: ["Host: x", "X-API-Key: \(key)"])
            }
            func count(_ label: String, _ method: String) -> Int64 {
                metrics.counterTotal(label: "chorus.api.\(label)", dimensions: [("method", method)])
            }
            _ = try await ask("publish", #"{"channel":"room","data":1}"#)
            _ = try await ask("publish", #"{"channel":"room"}"#)
            _ = try await ask("broadcast", #"{"channels":["a","","b"],"data":1}"#)
            _ = try await ask("presence", #"{"channel":"room"}"#)
            let commands = #"{"publish":{"channel":"room","data":1}},{"history":{"channel":"room"}},{"info":{}}"#
            for mode in ["true", "false"] {
                _ = try await ask("batch", #"{"commands":[\#(commands)],"parallel":\#(mode)}"#)
            }
            #expect(count("requests", "publish") == 4)
            #expect(count("errors", "publish") == 1)
            #expect(count("requests", "broadcast") == 1)
            #expect(count("errors", "broadcast") == 0)
            #expect(count("requests", "presence") == 1)
            #expect(count("errors", "presence") == 1)
            #expect(count("requests", "batch") == 2)
            #expect(count("requests", "history") == 2)
            #expect(count("errors", "history") == 2)
            #expect(count("requests", "info") == 2)
            #expect(count("requests", "presence_stats") == 0)
            #expect(metrics.counterTotal(label: "chorus.api.refused") == 0)

            #expect(try await ask("publish", "{}", key: "wrong").status == 401)
            #expect(try await ask("nothing", "{}").status == 404)
            #expect(try await ask("publish", String(repeating: " ", count: 1001)).status == 413)
            #expect(metrics.counterTotal(label: "chorus.api.refused") == 3)
            #expect(try await ask("publish", "{").status == 400)
            #expect(metrics.counterTotal(label: "chorus.api.refused") == 4)
            #expect(count("requests", "publish") == 4)
        }
    }
}
