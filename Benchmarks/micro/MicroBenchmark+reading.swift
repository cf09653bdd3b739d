import NIOCore
import WebSocketWire

extension MicroBenchmark {
    /// Reading what clients send. A message is a buffer, two allocations; its bytes are unmasked on the way there.
    static let reading = [
        reading("a binary message of 128 B", allocations: 2, .binary, Samples.text(128)),
        reading("a binary message of 4 KiB", allocations: 2, .binary, Samples.text(4 << 10)),
        reading("a binary message of 64 KiB", allocations: 2, .binary, Samples.text(64 << 10)),
        reading("a text of 4 KiB, ASCII", allocations: 2, .text, Samples.text(4 << 10)),
        reading("a text of 4 KiB, of all kinds of characters", allocations: 2, .text, Samples.mixedText(4 << 10)),
        reading("a ping", allocations: 0, .ping, ByteBuffer()),
        MicroBenchmark("read: 100 texts of 128 B in one buffer", allocations: 2, perCall: 100) {
            var buffer = ByteBuffer()
            for _ in 0..<100 { buffer.writeImmutableBuffer(Samples.frame(.text, Samples.text(128))) }
            return (reader: WebSocketReader.forServer, buffer: buffer)
        } body: { state in
            state.buffer.moveReaderIndex(to: 0)
            var count = 0
            while case .message = state.reader.next(from: &state.buffer) { count += 1 }
            precondition(count == 100)
        },
        MicroBenchmark("read: a binary message of 64 KiB that comes in 16 pieces", allocations: 7) {
            var frame = Samples.frame(.binary, Samples.text(64 << 10))
            var pieces: [ByteBuffer] = []
            while let piece = frame.readSlice(length: min(frame.readableBytes, 4097)), piece.readableBytes > 0 {
                pieces.append(piece)
            }
            return (reader: WebSocketReader.forServer, pieces: pieces)
        } body: { state in
            var size = 0
            for var piece in state.pieces {
                guard case .message(let message) = state.reader.next(from: &piece) else { continue }
                size = message.payload.readableBytes
            }
            precondition(size == 64 << 10)
        },
        validating("ASCII", Samples.text(4 << 10)),
        validating("all kinds of characters", Samples.mixedText(4 << 10)),
        MicroBenchmark("handshake: read and answer", allocations: 23) {
            ByteBuffer(string: Samples.request)
        } body: { request in
            var parser = HTTPRequestHeadParser()
            var answer = ByteBuffer()
            do {
                guard let head = try parser.parse(request)?.head else { preconditionFailure("it is not all there") }
                try ServerHandshake.negotiate(head, options: .init()).writeResponse(into: &answer)
            } catch {
                preconditionFailure("\(error)")
            }
            precondition(answer.readableBytes > 100)
        },
    ]

    private static func reading(
        _ what: String,
        allocations: Double,
        _ opcode: WebSocketOpcode,
        _ payload: ByteBuffer
    ) -> MicroBenchmark {
        MicroBenchmark("read: \(what)", allocations: allocations) {
            (reader: WebSocketReader.forServer, frame: Samples.frame(opcode, payload))
        } body: { state in
            state.frame.moveReaderIndex(to: 0)
            switch state.reader.next(from: &state.frame) {
            case .message(let message): precondition(message.payload.readableBytes == payload.readableBytes)
            case .ping(let bytes): precondition(bytes.readableBytes == payload.readableBytes)
            default: preconditionFailure("it was not read")
            }
        }
    }

    private static func validating(_ what: String, _ text: ByteBuffer) -> MicroBenchmark {
        MicroBenchmark("UTF-8: check 4 KiB of \(what)", allocations: 0) {
            text
        } body: { text in
            var validator = UTF8Validator()
            precondition(text.withUnsafeReadableBytes { validator.validate($0) } && validator.isComplete)
        }
    }
}

extension WebSocketReader {
    fileprivate static var forServer: WebSocketReader { WebSocketReader(role: .server, maximumMessageSize: 1 << 20) }
}
