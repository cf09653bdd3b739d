import ChorusTesting
import Foundation
import Testing

@Suite("Out of file descriptors")
struct FileLimitTests {
    @Test("those who are connected are served, the log says it once, and there is room again when some have gone")
    func full() async throws {
        let limit = 80
        let chorus = try serve("--event-loops", "1", shell: #"ulimit -n \#(limit); exec "$0" "$@""#)
        let url = "ws://127.0.0.1:\(try await chorus.port())/ws"
        // The server has files of its own (and what it was started with), so one of these is not answered.
        var clients: [TestClient] = []
        while clients.count < limit, let client = try? await connect(url, within: 3) { clients.append(client) }
        #expect((5..<limit).contains(clients.count))
        try await eventually("it is logged") { chorus.errors.contains("cannot accept connections") }
        for round in 0..<3 {
            try await clients[round].send("\(round)")
            for client in clients { try await client.expect("Message: \(round)") }
        }
        for _ in 0..<5 { try await clients.removeLast().close() }
        let late = try await connect(url, within: 10)
        try await late.send("in")
        for client in clients + [late] { try await client.expect("Message: in") }
        #expect(chorus.errors.split(separator: "\n").filter { $0.contains("cannot accept") }.count == 1)
        chorus.signal(SIGTERM)
        #expect(try await chorus.exitCode() == 0)
    }

    private func connect(_ url: String, within seconds: Double) async throws -> TestClient {
        try await withTimeout(seconds, "connecting") { try await TestClient.connect(to: url) }
    }
}
