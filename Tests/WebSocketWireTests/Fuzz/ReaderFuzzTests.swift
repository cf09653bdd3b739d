import FuzzSupport
import NIOCore
import Testing
import WebSocketWire

@Suite("Fuzz: reader")
struct ReaderFuzzTests {
    @Test("sees what the reference sees, however its input is cut", arguments: Fuzz.lanes)
    func againstReference(_ lane: Int) {
        let inflater = Inflater()
        var generator = FrameGenerator()
        Fuzz.run(percent: 30, lane: lane) { dice in
            let input = generator.makeInput(&dice)
            var reference = ReferenceReader(
                isServer: input.role == .server,
                maximumMessageSize: input.maximumMessageSize,
                acceptsDeflate: input.deflate
            )
            let expected = reference.readAll(input.bytes)
            let waysToCut = [[], dice.cuts(input.bytes.count, 1 + dice.below(4)), dice.oneIn(40) ? nil : []]
            for cuts in waysToCut.map({ $0 ?? Array(1..<max(1, input.bytes.count)) }) {
                if let complaint = check(input, cuts, expected, inflater) { return complaint }
                if input.bytes.count < 2 { break }
            }
            return nil
        }
    }

    /// Nil when all is well.
    private func check(_ input: FrameInput, _ cuts: [Int], _ expected: [Seen], _ inflater: Inflater) -> String? {
        var reader = WebSocketReader(
            role: input.role,
            maximumMessageSize: input.maximumMessageSize,
            acceptsDeflate: input.deflate
        )
        var seen: [Seen] = []
        var received = 0
        var whole = ByteBuffer(bytes: input.bytes)
        for end in cuts + [input.bytes.count] {
            guard var buffer = whole.readSlice(length: end - received) else { return "cut at \(cuts)" }
            received = end
            while let event = reader.next(from: &buffer, inflater: inflater) {
                seen.append(Seen(event))
            }
            if buffer.readableBytes > 0 { return "left \(buffer.readableBytes) bytes: \(input)" }
            // A buffer doubles, and a control frame may be under way within a message.
            if reader.heldCapacity > 2 * received + 256 { return "holds \(reader.heldCapacity): \(input)" }
        }
        if case .failure? = seen.last, reader.isMidMessage { return "goes on after a failure: \(input)" }
        return seen == expected ? nil : "cut at \(cuts): saw \(seen), reference \(expected): \(input)"
    }
}
