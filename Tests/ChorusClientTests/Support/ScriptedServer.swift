import ChorusTesting
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import WebSocketWire

/// A server that does what a test tells it to, on `WebSocketWire` alone.
final class ScriptedServer: Sendable {
    /// What the server does by itself. A test can drive each connection as a ``Peer`` besides.
    struct Script: Sendable {
        /// What to do with the request.
        var answer = Answer.accept
        /// What to do with a new connection, on the event loop.
        var onOpen: @Sendable (Peer) -> Void = { _ in }
        /// What to do with a message, on the event loop.
        var onMessage: @Sendable (Peer, WebSocketMessage) -> Void = { _, _ in }
        var answersPings = true
        var answersClose = true
        var subprotocols: [String] = []
        var deflate = true
        var maximumMessageSize = 32 << 20
        /// Sent in the same packet as the answer.
        var greeting = ByteBuffer()

        enum Answer: Sendable {
            case accept
            case refuse(HandshakeRefusal)
            /// Say nothing.
            case ignore
            /// Say this, and hang up if so wished.
            case raw(String, hangUp: Bool)
        }

        static var echo: Script {
            var script = Script()
            script.onMessage = { peer, message in peer.send(message) }
            return script
        }
    }

    let address: SocketAddress
    private let channel: any Channel
    private let isSecure: Bool
    private let peers: AsyncStream<Peer>

    private init(channel: any Channel, address: SocketAddress, isSecure: Bool, peers: AsyncStream<Peer>) {
        self.channel = channel
        self.address = address
        self.isSecure = isSecure
        self.peers = peers
    }

    /// Starts a server, runs `body`, and stops the server.
    static func run<Result: Sendable>(
        _ script: Script = Script(),
        unixSocketPath: String? = nil,
        certificate: TestCertificate? = nil,
        _ body: (ScriptedServer) async throws -> Result
    ) async throws -> Result {
        let (peers, newPeers) = AsyncStream.makeStream(of: Peer.self)
        let tls = try certificate.map { certificate in
            try NIOSSLContext(
                configuration: .makeServerConfiguration(
                    certificateChain: NIOSSLCertificate.fromPEMFile(certificate.certificatePath).map {
                        .certificate($0)
                    },
                    privateKey: .privateKey(NIOSSLPrivateKey(file: certificate.keyPath, format: .pem))
                )
            )
        }
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 4096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    let handler = PeerHandler(script: script) { newPeers.yield($0) }
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
        let channel =
            if let unixSocketPath {
                try await bootstrap.bind(unixDomainSocketPath: unixSocketPath, cleanupExistingSocketFile: true).get()
            } else {
                try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
            }
        guard let address = channel.localAddress else { throw TestFailure("the server has no address") }
        let server = ScriptedServer(channel: channel, address: address, isSecure: tls != nil, peers: peers)
        do {
            let result = try await body(server)
            try await channel.close()
            return result
        } catch {
            try? await channel.close()
            throw error
        }
    }

    var port: Int { address.port ?? 0 }

    func url(_ target: String = "/", host: String = "127.0.0.1") -> String {
        if let path = address.pathname, !path.isEmpty { return "ws+unix:\(path):\(target)" }
        return "\(isSecure ? "wss" : "ws")://\(host):\(port)\(target)"
    }

    /// The next connection whose request was answered. For one task.
    func nextPeer() async throws -> Peer {
        try await withTimeout(10, "a connection") { [peers] in
            for await peer in peers { return peer }
            throw TestFailure("the server has stopped")
        }
    }
}
