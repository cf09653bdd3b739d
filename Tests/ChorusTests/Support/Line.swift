import ChorusCore
import ChorusTesting
import Foundation
import NIOCore
import WebSocketWire

/// What a client of `?format=json` receives.
struct Line: Decodable, Equatable {
    struct Person: Decodable, Equatable {
        var id: String
        var user: String?
        var info: Info?
    }

    struct Info: Decodable, Equatable {
        var name: String?
        var colour: String?
    }

    var topic: String?
    var data: String?
    var notice: String?
    var offset: UInt64?
    var epoch: UInt64?
    var time: Int64?
    var edge: UInt64?
    var session: String?
    var heartbeat: Int?
    var key: String?
    var members: [Person]?
    var sessions: Int?
    var users: Int?
    var message: Int?
    var code: String?
    var reason: String?

    /// Reads an envelope.
    init(_ payload: ByteBuffer) throws {
        self = try JSONDecoder().decode(Line.self, from: Data(payload.readableBytesView))
    }

    var position: Position { Position(epoch: epoch ?? 0, offset: offset ?? 0) }
}

extension TestServer {
    /// A client that has been told that it is subscribed.
    func toldClient(_ path: String) async throws -> TestClient {
        let client = try await client(path)
        let start = try await client.line()
        guard start.notice == "subscribed" else { throw TestFailure("expected to be subscribed, got \(start)") }
        return client
    }
}

extension TestClient {
    /// The next messages, which must be envelopes.
    func lines(_ count: Int) async throws -> [Line] {
        try await collect(count).map { try Line($0.payload) }
    }

    func line() async throws -> Line { try await lines(1)[0] }

    /// The next envelope that is no notice of who is there.
    func news() async throws -> Line {
        while true {
            let line = try await line()
            if !["join", "leave", "presence"].contains(line.notice) { return line }
        }
    }
}
