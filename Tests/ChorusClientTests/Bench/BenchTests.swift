import ChorusClient
import ChorusCommand
import ChorusTesting
import Histogram
import Testing
import WebSocketWire

@Suite("chorus bench: what it measures")
struct BenchTests {
    @Test("counts every delivery of a relay that loses nothing")
    func flawless() async throws {
        try await ScriptedServer.run(.relay()) { server in
            let report = try await runBench(server)
            #expect(report.published == 500)
            #expect(report.deliveries == 10_000)
            #expect(report.lost == 0)
            #expect(report.outOfOrder == 0)
            #expect(report.isFlawless)
            #expect(report.latencies.totalCount == 10_000)
            #expect(report.latencies.maxRecorded > 0)
            #expect(report.connections == 20)
            #expect(report.handshakes.totalCount == 20)
            #expect(report.isEchoed)
            #expect(report.openTime > 0 && report.publishTime > 0 && report.deliveryTime >= report.publishTime)
        }
    }

    @Test(
        "measures relays that put something around the message, large messages, several publishers and loops",
        arguments: [
            Variant(prefix: "Message: "),
            Variant(size: 64),
            Variant(prefix: "{\"data\":\"", size: 70_000, messages: 20),
            Variant(publishers: 3, eventLoops: 2),
            Variant(publishers: 20, messages: 100),
            Variant(inFlight: 1),
            Variant(rate: 5_000),
            Variant(publishers: 2, rate: 5_000, eventLoops: 3),
            Variant(kind: .binary),
            Variant(audience: .others),
            Variant(audience: .others, publishers: 20, messages: 100, eventLoops: 2),
            Variant(audience: .others, publishers: 2, rate: 2_000),
            Variant(audience: .path, topics: 4, publishers: 4),
            Variant(audience: .path, topics: 3, publishers: 5, messages: 100, eventLoops: 2),
            Variant(audience: .firstMessage, topics: 4, publishers: 8),
        ]
    )
    func variants(_ variant: Variant) async throws {
        let script = ScriptedServer.Script.relay(prefix: variant.prefix, kind: variant.kind, to: variant.audience)
        try await ScriptedServer.run(script) { server in
            let report = try await runBench(server) { options in
                options.url = server.url("/ws/{topic}")
                options.size = variant.size
                options.isBinary = variant.kind == .binary
                options.topics = variant.topics
                options.publishers = variant.publishers
                options.messages = variant.messages
                options.inFlight = variant.inFlight
                options.rate = variant.rate
                options.eventLoops = variant.eventLoops
                if case .firstMessage = variant.audience {
                    options.subscribeMessage = #"{"join":"{topic}"}"#
                    options.publishMessage = #"{"to":"{topic}","text":"{message}"}"#
                }
            }
            #expect(report.isFlawless)
            #expect(report.published == UInt64(variant.messages))
            #expect(report.deliveries == UInt64(variant.deliveries))
            let isEchoed = if case .others = variant.audience { false } else { true }
            #expect(report.isEchoed == isEchoed)
        }
    }

    struct Variant: Sendable {
        var prefix = ""
        var kind = WebSocketOpcode.text
        var audience = ScriptedServer.Script.Audience.everybody
        var topics = 1
        var size = 128
        var publishers = 1
        var messages = 300
        var inFlight: Int?
        var rate: Double?
        var eventLoops = 1

        /// How many there have to be to 20 connections.
        var deliveries: Int {
            (0..<publishers).reduce(0) { sum, publisher in
                let topic = publisher % topics
                let members = 20 / topics + (topic < 20 % topics ? 1 : 0)
                let receivers = if case .others = audience { members - 1 } else { members }
                return sum + receivers * (messages / publishers + (publisher < messages % publishers ? 1 : 0))
            }
        }
    }

    @Test("measures inside TLS too")
    func tls() async throws {
        let certificate = try await TestCertificate.make()
        try await ScriptedServer.run(.relay(), certificate: certificate) { server in
            let report = try await runBench(server) { $0.isInsecure = true }
            #expect(report.isFlawless)
            await #expect(throws: WebSocketClientError.self) { try await runBench(server) }
        }
    }

    @Test("keeps to the rate, and publishes exactly as many as belong into its time")
    func rate() async throws {
        try await ScriptedServer.run(.relay()) { server in
            let report = try await runBench(server) { options in
                options.connections = 2
                options.rate = 500
                options.messages = nil
                options.duration = 0.2
            }
            #expect(report.isFlawless)
            #expect(report.published == 100)
            #expect(report.unpublished == 0)
            // The hundredth message is due 99 intervals after the first one.
            #expect(report.publishTime >= 0.198)
        }
    }

    @Test("stops after its duration")
    func duration() async throws {
        try await ScriptedServer.run(.relay()) { server in
            let report = try await runBench(server) { options in
                options.messages = nil
                options.duration = 0.2
            }
            #expect(report.isFlawless)
            #expect(report.publishTime < 5)
        }
    }

    @Test("what is published to warm up does not count, but what goes wrong then does")
    func warmUp() async throws {
        try await ScriptedServer.run(.relay()) { server in
            let report = try await runBench(server) { $0.warmUp = 0.2 }
            #expect(report.isFlawless)
            #expect(report.published == 500)
            #expect(report.deliveries == 10_000)
            #expect(report.latencies.totalCount == 10_000)
        }
        try await ScriptedServer.run(.relay(fault: .swap(every: 100))) { server in
            let report = try await runBench(server) { options in
                options.warmUp = 0.3
                options.rate = 1_000
                options.messages = 1
            }
            #expect(report.published == 1)
            #expect(report.outOfOrder >= 2 * 20)
        }
    }

    @Test("opens connections at a rate")
    func connectRate() async throws {
        try await ScriptedServer.run(.relay()) { server in
            let report = try await runBench(server) { options in
                options.connectRate = 100
                options.eventLoops = 2
            }
            // the last one of each event loop is due after nine intervals of two hundredths
            #expect(report.openTime >= 0.18)
            #expect(report.isFlawless)
        }
    }

    @Test("sends header fields and what a server wants to hear first")
    func fields() async throws {
        try await ScriptedServer.run(.relay(to: .firstMessage)) { server in
            let report = try await runBench(server) { options in
                options.connections = 2
                options.headers = [("Authorization", "Bearer X"), ("X-Client", "bench")]
                options.subscribeMessage = "join {topic}"
            }
            #expect(report.isFlawless)
            for _ in 0..<2 {
                let peer = try await server.nextPeer()
                #expect(peer.head.first("Authorization") == "Bearer X")
                #expect(peer.head.first("X-Client") == "bench")
                try await peer.expectText("join bench")
            }
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
            let report = try await runBench(server) { options in
                options.messages = nil
                options.duration = 3_600
            } isInterrupted: {
                relayed.value > 100
            }
            #expect(report.wasInterrupted)
            #expect(report.deliveries > 0)
        }
    }

    @Test("is interrupted while it opens connections, too")
    func interruptedEarly() async throws {
        var waiting = ScriptedServer.Script()
        waiting.answer = .ignore
        try await ScriptedServer.run(waiting) { server in
            let report = try await runBench(server) { _ in
            } isInterrupted: {
                true
            }
            #expect(report.wasInterrupted)
            #expect(report.connections == 0 && report.published == 0)
            #expect(report.isFlawless)
        }
    }
}
