import Chorus
import ChorusTesting
import Dispatch
import Foundation  // files
import NIOCore
import Testing

/// A request is looked at a little after it has come, and by then there may be more.
@Suite("The front door")
struct FrontDoorTests {
    @Test("a request is answered whose client has said at once that it says no more")
    func requestAndEnd() async throws {
        try await serve { test in
            let client = try await test.raw()
            try await client.send("GET /nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            try await client.halfClose()
            let answer = try await client.read(through: "\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 404 "))
        }
    }

    @Test("what comes in one piece with the handshake, and its end, is published")
    func handshakeAndMessages() async throws {
        try await serve { test in
            let reader = try await test.client("/ws/room")
            let client = try await test.raw()
            var bytes = ByteBuffer(string: RawSocket.request("/ws/room"))
            for number in 0..<5 { bytes.writeImmutableBuffer(ClientFrame.text("\(number)").bytes) }
            try await client.send(bytes)
            try await client.halfClose()
            for number in 0..<5 { try await reader.expect("\(number)") }
        }
    }

    @Test("more behind a handshake than a request may have is all relayed, in order")
    func muchBehindTheHandshake() async throws {
        try await serve { test in
            let client = try await test.raw()
            var bytes = ByteBuffer(string: RawSocket.request("/ws/numbers"))
            bytes.writeImmutableBuffer(Numbered.clientFrames(0..<2000))
            try await client.send(bytes)
            _ = try await client.read(through: "\r\n\r\n")
            #expect(try await RawSocket(client: client).readNumbered(to: 2000).numbers == 0..<2000)
        }
    }

    @Test("all of a storm come in, and each gets what is published then")
    func storm() async throws {
        try await serve(configure: { $0.eventLoops = 1 }) { test in
            let clients = try await withThrowingTaskGroup(of: TestClient.self) { group in
                for _ in 0..<200 { group.addTask { try await test.client("/ws/room") } }
                return try await group.reduce(into: [TestClient]()) { $0.append($1) }
            }
            try await test.expectSessions(200)
            try await test.publish("now", to: "room")
            for client in clients { try await client.expect("now") }
        }
    }

    /// The one event loop of a server, which does nothing else for a while.
    private struct Blockade: Sendable {
        private let began = Notes<Void>()
        private let end = DispatchSemaphore(value: 0)

        func add(to server: BroadcastServer) {
            server.onMessage("/block") { _, _ in
                began.note(())
                _ = end.wait(timeout: .now() + 10)
            }
        }

        /// Does something meanwhile.
        func block(_ test: TestServer, _ blocker: TestClient, _ body: () async throws -> Void) async throws {
            try await blocker.send("now")
            _ = try await began.next()
            try await body()
            end.signal()
        }
    }

    @Test("what has come is looked at when TLS ends without its goodbye")
    func raggedEnd() async throws {
        let certificate = try await TestCertificate.make()
        let blockade = Blockade()
        try await serve(
            configure: { configuration in
                configuration.eventLoops = 1
                configuration.tls = .init(
                    certificateChain: certificate.certificatePath,
                    privateKey: certificate.keyPath
                )
            },
            routes: { server in
                server.relayTopics()
                blockade.add(to: server)
            }
        ) { test in
            let reader = try await test.secureClient(certificate, "/ws/room")
            let blocker = try await test.secureClient(certificate, "/block")
            let client = try await SecureRawClient.connect(test, certificate)
            let request = RawSocket.request("/ws/room")
            try await client.send(ByteBuffer(string: String(request.prefix(10))))
            try await blockade.block(test, blocker) {
                var bytes = ByteBuffer(string: String(request.dropFirst(10)))
                bytes.writeImmutableBuffer(ClientFrame.text("last words").bytes)
                try await client.send(bytes)
                try await client.halfClose()
            }
            try await reader.expect("last words")
            try await client.close()
        }
    }

    @Test("a request that has come in time is answered, however late the server looks at it")
    func lateLook() async throws {
        let blockade = Blockade()
        try await serve(
            configure: { configuration in
                configuration.eventLoops = 1
                configuration.limits.handshakeTime = .milliseconds(500)
            },
            routes: { server in
                server.relayTopics()
                blockade.add(to: server)
            }
        ) { test in
            let blocker = try await test.client("/block")
            let client = try await test.raw()
            try await test.expectConnections(2)
            try await blockade.block(test, blocker) {
                try await client.send(RawSocket.request("/ws/room"))
                // longer than a request may take
                try await Task.sleep(for: .milliseconds(900))
            }
            #expect(try await client.read(through: "\r\n\r\n").hasPrefix("HTTP/1.1 101 "))
        }
    }

    /// `net.core.somaxconn`; macOS has no such file, and a limit of 128.
    private static let mostWaiting: Int = {
        let text = try? String(contentsOfFile: "/proc/sys/net/core/somaxconn", encoding: .utf8)
        return text.flatMap { Int($0.prefix { $0.isNumber }) } ?? 128
    }()

    @Test("hundreds who come while the server is busy wait in the kernel", .enabled(if: mostWaiting >= 600))
    func backlog() async throws {
        let blockade = Blockade()
        try await serve(
            configure: { $0.eventLoops = 1 },
            routes: { server in
                server.relayTopics()
                blockade.add(to: server)
            }
        ) { test in
            let blocker = try await test.client("/block")
            var clients: [RawClient] = []
            try await blockade.block(test, blocker) {
                // whoever finds no room tries again after a second, and finds none until the blockade ends by itself
                let start = ContinuousClock.now
                for _ in 0..<500 { clients.append(try await test.raw()) }
                #expect(ContinuousClock.now - start < .seconds(9))
            }
            try await test.expectConnections(1 + clients.count)
        }
    }
}
