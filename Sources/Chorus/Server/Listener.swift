import ChorusCore
import Logging
import NIOCore
import NIOPosix
import NIOSSL

/// The listening socket, and the threads that serve what it accepts.
struct Listener: Sendable {
    private let channel: any Channel
    /// Threads of this server's own; `nil` when it shares the process's.
    private let threads: MultiThreadedEventLoopGroup?
    let certificates: CertificateReloader?
    let address: ListeningAddress

    /// The kernel cuts it to its own limit (`net.core.somaxconn`).
    private static let backlog: Int32 = 65_535
    /// Connections accepted per wake-up. A storm of clients waits in the kernel, where it is in nobody's way: what has
    /// been accepted is read before what comes in meanwhile from others.
    private static let acceptsPerWakeup: UInt = 16

    static func start(_ core: ServerCore) async throws(ChorusError) -> Listener {
        let configuration = core.configuration
        let certificates = try configuration.tls.map { files throws(ChorusError) in
            try CertificateReloader(files, logger: core.logger)
        }
        let threads = configuration.eventLoops.map { MultiThreadedEventLoopGroup(numberOfThreads: max(1, $0)) }
        do {
            let channel = try await bootstrap(core, threads ?? .singleton, certificates).bind(configuration)
            guard let local = channel.localAddress else {
                throw ChorusError(.cannotListen, "the listening socket has no address")
            }
            return Listener(
                channel: channel,
                threads: threads,
                certificates: certificates,
                address: ListeningAddress(local)
            )
        } catch {
            try? await threads?.shutdownGracefully()
            let place = configuration.unixSocketPath ?? "\(configuration.host):\(configuration.port)"
            throw error as? ChorusError ?? ChorusError(.cannotListen, "cannot listen on \(place)", cause: error)
        }
    }

    private static func bootstrap(
        _ core: ServerCore,
        _ group: MultiThreadedEventLoopGroup,
        _ certificates: CertificateReloader?
    ) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.maxMessagesPerRead, value: acceptsPerWakeup)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        AcceptErrorLogger(loop: core.loop(channel.eventLoop))
                    )
                }
            }
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try Listener.prepare(channel, core, certificates)
                }
            }
    }

    /// Makes an accepted connection ours: one handler, a small receive buffer, and a half-closed input is an event.
    static func prepare(_ channel: any Channel, _ core: ServerCore, _ certificates: CertificateReloader?) throws {
        let options = channel.syncOptions
        try options?.setOption(.recvAllocator, value: ReceiveBuffers())
        try options?.setOption(.maxMessagesPerRead, value: 1)
        try options?.setOption(.allowRemoteHalfClosure, value: true)
        let pipeline = channel.pipeline.syncOperations
        if let certificates { try pipeline.addHandler(NIOSSLServerHandler(context: certificates.context)) }
        try pipeline.addHandler(
            ConnectionHandler(loop: core.loop(channel.eventLoop), isSecure: certificates != nil)
        )
    }

    /// Accepts nothing more.
    func stop() async {
        try? await channel.close()
    }

    var hasOwnThreads: Bool { threads != nil }

    /// Ends the threads that are this server's own, when all connections have gone.
    func shutDownThreads() async {
        try? await threads?.shutdownGracefully()
    }
}

extension ServerBootstrap {
    fileprivate func bind(_ configuration: BroadcastServer.Configuration) async throws -> any Channel {
        if let path = configuration.unixSocketPath {
            // a file is left behind by a server that was killed; one that answers is not to be taken over
            let client = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            if let other = try? await client.connect(unixDomainSocketPath: path).get() {
                try? await other.close()
                throw ChorusError(.cannotListen, "cannot listen on \(path): another server does")
            }
            return try await bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
        }
        return try await bind(host: configuration.host, port: configuration.port).get()
    }
}
