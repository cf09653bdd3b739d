public import ChorusCore
import Hummingbird
public import HummingbirdCore
import Logging
import NIOCore
import NIOSSL

extension HTTPServerBuilder {
    /// Serves the WebSocket endpoints of `server` inside a Hummingbird application; everything else is for its router.
    ///
    /// ```swift
    /// let app = Application(router: router, server: .chorus(server))
    /// ```
    ///
    /// The application listens, so the server's address, TLS and event loops are not used. This way in is slower than
    /// ``BroadcastServer/run()``: Hummingbird accepts four connections per wake-up and starts a task for each. When the
    /// application stops it does not wait for what clients had sent that have hung up while they were slowed down.
    public static func chorus(_ server: BroadcastServer) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in MountedChannel(core: server.makeCore(http: responder)) }
    }

    /// Relays what clients of `path` send to all of them: to the topic that stands for `{topic}` in the path, or to
    /// `lobby` if the path has no such placeholder.
    ///
    /// ```swift
    /// let app = Application(router: router, server: .chorus(hub, at: "/ws/{topic}"))
    /// ```
    public static func chorus(_ hub: Hub, at path: String) -> HTTPServerBuilder {
        let server = BroadcastServer(hub: hub)
        server.relay(at: path)
        return .chorus(server)
    }
}

/// The front door in a pipeline that Hummingbird's server makes.
private struct MountedChannel: ServerChildChannel {
    struct Value: ServerChildChannelValue {
        let channel: any Channel
    }

    let core: ServerCore

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let isSecure = (try? channel.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self)) != nil
            let handler = ConnectionHandler(loop: core.loop(channel.eventLoop), isSecure: isSecure)
            try channel.pipeline.syncOperations.addHandler(handler)
            return Value(channel: channel)
        }
    }

    /// Nothing is left to do: the connection lives on its event loop, and Hummingbird waits for it to close.
    func handle(value: Value, logger: Logger) async {}
}
