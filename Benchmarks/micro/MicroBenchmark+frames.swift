import NIOCore
import WebSocketWire

extension MicroBenchmark {
    /// Writing frames, as a server does.
    static let frames = [
        writing("a text of 128 B", Samples.text(128)),
        writing("a text of 4 KiB", Samples.text(4096)),
        MicroBenchmark("frame: write 10 texts of 128 B behind each other", allocations: 0, perCall: 10) {
            (frames: ByteBuffer(), payload: Samples.text(128))
        } body: { state in
            state.frames.clear()
            for _ in 0..<10 { WebSocketFrame.write(.text, state.payload, into: &state.frames) }
            precondition(state.frames.readableBytes == 10 * 132)
        },
    ]

    private static func writing(_ what: String, _ payload: ByteBuffer) -> MicroBenchmark {
        MicroBenchmark("frame: write \(what)", allocations: 0) {
            ByteBuffer()
        } body: { frames in
            frames.clear()
            WebSocketFrame.write(.text, payload, into: &frames)
            precondition(frames.readableBytes == payload.readableBytes + 4)
        }
    }
}
