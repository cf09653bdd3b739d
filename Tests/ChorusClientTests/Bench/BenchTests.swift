import ChorusClient
import ChorusCommand
import ChorusTesting
import NIOCore
import Testing
import WebSocketWire

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("chorus bench")
struct BenchTests {
    private func run(
        _ server: ScriptedServer,
        _ change: (inout BenchOptions) -> Void = { _ in },
        isInterrupted: @escaping @Sendable () -> Bool = { false }
    ) async throws -> BenchReport {
        var options = BenchOptions()
        options.url = server.url("/ws/bench")
        options.connections = 20
        options.messages = 500
        options.quietLimit = 10
        change(&options)
        return try await withTimeout(30) { [options] in
            try await BenchRun(options, isInterrupted: isInterrupted).run()
        }
    }

    @Test("counts every delivery of a relay that loses nothing")
    func flawless() async throws {
        try await ScriptedServer.run(.relay()) { server in
            let report = try await run(server)
            #expect(report.published == 500)
            #expect(report.deliveries == 10_000)
            #expect(report.lost == 0)
            #expect(report.outOfOrder == 0)
            #expect(report.isFlawless)
            #expect(report.latencies.count == 10_000)
            #expect(report.latencies.maximum > 0)
            #expect(report.openTime > 0 && report.publishTime > 0 && report.deliveryTime >= report.publishTime)
        }
    }

    @Test(
        "measures relays that put something around the message, large messages, several publishers and loops",
        arguments: [
            Variant(prefix: "Message: "),
            Variant(size: 56),
            Variant(prefix: "{\"data\":\"", size: 70_000, messages: 20),
            Variant(publishers: 3, eventLoops: 2),
            Variant(publishers: 20, messages: 100),
            Variant(inFlight: 1),
            Variant(rate: 5_000),
        ]
    )
    func variants(_ variant: Variant) async throws {
        try await ScriptedServer.run(.relay(prefix: variant.prefix)) { server in
            let report = try await run(server) { options in
                options.size = variant.size
                options.publishers = variant.publishers
                options.messages = variant.messages
                options.inFlight = variant.inFlight
                options.rate = variant.rate
                options.eventLoops = variant.eventLoops
            }
            #expect(report.isFlawless)
            #expect(report.deliveries == UInt64(variant.messages * 20))
        }
    }

    struct Variant: Sendable {
        var prefix = ""
        var size = 128
        var publishers = 1
        var messages = 300
        var inFlight = 16
        var rate: Double?
        var eventLoops = 1
    }

    @Test("measures inside TLS too")
    func tls() async throws {
        let certificate = try await TestCertificate.make()
        try await ScriptedServer.run(.relay(), certificate: certificate) { server in
            let report = try await run(server) { $0.isInsecure = true }
            #expect(report.isFlawless)
            await #expect(throws: WebSocketClientError.self) { try await run(server) }
        }
    }

    @Test("keeps to the rate")
    func rate() async throws {
        try await ScriptedServer.run(.relay()) { server in
            let report = try await run(server) { options in
                options.connections = 2
                options.rate = 500
                options.messages = 100
            }
            #expect(report.isFlawless)
            // The hundredth message is due 99 intervals after the first one.
            #expect(report.publishTime >= 0.198)
        }
    }

    @Test("stops after its duration")
    func duration() async throws {
        try await ScriptedServer.run(.relay()) { server in
            let report = try await run(server) { options in
                options.messages = nil
                options.duration = 0.2
            }
            #expect(report.isFlawless)
            #expect(report.publishTime < 10)
        }
    }

    @Test("notices what is lost in between")
    func lost() async throws {
        try await ScriptedServer.run(.relay(fault: .drop(every: 100))) { server in
            let report = try await run(server) { $0.quietLimit = 0.5 }
            #expect(!report.isFlawless)
            #expect(report.lost > 0)
            #expect(report.deliveries + report.lost == report.published * 20)
            #expect(report.outOfOrder == 0)
        }
    }

