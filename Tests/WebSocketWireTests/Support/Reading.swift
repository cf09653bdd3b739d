import NIOCore
import WebSocketWire

extension WebSocketReader {
    /// Everything that is read from `bytes` when they arrive in pieces that end at `cuts`.
    mutating func readAll(_ bytes: [UInt8], cuts: [Int] = [], inflater: Inflater? = nil) -> [Seen] {
        var seen: [Seen] = []
        var start = 0
        for end in cuts + [bytes.count] where end > start || cuts.isEmpty {
            var buffer = ByteBuffer(bytes: bytes[start..<end])
            while let event = next(from: &buffer, inflater: inflater) {
                seen.append(Seen(event))
            }
            precondition(buffer.readableBytes == 0, "the reader left bytes behind")
            start = end
        }
        return seen
    }
}

/// What a fresh server-side reader sees in `bytes`.
func read(
    _ bytes: [UInt8],
    cuts: [Int] = [],
    role: WebSocketRole = .server,
    maximumMessageSize: Int = 1 << 20,
    deflate: Bool = false
) -> [Seen] {
    var reader = WebSocketReader(role: role, maximumMessageSize: maximumMessageSize, acceptsDeflate: deflate)
    return reader.readAll(bytes, cuts: cuts, inflater: deflate ? Inflater() : nil)
}
