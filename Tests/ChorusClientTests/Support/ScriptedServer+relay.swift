import NIOCore
import NIOPosix
import WebSocketWire

extension ScriptedServer.Script {
    /// What a relay does wrong, counted in messages that it has received.
    enum Fault: Sendable {
        case none
        case drop(every: Int)
        case swap(every: Int)
        case `repeat`(every: Int)
        /// To clients of all topics.
        case misdeliver(every: Int)
        case stop(after: Int)
        case hangUp(after: Int)
    }

    /// Who receives what somebody has sent.
    enum Audience: Sendable {
        /// Everybody who has opened a connection.
        case everybody
        /// Everybody but the one who has sent it.
        case others
        /// Everybody with the same path.
        case path
        /// Everybody whose first message was the same; only then anybody takes part. It is answered.
        case firstMessage
    }

    /// Sends each message to an audience, with a prefix.
    static func relay(
        prefix: String = "",
        kind: WebSocketOpcode = .text,
        to audience: Audience = .everybody,
        fault: Fault = .none
    ) -> ScriptedServer.Script {
        let relay = Relay(prefix: prefix, kind: kind, audience: audience, fault: fault)
        var script = ScriptedServer.Script()
        script.onOpen = { relay.add($0) }
        script.onMessage = { peer, message in relay.relay(message, of: peer) }
        return script
    }
}

/// Everything on one event loop, so that all clients see one order.
private final class Relay: Sendable {
    private struct Member {
        let peer: Peer
        /// nil as long as it does not take part.
        var topic: String?
    }

    private struct State {
        var members: [ObjectIdentifier: Member] = [:]
        /// In the order in which they have come.
        var order: [ObjectIdentifier] = []
        var count = 0
        var heldBack: ByteBuffer?
    }

    private let prefix: String
    private let kind: WebSocketOpcode
    private let audience: ScriptedServer.Script.Audience
    private let fault: ScriptedServer.Script.Fault
    private let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
    private let state: NIOLoopBoundBox<State>

    init(
        prefix: String,
        kind: WebSocketOpcode,
        audience: ScriptedServer.Script.Audience,
        fault: ScriptedServer.Script.Fault
    ) {
        self.prefix = prefix
        self.kind = kind
        self.audience = audience
        self.fault = fault
        state = NIOLoopBoundBox.makeBoxSendingValue(State(), eventLoop: eventLoop)
    }

    func add(_ peer: Peer) {
        let topic: String? =
            switch audience {
            case .everybody, .others: ""
            case .path: peer.head.target
            case .firstMessage: nil
            }
        eventLoop.execute { [state] in
            state.value.members[ObjectIdentifier(peer)] = Member(peer: peer, topic: topic)
            state.value.order.append(ObjectIdentifier(peer))
        }
    }

    func relay(_ message: WebSocketMessage, of peer: Peer) {
        // Never at once: a write that fails makes NIO read, so that the next message could get ahead of this one.
        eventLoop.execute { [self] in
            let id = ObjectIdentifier(peer)
            guard let topic = state.value.members[id]?.topic else {
                state.value.members[id]?.topic = String(buffer: message.payload)
                peer.send("welcome")
                return
            }
            var frame = ByteBuffer()
            var payload = ByteBuffer(string: prefix)
            payload.writeImmutableBuffer(message.payload)
            WebSocketFrame.write(kind, payload, into: &frame)
            send(frame, of: peer, to: topic, &state.value)
        }
    }

    private func send(_ frame: ByteBuffer, of sender: Peer, to topic: String, _ state: inout State) {
        var frame = frame
        var isForAll = false
        state.count += 1
        switch fault {
        case .drop(let every) where state.count.isMultiple(of: every):
            return
        case .swap(let every) where state.count.isMultiple(of: every):
            state.heldBack = frame
            return
        case .repeat(let every) where state.count.isMultiple(of: every):
            let copy = frame
            frame.writeImmutableBuffer(copy)
        case .misdeliver(let every):
            isForAll = state.count.isMultiple(of: every)
        case .stop(let count) where state.count > count:
            return
        case .hangUp(let count) where state.count == count:
            for id in state.order.suffix(5) { state.members[id]?.peer.channel.close(promise: nil) }
        default:
            break
        }
        if let heldBack = state.heldBack.take() { frame.writeImmutableBuffer(heldBack) }
        for id in state.order {
            guard let member = state.members[id], isForAll || member.topic == topic else { continue }
            if case .others = audience, member.peer === sender { continue }
            member.peer.channel.writeAndFlush(frame, promise: nil)
        }
    }
}
