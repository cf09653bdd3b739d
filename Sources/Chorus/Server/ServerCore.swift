import ChorusCore
import CoreMetrics
import Logging
import NIOCore
import Synchronization
import WebSocketWire

/// What all connections of a server share: configuration, endpoints, limits and hooks. Of these the configuration can
/// change while it runs; every event loop has its own copy.
final class ServerCore: Sendable {
    let hub: Hub
    let logger: Logger
    let metrics: any MetricsFactory
    let endpoints: [Endpoint]
    let limiter: ConnectionLimiter
    let handlers = HandlerTasks()
    /// The log's line about the program's hooks.
    let hookLine = Mutex(OncePerMinute())
    let hooks: Hooks
    /// What clients may call.
    let calls = Calls()
    /// Answers what is not a WebSocket.
    let http: HTTPDetour.Responder
    /// What clients are sent regularly, the same bytes to all: an empty ping, and behind it that the server is there.
    let ping: ByteBuffer
    let pingAndHeartbeat: ByteBuffer
    private let state: Mutex<State>

    private struct State: Sendable {
        var configuration: BroadcastServer.Configuration
        var loops: [ObjectIdentifier: NIOLoopBound<ServerLoop>] = [:]
    }

    /// What one event loop has counted.
    struct Counters: Sendable {
        var shard = ShardCounters()
        var connections = ConnectionCounters()
    }

    init(
        configuration: BroadcastServer.Configuration,
        hub: Hub,
        logger: Logger,
        metrics: any MetricsFactory,
        routes: BroadcastServer.Routes,
        http: @escaping HTTPDetour.Responder
    ) {
        self.state = Mutex(State(configuration: configuration))
        self.hub = hub
        self.logger = logger
        self.metrics = metrics
        // an exact path wins over one with placeholders, whichever came first
        self.endpoints =
            routes.endpoints.filter(\.pattern.isLiteral) + routes.endpoints.filter { !$0.pattern.isLiteral }
        self.hooks = routes.hooks
        self.http = http
        self.limiter = ConnectionLimiter(configuration.limits)
        var frames = ByteBuffer()
        WebSocketFrame.write(.ping, ByteBuffer(), into: &frames)
        self.ping = frames
        if let keepAlive = configuration.keepAlive {
            var notice = ByteBuffer()
            Envelope.writeHeartbeat(keepAlive.period, into: &notice)
            WebSocketFrame.write(.text, notice, into: &frames)
        }
        self.pingAndHeartbeat = frames
    }

    var configuration: BroadcastServer.Configuration { state.withLock { $0.configuration } }

    /// Takes another configuration; each loop has it from its next turn on.
    func reconfigure(_ configuration: BroadcastServer.Configuration) {
        limiter.set(configuration.limits)
        state.withLock { state in
            state.configuration = configuration
            // under the lock, so that every loop has the newest in the end
            for bound in state.loops.values { bound.eventLoop.execute { bound.value.configuration = configuration } }
        }
    }

    /// The loop's part of the server, made at its first use. Call it on the loop.
    func loop(_ eventLoop: any EventLoop) -> ServerLoop {
        state.withLock { state in
            if let bound = state.loops[ObjectIdentifier(eventLoop)] { return bound }
            let shard = hub.shard(of: ObjectIdentifier(eventLoop), executor: EventLoopExecutor(eventLoop: eventLoop))
            let bound = NIOLoopBound(
                ServerLoop(
                    core: self,
                    configuration: state.configuration,
                    shard: shard.shard,
                    eventLoop: eventLoop
                ),
                eventLoop: eventLoop
            )
            state.loops[ObjectIdentifier(eventLoop)] = bound
            return bound
        }.value
    }

    /// Runs `body` on every loop that has had a connection.
    func forEachLoop(_ body: @escaping @Sendable (ServerLoop) -> Void) async {
        let all = state.withLock { Array($0.loops.values) }
        for bound in all {
            try? await bound.eventLoop.submit { body(bound.value) }.get()
        }
    }

    /// What this server's loops have counted.
    func counters() async -> [ObjectIdentifier: Counters] {
        var all: [ObjectIdentifier: Counters] = [:]
        for (loop, bound) in state.withLock({ $0.loops }) {
            all[loop] = try? await bound.eventLoop.submit {
                Counters(shard: bound.value.shard.counters, connections: bound.value.counters)
            }.get()
        }
        return all
    }

    /// Lets go of the loops when the server has ended.
    ///
    /// - Parameter areEnding: whether their threads end too, so that nobody may ask their shards any more.
    func removeLoops(areEnding: Bool) {
        let all = state.withLock { state in
            defer { state.loops = [:] }
            return state.loops.keys
        }
        if areEnding { for loop in all { hub.removeShard(of: loop) } }
    }

    /// How many connections are open, whatever they speak.
    var connectionCount: Int { limiter.count }
}
