import JSONWire
import NIOCore

extension Command {
    /// Reads the next line that is not blank; `nil` if there is none.
    init?(nextLineOf frame: inout ByteBuffer) throws(ProtocolViolation) {
        while frame.readableBytes > 0 {
            let line = frame.readLine()
            guard !line.isBlank else { continue }
            let fields = try JSONFields(line)
            self.init(id: try fields.number("id"), request: try Request(fields))
            return
        }
        return nil
    }
}

extension Request {
    /// The first of these that is there, in the protocol's order.
    fileprivate init(_ command: JSONFields) throws(ProtocolViolation) {
        if let fields = try command.object("connect") {
            self = .connect(try ConnectRequest(fields))
        } else if try command.object("ping") != nil {
            self = .ping
        } else if let fields = try command.object("subscribe") {
            self = .subscribe(try SubscribeRequest(fields))
        } else if let fields = try command.object("unsubscribe") {
            self = .unsubscribe(channel: try fields.string("channel"))
        } else if let fields = try command.object("publish") {
            self = .publish(try PublishRequest(fields))
        } else if let fields = try command.object("presence") {
            self = .presence(channel: try fields.string("channel"))
        } else if let fields = try command.object("presence_stats") {
            self = .presenceStats(channel: try fields.string("channel"))
        } else if let fields = try command.object("history") {
            self = .history(try HistoryRequest(fields))
        } else if let fields = try command.object("rpc") {
            self = .rpc(RPCRequest(method: try fields.string("method"), data: fields.payload("data") ?? ByteBuffer()))
        } else if let fields = try command.object("send") {
            self = .send(fields.payload("data") ?? ByteBuffer())
        } else if let fields = try command.object("refresh") {
            self = .refresh(token: try fields.string("token"))
        } else if let fields = try command.object("sub_refresh") {
            self = .subRefresh(try SubRefreshRequest(fields))
        } else {
            self = .empty
        }
    }
}

extension ByteBuffer {
    /// Takes what is before the next line feed, and the line feed.
    fileprivate mutating func readLine() -> ByteBuffer {
        let length = withUnsafeReadableBytes { $0.firstIndex(of: UInt8(ascii: "\n")) }
        // it can be read
        let line = readSlice(length: length ?? readableBytes) ?? ByteBuffer()
        if length != nil { moveReaderIndex(forwardBy: 1) }
        return line
    }

    /// Whether there is nothing but white space.
    fileprivate var isBlank: Bool {
        readableBytesView.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    }
}
