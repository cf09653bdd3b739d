package import ChorusCore
import JSONWire
package import NIOCore

/// What a client of `?format=json` receives: one JSON object per message or notice.
///
/// A message is `{"topic": …, "data": …}` and, where there is one, `offset` and `epoch` (the message's position),
/// `time` (milliseconds since 1970), `key`, `tags`, `from` (who published it). Text is a JSON string, JSON stands as it is, binary is a base64
/// string with `"encoding": "base64"`. A notice is `{"topic": …, "notice": …}` and the position after which messages
/// follow.
package enum Envelope {
    /// Appends a message's envelope.
    package static func write(_ message: Message, topic: String, into out: inout ByteBuffer) {
        if let notice = message.notice { return write(notice, topic: topic, into: &out) }
        out.reserveCapacity(minimumWritableBytes: message.payload.readableBytes + topic.utf8.count + 128)
        begin(topic, into: &out)
        out.writeStaticString(#""data":"#)
        switch message.kind {
        case .text: out.writeJSONString(message.payload.readableBytesView)
        case .json: out.writeImmutableBuffer(message.payload)
        case .binary:
            out.writeInteger(UInt8(ascii: "\""))
            out.writeBase64(message.payload.readableBytesView)
            out.writeStaticString(#"","encoding":"base64""#)
        }
        write(message.position, into: &out)
        if message.time > 0 {
            out.writeStaticString(#","time":"#)
            out.writeDecimal(UInt64(message.time))
        }
        if let key = message.key {
            out.writeStaticString(#","key":"#)
            out.writeJSONString(key.utf8)
        }
        if !message.tags.isEmpty { write(message.tags, into: &out) }
        if let from = message.from {
            out.writeStaticString(#","from":"#)
            write(from.member, into: &out)
        }
        out.writeInteger(UInt8(ascii: "}"))
    }

    /// Broadcasts have no topic.
    static func begin(_ topic: String, into out: inout ByteBuffer) {
        out.writeInteger(UInt8(ascii: "{"))
        guard !topic.isEmpty else { return }
        out.writeStaticString(#""topic":"#)
        out.writeJSONString(topic.utf8)
        out.writeInteger(UInt8(ascii: ","))
    }

    static func write(_ position: Position?, into out: inout ByteBuffer) {
        guard let position else { return }
        out.writeStaticString(#","offset":"#)
        out.writeDecimal(position.offset)
        out.writeStaticString(#","epoch":"#)
        out.writeDecimal(position.epoch)
    }

    private static func write(_ tags: [String: String], into out: inout ByteBuffer) {
        out.writeStaticString(#","tags":{"#)
        for (index, tag) in tags.sorted(by: { $0.key < $1.key }).enumerated() {
            if index > 0 { out.writeInteger(UInt8(ascii: ",")) }
            out.writeJSONString(tag.key.utf8)
            out.writeInteger(UInt8(ascii: ":"))
            out.writeJSONString(tag.value.utf8)
        }
        out.writeInteger(UInt8(ascii: "}"))
    }
}
