import ChorusClient
import ChorusCommand
import ChorusTesting
import Foundation
import Histogram
import NIOCore
import Synchronization
import Testing
import WebSocketWire

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
            let report = try await run(server) { options in
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
            let report = try await run(server) { $0.isInsecure = true }
            #expect(report.isFlawless)
            await #expect(throws: WebSocketClientError.self) { try await run(server) }
        }
    }

    @Test("keeps to the rate, and publishes exactly as many as belong into its time")
    func rate() async throws {
        try await ScriptedServer.run(.relay()) { server in
            let report = try await run(server) { options in
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

    @Test("at a rate tells what was due and could not be sent, because the server does not read any more")
    func unpublished() async throws {
        var script = ScriptedServer.Script.relay()
        script.onMessage = { [relay = script.onMessage, large = Counter()] peer, message in
            relay(peer, message)
            if message.payload.readableBytes > 1_000_000, large.increment() == 5 {
                peer.channel.setOption(.autoRead, value: false).whenComplete { _ in }
            }
        }
        try await ScriptedServer.run(script) { server in
            let report = try await run(server) { options in
                options.connections = 1
                options.size = 1_500_000
                options.rate = 50
                options.messages = nil
                options.duration = 0.6
                options.quietLimit = 0.5
            }
            #expect(report.unpublished > 0)
            #expect(report.published + report.unpublished == 30)
            #expect(report.text.contains("were due and not taken in time"))
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

    @Test("what is published to warm up does not count, but what goes wrong then does")
    func warmUp() async throws {
        try await ScriptedServer.run(.relay()) { server in
            let report = try await run(server) { $0.warmUp = 0.2 }
            #expect(report.isFlawless)
            #expect(report.published == 500)
            #expect(report.deliveries == 10_000)
            #expect(report.latencies.totalCount == 10_000)
        }
        try await ScriptedServer.run(.relay(fault: .swap(every: 100))) { server in
            let report = try await run(server) { options in
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
            let report = try await run(server) { options in
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
            let report = try await run(server) { options in
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

    @Test("notices what comes again, which does not make up for what is lost")
    func repeated() async throws {
        try await ScriptedServer.run(.relay(fault: .repeat(every: 100))) { server in
            let report = try await run(server)
            #expect(report.duplicates >= 4 * 20)
            #expect(report.deliveries == 10_000)
            #expect(report.lost == 0 && report.outOfOrder == 0)
            #expect(!report.isFlawless)
        }
    }

    @Test("notices what comes to the wrong topic")
    func misdelivered() async throws {
        try await ScriptedServer.run(.relay(to: .path, fault: .misdeliver(every: 50))) { server in
            let report = try await run(server) { options in
                options.url = server.url("/ws/{topic}")
                options.topics = 2
            }
            #expect(report.misdelivered > 0)
            #expect(report.lost == 0 && report.outOfOrder == 0)
            #expect(!report.isFlawless)
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

    @Test("is interrupted while it opens connections, too")
    func interruptedEarly() async throws {
        var waiting = ScriptedServer.Script()
        waiting.answer = .ignore
        try await ScriptedServer.run(waiting) { server in
            let report = try await run(server) { _ in
            } isInterrupted: {
                true
            }
            #expect(report.wasInterrupted)
            #expect(report.connections == 0 && report.published == 0)
            #expect(report.isFlawless)
        }
    }

    @Test("says how far it is, once a second")
    func progress() async throws {
        let lines = Mutex<[String]>([])
        try await ScriptedServer.run(.relay()) { server in
            var options = BenchOptions()
            options.url = server.url()
            options.rate = 100
            options.duration = 2.5
            let run = try await BenchRun(options, progress: { line in lines.withLock { $0.append(line) } })
            #expect(try await run.run().isFlawless)
        }
        let pattern = #/(\d+) of 2 s, published [\d.,]+ a second, delivered [\d,.]+ a second/#
        let said = lines.withLock { $0 }
        let seconds = said.compactMap { $0.wholeMatch(of: pattern).flatMap { Int($0.output.1) } }
        #expect(seconds.count >= 2, "\(said)")
        #expect(zip(seconds, seconds.dropFirst()).allSatisfy(<), "\(said)")
    }

    @Test("says so when the endpoint does not relay, refuses, or is not there")
    func unavailable() async throws {
        try await ScriptedServer.run { server in
            let error = await #expect(throws: WebSocketClientError.self) {
                try await run(server) { $0.readyLimit = 0.3 }
            }
            #expect(error?.message.contains("does not relay") == true)
        }
        // nobody else could receive it
        try await ScriptedServer.run(.relay(to: .others)) { server in
            _ = await #expect(throws: WebSocketClientError.self) {
                try await run(server) { options in
                    options.connections = 1
                    options.readyLimit = 1
                }
            }
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
            struct Server: Decodable {
                var pids: [Int32]
                var connect_cpu_seconds: Double
                var publish_cpu_seconds: Double
                var cpu_cores: Double
                var cpu_us_per_delivery: Double
                var memory_before_bytes: Int
                var memory_connected_bytes: Int
                var memory_max_bytes: Int
            }

            var url: String
            var topics: Int
            var connections: Int
            var connect_seconds: Double
            var connections_per_second: Double
            var handshake_us: [String: Double]
            var publishers: Int
            var message_bytes: Int
            var rate_per_second: Double?
            var in_flight: Int?
            var published: Int
            var publish_seconds: Double
            var published_per_second: Double
            var unpublished: Int
            var refused: Int
            var answer_us: [String: Double]?
            var deliveries: Int
            var delivery_seconds: Double
            var deliveries_per_second: Double
            var latency_us: [String: Double]
            var lost: Int
            var out_of_order: Int
            var duplicates: Int
            var misdelivered: Int
            var ended_early: Int
            var server: Server?
            var bench_cores: Double
            var interrupted: Bool
        }
        try await ScriptedServer.run(.relay()) { server in
            let report = try await run(server) { $0.url = server.url("/ws?token=secret") }
            let output = try JSONDecoder().decode(Output.self, from: Data(report.json.utf8))
            #expect(output.url == server.url("/ws"))
            #expect(output.connections == 20)
            #expect(output.in_flight == 16)
            #expect(output.rate_per_second == nil)
            #expect(output.published == 500)
            #expect(output.deliveries == 10_000)
            #expect(output.lost == 0)
            let keys = ["max", "mean", "p50", "p90", "p99", "p99.9", "p99.99"]
            #expect(output.latency_us.keys.sorted() == keys)
            #expect(output.handshake_us.keys.sorted() == keys)
            #expect(output.answer_us == nil)
            #expect(output.latency_us["max"] == (Double(report.latencies.maxRecorded) / 100).rounded() / 10)
            #expect(output.deliveries_per_second > 0 && output.bench_cores > 0)
            #expect(!output.interrupted)
            #expect(report.text.contains("delivered    10,000 in "))
            #expect(report.text.contains("lost         0\n"))
            if ServerProcess.isSupported {
                #expect(output.server?.pids == [getpid()])
                #expect(output.server.map { $0.memory_max_bytes >= $0.memory_connected_bytes } == true)
                #expect(report.text.contains("server       "))
            }
        }
    }

    @Test("refuses options that make no sense")
    func options() {
        #expect(BenchOptions().problem == nil)
        let changes: [(inout BenchOptions) -> Void] = [
            { $0.connections = 0 }, { $0.publishers = 0 }, { $0.publishers = 101 }, { $0.size = 63 },
            { $0.size = 1 << 30 }, { $0.messages = 0 }, { $0.duration = 0 }, { $0.duration = .nan },
            { $0.rate = -1 }, { $0.rate = .infinity }, { $0.inFlight = 0 }, { $0.eventLoops = 0 },
            { $0.topics = 0 }, { $0.topics = 101 }, { $0.topic = "a b" }, { $0.topic = "" }, { $0.connectRate = 0 },
            { $0.publishMessage = "{topic}" }, { $0.warmUp = -1 }, { $0.headers = [("a b", "c")] },
            { $0.headers = [("a", "b\r\nc")] }, { $0.serverProcesses = [0] },
            { ($0.topics, $0.publishers) = (3, 2) }, { ($0.topics, $0.url) = (2, "ws://127.0.0.1/ws") },
            { ($0.rate, $0.inFlight) = (1, 1) }, { ($0.publishURL, $0.inFlight) = ("http://127.0.0.1/", 1) },
            { ($0.publishURL, $0.isBinary) = ("http://127.0.0.1/", true) },
        ]
        for change in changes {
            var options = BenchOptions()
            change(&options)
            #expect(options.problem != nil)
        }
        var options = BenchOptions()
        (options.topics, options.url, options.subscribeMessage) = (2, "ws://127.0.0.1/ws", "join {topic}")
        #expect(options.problem == nil)
        (options.publishURL, options.publishers) = ("http://127.0.0.1/", 1_000)
        #expect(options.problem == nil)
    }
}

extension BenchReport: CustomTestStringConvertible {
    /// What the bench would print; the histogram would fill pages.
    public var testDescription: String { json }
}
