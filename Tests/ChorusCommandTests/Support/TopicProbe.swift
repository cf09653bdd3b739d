import ChorusClient
import ChorusTesting
import Foundation
import NIOCore

/// A topic of a server that runs, as its clients see it.
struct TopicProbe: Sendable {
    /// What `?format=json` says of a message, besides its data.
    struct Line: Decodable, Sendable {
        var notice: String?
        var key: String?
        var offset: UInt64?
        var time: Int64?
    }

    let port: Int
    let name: String

    init(_ name: String, port: Int) {
        self.name = name
        self.port = port
    }

    /// - Parameter limit: in seconds, for everything that it is asked to wait for.
    func client(_ query: String = "", limit: Double = 10) async throws -> TestClient {
        let url = "ws://127.0.0.1:\(port)/ws/\(name.percentEncoded)\(query.isEmpty ? "" : "?" + query)"
        return try await TestClient.connect(to: url, limit: limit)
    }

    /// All that the topic has kept, which must be so many texts.
    func texts(_ count: Int) async throws -> [String] {
        let client = try await client("last=1000000", limit: 60)
        let texts = try await client.collect(count).compactMap(\.text)
        try await client.expectNothing()
        return texts
    }

    /// The same, as envelopes.
    func lines(_ count: Int) async throws -> [Line] {
        let client = try await client("last=1000000&format=json", limit: 60)
        var lines: [Line] = []
        while lines.count < count {
            let payload = try await client.next().payload
            let line = try JSONDecoder().decode(Line.self, from: Data(payload.readableBytesView))
            if line.notice == nil { lines.append(line) }
        }
        return lines
    }

    /// Waits until so many are subscribed.
    func expectSubscribers(_ count: Int, of server: ChorusProcess) async throws {
        try await eventually("\(count) subscriber(s) of \(name)") {
            try await server.ask("/api/presence_stats", post: #"{"channel":"\#(name)"}"#).body
                .contains(#""num_clients":\#(count),"#)
        }
    }
}

extension ChorusProcess {
    /// `http://127.0.0.1:PORT`, for `--url`.
    func url() async throws -> String { "http://127.0.0.1:\(try await port())" }

    /// Publishes through the HTTP API, and returns when it is accepted.
    ///
    /// - Parameter data: one JSON value.
    func publish(_ data: String, to topic: String) async throws {
        let answer = try await ask("/api/publish", post: #"{"channel":"\#(topic)","data":\#(data)}"#)
        guard answer.status == 200, answer.body.hasPrefix(#"{"result":"#) else { throw TestFailure(answer.body) }
    }
}
