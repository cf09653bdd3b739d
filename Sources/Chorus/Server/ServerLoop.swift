import ChorusCore
import Logging
import NIOCore
import WebSocketWire

/// What the connections of one event loop share. Touched on that loop only.
final class ServerLoop {
    let core: ServerCore
    /// That of the server, as this loop has it now.
    var configuration: BroadcastServer.Configuration
    let shard: Shard
    let eventLoop: any EventLoop
    let inflater = Inflater()
    var counters = ConnectionCounters()
    private(set) var connections: ContiguousArray<ConnectionHandler> = []
    /// When the server is stopping: the time by which every connection is told.
    var drainDeadline: NIODeadline?

    init(
        core: ServerCore,
        configuration: BroadcastServer.Configuration,
        shard: Shard,
        eventLoop: any EventLoop
    ) {
        self.core = core
        self.configuration = configuration
        self.shard = shard
        self.eventLoop = eventLoop
    }

    func add(_ connection: ConnectionHandler) {
        connection.loopIndex = Int32(connections.count)
        connections.append(connection)
    }

    func remove(_ connection: ConnectionHandler) {
        let index = Int(connection.loopIndex)
        guard index >= 0 else { return }
        connection.loopIndex = -1
        let last = connections.removeLast()
        guard last !== connection else { return }
        connections[index] = last
        last.loopIndex = Int32(index)
    }

    /// Tells every connection to come back, spread evenly over `spread`.
    func drain(over spread: TimeAmount, deadline: NIODeadline) {
        drainDeadline = deadline
        let all = connections
        for (index, connection) in all.enumerated() {
            let share = Double(index) / Double(max(1, all.count))
            connection.drain(after: .nanoseconds(Int64(share * Double(spread.nanoseconds))))
        }
    }

    /// Ends what is still open.
    func closeAll() {
        for connection in connections { connection.closeNow() }
    }
}

@available(*, unavailable)
extension ServerLoop: Sendable {}
