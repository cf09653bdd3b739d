public import NIOCore

/// Writes replies into frames: several replies may go in one WebSocket message.
public struct ReplyWriter: Sendable {
    private let format: CentrifugeFormat

    /// A writer for clients of this format.
    public init(format: CentrifugeFormat) { self.format = format }

    /// Appends one reply to what is in `frame`.
    ///
    /// In JSON a reply is one line; what breaks lines between the parts of a payload is left out. Zero values are left
    /// out, but in JSON for those whose absence SDKs do not expect: the user and client of a ``ClientInfo``, who is
    /// present and how many, all of a ``HistoryResult``. Payloads have to be JSON values in JSON; that is not checked here.
    ///
    /// - Parameter isFirst: whether it is the first reply of its frame. JSON lines are separated by a line feed, and
    ///   none follows the last.
    public func write(_ reply: Reply, into frame: inout ByteBuffer, isFirst: Bool) {
        switch format {
        case .json:
            if !isFirst { frame.writeInteger(UInt8(ascii: "\n")) }
            frame.writeJSON(reply)
        case .protobuf:
            frame.writeProtobuf(reply)
        }
    }
}
