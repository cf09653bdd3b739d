import ChorusClient
import ChorusTesting
import NIOCore
import NIOPosix
import NIOSSL

extension TestCertificate {
    /// What a client says that trusts the authority of this certificate.
    var clientConfiguration: TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .file(authorityPath)
        return configuration
    }
}

extension TestServer {
    /// Connects over TLS, trusting the certificate's authority.
    func secureClient(_ certificate: TestCertificate, _ path: String = "/ws") async throws -> TestClient {
        var configuration = WebSocketClientConfiguration()
        configuration.tlsConfiguration = certificate.clientConfiguration
        return try await TestClient.connect(to: "wss://127.0.0.1:\(port)\(path)", configuration: configuration)
    }
}

/// A TLS connection that makes the handshake of a WebSocket and then does no more than it is told.
struct SecureRawClient: Sendable {
    private let channel: any Channel

    static func open(
        _ test: TestServer,
        _ certificate: TestCertificate,
        _ path: String = "/ws"
    ) async throws -> SecureRawClient {
        let client = try await connect(test, certificate)
        try await client.send(ByteBuffer(string: RawSocket.request(path)))
        return client
    }

    /// Says nothing yet; what is sent goes when TLS's own handshake is over.
    static func connect(_ test: TestServer, _ certificate: TestCertificate) async throws -> SecureRawClient {
        let context = try NIOSSLContext(configuration: certificate.clientConfiguration)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        NIOSSLClientHandler(context: context, serverHostname: nil)
                    )
                }
            }
            .connect(host: "127.0.0.1", port: test.port).get()
        return SecureRawClient(channel: channel)
    }

    /// Reads nothing more, so that nothing is answered, TLS's own goodbye included.
    func fallSilent() async throws { try await channel.setOption(.autoRead, value: false).get() }

    /// Ends the connection without TLS's goodbye.
    func reset() async throws {
        guard let options = channel as? any SocketOptionProvider else { throw TestFailure("the channel has no socket") }
        try await options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        let channel = channel
        try await channel.eventLoop.submit {
            // past the TLS handler, which would say goodbye
            try channel.pipeline.syncOperations.context(handlerType: NIOSSLClientHandler.self).close(promise: nil)
        }.get()
    }

    /// Ends its side of the connection without TLS's goodbye, and stays there.
    func halfClose() async throws {
        let channel = channel
        try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.context(handlerType: NIOSSLClientHandler.self)
                .close(mode: .output, promise: nil)
        }.get()
    }

    func send(_ bytes: ByteBuffer) async throws { try await channel.writeAndFlush(bytes) }

    func close() async throws {
        try? await channel.close()
    }
}
