import NIOCore
import WebSocketWire

/// Shakes hands, takes frames apart, and does what the script says.
final class PeerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let script: ScriptedServer.Script
    private let onPeer: (Peer) -> Void
    private var head = HTTPRequestHeadParser()
    private var received = ByteBuffer()
    private var reader: WebSocketReader?
    private let inflater = Inflater()
    private var peer: Peer?

    init(script: ScriptedServer.Script, onPeer: @escaping (Peer) -> Void) {
        self.script = script
        self.onPeer = onPeer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        received.writeBuffer(&buffer)
        if peer == nil { shakeHands(context) }
        guard let peer else { return }
        while let event = reader?.next(from: &received, inflater: inflater) {
            handle(event, peer, context)
        }
    }

    private func shakeHands(_ context: ChannelHandlerContext) {
        do throws(HandshakeRefusal) {
            guard let (head, length) = try head.parse(received) else { return }
            received.moveReaderIndex(forwardBy: length)
            let options = ServerHandshake.Options(subprotocols: script.subprotocols, deflate: script.deflate)
            let handshake = try ServerHandshake.negotiate(head, options: options)
            var response = ByteBuffer()
            switch script.answer {
            case .accept:
                handshake.writeResponse(into: &response)
                response.writeImmutableBuffer(script.greeting)
                reader = WebSocketReader(
                    role: .server,
                    maximumMessageSize: script.maximumMessageSize,
                    acceptsDeflate: handshake.deflate != nil
                )
            case .refuse(let refusal):
                refusal.writeResponse(into: &response)
            case .ignore:
                break
            case .raw(let text, _):
                response.writeString(text)
            }
            let peer = Peer(head: head, isCompressed: handshake.deflate != nil, channel: context.channel)
            self.peer = peer
            context.writeAndFlush(wrapOutboundOut(response), promise: nil)
            if case .refuse = script.answer { context.close(promise: nil) }
            if case .raw(_, hangUp: true) = script.answer { context.close(promise: nil) }
            if reader != nil { script.onOpen(peer) }
            onPeer(peer)
        } catch {
            var response = ByteBuffer()
            error.writeResponse(into: &response)
            context.writeAndFlush(wrapOutboundOut(response), promise: nil)
            context.close(promise: nil)
        }
    }

    private func handle(_ event: WebSocketEvent, _ peer: Peer, _ context: ChannelHandlerContext) {
        peer.report(.received(event))
        switch event {
        case .message(let message):
            script.onMessage(peer, message)
        case .ping(let payload):
            if script.answersPings { peer.send(.pong, payload) }
        case .close(let code, _):
            guard script.answersClose else { return }
            peer.close(code)
            context.close(promise: nil)
        case .pong, .failure:
            break
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .inputClosed? = event as? ChannelEvent else { return }
        peer?.report(.inputClosed)
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        peer?.report(.error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        peer?.report(.closed)
    }
}
