import ChorusClient
package import ChorusTesting
import Synchronization
import WebSocketWire

/// A client of the Centrifuge protocol in JSON, which sees every reply and push as it is.
package final class CentrifugeClient: Sendable {
    package let socket: TestClient
    private let state = Mutex((id: 0, inbox: [JSON]()))

    package init(_ socket: TestClient) { self.socket = socket }

    /// Connects to a server of this machine.
    ///
    /// - Parameter origin: of the page that it is on, if it is on one.
    package convenience init(port: Int, origin: String? = nil) async throws {
        var configuration = WebSocketClientConfiguration()
        if let origin { configuration.headers = [("Origin", origin)] }
        let url = "ws://127.0.0.1:\(port)/connection/websocket"
        self.init(try await TestClient.connect(to: url, configuration: configuration))
    }

    /// Sends a command without its number, such as `"subscribe":{"channel":"room"}`, and returns the whole reply. What
    /// comes before stays to be received.
    @discardableResult
    package func ask(_ command: String) async throws -> JSON {
        let id = state.withLock { state in
            state.id += 1
            return state.id
        }
        try await socket.send(#"{"id":\#(id),\#(command)}"#)
        return try await reply(id)
    }

    /// The reply to a command.
    package func reply(_ id: Int) async throws -> JSON {
        try await first { $0["id"]?.int == id }
    }

    /// The result of a command. Throws when that was an error.
    @discardableResult
    package func result(_ command: String) async throws -> JSON {
        let reply = try await ask(command)
        guard let result = reply.fields.first(where: { $0.key != "id" && $0.key != "error" }) else {
            throw TestFailure("expected a result, got \(reply)")
        }
        return result.value
    }

    /// The code of the error that a command is answered with.
    package func error(_ command: String) async throws -> Int {
        let reply = try await ask(command)
        guard let code = reply["error"]?["code"]?.int else { throw TestFailure("expected an error, got \(reply)") }
        return code
    }

    /// The code of the error that a command is answered with; `nil` if it is carried out.
    package func refusal(_ command: String) async throws -> Int? {
        try await ask(command)["error"]?["code"]?.int
    }

    /// The next push.
    package func push() async throws -> JSON {
        let push = try await first { $0["push"] != nil }
        return push["push"] ?? .null
    }

    /// The next publication's push; other pushes are passed over.
    package func publication() async throws -> JSON {
        while true {
            let push = try await push()
            if push["pub"] != nil { return push }
        }
    }

    /// What the next so many publications are; other pushes are passed over.
    package func publications(_ count: Int) async throws -> [JSON] {
        var publications: [JSON] = []
        while publications.count < count { publications.append(try await publication()["pub"] ?? .null) }
        return publications
    }

    /// The connection has to end with this code.
    package func expectClose(_ code: UInt16) async throws {
        try await socket.expectClose(WebSocketCloseCode(rawValue: code))
    }

    /// Nothing may have come that was not taken.
    package func expectNothing() async throws {
        let rest = state.withLock { $0.inbox }
        guard rest.isEmpty else { throw TestFailure("expected nothing, got \(rest)") }
        try await socket.expectNothing()
    }

    private func first(where matches: (JSON) -> Bool) async throws -> JSON {
        while true {
            let found: JSON? = state.withLock { state in
                guard let index = state.inbox.firstIndex(where: matches) else { return nil }
                return state.inbox.remove(at: index)
            }
            if let found { return found }
            let message = try await socket.next()
            guard let text = message.text else { throw TestFailure("expected JSON, got a binary message") }
            let replies = try text.split(separator: "\n").map { try JSON(parsing: String($0)) }
            state.withLock { $0.inbox += replies }
        }
    }
}
