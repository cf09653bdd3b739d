import CentrifugeProtocol
import NIOCore

extension MicroBenchmark {
    /// The Centrifuge protocol: what is written once for every message, event loop and format, and what a client sends.
    static let centrifuge = [
        pushing("JSON", .json),
        pushing("Protobuf", .protobuf),
        MicroBenchmark("Centrifuge: read a publish command in JSON", allocations: 4) {
            ByteBuffer(string: #"{"id":17,"publish":{"channel":"chat:kitchen","data":{"text":"hi"}}}"#)
        } body: { frame in
            var reader = CommandReader(frame, format: .json)
            precondition((try? reader.next())?.id == 17)
        },
    ]

    private static func pushing(_ name: String, _ format: CentrifugeFormat) -> MicroBenchmark {
        let writer = ReplyWriter(format: format)
        let publication = Publication(data: Samples.json, offset: 123_456)
        let push = Reply.push(channel: "chat:kitchen", .publication(publication))
        return MicroBenchmark("Centrifuge: push JSON of 1 KiB in \(name)", allocations: 0) {
            ByteBuffer()
        } body: { frame in
            frame.clear()
            writer.write(push, into: &frame, isFirst: true)
            precondition(frame.readableBytes > Samples.json.readableBytes)
        }
    }
}
