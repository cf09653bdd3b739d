public import ChorusCore
public import CoreMetrics
public import Hummingbird
public import Logging
import NIOCore
import Synchronization

/// A server that accepts connections, remembers them, and sends one message to all of them.
///
/// ```swift
/// let server = BroadcastServer(port: 8000)
///
/// server.webSocket("/ws") { client in
///     for await text in client.texts {
///         server.broadcast("Message: \(text)")
///     }
/// }
///
/// try await server.run()
/// ```
///
/// Add endpoints and hooks before ``run(gracefulShutdownSignals:)``; later ones have no effect.
public final class BroadcastServer: Sendable {
    /// The version of Chorus.
    public static let version = "0.1.0"

    /// Where the server listens and what it allows.
    public var configuration: Configuration { state.withLock { $0.configuration } }
    /// The topics, for publishing and subscribing without a socket.
    public let hub: Hub
    let logger: Logger
    let metrics: any MetricsFactory
    private let routes: Mutex<Routes>
    let state: Mutex<State>
    let http: HTTPDetour.Responder

    struct Routes: Sendable {
        var endpoints: [Endpoint] = []
        var tasks: [@Sendable () async throws -> Void] = []
        var hooks = Hooks()
    }

    struct State: Sendable {
        var configuration: Configuration
        /// `nil` until the server listens; empty when it has ended without.
        var addresses: [ListeningAddress]?
        var waiting: [CheckedContinuation<[ListeningAddress], Never>] = []
        /// What the connections of the latest run share.
        var core: ServerCore?
    }

    /// Makes a server.
    ///
    /// - Parameters:
    ///   - configuration: where it listens and what it allows.
    ///   - hub: the topics; give several servers the same one to let their clients talk to each other.
    ///   - router: answers HTTP requests that are not for a WebSocket.
    ///   - logger: where it logs; metadata keys begin with `chorus.`.
    ///   - metrics: where it counts, once a second (`docs/metrics.md` in the source); by default what the program has
    ///     chosen for itself.
    public init<Context: RequestContext>(
        configuration: Configuration = Configuration(),
        hub: Hub = Hub(),
        router: Router<Context>,
        logger: Logger = Logger(label: "chorus"),
        metrics: any MetricsFactory = MetricsSystem.factory
    ) where Context: InitializableFromSource<ApplicationRequestContextSource> {
        self.state = Mutex(State(configuration: configuration))
        self.hub = hub
        self.logger = logger
        self.metrics = metrics
        self.routes = Mutex(Routes())
        self.http = HTTPService.responder(router.buildResponder(), logger: logger)
    }

    /// Makes a server whose only HTTP answer is 404.
    public convenience init(
        configuration: Configuration = Configuration(),
        hub: Hub = Hub(),
        logger: Logger = Logger(label: "chorus"),
        metrics: any MetricsFactory = MetricsSystem.factory
    ) {
        self.init(
            configuration: configuration,
            hub: hub,
            router: Router(context: BasicRequestContext.self),
            logger: logger,
            metrics: metrics
        )
    }

    /// Makes a server on a port of this machine.
    public convenience init(host: String = "127.0.0.1", port: Int) {
        self.init(configuration: Configuration(host: host, port: port))
    }

    // MARK: Endpoints

    /// Takes WebSocket connections at a path and runs `handler` for each, in a task of its own. The connection is
    /// closed when the handler returns (1000), throws a `CancellationError` (1001), a ``ChorusError/Code/invalidTopic``
    /// (1008), a ``ChorusError/Code/messageTooLarge`` (1009), a ``ChorusError/Code/overloaded`` (1013) or another error
    /// (1011, and it is logged).
    ///
    /// After the end of the connection the handler has 10 seconds to return; then its task is cancelled.
    ///
    /// - Parameters:
    ///   - path: may have placeholders for whole segments, as in `/rooms/{room}`.
    ///   - format: what the clients receive. Default ``MessageFormat/plain``.
    public func webSocket(
        _ path: String,
        format: MessageFormat = .plain,
        _ handler: @escaping @Sendable (Client) async throws -> Void
    ) {
        add(Endpoint(pattern: RoutePattern(path)) { HandlerReceiver(request: $0, format: format, handler: handler) })
    }

    /// Takes WebSocket connections at a path and calls `callback` for every message, on the client's event loop. It
    /// must not block: all clients of the loop wait. Costs no task per connection. ``Client/publish(_:to:)-(Message,_)``
    /// publishes from there.
    public func onMessage(
        _ path: String,
        format: MessageFormat = .plain,
        _ callback: @escaping @Sendable (Client, Message) -> Void
    ) {
        add(Endpoint(pattern: RoutePattern(path)) { CallbackReceiver(request: $0, format: format, callback: callback) })
    }

    /// Does something in a task of its own while the server runs, such as publishing what comes from elsewhere. The task
    /// is cancelled when the server is told to stop, which then waits for its end; an error that it throws before stops the server, and ``run()`` throws it.
    ///
    /// ```swift
    /// server.whileRunning {
    ///     for try await price in prices { try await ticker.publish(price) }
    /// }
    /// ```
    ///
    /// Not for servers that are mounted in a Hummingbird application: what belongs to that is a service of its own.
    public func whileRunning(_ body: @escaping @Sendable () async throws -> Void) {
        routes.withLock { $0.tasks.append(body) }
    }

    var tasks: [@Sendable () async throws -> Void] { routes.withLock { $0.tasks } }

    func setHook(_ body: (inout Hooks) -> Void) { routes.withLock { body(&$0.hooks) } }

    func add(_ endpoint: Endpoint) { routes.withLock { $0.endpoints.append(endpoint) } }

    func makeCore(http: @escaping HTTPDetour.Responder) -> ServerCore {
        let routes = routes.withLock { $0 }
        return state.withLock { state in
            let core = ServerCore(
                configuration: state.configuration,
                hub: hub,
                logger: logger,
                metrics: metrics,
                routes: routes,
                http: http
            )
            state.core = core
            return core
        }
    }

    /// Connections that are open now, whatever they speak.
    package var connectionCount: Int { state.withLock { $0.core }?.connectionCount ?? 0 }

    // MARK: Sending

    /// Sends a message to every client of this server, and of others with the same hub. Returns at once.
    ///
    /// Not accepted while an event loop is behind by a whole window, which is counted; `hub.broadcast` returns whether
    /// it was.
    ///
    /// - Parameter except: a client that does not receive it.
    public func broadcast(_ message: Message, except client: Client? = nil) {
        hub.broadcast(message, except: client?.id)
    }

    /// Sends text to every client of this server, and of others with the same hub.
    public func broadcast(_ text: String, except client: Client? = nil) {
        broadcast(Message(text), except: client)
    }
}
