import NIOCore
import WebSocketWire

extension MicroBenchmark {
    /// permessage-deflate, which is done once per message and event loop, whoever receives it.
    static let deflate = [
        MicroBenchmark("deflate: JSON of 1 KiB", allocations: 0) {
            (deflater: Deflater(), output: ByteBuffer())
        } body: { state in
            state.output.clear()
            state.deflater.deflate(Samples.json, into: &state.output)
            precondition(state.output.readableBytes < Samples.json.readableBytes / 2)
        },
        MicroBenchmark("inflate: JSON of 1 KiB", allocations: 2) {
            var deflated = ByteBuffer()
            Deflater().deflate(Samples.json, into: &deflated)
            return (inflater: Inflater(), deflated: deflated)
        } body: { state in
            let json = try? state.inflater.inflate(state.deflated, maximumSize: 1 << 20)
            precondition(json?.readableBytes == Samples.json.readableBytes)
        },
    ]
}
