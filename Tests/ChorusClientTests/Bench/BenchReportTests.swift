import ChorusCommand
import Foundation  // an independent parser of JSON
import Histogram
import Synchronization
import Testing

@Suite("chorus bench: what it says")
struct BenchReportTests {
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
            let report = try await runBench(server) { $0.url = server.url("/ws?token=secret") }
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
}
