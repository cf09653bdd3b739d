import ChorusClient
import ChorusTesting
import Foundation
import NIOSSL
import Testing
import WebSocketWire

/// The server with the very configuration of docs/configuration.md, but for the port.
@Suite("Ten lines for production")
struct ProductionTests {
    private static let secret = "a long secret that nobody guesses"

    private let folder: TemporaryFolder
    private let certificate: TestCertificate

    init() async throws {
        folder = try TemporaryFolder()
        certificate = try await TestCertificate.make()
        try folder.replace("chorus.json", with: try ConfigurationPage.production())
        try folder.replace("chain.pem", with: try String(contentsOfFile: certificate.certificatePath, encoding: .utf8))
        try folder.replace("key.pem", with: try String(contentsOfFile: certificate.keyPath, encoding: .utf8))
        try folder.replace("api-keys", with: "a key of the backend\nanother\n")
    }

    private func start() throws -> ChorusProcess {
        let shell = #"cd "\#(folder.path)" && exec "$0" "$@""#
        return try ChorusProcess(["serve", "--port", "0"], shell: shell)
    }

    private func token(_ user: String, secret: String = ProductionTests.secret) async throws -> String {
        let shell = #"export CHORUS_TOKENS_HMAC_SECRET="\#(secret)"; exec "$0" "$@""#
        return try #require(try await runChorus("token", "--user", user, shell: shell).lines.first)
    }

    /// Publishes with the command line, which asks the HTTP API over TLS.
    private func publish(
        _ topic: String,
        _ text: String,
        _ arguments: String...,
        key: String?,
        port: Int
    ) async throws -> Ending {
        let shell = key.map { #"export CHORUS_API_KEY="\#($0)"; exec "$0" "$@""# }
        let all = ["publish", topic, text, "--url", "https://localhost:\(port)", "--insecure"] + arguments
        return try await ChorusProcess(all, shell: shell).end()
    }

    private func connect(_ port: Int, _ path: String, origin: String? = nil) async throws -> TestClient {
        var configuration = WebSocketClientConfiguration()
        configuration.tlsConfiguration.trustRoots = .file(certificate.authorityPath)
        if let origin { configuration.headers = [("Origin", origin)] }
        return try await TestClient.connect(to: "wss://localhost:\(port)\(path)", configuration: configuration)
    }

    /// The status with which a WebSocket is refused.
    private func refusal(_ port: Int, _ path: String, origin: String? = nil) async throws -> Int? {
        do {
            _ = try await connect(port, path, origin: origin)
            return nil
        } catch let error as WebSocketClientError {
            return error.response?.status
        }
    }

    @Test("keys, tokens, TLS, origins and namespaces are what the page says they are")
    func production() async throws {
        let chorus = try start()
        let port = try await chorus.port()
        let (ann, forged) = (try await token("ann"), try await token("ann", secret: "another one, which is as long"))

        // TLS, and tokens: without it, without one, and with a wrong one nobody comes in
        await #expect(throws: (any Error).self) {
            try await TestClient.connect(to: "ws://localhost:\(port)/ws/chat:1?token=\(ann)")
        }
        #expect(try await refusal(port, "/ws/chat:1") == 401)
        #expect(try await refusal(port, "/ws/chat:1?token=\(forged)") == 401)
        // origins: a page of that site, and of no other
        #expect(try await refusal(port, "/ws/chat:1?token=\(ann)", origin: "https://example.org") == 403)
        let reader = try await connect(port, "/ws/chat:1?token=\(ann)", origin: "https://example.com")

        // the same for SDKs of Centrifuge
        let stranger = try await connect(port, "/connection/websocket")
        try await stranger.send(#"{"id":1,"connect":{"token":"\#(forged)"}}"#)
        try await stranger.expectClose(WebSocketCloseCode(rawValue: 3500))
        #expect(try await refusal(port, "/connection/websocket", origin: "https://example.org") == 403)
        let sdk = try await connect(port, "/connection/websocket", origin: "https://example.com")
        try await sdk.send(#"{"id":1,"connect":{"token":"\#(ann)"}}"#)
        #expect(try await sdk.next().text?.hasPrefix(#"{"id":1,"connect":{"#) == true)

        // keys: a backend that has one of them publishes
        for key in [nil, "a key of somebody"] as [String?] {
            let refused = try await publish("chat:1", "not published", key: key, port: port)
            #expect(refused.code == 77 && refused.errors.contains("401"), "\(refused)")
        }
        for key in ["a key of the backend", "another"] {
            let published = try await publish("chat:1", "with \(key)", key: key, port: port)
            #expect(published.code == 0, "\(published)")
            try await reader.expect("with \(key)")
        }

        // the namespace chat: who has a token publishes there, and nowhere else
        try await reader.send("from a client")
        try await reader.expect("from a client")
        let publish = #"{"id":2,"publish":{"channel":"chat:1","data":"from an SDK"}}"#
        try await sdk.send(publish)
        try await sdk.expect(#"{"id":2,"publish":{}}"#)
        try await reader.expect("from an SDK")
        for topic in ["prices:1", "news"] {
            try await sdk.send(publish.replacingOccurrences(of: "chat:1", with: topic))
            #expect(try await sdk.next().text?.contains(#""code":103"#) == true)
            let other = try await connect(port, "/ws/\(topic)?token=\(ann)")
            try await other.send("not published")
            try await other.expectClose(.policyViolation)
        }

        // the namespace prices: who comes gets the newest of every key
        for (key, text) in [("A", "1"), ("B", "2"), ("A", "3")] {
            let published = try await self.publish("prices:1", text, "--key", key, key: "another", port: port)
            #expect(published.code == 0, "\(published)")
        }
        let late = try await connect(port, "/ws/prices:1?latest&token=\(ann)")
        try await late.expect(["2", "3"])
        try await late.expectNothing()
        #expect(chorus.isRunning)
    }
}