    @Test("notices when nothing comes any more, and stops")
    func stalled() async throws {
        try await ScriptedServer.run(.relay(fault: .stop(after: 200))) { server in
            let report = try await run(server) { $0.quietLimit = 0.5 }
            #expect(report.lost > 0)
            #expect(report.deliveries + report.lost == report.published * 20)
        }
    }

    @Test("notices what is out of order")
    func reordered() async throws {
        try await ScriptedServer.run(.relay(fault: .swap(every: 50))) { server in
            let report = try await run(server)
            #expect(report.outOfOrder > 0)
            #expect(report.lost == 0)
            #expect(!report.isFlawless)
        }
    }

    @Test("notices connections that end")
    func ended() async throws {
        try await ScriptedServer.run(.relay(fault: .hangUp(after: 200))) { server in
            let report = try await run(server)
            #expect(report.ended > 0)
            #expect(!report.isFlawless)
        }
    }

    @Test("is interrupted with what it has")
    func interrupted() async throws {
        let relayed = Counter()
        var script = ScriptedServer.Script.relay()
        script.onMessage = { [relay = script.onMessage] peer, message in
            relayed.increment()
            relay(peer, message)
        }
        try await ScriptedServer.run(script) { server in
            let report = try await run(server) { options in
                options.messages = nil
                options.duration = 3_600
            } isInterrupted: {
                relayed.value > 100
            }
            #expect(report.wasInterrupted)
            #expect(report.deliveries > 0)
        }
    }

    @Test("says so when the endpoint does not relay, refuses, or is not there")
    func unavailable() async throws {
        try await ScriptedServer.run { server in
            let error = await #expect(throws: WebSocketClientError.self) {
                try await run(server) { $0.readyLimit = 0.3 }
            }
            #expect(error?.message.contains("does not relay") == true)
        }
        var refusing = ScriptedServer.Script()
        refusing.answer = .refuse(HandshakeRefusal(status: 404, reason: "There is no such topic."))
        try await ScriptedServer.run(refusing) { server in
            let error = await #expect(throws: WebSocketClientError.self) { try await run(server) }
            #expect(error?.response?.status == 404)
        }
        let error = await #expect(throws: WebSocketClientError.self) {
            var options = BenchOptions()
            options.url = "ws://127.0.0.1:1/"
            return try await BenchRun(options).run()
        }
        #expect(error?.code == .connectionRefused)
    }

    @Test("prints JSON that programs can read, and text that people can")
    func output() async throws {
        struct Output: Decodable {
            var connections: Int
            var published: Int
            var deliveries: Int
            var lost: Int
            var latency_us: [String: Double]
            var interrupted: Bool
        }
        try await ScriptedServer.run(.relay()) { server in
            let report = try await run(server)
            let output = try JSONDecoder().decode(Output.self, from: Data(report.json.utf8))
            #expect(output.connections == 20)
            #expect(output.published == 500)
            #expect(output.deliveries == 10_000)
            #expect(output.lost == 0)
            #expect(output.latency_us.keys.sorted() == ["max", "p50", "p90", "p99", "p99.9"])
            #expect(!output.interrupted)
            #expect(report.text.contains("delivered    10,000 in "))
            #expect(report.text.contains("lost         0\n"))
        }
    }

    @Test("refuses options that make no sense")
    func options() {
        #expect(BenchOptions().problem == nil)
        let changes: [(inout BenchOptions) -> Void] = [
            { $0.connections = 0 }, { $0.publishers = 0 }, { $0.publishers = 101 }, { $0.size = 55 },
            { $0.size = 1 << 30 }, { $0.messages = 0 }, { $0.duration = 0 }, { $0.duration = .nan },
            { $0.rate = -1 }, { $0.rate = .infinity }, { $0.inFlight = 0 }, { $0.eventLoops = 0 },
        ]
        for change in changes {
            var options = BenchOptions()
            change(&options)
            #expect(options.problem != nil)
        }
    }
}

extension BenchReport: CustomTestStringConvertible {
    /// What the bench would print; the histogram would fill pages.
    public var testDescription: String { json }
}
