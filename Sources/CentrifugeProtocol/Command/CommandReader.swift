public import NIOCore

/// Reads the commands of one frame: a WebSocket message, or the body of a POST.
///
/// ```swift
/// var reader = CommandReader(frame, format: .json)
/// while let command = try reader.next() {
///     …
/// }
/// ```
///
/// In JSON the frame is lines of one object each; blank lines are passed over. Text must be valid JSON (RFC 8259) in
/// UTF-8, nested at most 128 deep. Fields that are not known are passed over, of two with one name the last counts,
/// `null` is a field that is not there (but for payloads: there it is the value), and a field of another type, or a
/// number that does not fit, is a violation. In Protobuf each message has its length in front. A frame has at least one
/// command.
///
/// In JSON payloads are slices of the frame, and keep its memory; in Protobuf they are copies.
public struct CommandReader: Sendable {
    private var rest: ByteBuffer
    private let format: CentrifugeFormat
    private var hasBegun = false

    /// A reader for all that can be read in `frame`.
    public init(_ frame: ByteBuffer, format: CentrifugeFormat) {
        rest = frame
        self.format = format
    }

    /// The next command; `nil` at the end of the frame. After a violation the frame is at its end.
    public mutating func next() throws(ProtocolViolation) -> Command? {
        do throws(ProtocolViolation) {
            let command =
                switch format {
                case .json: try Command(nextLineOf: &rest)
                case .protobuf: try Command(nextMessageOf: &rest)
                }
            if command == nil, !hasBegun { throw ProtocolViolation("a frame without a command") }
            hasBegun = true
            return command
        } catch {
            hasBegun = true
            rest.moveReaderIndex(to: rest.writerIndex)
            throw error
        }
    }
}
