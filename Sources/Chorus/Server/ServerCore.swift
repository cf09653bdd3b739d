import ChorusCore
import CoreMetrics
import Logging
import NIOCore
import Synchronization
import WebSocketWire

/// What all connections of a server share: configuration, endpoints, limits and hooks. Does not change while it runs.
final class ServerCore: Sendable {
    let configuration: BroadcastServer.Configuration
    let hub: Hub
    let logger: Logger
    let metrics: any MetricsFactory
    let endpoints: [Endpoint]
    let limiter: ConnectionLimiter
    let handlers = HandlerTasks()
    /// The log's line about the program's hooks.
    let hookLine = Mutex(OncePerMinute())
    let hooks: Hooks
    /// Answers what is not a WebSocket.
    let http: HTTPDetour.Responder
    let origins: OriginPolicy
    /// What clients are sent regularly, the same bytes to all: an empty ping, and behind it that the server is there.
    let ping: ByteBuffer
    let pingAndHeartbeat: ByteBuffer
    private let loops = Mutex<[ObjectIdentifier: NIOLoopBound<ServerLoop>]>([:])

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
        self.configuration = configuration
        self.hub = hub
        self.logger = logger
        self.metrics = metrics
        // an exact path wins over one with placeholders, whichever came first
        self.endpoints =
            routes.endpoints.filter(\.pattern.isLiteral) + routes.endpoints.filter { !$0.pattern.isLiteral }
        self.hooks = routes.hooks
        self.http = http
        self.origins = configuration.origins
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

    /// The loop's part of the server, made at its first use. Call it on the loop.
    func loop(_ eventLoop: any EventLoop) -> ServerLoop {
        loops.withLock { loops in
            if let bound = loops[ObjectIdentifier(eventLoop)] { return bound }
            let shard = hub.shard(of: ObjectIdentifier(eventLoop), executor: EventLoopExecutor(eventLoop: eventLoop))
            let bound = NIOLoopBound(
                ServerLoop(core: self, shard: shard.shard, eventLoop: eventLoop),
                eventLoop: eventLoop
            )
            loops[ObjectIdentifier(eventLoop)] = bound
            return bound
        }.value
    }

    /// Runs `body` on every loop that has had a connection.
    func forEachLoop(_ body: @escaping @Sendable (ServerLoop) -> Void) async {
        let all = loops.withLock { Array($0.values) }
        for bound in all {
            try? await bound.eventLoop.submit { body(bound.value) }.get()
        }
    }

    /// What this server's loops have counted.
    func counters() async -> [ObjectIdentifier: Counters] {
        var all: [ObjectIdentifier: Counters] = [:]
        for (loop, bound) in loops.withLock({ $0 }) {
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
        let all = loops.withLock { loops in
            defer { loops = [:] }
            return loops.keys
        }
        if areEnding { for loop in all { hub.removeShard(of: loop) } }
    }

    /// How many connections are open, whatever they speak.
    var connectionCount: Int { limiter.count }
}
