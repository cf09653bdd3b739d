import Chorus
import ChorusCore
import ChorusTesting
import CoreMetrics
import MetricsTestKit
import NIOCore
import Testing

@Suite("Metrics of hooks and members")
struct HookMetricsTests {
    @Test("messages that are refused, hooks that are late, and members are counted")
    func counted() async throws {
        let hub = Hub(
            configuration: .init(
                defaults: Namespace(presence: true, messageSize: 10),
                namespaces: [Namespace("closed", publishers: .server)]
            )
        )
        let gate = Gate()
        try await serveCounted(
            hub: hub,
            configure: { $0.limits.hookTime = .milliseconds(200) },
            routes: { server in
                server.relayTopics()
                server.onPublish { request in
                    switch request.message.text {
                    case "refuse": throw Refusal("no")
                    case "hang": await gate.pass()
                    default: break
                    }
                    return request.message
                }
            }
        ) { test, metrics in
            let client = try await test.client("/ws/room?format=json")
            for text in ["refuse", "hang", "more than ten bytes"] { try await client.send(text) }
            let other = try await test.client("/ws/closed")
            try await other.send("no")
            for (code, count) in [("refused", 1), ("timeout", 1), ("message_too_large", 1), ("not_permitted", 1)] {
                try await eventually("\(code) is counted") {
                    metrics.counterTotal(label: "chorus.refused.messages", dimensions: [("code", code)]) == count
                }
            }
            #expect(metrics.counterTotal(label: "chorus.hooks.late") == 1)
            #expect(metrics.counterTotal(label: "chorus.abandoned") == 0)
            try await eventually("members are shown") {
                try metrics.expectGauge("chorus.presence.members").lastValue == 1
            }
            gate.open()
        }
    }
}
