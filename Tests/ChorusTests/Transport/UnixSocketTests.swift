import Chorus
import ChorusCore
import ChorusTesting
import NIOCore
import Testing

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

@Suite("A Unix socket")
struct UnixSocketTests {
    /// Runs a server on a socket file in a folder of its own.
    private func serve(
        routes: (BroadcastServer) -> Void = { $0.relayEcho() },
        _ body: @escaping @Sendable (TestServer, String) async throws -> Void
    ) async throws {
        let path = try UnixSocketTests.makePath()
        defer { Self.remove(path) }
        try await ChorusTests.serve(configure: { $0.unixSocketPath = path }, routes: routes) {
            try await body($0, path)
        }
    }

    private static func makePath() throws -> String {
        var template = Array("/tmp/chorus-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw TestFailure("no temporary folder") }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) + "/socket"
    }

    private static func remove(_ path: String) {
        unlink(path)
        rmdir(String(path.dropLast("/socket".count)))
    }

    @Test("clients talk over it")
    func relay() async throws {
        try await serve { test, path in
            #expect(test.address.unixSocketPath == path)
            #expect(test.address.port == nil)
            #expect("\(test.address)" == path)
            let clients = [
                try await TestClient.connect(to: "ws+unix:\(path):/ws"),
                try await TestClient.connect(to: "ws+unix:\(path):/ws"),
            ]
            try await clients[0].send("hi")
            for client in clients { try await client.expect("Message: hi") }
            try await clients[0].close()
            try await test.expectSessions(1)
        }
    }

    @Test("a page may connect through a proxy, whatever the server is called there")
    func proxied() async throws {
        try await serve { test, path in
            let client = try await RawClient.connect(unixSocketPath: path)
            let request = RawSocket.request("/ws", "Origin: https://example.com\r\n")
                .replacing("Host: 127.0.0.1", with: "Host: example.com")
            #expect(try await client.ask(request).status == 101)
            let other = try await RawClient.connect(unixSocketPath: path)
            #expect(
                try await other.ask(request.replacing("Origin: https://", with: "Origin: https://evil.")).status == 403
            )
        }
    }

    @Test("a client that reads nothing for a while gets everything later")
    func slow() async throws {
        try await serve { test, path in
            let socket = try await RawSocket.open(try await RawClient.connect(unixSocketPath: path), "/ws/news")
            try await socket.client.stopReading()
            let publisher = try await RawSocket.open(try await RawClient.connect(unixSocketPath: path), "/ws/news")
            try await publisher.client.send(Numbered.clientFrames(0..<1500))
            #expect(try await publisher.readNumbered(to: 1500).numbers == 0..<1500)
            try await socket.client.startReading()
            #expect(try await socket.readNumbered(to: 1500).numbers == 0..<1500)
        }
    }

    @Test("there is no address, and the other rules hold")
    func rules() async throws {
        let notes = Notes<String?>()
        try await serve(routes: { server in
            server.relayTopics()
            server.onConnect { notes.note($0.remoteAddress) }
        }) { test, path in
            _ = try await TestClient.connect(to: "ws+unix:\(path):/ws")
            #expect(try await notes.next() == nil)
            let client = try await RawClient.connect(unixSocketPath: path)
            try await client.send(RawSocket.request("/ws", "Origin: http://evil.example\r\n"))
            try await client.expectRefusal(403)
        }
    }

    @Test("a server that is running is not taken over")
    func inUse() async throws {
        try await serve { test, path in
            let client = try await TestClient.connect(to: "ws+unix:\(path):/ws")
            let other = BroadcastServer(configuration: .init(unixSocketPath: path), logger: Recorder().logger)
            let error = await #expect(throws: ChorusError.self) { try await other.run(gracefulShutdownSignals: []) }
            #expect(error?.code == .cannotListen)
            #expect(error?.message.contains(path) == true)
            let late = try await TestClient.connect(to: "ws+unix:\(path):/ws")
            try await late.send("hi")
            for client in [client, late] { try await client.expect("Message: hi") }
        }
    }

    @Test("a socket file that was left behind is replaced, another file is not")
    func leftBehind() async throws {
        let path = try Self.makePath()
        defer { Self.remove(path) }
        for _ in 0..<2 {
            try await ChorusTests.serve(configure: { $0.unixSocketPath = path }) { _ in
                _ = try await TestClient.connect(to: "ws+unix:\(path):/ws")
            }
        }
        unlink(path)
        let file = open(path, O_CREAT | O_WRONLY, 0o600)
        close(file)
        let server = BroadcastServer(configuration: .init(unixSocketPath: path), logger: Recorder().logger)
        let error = await #expect(throws: ChorusError.self) { try await server.run(gracefulShutdownSignals: []) }
        #expect(error?.code == .cannotListen)
        #expect(access(path, F_OK) == 0)
    }
}
