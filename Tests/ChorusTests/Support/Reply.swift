import ChorusTesting
import NIOCore

/// An answer over HTTP.
struct Reply: Sendable {
    let status: Int
    let head: String
    let body: String

    /// The first header field of that name.
    func header(_ name: String) -> String? {
        for line in head.split(separator: "\r\n").dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts[0].lowercased() == name.lowercased() {
                return String(parts[1].drop { $0 == " " })
            }
        }
        return nil
    }
}

extension RawClient {
    /// Reads one answer: its head, and as much of a body as it announces.
    func reply(within seconds: Double = 10) async throws -> Reply {
        let head = try await read(through: "\r\n\r\n", within: seconds)
        let parts = head.split(separator: " ", maxSplits: 2)
        guard parts.count == 3, parts[0] == "HTTP/1.1", let status = Int(parts[1]) else {
            throw TestFailure("not an answer: \(head)")
        }
        let reply = Reply(status: status, head: head, body: "")
        guard let length = reply.header("Content-Length").flatMap({ Int($0) }), length > 0 else { return reply }
        return Reply(status: status, head: head, body: String(buffer: try await read(length, within: seconds)))
    }

    /// Sends a request and reads the answer.
    func ask(_ request: String) async throws -> Reply {
        try await send(request)
        return try await reply()
    }

    /// The answer has to have this status, to say why, and to be the last of its connection.
    @discardableResult
    func expectRefusal(_ status: Int, within seconds: Double = 10) async throws -> Reply {
        let reply = try await reply(within: seconds)
        guard reply.status == status, !reply.body.isEmpty else {
            throw TestFailure("expected \(status) with a reason, got \(reply.head)\(reply.body)")
        }
        let (rest, end) = try await readToEnd(within: seconds)
        guard rest.readableBytes == 0, end == .closed else {
            throw TestFailure("after \(status): \(rest.readableBytes) bytes, \(end)")
        }
        return reply
    }
}
