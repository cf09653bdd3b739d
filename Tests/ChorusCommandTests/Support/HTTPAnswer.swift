import ChorusTesting
import Foundation
import NIOCore

/// An answer over HTTP.
struct HTTPAnswer: Sendable {
    let status: Int
    let head: String
    let body: String

    /// - Parameter text: all that came until the connection ended.
    init(_ text: String) throws {
        guard let end = text.range(of: "\r\n\r\n"), text.hasPrefix("HTTP/1.1 "),
            let status = Int(text.dropFirst(9).prefix(3))
        else { throw TestFailure("not an answer: \(text)") }
        self.status = status
        head = String(text[..<end.lowerBound])
        body = String(text[end.upperBound...])
    }

    /// The first header field of that name.
    func header(_ name: String) -> String? {
        for line in head.components(separatedBy: "\r\n").dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2, parts[0].lowercased() == name.lowercased() {
                return parts[1].trimmingCharacters(in: .whitespaces)
            }
        }
        return nil
    }

    /// The body as a JSON object.
    var json: [String: Any] {
        get throws {
            let object = try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]
            guard let object else { throw TestFailure("no object: \(body)") }
            return object
        }
    }
}

extension ChorusProcess {
    /// Asks for a path, over a connection of its own.
    func ask(_ path: String, headers: [String] = [], post body: String? = nil) async throws -> HTTPAnswer {
        let port = try await port()
        var lines = ["\(body == nil ? "GET" : "POST") \(path) HTTP/1.1"]
        lines += ["Host: 127.0.0.1:\(port)", "Connection: close"] + headers
        if let body { lines += ["Content-Type: application/json", "Content-Length: \(body.utf8.count)"] }
        let client = try await RawClient.connect(port: port)
        try await client.send(lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? ""))
        return try HTTPAnswer(String(buffer: try await client.readToEnd().rest))
    }

    /// Publishes to everybody of `/ws` through the HTTP API.
    func publish(headers: [String] = []) async throws -> HTTPAnswer {
        try await ask("/api/publish", headers: headers, post: #"{"channel":"lobby","data":"from a backend"}"#)
    }
}
