import NIOCore

/// The reply that pushes a publication: `Reply`, `Push` and `Publication` of `Generated/client.proto`.
struct PublicationReply: ProtobufMessage {
    var channel: String
    var publication: Publication

    func encode(into sink: inout some ProtobufSink) { sink.field(4, Push(channel: channel, publication: publication)) }

    private struct Push: ProtobufMessage {
        var channel: String
        var publication: Publication

        func encode(into sink: inout some ProtobufSink) {
            sink.field(2, channel)
            sink.field(4, publication)
        }
    }
}

extension Publication: ProtobufMessage {
    func encode(into sink: inout some ProtobufSink) {
        sink.field(4, data)
        if let info { sink.field(5, info) }
        sink.field(6, offset)
        for (key, value) in tags { sink.field(7, Tag(key: key, value: value)) }
        sink.field(8, delta)
        sink.field(9, UInt64(bitPattern: time))
        if let key { sink.field(11, key) }
    }

    private struct Tag: ProtobufMessage {
        var key: String
        var value: String

        func encode(into sink: inout some ProtobufSink) {
            sink.field(1, key)
            sink.field(2, value)
        }
    }
}

extension ClientInfo: ProtobufMessage {
    func encode(into sink: inout some ProtobufSink) {
        sink.field(1, user)
        sink.field(2, client)
        if let connInfo { sink.field(3, connInfo) }
        if let chanInfo { sink.field(4, chanInfo) }
    }
}
