import NIOCore
import WebSocketWire

/// What a reader reported, in a form that a test can write down and compare: the code of a failure counts, its
/// wording does not.
enum Seen: Hashable, Sendable {
    case text([UInt8])
    case binary([UInt8])
    case ping([UInt8])
    case pong([UInt8])
    case close(UInt16?, String)
    case failure(UInt16)

    static func text(_ string: String) -> Seen { .text(Array(string.utf8)) }

    init(_ event: WebSocketEvent) {
        self =
            switch event {
            case .message(let message) where message.kind == .text: .text(message.payload.array)
            case .message(let message): .binary(message.payload.array)
            case .ping(let payload): .ping(payload.array)
            case .pong(let payload): .pong(payload.array)
            case .close(let code, let reason): .close(code?.rawValue, reason)
            case .failure(let failure): .failure(failure.code.rawValue)
            }
    }
}

extension ByteBuffer {
    /// The readable bytes.
    var array: [UInt8] { withUnsafeReadableBytes { Array($0) } }

    /// The readable bytes as text.
    var text: String { String(buffer: self) }
}
