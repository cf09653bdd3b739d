import ChorusTesting
import Foundation
import Testing

@Suite("Out of file descriptors")
struct FileLimitTests {
    @Test("those who are connected are served, the log says it once, and there is room again when some have gone")
    func full() async throws {
        let chorus = try serve("--event-loops", "1", fileLimit: 40)
        let url = "ws://127.0.0.1:\(try await chorus.port())/ws"
        var clients: [TestClient] = []
        // more than 40 files are not to be had, so one of these is not answered
        while clients.count < 60 {
            guard let client = try? await withTimeout(2, "connecting", operation: { try await TestClient.connect(to: url) })
            else { break }
            clients.append(client)
        }
        #expect((10..<40).contains(clients.count))
        try await eventually("it is logged") { chorus.errors.contains("cannot accept connections") }
        for round in 0..<3 {
            try await clients[round].send("\(round)")
            for client in clients { try await client.expect("Message: \(round)") }
        }
        for _ in 0..<5 { try await clients.removeLast().close() }
        let late = try await withTimeout(10, "getting in", operation: { try await TestClient.connect(to: url) })
        try await late.send("in")
        for client in clients + [late] { try await client.expect("Message: in") }
        #expect(chorus.errors.split(separator: "\n").filter { $0.contains("cannot accept") }.count == 1)
        chorus.signal(SIGTERM)
        #expect(try await chorus.exitCode() == 0)
    }
}
