import NIOPosix
import WebSocketWire

/// The compressors of one event loop, which all its connections share: a message is deflated and inflated in one go
/// and leaves nothing behind, so 330 KB for each connection would be a waste.
final class ThreadCodecs {
    private(set) lazy var inflater = Inflater()
    private var deflaters: [Int: Deflater] = [:]

    /// Unsafe only to the compiler: the variable itself may be used from any thread, and what it holds is made, found
    /// and used by one thread, since `current` is the only way to it and the result is not `Sendable`.
    private nonisolated(unsafe) static let variable = ThreadSpecificVariable<ThreadCodecs>()

    /// Those of the current thread.
    static var current: ThreadCodecs {
        if let codecs = variable.currentValue { return codecs }
        let codecs = ThreadCodecs()
        variable.currentValue = codecs
        return codecs
    }

    /// The deflater for connections with this window.
    func deflater(windowBits: Int) -> Deflater {
        if let deflater = deflaters[windowBits] { return deflater }
        let deflater = Deflater(windowBits: windowBits)
        deflaters[windowBits] = deflater
        return deflater
    }
}

@available(*, unavailable)
extension ThreadCodecs: Sendable {}
