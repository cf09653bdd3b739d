import ChorusClient
import ChorusTesting
import Foundation
import Testing

@Suite("Reading the configuration again")
struct ReloadTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func write(_ text: String) throws { try folder.replace("chorus.json", with: text) }

    private func start(_ options: String...) throws -> ChorusProcess {
        try ChorusProcess(["serve", "--port", "0", "--config", folder.file("chorus.json")] + options)
    }

    /// Tells the server, and waits until it has said that it has read it for the nth time.
    private func reload(
        _ chorus: ChorusProcess,
        _ times: Int = 1,
        saying text: String = "has been read again"
    ) async throws {
        chorus.signal(SIGHUP)
        try await eventually("it says \(text): \(chorus.errors)") {
            chorus.errors.components(separatedBy: text).count > times
        }
    }

    @Test("namespaces, origins, keys and the log level change, and connections stay")
    func changes() async throws {
        try write(#"{"api": {"key": "old"}, "namespaces": [{"name": "chat", "publishers": "server"}]}"#)
        let chorus = try start()
        let url = "ws://127.0.0.1:\(try await chorus.port())/ws/chat:1"
        let reader = try await TestClient.connect(to: url)
        try await TestClient.connect(to: url).expectRefusal(of: "hi")
        var page = WebSocketClientConfiguration()
        page.headers = [("Origin", "https://example.com")]
        await #expect(throws: WebSocketClientError.self) { try await TestClient.connect(to: url, configuration: page) }
        try write(
            """
            {"api": {"key": "new"}, "log_level": "debug", "origins": ["https://example.com"],
             "namespaces": [{"name": "chat", "publishers": "anyone"}]}
            """
        )
        try await reload(chorus)
        let writer = try await TestClient.connect(to: url)
        try await writer.send("hi")
        try await reader.expect("hi")
        #expect(try await chorus.publish(headers: ["X-API-Key: old"]).status == 401)
        #expect(try await chorus.publish(headers: ["X-API-Key: new"]).status == 200)
        // at the level of before this would not be logged
        #expect(chorus.errors.contains("refused a request to the API"))
        _ = try await TestClient.connect(to: url, configuration: page)
    }

    @Test("a file that is wrong changes nothing, and what is wrong is in the log")
    func wrong() async throws {
        let tokens = #""tokens": {"hmac_secret": "a secret of tests, which has more than 32 bytes""#
        try write(#"{"api": {"key": "old"}, \#(tokens)}}"#)
        let chorus = try start()
        _ = try await chorus.port()
        try write(#"{"api": {"key": "new"}, "namespaces": [{"name": "a:b"}]}"#)
        try await reload(chorus, saying: "the configuration in use stays")
        #expect(chorus.errors.contains("chorus.json:1:49"), "\(chorus.errors)")
        #expect(try await chorus.publish(headers: ["X-API-Key: new"]).status == 401)
        try write(#"{"api": {"key": "new"#)
        try await reload(chorus, 2, saying: "the configuration in use stays")
        try FileManager.default.removeItem(atPath: folder.file("chorus.json"))
        try await reload(chorus, 3, saying: "the configuration in use stays")
        // whoever asks again is answered again
        try await reload(chorus, 4, saying: "the configuration in use stays")
        // what only the files behind it show is as good a reason
        try folder.replace("empty", with: "\n")
        try write(#"{"api": {"key": "new"}, \#(tokens), "jwks_file": "\#(folder.file("empty"))"}}"#)
        try await reload(chorus, 5, saying: "the configuration in use stays")
        #expect(try await chorus.publish(headers: ["X-API-Key: new"]).status == 401)
        #expect(try await chorus.publish(headers: ["X-API-Key: old"]).status == 200)
        // and then it is right
        try write(#"{"api": {"key": "new"}, \#(tokens)}}"#)
        try await reload(chorus)
        #expect(try await chorus.publish(headers: ["X-API-Key: new"]).status == 200)
    }

    @Test("what needs a restart is named, and the rest is taken; options still weigh more")
    func restart() async throws {
        try write(#"{"listen": {"port": 1}, "api": {"key": "old"}}"#)
        let chorus = try start("--echo")
        let port = try await chorus.port()
        try write(
            #"{"listen": {"port": 2, "host": "::1"}, "echo": false, "api": {"key": "new"}, "demo": {"enabled": true}}"#
        )
        try await reload(chorus, saying: "started again")
        let line = chorus.errors.split(separator: "\n").first { $0.contains("started again") } ?? ""
        #expect(line.contains("listen.host") && line.contains("demo.enabled"), "\(line)")
        // the option says the port and echo
        #expect(!line.contains("listen.port") && !line.contains("echo"), "\(line)")
        #expect(try await chorus.port() == port)
        #expect(try await chorus.publish(headers: ["X-API-Key: new"]).status == 200)
    }

    @Test("the file is looked at by itself; a file of keys is read again on SIGHUP")
    func byItself() async throws {
        try folder.replace("keys", with: "first")
        try write(#"{"api": {"key_file": "\#(folder.file("keys"))"}}"#)
        let chorus = try start()
        #expect(try await chorus.publish(headers: ["X-API-Key: first"]).status == 200)
        try folder.replace("keys", with: "second")
        try await reload(chorus)
        #expect(try await chorus.publish(headers: ["X-API-Key: first"]).status == 401)
        #expect(try await chorus.publish(headers: ["X-API-Key: second"]).status == 200)
        try write(#"{"api": {"key": "third"}}"#)
        try await eventually("the change is seen", within: 30) {
            try await chorus.publish(headers: ["X-API-Key: third"]).status == 200
        }
    }

    @Test("without a file SIGHUP ends nothing")
    func withoutFile() async throws {
        let chorus = try serve()
        _ = try await chorus.port()
        try await reload(chorus)
        #expect(try await chorus.publish().status == 200)
    }
}

extension TestClient {
    /// Sends what is not allowed: the connection is closed.
    fileprivate func expectRefusal(of text: String) async throws {
        try await send(text)
        try await expectClose(.policyViolation)
    }
}
