import ChorusClient
import ChorusTesting
import Foundation
import Synchronization
import WebSocketWire

/// A client of the Centrifuge protocol as SDKs are, in JSON: it numbers its commands, and finds the replies to them.
final class SDKClient: Sendable {
    private let socket: TestClient
    private let state = Mutex((commands: 0, inbox: [SDKReply]()))

    /// - Parameter origin: of the page that it is on, if it is on one.
    init(port: Int, origin: String? = nil) async throws {
        var configuration = WebSocketClientConfiguration()
        if let origin { configuration.headers = [("Origin", origin)] }
        let url = "ws://127.0.0.1:\(port)/connection/websocket"
        socket = try await TestClient.connect(to: url, configuration: configuration)
    }

    /// Sends a command without its number, such as `"subscribe":{"channel":"room"}`, and returns the reply. What comes
    /// before stays to be received.
    @discardableResult
    func ask(_ command: String) async throws -> SDKReply {
        let id = state.withLock { state in
            state.commands += 1
            return state.commands
        }
        try await socket.send(#"{"id":\#(id),\#(command)}"#)
        return try await first { $0.id == id }
    }

    /// The code of the error that a command is answered with; `nil` if it is carried out.
    func error(_ command: String) async throws -> Int? {
        try await ask(command).error?.code
    }

    /// - Parameter positions: where subscriptions of the server's are to go on, as the protocol's `subs`.
    @discardableResult
    func connect(_ token: String, positions: String = "{}") async throws -> SDKReply.Connected {
        let reply = try await ask(#""connect":{"token":"\#(token)","subs":\#(positions)}"#)
        guard let connected = reply.connect else { throw TestFailure("not connected: \(reply)") }
        return connected
    }

    /// - Parameter more: fields of the command, each after a comma.
    @discardableResult
    func subscribe(_ channel: String, _ more: String = "") async throws -> SDKReply.Subscribed {
        let reply = try await ask(#""subscribe":{"channel":"\#(channel)"\#(more)}"#)
        guard let subscribed = reply.subscribe else { throw TestFailure("not subscribed to \(channel): \(reply)") }
        return subscribed
    }

    /// The next push.
    func push() async throws -> SDKReply.Push? {
        try await first { $0.push != nil }.push
    }

    /// The next so many publications; other pushes are passed over.
    func publications(_ count: Int) async throws -> [SDKReply.Publication] {
        var publications: [SDKReply.Publication] = []
        while publications.count < count {
            if let publication = try await push()?.pub { publications.append(publication) }
        }
        return publications
    }

    /// Nothing may have come that was not taken.
    func expectNothing() async throws {
        let rest = state.withLock { $0.inbox }
        guard rest.isEmpty else { throw TestFailure("expected nothing, got \(rest)") }
        try await socket.expectNothing()
    }

    /// Sends a command to which there is no reply: the connection has to end, and with this code.
    func expectClose(_ code: UInt16, after command: String) async throws {
        try await socket.send(#"{"id":1000,\#(command)}"#)
        try await socket.expectClose(WebSocketCloseCode(rawValue: code))
    }

    private func first(where matches: (SDKReply) -> Bool) async throws -> SDKReply {
        while true {
            let found: SDKReply? = state.withLock { state in
                guard let index = state.inbox.firstIndex(where: matches) else { return nil }
                return state.inbox.remove(at: index)
            }
            if let found { return found }
            let message = try await socket.next()
            let replies = try (message.text ?? "").split(separator: "\n").map { line in
                try JSONDecoder().decode(SDKReply.self, from: Data(line.utf8))
            }
            state.withLock { $0.inbox += replies }
        }
    }
}
