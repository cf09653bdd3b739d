import NIOCore
import NIOPosix
import NIOSSL
import WebSocketWire

/// One try to open a WebSocket: TCP or a Unix domain socket, TLS, the handshake.
struct ConnectionAttempt {
    private let url: WebSocketURL
    private let configuration: WebSocketClientConfiguration
    private let request: ClientHandshake
    private let tls: NIOSSLContext?
    private let eventLoop: any EventLoop
    private let bootstrap: ClientBootstrap

    init(
        to url: WebSocketURL,
        configuration: WebSocketClientConfiguration,
        on eventLoop: any EventLoop
    ) throws(WebSocketClientError) {
        guard let bootstrap = ClientBootstrap(validatingGroup: eventLoop) else {
            throw WebSocketClientError(.invalidConfiguration, "the event loops are not those of NIOPosix")
        }
        self.url = url
        self.configuration = configuration
        request = try configuration.handshake(for: url)
        tls = url.isSecure ? try TLSContextCache.shared.context(for: configuration.tlsConfiguration) : nil
        self.eventLoop = eventLoop
        self.bootstrap =
            bootstrap
            .connectTimeout(TimeAmount(configuration.connectTimeout))
            // The handler reads when there is room, and sees the end of the input before that of the channel.
            .channelOption(.autoRead, value: false)
            .channelOption(.allowRemoteHalfClosure, value: true)
    }

    /// Runs until the connection is open. A task that is cancelled leaves nothing behind.
    func run() async throws(WebSocketClientError) -> ConnectionHandler.Opened {
        guard !Task.isCancelled else { throw .cancelled }
        let opened = eventLoop.makePromise(of: ConnectionHandler.Opened.self)
        start(opened)
        do {
            return try await withTaskCancellationHandler {
                try await opened.futureResult.get()
            } onCancel: {
                opened.fail(WebSocketClientError.cancelled)
            }
        } catch {
            throw .connecting(to: "\(url)", error)
        }
    }

    private func start(_ opened: EventLoopPromise<ConnectionHandler.Opened>) {
        let deadline = NIODeadline.now() + TimeAmount(configuration.connectTimeout)
        let connected =
            switch url.endpoint {
            case .tcp(let host, let port): bootstrap.connect(host: host, port: port)
            case .unix(let path): bootstrap.connect(unixDomainSocketPath: path)
            }
        connected.whenComplete { [url, configuration, request, tls] result in
            do {
                let channel = try result.get()
                // Whatever fails, also in the task that waits: nobody else knows the channel.
                opened.futureResult.whenFailure { _ in channel.close(promise: nil) }
                if let tls {
                    try channel.pipeline.syncOperations.addHandler(Self.makeTLSHandler(tls, url))
                }
                try channel.pipeline.syncOperations.addHandler(
                    ConnectionHandler(
                        request: request,
                        configuration: configuration,
                        deadline: deadline,
                        opened: opened
                    )
                )
            } catch {
                opened.fail(error)
            }
        }
    }

    /// An address is not a name that a server could choose its certificate by, and is checked without being sent.
    private static func makeTLSHandler(_ tls: NIOSSLContext, _ url: WebSocketURL) throws -> NIOSSLClientHandler {
        guard case .tcp(let host, _) = url.endpoint, (try? SocketAddress(ipAddress: host, port: 0)) == nil else {
            return try NIOSSLClientHandler(context: tls, serverHostname: nil)
        }
        return try NIOSSLClientHandler(context: tls, serverHostname: host)
    }
}
