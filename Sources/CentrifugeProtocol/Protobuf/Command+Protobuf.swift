import NIOCore
import SwiftProtobuf

extension Command {
    /// Reads the next message behind its length; `nil` if nothing is left.
    init?(nextMessageOf frame: inout ByteBuffer) throws(ProtocolViolation) {
        guard frame.readableBytes > 0 else { return nil }
        let length = try frame.readMessageLength()
        guard let bytes = frame.readSlice(length: length) else {
            throw ProtocolViolation("the frame ends within a message")
        }
        var options = BinaryDecodingOptions()
        options.discardUnknownFields = true
        let message: ProtoCommand
        do {
            message = try ProtoCommand(serializedBytes: bytes.readableBytesSpan, options: options)
        } catch {
            throw ProtocolViolation("not Protobuf: \(error)")
        }
        self.init(id: message.id, request: Request(message))
    }
}

extension ByteBuffer {
    /// Reads a varint of at most five bytes: no message has more than 2 GiB.
    fileprivate mutating func readMessageLength() throws(ProtocolViolation) -> Int {
        var length = 0
        for shift in stride(from: 0, to: 35, by: 7) {
            guard let byte = readInteger(as: UInt8.self) else {
                throw ProtocolViolation("the frame ends within a length")
            }
            length |= Int(byte & 0x7F) << shift
            if byte < 0x80 { return length }
        }
        throw ProtocolViolation("a message of more than 2 GiB")
    }
}

extension Request {
    /// The first of these that is there, in the protocol's order.
    fileprivate init(_ command: ProtoCommand) {
        if command.hasConnect {
            self = .connect(ConnectRequest(command.connect))
        } else if command.hasPing {
            self = .ping
        } else if command.hasSubscribe {
            self = .subscribe(SubscribeRequest(command.subscribe))
        } else if command.hasUnsubscribe {
            self = .unsubscribe(channel: command.unsubscribe.channel)
        } else if command.hasPublish {
            self = .publish(PublishRequest(command.publish))
        } else if command.hasPresence {
            self = .presence(channel: command.presence.channel)
        } else if command.hasPresenceStats {
            self = .presenceStats(channel: command.presenceStats.channel)
        } else if command.hasHistory {
            self = .history(HistoryRequest(command.history))
        } else if command.hasRpc {
            self = .rpc(RPCRequest(method: command.rpc.method, data: ByteBuffer(bytes: command.rpc.data)))
        } else if command.hasSend {
            self = .send(ByteBuffer(bytes: command.send.data))
        } else if command.hasRefresh {
            self = .refresh(token: command.refresh.token)
        } else if command.hasSubRefresh {
            let request = command.subRefresh
            self = .subRefresh(SubRefreshRequest(channel: request.channel, token: request.token, type: request.type))
        } else {
            self = .empty
        }
    }
}
