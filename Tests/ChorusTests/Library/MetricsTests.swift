import Chorus
import ChorusTesting
import Logging
import MetricsTestKit
import NIOCore
import Synchronization
import Testing

@Suite("Metrics")
struct MetricsTests {
    @Test("what clients do, what they are refused and how they end is counted")
    func counted() async throws {
        let metrics = TestMetrics()
        var configuration = BroadcastServer.Configuration(port: 0, drainTime: .zero)
        configuration.limits.messageSize = 100
        configuration.limits.connections = 3
        configuration.keepAlive = .init(interval: .milliseconds(200), timeout: .milliseconds(200))
        let server = BroadcastServer(configuration: configuration, logger: Recorder().logger, metrics: metrics)
        server.relayTopics()
        let last = Mutex<TestClient?>(nil)
        try await TestServer.run(server) { test in
            let clients = try await test.clients(2)
            try await clients[0].send("hi")
            for client in clients { try await client.expect("Message: hi") }

            let silent = try await RawSocket.open(test.raw())
            let refused = try await test.raw()
            #expect(try await refused.ask(RawSocket.request("/ws")).status == 503)
            try await eventually("the silent one is gone") { test.hub.sessionCount == 2 }
            _ = silent

            try await clients[0].send(String(repeating: "x", count: 101))
            _ = try await clients[0].expectClose(.messageTooBig)
            try await clients[1].close()

            try await eventually("it is counted") {
                metrics.counterTotal(label: "chorus.deliveries") == 2
                    && metrics.counterTotal(label: "chorus.published") == 1
                    && metrics.counterTotal(label: "chorus.silent") == 1
                    && metrics.counterTotal(label: "chorus.refused", dimensions: [("status", "503")]) == 1
                    && closed(metrics, by: "server", "1009") == 1
                    && closed(metrics, by: "client", "1000") == 1
                    && closed(metrics, by: "network", "1006") == 1
            }
            #expect(metrics.counterTotal(label: "chorus.closed") == 3)
            let client = try await test.client()
            last.withLock { $0 = client }
            for gauge in ["connections", "sessions", "topics", "kept.bytes"] {
                #expect(try metrics.expectGauge("chorus.\(gauge)").lastValue != nil)
            }
        }
        // the last client was told while the server stopped
        #expect(closed(metrics, by: "server", "1001") == 1)
    }

    private func closed(_ metrics: TestMetrics, by initiator: String, _ code: String) -> Int64 {
        metrics.counterTotal(label: "chorus.closed", dimensions: [("by", initiator), ("code", code)])
    }
}
