import NIOCore
import NIOPosix
import Synchronization

/// A TCP proxy between a client and a server on this machine, which cuts connections where the test wants it.
///
/// ```swift
/// try await TestProxy.run(to: server.port, fate: { $0 == 0 ? .whole : .init(fromServer: 100) }) { proxy in
///     let client = try await TestClient.connect(to: "ws://127.0.0.1:\(proxy.port)/ws")
/// }
/// ```
package final class TestProxy: Sendable {
    /// When a connection is cut.
    package struct Fate: Sendable, Hashable {
        /// As soon as the client sends more bytes than these, which still arrive; `nil` for never.
        package var fromClient: Int?
        /// As soon as the server sends more bytes than these, which still arrive; `nil` for never.
        package var fromServer: Int?

        package init(fromClient: Int? = nil, fromServer: Int? = nil) {
            self.fromClient = fromClient
            self.fromServer = fromServer
        }

        /// It is not cut.
        package static let whole = Fate()

        /// A place that looks like chance, and is the same in every run.
        ///
        /// - Parameter number: of the connection.
        package static func scattered(_ number: Int, below bound: Int) -> Int {
            let mixed = (UInt64(number) + 1) &* 0x9E37_79B9_7F4A_7C15
            return Int(((mixed ^ (mixed >> 29)) >> 16) % UInt64(bound))
        }
    }

    private let core: ProxyCore
    /// Where it listens.
    package let port: Int

    private init(core: ProxyCore, port: Int) {
        self.core = core
        self.port = port
    }

    /// Starts a proxy, runs `body`, and stops the proxy.
    ///
    /// - Parameters:
    ///   - port: where the server listens.
    ///   - fate: what becomes of a connection, by its number from 0.
    package static func run<Result: Sendable>(
        to port: Int,
        fate: @escaping @Sendable (Int) -> Fate = { _ in .whole },
        _ body: (TestProxy) async throws -> Result
    ) async throws -> Result {
        let core = ProxyCore(upstream: port, fate: fate)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ProxyEntrance(core: core))
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        let proxy = TestProxy(core: core, port: channel.localAddress?.port ?? 0)
        do {
            let result = try await body(proxy)
            proxy.refuse()
            try await channel.close()
            return result
        } catch {
            proxy.refuse()
            try? await channel.close()
            throw error
        }
    }

    /// `http://127.0.0.1:PORT`
    package var url: String { "http://127.0.0.1:\(port)" }

    /// How many connections there have been.
    package var connectionCount: Int { core.state.withLock { $0.accepted } }

    /// Cuts all connections that there are.
    package func cut() {
        let clients = core.state.withLock { Array($0.clients.values) }
        for client in clients { client.close(promise: nil) }
    }

    /// Cuts all connections, and lets nobody in any more.
    package func refuse() {
        core.state.withLock { $0.isOpen = false }
        cut()
    }

    /// Lets connections in again.
    package func admit() { core.state.withLock { $0.isOpen = true } }

    /// New connections go to another server.
    package func lead(to port: Int) { core.state.withLock { $0.upstream = port } }
}

/// What all connections of a proxy have in common.
private final class ProxyCore: Sendable {
    struct State: Sendable {
        var upstream: Int
        var isOpen = true
        var accepted = 0
        var clients: [ObjectIdentifier: any Channel] = [:]
    }

    let state: Mutex<State>
    private let fate: @Sendable (Int) -> TestProxy.Fate

    init(upstream: Int, fate: @escaping @Sendable (Int) -> TestProxy.Fate) {
        state = Mutex(State(upstream: upstream))
        self.fate = fate
    }

    /// Connects a client to the server, on the client's event loop.
    func serve(_ client: any Channel) {
        let id = ObjectIdentifier(client)
        let admitted = state.withLock { state -> (number: Int, upstream: Int)? in
            guard state.isOpen else { return nil }
            state.accepted += 1
            state.clients[id] = client
            return (state.accepted - 1, state.upstream)
        }
        guard let admitted else { return client.close(promise: nil) }
        client.closeFuture.whenComplete { [self] _ in state.withLock { $0.clients[id] = nil } }
        let fate = fate(admitted.number)
        ClientBootstrap(group: client.eventLoop)
            .channelOption(.autoRead, value: false)
            .connect(host: "127.0.0.1", port: admitted.upstream)
            .whenComplete { result in
                guard case .success(let server) = result else { return client.close(promise: nil) }
                do {
                    let toClient = ProxyPassage(to: client, limit: fate.fromServer)
                    try server.pipeline.syncOperations.addHandler(toClient)
                    try client.pipeline.syncOperations.addHandler(ProxyPassage(to: server, limit: fate.fromClient))
                    for channel in [server, client] { _ = channel.setOption(.autoRead, value: true) }
                } catch {
                    // the client has gone meanwhile
                    for channel in [server, client] { channel.close(promise: nil) }
                }
            }
    }
}

/// Waits until a client is there.
private final class ProxyEntrance: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let core: ProxyCore

    init(core: ProxyCore) { self.core = core }

    func channelActive(context: ChannelHandlerContext) { core.serve(context.channel) }
}

/// Passes on what one side sends, up to a limit.
private final class ProxyPassage: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let other: any Channel
    private var rest: Int?

    init(to other: any Channel, limit: Int?) {
        self.other = other
        self.rest = limit
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        guard let rest, bytes.readableBytes > rest else {
            self.rest? -= bytes.readableBytes
            return other.writeAndFlush(bytes, promise: nil)
        }
        self.rest = 0
        let part = bytes.readSlice(length: rest) ?? ByteBuffer()
        let own = context.channel
        other.writeAndFlush(part).whenComplete { [other] _ in
            other.close(promise: nil)
            own.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        // what came before goes out first
        other.writeAndFlush(ByteBuffer()).whenComplete { [other] _ in other.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

@available(*, unavailable)
extension ProxyEntrance: Sendable {}

@available(*, unavailable)
extension ProxyPassage: Sendable {}
