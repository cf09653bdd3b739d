import NIOCore
import NIOPosix
import WebSocketWire

extension ScriptedServer.Script {
    /// What a relay does wrong, counted in messages that it has received.
    enum Fault: Sendable {
        case none
        case drop(every: Int)
        case swap(every: Int)
        case stop(after: Int)
        case hangUp(after: Int)
    }

    /// Sends each message to everybody who has opened a connection, with a prefix.
    static func relay(prefix: String = "", fault: Fault = .none) -> ScriptedServer.Script {
        let relay = Relay(prefix: prefix, fault: fault)
        var script = ScriptedServer.Script()
        script.onOpen = { relay.add($0) }
        script.onMessage = { _, message in relay.relay(message) }
        return script
    }
}

/// Everything on one event loop, so that all clients see one order.
private final class Relay: Sendable {
    private struct State {
        var peers: [Peer] = []
        var count = 0
        var heldBack: ByteBuffer?
    }

    private let prefix: String
    private let fault: ScriptedServer.Script.Fault
    private let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
    private let state: NIOLoopBoundBox<State>

    init(prefix: String, fault: ScriptedServer.Script.Fault) {
        self.prefix = prefix
        self.fault = fault
        state = NIOLoopBoundBox.makeBoxSendingValue(State(), eventLoop: eventLoop)
    }

    func add(_ peer: Peer) {
        eventLoop.execute { [state] in state.value.peers.append(peer) }
    }

    func relay(_ message: WebSocketMessage) {
        // Never at once: a write that fails makes NIO read, so that the next message could get ahead of this one.
        eventLoop.execute { [self] in
            var frame = ByteBuffer()
            var payload = ByteBuffer(string: prefix)
            payload.writeImmutableBuffer(message.payload)
            WebSocketFrame.write(.text, payload, into: &frame)
            send(frame, &state.value)
        }
    }

    private func send(_ frame: ByteBuffer, _ state: inout State) {
        var frame = frame
        state.count += 1
        switch fault {
        case .drop(let every) where state.count.isMultiple(of: every):
            return
        case .swap(let every) where state.count.isMultiple(of: every):
            state.heldBack = frame
            return
        case .stop(let count) where state.count > count:
            return
        case .hangUp(let count) where state.count == count:
            for peer in state.peers.suffix(5) { peer.channel.close(promise: nil) }
        default:
            break
        }
        if let heldBack = state.heldBack.take() { frame.writeImmutableBuffer(heldBack) }
        for peer in state.peers { peer.channel.writeAndFlush(frame, promise: nil) }
    }
}
